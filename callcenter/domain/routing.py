"""Who is served next, and by whom: pure, so that its properties can be proven.

Emergencies before everything else, then who was parked for one, then by weight (queues.py), then by waiting time. Of the seats that
may serve a call: the one it was speaking with, the person who knows the member, then skills, then the longest idle. An emergency
that every seat passed over rings them again at once; another case begins its next round with the next announcement, so that
nobody waits for ever beside a free seat and no phone rings without a pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.domain.queues import Queue, Skill, queue_of, waited
from callcenter.domain.seat import Seat


@dataclass(frozen=True)
class Waiting:
    """A case that waits and has no offer ringing."""

    case_id: UUID
    kind: str
    level: int
    waiting_since: datetime
    passed_seats: tuple[str, ...] = ()
    preferred_seat: str | None = None
    """The seat it was speaking with."""
    queue: Queue | None = None
    """None: the built-in one of its kind."""
    skills: frozenset[Skill] = frozenset()
    """The member's dialect and district."""
    familiar: UUID | None = None
    """The agent whom this member spoke with last."""
    familiar_busy: bool = False
    """That one is at work, and speaks or writes."""
    parked: bool = False
    """Was left by its seat for an emergency: before all others that are none."""


def order(waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """The queue. Emergencies first, by their wait; the id breaks a tie the same way everywhere."""

    def key(entry: Waiting) -> tuple[bool, bool, float, datetime, str]:
        emergency = entry.kind == "emergency"
        weight = 0.0 if emergency else queue_of(entry.queue, entry.kind).weight(waited(entry.waiting_since, now))
        return (not emergency, not entry.parked, -weight, entry.waiting_since, str(entry.case_id))

    return sorted(waiting, key=key)


def position(case_id: UUID, waiting: Iterable[Waiting], now: datetime) -> int:
    """Place in the queue, 1 = next; 0 when the case is not in it."""
    for place, entry in enumerate(order(waiting, now), start=1):
        if entry.case_id == case_id:
            return place
    return 0


def serves(entry: Waiting, seat: Seat, now: datetime) -> bool:
    """Whether this seat, free as it is, may be offered the case now: by its queues and by required skills.

    A seat that stands in no queue serves all. Neither holds up an emergency, and both only last for the queue's seconds.
    """
    if entry.kind == "emergency":
        return True
    queue, seconds = queue_of(entry.queue, entry.kind), waited(entry.waiting_since, now)
    if seat.queues and queue.id not in seat.queues and seconds < queue.seats_after:
        return False
    required = [skill for skill, need in queue.wants(entry.skills) if need == "required"]
    return seconds >= queue.required_seconds or all(skill in seat.skills for skill in required)


def choose_seat(entry: Waiting, seats: Iterable[Seat], now: datetime) -> Seat | None:
    """The seat to offer this case to, or None: nobody may serve it now, or it is kept for somebody for a moment."""
    able = [seat for seat in seats if seat.may_be_offered(entry.kind, now)]
    if not able:
        return None
    fresh = [seat for seat in able if seat.extension not in entry.passed_seats]
    for seat in fresh:
        if seat.extension == entry.preferred_seat:
            return seat
    queue = queue_of(entry.queue, entry.kind)
    if entry.kind != "emergency" and entry.familiar is not None:
        for seat in fresh:
            if seat.agent_id == entry.familiar:
                return seat
        if entry.familiar_busy and waited(entry.waiting_since, now) < queue.familiar_seconds:
            return None
    candidates = [seat for seat in fresh if serves(entry, seat, now)] or (able if entry.kind == "emergency" else [])
    wanted = [skill for skill, _ in queue.wants(entry.skills)]

    def key(seat: Seat) -> tuple[bool, int, datetime, str]:
        stranger = bool(seat.queues) and queue.id not in seat.queues
        return (stranger, -sum(skill in seat.skills for skill in wanted), seat.idle_since or seat.since, seat.extension)

    return min(candidates, key=key, default=None)


def match(waiting: Sequence[Waiting], seats: Sequence[Seat], now: datetime) -> list[tuple[UUID, str]]:
    """Pairs (case, seat) for all who can be served now; no seat and no case twice."""
    free = {seat.extension: seat for seat in seats}
    pairs: list[tuple[UUID, str]] = []
    for entry in order(waiting, now):
        chosen = choose_seat(entry, free.values(), now)
        if chosen is not None:
            pairs.append((entry.case_id, chosen.extension))
            del free[chosen.extension]
    return pairs
