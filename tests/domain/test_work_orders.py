"""No path to a completed order skips assignment or approval: random days at the dispatch desk, and the articles read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.decision import Delegate
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers import promise
from callcenter.domain.papers import work_order as orders
from callcenter.domain.papers import work_order_dispatch as dispatch
from callcenter.domain.papers import work_order_field as field_
from callcenter.domain.papers import work_order_open as begin
from callcenter.domain.papers import work_order_return as back
from callcenter.domain.providers import Candidate
from domain.orders import SERVICE
from domain.test_closure import CASE, HEAD, LI, opened
from domain.world import AGENT, World

LUO = (UUID(int=51), "dispatcher", None)
GUO = (UUID(int=52), "finance", None)
ORDER = UUID(int=70)
WORKER, FIRM = UUID(int=81), UUID(int=82)
EVERYBODY = (
    Candidate(WORKER, "RY1", "赖水生", "worker", {SERVICE: None}),
    Candidate(FIRM, "DW1", "老钟维修", "partner", {SERVICE: Decimal(45)}, contract_from=date(2020, 1, 1)),
)
SPECIAL, PLAIN = (begin.Offer(SERVICE, 1, name, "次", 3000, special=name == "助浴") for name in ("助浴", "水电维修"))


class Day:
    """What people may try; each either happens or is refused, names its rule, and changes nothing."""

    def __init__(self, world: World, service: begin.Offer) -> None:
        self.world, self.service = world, service

    def kept(self) -> tuple[object, ...]:
        return dict(self.world.cases), dict(self.world.papers), dict(self.world.timers), len(self.world.journal[CASE])

    def do(self, fact: PaperFact) -> None:
        before = self.kept()
        try:
            self.world.tell(fact)
        except Refused as refusal:
            why = refusal
        else:
            return
        assert why.rule or why.status == 404, f"a refusal of an order names its rule: {why.code}"
        assert before == self.kept(), "a refusal changes nothing"


STEPS: dict[str, Callable[[Day], None]] = {
    "open": lambda d: d.do(begin.OrderOpened(*LI, CASE, ORDER, d.service, "要人来", None, EVERYBODY)),
    "serve_first": lambda d: d.do(begin.ServedFirst(*LI, CASE, ORDER, d.service, "要人来", "家中进水")),
    "promise": lambda d: d.do(promise.PromiseMade(*LI, CASE, UUID(int=71), "immediate", None, "马上到")),
    "assign": lambda d: d.do(dispatch.OrderAssigned(*LUO, CASE, ORDER, WORKER, "", EVERYBODY)),
    "assign_firm": lambda d: d.do(dispatch.OrderAssigned(*LUO, CASE, ORDER, FIRM, "老人指定要他", EVERYBODY)),
    "assign_silent": lambda d: d.do(dispatch.OrderAssigned(*LUO, CASE, ORDER, FIRM, "", EVERYBODY)),
    "assign_by_seat": lambda d: d.do(dispatch.OrderAssigned(*LI, CASE, ORDER, WORKER, "", EVERYBODY)),
    "approve": lambda d: d.do(dispatch.OrderApproved(*HEAD, CASE, ORDER, "廖美玲")),
    "approve_delegate": lambda d: d.do(dispatch.OrderApproved(AGENT["8002"], "seat", None, CASE, ORDER, "刘慧")),
    "approve_nobody": lambda d: d.do(dispatch.OrderApproved(*LUO, CASE, ORDER, "罗")),
    "aloud": lambda d: d.do(dispatch.OrderApprovedAloud(*LUO, CASE, ORDER, HEAD[0], "廖美玲", d.world.now, "电话同意")),
    "aloud_oneself": lambda d: d.do(dispatch.OrderApprovedAloud(*LUO, CASE, ORDER, LUO[0], "罗", d.world.now, "同意")),
    "not_approved": lambda d: d.do(dispatch.OrderNotApproved(*HEAD, CASE, ORDER, "先用自己人")),
    "take_back": lambda d: d.do(dispatch.OrderTakenBack(*LUO, CASE, ORDER, "病假")),
    "cancel": lambda d: d.do(dispatch.OrderCancelled(*LI, CASE, ORDER, "不要了")),
    "print": lambda d: d.do(field_.OrderPrinted(*LI, CASE, ORDER)),
    "pick_up": lambda d: d.do(field_.OrderPickedUp(*LI, CASE, ORDER, "赖水生")),
    "arrive": lambda d: d.do(field_.OrderArrived(*LI, CASE, ORDER)),
    "delay": lambda d: d.do(field_.OrderDelayed(*LI, CASE, ORDER, "堵车")),
    "incident": lambda d: d.do(field_.IncidentReported(*LI, CASE, ORDER, "头晕", urgent=True)),
    "measures": lambda d: d.do(field_.MeasuresTaken(*LUO, CASE, ORDER, 1, "已送医")),
    "complete": lambda d: d.do(field_.OrderCompleted(*LI, CASE, ORDER, "修好", 3000)),
    "original": lambda d: d.do(back.CopyReturned(*LUO, CASE, ORDER, "original")),
    "copy": lambda d: d.do(back.CopyReturned(*LI, CASE, ORDER, "copy")),
    "pay": lambda d: d.do(back.FeeReceived(*GUO, CASE, ORDER, "A1", 3000)),
    "correct": lambda d: d.do(back.FeeCorrected(*LUO, CASE, ORDER, 2000, "多填")),
    "void": lambda d: d.do(back.ReceiptVoided(*GUO, CASE, ORDER, "打错")),
    "archive": lambda d: d.do(back.OrderArchived(*LUO, CASE, ORDER, "2026-11")),
    "minutes": lambda d: d.world.pass_time(1200.0, 600.0),
    "day": lambda d: d.world.pass_time(86_400.0, 21_600.0),
}
WAY = ("open", "assign", "assign_firm", "approve", "aloud", "print", "pick_up", "arrive", "complete", "original", "copy", "pay")
POOLS = (tuple(sorted(STEPS)), WAY, (*WAY, "take_back", "not_approved", "serve_first", "minutes"))
DAYS = st.sampled_from(POOLS).flatmap(lambda pool: st.lists(st.sampled_from(pool), max_size=18))
SERVED = ("completed", "settled", "archived")


def lawful(order: orders.WorkOrder, done: list[str]) -> None:
    """The articles, in other words than those that decide."""
    assert order.provider_id is None or order.worker_id is None, "one goes, not two"
    if order.state in ("assigned", "printed", "under_way", "serving", *SERVED):
        assert order.provider_id or order.worker_id, "派工五、六"
        assert order.place == 1 or order.override_reason, "W-7"
        if order.provider_id == FIRM or order.service == "助浴":
            assert order.approval is not None, "流程五 外派及特殊服务先审批"
            assert order.dispatched_at is not None
            assert order.approval.at <= order.dispatched_at, "先审批,再派工"
    if order.state in ("under_way", "serving") or (order.state in SERVED and not order.serve_first):
        assert order.picked_up_at, "派工三 领单"
        assert order.prints, "派工二 打印"
    if order.state in ("settled", "archived"):
        assert order.original, "派工五 原件"
        assert order.copy, "派工五 复印件"
        assert order.fee_state == "none" or order.receipt_number, "派工五 财务"
    if order.serve_first:
        assert "serve_first" in done, "派工九"


@pytest.mark.rule("F-5", "D-1", "D-3", "D-5", "D-7", "W-7")
@settings(max_examples=300, deadline=None)
@given(DAYS, st.booleans(), st.booleans())
def test_no_path_to_a_completed_order_skips_assignment_or_approval(steps: list[str], special: bool, delegate: bool) -> None:
    world = opened()
    if delegate:
        today = world.office.calendar.day_of(world.now)
        named = Delegate(AGENT["8002"], "刘慧", today, today + timedelta(days=1))
        world.office = replace(world.office, delegates=(named,))
    day = Day(world, SPECIAL if special else PLAIN)
    done: list[str] = []
    for step in steps:
        world.later(1)
        STEPS[step](day)
        done.append(step)
        for paper in world.papers.values():
            if isinstance(paper, orders.WorkOrder):
                lawful(paper, done)


def test_the_whole_way_is_reached() -> None:
    """The walk above is not all refusals."""
    world = opened()
    day = Day(world, PLAIN)
    for step in ("promise", "open", "assign", "print", "pick_up", "arrive", "complete", "original", "copy", "pay", "archive"):
        world.later(1)
        STEPS[step](day)
    order = world.papers[ORDER]
    assert isinstance(order, orders.WorkOrder)
    assert order.state == "archived"
    assert not [kind for kind in world.timers if "work_order" in str(kind)], "an order that is over has no clock"
