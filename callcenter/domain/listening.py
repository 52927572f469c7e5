"""A supervisor in a conversation of others: listens, whispers to the seat, or speaks with everybody.

Recorded and visible, always: every step stands in the journal, and the seat sees who listens and how for as long as it lasts.
"""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain.call_out import back_to_rest, free_to_begin, ring_own
from callcenter.domain.case import Case, Leg, Listener
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import Connect, HangUp, Overhear, StopOverhearing
from callcenter.domain.errors import Refused
from callcenter.domain.facts import ListenAsked, ListenStopped
from callcenter.domain.offers import all_legs, end_leg, find_leg


def asked(situation: Situation, fact: ListenAsked, decision: Decision) -> None:
    """The supervisor's own phone is rung; who is in already changes the manner."""
    case = situation.case
    if case is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    if fact.role != "supervisor":
        raise Refused("not_supervisor", "只有值班主任可以监听。", "Only a supervisor listens in.", status=403)
    if case.state != "talking" or case.calling is not None or seat_leg(situation, decision, case) is None:
        raise Refused("not_talking", "现在没有通话。", "Nobody is talking now.")
    if fact.seat is not None and fact.seat == case.seat:
        raise Refused("own_call", "这是您自己的通话。", "This is your own call.")
    decision.case = case
    now = next((one for one in case.listeners if one.agent_id == fact.agent_id), None)
    if now is None:
        seat = free_to_begin(situation, fact.seat, case)
        paused = seat.pause_reason if seat.presence == "paused" else None
        leg_id = ring_own(situation, decision, seat, "supervisor", fact.name)
        one = Listener(seat.extension, fact.agent_id, fact.name, fact.manner, leg_id, paused)
        decision.change(listeners=(*case.listeners, one))
        decision.note("listening_asked", agent_id=fact.agent_id, name=fact.name, manner=fact.manner)
    elif now.manner != fact.manner:
        changed = replace(now, manner=fact.manner)
        decision.change(listeners=tuple(changed if one is now else one for one in case.listeners))
        decision.note("listening_changed", agent_id=fact.agent_id, name=fact.name, manner=fact.manner)
        hear(situation, decision, changed)


def stopped(situation: Situation, fact: ListenStopped, decision: Decision) -> None:
    case = situation.case
    one = next((one for one in case.listeners if one.agent_id == fact.agent_id), None) if case else None
    if case is None or one is None:
        raise Refused("not_listening", "您没有在监听。", "You are not listening.")
    decision.case = case
    leave(situation, decision, one)


def answered(situation: Situation, leg: Leg, decision: Decision) -> None:
    """The supervisor's phone is up: from now on they hear, and are seen."""
    case = decision.case = situation.case
    assert case is not None
    one = next((one for one in case.listeners if one.leg == leg.id), None)
    if one is None or case.state != "talking":
        decision.effects.append(HangUp(leg.id))
        return
    decision.legs[leg.id] = replace(leg, state="up", answered_at=decision.now)
    decision.note("listening_started", agent_id=one.agent_id, name=one.name, manner=one.manner)
    hear(situation, decision, one)


def leg_ended(situation: Situation, leg: Leg, cause: str, decision: Decision) -> None:
    case = decision.case = situation.case
    assert case is not None
    end_leg(decision, leg, cause)
    one = next((one for one in case.listeners if one.leg == leg.id), None)
    if one is not None:
        leave(situation, decision, one)


def hear(situation: Situation, decision: Decision, one: Listener) -> None:
    """What they hear, and who hears them; harmless where it is so already."""
    case = decision.case or situation.case
    assert case is not None
    leg, seat = decision.legs.get(one.leg) or find_leg(situation, one.leg), seat_leg(situation, decision, case)
    if leg is None or leg.state != "up" or seat is None:
        return
    if one.manner == "barge":
        decision.effects += [StopOverhearing(one.leg, case.bridge_id), Connect(case.bridge_id, (one.leg,))]
    else:
        decision.effects.append(Overhear(one.leg, seat.id, case.bridge_id, whisper=one.manner == "whisper"))


def leave(situation: Situation, decision: Decision, one: Listener) -> None:
    case = decision.case
    assert case is not None
    leg = decision.legs.get(one.leg) or find_leg(situation, one.leg)
    decision.effects.append(StopOverhearing(one.leg, case.bridge_id))
    if leg is not None and leg.live:
        decision.effects.append(HangUp(one.leg))
    decision.change(listeners=tuple(other for other in case.listeners if other.leg != one.leg))
    decision.note("listening_stopped", agent_id=one.agent_id, name=one.name, manner=one.manner)
    back_to_rest(situation, decision, one.seat, one.paused)


def seat_leg(situation: Situation, decision: Decision, case: Case) -> Leg | None:
    """The phone of the seat that speaks."""
    legs = all_legs(situation, decision)
    return next((leg for leg in legs if leg.party == "seat" and leg.state == "up" and leg.seat == case.seat), None)
