"""Calls that the dialplan served while no service answered: remembered with their true times, and never forgotten."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import attempts
from callcenter.domain import case as cases
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, NewRecording, RecordingClosed, Situation
from callcenter.domain.escalation import SAFE_MODE, Attempt
from callcenter.domain.facts import SafeModeCall
from callcenter.domain.offers import caller_legs
from callcenter.domain.owed import owe_call_back
from callcenter.domain.walk import begin_ladder

ATTEMPTS_TOLD_WITHIN = 1.0


def safe_mode_call(situation: Situation, fact: SafeModeCall, decision: Decision) -> None:
    """Open the case, or bring it up to what the PBX journalled since. Seeing the same record twice changes nothing."""
    case = situation.case
    if case is not None and situation.escalation is not None:
        _attempts(case, situation, fact, decision)
    if case is None:
        case = _opened(situation, fact, decision)
    elif all(leg.id != fact.leg_id for leg in situation.legs):
        _joined(situation, case, fact, decision)
        return
    leg = next((leg for leg in situation.legs if leg.id == fact.leg_id), None) or decision.legs.get(fact.leg_id)
    if leg is None:
        return
    if not leg.live:
        _learnt_late(case, leg, fact, decision)
        return
    decision.case = case
    if case.source != "safe_mode" and leg.answered_at is None and (fact.answered_at is not None or not fact.live):
        _note(fact, decision)  # ours until we died, and not yet missed: the dialplan's word comes before the look for lost legs
    if fact.answered_at is not None and leg.answered_at is None:
        leg = replace(leg, answered_at=fact.answered_at)
        decision.legs[leg.id] = leg
        decision.change(
            state=cases.MOVES[case.state].get("answer", case.state), seat=fact.answered_by, answered_at=fact.answered_at,
            waiting_since=None,
        )  # fmt: skip
        waited = (fact.answered_at - fact.arrived_at).total_seconds()
        decision.note("answered", at=fact.answered_at, seat=fact.answered_by, waited_seconds=round(waited, 1))
        if fact.recording:
            decision.new_recordings.append(NewRecording(fact.recording, fact.answered_by or ""))
    if not fact.live:
        _ended(situation, fact, leg, decision)


def _note(fact: SafeModeCall, decision: Decision) -> None:
    arrived_at = fact.arrived_at.isoformat(timespec="milliseconds")
    decision.note("safe_mode", reason=fact.reason, arrived_at=arrived_at, answered_by=fact.answered_by)


def _attempts(case: Case, situation: Situation, fact: SafeModeCall, decision: Decision) -> None:
    """Whom the dialplan phoned: what they pressed counts as if they had told us."""
    for made in fact.attempts:
        if made.ended_at is None or any(a.id == made.id for a in situation.attempts):
            continue
        target = next((t for t in situation.around.contacts if t.number == made.number), None)
        key = target.key if target else f"number:{made.number}"
        known = (*situation.attempts, *decision.attempts.values())
        attempt = Attempt(
            id=made.id, case_id=case.id, round=1, rung=SAFE_MODE, target=key, kind=target.kind if target else "family",
            name=target.name if target else "", relation=target.relation if target else "", number=made.number, way="trunk",
            count=1 + sum(a.target == key for a in known), state="done", created_at=made.started_at, ring_seconds=0.0, sentence="",
            node=fact.node, ended_at=made.ended_at, answered_at=made.started_at if made.key else None, key=made.key or None,
            result=attempts.result_of(made.status, made.key),
        )  # fmt: skip
        attempts.from_safe_mode(situation, decision, attempt, made.key)


def _opened(situation: Situation, fact: SafeModeCall, decision: Decision) -> Case:
    arrival = situation.arrival
    assert arrival is not None
    case = Case(
        id=arrival.case_id, number=arrival.number, kind=arrival.kind, source="safe_mode", line=fact.line, state="waiting",
        opened_at=fact.arrived_at, pressed_at=fact.arrived_at, waiting_since=fact.arrived_at, terminal=arrival.terminal,
        caller_number=fact.number, caller_display=fact.display, anonymous=fact.anonymous,
        member_id=arrival.members[0] if len(arrival.members) == 1 else None,
        candidates=arrival.members if len(arrival.members) > 1 else (), red=arrival.kind == "emergency",
    )  # fmt: skip
    decision.case = case
    decision.legs[fact.leg_id] = Leg(fact.leg_id, case.id, "caller", "up", fact.node, fact.arrived_at)
    decision.note("arrived", at=fact.arrived_at, line=fact.line, source="safe_mode")
    _note(fact, decision)
    if case.member_id:
        decision.note("identified", member=str(case.member_id))
    if case.kind == "emergency":
        begin_ladder(case, decision)
        if fact.attempts:
            # What they said is told in a moment, now that it is known whose contacts they are: nobody is phoned before that.
            decision.set_timer("ladder", ATTEMPTS_TOLD_WITHIN)
    return case


def _learnt_late(case: Case, leg: Leg, fact: SafeModeCall, decision: Decision) -> None:
    """A caller of ours whom the dialplan served after we had died: taken for lost at our return, in truth answered."""
    if fact.answered_at is None or leg.answered_at is not None:
        return
    decision.case = case
    decision.legs[leg.id] = replace(leg, answered_at=fact.answered_at, ended_at=fact.ended_at or leg.ended_at)
    waited = (fact.answered_at - leg.started_at).total_seconds()
    _note(fact, decision)
    decision.note("answered", at=fact.answered_at, seat=fact.answered_by, waited_seconds=round(waited, 1))
    if fact.recording:
        decision.new_recordings.append(NewRecording(fact.recording, fact.answered_by or ""))
        ended = fact.ended_at or decision.now
        decision.closed_recordings.append(RecordingClosed(fact.recording, (ended - fact.answered_at).total_seconds(), ok=True))


def _joined(situation: Situation, case: Case, fact: SafeModeCall, decision: Decision) -> None:
    """A press served alone, of a terminal whose case we already have: its leg and times go to that case.

    Told once, when it is over: the case is in hands already, and its state is decided there. One that came before the case's last
    press tells nothing new: nobody who is on the way since is asked anew because of it.
    """
    if fact.live:
        return
    ended = fact.ended_at or decision.now
    level = case.level + 1
    decision.case = replace(case, level=level, pressed_at=max(case.pressed_at, fact.arrived_at))
    ladder = decision.escalation or situation.escalation
    if ladder is not None and fact.arrived_at <= case.pressed_at:
        decision.escalation = replace(ladder, level=level)
    decision.legs[fact.leg_id] = Leg(
        fact.leg_id, case.id, "caller", "down", fact.node, fact.arrived_at, answered_at=fact.answered_at, ended_at=ended,
        cause="16" if fact.ended_at else "lost",
    )  # fmt: skip
    decision.note("press_joined", at=fact.arrived_at, level=level)
    _note(fact, decision)
    if fact.answered_at is not None and fact.recording:
        decision.new_recordings.append(NewRecording(fact.recording, fact.answered_by or ""))
        seconds = (ended - fact.answered_at).total_seconds()
        decision.closed_recordings.append(RecordingClosed(fact.recording, seconds, ok=True))


def _ended(situation: Situation, fact: SafeModeCall, leg: Leg, decision: Decision) -> None:
    case = decision.case
    assert case is not None
    ended = fact.ended_at or decision.now
    decision.legs[leg.id] = replace(leg, state="down", ended_at=ended, cause="16" if fact.ended_at else "lost")
    decision.note("caller_hung_up" if fact.ended_at else "leg_lost", at=ended, party="caller")
    # Meanwhile the case may be in our hands: the elder called again, or somebody of the ladder was joined to it.
    alone = not caller_legs(situation, decision)
    if leg.answered_at is not None:
        if alone and "end" in cases.MOVES[case.state]:
            decision.change(state=cases.after(case.state, "end"), ended_at=ended)
        if fact.recording:
            decision.closed_recordings.append(RecordingClosed(fact.recording, (ended - leg.answered_at).total_seconds(), ok=True))
    elif alone and "abandon" in cases.MOVES[case.state]:
        decision.change(state=cases.after(case.state, "abandon"), ended_at=ended)
        decision.note("abandoned", at=ended, waited_seconds=round((ended - fact.arrived_at).total_seconds(), 1))
        if situation.task is None:
            owe_call_back(situation, decision)
