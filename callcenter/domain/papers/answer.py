"""Answers that could not be given at once (R-9, S-1): said so, searched for, given as soon as possible. Their age is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid5

from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper


@dataclass(frozen=True, kw_only=True)
class PendingAnswer(Paper):
    """A question that is still to be answered."""

    noun: ClassVar[str] = "pending_answer"
    zh: ClassVar[str] = "待答复"
    moves: ClassVar[Moves] = {"open": {"answer": "answered"}, "answered": {}}
    blocks: ClassVar[str | None] = "R-9"
    remedy: ClassVar[tuple[str, str]] = ("请先答复求助者并登记。", "Give the answer, and record it.")

    question: str
    told: str = ""
    """What the caller was told meanwhile."""
    answer: str = ""


@dataclass(frozen=True)
class AnswerOwed(PaperFact):
    """The question cannot be answered at once; ``told``: what the caller was told."""

    paper_id: UUID | None = None
    question: str = ""
    told: str = ""


@dataclass(frozen=True)
class AnswerGiven(PaperFact):
    paper_id: UUID | None = None
    answer: str = ""


def owe(situation: Situation, decision: Decision, case: Case, paper_id: UUID, agent_id: UUID, question: str, told: str) -> None:
    """Begin to owe an answer, with its deadline."""
    due = decision.now + situation.office.span("R-9", "answer_hours", decision.now)
    paper = decision.put(
        PendingAnswer(
            id=paper_id, case_id=case.id, state="open", opened_at=decision.now, opened_by=agent_id,
            owner_id=case.agent_id or agent_id, due_at=due, question=question, told=told,
        )
    )  # fmt: skip
    decision.set_deadline(paper, "late", due)
    decision.found("R-9", "不能当场答复:已向求助者说明,并定时限", "not answered at once: the caller was told, and a time is set")


def owed(situation: Situation, fact: AnswerOwed, decision: Decision) -> None:
    case = own(situation, fact)
    assert fact.paper_id is not None
    question, told = (
        words(fact.question, "问题", "question", "R-9"),
        words(fact.told, "向求助者所作的说明", "explanation given", "R-9"),
    )
    touch(situation, decision)
    owe(situation, decision, case, fact.paper_id, fact.agent_id, question, told)
    decision.note("answer_owed", agent_id=fact.agent_id, paper=str(fact.paper_id), text=question)


def owed_by_result(situation: Situation, decision: Decision, agent_id: UUID, summary: str) -> None:
    """The seat's result says that it is to be answered later."""
    assert decision.case is not None
    paper_id = uuid5(decision.case.id, f"answer {decision.now.isoformat()}")
    owe(situation, decision, decision.case, paper_id, agent_id, summary, "通话中已说明")


def given(situation: Situation, fact: AnswerGiven, decision: Decision) -> None:
    own(situation, fact)
    paper = find(situation, PendingAnswer, fact.paper_id)
    text = words(fact.answer, "答复内容", "answer", "R-9")
    decision.put(paper.moved("answer", decision.now, fact.agent_id, answer=text))
    decision.cancel_timer(paper.timer("late"))
    touch(situation, decision)
    decision.found("R-9", "已答复" if not paper.overdue else "逾期后答复", "answered", ok=not paper.overdue)
    decision.note("answer_given", agent_id=fact.agent_id, paper=str(paper.id), text=text)


late = lateness(PendingAnswer, "answer_late", "question", rule="R-9", zh="答复已超过时限", en="the answer is overdue")
