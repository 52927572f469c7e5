"""On hold: the caller hears music and nothing of the seat, the seat nothing of the caller. Pure functions."""

from __future__ import annotations

from typing import Any

from callcenter.domain.case import Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, Connect, Hold, QuietLeg
from callcenter.domain.offers import all_legs, caller_legs


def talkers(situation: Situation, decision: Decision) -> list[Leg]:
    """Everybody who belongs in the case's bridge now: on hold, the seat's side alone."""
    case = decision.case or situation.case
    assert case is not None
    barging = {one.leg for one in case.listeners if one.manner == "barge"}
    inside = [
        leg for leg in all_legs(situation, decision)
        if leg.state == "up" and (leg.party in ("seat", "consult") or leg.id in barging)
    ]  # fmt: skip
    return [*([] if case.held_since else caller_legs(situation, decision)), *inside]


def begin(situation: Situation, decision: Decision, **data: Any) -> None:
    """Everybody on the caller's side goes on hold."""
    decision.change(held_since=decision.now)
    decision.set_timer("hold", situation.figures.hold_seconds)
    decision.note("held", **data)
    assert decision.case is not None
    decision.effects.append(Hold(decision.case.bridge_id, _ids(caller_legs(situation, decision))))


def release(situation: Situation, decision: Decision) -> None:
    """Everybody hears everybody again. Nothing where nobody is on hold."""
    case = decision.case
    if case is None or case.held_since is None:
        return
    seconds = round((decision.now - case.held_since).total_seconds(), 1)
    decision.change(held_since=None)
    decision.cancel_timer("hold")
    decision.note("hold_ended", seconds=seconds)
    together(situation, decision)


def together(situation: Situation, decision: Decision, recording: str | None = None) -> None:
    """What everybody hears, brought in line with what we remember; harmless where it is so already."""
    case = decision.case or situation.case
    assert case is not None
    callers = caller_legs(situation, decision)
    if case.held_since is not None:
        decision.effects.append(Hold(case.bridge_id, _ids(callers)))
    else:
        for leg in callers:
            decision.effects += [QuietLeg(leg.id), AnswerLeg(leg.id)]
    decision.effects.append(Connect(case.bridge_id, _ids(talkers(situation, decision)), recording))


def too_long(situation: Situation, decision: Decision) -> None:
    """W-6: no caller is left lying. The seat reads it in the timeline, the supervisor gets a warning; again each time."""
    case = decision.case
    assert case is not None
    assert case.held_since is not None
    decision.note("held_long", seat=case.seat, seconds=round((decision.now - case.held_since).total_seconds()))
    decision.warnings.append(("held_long", case.seat or ""))
    decision.set_timer("hold", situation.figures.hold_seconds)


def _ids(legs: list[Leg]) -> tuple[str, ...]:
    return tuple(leg.id for leg in legs)
