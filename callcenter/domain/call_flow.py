"""The way of a live call: arrival, answer, loss, hang-up. Every function is pure: situation in, decision out."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import case as cases
from callcenter.domain import closed_hours, hold
from callcenter.domain import seat as seats
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, NewRecording, Situation
from callcenter.domain.effects import (
    AnswerLeg,
    Connect,
    DestroyBridge,
    HangUp,
    QuietLeg,
    Say,
    StartMusic,
)  # fmt: skip
from callcenter.domain.facts import (
    LOST,
    NODE_LOST,
    AudioEnded,
    CaseFoundLive,
    LegEnded,
    OrderFailed,
    SeatAnswered,
    TimerDue,
)  # fmt: skip
from callcenter.domain.offers import (
    alarm_over,
    all_legs,
    as_waiting,
    caller_legs,
    end_leg,
    find_leg,
    free_seat,
    in_conversation,
    offer_over,
    route,
    set_overflow,
    withdraw_alarms,
    withdraw_offer,
)  # fmt: skip
from callcenter.domain.owed import owe_call_back
from callcenter.domain.routing import position

# Q.850 causes as Asterisk reports them for a leg that we rang.
BUSY, NO_USER, NO_ANSWER, REJECTED = {"17"}, {"1", "3", "18", "20", "27"}, {"19"}, {"21"}
NORMAL_CLEARING = {"16"}
JOIN_AGAIN_SECONDS = 0.5


# --- answer ---------------------------------------------------------------------------------------------------------


def seat_answered(situation: Situation, fact: SeatAnswered, decision: Decision) -> None:
    """Somebody picked up. Only the offer's own leg may talk; any other is let go."""
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None or leg is None:
        decision.effects.append(HangUp(fact.leg_id))
        return
    if leg.state == "up":
        return  # told twice
    callers = caller_legs(situation, decision)
    ring = next((ring for ring in case.rings if ring.leg == fact.leg_id), None)
    if case.state != "waiting" or ring is None or not callers:
        decision.effects.append(HangUp(fact.leg_id))
        return
    now, seat = decision.now, situation.seats.get(ring.seat)
    decision.case = case
    if case.offer is not None and case.offer != ring:  # one of the others was faster
        withdraw_offer(situation, decision, hang_up=True)
        free_seat(situation, decision, case.offer.seat)
    withdraw_alarms(situation, decision, but=fact.leg_id)
    decision.legs[leg.id] = replace(leg, state="up", answered_at=now)
    if seat is not None and seat.presence == "offered":
        decision.seats[seat.extension] = seats.move(seat, "answer", now)
    recording = recording_name(case)
    first_waited = case.waiting_since or case.opened_at
    decision.change(
        state=cases.after(case.state, "answer"), offer=None, alarms=(), seat=leg.seat, agent_id=seat.agent_id if seat else None,
        answered_at=case.answered_at or now, passed_seats=(), waiting_since=None, parked_at=None, opens_at=None,
    )  # fmt: skip
    decision.cancel_timer("ring")
    decision.cancel_timer("announce")
    decision.note(
        "answered",
        agent_id=seat.agent_id if seat else None,
        seat=leg.seat,
        waited_seconds=round((now - first_waited).total_seconds(), 1),
    )
    for caller in callers:
        if caller.answered_at is None:
            decision.legs[caller.id] = replace(caller, answered_at=now)
        if not in_conversation(situation, decision):  # who speaks already hears no announcement
            decision.effects += [QuietLeg(caller.id), AnswerLeg(caller.id)]
    decision.new_recordings.append(NewRecording(recording, leg.seat or ""))
    decision.note("recording_started")
    decision.effects.append(Connect(case.bridge_id, (*(caller.id for caller in callers), leg.id), recording))


def recording_name(case: Case) -> str:
    """One recording for each conversation of a case."""
    return f"{case.id}-{case.offers}"


# --- legs end -------------------------------------------------------------------------------------------------------


def leg_ended(situation: Situation, fact: LegEnded, decision: Decision) -> None:
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None or leg is None or not leg.live:
        return
    if fact.holder is not None and leg.holder not in ("", fact.holder):
        return  # another instance adopted the leg: it left that one, not us all
    decision.case = case
    end_leg(decision, leg, fact.cause)
    if fact.cause in (LOST, NODE_LOST):
        decision.note("leg_lost", party=leg.party)
    if leg.party == "seat":
        seat_leg_ended(situation, leg, fact.cause, decision)
    elif not (left := caller_legs(situation, decision)):
        last_caller_gone(situation, decision)
    elif case.state == "waiting" and not in_conversation(situation, decision):
        decision.effects += [Say(other.id, "emergency_wait") for other in left]  # their company has gone: no silence


def seat_leg_ended(situation: Situation, leg: Leg, cause: str, decision: Decision) -> None:
    case = decision.case
    assert case is not None
    kind = "offer_declined" if cause in BUSY | REJECTED else "offer_missed" if cause in NO_ANSWER else "offer_failed"
    if case.state == "waiting" and any(ring.leg == leg.id for ring in case.alarms):
        alarm_over(situation, decision, leg.id, kind)
        return
    if case.offer is not None and case.offer.leg == leg.id and case.state == "waiting":
        offer_over(situation, decision, kind, cause=cause if kind == "offer_failed" else None)
        return
    if case.state != "talking" or case.seat != leg.seat or leg.answered_at is None:
        return
    if cause in NORMAL_CLEARING or not caller_legs(situation, decision):
        decision.note("seat_hung_up", seat=leg.seat)
        conversation_over(situation, decision)
        return
    # The phone died, not the conversation: the caller stays, and other seats are tried before the dead phone.
    free_seat(situation, decision, case.seat)
    passed = (case.seat,) if case.seat else ()
    decision.change(state=cases.after(case.state, "lose_seat"), waiting_since=decision.now, passed_seats=passed)
    decision.effects.append(DestroyBridge(case.bridge_id))  # this conversation's recording ends; the next one has its own
    if in_conversation(situation, decision):
        if case.held_since:
            decision.effects += [QuietLeg(leg.id) for leg in caller_legs(situation, decision)]
        decision.effects.append(Connect(case.bridge_id, tuple(leg.id for leg in caller_legs(situation, decision))))
    else:
        decision.effects += [Say(caller.id, "seat_lost") for caller in caller_legs(situation, decision)]
    decision.set_timer("announce", situation.figures.announce_every_seconds)
    set_overflow(situation, decision)
    route(situation, decision, first=False)


def last_caller_gone(situation: Situation, decision: Decision) -> None:
    """Nobody is on the line any more: abandoned while waiting, or the end of a conversation."""
    case = decision.case
    assert case is not None
    decision.note("caller_hung_up")
    if case.state == "talking":
        conversation_over(situation, decision)
    elif case.state == "waiting":
        abandoned(situation, decision)


def abandoned(situation: Situation, decision: Decision) -> None:
    """The caller gave up waiting. They are owed a call at once; an emergency stays red until a person has settled it."""
    case = decision.case
    assert case is not None
    now = decision.now
    withdraw_alarms(situation, decision)
    if case.offer is not None:
        extension = case.offer.seat
        withdraw_offer(situation, decision, hang_up=True)
        free_seat(situation, decision, extension)
    waited = (now - (case.waiting_since or case.opened_at)).total_seconds()
    decision.change(state=cases.after(case.state, "abandon"), ended_at=now)
    if case.opens_at is not None:
        decision.note("left_with_promise", waited_seconds=round(waited, 1))  # they have what they were promised: nobody was late
    else:
        decision.note("abandoned", waited_seconds=round(waited, 1))
    decision.change(opens_at=None, parked_at=None)
    decision.cancel_timer("announce")
    decision.cancel_timer("closed")
    if situation.task is None:
        owe_call_back(situation, decision)


def conversation_over(situation: Situation, decision: Decision) -> None:
    """Hang-up on either side: everybody else is let go, the seat writes down what was said.

    Nobody is let go at a node that is lost: the order would reach it when it is back, where they may be speaking still. A node that
    has just told that somebody hung up is heard, though it may not be taken back yet.
    """
    case = decision.case
    assert case is not None
    left = [leg for leg in all_legs(situation, decision) if leg.live]
    heard = {leg.node for leg in decision.legs.values() if not leg.live and leg.cause != NODE_LOST}
    reached = [leg for leg in left if leg.node not in situation.lost - heard]
    decision.effects += [HangUp(leg.id) for leg in reached]
    if reached or not left:
        decision.effects.append(DestroyBridge(case.bridge_id))
    write_down(situation, decision)


def write_down(situation: Situation, decision: Decision) -> None:
    """The seat's conversation is over: it writes down what was said, with its time for that."""
    case, now = decision.case, decision.now
    assert case is not None
    seat = situation.seats.get(case.seat or "")
    holds = seat is not None and seat.presence == "talking" and seat.case_id == case.id
    decision.change(state=cases.after(case.state, "hang_up"), ended_at=now)
    decision.set_timer("wrap_up", situation.figures.wrap_up_seconds)
    timer = decision.timers["wrap_up"]
    assert timer is not None
    decision.change(wrap_up_until=timer.due_at)
    if holds and seat is not None:
        decision.seats[seat.extension] = seats.move(seat, "hang_up", now)


# --- timers, failures, finding again --------------------------------------------------------------------------------


def timer_due(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    case = situation.case
    if case is None:
        return
    decision.case = case
    if fact.kind == "ring" and case.offer is not None and case.offer.leg == fact.data.get("leg"):
        leg = find_leg(situation, case.offer.leg)
        rang = leg is None or leg.state != "intent"
        offer_over(situation, decision, "offer_missed" if rang else "offer_failed", None if rang else "no ringing")
    elif fact.kind == "closed" and case.state == "waiting" and case.opens_at is not None:
        closed_hours.emergency_said(situation, decision, "silence")
    elif fact.kind == "announce" and case.state == "waiting":
        announce(situation, decision)
        if case.offer is None:
            decision.change(passed_seats=())  # everybody had their turn: the round begins again
            route(situation, decision, first=False)
    elif fact.kind == "wrap_up" and case.state == "wrap_up":
        free_seat(situation, decision, case.seat)
        decision.change(state=cases.after(case.state, "expire"), wrap_up_until=None)
        decision.note("wrap_up_ended")
    elif fact.kind == "hold" and case.state == "talking" and case.held_since:
        hold.too_long(situation, decision)
    elif fact.kind == "join" and case.state == "talking":
        decision.case = None
        join_legs(situation, decision)
    else:
        decision.case = None  # it no longer matters: the timer's row is gone, nothing else changes


def announce(situation: Situation, decision: Decision) -> None:
    """Tell who waits where they stand, and set the next time."""
    case = decision.case
    assert case is not None
    place = position(case.id, [*situation.waiting, as_waiting(situation, case)], decision.now)
    for leg in caller_legs(situation, decision):
        if in_conversation(situation, decision):
            continue
        if case.kind == "emergency":
            decision.effects += [AnswerLeg(leg.id), Say(leg.id, "emergency_wait")]
        elif case.offer is None:
            decision.effects += [AnswerLeg(leg.id), Say(leg.id, "queue", place)]
    decision.note("announced", position=place)
    decision.set_timer("announce", situation.figures.announce_every_seconds)


def audio_ended(situation: Situation, fact: AudioEnded, decision: Decision) -> None:
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    waits = case is not None and case.state == "waiting" and not in_conversation(situation, decision)
    if waits and leg is not None and leg.live and case is not None and case.opens_at is not None:
        closed_hours.heard(decision)
    elif waits and leg is not None and leg.live:
        decision.effects.append(StartMusic(leg.id, fact.playback_id))


def order_failed(situation: Situation, fact: OrderFailed, decision: Decision) -> None:
    """A seat's phone could not be rung: on to the next seat. Two legs could not be joined: again in a moment, while both live."""
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if case is None:
        return
    if fact.order == "RingSeat" and any(ring.leg == fact.leg_id for ring in case.alarms):
        decision.case = case
        if leg is not None and leg.live:
            end_leg(decision, leg, "not sent")
        alarm_over(situation, decision, fact.leg_id, "offer_failed")
    elif fact.order == "RingSeat" and case.offer is not None and case.offer.leg == fact.leg_id:
        decision.case = case
        if leg is not None and leg.live:
            end_leg(decision, leg, "not sent")
        offer_over(situation, decision, "offer_failed", cause=fact.reason)
    elif fact.order in ("Connect", "Hold") and case.state == "talking":
        decision.set_timer("join", JOIN_AGAIN_SECONDS)


def join_legs(situation: Situation, decision: Decision) -> None:
    """Everybody of the conversation into its bridge; harmless where it is so already."""
    case = situation.case
    assert case is not None
    seats_up = [leg for leg in situation.legs if leg.party == "seat" and leg.state == "up"]
    if caller_legs(situation, decision) and seats_up:
        hold.together(situation, decision, recording_name(case))


def found_live(situation: Situation, fact: CaseFoundLive, decision: Decision) -> None:
    """Our process or our connection was away: what the parties hear is brought in line with what we remember."""
    case = situation.case
    if case is None:
        return
    callers = caller_legs(situation, decision)
    if case.state == "talking":
        join_legs(situation, decision)  # we may have died between deciding and joining
    elif case.state == "waiting" and callers:
        decision.case = case
        if fact.taken_over and case.rings:
            ringing = case.offer
            withdraw_alarms(situation, decision)
            withdraw_offer(situation, decision, hang_up=True)
            free_seat(situation, decision, ringing.seat if ringing else None)
            case = decision.change()
        if case.opens_at is not None:
            closed_hours.tell(situation, decision)
            decision.note("adopted", instance=fact.instance)
            return
        announce(situation, decision)
        if in_conversation(situation, decision):
            decision.effects += [AnswerLeg(leg.id) for leg in callers]
            decision.effects.append(Connect(case.bridge_id, tuple(leg.id for leg in callers)))
        if case.offer is None:
            route(situation, decision, first=False)
    decision.note("adopted", instance=fact.instance)
