"""What becomes of a call that the ladder made: it rings, is answered, a key is pressed, it ends, or its fate must be found out.

Only a key, or a person at the centre, acknowledges: voicemail, silence, early media and a hang-up never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.announcements import DRILL_DONE, THANKS_BOTH, THANKS_CANNOT, THANKS_GOING, joining, sentence_for
from callcenter.domain.arrival import join_leg
from callcenter.domain.case import Leg, after
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, AskNode, DialAttempt, HangUp, QuietLeg, SayTo, VoidAttempt
from callcenter.domain.escalation import CALL_BACK, Acknowledgement, Attempt, AttemptState, Result, Target
from callcenter.domain.facts import (
    LOST,
    NODE_LOST,
    AttemptAnswered,
    AttemptEnded,
    AttemptFoundLive,
    AttemptRang,
    AttemptSeen,
    AudioEnded,
    KeyPressed,
    LegEnded,
)
from callcenter.domain.owed import close_task
from callcenter.domain.walk import Walk

RING_GRACE_SECONDS = 4.0  # beyond the ring time Asterisk itself should have given up
LOOK_SECONDS = 2.0  # between two questions about an attempt that stays in doubt
SPEECH_SECONDS = 60.0  # no announcement is longer: whose end was not told, is over then
CLOSING_SECONDS = 15.0
DROPPED = "dropped"  # in place of a cause: a person at the centre let them go
SHORTEST_SECONDS = 1.0  # no sentence of ours is shorter
HAND_SECONDS = 3.0  # after a hang-up order, until the node is asked whether it was carried out

# DIALSTATUS of the dialplan, where it says all; else the Q.850 cause decides.
BY_STATUS: dict[str, Result] = {
    "ANSWER": "hung_up", "BUSY": "busy", "NOANSWER": "no_answer", "CANCEL": "withdrawn", "REFUSED": "refused", "VOID": "voided",
    "ALREADY": "in_use",
}  # fmt: skip
BY_CAUSE: dict[str, Result] = {
    "1": "invalid_number", "2": "invalid_number", "22": "invalid_number", "28": "invalid_number", "3": "trunk_down",
    "17": "busy", "18": "no_answer", "19": "no_answer", "21": "rejected",
    "34": "congestion", "42": "congestion", "41": "congestion",
}  # fmt: skip


def find(situation: Situation, decision: Decision, leg_id: str) -> Attempt | None:
    return decision.attempts.get(leg_id) or next((a for a in situation.attempts if a.id == leg_id), None)


def result_told(status: str, cause: str) -> Result:
    if status == "CHANUNAVAIL" and cause == "18":
        return "trunk_down"  # nobody said anything at all for the time that SIP waits
    return BY_STATUS.get(status) or BY_CAUSE.get(cause) or ("congestion" if status == "CONGESTION" else "trunk_down")


def result_of(status: str, key: str) -> Result:
    """What came of an attempt of the dialplan alone: the key that was pressed says more than how the call ended."""
    by_key: dict[str, Result] = {"1": "going", "0": "going", "2": "cannot"}
    return by_key.get(key) or ("no_key" if status == "ANSWER" else result_told(status, ""))


def again_at(tried: Sequence[Attempt], pause: float) -> datetime | None:
    """When a telephone may be tried again, ``pause`` seconds after its last call, and where a lost node left it ringing, not
    before it must have stopped. None: it was not tried."""
    times = [a.ended_at + timedelta(seconds=pause) for a in tried if a.ended_at is not None]
    times += [a.rings_on_until for a in tried if a.rings_on_until is not None]
    return max(times, default=None)


# --- told -----------------------------------------------------------------------------------------------------------


def rang(situation: Situation, fact: AttemptRang, decision: Decision) -> None:
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or attempt.state not in ("intent", "claimed"):
        return
    # A phone that is to stop ringing is looked at as soon as was planned: the order to hang up may have been lost.
    check = attempt.check_at if attempt.closing else decision.now + timedelta(seconds=attempt.ring_seconds + RING_GRACE_SECONDS)
    decision.attempts[attempt.id] = replace(attempt, state="ringing", rang_at=decision.now, check_at=check)
    decision.note("attempt_ringing", attempt=attempt.id)


def answered(situation: Situation, fact: AttemptAnswered, decision: Decision) -> None:
    """Picked up: an announcement for a contact, the queue for the elder who is phoned back."""
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or not attempt.open:
        decision.effects.append(HangUp(fact.leg_id))
        return
    if attempt.state == "answered":
        return  # told twice, or late: who holds it since is written down at the take-over, and asked of the node
    walk = Walk(situation, decision)
    attempt = replace(attempt, state="answered", answered_at=decision.now, holder=fact.holder or situation.instance)
    decision.attempts[attempt.id] = attempt
    decision.note("attempt_answered", attempt=attempt.id, name=attempt.name, relation=attempt.relation)
    if walk.escalation.over or attempt.closing:
        _close(decision, attempt, attempt.result or "withdrawn")
    elif attempt.rung == CALL_BACK and not walk.escalation.drill:
        _elder_reached(situation, decision, attempt)
    elif attempt.asked_by is not None and walk.case.state == "talking":
        _join(situation, decision, attempt, "connected")
    else:
        _announce(situation, decision, attempt)


def found_live(situation: Situation, fact: AttemptFoundLive, decision: Decision) -> None:
    """Whoever holds them now begins anew: they are told why we call, for nobody knows what they have heard."""
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or attempt.state != "answered":
        answered(situation, AttemptAnswered(fact.leg_id, True, fact.holder), decision)
        return
    held = decision.attempts[attempt.id] = replace(attempt, holder=fact.holder)
    if held.closing:
        decision.attempts[held.id] = replace(held, check_at=decision.now)  # the farewell's end may have gone unnoticed
    elif not held.joined:
        _announce(situation, decision, replace(held, said=max(0, held.said - 1)))


def key_pressed(situation: Situation, fact: KeyPressed, decision: Decision) -> None:
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or attempt.state != "answered" or attempt.rung == CALL_BACK:
        return
    _key(situation, decision, attempt, fact.digit)


def audio_ended(situation: Situation, fact: AudioEnded, decision: Decision) -> None:
    """An announcement is over: now the keys are waited for; a farewell is over: the line is given up."""
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or attempt.state != "answered" or attempt.joined:
        return
    if attempt.closing:
        if attempt.check_at is not None and attempt.check_at - decision.now > timedelta(seconds=CLOSING_SECONDS - SHORTEST_SECONDS):
            return  # what ended is the announcement that the farewell broke off
        decision.effects.append(HangUp(attempt.id))
        decision.attempts[attempt.id] = replace(attempt, check_at=decision.now + timedelta(seconds=HAND_SECONDS))
    elif attempt.public and attempt.result is None and Walk(situation, decision).escalation.drill:
        _say_goodbye(decision, attempt, DRILL_DONE, "connected")  # there is no line to join: nobody has pressed
    elif attempt.public and attempt.result is None:
        _join(situation, decision, attempt, "connected")
    else:
        wait = Walk(situation, decision).policy.key_seconds
        decision.attempts[attempt.id] = replace(attempt, check_at=decision.now + timedelta(seconds=wait))


def ended(situation: Situation, fact: AttemptEnded, decision: Decision) -> None:
    attempt = find(situation, decision, fact.leg_id)
    if attempt is not None and attempt.open:
        _finish(situation, decision, attempt, result_told(fact.status, fact.cause), fact.cause)


def leg_ended(situation: Situation, fact: LegEnded, decision: Decision) -> None:
    """The half that we held is gone. Its other half tells why a call that nobody answered failed."""
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or not attempt.open or (fact.holder is not None and attempt.holder not in ("", fact.holder)):
        return
    if attempt.state == "answered" and fact.holder is None and fact.cause not in (LOST, NODE_LOST):
        _finish(situation, decision, attempt, "hung_up", fact.cause)
    elif attempt.state == "answered":
        # It left an instance: hung up, which the dialplan tells too, or another one has it, which the node knows. Or it was over
        # when we came back: the dialplan may have heard their key.
        _ask(decision, attempt)
        if fact.cause in (LOST, NODE_LOST):
            check = decision.now + timedelta(seconds=LOOK_SECONDS)
            decision.attempts[attempt.id] = replace(attempt, state="claimed", check_at=check)
    else:
        decision.attempts[attempt.id] = replace(attempt, check_at=decision.now + timedelta(seconds=0.3))


def seen(situation: Situation, fact: AttemptSeen, decision: Decision) -> None:
    """The node's answer about an attempt in doubt; it decides, for the node alone knows whether a phone rang."""
    attempt = find(situation, decision, fact.leg_id)
    if attempt is None or not attempt.open:
        return
    walk, now = Walk(situation, decision), decision.now
    if fact.seen == "live":
        if attempt.closing or walk.escalation.over:
            decision.effects.append(HangUp(attempt.id))
        state = "claimed" if attempt.state == "intent" else attempt.state
        # While it rings nothing needs to be asked, until Asterisk itself should have given it up.
        rings_until = attempt.created_at + timedelta(seconds=attempt.ring_seconds + RING_GRACE_SECONDS)
        soon = now + timedelta(seconds=LOOK_SECONDS)
        check = soon if attempt.closing else max(soon, rings_until)
        decision.attempts[attempt.id] = replace(attempt, state=state, check_at=check)
    elif fact.seen == "answered":
        if attempt.state != "answered":
            answered(situation, AttemptAnswered(attempt.id, True, fact.holder), decision)
        else:
            _look_again(decision, attempt, fact.holder)
    elif fact.seen == "finished":
        if fact.key and attempt.key is None:
            heard = attempt if attempt.state == "answered" else replace(attempt, state="answered", answered_at=now)
            decision.attempts[attempt.id] = heard
            _key(situation, decision, heard, "1" if fact.key == "0" else fact.key)
            attempt = decision.attempts[attempt.id]
        _finish(situation, decision, attempt, result_told(fact.status, fact.cause), fact.cause)
    elif fact.seen == "voided":
        _finish(situation, decision, attempt, "voided", "")
    elif fact.seen == "unclaimed" and attempt.state == "intent":
        _send_again_or_void(walk, attempt)
    elif fact.seen == "claimed":  # begun, and nothing is left of it: nobody is on this line, and the mark lets nobody in
        _finish(situation, decision, attempt, "interrupted" if attempt.state != "answered" else "hung_up", fact.cause)
    elif fact.seen == "node_lost":
        # It cannot say anything, and the elder does not wait for it. An order that is still on its way has an end of its own
        # (ATT_UNTIL); what could not be voided now is voided when the node is back.
        decision.effects.append(VoidAttempt(attempt.id))
        _finish(situation, decision, attempt, "interrupted" if attempt.state != "answered" else "hung_up", fact.cause)
        decision.attempts[attempt.id] = replace(decision.attempts[attempt.id], check_at=_rings_on_until(attempt, now))
    else:
        check = now + timedelta(seconds=LOOK_SECONDS)
        decision.attempts[attempt.id] = replace(
            attempt, state="claimed" if attempt.state == "intent" else attempt.state, check_at=check
        )
        if attempt.state != "intent" and not fact.begun:
            _ask(decision, attempt)  # it has begun since this was asked
        else:
            # Asterisk itself began anew, and the mark may be lost. An order that somebody still holds in their hands must find
            # one: it is given up when the dialplan says that it is void, and not before.
            decision.effects.append(VoidAttempt(attempt.id))


def _rings_on_until(attempt: Attempt, now: datetime) -> datetime | None:
    """Nobody can tell the phone of a lost node to stop: it rings for its time from when that can have begun at the latest. An
    order that is still on its way is begun until its own end, and some seconds of grace for clocks that differ (ATT_UNTIL)."""
    if attempt.state == "answered":
        return None
    latest = attempt.rang_at or max(now, attempt.check_at or now if attempt.state == "intent" else now)
    return latest + timedelta(seconds=attempt.ring_seconds + RING_GRACE_SECONDS)


def _ask(decision: Decision, attempt: Attempt) -> None:
    decision.effects.append(AskNode(attempt.id, attempt.created_at, begun=attempt.state != "intent"))


def _look_again(decision: Decision, attempt: Attempt, holder: str) -> None:
    check = decision.now + timedelta(seconds=LOOK_SECONDS * 5)
    decision.attempts[attempt.id] = replace(attempt, holder=holder or attempt.holder, check_at=check)


def order_for(attempt: Attempt, *, good_until: datetime) -> DialAttempt:
    """The order that carries an attempt out; given twice it dials once, and never after ``good_until``."""
    return DialAttempt(
        attempt.id, attempt.number, attempt.way, attempt.ring_seconds, attempt.sentence, good_until, attempt.public
    )  # fmt: skip


def _send_again_or_void(walk: Walk, attempt: Attempt) -> None:
    decision = walk.decision
    decision.attempts[attempt.id] = replace(attempt, check_at=decision.now + timedelta(seconds=LOOK_SECONDS))
    if attempt.closing or walk.escalation.over:
        decision.effects.append(VoidAttempt(attempt.id))
    else:
        decision.note("attempt_sent_again", attempt=attempt.id)
        decision.effects.append(order_for(attempt, good_until=decision.now + timedelta(seconds=LOOK_SECONDS)))


# --- due ------------------------------------------------------------------------------------------------------------


def due(situation: Situation, decision: Decision, attempt: Attempt) -> None:
    """What an open attempt wants now, if its time has come."""
    attempt = decision.attempts.get(attempt.id, attempt)
    if not attempt.open or attempt.check_at is None or attempt.check_at > decision.now:
        return
    now, policy = decision.now, Walk(situation, decision).policy
    if attempt.state != "answered" or attempt.joined or (attempt.closing and attempt.result is not None):
        if attempt.state == "answered" and not attempt.joined:
            decision.effects.append(HangUp(attempt.id))
        _ask(decision, attempt)
        decision.attempts[attempt.id] = replace(attempt, check_at=now + timedelta(seconds=LOOK_SECONDS))
    elif attempt.said < policy.announcements:
        _announce(situation, decision, attempt)
    else:
        decision.note("no_key", attempt=attempt.id, name=attempt.name, relation=attempt.relation)
        decision.effects.append(HangUp(attempt.id))
        check = now + timedelta(seconds=HAND_SECONDS)
        decision.attempts[attempt.id] = replace(attempt, result="no_key", closing=True, check_at=check)


# --- what follows ---------------------------------------------------------------------------------------------------


def _announce(situation: Situation, decision: Decision, attempt: Attempt) -> None:
    walk = Walk(situation, decision)
    target = Target(attempt.target, attempt.kind, attempt.name, attempt.number, attempt.relation, attempt.way)
    drill = walk.escalation.drill or (attempt.public and walk.policy.public_number(attempt.kind).mode == "drill")
    around = situation.around
    sentence = (
        attempt.sentence if attempt.said == 0  # made while it rang
        else sentence_for(target, walk.case, around.person, around.centre, drill=drill, on_the_line=walk.on_the_line)
    )  # fmt: skip
    check = decision.now + timedelta(seconds=SPEECH_SECONDS)
    decision.attempts[attempt.id] = replace(attempt, said=attempt.said + 1, check_at=check)
    decision.effects += [AnswerLeg(attempt.id), SayTo(attempt.id, sentence)]


def _key(situation: Situation, decision: Decision, attempt: Attempt, digit: str) -> None:
    walk = Walk(situation, decision)
    # Who hears a farewell may still say that they are going, or want to speak with the elder; saying no is of no use any more.
    if digit not in ("0", "1", "2") or attempt.key == digit or (attempt.closing and digit == "2"):
        return
    if walk.escalation.over:
        return
    attempt = replace(attempt, key=digit)
    decision.attempts[attempt.id] = attempt
    decision.note("key_pressed", attempt=attempt.id, name=attempt.name, relation=attempt.relation, key=digit)
    if digit == "1":
        first = walk.escalation.owner is None
        acknowledge(walk, "supervisor" if attempt.kind == "supervisor" else "going", attempt)
        if attempt.joined:
            decision.attempts[attempt.id] = replace(attempt, result="going")
        else:
            _say_goodbye(decision, attempt, THANKS_GOING if first else THANKS_BOTH, "going")
    elif digit == "2":
        if not attempt.joined:
            _say_goodbye(decision, attempt, THANKS_CANNOT, "cannot")
    elif not attempt.joined:
        if walk.escalation.drill:
            acknowledge(walk, "joined", attempt)
            _say_goodbye(decision, attempt, DRILL_DONE, "joined")
        else:
            if attempt.result != "going":
                acknowledge(walk, "joined", attempt)
            _join(situation, decision, attempt, attempt.result if attempt.result == "going" else "joined")
    if walk.escalation.drill and walk.escalation.owner is not None:
        end_drill(situation, decision, "drill_passed")


def acknowledge(walk: Walk, kind: str, attempt: Attempt | None = None, *, name: str = "", agent_id: UUID | None = None) -> None:
    """Somebody takes charge. The first is the owner; whoever comes second is remembered too, and both are told."""
    already = [a for a in walk.escalation.acknowledgements if a.active and attempt is not None and a.attempt_id == attempt.id]
    if already and already[0].kind == kind:
        return
    kept = tuple(a for a in walk.escalation.acknowledgements if a not in already)
    said = f"{attempt.name}({attempt.relation})" if attempt and attempt.relation else attempt.name if attempt else name
    since = already[0].at if already else walk.now
    one = Acknowledgement(kind, said, since, attempt.id if attempt else None, agent_id)  # type: ignore[arg-type]
    walk.change(acknowledgements=(*kept, one))
    if walk.escalation.owner is not one:
        walk.decision.note("acknowledged_too", by=kind, name=said, agent_id=agent_id)


def _join(situation: Situation, decision: Decision, attempt: Attempt, result: Result | None) -> None:
    """Into the conversation with elder and seat."""
    walk = Walk(situation, decision)
    node = attempt.node
    leg = Leg(
        attempt.id, attempt.case_id, "contact", "up", node, attempt.created_at,
        answered_at=attempt.answered_at, holder=attempt.holder,
    )  # fmt: skip
    decision.attempts[attempt.id] = replace(attempt, joined=True, result=result, closing=False, check_at=None)
    decision.note("joined", attempt=attempt.id, name=attempt.name, relation=attempt.relation)
    if walk.case.state == "talking" or walk.on_the_line:
        decision.effects.append(AnswerLeg(attempt.id))
    thanks = ""
    if attempt.closing and attempt.result == "going":  # they are being told that we count on them
        owner = walk.escalation.owner
        thanks = THANKS_GOING if owner is not None and owner.attempt_id == attempt.id else THANKS_BOTH
    join_leg(situation, decision, leg, joining(thanks))


def join_asked(situation: Situation, decision: Decision, attempt: Attempt) -> None:
    """A person at the centre brings them in."""
    _join(situation, decision, attempt, attempt.result or "connected")


def _elder_reached(situation: Situation, decision: Decision, attempt: Attempt) -> None:
    """Somebody picked up at the elder's: as if they had called again, they hear a voice and wait for a seat."""
    decision.note("elder_reached", attempt=attempt.id, name=attempt.name)
    leg = Leg(
        attempt.id, attempt.case_id, "caller", "up", attempt.node, attempt.created_at, answered_at=decision.now,
        holder=attempt.holder,
    )  # fmt: skip
    decision.attempts[attempt.id] = replace(attempt, joined=True, result="reached", check_at=None)
    if situation.task is not None:
        close_task(situation, decision, "reached")
    join_leg(situation, decision, leg)


def _say_goodbye(decision: Decision, attempt: Attempt, sentence: str, result: Result) -> None:
    check = decision.now + timedelta(seconds=CLOSING_SECONDS)
    decision.attempts[attempt.id] = replace(attempt, result=result, closing=True, check_at=check)
    decision.effects.append(SayTo(attempt.id, sentence))


def _close(decision: Decision, attempt: Attempt, result: Result) -> None:
    check = decision.now + timedelta(seconds=HAND_SECONDS)
    decision.attempts[attempt.id] = replace(attempt, result=result, closing=True, check_at=check)
    decision.effects.append(HangUp(attempt.id))


def let_go(decision: Decision, attempt: Attempt, sentence: str) -> None:
    """It is no longer needed: who listens is thanked, whose phone rings is left in peace. Who has joined speaks on."""
    if attempt.closing or attempt.joined:
        return
    if attempt.state == "answered" and attempt.said:
        _say_goodbye(decision, attempt, sentence, attempt.result or "withdrawn")
    else:
        _close(decision, attempt, attempt.result or "withdrawn")


def cut_short(attempt: Attempt) -> bool:
    """It rang, and we stopped it ourselves, for somebody had the case: whether they would have answered is not known."""
    return attempt.result == "withdrawn" and attempt.answered_at is None and attempt.cause != DROPPED


def drop(decision: Decision, attempt: Attempt) -> None:
    """A person at the centre lets them go. Who is going is being thanked, and hears that out: then the line is given up anyway."""
    if attempt.closing and not attempt.joined and attempt.result == "going":
        return
    decision.effects += [QuietLeg(attempt.id), HangUp(attempt.id)]
    check = decision.now + timedelta(seconds=HAND_SECONDS)
    decision.attempts[attempt.id] = replace(
        attempt, closing=True, result=attempt.result or "withdrawn", cause=DROPPED, check_at=check,
    )  # fmt: skip


def _finish(situation: Situation, decision: Decision, attempt: Attempt, result: Result, cause: str) -> None:
    kept: Result = attempt.result or ("interrupted" if result == "withdrawn" and attempt.answered_at is None else result)
    if attempt.state == "answered" and kept == "withdrawn" and attempt.result is None:
        kept = "hung_up"
    if kept == "voided" and attempt.state != "intent":  # it had begun, and went down with Asterisk
        kept = "hung_up" if attempt.state == "answered" else "interrupted"
    state: AttemptState = "void" if kept == "voided" else "done"
    decision.attempts[attempt.id] = replace(
        attempt,
        state=state,
        result=kept,
        cause=attempt.cause or cause,
        ended_at=decision.now,
        check_at=None,
    )
    decision.note("attempt_ended", attempt=attempt.id, name=attempt.name, relation=attempt.relation, result=kept, cause=cause)
    walk = Walk(situation, decision)
    # Who joined and left without saying that they are going has not taken charge of anything.
    left = [a for a in walk.escalation.acknowledgements if a.active and a.kind == "joined" and a.attempt_id == attempt.id]
    if left and not walk.escalation.drill:
        kept_acks = tuple(replace(a, active=False) if a in left else a for a in walk.escalation.acknowledgements)
        walk.change(acknowledgements=kept_acks)


def end_drill(situation: Situation, decision: Decision, outcome: str) -> None:
    """A drill is over when somebody took charge, everybody was tried, or a person stops it."""
    walk = Walk(situation, decision)
    case = walk.case
    decision.case = replace(case, red=False, settled_at=decision.now, state=after(case.state, "close"), closed_at=decision.now)
    walk.change(state="ended", ended_at=decision.now, outcome=outcome)
    decision.note("drill_ended", outcome=outcome)
    for attempt in walk.open:
        let_go(decision, attempt, DRILL_DONE)


def from_safe_mode(situation: Situation, decision: Decision, attempt: Attempt, key: str) -> None:
    """Somebody whom the dialplan phoned alone; their key counts as if we had heard it."""
    decision.attempts[attempt.id] = attempt
    decision.note(
        "attempt_ended", at=attempt.ended_at, attempt=attempt.id, name=attempt.name, relation=attempt.relation,
        result=attempt.result, cause="", safe_mode=True,
    )  # fmt: skip
    if key in ("0", "1"):
        acknowledge(Walk(situation, decision), "going", attempt)
