"""How a call comes in: it opens a case, joins the live one of its terminal, or is found again. Pure: situation in, decision out."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from callcenter.domain import case as cases
from callcenter.domain import closed_hours, hold, probe
from callcenter.domain import seat as seats
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, Connect, HangUp, QuietLeg, Say, SayTo
from callcenter.domain.facts import NODE_LOST, CallArrived
from callcenter.domain.offers import caller_legs, find_leg, free_seat, in_conversation, route
from callcenter.domain.owed import close_task
from callcenter.domain.walk import begin_ladder


def case_of_arrival(told: UUID | None, live: UUID | None, *, given_up: bool, found: bool) -> UUID | None:
    """The case that a call belongs to; None: it opens one.

    ``told``: the case that has this leg already. ``live``: the emergency of its terminal that takes presses. ``given_up``: the leg
    was lost with its node; ``found``: it was found there again. Whoever pressed once more meanwhile has one live emergency, and
    who is on the line again belongs to that one, not beside it.
    """
    if told is None or (given_up and found and live is not None):
        return live
    return told


def given_up(leg: Leg) -> bool:
    """Lost with its node: whether it has ended nobody knows."""
    return not leg.live and leg.cause == NODE_LOST


def arrived(situation: Situation, fact: CallArrived, decision: Decision) -> None:
    """A call opens a case, or joins the live one of its terminal (a second press never opens a second)."""
    known = find_leg(situation, fact.leg_id)
    if known is not None:
        if fact.claimed and given_up(known):  # and is back: they are still on the line
            held = replace(known, state="up", ended_at=None, cause=None, holder=situation.instance)
            if not resumed(situation, held, fact.beside, decision):
                decision.note("adopted", instance=situation.instance)
                seats_there = [leg for leg in situation.legs if leg.id in fact.beside and leg.party == "seat" and not leg.live]
                decision.effects += [HangUp(leg.id) for leg in seats_there]
                join_leg(situation, decision, held)
        return  # else told twice
    if fact.account == probe.ACCOUNT:
        probe.arrived(situation, fact, decision)
        return
    if situation.case is not None:
        join(situation, fact, decision)
        return
    arrival = situation.arrival
    assert arrival is not None
    case = Case(
        id=arrival.case_id, number=arrival.number, kind=arrival.kind,
        source="terminal" if arrival.terminal else "hotline", line=fact.line, state="waiting",
        opened_at=decision.now, pressed_at=decision.now, waiting_since=decision.now, terminal=arrival.terminal,
        caller_number=fact.number, caller_display=fact.display, anonymous=fact.anonymous,
        member_id=arrival.members[0] if len(arrival.members) == 1 else None,
        candidates=arrival.members if len(arrival.members) > 1 else (),
        red=arrival.kind == "emergency",
        queue_id=situation.queue.id if situation.queue else None, familiar=arrival.familiar,
    )  # fmt: skip
    decision.case = case
    decision.legs[fact.leg_id] = Leg(fact.leg_id, case.id, "caller", "up", fact.node, decision.now, holder=situation.instance)
    decision.note("arrived", line=fact.line, source=case.source)
    if case.member_id:
        decision.note("identified", member=str(case.member_id))
    elif case.candidates:
        decision.note("ambiguous", count=len(case.candidates))
    else:
        decision.note("anonymous_caller" if fact.anonymous else "unknown_caller")
    if case.kind == "emergency":
        begin_ladder(case, decision)
    elif arrival.opens_at is not None:
        closed_hours.begin(situation, decision, arrival.opens_at)
        return
    route(situation, decision, first=True)


def resumed(situation: Situation, caller: Leg, beside: tuple[str, ...], decision: Decision) -> bool:
    """A node that was given up is back, and two speak there as if nothing had been: while the seat has the case still in hand, to
    write down what was said, its conversation goes on and nobody is cut off. Later the seat may have taken another call."""
    case = situation.case
    if case is None or case.state != "wrap_up":
        return False
    seat = situation.seats.get(case.seat or "")
    leg = next((one for one in situation.legs if one.id in beside and one.seat == case.seat and one.cause == NODE_LOST), None)
    if leg is None or leg.answered_at is None or seat is None or seat.presence != "wrap_up" or seat.case_id != case.id:
        return False
    decision.case = case
    decision.legs[caller.id] = caller
    decision.legs[leg.id] = replace(leg, state="up", ended_at=None, cause=None)
    decision.seats[seat.extension] = seats.move(seat, "begin", decision.now)
    decision.change(state=cases.after(case.state, "resume"), ended_at=None, wrap_up_until=None)
    decision.cancel_timer("wrap_up")
    decision.note("talk_resumed", instance=situation.instance, seat=leg.seat)
    decision.effects.append(Connect(case.bridge_id, (caller.id, leg.id)))
    return True


def join(situation: Situation, fact: CallArrived, decision: Decision) -> None:
    """A repeated press: the level rises, the new leg shares the case's fate."""
    case = situation.case
    assert case is not None
    was = case.state
    decision.case = replace(
        case,
        state=cases.after(was, "press"),
        level=case.level + 1,
        pressed_at=decision.now,
        red=case.kind == "emergency",
    )
    decision.legs[fact.leg_id] = Leg(fact.leg_id, case.id, "caller", "up", fact.node, decision.now, holder=situation.instance)
    decision.note("press_joined", level=case.level + 1)
    decision.effects += [HangUp(leg_id) for leg_id in fact.beside]  # found again, with a seat of the case that it was in before
    if was == "talking" or (was == "waiting" and in_conversation(situation, decision)):
        decision.effects += [AnswerLeg(fact.leg_id), Connect(case.bridge_id, (fact.leg_id,))]
        hold.release(situation, decision)  # who comes, comes to everybody, never to music
    elif was == "waiting":
        decision.effects += [AnswerLeg(fact.leg_id), Say(fact.leg_id, "emergency_greeting")]
    else:
        back_in_the_queue(situation, decision, was, "called_again")


def back_in_the_queue(situation: Situation, decision: Decision, was: str, task_outcome: str) -> None:
    """Somebody is on the line again of a case whose conversation was over: they wait for a seat."""
    case = decision.case
    assert case is not None
    if was == "wrap_up":
        free_seat(situation, decision, case.seat)
    close_task(situation, decision, task_outcome)
    decision.change(waiting_since=decision.now, wrap_up_until=None, ended_at=None, passed_seats=())
    decision.cancel_timer("wrap_up")
    route(situation, decision, first=True)


def join_leg(situation: Situation, decision: Decision, leg: Leg, sentence: str = "") -> None:
    """Somebody whom we phoned comes onto the line: into the conversation, to the elder who waits, or, where nobody is on the
    line any more, into the queue for a seat. ``sentence``: what a contact hears there; an elder is greeted as one."""
    case = decision.case or situation.case
    assert case is not None
    decision.case = case
    others = caller_legs(situation, decision)
    decision.legs[leg.id] = leg
    was = case.state
    if was == "closed":
        decision.effects.append(HangUp(leg.id))
        return
    decision.effects.append(QuietLeg(leg.id))
    if was == "talking":
        decision.effects.append(Connect(case.bridge_id, (leg.id,)))
        hold.release(situation, decision)
    elif was == "waiting" and others:
        for other in others:
            decision.effects += [QuietLeg(other.id), AnswerLeg(other.id)]
        decision.effects.append(Connect(case.bridge_id, (*(other.id for other in others), leg.id)))
    else:
        decision.change(state=cases.after(was, "press"))
        back_in_the_queue(situation, decision, was, "reached")
        if sentence:
            decision.effects += [AnswerLeg(leg.id), SayTo(leg.id, sentence)]
