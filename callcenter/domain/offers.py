"""Queue and offers: who is rung for a waiting case, and what happens when a ring comes to nothing. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callcenter.domain import seat as seats
from callcenter.domain.case import Case, Leg, Offer
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, HangUp, RingSeat, Say
from callcenter.domain.facts import SeatMatched, SeatRang
from callcenter.domain.queues import queue_of
from callcenter.domain.routing import Waiting, choose_seat, match, position

NO_RINGING_SECONDS = 4.0  # a phone that does not even ring within this is not there: the caller must not wait for it
SECOND_RING_GRACE = 3.0  # seconds beyond ring time after which an offer is withdrawn even if Asterisk says nothing


# --- small pieces ---------------------------------------------------------------------------------------------------


def caller_legs(situation: Situation, decision: Decision) -> list[Leg]:
    """The live legs of caller, and of contacts who joined them, with what this decision already changed."""
    return [leg for leg in all_legs(situation, decision) if leg.party in ("caller", "contact") and leg.live]


def in_conversation(situation: Situation, decision: Decision) -> bool:
    """Whether the elder waits for a seat in the company of a contact: music and announcements would be in their way."""
    legs = caller_legs(situation, decision)
    return len(legs) > 1 and any(leg.party == "contact" for leg in legs)


def all_legs(situation: Situation, decision: Decision) -> list[Leg]:
    merged = {leg.id: leg for leg in situation.legs} | decision.legs
    return list(merged.values())


def node_of(situation: Situation, decision: Decision) -> str:
    """Where this case's calls are made: at the node that carries it while that lives, at a living one otherwise."""
    legs = sorted(all_legs(situation, decision), key=lambda leg: (not leg.live, leg.started_at))
    return next((leg.node for leg in legs if leg.node and leg.node not in situation.lost), situation.node)


def home_of(situation: Situation, decision: Decision) -> str:
    """Where this case's conversation is: with whoever has been on the line for longest."""
    up = sorted((leg for leg in all_legs(situation, decision) if leg.state == "up"), key=lambda leg: leg.started_at)
    return next((leg.node for leg in up if leg.node not in situation.lost), node_of(situation, decision))


def find_leg(situation: Situation, leg_id: str) -> Leg | None:
    return next((leg for leg in situation.legs if leg.id == leg_id), None)


def as_waiting(situation: Situation, case: Case) -> Waiting:
    return Waiting(
        case.id, case.kind, case.level, case.waiting_since or case.opened_at, case.passed_seats, case.seat,
        situation.queue, situation.skills, case.familiar, situation.familiar_busy, case.parked_at is not None,
    )  # fmt: skip


def end_leg(decision: Decision, leg: Leg, cause: str) -> None:
    decision.legs[leg.id] = replace(leg, state="down", ended_at=decision.now, cause=cause)


def free_seat(situation: Situation, decision: Decision, extension: str | None, *, missed: bool = False) -> None:
    """Give a seat back. A seat that missed too many offers is paused, so that callers do not ring a void."""
    seat = decision.seats.get(extension or "") or situation.seats.get(extension or "")
    if seat is None or seat.presence not in seats.BUSY or (decision.case and seat.case_id != decision.case.id):
        return
    if missed and seat.missed_offers + 1 >= situation.figures.missed_offers_pause and seat.presence == "offered":
        decision.seats[seat.extension] = seats.move(seat, "miss", decision.now, pause_reason="no_answer")
        return
    freed = seats.move(seat, "release", decision.now)
    # A withdrawn offer takes nothing of the seat's idle time; a missed one sends it to the end of the line.
    decision.seats[seat.extension] = (
        replace(freed, missed_offers=seat.missed_offers + 1, idle_since=decision.now) if missed else freed
    )


# --- queue and offer ------------------------------------------------------------------------------------------------


def route(situation: Situation, decision: Decision, *, first: bool) -> None:
    """Offer the case to a seat if one is free for it now, else let the caller wait. ``first``: the caller hears us first here."""
    case = decision.case
    assert case is not None
    if case.opens_at is not None:
        return  # the line is closed: the caller is being told so
    entries = [*situation.waiting, as_waiting(situation, case)]
    able = [decision.seats.get(seat.extension, seat) for seat in situation.seats.values()]
    pairs = dict(match(entries, able, decision.now))
    chosen = pairs.get(case.id)
    if chosen is not None:
        offer(situation, decision, chosen)
    place = position(case.id, entries, decision.now)
    if chosen is None and first:
        decision.note("queued", position=place)
    if not first:
        return
    for leg in caller_legs(situation, decision):
        if leg.party == "contact":
            continue  # who was phoned has not asked for help: they are told something else
        if case.kind == "emergency":
            # An elder on the floor must hear a voice at once, not a ringing tone.
            decision.effects += [AnswerLeg(leg.id), Say(leg.id, "emergency_greeting")]
        elif chosen is None:  # else the ringing that the dialplan began goes on until the seat answers
            decision.effects += [AnswerLeg(leg.id), Say(leg.id, "queue", place)]
    decision.set_timer("announce", situation.figures.announce_every_seconds)
    set_overflow(situation, decision)


def set_overflow(situation: Situation, decision: Decision) -> None:
    """When the duty mobiles are phoned for a call that no seat takes; an emergency's ladder does that itself."""
    case = decision.case
    assert case is not None
    after = queue_of(situation.queue, case.kind).duty_after
    if after is not None and case.kind != "emergency":
        decision.set_timer("overflow", after)


def offer(situation: Situation, decision: Decision, extension: str, *, at_once: bool = False) -> None:
    """Reserve the seat and ring it; ``at_once``: its person has just asked for it, and a softphone picks up by itself.
    The pop is the case's change itself, published before any effect goes out."""
    ring = _ring(situation, decision, extension, at_once)
    decision.set_timer("ring", min(situation.figures.ring_seconds, NO_RINGING_SECONDS), leg=ring.leg)
    decision.change(offer=ring)


def _ring(situation: Situation, decision: Decision, extension: str, at_once: bool = False) -> Offer:
    case = decision.case
    assert case is not None
    figures, now = situation.figures, decision.now
    count = case.offers + 1
    leg_id = case.offer_leg_id(count)
    ring_until = now + timedelta(seconds=figures.ring_seconds)
    seat = decision.seats.get(extension) or situation.seats[extension]
    decision.change(offers=count)
    decision.seats[extension] = seats.move(seat, "take" if seat.presence == "paused" else "offer", now, case_id=case.id)
    node = node_of(situation, decision)
    decision.legs[leg_id] = Leg(leg_id, case.id, "seat", "intent", node, now, seat=extension)
    decision.note("offered", seat=extension)
    ring_seconds = figures.ring_seconds + SECOND_RING_GRACE
    decision.effects.append(RingSeat(leg_id, extension, case.number, case.kind, ring_seconds, ring_until, seat.device, at_once))
    return Offer(extension, leg_id, now, ring_until)


def matched(situation: Situation, fact: SeatMatched, decision: Decision) -> None:
    """Routing paired this case with a seat; true only if both are still as they were."""
    case, seat = situation.case, situation.seats.get(fact.seat)
    if (
        case is None
        or seat is None
        or case.state != "waiting"
        or case.offer
        or case.opens_at
        or not seat.may_be_offered(case.kind, decision.now)
    ):
        return
    if not caller_legs(situation, decision):
        return
    decision.case = case
    if choose_seat(as_waiting(situation, case), [seat], decision.now) is not None:
        offer(situation, decision, fact.seat)
    else:
        decision.case = None


def withdraw_offer(situation: Situation, decision: Decision, *, hang_up: bool) -> None:
    """Take back a ringing offer; the seat's phone stops."""
    case = decision.case
    assert case is not None
    if case.offer is None:
        return
    leg = find_leg(situation, case.offer.leg)
    if hang_up:
        decision.effects.append(HangUp(case.offer.leg))
    if leg is not None and leg.live and leg.id not in decision.legs and not hang_up:
        end_leg(decision, leg, "withdrawn")
    decision.change(offer=None)
    decision.cancel_timer("ring")


def alarm(situation: Situation, decision: Decision, *, everybody: bool) -> None:
    """Ring further free seats for an emergency that waits: those for emergencies, or everybody. One seat is left to each other
    emergency that waits without an offer."""
    case, now = decision.case or situation.case, decision.now
    assert case is not None
    decision.case = case
    merged = {**situation.seats, **decision.seats}
    free = [s for s in merged.values() if s.may_be_offered("emergency", now) or (everybody and s.may_be_alarmed(now))]
    free.sort(key=lambda seat: (seat.idle_since or seat.since, seat.extension))
    others = sum(waiting.kind == "emergency" for waiting in situation.waiting)
    rang = {ring.seat for ring in case.rings}
    for seat in [seat for seat in free if seat.extension not in rang][: max(0, len(free) - others)]:
        if decision.case.offer is None:
            offer(situation, decision, seat.extension)
            continue
        ring = _ring(situation, decision, seat.extension)
        decision.change(alarms=(*decision.case.alarms, ring))


def withdraw_alarms(situation: Situation, decision: Decision, *, but: str | None = None) -> None:
    """The further seats' phones stop ringing, all but the one with this leg."""
    case = decision.case or situation.case
    if case is None or not case.alarms:
        return
    decision.case = case
    decision.change(alarms=())
    for ring in case.alarms:
        if ring.leg != but:
            decision.effects.append(HangUp(ring.leg))
            free_seat(situation, decision, ring.seat)


def alarm_over(situation: Situation, decision: Decision, leg: str, kind: str) -> None:
    """One of the further seats did not take it; the others ring on."""
    case = decision.case
    assert case is not None
    ring = next(r for r in case.alarms if r.leg == leg)
    decision.note(kind, seat=ring.seat)
    decision.change(alarms=tuple(r for r in case.alarms if r.leg != leg))
    free_seat(situation, decision, ring.seat, missed=kind in ("offer_missed", "offer_failed"))


def offer_over(situation: Situation, decision: Decision, kind: str, cause: str | None = None) -> None:
    """An offer came to nothing: journal it, free the seat, try the next."""
    case = decision.case
    assert case is not None
    assert case.offer is not None
    extension, hang_up = case.offer.seat, cause != "not sent"
    decision.note(kind, seat=extension, cause=cause)
    withdraw_offer(situation, decision, hang_up=hang_up and case.offer.leg not in decision.legs)
    free_seat(situation, decision, extension, missed=kind in ("offer_missed", "offer_failed"))
    if kind == "offer_declined" and extension in decision.seats:
        # Who declines goes to the end of the line, but is not counted as absent.
        decision.seats[extension] = replace(decision.seats[extension], idle_since=decision.now)
    decision.change(passed_seats=(*case.passed_seats, extension))
    route(situation, decision, first=False)


def seat_rang(situation: Situation, fact: SeatRang, decision: Decision) -> None:
    """The phone rings for true: from now on its person has the whole ring time."""
    case, leg = situation.case, find_leg(situation, fact.leg_id)
    if leg is None or leg.state != "intent":
        return
    decision.legs[leg.id] = replace(leg, state="ringing")
    if case is not None and case.offer is not None and case.offer.leg == leg.id:
        decision.set_timer("ring", (case.offer.ring_until - decision.now).total_seconds(), leg=leg.id)
