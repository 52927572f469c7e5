"""Call control at a glance: to whom a fact about a leg belongs, and what must be put in order whenever a conversation ends.

A leg is the caller's or the seat's (``arrival.py``, ``call_flow.py``), the ladder's (``attempts.py``), or one that a person at
the centre ordered: their own phone for a call out, somebody whom they phone, a supervisor who listens.
"""

from __future__ import annotations

from callcenter.domain import (
    after_call,
    attempts,
    call_backs,
    call_flow,
    call_out,
    closed_hours,
    dialled,
    hold,
    listening,
    overflow,
    parties,
    transfer,
    transfer_out,
)
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import (
    AttemptAnswered,
    AttemptEnded,
    AttemptFoundLive,
    AttemptRang,
    AttemptSeen,
    CaseFoundLive,
    HangUpAsked,
    KeyPressed,
    LegEnded,
    OfferDeclined,
    OrderFailed,
    SeatAnswered,
    TimerDue,
)  # fmt: skip
from callcenter.domain.offers import end_leg, find_leg
from callcenter.domain.papers import nouns


def seat_answered(situation: Situation, fact: SeatAnswered, decision: Decision) -> None:
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None or leg is None or leg.state not in ("intent", "ringing"):
        call_flow.seat_answered(situation, fact, decision)
    elif leg.party == "supervisor":
        listening.answered(situation, leg, decision)
    elif case.calling is not None and case.calling.seat_leg == leg.id:
        call_out.seat_answered(situation, leg, decision)
    elif case.transfer is not None and case.transfer.leg == leg.id and case.state == "talking":
        transfer.answered(situation, leg, decision)
    else:
        call_flow.seat_answered(situation, fact, decision)


def leg_ended(situation: Situation, fact: LegEnded, decision: Decision) -> None:
    """A leg may be a party of the conversation, somebody of the ladder, or both; or one that a person ordered."""
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    known = case is not None and leg is not None and leg.live
    if known and leg is not None and leg.party == "supervisor":
        listening.leg_ended(situation, leg, fact.cause, decision)
    elif known and leg is not None and dialled.ringing(leg):
        told(situation, fact, decision)
    elif known and leg is not None and _outside(case) and leg.party in ("caller", "contact"):
        transfer_out.leg_ended(situation, leg, fact, decision)
    elif known and case is not None and leg is not None and case.calling is not None and case.calling.seat_leg == leg.id:
        decision.case = case
        end_leg(decision, leg, fact.cause)
        call_out.withdrawn(situation, decision)
    elif known and case is not None and leg is not None and case.transfer is not None and case.transfer.leg == leg.id:
        decision.case = case
        end_leg(decision, leg, fact.cause)
        transfer.back(situation, decision, _why(leg, fact.cause))
    elif known and case is not None and leg is not None and _transfers(case, leg) and fact.cause in call_flow.NORMAL_CLEARING:
        transfer.first_left(situation, leg, fact.cause, decision)
    elif known and case is not None and leg is not None and _on_duty(case, leg):
        decision.case = case
        end_leg(decision, leg, fact.cause)
        overflow.lost(situation, leg, fact.cause, decision)
    elif known and case is not None and leg is not None and _alone_with_duty(situation, case, leg):
        decision.case = case
        end_leg(decision, leg, fact.cause)
        decision.note("caller_hung_up")
        call_flow.conversation_over(situation, decision)
    else:
        call_flow.leg_ended(situation, fact, decision)
        attempts.leg_ended(situation, fact, decision)


def _on_duty(case: Case, leg: Leg) -> bool:
    """A duty mobile that has answered for a call that no seat took."""
    return case.overflow is not None and case.overflow.leg == leg.id and case.seat is None


def _alone_with_duty(situation: Situation, case: Case, leg: Leg) -> bool:
    """The last caller leaves the duty mobile."""
    taken = case.state == "talking" and case.overflow is not None and case.overflow.taken and case.seat is None
    others = any(one.party == "caller" and one.live and one.id != leg.id for one in situation.legs)
    return taken and leg.party == "caller" and not others


def key_pressed(situation: Situation, fact: KeyPressed, decision: Decision) -> None:
    """A caller outside hours says that it is an emergency; a duty mobile takes a caller; else it is the ladder's."""
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None or leg is None or not leg.live:
        attempts.key_pressed(situation, fact, decision)
    elif leg.party == "caller" and case.state == "waiting" and case.opens_at is not None:
        decision.case = case
        closed_hours.emergency_said(situation, decision, "key")
    elif case.overflow is not None and case.overflow.leg == leg.id and not case.overflow.taken and leg.state == "up":
        overflow.key_pressed(situation, leg, fact.digit, decision)
    else:
        attempts.key_pressed(situation, fact, decision)


def _why(leg: Leg, cause: str) -> str:
    """Why the second seat does not take it."""
    if leg.state == "up":
        return "left"
    return "declined" if cause in call_flow.BUSY | call_flow.REJECTED else "missed"


def _outside(case: Case | None) -> bool:
    """Whether caller and somebody outside speak alone."""
    return case is not None and case.transfer is not None and case.transfer.state == "outside"


def _moving(case: Case, leg_id: str) -> bool:
    """Whether this leg is that of somebody outside who is to get the conversation."""
    return case.state == "talking" and case.transfer is not None and case.transfer.leg == leg_id


def _transfers(case: Case, leg: Leg) -> bool:
    """The phone of the seat that hands its conversation on."""
    return case.state == "talking" and case.transfer is not None and leg.party == "seat" and leg.seat == case.seat


def rang(situation: Situation, fact: AttemptRang, decision: Decision) -> None:
    leg = dialled.mine(situation, fact.leg_id)
    if leg is None:
        attempts.rang(situation, fact, decision)
    else:
        dialled.rang(decision, leg)


def answered(situation: Situation, fact: AttemptAnswered | AttemptFoundLive, decision: Decision) -> None:
    leg = dialled.mine(situation, fact.leg_id)
    if leg is None:
        if isinstance(fact, AttemptAnswered):
            attempts.answered(situation, fact, decision)
        else:
            attempts.found_live(situation, fact, decision)
    elif dialled.ringing(leg):
        _picked_up(situation, fact.leg_id, fact.holder or situation.instance, decision)


def _picked_up(situation: Situation, leg_id: str, holder: str, decision: Decision) -> None:
    case, leg = situation.case, find_leg(situation, leg_id)
    assert case is not None
    assert leg is not None
    if case.calling is not None and case.calling.leg == leg_id:
        call_out.far_answered(situation, leg, holder, decision)
    elif _moving(case, leg_id):
        decision.case = case
        transfer_out.answered(situation, leg, holder, decision)
    elif case.state == "waiting" and case.overflow is not None and case.overflow.leg == leg_id:
        overflow.answered(situation, leg, holder, decision)
    else:
        decision.case = case
        parties.answered(situation, leg, holder, decision)


def told(situation: Situation, fact: AttemptEnded | LegEnded | AttemptSeen, decision: Decision) -> None:
    """What is told of a call that rings; the ladder's own calls are told to the ladder."""
    leg = dialled.mine(situation, fact.leg_id)
    if leg is None or not dialled.ringing(leg):
        if isinstance(fact, AttemptEnded):
            attempts.ended(situation, fact, decision)
        elif isinstance(fact, AttemptSeen):
            attempts.seen(situation, fact, decision)
        return
    if isinstance(fact, AttemptSeen) and fact.seen == "answered":
        _picked_up(situation, leg.id, fact.holder, decision)
        return
    ended = dialled.outcome(leg, fact, decision)
    if ended is None:
        return
    case = decision.case = situation.case
    assert case is not None
    dialled.over(decision, leg, *ended)
    if case.overflow is not None and case.overflow.leg == leg.id:
        overflow.not_reached(situation, decision)
    elif case.calling is not None and case.calling.leg == leg.id:
        call_out.failed(situation, decision)
    elif _moving(case, leg.id):
        transfer.back(situation, decision, "declined" if ended[0] in ("busy", "rejected") else "missed")


def timer_due(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    if "paper" in fact.data:
        nouns.timer_due(situation, fact, decision)
        return
    if fact.kind == "transfer":
        transfer.overdue(situation, str(fact.data.get("leg")), decision)
        return
    if fact.kind == "overflow":
        decision.case = situation.case
        overflow.due(situation, decision)
        return
    if fact.kind == "call_back":
        call_backs.overdue(situation, decision)
        return
    if "seat" in fact.data:
        transfer.freed(situation, str(fact.data["seat"]), decision)
        return
    if fact.kind != "dial":
        call_flow.timer_due(situation, fact, decision)
        return
    leg = dialled.mine(situation, str(fact.data.get("leg")))
    if leg is not None and dialled.ringing(leg):
        decision.set_timer("dial", dialled.GRACE_SECONDS, leg=leg.id)
        dialled.ask(decision, leg)


def order_failed(situation: Situation, fact: OrderFailed, decision: Decision) -> None:
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None or leg is None or not leg.live or fact.order not in ("RingSeat", "DialAttempt"):
        call_flow.order_failed(situation, fact, decision)
    elif dialled.ringing(leg):
        dialled.ask(decision, leg)
    elif leg.party == "supervisor":
        listening.leg_ended(situation, leg, "not sent", decision)
    elif case.calling is not None and case.calling.seat_leg == leg.id:
        decision.case = case
        end_leg(decision, leg, "not sent")
        decision.note("offer_failed", seat=leg.seat, cause="not sent")
        call_out.withdrawn(situation, decision)
    elif case.transfer is not None and case.transfer.leg == leg.id:
        decision.case = case
        end_leg(decision, leg, "not sent")
        transfer.back(situation, decision, "failed")
    else:
        call_flow.order_failed(situation, fact, decision)


def found_live(situation: Situation, fact: CaseFoundLive, decision: Decision) -> None:
    call_flow.found_live(situation, fact, decision)
    call_out.found_live(situation, fact, decision)
    if _outside(situation.case):
        hold.together(situation, decision)
    overflow.found_live(situation, decision)
    for one in situation.case.listeners if situation.case else ():
        listening.hear(situation, decision, one)


def hang_up_asked(situation: Situation, fact: HangUpAsked, decision: Decision) -> None:
    """Who phones somebody and gives it up, has not had a conversation."""
    case = situation.case
    if case is not None and case.transfer is not None and case.state == "talking":
        after_call.own_case(situation, fact)
        raise Refused(
            "transfer_running", "正在转接。", "A transfer is under way.", remedy_zh="请先完成或取消转接。",
            remedy_en="Complete or cancel it first.",
        )  # fmt: skip
    if case is None or case.calling is None or case.state != "talking":
        after_call.hang_up_asked(situation, fact, decision)
        return
    decision.case = after_call.own_case(situation, fact)
    call_out.withdrawn(situation, decision)


def offer_declined(situation: Situation, fact: OfferDeclined, decision: Decision) -> None:
    """A seat passes on what rings for it: an offer, or a transfer."""
    case = situation.case
    moved = case.transfer if case is not None else None
    if case is None or moved is None or moved.seat != fact.seat or moved.state != "ringing":
        after_call.offer_declined(situation, fact, decision)
        return
    decision.case = case
    transfer.back(situation, decision, "declined")


def tidy(situation: Situation, decision: Decision) -> None:
    """Asked after every decision: with a conversation ends all that belonged to it, whatever ended it."""
    case = decision.case
    if case is None:
        return
    overflow.tidy(situation, decision)
    if case.state == "talking":
        return
    if case.held_since is not None:
        decision.change(held_since=None)
        decision.cancel_timer("hold")
    if case.calling is not None:
        decision.change(calling=None)
    if case.transfer is not None and case.transfer.state != "outside":
        transfer.release_second(situation, decision)
    elif case.transfer is not None and case.state == "waiting":
        decision.change(transfer=None)  # the elder pressed again: both wait for a seat together
    for one in case.listeners:
        listening.leave(situation, decision, one)
