"""A work order (派工单): what an elder needs, on its way from the front desk through the dispatch group to the door, and back with
its signatures and the fee (F-2 to F-6, D-1 to D-9). Its number is given by the database (``db/order_numbers.py``).

This file holds the noun. How one begins: ``work_order_open``; who goes: ``work_order_dispatch``; on the way: ``work_order_field``;
papers and money: ``work_order_return``; the clock: ``work_order_time``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import IllegalMove, Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import LEADERS, find, the_case, touch
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.providers import Ranked
from callcenter.domain.roles import Role

ApprovalKind = Literal["head", "delegate", "spoken"]
FeeState = Literal["", "none", "posted", "paid"]
FRONT_DESK = frozenset({"seat", "dispatcher"}) | LEADERS
"""D-10: these rules are for the front desk and for the whole department."""
DISPATCH = frozenset({"dispatcher"}) | LEADERS
FARTHEST = timedelta(days=90)
OVER = frozenset({"completed", "settled", "archived", "cancelled"})
"""The service is over, or not wanted any more."""
BEFORE_SERVICE = frozenset({"owed", "asked", "approval", "assigned", "printed", "under_way"})

STATES_ZH = {
    "owed": "待补单", "asked": "待派工", "approval": "待审批", "assigned": "已派工", "printed": "已打印", "under_way": "已领单",
    "serving": "服务中", "completed": "已完成", "settled": "已办结", "archived": "已归档", "cancelled": "已取消",
}  # fmt: skip
MOVES: dict[str, tuple[str, str, str]] = {
    "assign": ("派工", "be assigned", "D-1"),
    "ask_approval": ("报审批", "go to approval", "F-5"),
    "approve": ("核准", "be approved", "F-5"),
    "refuse": ("不予核准", "be refused approval", "F-5"),
    "refuse_served": ("不予核准", "be refused approval", "F-5"),
    "print": ("打印", "be printed", "D-2"),
    "pick_up": ("领单", "be picked up", "D-3"),
    "arrive": ("登记到达", "arrive", "F-4"),
    "complete": ("登记完成", "be completed", "D-5"),
    "return_copy": ("收回派工单", "have a copy returned", "D-5"),
    "receive_fee": ("收费", "have its fee received", "D-5"),
    "void_receipt": ("作废票据", "have its receipt voided", "D-5"),
    "correct_fee": ("更正费用", "have its fee corrected", "D-5"),
    "settle": ("办结", "be settled", "D-5"),
    "archive": ("归档", "be archived", "D-7"),
    "take_back": ("收回改派", "be taken back", "D-1"),
    "cancel": ("取消", "be cancelled", "D-7"),
}
"""Move → what it is called, in Chinese and English, and the rule that says when it may be made."""


@dataclass(frozen=True)
class Approval:
    """F-5: before an outside or special service. ``name``: who approved, as signed or as spoken; ``recorded_by``: who wrote that
    down."""

    kind: ApprovalKind
    name: str
    at: datetime
    recorded_by: UUID
    text: str = ""


@dataclass(frozen=True)
class Incident:
    """D-4: something was not as the order says. ``measures``: what was done about it."""

    at: datetime
    by: UUID
    text: str
    urgent: bool = False
    measures: str = ""
    measures_at: datetime | None = None
    measures_by: UUID | None = None


@dataclass(frozen=True)
class Returned:
    """D-5: a copy that came back. ``lost``: it did not, and ``note`` says why."""

    at: datetime
    by: UUID
    note: str = ""
    lost: bool = False


@dataclass(frozen=True)
class Receipt:
    """A finance receipt. ``way``: cash, card, transfer, mobile. Amount in fen."""

    number: str
    amount: int
    way: str
    at: datetime
    by: UUID
    voided: str = ""
    """Why it counts no more."""


@dataclass(frozen=True, kw_only=True)
class WorkOrder(Paper):
    """``assigned_by``, ``printed_by`` …: ids of people. Money in fen, whole numbers."""

    noun: ClassVar[str] = "work_order"
    zh: ClassVar[str] = "派工单"
    # state → move → next state.
    #   owed       served first (D-9): the order is still to be written
    #   asked      the front desk has handed the need to the dispatch group
    #   approval   somebody is chosen, and the head must approve first (F-5)
    #   assigned   dispatched back to the front desk, which prints it
    #   printed    two copies lie ready; under_way: the worker has signed for them
    #   serving    at the elder's home; completed: done, copies and fee still to come; settled: nothing is missing
    moves: ClassVar[Moves] = {
        "owed": {"assign": "assigned", "ask_approval": "approval", "cancel": "cancelled"},
        "asked": {"assign": "assigned", "ask_approval": "approval", "cancel": "cancelled"},
        "approval": {
            "approve": "assigned", "refuse": "asked", "refuse_served": "owed", "take_back": "asked", "cancel": "cancelled",
        },
        "assigned": {"print": "printed", "take_back": "asked", "complete": "completed", "cancel": "cancelled"},
        "printed": {
            "print": "printed", "pick_up": "under_way", "take_back": "asked", "complete": "completed", "cancel": "cancelled",
        },
        "under_way": {
            "print": "under_way", "arrive": "serving", "complete": "completed", "take_back": "asked", "cancel": "cancelled",
        },
        "serving": {"print": "serving", "complete": "completed"},
        "completed": {
            "print": "completed", "return_copy": "completed", "receive_fee": "completed", "void_receipt": "completed",
            "correct_fee": "completed", "settle": "settled",
        },
        "settled": {"print": "settled", "void_receipt": "completed", "archive": "archived"},
        "archived": {},
        "cancelled": {},
    }  # fmt: skip
    desks: ClassVar[frozenset[Role]] = frozenset({"dispatcher", "group_leader"})

    year: int
    """Of its number: the centre's own calendar."""
    service_id: UUID
    service: str
    service_version: int
    text: str
    scheduled_for: datetime
    number: str = ""
    unit: str = ""
    special: bool = False
    supplies: tuple[str, ...] = ()
    minutes: int | None = None
    standards: str = ""
    source: Literal["request", "assignment"] = "request"
    promise_id: UUID | None = None
    serve_first: bool = False
    why_first: str = ""
    back_filled_at: datetime | None = None
    # who goes, and why they
    provider_id: UUID | None = None
    worker_id: UUID | None = None
    provider: str = ""
    worker: str = ""
    assigned_by: UUID | None = None
    assigned_at: datetime | None = None
    place: int | None = None
    """Where the rule put them; 1: they were its choice."""
    why_zh: str = ""
    why_en: str = ""
    override_reason: str = ""
    approval: Approval | None = None
    revision: int = 0
    """How often it was assigned: what is printed names it, so that an old copy is known as such."""
    # on the way
    dispatched_at: datetime | None = None
    """When it came back to the front desk: assigned, and approved where that is needed."""
    printed_at: datetime | None = None
    printed_by: UUID | None = None
    prints: int = 0
    picked_up_at: datetime | None = None
    signature: str = ""
    supplies_ready: bool = False
    arrived_at: datetime | None = None
    delay: str = ""
    late_assign: bool = False
    late_pick_up: bool = False
    late_arrive: bool = False
    exceptions: tuple[Incident, ...] = ()
    completed_at: datetime | None = None
    completed_by: UUID | None = None
    result: str = ""
    # papers and money
    original: Returned | None = None
    copy: Returned | None = None
    price: int | None = None
    """For one unit, as it held when it was assigned; None: by agreement."""
    fee: int | None = None
    fee_state: FeeState = ""
    receipts: tuple[Receipt, ...] = ()
    receipt_number: str = ""
    """Of the receipt that counts; the database has each once."""
    archived_in: str = ""
    cancelled: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether somebody must still do something. Archiving is the office's, not the order's."""
        return self.state not in ("settled", "archived", "cancelled")

    @property
    def outside(self) -> bool:
        return self.provider_id is not None

    @property
    def who(self) -> str:
        return self.provider or self.worker

    @property
    def needs_approval(self) -> bool:
        """F-5: who comes from outside, and what is special."""
        return self.outside or self.special

    @property
    def urgent(self) -> bool:
        """D-4: an urgent incident without measures."""
        return any(one.urgent and not one.measures for one in self.exceptions)

    def moved(self, move: str, now: datetime, by: UUID | None, **changes: Any) -> Self:
        """As every paper; a move that its table has not names the rule, in the words of the regulations."""
        try:
            return super().moved(move, now, by, **changes)
        except IllegalMove as error:
            zh, en, rule = MOVES[move]
            error.rule = rule
            error.zh = f"派工单{self.number}现为“{STATES_ZH[self.state]}”,不能{zh}。没有改动。"
            error.en = f"The order is {self.state.replace('_', ' ')} and cannot {en}; nothing was changed."
            raise


def require_somebody(ranked: Iterable[Ranked], service: str) -> None:
    """R-10: nobody at all can serve it, and the way is the unmet need. Raises Refused."""
    if any(one.possible and all(reason.code != "other_service" for reason in one.reasons) for one in ranked):
        return
    raise Refused(
        "no_provider", f"没有单位或人员能提供“{service}”,没有开单。", f"Nobody can provide “{service}”; no order was opened.",
        remedy_zh="请登记“暂不能满足”:致歉并建议联系他处,系统转为服务咨询并列入未满足需求。",
        remedy_en="Record the unmet need: apologise and name somebody else; it becomes a consultation and is listed.", rule="R-10",
    )  # fmt: skip


def staff(situation: Situation, fact: PaperFact, roles: frozenset[str] = FRONT_DESK) -> Case:
    """The case, if this person's post does this (D-10). Also of closed cases: copies and fees come later. Raises Refused."""
    case = the_case(situation)
    if fact.role not in roles:
        raise Refused(
            "not_your_post", "这一步由其他岗位办理。", "Another post does this.", remedy_zh="请相应岗位登录办理。",
            remedy_en="Whose post it is logs in and does it.", rule="D-10", status=403,
        )  # fmt: skip
    return case


def the_order(situation: Situation, paper_id: UUID | None) -> WorkOrder:
    return find(situation, WorkOrder, paper_id)


def keep(situation: Situation, decision: Decision, order: WorkOrder) -> WorkOrder:
    """Put it, and let consoles know."""
    touch(situation, decision)
    return decision.put(order)
