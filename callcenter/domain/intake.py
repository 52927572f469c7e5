"""How a case comes to a desk (R-0, R-2, R-3, R-20, S-11): web, letter, walk-in, a leader's assignment. One number series, one
lifecycle,
one owner. What rings comes by ``arrival.py`` and ``call_out.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from callcenter.domain.case import Case, Source
from callcenter.domain.catalogue import CATEGORIES, ids
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, own, touch, words
from callcenter.domain.papers.paper import GIVEN, Moves, Paper

FARTHEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Intake(Paper):
    """What came, as it came."""

    noun: ClassVar[str] = "intake"
    zh: ClassVar[str] = "登记"
    moves: ClassVar[Moves] = GIVEN

    channel: str
    text: str
    name: str = ""
    phone: str = ""
    address: str = ""
    reference: str = ""
    """A letter's own number, or where it lies."""
    linked_case: UUID | None = None
    """The case in whose follow-up it came up (V-4)."""


@dataclass(frozen=True, kw_only=True)
class Assignment(Paper):
    """What a leader asks to be done (S-11, D-1)."""

    noun: ClassVar[str] = "assignment"
    zh: ClassVar[str] = "领导交办"
    moves: ClassVar[Moves] = {"open": {"do": "done"}, "done": {}}
    blocks: ClassVar[str | None] = "S-11"
    remedy: ClassVar[tuple[str, str]] = ("请登记交办事项的办理结果。", "Record what came of the assignment.")

    leader: str
    text: str
    result: str = ""


@dataclass(frozen=True)
class CaseRegistered(PaperFact):
    """Somebody at a desk, or the public page, registers a case. A visitor is greeted by the form, then served by the same rules
    as who phones (C-V1, C-V2, C-V3, C-V4, C-V5). ``agent_id`` of the page: None, it has no owner yet.

    ``owner_id``: whom a leader assigns it to; else who registers it owns it. ``earlier``: the closed case that came back.
    """

    paper_id: UUID | None = None
    source: Source = "walk_in"
    member_id: UUID | None = None
    name: str = ""
    phone: str = ""
    address: str = ""
    text: str = ""
    reference: str = ""
    category: str | None = None
    subcategory: str | None = None
    owner_id: UUID | None = None
    leader: str = ""
    due_at: datetime | None = None
    earlier: UUID | None = None
    linked_case: UUID | None = None
    nobody: bool = False
    """It came by the public page: nobody of ours stands behind it yet."""


@dataclass(frozen=True)
class Reclassified(PaperFact):
    category: str = ""
    subcategory: str = ""
    reason: str = ""


@dataclass(frozen=True)
class AssignmentDone(PaperFact):
    paper_id: UUID | None = None
    result: str = ""


def registered(situation: Situation, fact: CaseRegistered, decision: Decision) -> None:
    if situation.case is not None:
        return  # told twice
    arrival, now = situation.arrival, decision.now
    assert arrival is not None
    assert fact.paper_id is not None
    if fact.category is not None:
        check_category(fact.category, fact.subcategory)
    if fact.earlier is not None and arrival.earlier_state != "closed":
        raise Refused(
            "not_closed", "原求助件尚未结案,请在原件上继续办理。", "The earlier case is not closed: go on with it.",
            remedy_zh="只有已结案的求助件再次出现问题,才作为新件登记。",
            remedy_en="Only what came back after closure is a new case.",
            rule="R-20",
        )  # fmt: skip
    text = words(fact.text, "求助内容", "request", "R-6")
    owner = None if fact.nobody else fact.owner_id or fact.agent_id
    by = None if fact.nobody else fact.agent_id
    decision.case = Case(
        id=fact.case_id, number=arrival.number, kind="life_help", source=fact.source, line="", state="open", opened_at=now,
        pressed_at=now, ended_at=now, member_id=fact.member_id, agent_id=owner, caller_number=fact.phone or None,
        caller_display=(fact.phone or fact.name)[:64], category=fact.category, subcategory=fact.subcategory,
        relapse_of=fact.earlier,
    )  # fmt: skip
    decision.put(
        Intake(
            id=fact.paper_id, case_id=fact.case_id, state="given", opened_at=now, opened_by=by, done_at=now, done_by=by,
            channel=fact.source, text=text, name=fact.name, phone=fact.phone, address=fact.address, reference=fact.reference,
            linked_case=fact.linked_case,
        )
    )  # fmt: skip
    decision.found("R-2", "来自规定的渠道", "by one of the channels")
    if owner is not None:
        decision.found("R-1", "有受理人", "it has an owner")
    decision.note("registered", agent_id=by, source=fact.source, text=text[:400])
    if fact.linked_case is not None:
        decision.found("V-4", "回访中提出的新需求,另立新件", "a need that came up in a follow-up: a new case")
        decision.note("need_of_follow_up", agent_id=by, case=str(fact.linked_case))
    if fact.earlier is not None:
        decision.found("R-20", "结案后反复,作为新件登记", "it came back after closure: a new case")
        decision.note("relapse", agent_id=by, earlier=str(fact.earlier))
    if fact.source == "assignment":
        _assign(fact, decision, text)


def _assign(fact: CaseRegistered, decision: Decision, text: str) -> None:
    leader, due = words(fact.leader, "交办的领导", "leader", "S-11"), fact.due_at
    if due is not None and not decision.now < due <= decision.now + FARTHEST:
        raise Refused(
            "assignment_time", "办理期限须在现在之后、一年以内。", "The time must lie within a year.", rule="S-11", status=422
        )
    assert fact.paper_id is not None
    paper = decision.put(
        Assignment(
            id=UUID(int=fact.paper_id.int ^ 1), case_id=fact.case_id, state="open", opened_at=decision.now,
            opened_by=fact.agent_id, owner_id=fact.owner_id or fact.agent_id, due_at=due, leader=leader, text=text,
        )
    )  # fmt: skip
    if due is not None:
        decision.set_deadline(paper, "late", due)
    decision.found("S-11", f"{leader}交办,已登记", f"assigned by {leader}")
    decision.note("assigned", agent_id=fact.agent_id, paper=str(paper.id), leader=leader)


def assignment_done(situation: Situation, fact: AssignmentDone, decision: Decision) -> None:
    own(situation, fact)
    paper = find(situation, Assignment, fact.paper_id)
    text = words(fact.result, "办理结果", "result", "S-11")
    decision.put(paper.moved("do", decision.now, fact.agent_id, result=text))
    decision.cancel_timer(paper.timer("late"))
    touch(situation, decision)
    decision.found("S-11", "交办事项已完成", "the assignment is done")
    decision.note("assignment_done", agent_id=fact.agent_id, paper=str(paper.id), text=text)


assignment_late = lateness(Assignment, "assignment_late", "text", rule="S-11", zh="交办事项逾期", en="the assignment is overdue")


def reclassified(situation: Situation, fact: Reclassified, decision: Decision) -> None:
    """R-3: another category; what it was before stays in the journal."""
    case = own(situation, fact, "dispatcher")
    check_category(fact.category, fact.subcategory)
    text = words(fact.reason, "改类的原因", "reason", "R-3")
    decision.case = case
    decision.change(category=fact.category, subcategory=fact.subcategory)
    decision.found("R-3", "两级类别,改类留痕", "both levels; the change is journalled")
    decision.note(
        "reclassified", agent_id=fact.agent_id, before=f"{case.category}/{case.subcategory}",
        after=f"{fact.category}/{fact.subcategory}", text=text,
    )  # fmt: skip


def check_category(category: str, subcategory: str | None) -> None:
    """R-3: both levels, from the lists. Raises Refused."""
    found = next((c for c in CATEGORIES if c.id == category), None)
    if found is None or subcategory not in ids(found.children):
        raise Refused("category_needed", "请选择两级类别。", "Choose both levels of the category.", rule="R-3", status=422)
