"""A call that was taken on a duty mobile (S-1, S-4): who answers for it writes down what was said; a mobile has no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid5

from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.intake import check_category
from callcenter.domain.papers.common import find, lateness, own, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role


@dataclass(frozen=True, kw_only=True)
class DutyCall(Paper):
    """``owner_id``: who answers for it, the supervisor on duty; ``name``: whose mobile it was; ``text``: what was said."""

    noun: ClassVar[str] = "duty_call"
    zh: ClassVar[str] = "值班手机通话补记"
    moves: ClassVar[Moves] = {"to_write": {"write": "written"}, "written": {}}
    blocks: ClassVar[str | None] = "S-1"
    remedy: ClassVar[tuple[str, str]] = ("请补记通话内容和类别。", "Write down what was said, and its category.")
    desks: ClassVar[frozenset[Role]] = frozenset({"supervisor"})

    name: str
    text: str = ""


@dataclass(frozen=True)
class DutyCallWritten(PaperFact):
    paper_id: UUID | None = None
    category: str = ""
    subcategory: str = ""
    text: str = ""


def owed(situation: Situation, decision: Decision, case: Case, name: str) -> None:
    """The conversation on the mobile is over: it is to be written down within the hours of S-4."""
    paper_id = uuid5(case.id, f"duty call {case.overflow.leg if case.overflow else ''}")
    if any(paper.id == paper_id for paper in situation.papers):
        return
    due = decision.now + situation.office.span("S-4", "handover_hours", decision.now)
    paper = decision.put(
        DutyCall(
            id=paper_id, case_id=case.id, state="to_write", opened_at=decision.now, owner_id=case.agent_id, due_at=due, name=name
        )
    )  # fmt: skip
    decision.set_deadline(paper, "late", due)
    decision.note("duty_call_owed", paper=str(paper.id), name=name)


def written(situation: Situation, fact: DutyCallWritten, decision: Decision) -> None:
    """By the case's owner or a leader, in the words of R-3 and R-6. What was written before stays in the summary."""
    case, paper = own(situation, fact), find(situation, DutyCall, fact.paper_id)
    check_category(fact.category, fact.subcategory)
    text = words(fact.text, "通话内容", "what was said", "S-1")
    decision.put(paper.moved("write", decision.now, fact.agent_id, text=text))
    decision.cancel_timer(paper.timer("late"))
    decision.case = case
    summary = "\n".join(part for part in (case.summary, text) if part)
    decision.change(category=fact.category, subcategory=fact.subcategory, summary=summary, agent_id=case.agent_id or fact.agent_id)
    decision.found("S-1", "值班手机的通话已补记", "the call on the duty mobile is written down")
    decision.note("duty_call_written", agent_id=fact.agent_id, paper=str(paper.id), text=text)


late = lateness(
    DutyCall, "duty_call_late", "name", rule="S-1",
    zh="值班手机的通话未及时补记", en="a call on a duty mobile was not written down in time",
)  # fmt: skip
