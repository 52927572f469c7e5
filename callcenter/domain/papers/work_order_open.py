"""How an order begins: the front desk hands a need to the dispatch group (F-3, R-10), or somebody is there already (D-9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import own, the_case, words
from callcenter.domain.papers.promise import Promise
from callcenter.domain.papers.work_order import FARTHEST, WorkOrder, require_somebody
from callcenter.domain.providers import REASON_LEAST, Candidate, rank


@dataclass(frozen=True)
class Offer:
    """A service of the catalogue as it holds on the day. ``price``: of a unit, in fen; None: by agreement."""

    service_id: UUID
    version: int
    name: str
    unit: str = ""
    price: int | None = None
    special: bool = False
    supplies: tuple[str, ...] = ()
    minutes: int | None = None
    standards: str = ""


@dataclass(frozen=True)
class OrderOpened(PaperFact):
    """The front desk hands a need to the dispatch group (F-3). ``scheduled_for`` None: as was promised, else at once.
    ``candidates``: everybody who may be sent, as read for this."""

    paper_id: UUID | None = None
    service: Offer | None = None
    text: str = ""
    scheduled_for: datetime | None = None
    candidates: tuple[Candidate, ...] = ()
    district_id: UUID | None = None


@dataclass(frozen=True)
class ServedFirst(PaperFact):
    """D-9: somebody is there already; the order follows. ``reason``: what the emergency is."""

    paper_id: UUID | None = None
    service: Offer | None = None
    text: str = ""
    reason: str = ""
    served_at: datetime | None = None


def opened(situation: Situation, fact: OrderOpened, decision: Decision) -> None:
    case, now = own(situation, fact, "dispatcher"), decision.now
    if _told_twice(situation, fact.paper_id):
        return
    promise = _promise_of(situation)
    at = fact.scheduled_for or (promise.due_at if promise is not None and promise.due_at and promise.due_at > now else None)
    at = at or now + situation.office.span("C-2", "immediate_minutes", now)
    if not now - timedelta(minutes=5) <= at <= now + FARTHEST:
        raise Refused(
            "order_needs_time", "服务时间须在现在之后、90天以内。", "The time of the service must lie within the next 90 days.",
            rule="C-2", status=422,
        )  # fmt: skip
    order = _new(situation, fact, decision, "asked", at, promise)
    require_somebody(rank(fact.candidates, order.service_id, fact.district_id, situation.office.calendar.day_of(at)), order.service)
    decision.put(order)
    due = now + situation.office.span("F-3", "assign_minutes", now)
    decision.set_deadline(decision.put(replace(order, due_at=due)), "assign", due)
    decision.case = case
    if case.category not in (None, "life_help") and case.source != "assignment":
        decision.found("R-3", "非生活帮助类求助件开出派工单", "an order for a case of another category", ok=True)
    decision.found("R-10", "有单位可派,已向调度组发出", "somebody can serve: handed to the dispatch group")
    decision.found("F-3", "前台已将需求发至调度组,开始计时", "the front desk has handed it over; the clock runs")
    decision.note("order_opened", agent_id=fact.agent_id, paper=str(order.id), service=order.service, until=at.isoformat())


def served_first(situation: Situation, fact: ServedFirst, decision: Decision) -> None:
    case, now = own(situation, fact, "dispatcher"), decision.now
    if _told_twice(situation, fact.paper_id):
        return
    reason = fact.reason.strip()
    if len(reason) < REASON_LEAST:
        raise Refused(
            "serve_first_why", "先服务后补单只限紧急情况,请写明紧急情况。没有登记。",
            "Only in an emergency is the order written afterwards: say what it is. Nothing was registered.",
            remedy_zh="不紧急的,请正常派工。", remedy_en="Otherwise open an order first.", rule="D-9", status=422,
        )  # fmt: skip
    at = fact.served_at or now
    if not now - timedelta(days=3) <= at <= now + timedelta(minutes=5):
        raise Refused("served_when", "服务时间须在三天以内。", "The service must lie within three days.", rule="D-9", status=422)
    due = now + situation.office.span("D-9", "back_fill_hours", now)
    order = replace(
        _new(situation, fact, decision, "owed", at, _promise_of(situation)), serve_first=True, why_first=reason, due_at=due
    )
    decision.set_deadline(decision.put(order), "back_fill", due)
    decision.case = case
    decision.found("D-9", "紧急情况,先服务后补单,已开始计时", "an emergency: served first, the order is owed and timed")
    decision.note("order_owed", agent_id=fact.agent_id, paper=str(order.id), service=order.service, text=reason)


def _new(
    situation: Situation, fact: OrderOpened | ServedFirst, decision: Decision, state: str, at: datetime, promise: Promise | None
) -> WorkOrder:
    case, service = the_case(situation), fact.service
    if service is None or fact.paper_id is None:
        raise Refused("no_such_service", "没有这项服务。", "There is no such service.", rule="D-1", status=404)
    return WorkOrder(
        id=fact.paper_id, case_id=case.id, state=state, opened_at=decision.now, opened_by=fact.agent_id,
        year=situation.office.calendar.day_of(decision.now).year, service_id=service.service_id, service=service.name,
        service_version=service.version, unit=service.unit, special=service.special, supplies=service.supplies,
        minutes=service.minutes, standards=service.standards[:400], price=service.price, scheduled_for=at,
        text=words(fact.text or case.summary or "", "需求", "need", "F-3")[:1000],
        source="assignment" if case.source == "assignment" else "request", promise_id=promise.id if promise else None,
    )  # fmt: skip


def _promise_of(situation: Situation) -> Promise | None:
    """What the elder was promised, and no other order serves already."""
    taken = {order.promise_id for order in situation.papers_of(WorkOrder) if order.state != "cancelled"}
    return next((one for one in reversed(situation.papers_of(Promise)) if one.unfinished and one.id not in taken), None)


def _told_twice(situation: Situation, paper_id: UUID | None) -> bool:
    return any(paper.id == paper_id for paper in situation.papers)
