"""“Ask the supervisor” (A-6): a seat that meets something strange asks, in the middle of a call, and is answered on its screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role

RULE = "A-6"


@dataclass(frozen=True, kw_only=True)
class Question(Paper):
    """What a seat wants to know, and what the supervisor says."""

    noun: ClassVar[str] = "question"
    zh: ClassVar[str] = "请示"
    moves: ClassVar[Moves] = {"asked": {"answer": "answered", "withdraw": "withdrawn"}, "answered": {}, "withdrawn": {}}
    desks: ClassVar[frozenset[Role]] = frozenset({"supervisor", "department_head"})

    text: str
    answer: str = ""


@dataclass(frozen=True)
class SupervisorAsked(PaperFact):
    paper_id: UUID | None = None
    text: str = ""


@dataclass(frozen=True)
class QuestionAnswered(PaperFact):
    paper_id: UUID | None = None
    answer: str = ""


@dataclass(frozen=True)
class QuestionWithdrawn(PaperFact):
    paper_id: UUID | None = None


def asked(situation: Situation, fact: SupervisorAsked, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    assert fact.paper_id is not None
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    text = words(fact.text, "要请示的问题", "question", RULE)
    decision.put(
        Question(
            id=fact.paper_id,
            case_id=case.id,
            state="asked",
            opened_at=decision.now,
            opened_by=fact.agent_id,
            owner_id=fact.agent_id,
            text=text,
        )
    )
    touch(situation, decision)
    decision.found(RULE, "已请示值班主任", "the supervisor was asked")
    decision.note("supervisor_asked", agent_id=fact.agent_id, paper=str(fact.paper_id), text=text)


def answered(situation: Situation, fact: QuestionAnswered, decision: Decision) -> None:
    """Also after the call: who asked sees it in the case's story."""
    question = find(situation, Question, fact.paper_id)
    text = words(fact.answer, "答复", "answer", RULE)
    decision.put(question.moved("answer", decision.now, fact.agent_id, answer=text))
    touch(situation, decision)
    decision.found(RULE, "值班主任已答复", "the supervisor answered")
    decision.note("supervisor_answered", agent_id=fact.agent_id, paper=str(question.id), text=text, question=question.text[:200])


def withdrawn(situation: Situation, fact: QuestionWithdrawn, decision: Decision) -> None:
    """It has answered itself."""
    own(situation, fact, "dispatcher")
    question = find(situation, Question, fact.paper_id)
    decision.put(question.moved("withdraw", decision.now, fact.agent_id))
    touch(situation, decision)
    decision.note("question_withdrawn", agent_id=fact.agent_id, paper=str(question.id), text=question.text[:200])
