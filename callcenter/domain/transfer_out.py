"""A conversation goes to somebody outside the centre: a contact, a duty phone, a number typed by hand.

The caller hears music until they answer, and is back with the seat if they do not; once put through, the two speak in the case's
bridge, recorded, and the seat writes down what came of it. Nobody of ours is in that conversation, so two rules keep an elder from
being left alone with a machine: an emergency goes out only after the seat has spoken with whoever takes it, and comes back into the
queue when they leave while it is still red.
"""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import arrival, attempts, call_flow, dialled, hold, listening
from callcenter.domain import case as cases
from callcenter.domain.call_out import talking_case
from callcenter.domain.case import Case, Leg, Transfer
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, Connect, DestroyBridge, HangUp
from callcenter.domain.errors import Refused
from callcenter.domain.facts import LegEnded, TransferAsked
from callcenter.domain.listening import seat_leg
from callcenter.domain.offers import caller_legs, end_leg


def check_free(situation: Situation, case: Case, decision: Decision) -> None:
    """Raises Refused where there is nothing to hand over, or it is on its way already."""
    if case.transfer is not None or case.calling is not None:
        raise Refused("transfer_running", "正在转接或外呼。", "A transfer or a call out is under way.")
    if not caller_legs(situation, decision):
        raise Refused("nobody_there", "对方还没有接通。", "Nobody is on the line yet.")


def asked(situation: Situation, fact: TransferAsked, decision: Decision) -> None:
    """They are phoned; the caller hears music."""
    case, target = talking_case(situation, fact), fact.target
    assert target is not None
    check_free(situation, case, decision)
    if case.red and fact.manner == "blind":
        raise Refused(
            "emergency_attended", "紧急求助不能直接转到中心外,电话没有断。",
            "An emergency is not put through unasked; nobody was cut off.", remedy_zh="请先商量:对方答应接手后再转。",
            remedy_en="Speak with them first, and put it through when they take it.",
        )  # fmt: skip
    dialled.check(situation, case, target)
    decision.case = case
    decision.note("transfer_asked", agent_id=fact.agent_id, seat=None, name=target.name, manner=fact.manner)
    leg_id = dialled.dial(situation, decision, target)
    decision.change(transfer=Transfer(target.key, target.name, fact.manner, "ringing", decision.now, leg_id))
    if case.held_since is None:
        hold.begin(situation, decision, seat=case.seat)


def answered(situation: Situation, leg: Leg, holder: str, decision: Decision) -> None:
    """They picked up: put through, or asked first."""
    case = decision.case
    assert case is not None
    assert case.transfer is not None
    up = dialled.picked_up(decision, leg, holder)
    decision.effects.append(AnswerLeg(leg.id))
    if case.transfer.manner == "blind" or seat_leg(situation, decision, case) is None:
        put_through(situation, decision, up)
        return
    decision.change(transfer=replace(case.transfer, state="talking", since=decision.now))
    decision.note("transfer_answered", seat=None, name=leg.name)
    decision.effects.append(Connect(case.bridge_id, (leg.id,)))


def put_through(situation: Situation, decision: Decision, leg: Leg) -> None:
    """The caller speaks with them; the seat writes down what was said. The case is still the seat's."""
    case = decision.case
    assert case is not None
    assert case.transfer is not None
    before = seat_leg(situation, decision, case)
    decision.note("put_through", agent_id=case.agent_id, seat=case.seat, name=leg.name)
    decision.legs[leg.id] = replace(leg, party="contact")
    if before is not None:
        end_leg(decision, before, "transferred")
        decision.effects.append(HangUp(before.id))
    for one in case.listeners:
        listening.leave(situation, decision, one)
    decision.change(transfer=replace(case.transfer, state="outside", since=decision.now))
    if case.held_since is not None:
        hold.release(situation, decision)
    else:
        hold.together(situation, decision)
    call_flow.write_down(situation, decision)


def leg_ended(situation: Situation, leg: Leg, fact: LegEnded, decision: Decision) -> None:
    """One of the two has hung up, and so the conversation is over; but an emergency's caller is not hung up on."""
    case = decision.case = situation.case
    assert case is not None
    assert case.transfer is not None
    end_leg(decision, leg, fact.cause)
    left = caller_legs(situation, decision)
    elders = [one for one in left if one.party == "caller"]
    if elders and len(elders) < len(left):
        return  # of three, two are still speaking
    seconds = round((decision.now - case.transfer.since).total_seconds())
    decision.note("outside_ended", name=case.transfer.name, seconds=seconds)
    decision.change(transfer=None)
    attempts.leg_ended(situation, fact, decision)
    if elders and case.red:
        was = case.state
        decision.change(state=cases.after(was, "press"))
        arrival.back_in_the_queue(situation, decision, was, "called_again")
        return
    decision.effects += [HangUp(one.id) for one in left]
    decision.effects.append(DestroyBridge(case.bridge_id))
