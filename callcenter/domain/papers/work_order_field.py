"""From the printer to the door and back: copies, signature, supplies, arrival, what went wrong, and that it is done (F-4, D-2 to
D-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers import follow_up
from callcenter.domain.papers.common import words
from callcenter.domain.papers.fee import check_fee
from callcenter.domain.papers.work_order import (
    DISPATCH,
    FARTHEST,
    OVER,
    Incident,
    keep,
    staff,
    the_order,
)
from callcenter.domain.papers.work_order_return import settle
from callcenter.domain.papers.work_order_time import cancel_timers, keep_promise, warn_promise

PAGED = ("group_leader", "supervisor")


@dataclass(frozen=True)
class OrderPrinted(PaperFact):
    """Two copies, 原件 and 复印件, went to the printer."""

    paper_id: UUID | None = None


@dataclass(frozen=True)
class OrderPickedUp(PaperFact):
    """``signature``: who signed for it; ``supplies``: what was looked at and is there."""

    paper_id: UUID | None = None
    signature: str = ""
    supplies: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderArrived(PaperFact):
    """They are at the door."""

    paper_id: UUID | None = None


@dataclass(frozen=True)
class OrderDelayed(PaperFact):
    """They say that it will be late: the desk knows, and calls the elder first. ``until``: when they will be there."""

    paper_id: UUID | None = None
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class IncidentReported(PaperFact):
    """D-4: not as the order says. ``urgent``: the leader is paged."""

    paper_id: UUID | None = None
    text: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class MeasuresTaken(PaperFact):
    """``place``: which incident, from 1."""

    paper_id: UUID | None = None
    place: int = 1
    text: str = ""


@dataclass(frozen=True)
class OrderCompleted(PaperFact):
    """``fee``: what the elder owes, in fen; 0: nothing."""

    paper_id: UUID | None = None
    result: str = ""
    fee: int = 0
    completed_at: datetime | None = None


def printed(situation: Situation, fact: OrderPrinted, decision: Decision) -> None:
    staff(situation, fact)
    order = the_order(situation, fact.paper_id)
    keep(
        situation, decision,
        order.moved("print", decision.now, fact.agent_id, printed_at=order.printed_at or decision.now,
                    printed_by=order.printed_by or fact.agent_id, prints=order.prints + 1),
    )  # fmt: skip
    decision.found("D-2", "派工单一式两份已打印", "two copies were printed")
    decision.note("order_printed", agent_id=fact.agent_id, paper=str(order.id), count=order.prints + 1)


def picked_up(situation: Situation, fact: OrderPickedUp, decision: Decision) -> None:
    staff(situation, fact)
    order = the_order(situation, fact.paper_id)
    if order.state == "assigned":
        raise Refused(
            "not_printed", "派工单尚未打印,不能领单。", "The order is not printed yet and cannot be picked up.",
            remedy_zh="请先打印一式两份,服务员持单入户。", remedy_en="Print both copies first.", rule="F-4",
        )  # fmt: skip
    signature = words(fact.signature, "领单人签名", "signature", "D-3")[:40]
    missing = [one for one in order.supplies if one not in fact.supplies]
    if missing:
        raise Refused(
            "supplies_missing", f"服务用品未备齐:{'、'.join(missing)}。没有领单。",
            f"Supplies are not ready: {', '.join(missing)}. It was not picked up.",
            remedy_zh="请逐项备齐并勾选。", remedy_en="Get each ready and tick it.", rule="D-3", status=422,
        )  # fmt: skip
    late = order.late_pick_up
    changed = order.moved(
        "pick_up", decision.now, fact.agent_id, picked_up_at=decision.now, signature=signature, supplies_ready=True, overdue=False,
        due_at=order.scheduled_for,
    )  # fmt: skip
    cancel_timers(decision, order, "pick_up")
    keep(situation, decision, changed)
    decision.found("D-3", f"{signature}已领单,用品备齐" + (",逾期领单" if late else ""), f"picked up by {signature}", ok=not late)
    decision.note("order_picked_up", agent_id=fact.agent_id, paper=str(order.id), name=signature)


def arrived(situation: Situation, fact: OrderArrived, decision: Decision) -> None:
    staff(situation, fact)
    order = the_order(situation, fact.paper_id)
    changed = order.moved("arrive", decision.now, fact.agent_id, arrived_at=decision.now, overdue=False, due_at=None)
    cancel_timers(decision, order, "arrive")
    keep(situation, decision, changed)
    keep_promise(situation, decision, changed)
    decision.found("F-4", "服务员持单入户", "at the door with the order")
    decision.note("order_arrived", agent_id=fact.agent_id, paper=str(order.id), name=order.who)


def delayed(situation: Situation, fact: OrderDelayed, decision: Decision) -> None:
    staff(situation, fact)
    order = the_order(situation, fact.paper_id)
    if order.state in OVER or order.state == "serving":
        order.moved("arrive", decision.now, fact.agent_id)  # says what is wrong with it
        raise AssertionError("a finished order does not arrive")
    text = words(fact.reason, "延误原因", "reason", "D-3")
    if fact.until is not None and not decision.now < fact.until <= decision.now + FARTHEST:
        raise Refused("delayed_until", "请填写预计到达的时间。", "Say when they will be there.", rule="D-3", status=422)
    keep(situation, decision, replace(order, delay=text[:200]))
    warn_promise(situation, decision, order)
    decision.found("C-2", "可能来不及,已提醒前台先致电老人", "it will be late: the desk is told to call first", ok=False)
    decision.note(
        "order_delayed",
        agent_id=fact.agent_id,
        paper=str(order.id),
        text=text,
        until=fact.until.isoformat() if fact.until else None,
    )


def incident(situation: Situation, fact: IncidentReported, decision: Decision) -> None:
    staff(situation, fact)
    order, now = the_order(situation, fact.paper_id), decision.now
    if order.state in ("settled", "archived", "cancelled"):
        raise Refused("order_over", "派工单已办结,不能再登记异常。", "The order is settled.", rule="D-4")
    text = words(fact.text, "异常情况", "incident", "D-4")[:1000]
    changed = keep(
        situation, decision, replace(order, exceptions=(*order.exceptions, Incident(now, fact.agent_id, text, fact.urgent)))
    )
    decision.note("order_incident", agent_id=fact.agent_id, paper=str(order.id), text=text, urgent=fact.urgent, name=order.who)
    if fact.urgent:
        due = now + situation.office.span("D-4", "measures_minutes", now)
        decision.page(PAGED, f"紧急:派工单{order.number}({order.service},{order.who}){text}", due)
        decision.set_deadline(changed, "measures", due)
        decision.found("D-4", "紧急异常,已立即报告主管领导", "urgent: the leaders are paged at once")
    else:
        decision.found("D-4", "异常已向调度组反映", "told to the dispatch group")


def measures(situation: Situation, fact: MeasuresTaken, decision: Decision) -> None:
    staff(situation, fact, DISPATCH)
    order = the_order(situation, fact.paper_id)
    if not 1 <= fact.place <= len(order.exceptions):
        raise Refused("no_such_incident", "没有这条异常。", "There is no such incident.", rule="D-4", status=404)
    text = words(fact.text, "应急措施", "measures", "D-4")[:1000]
    if order.exceptions[fact.place - 1].measures:
        raise Refused(
            "measures_taken", "这条异常的措施已经登记,没有改动。", "Its measures are on record; nothing was changed.",
            remedy_zh="有新情况的,请另登记一条异常。", remedy_en="Report what is new as another incident.", rule="D-4",
        )  # fmt: skip
    changed = list(order.exceptions)
    done = replace(changed[fact.place - 1], measures=text, measures_at=decision.now, measures_by=fact.agent_id)
    changed[fact.place - 1] = done
    after = keep(situation, decision, replace(order, exceptions=tuple(changed)))
    if not after.urgent:
        cancel_timers(decision, order, "measures")
    decision.found("D-4", "应急措施已记录", "the measures are recorded")
    settle(situation, decision, after, fact)
    decision.note("order_measures", agent_id=fact.agent_id, paper=str(order.id), text=text)


def completed(situation: Situation, fact: OrderCompleted, decision: Decision) -> None:
    staff(situation, fact)
    order, now = the_order(situation, fact.paper_id), decision.now
    if order.state in ("assigned", "printed") and not order.serve_first:
        raise Refused(
            "not_picked_up", "尚未领单,不能登记完成:先填派工单,再进行服务。",
            "It was not picked up: the order comes before the service.",
            remedy_zh="请先打印、领单;紧急情况已先服务的,登记“先服务后补单”。",
            remedy_en="Print it and have it signed for; what was served first is registered as such.", rule="D-7",
        )  # fmt: skip
    fee = check_fee(situation, decision, fact.fee)
    at = fact.completed_at or now
    if not now - timedelta(days=3) <= at <= now + timedelta(minutes=1):
        raise Refused(
            "completed_when", "完成时间须在三天以内,不在将来。", "Within three days, not to come.", rule="D-5", status=422
        )
    if order.picked_up_at is not None and at < order.picked_up_at - timedelta(minutes=1):
        raise Refused(
            "completed_before", "完成时间早于领单时间。没有登记。",
            "It cannot be done before it was picked up; nothing was recorded.",
            remedy_zh="请核对完成时间。", remedy_en="Check the time.", rule="D-5", status=422,
        )  # fmt: skip
    result = words(fact.result, "服务结果", "result", "D-5")[:1000]
    due = now + situation.office.span("D-5", "return_hours", now)
    changed = order.moved(
        "complete", now, fact.agent_id, completed_at=at, completed_by=fact.agent_id, result=result, fee=fee,
        fee_state="posted" if fee else "none", arrived_at=order.arrived_at or at, overdue=False, due_at=due,
    )  # fmt: skip
    cancel_timers(decision, order, "pick_up", "arrive")
    decision.set_deadline(keep(situation, decision, changed), "return", due)
    keep_promise(situation, decision, changed)
    follow_up.owed(situation, decision, kind="service", order_id=order.id, at=at)  # F-6, V-1
    decision.found("D-5", "服务完毕,等待收回派工单" + ("并收费" if fee else ""), "done; copies" + (" and fee" if fee else ""))
    decision.note("order_completed", agent_id=fact.agent_id, paper=str(order.id), text=result, fee=fee, name=order.who)
