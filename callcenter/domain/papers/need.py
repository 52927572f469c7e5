"""Needs that nobody can meet today (R-10, C-3, W-1): an apology with somebody to turn to, a list for business development, and a
call to every elder who was told no when somebody is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, own, the_case, touch, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role

Told = Literal["wanted", "not_wanted", "not_reached"]


@dataclass(frozen=True, kw_only=True)
class UnmetNeed(Paper):
    """What an elder needs and nobody offers. It outlives its case: the case may close, the elder is still called."""

    noun: ClassVar[str] = "unmet_need"
    zh: ClassVar[str] = "未满足需求"
    moves: ClassVar[Moves] = {
        "open": {"hand_over": "handed_over", "find": "to_tell"},
        "handed_over": {"find": "to_tell"},
        "to_tell": {"tell": "told", "miss": "to_tell"},
        "told": {},
    }
    desks: ClassVar[frozenset[Role]] = frozenset({"business_development"})

    service: str
    """The kind of help, as in the categories (``repair`` …), or a word of one's own."""
    text: str
    referral: str
    """C-3, W-1: whom we told the elder to turn to."""
    referral_number: str = ""
    batch: str = ""
    provider: str = ""
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True)
class NeedUnmet(PaperFact):
    paper_id: UUID | None = None
    service: str = ""
    text: str = ""
    referral: str = ""
    referral_number: str = ""


@dataclass(frozen=True)
class NeedHandedOver(PaperFact):
    """Given to business development with others, under the number of the batch."""

    paper_id: UUID | None = None
    batch: str = ""


@dataclass(frozen=True)
class SupplyFound(PaperFact):
    """Somebody offers it now; the elder is to be called. ``by_itself``: nobody said so, a provider of it came into force."""

    paper_id: UUID | None = None
    provider: str = ""
    by_itself: bool = False


@dataclass(frozen=True)
class SupplyTold(PaperFact):
    """The elder was called about it."""

    paper_id: UUID | None = None
    outcome: Told = "wanted"
    note: str = ""


def unmet(situation: Situation, fact: NeedUnmet, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    if case.category not in ("life_help", "consultation"):
        raise Refused(
            "no_unmet_emergency", "紧急救援不能登记为“暂不能满足”。", "A rescue is never an unmet need.",
            remedy_zh="请按紧急救援办理。", remedy_en="Handle it as a rescue.", rule="R-12",
        )  # fmt: skip
    if not fact.referral.strip():
        raise Refused(
            "referral_needed", "不能满足时须致歉并建议联系其他单位或个人。", "What we cannot do needs somebody to turn to.",
            remedy_zh="请填写建议联系的单位或个人。", remedy_en="Name whom the elder should ask.", rule="C-3", status=422,
        )  # fmt: skip
    assert fact.paper_id is not None
    text = words(fact.text, "需求内容", "need", "R-10")
    due = decision.now + situation.office.span("R-10", "batch_days", decision.now)
    paper = decision.put(
        UnmetNeed(
            id=fact.paper_id, case_id=case.id, state="open", opened_at=decision.now, opened_by=fact.agent_id, due_at=due,
            service=fact.service.strip() or case.subcategory or "other", text=text, referral=fact.referral.strip(),
            referral_number=fact.referral_number.strip(),
        )
    )  # fmt: skip
    decision.set_deadline(paper, "batch", due)
    touch(situation, decision)
    decision.found("C-3", f"已致歉并建议联系{paper.referral}", f"apologised, and {paper.referral} was named")
    decision.found("R-10", "无单位能满足:列入未满足需求,周例会反映", "nobody can: listed, and told at the weekly meeting")
    decision.note("need_unmet", agent_id=fact.agent_id, paper=str(paper.id), text=text, referral=paper.referral)
    if (case.category, case.subcategory) != ("consultation", "service"):
        decision.change(category="consultation", subcategory="service")
        decision.found("R-10", "按规章转为服务咨询", "becomes a consultation about services, by rule")
        decision.note("reclassified", before=f"{case.category}/{case.subcategory}", after="consultation/service", rule="R-10")


def handed_over(situation: Situation, fact: NeedHandedOver, decision: Decision) -> None:
    the_case(situation)
    paper = find(situation, UnmetNeed, fact.paper_id)
    decision.put(paper.moved("hand_over", decision.now, fact.agent_id, batch=fact.batch, overdue=False, due_at=None))
    decision.cancel_timer(paper.timer("batch"))
    touch(situation, decision)
    decision.found("R-10", "已交业务发展部", "handed to business development")
    decision.note("need_handed_over", agent_id=fact.agent_id, paper=str(paper.id), batch=fact.batch)


def found(situation: Situation, fact: SupplyFound, decision: Decision) -> None:
    case, paper = the_case(situation), find(situation, UnmetNeed, fact.paper_id)
    provider = words(fact.provider, "能提供服务的单位", "provider", "R-10")
    by = None if fact.by_itself else fact.agent_id
    due = decision.now + situation.office.span("R-10", "tell_hours", decision.now)
    paper = decision.put(
        paper.moved("find", decision.now, by, provider=provider, owner_id=case.agent_id or by, due_at=due, overdue=False)
    )
    decision.cancel_timer(paper.timer("batch"))
    decision.set_deadline(paper, "tell", due)
    touch(situation, decision)
    decision.found("R-10", "已找到服务单位,须回电告知老人", "somebody offers it: the elder is to be called")
    decision.note("supply_found", agent_id=by, paper=str(paper.id), provider=provider)


def told(situation: Situation, fact: SupplyTold, decision: Decision) -> None:
    the_case(situation)
    paper = find(situation, UnmetNeed, fact.paper_id)
    text = words(fact.note, "回电情况", "what was said", "R-10")
    move = "miss" if fact.outcome == "not_reached" else "tell"
    paper = decision.put(paper.moved(move, decision.now, fact.agent_id, outcome=fact.outcome, note=text))
    if not paper.unfinished:
        decision.cancel_timer(paper.timer("tell"))
    touch(situation, decision)
    decision.found(
        "R-10", "老人已得知" if move == "tell" else "未接通,仍须回电", "told" if move == "tell" else "not reached: still owed"
    )
    decision.note("supply_told", agent_id=fact.agent_id, paper=str(paper.id), outcome=fact.outcome, text=text)


batch_due = lateness(
    UnmetNeed, "need_late", "text", rule="R-10", zh="未按期交业务发展部", en="not handed to business development in time"
)
tell_due = lateness(UnmetNeed, "need_late", "text", rule="R-10", zh="未按时回电告知老人", en="the elder was not called in time")
