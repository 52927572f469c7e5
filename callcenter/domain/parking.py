"""Pre-emption: a seat leaves its routine caller for an emergency that nobody takes. The caller loses nothing. Pure functions.

They hear a sentence and music, stand before all others who wait, and their seat is the first to be offered them again; another one
that is free sooner may take them. If they hang up they are owed a call.
"""

from __future__ import annotations

from callcenter.domain import case as cases
from callcenter.domain import seat as seats
from callcenter.domain.call_out import talking_case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import Connect, DestroyBridge, HangUp, Say
from callcenter.domain.errors import Refused
from callcenter.domain.facts import CallParked
from callcenter.domain.offers import caller_legs, end_leg, in_conversation, set_overflow


def parked(situation: Situation, fact: CallParked, decision: Decision) -> None:
    """The caller waits again, and the seat is free for what its person has chosen: for nothing else, until that rings."""
    case = talking_case(situation, fact)
    if case.kind == "emergency" or case.red:
        raise Refused(
            "emergency_call", "正在通话的也是紧急求助,不能停放。", "The call you are in is an emergency too: it is not left.",
            remedy_zh="请由其他坐席接听。", remedy_en="Another seat must take the other one.", rule="R-12",
        )  # fmt: skip
    if case.transfer is not None or case.calling is not None:
        raise Refused(
            "transfer_running", "正在转接或外呼。", "A transfer or a call out is under way.", remedy_zh="请先取消它。",
            remedy_en="Cancel it first.",
        )  # fmt: skip
    if not caller_legs(situation, decision):
        raise Refused("nobody_there", "对方还没有接通。", "Nobody is on the line yet.")
    decision.case = case
    decision.note("parked", agent_id=fact.agent_id, seat=fact.seat)
    for leg in situation.legs:
        if leg.party == "seat" and leg.live:
            end_leg(decision, leg, "parked")
            decision.effects.append(HangUp(leg.id))
    decision.change(
        state=cases.after(case.state, "park"), waiting_since=decision.now, parked_at=decision.now, passed_seats=(),
    )  # fmt: skip
    decision.effects.append(DestroyBridge(case.bridge_id))  # this conversation's recording ends; the next one has its own
    callers = caller_legs(situation, decision)
    if in_conversation(situation, decision):
        decision.effects.append(Connect(case.bridge_id, tuple(leg.id for leg in callers)))
    else:
        decision.effects += [Say(leg.id, "parked") for leg in callers]
    decision.set_timer("announce", situation.figures.announce_every_seconds)
    set_overflow(situation, decision)
    seat = situation.seats.get(fact.seat or "")
    if seat is not None and seat.case_id == case.id:
        decision.seats[seat.extension] = seats.move(seat, "miss", decision.now, pause_reason="taking_emergency")
