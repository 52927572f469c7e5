"""What proves that a case was handled: a reply to whoever asked (S-6), that what was handed over is true (S-5), and on what grounds
an emergency closes (R-19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import own, touch, words
from callcenter.domain.papers.paper import GIVEN, Moves, Paper

Way = Literal["phone", "visit", "letter", "message", "on_the_spot"]
Truth = Literal["confirmed", "not_so", "unclear"]


@dataclass(frozen=True, kw_only=True)
class Reply(Paper):
    """What the person who asked was told, how and by whom."""

    noun: ClassVar[str] = "reply"
    zh: ClassVar[str] = "回复"
    moves: ClassVar[Moves] = GIVEN

    way: Way
    to: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Verification(Paper):
    """Whether what was asked is so, and how we know."""

    noun: ClassVar[str] = "verification"
    zh: ClassVar[str] = "核实"
    moves: ClassVar[Moves] = GIVEN

    result: Truth
    way: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Ground(Paper):
    """On what an emergency closes: resolved by us, by those it went to, or on an authority's conclusion."""

    noun: ClassVar[str] = "ground"
    zh: ClassVar[str] = "结案依据"
    moves: ClassVar[Moves] = GIVEN

    ground: Literal["resolved", "handed_over", "conclusion"]
    body: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Replied(PaperFact):
    paper_id: UUID | None = None
    way: Way = "phone"
    to: str = ""
    text: str = ""


@dataclass(frozen=True)
class Verified(PaperFact):
    paper_id: UUID | None = None
    result: Truth = "confirmed"
    way: str = ""
    text: str = ""


def replied(situation: Situation, fact: Replied, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    assert fact.paper_id is not None
    paper = decision.put(
        Reply(
            id=fact.paper_id, case_id=case.id, state="given", opened_at=decision.now, opened_by=fact.agent_id,
            done_at=decision.now, done_by=fact.agent_id, way=fact.way, to=words(fact.to, "回复对象", "who was told", "S-6"),
            text=words(fact.text, "回复内容", "reply", "S-6"),
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("S-6", f"已回复{paper.to}", f"{paper.to} was told")
    decision.note("replied", agent_id=fact.agent_id, paper=str(paper.id), way=paper.way, to=paper.to, text=paper.text)


def verified(situation: Situation, fact: Verified, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    assert fact.paper_id is not None
    paper = decision.put(
        Verification(
            id=fact.paper_id, case_id=case.id, state="given", opened_at=decision.now, opened_by=fact.agent_id,
            done_at=decision.now, done_by=fact.agent_id, result=fact.result, text=fact.text.strip(),
            way=words(fact.way, "核实方式(向谁、如何)", "how it was verified", "S-5"),
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("S-5", "已核实" if fact.result == "confirmed" else "核实结果有疑", "verified", ok=fact.result == "confirmed")
    decision.note("verified", agent_id=fact.agent_id, paper=str(paper.id), result=fact.result, text=paper.way)
