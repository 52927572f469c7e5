"""Promises (C-2): at once, by a time, by appointment. Counted down; when one will be late, we call first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers.common import due_paper, find, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper

Manner = Literal["immediate", "by_time", "appointment"]
FARTHEST = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Promise(Paper):
    """What an elder was promised. ``warned``: the time has come to say first that it will be late."""

    noun: ClassVar[str] = "promise"
    zh: ClassVar[str] = "承诺"
    moves: ClassVar[Moves] = {
        "open": {"keep": "kept", "cancel": "cancelled", "move": "open"},
        "kept": {},
        "cancelled": {},
    }
    blocks: ClassVar[str | None] = "C-2"
    remedy: ClassVar[tuple[str, str]] = ("请登记承诺已兑现,或说明取消原因。", "Record that it was kept, or why it was cancelled.")

    manner: Manner
    text: str
    warned: bool = False
    late: bool = False
    """It was not kept by its time, whatever happened later."""
    told: str = ""
    """What the elder was told, and when, before the promise was moved or given up."""


@dataclass(frozen=True)
class PromiseMade(PaperFact):
    """We tell an elder when somebody comes. ``due_at`` None: at once."""

    paper_id: UUID | None = None
    manner: Manner = "immediate"
    due_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class PromiseKept(PaperFact):
    """It was done as promised; ``note``: how we know."""

    paper_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class PromiseMoved(PaperFact):
    """We called the elder first, and agreed on another time."""

    paper_id: UUID | None = None
    due_at: datetime | None = None
    told: str = ""


@dataclass(frozen=True)
class PromiseCancelled(PaperFact):
    """The elder no longer needs it, or was told that it cannot be."""

    paper_id: UUID | None = None
    told: str = ""


def made(situation: Situation, fact: PromiseMade, decision: Decision) -> None:
    case, now = own(situation, fact, "dispatcher"), decision.now
    assert fact.paper_id is not None
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    due = fact.due_at
    if fact.manner == "immediate":
        due = now + situation.office.span("C-2", "immediate_minutes", now)
    if due is None or not now < due <= now + FARTHEST:
        raise Refused(
            "promise_needs_time", "请选择承诺的时间,须在现在之后、90天以内。",
            "Choose the promised time, after now and within 90 days.",
            rule="C-2", status=422,
        )  # fmt: skip
    promise = Promise(
        id=fact.paper_id, case_id=case.id, state="open", opened_at=now, opened_by=fact.agent_id, owner_id=case.agent_id,
        due_at=due, manner=fact.manner, text=words(fact.text, "承诺的内容", "promise", "C-2"),
    )  # fmt: skip
    touch(situation, decision)
    _count_down(situation, decision, decision.put(promise))
    decision.found("C-2", "承诺有时限,已开始倒计时", "the promise has its time and is counted down")
    decision.note("promise_made", agent_id=fact.agent_id, paper=str(promise.id), text=promise.text, until=due.isoformat())


def kept(situation: Situation, fact: PromiseKept, decision: Decision) -> None:
    own(situation, fact, "dispatcher")
    keep(decision, find(situation, Promise, fact.paper_id), fact.agent_id, fact.note)
    touch(situation, decision)


def keep(decision: Decision, promise: Promise, by: UUID | None, note: str) -> None:
    """What was promised was done, late or not; ``by`` None: an order that was carried out says so."""
    _over(decision, decision.put(promise.moved("keep", decision.now, by)))
    decision.found(
        "C-2",
        "逾期后兑现" if promise.late else "按时兑现",
        "kept, but late" if promise.late else "kept in time",
        ok=not promise.late,
    )
    decision.note("promise_kept", agent_id=by, paper=str(promise.id), text=note.strip()[:400], late=promise.late)


def moved(situation: Situation, fact: PromiseMoved, decision: Decision) -> None:
    """Another time, after the elder was told. Whoever tells nobody cannot move it."""
    own(situation, fact, "dispatcher")
    promise, now = find(situation, Promise, fact.paper_id), decision.now
    told = words(fact.told, "告知老人的情况(何时、谁、怎么说)", "call to the elder", "C-2")
    if fact.due_at is None or not now < fact.due_at <= now + FARTHEST:
        raise Refused("promise_needs_time", "请选择新的时间。", "Choose the new time.", rule="C-2", status=422)
    changed = promise.moved("move", now, fact.agent_id, due_at=fact.due_at, told=told, warned=False, overdue=False)
    _over(decision, promise)
    _count_down(situation, decision, decision.put(changed))
    touch(situation, decision)
    decision.found("C-2", "改期前已致电老人", "the elder was called before it was moved")
    decision.note("promise_moved", agent_id=fact.agent_id, paper=str(promise.id), text=told, until=fact.due_at.isoformat())


def cancelled(situation: Situation, fact: PromiseCancelled, decision: Decision) -> None:
    own(situation, fact, "dispatcher")
    promise = find(situation, Promise, fact.paper_id)
    told = words(fact.told, "取消原因和告知老人的情况", "reason, and what the elder was told", "C-2")
    _over(decision, decision.put(promise.moved("cancel", decision.now, fact.agent_id, told=told)))
    touch(situation, decision)
    decision.found("C-2", "取消前已告知老人", "the elder was told before it was cancelled")
    decision.note("promise_cancelled", agent_id=fact.agent_id, paper=str(promise.id), text=told)


def soon(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """It will be late: whoever owns it calls the elder first."""
    promise = due_paper(situation, Promise, fact.data)
    if promise is not None and not promise.warned:
        decision.put(replace(promise, warned=True))
        touch(situation, decision)
        decision.note("promise_soon", paper=str(promise.id), text=promise.text)


def late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    promise = due_paper(situation, Promise, fact.data)
    if promise is not None and not promise.overdue:
        decision.put(replace(promise, warned=True, late=True, overdue=True))
        touch(situation, decision)
        decision.found("C-2", "承诺已逾期", "the promise is late", ok=False)
        decision.note("promise_late", paper=str(promise.id), text=promise.text)


def _count_down(situation: Situation, decision: Decision, promise: Promise) -> None:
    assert promise.due_at is not None
    ahead = situation.office.span("C-2", "warn_minutes", decision.now)
    decision.set_deadline(promise, "soon", max(decision.now, promise.due_at - ahead))
    decision.set_deadline(promise, "late", promise.due_at)


def _over(decision: Decision, promise: Promise) -> None:
    decision.cancel_timer(promise.timer("soon"))
    decision.cancel_timer(promise.timer("late"))
