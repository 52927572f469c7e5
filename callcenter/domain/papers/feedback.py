"""Whether the elder is satisfied (R-14, R-17, R-18): what they said, who is liable, the rework, the outside body, and the three
days.

A follow-up call, a complaint and a failed attempt all end here: one word of the elder, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, own, touch, words
from callcenter.domain.papers.paper import GIVEN, Moves, Paper
from callcenter.domain.roles import Role

Result = Literal["satisfied", "dissatisfied", "not_reached"]
Party = Literal["provider", "centre", "elder", "nobody"]
Body = Literal["market_supervision", "consumer_association", "authority", "other"]
AT_FAULT = frozenset({"provider", "centre"})
"""Whose fault calls for a rework: who served, be it a partner or our own worker."""


@dataclass(frozen=True, kw_only=True)
class Feedback(Paper):
    """What the elder said of the result. ``complaint``: they came to us; else we asked."""

    noun: ClassVar[str] = "feedback"
    zh: ClassVar[str] = "满意度"
    moves: ClassVar[Moves] = GIVEN

    result: Result
    text: str = ""
    by_whom: str = ""
    """Who said it: the elder, or who spoke for them."""
    complaint: bool = False


@dataclass(frozen=True, kw_only=True)
class Liability(Paper):
    """Why the elder is dissatisfied, and whose fault it is. ``text``: the analysis, and what was explained to the elder."""

    noun: ClassVar[str] = "liability"
    zh: ClassVar[str] = "责任认定"
    moves: ClassVar[Moves] = GIVEN

    feedback_id: UUID
    party: Party
    text: str


@dataclass(frozen=True, kw_only=True)
class Rework(Paper):
    """What the one at fault is asked to put right."""

    noun: ClassVar[str] = "rework"
    zh: ClassVar[str] = "整改"
    moves: ClassVar[Moves] = {"asked": {"do": "done"}, "done": {}}
    blocks: ClassVar[str | None] = "R-17"
    remedy: ClassVar[tuple[str, str]] = ("请等整改完成并再次回访。", "Wait for the rework, and ask the elder again.")
    desks: ClassVar[frozenset[Role]] = frozenset({"dispatcher"})

    feedback_id: UUID
    demand: str
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class OutsideBody(Paper):
    """Who was asked to step in, and what they decided."""

    noun: ClassVar[str] = "outside_body"
    zh: ClassVar[str] = "外部介入"
    moves: ClassVar[Moves] = {"asked": {"answer": "answered"}, "answered": {}}
    blocks: ClassVar[str | None] = "R-17"
    remedy: ClassVar[tuple[str, str]] = ("请登记该部门的处理结果。", "Record what they decided.")

    body: Body
    name: str
    text: str
    result: str = ""


@dataclass(frozen=True)
class FeedbackGiven(PaperFact):
    paper_id: UUID | None = None
    result: Result = "satisfied"
    text: str = ""
    by_whom: str = ""
    complaint: bool = False


@dataclass(frozen=True)
class LiabilityStated(PaperFact):
    paper_id: UUID | None = None
    party: Party = "provider"
    text: str = ""
    demand: str = ""
    """What is to be put right, when somebody who served is at fault."""


@dataclass(frozen=True)
class ReworkDone(PaperFact):
    paper_id: UUID | None = None
    result: str = ""


@dataclass(frozen=True)
class OutsideAsked(PaperFact):
    paper_id: UUID | None = None
    body: Body = "authority"
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class OutsideAnswered(PaperFact):
    paper_id: UUID | None = None
    result: str = ""


def word_of(situation: Situation, decision: Decision | None = None) -> Feedback | None:
    """The elder's last word, if they have said one."""
    papers = [*situation.papers_of(Feedback)]
    if decision is not None:
        papers += [paper for paper in decision.papers.values() if isinstance(paper, Feedback)]
    spoken = [paper for paper in papers if paper.result != "not_reached"]
    return sorted(spoken, key=lambda paper: paper.opened_at)[-1] if spoken else None


def record(situation: Situation, decision: Decision, paper: Feedback) -> Feedback:
    """Keep the elder's word, or that they were not reached. The follow-up form ends here too. The three days of R-18 begin with
    the last failed attempt, and end with any word."""
    for old in situation.papers_of(Feedback):
        decision.cancel_timer(old.timer("three_days"))
    decision.put(paper)
    if paper.result == "not_reached":
        decision.set_deadline(paper, "three_days", _three_days(situation, decision.now))
        decision.found("R-18", "回访未接通,自此三日内无投诉可结案", "not reached: three days without a complaint begin")
    else:
        ok = paper.result == "satisfied"
        decision.found("R-17", "求助者没有不满" if ok else "求助者不满意", "no dissatisfaction" if ok else "dissatisfied", ok=ok)
    return paper


def given(situation: Situation, fact: FeedbackGiven, decision: Decision) -> None:
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    case = own(situation, fact, "dispatcher", "system")  # the keeper of follow-ups brings a complaint to its own case
    if fact.complaint and fact.result != "dissatisfied":
        raise Refused("complaint_is_dissatisfied", "投诉即为不满意。", "A complaint is dissatisfaction.", rule="R-17", status=422)
    text = words(fact.text, "回访或投诉的情况", "what was said", "R-17")
    assert fact.paper_id is not None
    paper = Feedback(
        id=fact.paper_id, case_id=case.id, state="given", opened_at=decision.now, opened_by=fact.agent_id,
        done_at=decision.now, done_by=fact.agent_id, result=fact.result, text=text, by_whom=fact.by_whom.strip(),
        complaint=fact.complaint,
    )  # fmt: skip
    touch(situation, decision)
    record(situation, decision, paper)
    decision.note(
        "complained" if fact.complaint else "feedback", agent_id=fact.agent_id, paper=str(paper.id), result=fact.result, text=text
    )


def liability(situation: Situation, fact: LiabilityStated, decision: Decision) -> None:
    last = word_of(situation)
    if last is None or last.result != "dissatisfied":
        raise Refused("nobody_dissatisfied", "没有不满意的反馈。", "Nobody is dissatisfied.", rule="R-17")
    state_liability(situation, fact, decision, last)


def state_liability(situation: Situation, fact: LiabilityStated, decision: Decision, said: Feedback) -> None:
    """Whose fault it is that somebody ``said`` so; where it is that of who served, the rework is asked for."""
    case = own(situation, fact)
    assert fact.paper_id is not None
    paper = decision.put(
        Liability(
            id=fact.paper_id, case_id=case.id, state="given", opened_at=decision.now, opened_by=fact.agent_id,
            done_at=decision.now, done_by=fact.agent_id, feedback_id=said.id, party=fact.party,
            text=words(fact.text, "原因分析和向求助者的说明", "analysis, and what the elder was told", "R-17"),
        )
    )  # fmt: skip
    touch(situation, decision)
    fault = fact.party in AT_FAULT
    decision.found(
        "R-17", "责任在服务方,须整改" if fault else "责任不在服务方,已说明", "rework" if fault else "explained", ok=not fault
    )
    decision.note("liability", agent_id=fact.agent_id, paper=str(paper.id), party=fact.party, text=paper.text)
    if fault:
        due = situation.office.calendar.after(decision.now, round(situation.office.limit("R-17", "rework_days", decision.now)))
        rework = decision.put(
            Rework(
                id=rework_of(paper.id), case_id=case.id, state="asked", opened_at=decision.now, opened_by=fact.agent_id,
                owner_id=case.agent_id, due_at=due, feedback_id=said.id,
                demand=words(fact.demand, "整改要求", "demand", "R-17"),
            )
        )  # fmt: skip
        decision.set_deadline(rework, "late", due)
        decision.note("rework_asked", agent_id=fact.agent_id, paper=str(rework.id), text=rework.demand)


def rework_done(situation: Situation, fact: ReworkDone, decision: Decision) -> None:
    own(situation, fact, "dispatcher")
    paper = find(situation, Rework, fact.paper_id)
    text = words(fact.result, "整改结果", "result", "R-17")
    decision.put(paper.moved("do", decision.now, fact.agent_id, result=text))
    decision.cancel_timer(paper.timer("late"))
    touch(situation, decision)
    decision.found("R-17", "整改已完成,须再次回访", "put right: the elder is to be asked again")
    decision.note("rework_done", agent_id=fact.agent_id, paper=str(paper.id), text=text)


rework_late = lateness(Rework, "rework_late", "demand", rule="R-17", zh="整改逾期", en="the rework is overdue")


def outside_asked(situation: Situation, fact: OutsideAsked, decision: Decision) -> None:
    case, last = own(situation, fact), word_of(situation)
    if last is None or last.result != "dissatisfied":
        raise Refused("nobody_dissatisfied", "没有不满意的反馈。", "Nobody is dissatisfied.", rule="R-17")
    assert fact.paper_id is not None
    paper = decision.put(
        OutsideBody(
            id=fact.paper_id, case_id=case.id, state="asked", opened_at=decision.now, opened_by=fact.agent_id,
            owner_id=case.agent_id, body=fact.body, name=words(fact.name, "部门名称", "name of the body", "R-17"),
            text=words(fact.text, "请求介入的事由", "matter", "R-17"),
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("R-17", f"已请{paper.name}介入", f"{paper.name} was asked to step in")
    decision.note("outside_asked", agent_id=fact.agent_id, paper=str(paper.id), body=fact.body, name=paper.name, text=paper.text)


def outside_answered(situation: Situation, fact: OutsideAnswered, decision: Decision) -> None:
    own(situation, fact)
    paper = find(situation, OutsideBody, fact.paper_id)
    text = words(fact.result, "处理结果", "result", "R-17")
    decision.put(paper.moved("answer", decision.now, fact.agent_id, result=text))
    touch(situation, decision)
    decision.found("R-17", f"{paper.name}已有处理结果", f"{paper.name} has decided")
    decision.note("outside_answered", agent_id=fact.agent_id, paper=str(paper.id), name=paper.name, text=text)


def _three_days(situation: Situation, now: datetime) -> datetime:
    return situation.office.calendar.after(now, round(situation.office.limit("R-18", "days", now)))


def rework_of(liability_id: UUID) -> UUID:
    """The rework's id follows from the liability's: sent twice, it is one."""
    return UUID(int=liability_id.int ^ 1)
