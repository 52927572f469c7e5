"""A number was told to who calls: the department of their own area (C-5), whom to ask instead (C-3), what they asked (A-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import own, touch, words
from callcenter.domain.papers.paper import GIVEN, Moves, Paper

Purpose = Literal["handed_over", "referred", "asked"]
RULES: dict[Purpose, tuple[str, str, str]] = {
    "handed_over": ("C-5", "已告知其所属社养部电话", "the number of their own department was told"),
    "referred": ("C-3", "不能满足时已建议联系他处", "they were told whom to ask instead"),
    "asked": ("A-2", "已告知所问电话", "the number that was asked for was told"),
}


@dataclass(frozen=True, kw_only=True)
class NumberTold(Paper):
    """Whose number, from which part of the directory, and why."""

    noun: ClassVar[str] = "number_told"
    zh: ClassVar[str] = "告知电话"
    moves: ClassVar[Moves] = GIVEN

    purpose: Purpose
    entry_kind: str
    entry_id: str
    name: str
    number: str
    joined: bool = False
    """The call was joined to that number, too (warm transfer)."""


@dataclass(frozen=True)
class NumberGiven(PaperFact):
    """``name`` and ``number`` are the directory's own at that moment, never the browser's."""

    paper_id: UUID | None = None
    purpose: Purpose = "asked"
    entry_kind: str = ""
    entry_id: str = ""
    name: str = ""
    number: str = ""
    joined: bool = False


def given(situation: Situation, fact: NumberGiven, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    assert fact.paper_id is not None
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    rule, zh, en = RULES[fact.purpose]
    decision.put(
        NumberTold(
            id=fact.paper_id,
            case_id=case.id,
            state="given",
            opened_at=decision.now,
            opened_by=fact.agent_id,
            owner_id=fact.agent_id,
            done_at=decision.now,
            done_by=fact.agent_id,
            purpose=fact.purpose,
            entry_kind=fact.entry_kind,
            entry_id=fact.entry_id,
            name=words(fact.name, "名称", "name", rule),
            number=words(fact.number, "电话", "number", rule),
            joined=fact.joined,
        )
    )
    touch(situation, decision)
    decision.found(rule, zh, en)
    decision.note(
        "number_told",
        agent_id=fact.agent_id,
        paper=str(fact.paper_id),
        purpose=fact.purpose,
        name=fact.name,
        number=fact.number,
        joined=fact.joined,
    )
