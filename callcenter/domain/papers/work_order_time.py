"""The clock of an order (F-3, D-3, D-5, D-9), and its tie to what the elder was promised (C-2): when it will be late, the desk
knows before the elder does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import TimerDue
from callcenter.domain.papers import promise
from callcenter.domain.papers.common import due_paper, touch
from callcenter.domain.papers.work_order import BEFORE_SERVICE, WorkOrder


def cancel_timers(decision: Decision, order: WorkOrder, *names: str) -> None:
    for name in names:
        decision.cancel_timer(order.timer(name))


def watch_pick_up(situation: Situation, decision: Decision, order: WorkOrder) -> None:
    """D-3: fetched soon after dispatch; one for a later day in good time before it. And the hour of the service itself."""
    span = situation.office.span("D-3", "pick_up_minutes", decision.now)
    due = max(decision.now + span, order.scheduled_for - span)
    changed = decision.put(replace(order, due_at=due, overdue=False))
    decision.set_deadline(changed, "pick_up", due)
    decision.set_deadline(changed, "arrive", max(order.scheduled_for, decision.now + timedelta(seconds=1)))


def assign_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    order = due_paper(situation, WorkOrder, fact.data)
    if order is not None and order.state == "asked" and not order.overdue:
        warn_promise(situation, decision, order)
        _late(situation, decision, replace(order, late_assign=True), "F-3", "调度组未按时派工", "not dispatched in time")


def back_fill_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    order = due_paper(situation, WorkOrder, fact.data)
    if order is not None and order.state == "owed" and not order.overdue:
        _late(situation, decision, order, "D-9", "先服务后补单:逾期未补", "served first, and the order is still missing")


def pick_up_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    order = due_paper(situation, WorkOrder, fact.data)
    if order is not None and order.state in ("assigned", "printed") and not order.late_pick_up:
        warn_promise(situation, decision, order)
        _late(situation, decision, replace(order, late_pick_up=True), "D-3", "未按时领取派工单", "not picked up in time")


def arrive_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    order = due_paper(situation, WorkOrder, fact.data)
    if order is not None and order.state in BEFORE_SERVICE and order.arrived_at is None and not order.late_arrive:
        warn_promise(situation, decision, order)
        _late(situation, decision, replace(order, late_arrive=True), "D-3", "到约定时间尚未到达", "not there at the agreed time")


def return_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    order = due_paper(situation, WorkOrder, fact.data)
    if order is not None and order.state == "completed" and not order.overdue:
        _late(situation, decision, order, "D-5", "派工单或费用逾期未交回", "copies or fee are overdue")


def measures_late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """Nobody has done anything about an urgent incident: the leaders are paged again, and the head with them."""
    order = due_paper(situation, WorkOrder, fact.data)
    if order is None or not order.urgent:
        return
    again = decision.now + situation.office.span("D-4", "measures_minutes", decision.now)
    text = f"再次催办:派工单{order.number}({order.service})紧急异常尚无措施。"
    decision.page(("group_leader", "supervisor", "department_head"), text, again)
    decision.set_deadline(order, "measures", again)
    touch(situation, decision)
    decision.found("D-4", "紧急异常尚无应急措施,再次报告主管领导", "no measures yet: the leaders are paged again", ok=False)
    decision.note("order_page_again", paper=str(order.id))


def promise_moved(situation: Situation, fact: promise.PromiseMoved, decision: Decision) -> None:
    """The elder agreed on another time: the order that keeps the promise goes by it."""
    promise.moved(situation, fact, decision)
    for order in situation.papers_of(WorkOrder):
        if order.promise_id != fact.paper_id or order.state not in BEFORE_SERVICE or fact.due_at is None:
            continue
        changed = decision.put(replace(order, scheduled_for=fact.due_at, late_arrive=False, late_pick_up=False))
        if order.state in ("assigned", "printed") and not order.serve_first:
            watch_pick_up(situation, decision, changed)
        elif order.state == "under_way":
            decision.set_deadline(decision.put(replace(changed, due_at=fact.due_at, overdue=False)), "arrive", fact.due_at)
        decision.note("order_moved", agent_id=fact.agent_id, paper=str(order.id), until=fact.due_at.isoformat())


def warn_promise(situation: Situation, decision: Decision, order: WorkOrder) -> None:
    """C-2: it may be late, so whoever promised calls first."""
    kept = _promise(situation, decision, order)
    if kept is not None and not kept.warned:
        decision.put(replace(kept, warned=True))
        decision.note("promise_soon", paper=str(kept.id), text=kept.text)


def keep_promise(situation: Situation, decision: Decision, order: WorkOrder) -> None:
    """Somebody is there: what was promised is kept, late or not."""
    kept = _promise(situation, decision, order)
    if kept is not None:
        promise.keep(decision, kept, None, f"派工单{order.number} {order.who}")


def _promise(situation: Situation, decision: Decision, order: WorkOrder) -> promise.Promise | None:
    papers = {paper.id: paper for paper in (*situation.papers, *decision.papers.values())}
    found = papers.get(order.promise_id) if order.promise_id else None
    return found if isinstance(found, promise.Promise) and found.unfinished else None


def _late(situation: Situation, decision: Decision, order: WorkOrder, rule: str, zh: str, en: str) -> None:
    decision.put(replace(order, overdue=True))
    touch(situation, decision)
    decision.found(rule, zh, en, ok=False)
    decision.note("order_late", paper=str(order.id), rule=rule, service=order.service, name=order.who)
