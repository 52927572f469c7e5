"""Who has said that their calls are not to be recorded is not recorded (docs/adr/0039). Asked after every decision about a case, so
that it does not matter how the elder became known or when they said so: before the call, in its middle, or by the seat's choice
of another member. An emergency is recorded whatever was said.
"""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain.case import LIVE, Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import Connect, DiscardRecording

GONE = frozenset({"refused", "discarded"})
"""States of a recording that is not kept."""


def refused(situation: Situation, case: Case) -> bool:
    """Whether this conversation is not to be recorded."""
    return case.member_id in situation.unrecorded and case.kind != "emergency" and not case.red


def keep_off(situation: Situation, decision: Decision) -> None:
    """What the decision would record of an elder who refuses is not recorded; what runs is stopped, and discarded."""
    case = decision.case or situation.case
    if case is None or (case.state not in LIVE and not decision.new_recordings):
        return
    off = refused(situation, case)
    gone = {name for name, state in situation.recordings.items() if state in GONE}
    if off:
        made = {new.name for new in decision.new_recordings}
        there = {closed.name for closed in decision.closed_recordings} & made  # safe mode's: the file exists already
        _never(decision, made - there)
        _stop(decision, sorted(({*situation.recordings} - gone) | there))
    decision.effects = [
        replace(effect, recording=None) if isinstance(effect, Connect) and (off or effect.recording in gone) else effect
        for effect in decision.effects
    ]


def _never(decision: Decision, names: set[str]) -> None:
    """What this decision would begin."""
    if names:
        decision.new_recordings = [new for new in decision.new_recordings if new.name not in names]
        decision.entries = [entry for entry in decision.entries if entry.kind != "recording_started"]
        decision.note("not_recorded")


def _stop(decision: Decision, names: list[str]) -> None:
    """What there is of it already."""
    if names:
        decision.discarded_recordings += names
        decision.effects += [DiscardRecording(name) for name in names]
        decision.note("recording_stopped")
