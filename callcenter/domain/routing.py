"""Who is served next, and by whom: pure, so that its properties can be proven.

Emergency before everything else, then by waiting time; the longest idle seat first. An emergency that every seat passed over
rings them again at once; another case begins its next round with the next announcement, so that nobody waits for ever
beside a free seat and no phone rings without a pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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


def order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The queue: emergencies first, then the longest wait; the id breaks a tie the same way everywhere."""
    return sorted(waiting, key=lambda w: (w.kind != "emergency", w.waiting_since, str(w.case_id)))


def position(case_id: UUID, waiting: Iterable[Waiting]) -> int:
    """Place in the queue, 1 = next; 0 when the case is not in it."""
    for place, entry in enumerate(order(waiting), start=1):
        if entry.case_id == case_id:
            return place
    return 0


def choose_seat(entry: Waiting, seats: Iterable[Seat], now: datetime) -> Seat | None:
    """The seat to offer this case to: the preferred one (it was talking to them), else the longest idle, or None."""
    able = [seat for seat in seats if seat.may_be_offered(entry.kind, now)]
    if not able:
        return None
    fresh = [seat for seat in able if seat.extension not in entry.passed_seats]
    for seat in able:
        if seat.extension == entry.preferred_seat and seat in fresh:
            return seat
    candidates = fresh or (able if entry.kind == "emergency" else [])
    return min(candidates, key=lambda seat: (seat.idle_since or seat.since, seat.extension), default=None)


def match(waiting: Sequence[Waiting], seats: Sequence[Seat], now: datetime) -> list[tuple[UUID, str]]:
    """Pairs (case, seat) for all who can be served now; no seat and no case twice."""
    free = {seat.extension: seat for seat in seats}
    pairs: list[tuple[UUID, str]] = []
    for entry in order(waiting):
        chosen = choose_seat(entry, free.values(), now)
        if chosen is not None:
            pairs.append((entry.case_id, chosen.extension))
            del free[chosen.extension]
    return pairs
