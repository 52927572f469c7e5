"""A conversation goes to another seat: blind, after asking them, or taken over by the supervisor. The caller is never dropped.

The first seat stays the case's seat, and where it will on the line, until the second one has the conversation: what fails
comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from callcenter.domain import case as cases
from callcenter.domain import dialled, hold, listening, transfer_out
from callcenter.domain import seat as seats
from callcenter.domain.call_flow import last_caller_gone
from callcenter.domain.call_out import back_to_rest, free_to_begin, ring_own, talking_case
from callcenter.domain.case import Case, Leg, Transfer
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import Connect, DestroyBridge, HangUp, RingSeat, Say, StopOverhearing
from callcenter.domain.errors import Refused
from callcenter.domain.facts import TakeOverAsked, TransferAsked, TransferCancelled, TransferCompleted
from callcenter.domain.listening import seat_leg
from callcenter.domain.offers import SECOND_RING_GRACE, caller_legs, end_leg, find_leg, free_seat, node_of, route


def asked(situation: Situation, fact: TransferAsked, decision: Decision) -> None:
    """The other seat gets the pop, then the ring; the caller hears music."""
    if fact.target is not None:
        transfer_out.asked(situation, fact, decision)
        return
    case = talking_case(situation, fact)
    transfer_out.check_free(situation, case, decision)
    other, now = situation.seats.get(fact.to_seat), decision.now
    if other is None or other.extension == case.seat or not other.may_be_alarmed(now):
        raise Refused(
            "seat_not_free", "对方坐席现在不能接听。", "That seat cannot take a call now.", remedy_zh="请选择就绪的坐席。",
            remedy_en="Choose a seat that is ready.",
        )  # fmt: skip
    decision.case = case
    count, ring = case.offers + 1, situation.figures.ring_seconds
    leg_id = case.offer_leg_id(count)
    decision.change(
        offers=count, transfer=Transfer(f"seat:{other.extension}", other.name, fact.manner, "ringing", now, leg_id, other.extension)
    )
    node = node_of(situation, decision)
    decision.legs[leg_id] = Leg(leg_id, case.id, "seat", "intent", node, now, seat=other.extension, name=other.name)
    decision.seats[other.extension] = seats.move(other, "offer", now, case_id=case.id)
    decision.note("transfer_asked", agent_id=fact.agent_id, seat=other.extension, name=other.name, manner=fact.manner)
    if case.held_since is None:
        hold.begin(situation, decision, seat=case.seat)
    until = now + timedelta(seconds=ring)
    decision.set_timer("transfer", ring, leg=leg_id)
    decision.effects.append(
        RingSeat(leg_id, other.extension, case.number, case.kind, ring + SECOND_RING_GRACE, until, device=other.device)
    )


def take_over(situation: Situation, fact: TakeOverAsked, decision: Decision) -> None:
    """The supervisor's own seat gets the conversation: at once where they listen already, else when their phone is up."""
    case = situation.case
    if case is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    if case.state != "talking" or case.calling is not None or not caller_legs(situation, decision):
        raise Refused("not_talking", "现在没有通话。", "Nobody is talking now.")
    if case.seat == fact.seat or case.transfer is not None:
        raise Refused("transfer_running", "通话已在您手上,或正在转接。", "It is yours already, or a transfer is under way.")
    decision.case = case
    decision.note("take_over_asked", agent_id=fact.agent_id, seat=fact.seat)
    one = next((one for one in case.listeners if one.agent_id == fact.agent_id), None)
    leg = find_leg(situation, one.leg) if one is not None else None
    if one is not None and leg is not None and leg.state == "up":
        decision.change(listeners=tuple(other for other in case.listeners if other is not one))
        decision.note("listening_stopped", agent_id=one.agent_id, name=one.name, manner=one.manner)
        decision.effects.append(StopOverhearing(leg.id, case.bridge_id))
        decision.legs[leg.id] = replace(leg, party="seat")
        _hand_over(situation, decision, decision.legs[leg.id])
        return
    if one is not None:
        listening.leave(situation, decision, one)
    seat = free_to_begin(situation, fact.seat, case)
    paused = seat.pause_reason if seat.presence == "paused" else None
    leg_id = ring_own(situation, decision, seat, "seat")
    moved = Transfer(f"seat:{seat.extension}", seat.name, "blind", "ringing", decision.now, leg_id, seat.extension, paused)
    decision.change(transfer=moved)
    decision.set_timer("transfer", situation.figures.ring_seconds, leg=leg_id)


def answered(situation: Situation, leg: Leg, decision: Decision) -> None:
    """The second seat picked up: it has the conversation, or is asked first."""
    case = decision.case = situation.case
    assert case is not None
    transfer = case.transfer
    assert transfer is not None
    up = decision.legs[leg.id] = replace(leg, state="up", answered_at=decision.now)
    seat = situation.seats.get(transfer.seat or "")
    if seat is not None and seat.presence == "offered":
        decision.seats[seat.extension] = seats.move(seat, "answer", decision.now)
    decision.cancel_timer("transfer")
    if transfer.manner == "blind" or seat_leg(situation, decision, case) is None:
        _hand_over(situation, decision, up)
        return
    decision.change(transfer=replace(transfer, state="talking", since=decision.now))
    decision.note("transfer_answered", seat=transfer.seat, name=transfer.name)
    decision.effects.append(Connect(case.bridge_id, (leg.id,)))


def completed(situation: Situation, fact: TransferCompleted, decision: Decision) -> None:
    case = talking_case(situation, fact)
    if case.transfer is None or case.transfer.state != "talking":
        raise Refused("no_transfer", "对方还没有接听。", "The other seat has not answered.")
    decision.case = case
    leg = find_leg(situation, case.transfer.leg)
    assert leg is not None
    _to_whom(case.transfer)(situation, decision, leg)


def cancelled(situation: Situation, fact: TransferCancelled, decision: Decision) -> None:
    case = talking_case(situation, fact)
    if case.transfer is None:
        raise Refused("no_transfer", "没有进行中的转接。", "No transfer is under way.")
    decision.case = case
    back(situation, decision, "cancelled")


def _to_whom(moved: Transfer) -> Callable[[Situation, Decision, Leg], None]:
    return transfer_out.put_through if moved.seat is None else _hand_over


def _hand_over(situation: Situation, decision: Decision, leg: Leg) -> None:
    """The second seat handles the case; the first writes down what it has to, and is free by itself after a while."""
    case, now = decision.case, decision.now
    assert case is not None
    first, second = case.seat, decision.seats.get(leg.seat or "") or situation.seats.get(leg.seat or "")
    before = seat_leg(situation, decision, case)
    decision.note("transferred", agent_id=second.agent_id if second else None, seat=leg.seat, before=first)
    if before is not None and before.id != leg.id:
        end_leg(decision, before, "transferred")
        decision.effects.append(HangUp(before.id))
    decision.change(seat=leg.seat, agent_id=second.agent_id if second else None, transfer=None)
    decision.cancel_timer("transfer")
    held = situation.seats.get(first or "")
    if held is not None and held.presence == "talking" and held.case_id == case.id and held.extension != leg.seat:
        decision.seats[held.extension] = seats.move(held, "hang_up", now)
        decision.set_timer(f"freed {first}", situation.figures.wrap_up_seconds, seat=first)
    if case.held_since is not None:
        hold.release(situation, decision)
    else:
        hold.together(situation, decision)
    assert decision.case is not None
    for one in decision.case.listeners:
        decision.effects.append(StopOverhearing(one.leg, case.bridge_id))
        listening.hear(situation, decision, one)


def back(situation: Situation, decision: Decision, why: str) -> None:
    """It came to nothing. The caller is with the first seat again; where that one has put down its phone, they wait for it."""
    case = decision.case
    assert case is not None
    transfer = case.transfer
    assert transfer is not None
    release_second(situation, decision, missed=why in ("missed", "failed"))
    decision.note("transfer_back", seat=transfer.seat, name=transfer.name, why=why)
    if seat_leg(situation, decision, case) is not None:
        hold.release(situation, decision)
        return
    free_seat(situation, decision, case.seat)
    passed = (transfer.seat,) if transfer.seat else ()
    decision.change(state=cases.after(case.state, "lose_seat"), waiting_since=decision.now, passed_seats=passed)
    decision.effects.append(DestroyBridge(case.bridge_id))
    decision.effects += [Say(caller.id, "seat_lost") for caller in caller_legs(situation, decision)]
    decision.set_timer("announce", situation.figures.announce_every_seconds)
    route(situation, decision, first=False)


def release_second(situation: Situation, decision: Decision, *, missed: bool = False) -> None:
    """The second seat is as it was before."""
    case = decision.case
    assert case is not None
    transfer = case.transfer
    assert transfer is not None
    leg = decision.legs.get(transfer.leg) or find_leg(situation, transfer.leg)
    if leg is not None and dialled.ringing(leg):
        dialled.give_up(decision, leg)
    elif leg is not None and leg.live:
        end_leg(decision, leg, "withdrawn")
        decision.effects.append(HangUp(leg.id))
    decision.change(transfer=None)
    decision.cancel_timer("transfer")
    if transfer.paused is not None:
        back_to_rest(situation, decision, transfer.seat, transfer.paused)
    else:
        free_seat(situation, decision, transfer.seat, missed=missed)


def first_left(situation: Situation, leg: Leg, cause: str, decision: Decision) -> None:
    """Who transfers puts down the phone: the usual way to complete, and no reason to drop anybody."""
    case = decision.case = situation.case
    assert case is not None
    assert case.transfer is not None
    end_leg(decision, leg, cause)
    decision.note("seat_hung_up", seat=leg.seat)
    second = find_leg(situation, case.transfer.leg)
    if not caller_legs(situation, decision):
        last_caller_gone(situation, decision)
    elif case.transfer.state == "talking" and second is not None:
        _to_whom(case.transfer)(situation, decision, second)
    elif case.transfer.seat is None and case.red:
        back(situation, decision, "cancelled")  # nobody of ours would know who picks up there
    elif case.held_since is None:  # a take-over still rings: alone, the caller hears music and no silence
        hold.begin(situation, decision, seat=case.seat)


def freed(situation: Situation, extension: str, decision: Decision) -> None:
    """The first seat's time for writing down is over."""
    case, seat = situation.case, situation.seats.get(extension)
    if case is None or seat is None or seat.presence != "wrap_up" or seat.case_id != case.id or case.seat == extension:
        return
    decision.case = case
    free_seat(situation, decision, extension)


def overdue(situation: Situation, leg_id: str, decision: Decision) -> None:
    """The ring time is over."""
    case: Case | None = situation.case
    if case is not None and case.transfer is not None and case.transfer.leg == leg_id and case.transfer.state == "ringing":
        decision.case = case
        back(situation, decision, "missed")
