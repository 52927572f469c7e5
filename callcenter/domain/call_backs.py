"""Call-backs are offered to free seats like calls, one seat after the other, until one of them makes it. Pure functions.

An offer of a call-back is a card on the screen: the seat stays ready, so that a caller who rings meanwhile is never behind it.
Only seats that nobody who waits on the line could use are asked; an emergency's call-back comes before the others, then what is
due first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from callcenter.domain.case import Task
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import CallBackDeclined, CallBackMatched
from callcenter.domain.routing import Waiting, match
from callcenter.domain.seat import Seat

OFFER_SECONDS = 20.0  # a card is read and decided on in less; ours, no text names a figure
ROUND_SECONDS = 60.0  # every free seat passed it on: after so long they are asked again


@dataclass(frozen=True)
class Owed:
    """A call-back with what matters for its order."""

    task: Task
    kind: str
    red: bool
    seat: str | None = None
    """The seat it was with: asked first."""


def order(owed: Iterable[Owed]) -> list[Owed]:
    """Emergencies first, then by the time they are due; the id breaks a tie the same way everywhere."""
    return sorted(owed, key=lambda one: (not (one.red or one.kind == "emergency"), one.task.due_at, str(one.task.id)))


def offerable(one: Owed, now: datetime) -> bool:
    task = one.task
    return task.state == "open" and task.offer_seat is None and task.offer_from is not None and task.offer_from <= now


def match_tasks(
    owed: Sequence[Owed], waiting: Sequence[Waiting], seats: Sequence[Seat], now: datetime
) -> list[tuple[UUID, UUID, str]]:
    """(case, task, seat) for every call-back that can be offered now: no task and no seat twice, and no seat that somebody
    on the line needs. ``seats``: those that are free, ``owed``: all that are open, also those on a screen already."""
    used = {one.task.offer_seat for one in owed if one.task.offer_seat is not None}
    # A seat that might be offered an emergency is kept for each one that waits, even if it was passed by it before.
    used |= {seat for _, seat in match(waiting, seats, now)}
    free = [seat for seat in seats if seat.extension not in used]
    pairs: list[tuple[UUID, UUID, str]] = []
    for one in order(one for one in owed if offerable(one, now)):
        able = [
            seat for seat in free if seat.may_be_offered(one.kind, now) and seat.extension not in one.task.offer_passed
        ]  # fmt: skip
        chosen = min(able, key=lambda s: (s.extension != one.seat, s.idle_since or s.since, s.extension), default=None)
        if chosen is not None:
            pairs.append((one.task.case_id, one.task.id, chosen.extension))
            free.remove(chosen)
    return pairs


def matched(situation: Situation, fact: CallBackMatched, decision: Decision) -> None:
    """Routing found a seat; true only if the task is as it was, and the seat is still free."""
    task, seat = situation.task, situation.seats.get(fact.seat)
    case = situation.case
    if case is None or task is None or task.id != fact.task_id or task.state != "open" or task.offer_seat is not None:
        return
    if seat is None or fact.seat in situation.carded or not seat.may_be_offered(case.kind, decision.now):
        return
    decision.case = case
    _change(decision, task, offer_seat=fact.seat, offer_until=None)
    decision.set_timer("call_back", OFFER_SECONDS, task=str(task.id))
    timer = decision.timers["call_back"]
    assert timer is not None
    decision.tasks[task.id] = replace(decision.tasks[task.id], offer_until=timer.due_at)
    decision.note("call_back_offered", task=str(task.id), seat=fact.seat)


def declined(situation: Situation, fact: CallBackDeclined, decision: Decision) -> None:
    task = situation.task
    if task is None or task.id != fact.task_id or task.offer_seat is None or task.offer_seat != fact.seat:
        raise Refused("offer_gone", "这个回拨已不在您的坐席上。", "This call-back is no longer offered to you.")
    decision.case = situation.case
    _passed(decision, task, "call_back_declined")


def overdue(situation: Situation, decision: Decision) -> None:
    """The timer: nobody looked at the card, or the round over all seats begins again."""
    task = situation.task
    decision.case = situation.case
    if task is None or task.state != "open":
        decision.case = None
    elif task.offer_seat is not None:
        _passed(decision, task, "call_back_missed")
    elif task.offer_passed:
        _change(decision, task, offer_passed=())


def _passed(decision: Decision, task: Task, kind: str) -> None:
    decision.note(kind, task=str(task.id), seat=task.offer_seat)
    passed = (*task.offer_passed, task.offer_seat or "")
    _change(decision, task, offer_seat=None, offer_until=None, offer_passed=passed)
    decision.set_timer("call_back", ROUND_SECONDS, task=str(task.id))


def _change(decision: Decision, task: Task, **fields: object) -> None:
    decision.tasks[task.id] = replace(task, version=task.version + 1, **fields)  # type: ignore[arg-type]
