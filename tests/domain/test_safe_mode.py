"""Calls served without us: true times, every stage, seen twice, and of a terminal whose case we already have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.domain.facts import LegEnded, SafeModeCall
from callcenter.domain.policy import Policy, Rung
from domain.world import START, World

ARRIVED = START - timedelta(minutes=9)
RECORD = SafeModeCall(
    "s1", "node1", "96601", "t1", None, "t1", False, "TIMEOUT", arrived_at=ARRIVED, answered_at=None, answered_by=None,
    ended_at=None, recording=None, live=True,
)  # fmt: skip
ANSWERED = replace(RECORD, answered_at=ARRIVED + timedelta(seconds=7), answered_by="8001", recording="safe/s1")
ENDED = replace(ANSWERED, ended_at=ARRIVED + timedelta(seconds=67), live=False)
ABANDONED = replace(RECORD, ended_at=ARRIVED + timedelta(seconds=30), live=False)


def import_(world: World, record: SafeModeCall) -> None:
    world.tell(record, kind="emergency", terminal="T1")


def test_a_finished_call_has_its_true_times() -> None:
    world = World()
    import_(world, ENDED)
    case = world.of("s1")
    assert (case.source, case.state, case.red, case.seat) == ("safe_mode", "open", True, "8001")
    assert (case.opened_at, case.answered_at, case.ended_at) == (ARRIVED, ENDED.answered_at, ENDED.ended_at)
    leg = world.legs["s1"]
    assert (leg.started_at, leg.answered_at, leg.ended_at) == (ARRIVED, ENDED.answered_at, ENDED.ended_at)
    times = [entry.at for entry in world.journal[case.id] if entry.kind in ("arrived", "answered", "caller_hung_up")]
    assert times == [ARRIVED, ENDED.answered_at, ENDED.ended_at]


def test_stage_by_stage_is_the_same_as_at_once() -> None:
    stages, at_once = World(), World()
    for record in (RECORD, RECORD, ANSWERED, ANSWERED, ENDED, ENDED):
        import_(stages, record)
    import_(at_once, ENDED)
    assert len(stages.cases) == 1
    assert replace(stages.of("s1"), version=0) == replace(at_once.of("s1"), version=0)
    assert sorted(stages.kinds(stages.of("s1"))) == sorted(at_once.kinds(at_once.of("s1"))), "the ladder begins beside it"


def test_who_gave_up_is_owed_a_call_and_stays_red() -> None:
    world = World()
    import_(world, ABANDONED)
    case = world.of("s1")
    assert (case.state, case.red) == ("callback", True)
    assert [task.case_id for task in world.tasks.values()] == [case.id]


def test_asterisk_died_in_the_middle() -> None:
    world = World()
    import_(world, replace(ANSWERED, live=False))
    assert world.legs["s1"].cause == "lost"
    assert world.of("s1").state == "open"


def shifted(record: SafeModeCall, by: timedelta) -> SafeModeCall:
    """The same call at another time."""
    answered = record.answered_at + by if record.answered_at else None
    ended = record.ended_at + by if record.ended_at else None
    return replace(record, arrived_at=record.arrived_at + by, answered_at=answered, ended_at=ended)


@pytest.mark.parametrize("later", [timedelta(minutes=10), timedelta(0)])
@pytest.mark.parametrize("record", [ENDED, ABANDONED])
def test_a_press_of_a_terminal_whose_case_is_live_joins_it(record: SafeModeCall, later: timedelta) -> None:
    """Also one that came before the press that opened the case."""
    record = shifted(record, later)
    world = World()
    world.seat("8001")
    case = world.answer(world.press("c1"))
    import_(world, replace(record, live=True, ended_at=None))
    assert "s1" not in world.legs, "it is told once, when it is over"
    import_(world, record)
    assert world.cases[case.id].level == 2
    assert "press_joined" in world.kinds(case)
    assert world.cases[case.id].state == "talking"
    assert world.legs["s1"].case_id == case.id
    import_(world, record)
    assert world.cases[case.id].level == 2, "told twice, joined once"


def test_a_press_that_is_told_late_asks_nobody_anew_who_is_on_the_way_since() -> None:
    for later, again in ((timedelta(0), False), (timedelta(minutes=10), True)):
        world = World(policy=Policy("夜间", (Rung(("family",), 0.0),)))
        world.family("女儿")
        case = world.emergency()
        world.fire_due()
        world.picks_up(case, "女儿")
        world.presses(case, "女儿", "1")
        assert world.ladder(case).owner is not None
        import_(world, shifted(ABANDONED, later))
        assert ("ladder_again" in world.kinds(case)) is again
        assert (world.ladder(case).owner is None) is again


def test_routing_leaves_the_dialplan_its_call() -> None:
    world = World()
    world.seat("8001")
    import_(world, RECORD)
    assert world.match() == 0
    assert world.of("s1").offer is None


def test_the_ladder_too_leaves_the_dialplan_its_call() -> None:
    world = World(policy=Policy("值班", (Rung(("all_seats",), 0.0), Rung(("supervisor",), 60.0))))
    world.seat("8001")
    import_(world, RECORD)
    world.fire_due()
    assert world.of("s1").rings == (), "the dialplan rings the seats for it; a second ring could never be joined"
    assert "rung_started" in world.kinds(world.of("s1"))


@pytest.mark.parametrize("record", [ENDED, ABANDONED])
@pytest.mark.parametrize("missed_first", [True, False])
def test_a_call_of_ours_that_the_dialplan_served_says_so_once(record: SafeModeCall, missed_first: bool) -> None:
    """The look for lost legs and the dialplan's journal come in either order."""
    world = World()
    case = world.press("c1")
    served = replace(record, leg_id="c1")
    for missed in (missed_first, not missed_first):
        if missed:
            world.tell(LegEnded("c1", "lost"))
        else:
            import_(world, served)
            import_(world, served)
    kinds = world.kinds(world.cases[case.id])
    assert kinds.count("safe_mode") == (0 if missed_first and record is ABANDONED else 1)
    assert kinds.count("answered") == (1 if record is ENDED else 0)
