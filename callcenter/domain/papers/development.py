"""Consultations that go to business development (R-11): only after the head or a named delegate has signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, open_case, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role


@dataclass(frozen=True, kw_only=True)
class Transfer(Paper):
    """The case's question at business development. The case keeps its owner."""

    noun: ClassVar[str] = "transfer"
    zh: ClassVar[str] = "移交业务发展部"
    moves: ClassVar[Moves] = {
        "asked": {"approve": "approved", "refuse": "refused"},
        "approved": {"take": "taken"},
        "taken": {"answer": "answered"},
        "refused": {},
        "answered": {},
    }
    blocks: ClassVar[str | None] = "R-11"
    remedy: ClassVar[tuple[str, str]] = ("请等业务发展部答复,或由负责人退回。", "Wait for the answer, or have the head refuse it.")
    desks: ClassVar[frozenset[Role]] = frozenset({"department_head", "business_development"})

    reason: str
    signer: str = ""
    signed_for: str = ""
    """``head``, or ``delegate``: who signed was named for this day."""
    answer: str = ""


@dataclass(frozen=True)
class TransferWanted(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class TransferApproved(PaperFact):
    """``signer``: the name as signed."""

    paper_id: UUID | None = None
    signer: str = ""


@dataclass(frozen=True)
class TransferRefused(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class TransferTaken(PaperFact):
    paper_id: UUID | None = None


@dataclass(frozen=True)
class TransferAnswered(PaperFact):
    paper_id: UUID | None = None
    answer: str = ""


def wanted(situation: Situation, fact: TransferWanted, decision: Decision) -> None:
    case = own(situation, fact)
    if case.category != "consultation":
        raise Refused(
            "only_consultations", "只有咨询类求助件可以移交业务发展部。", "Only consultations go to business development.",
            remedy_zh="生活帮助无单位可派时,请登记“暂不能满足”,系统会转为服务咨询。",
            remedy_en="Life help that nobody can serve becomes a consultation by recording the unmet need.", rule="R-11",
        )  # fmt: skip
    if any(paper.unfinished for paper in situation.papers_of(Transfer)):
        raise Refused("transfer_waits", "已有移交正在办理。", "A transfer is on its way already.", rule="R-11")
    assert fact.paper_id is not None
    paper = decision.put(
        Transfer(
            id=fact.paper_id, case_id=case.id, state="asked", opened_at=decision.now, opened_by=fact.agent_id,
            reason=words(fact.reason, "移交原因", "reason", "R-11"),
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("R-11", "移交前须负责人或代理人核准签字", "it waits for the head's or a delegate's signature")
    decision.note("transfer_wanted", agent_id=fact.agent_id, paper=str(paper.id), text=paper.reason)


def approved(situation: Situation, fact: TransferApproved, decision: Decision) -> None:
    open_case(situation)
    paper = find(situation, Transfer, fact.paper_id)
    as_what = may_sign(situation, fact, decision, "R-11")
    signer = words(fact.signer, "签字人姓名", "name of who signs", "R-11")
    due = decision.now + situation.office.span("R-11", "transfer_hours", decision.now)
    changed = paper.moved("approve", decision.now, fact.agent_id, signer=signer, signed_for=as_what, due_at=due)
    decision.set_deadline(decision.put(changed), "late", due)
    touch(situation, decision)
    who = "部门负责人" if as_what == "head" else "指定代理人"
    decision.found("R-11", f"已由{who}{signer}核准签字", f"signed by the {as_what}, {signer}")
    decision.note("transfer_approved", agent_id=fact.agent_id, paper=str(paper.id), signer=signer, signed_for=as_what)


def refused(situation: Situation, fact: TransferRefused, decision: Decision) -> None:
    open_case(situation)
    paper = find(situation, Transfer, fact.paper_id)
    may_sign(situation, fact, decision, "R-11")
    text = words(fact.reason, "不核准的原因", "reason", "R-11")
    decision.put(paper.moved("refuse", decision.now, fact.agent_id, answer=text))
    touch(situation, decision)
    decision.found("R-11", "未获核准,由受理人继续办理", "not approved: its owner goes on with it")
    decision.note("transfer_refused", agent_id=fact.agent_id, paper=str(paper.id), text=text)


def taken(situation: Situation, fact: TransferTaken, decision: Decision) -> None:
    open_case(situation)
    paper = find(situation, Transfer, fact.paper_id)
    if paper.state == "asked":
        raise Refused(
            "not_approved", "尚未核准签字,不能接收。", "It is not signed yet and cannot be taken.",
            remedy_zh="请部门负责人或其代理人核准。", remedy_en="The head or a delegate signs it first.", rule="R-11",
        )  # fmt: skip
    decision.put(paper.moved("take", decision.now, fact.agent_id, owner_id=fact.agent_id))
    touch(situation, decision)
    decision.note("transfer_taken", agent_id=fact.agent_id, paper=str(paper.id))


def answered(situation: Situation, fact: TransferAnswered, decision: Decision) -> None:
    open_case(situation)
    paper = find(situation, Transfer, fact.paper_id)
    text = words(fact.answer, "答复", "answer", "R-11")
    decision.put(paper.moved("answer", decision.now, fact.agent_id, answer=text))
    decision.cancel_timer(paper.timer("late"))
    touch(situation, decision)
    decision.note("transfer_reply", agent_id=fact.agent_id, paper=str(paper.id), text=text)


late = lateness(
    Transfer, "transfer_late", "reason", rule="R-11", zh="业务发展部未按时答复", en="business development has not answered in time"
)


def may_sign(situation: Situation, fact: PaperFact, decision: Decision, rule: str) -> str:
    """``head`` or ``delegate`` of the day, whoever signs for the department. Raises Refused."""
    if fact.role == "department_head":
        return "head"
    today = situation.office.calendar.day_of(decision.now)
    if any(d.agent_id == fact.agent_id and d.valid_from <= today <= d.valid_until for d in situation.office.delegates):
        return "delegate"
    raise Refused(
        "may_not_sign", "只有部门负责人或当日有效的指定代理人可以核准签字。",
        "Only the head, or a delegate named for today, may sign.",
        remedy_zh="请联系部门负责人;代理人在“规章”页登记。", remedy_en="Ask the head; delegates are named on the rules page.",
        rule=rule, status=403,
    )  # fmt: skip
