"""The invariants of the ladder, each one function over what was recorded of a night.

They read the truth where it lies: legs from the record of all nodes, keys from the phones, the rest from what was committed, in
the order in which it was. None of them asks the ladder what it thinks. The first fifteen are the ladder's, over however many
nodes; the sixteenth is about nodes alone.
"""

from __future__ import annotations

from collections.abc import Callable

from simulation.check_calls import nobody_is_rung_twice, one_id_one_leg, only_a_key_acknowledges, what_is_stale_changes_nothing
from simulation.check_journal import replays_end_the_same, the_journal_tells_all, what_is_frozen_stays
from simulation.check_ladder import acknowledged_is_quiet, every_emergency_ends, exhausted_has_tried, rungs_keep_their_time
from simulation.check_nodes import nodes_are_given_up_in_time
from simulation.check_people import a_console_catches_up, a_second_press_joins, both_are_told, the_calm_brings_progress
from simulation.history import History
from simulation.night import Night
from simulation.replaying import Broken

INVARIANTS: dict[int, Callable[[History], None]] = {
    1: every_emergency_ends,
    2: nobody_is_rung_twice,
    3: one_id_one_leg,
    4: exhausted_has_tried,
    5: acknowledged_is_quiet,
    6: only_a_key_acknowledges,
    7: rungs_keep_their_time,
    8: what_is_stale_changes_nothing,
    9: replays_end_the_same,
    10: a_second_press_joins,
    11: the_calm_brings_progress,
    12: what_is_frozen_stays,
    13: the_journal_tells_all,
    14: a_console_catches_up,
    15: both_are_told,
    16: nodes_are_given_up_in_time,
}


def broken(night: Night, *, thorough: bool = True) -> dict[int, str]:
    """What does not hold, by invariant. Not ``thorough``: 9 and 13 of every third night, and there of every third fact."""
    history = History(night, thorough)
    found: dict[int, str] = {}
    for number, check in INVARIANTS.items():
        try:
            check(history)
        except Broken as failure:
            found[number] = str(failure)
    return found
