"""Whose case it is (R-1), and how it goes to somebody else (S-4): offered, accepted or given back, with its age shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from callcenter.domain.case import LIVE
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import LEADERS, find, lateness, open_case, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper


@dataclass(frozen=True, kw_only=True)
class HandOver(Paper):
    """A case on its way to another owner. ``owner_id``: who is to take it; the case stays with the first until they do."""

    noun: ClassVar[str] = "hand_over"
    zh: ClassVar[str] = "交接"
    moves: ClassVar[Moves] = {"offered": {"accept": "accepted", "give_back": "returned"}, "accepted": {}, "returned": {}}
    blocks: ClassVar[str | None] = "S-4"
    remedy: ClassVar[tuple[str, str]] = ("请接收人先接收或退回。", "Whoever it was handed to accepts it, or gives it back.")

    reason: str
    answer: str = ""


@dataclass(frozen=True)
class HandOverOffered(PaperFact):
    """``to_id``: the new owner; ``to_name`` for the journal."""

    paper_id: UUID | None = None
    to_id: UUID | None = None
    to_name: str = ""
    reason: str = ""


@dataclass(frozen=True)
class HandOverAccepted(PaperFact):
    paper_id: UUID | None = None


@dataclass(frozen=True)
class HandOverReturned(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class OwnerTaken(PaperFact):
    """Somebody becomes the owner of a case that has none."""


@dataclass(frozen=True)
class OwnerNamed(PaperFact):
    """The system names an owner, because nobody has taken the case in time; ``agent_id`` is who it is."""

    name: str = ""


def offered(situation: Situation, fact: HandOverOffered, decision: Decision) -> None:
    case = own(situation, fact)
    if case.state in LIVE:
        raise Refused(
            "call_running", "通话或整理尚未结束,不能交接。", "The call or its writing down is not over.",
            remedy_zh="请先提交小结。", remedy_en="Hand in the result first.", rule="S-4",
        )  # fmt: skip
    if any(paper.unfinished for paper in situation.papers_of(HandOver)):
        raise Refused("hand_over_running", "已有交接在等待接收。", "A hand-over waits already.", rule="S-4")
    if fact.to_id is None or fact.to_id == case.agent_id:
        raise Refused("hand_over_to_whom", "请选择其他接收人。", "Choose another person.", rule="S-4", status=422)
    assert fact.paper_id is not None
    due = decision.now + situation.office.span("S-4", "handover_hours", decision.now)
    paper = decision.put(
        HandOver(
            id=fact.paper_id, case_id=case.id, state="offered", opened_at=decision.now, opened_by=fact.agent_id,
            owner_id=fact.to_id, due_at=due, reason=words(fact.reason, "交接原因", "reason", "S-4"),
        )
    )  # fmt: skip
    decision.set_deadline(paper, "late", due)
    touch(situation, decision)
    decision.found("S-4", "接收前仍由原受理人负责", "the first owner answers for it until it is accepted")
    decision.note("hand_over_offered", agent_id=fact.agent_id, paper=str(paper.id), to=fact.to_name, text=paper.reason)


def accepted(situation: Situation, fact: HandOverAccepted, decision: Decision) -> None:
    case, paper = open_case(situation), find(situation, HandOver, fact.paper_id)
    _addressee(paper, fact)
    decision.put(paper.moved("accept", decision.now, fact.agent_id))
    decision.cancel_timer(paper.timer("late"))
    decision.case = case
    decision.change(agent_id=fact.agent_id)
    decision.found("R-1", "受理人已变更", "the owner has changed")
    decision.note("owner_changed", agent_id=fact.agent_id, before=str(case.agent_id or ""), why="hand_over")


def returned(situation: Situation, fact: HandOverReturned, decision: Decision) -> None:
    open_case(situation)
    paper = find(situation, HandOver, fact.paper_id)
    _addressee(paper, fact)
    text = words(fact.reason, "退回原因", "reason", "S-4")
    decision.put(paper.moved("give_back", decision.now, fact.agent_id, answer=text))
    decision.cancel_timer(paper.timer("late"))
    touch(situation, decision)
    decision.found("S-4", "交接退回,仍由原受理人负责", "given back; the first owner still answers for it")
    decision.note("hand_over_returned", agent_id=fact.agent_id, paper=str(paper.id), text=text)


late = lateness(
    HandOver, "hand_over_late", "reason", rule="S-4", zh="交接个案未及时处理", en="a case handed over was not handled in time"
)


def taken(situation: Situation, fact: OwnerTaken, decision: Decision) -> None:
    case = open_case(situation)
    if case.agent_id is not None:
        raise Refused("has_owner", "这个求助件已有受理人。", "This case has an owner.", rule="R-1")
    _becomes_owner(situation, fact, decision, "taken")


def named(situation: Situation, fact: OwnerNamed, decision: Decision) -> None:
    """Nobody took it in time. Told late or twice, nothing happens."""
    case = situation.case
    if case is not None and case.agent_id is None and case.state in ("open", "callback"):
        _becomes_owner(situation, fact, decision, "named", name=fact.name)


def _becomes_owner(situation: Situation, fact: PaperFact, decision: Decision, why: str, name: str = "") -> None:
    decision.case = situation.case
    decision.change(agent_id=fact.agent_id)
    decision.found("R-1", "求助件有受理人", "the case has an owner")
    decision.note("owner_changed", agent_id=fact.agent_id if why == "taken" else None, before="", why=why, name=name)


def _addressee(paper: HandOver, fact: PaperFact) -> None:
    if paper.owner_id != fact.agent_id and fact.role not in LEADERS:
        raise Refused("not_your_hand_over", "这个交接不是给您的。", "This hand-over is not for you.", rule="S-4", status=403)
