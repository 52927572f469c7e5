"""Who goes (D-1, W-7), and the approval that comes before whoever is from outside and before what is special (F-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import open_case, words
from callcenter.domain.papers.development import may_sign
from callcenter.domain.papers.work_order import (
    DISPATCH,
    Approval,
    ApprovalKind,
    WorkOrder,
    keep,
    require_somebody,
    staff,
    the_order,
)
from callcenter.domain.papers.work_order_time import cancel_timers, watch_pick_up
from callcenter.domain.providers import Candidate, rank, require_choice

SPOKEN_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class OrderAssigned(PaperFact):
    """``chosen``: a partner or one of our own workers; ``reason``: why not the rule's choice. ``candidates``: everybody, with
    their orders of late; ``prices``: in fen, of the service, by candidate."""

    paper_id: UUID | None = None
    chosen: UUID | None = None
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()
    district_id: UUID | None = None


@dataclass(frozen=True)
class OrderApproved(PaperFact):
    """By form: the head or a delegate of the day signs (``signer``)."""

    paper_id: UUID | None = None
    signer: str = ""


@dataclass(frozen=True)
class OrderApprovedAloud(PaperFact):
    """请示领导: a leader said yes. ``leader``: their name; ``at``: when; ``text``: how, and what they said."""

    paper_id: UUID | None = None
    leader_id: UUID | None = None
    leader: str = ""
    at: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class OrderNotApproved(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class OrderTakenBack(PaperFact):
    """Somebody else is to go; copies that were printed count no more."""

    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class OrderCancelled(PaperFact):
    """The elder no longer needs it, or it cannot be; ``reason`` says which, and what they were told."""

    paper_id: UUID | None = None
    reason: str = ""


def assigned(situation: Situation, fact: OrderAssigned, decision: Decision) -> None:
    open_case(situation)
    staff(situation, fact, DISPATCH)
    order, now = the_order(situation, fact.paper_id), decision.now
    order.moved("assign", now, fact.agent_id)  # may it be assigned at all?
    ranked = rank(fact.candidates, order.service_id, fact.district_id, situation.office.calendar.day_of(order.scheduled_for))
    require_somebody(ranked, order.service)
    if fact.chosen is None:
        raise Refused("choose_somebody", "请选择派给谁。", "Choose who is to go.", rule="D-1", status=422)
    choice = require_choice(ranked, fact.chosen, fact.reason)
    one = choice.candidate
    outside = one.kind == "partner"
    own_price = one.prices.get(order.service_id)
    chosen = replace(
        order, provider_id=one.id if outside else None, worker_id=None if outside else one.id,
        provider=one.name if outside else "", worker="" if outside else one.name, assigned_by=fact.agent_id, assigned_at=now,
        place=choice.place, why_zh=";".join(reason.zh for reason in choice.reasons),
        why_en="; ".join(reason.en for reason in choice.reasons), override_reason="" if choice.place == 1 else fact.reason.strip(),
        price=order.price if own_price is None else round(own_price * 100), revision=order.revision + 1, approval=None,
        back_filled_at=now if order.serve_first else None,
    )  # fmt: skip
    move = "ask_approval" if chosen.needs_approval else "assign"
    changed = chosen.moved(move, now, fact.agent_id, overdue=False, due_at=None)
    cancel_timers(decision, order, "assign", "back_fill")
    keep(situation, decision, changed)
    if choice.place == 1:
        decision.found("W-7", "按规则顺序派工", "the rule's own choice")
    else:
        decision.found("W-7", f"未按规则顺序,理由:{changed.override_reason}", f"not the rule's choice: {changed.override_reason}")
    if order.serve_first:
        decision.found("D-9", "已补派工单" + (",逾期" if order.overdue else ""), "the order was written", ok=not order.overdue)
    decision.note(
        "order_assigned", agent_id=fact.agent_id, paper=str(order.id), name=changed.who, outside=outside, place=choice.place,
        why=changed.why_zh, text=changed.override_reason,
    )  # fmt: skip
    if move == "assign":
        _dispatched(situation, decision, changed)
    else:
        decision.found("F-5", "外派或特殊服务,须先审批或请示领导", "outside or special: it waits for approval")


def approved(situation: Situation, fact: OrderApproved, decision: Decision) -> None:
    open_case(situation)
    order = the_order(situation, fact.paper_id)
    as_what = may_sign(situation, fact, decision, "F-5")
    signer = words(fact.signer, "签字人姓名", "name of who signs", "F-5")
    kind: ApprovalKind = "head" if as_what == "head" else "delegate"
    _approve(situation, fact, decision, order, Approval(kind, signer, decision.now, fact.agent_id))


def approved_aloud(situation: Situation, fact: OrderApprovedAloud, decision: Decision) -> None:
    open_case(situation)
    staff(situation, fact, DISPATCH)
    order, now = the_order(situation, fact.paper_id), decision.now
    name = words(fact.leader, "领导姓名", "leader's name", "F-5")
    if fact.leader_id is None or fact.leader_id == fact.agent_id:
        raise Refused(
            "not_oneself", "不能自己请示自己。", "Nobody asks themselves.", remedy_zh="请请示部门负责人、值班主任或当日代理人。",
            remedy_en="Ask the head, the supervisor, or a delegate of the day.", rule="F-5", status=403,
        )  # fmt: skip
    if fact.at is None or not now - SPOKEN_WITHIN <= fact.at <= now + timedelta(minutes=1):
        raise Refused(
            "approved_when", "请写明请示的时间(24小时以内,不在将来)。", "Say when it was approved: within 24 hours, not to come.",
            rule="F-5", status=422,
        )  # fmt: skip
    text = words(fact.text, "请示方式和领导意见", "how they were asked, and what they said", "F-5")
    _approve(situation, fact, decision, order, Approval("spoken", name, fact.at, fact.agent_id, text))


def not_approved(situation: Situation, fact: OrderNotApproved, decision: Decision) -> None:
    open_case(situation)
    order = the_order(situation, fact.paper_id)
    may_sign(situation, fact, decision, "F-5")
    text = words(fact.reason, "不予核准的原因", "reason", "F-5")
    move = "refuse_served" if order.serve_first else "refuse"
    changed = _unassigned(order.moved(move, decision.now, fact.agent_id))
    _clock_again(situation, decision, keep(situation, decision, changed))
    decision.found("F-5", "未获核准,由调度组另派", "not approved: the dispatch group chooses anew")
    decision.note("order_not_approved", agent_id=fact.agent_id, paper=str(order.id), name=order.who, text=text)


def taken_back(situation: Situation, fact: OrderTakenBack, decision: Decision) -> None:
    open_case(situation)
    staff(situation, fact, DISPATCH)
    order = the_order(situation, fact.paper_id)
    text = words(fact.reason, "改派的原因", "reason", "D-1")
    changed = _unassigned(order.moved("take_back", decision.now, fact.agent_id))
    if order.serve_first:
        changed = replace(changed, state="owed")
    cancel_timers(decision, order, "pick_up", "arrive")
    _clock_again(situation, decision, keep(situation, decision, changed))
    decision.found("D-1", "收回改派,原派工单作废", "taken back; what was printed counts no more")
    decision.note("order_taken_back", agent_id=fact.agent_id, paper=str(order.id), name=order.who, text=text)


def cancelled(situation: Situation, fact: OrderCancelled, decision: Decision) -> None:
    staff(situation, fact)
    order = the_order(situation, fact.paper_id)
    if order.urgent:
        raise Refused(
            "measures_first", "派工单有紧急异常尚无措施,不能取消。没有改动。",
            "An urgent incident of this order has no measures yet; nothing was changed.",
            remedy_zh="请先登记应急措施。", remedy_en="Record the measures first.", rule="D-4",
        )  # fmt: skip
    text = words(fact.reason, "取消原因和告知老人的情况", "reason, and what the elder was told", "D-7")
    cancel_timers(decision, order, "assign", "back_fill", "pick_up", "arrive", "measures")
    keep(situation, decision, order.moved("cancel", decision.now, fact.agent_id, cancelled=text, overdue=False, due_at=None))
    decision.found("D-7", "派工单取消,已写明原因", "cancelled, with its reason")
    decision.note("order_cancelled", agent_id=fact.agent_id, paper=str(order.id), text=text)


def _approve(situation: Situation, fact: PaperFact, decision: Decision, order: WorkOrder, approval: Approval) -> None:
    changed = keep(situation, decision, order.moved("approve", decision.now, fact.agent_id, approval=approval))
    how = {"head": "部门负责人签字", "delegate": "代理人签字", "spoken": "请示领导"}[approval.kind]
    decision.found("F-5", f"{how}:{approval.name}", f"approved ({approval.kind}): {approval.name}")
    decision.note(
        "order_approved", agent_id=fact.agent_id, paper=str(order.id), name=approval.name, how=approval.kind,
        until=approval.at.isoformat(), text=approval.text,
    )  # fmt: skip
    _dispatched(situation, decision, changed)


def _dispatched(situation: Situation, decision: Decision, order: WorkOrder) -> None:
    """Back to the front desk: the second hand-off of F-3."""
    changed = decision.put(replace(order, dispatched_at=decision.now))
    decision.found("F-3", "调度组已派工到前台", "dispatched back to the front desk")
    if not order.serve_first:
        watch_pick_up(situation, decision, changed)


def _unassigned(order: WorkOrder) -> WorkOrder:
    return replace(
        order, provider_id=None, worker_id=None, provider="", worker="", assigned_at=None, assigned_by=None, approval=None,
        dispatched_at=None, printed_at=None, printed_by=None, picked_up_at=None, signature="", supplies_ready=False, place=None,
        why_zh="", why_en="", override_reason="", back_filled_at=None, overdue=False, due_at=None,
    )  # fmt: skip


def _clock_again(situation: Situation, decision: Decision, order: WorkOrder) -> None:
    """Somebody must choose anew, in the same time."""
    what, rule, name = ("back_fill", "D-9", "back_fill_hours") if order.state == "owed" else ("assign", "F-3", "assign_minutes")
    due = decision.now + situation.office.span(rule, name, decision.now)
    decision.set_deadline(decision.put(replace(order, due_at=due)), what, due)
