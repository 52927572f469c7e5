"""After the service: the original to the dispatch group, the copy to the front desk, the fee to finance (D-5), and the monthly
archive (D-7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import words
from callcenter.domain.papers.fee import check_fee
from callcenter.domain.papers.work_order import DISPATCH, FRONT_DESK, Receipt, Returned, WorkOrder, keep, staff, the_order
from callcenter.domain.papers.work_order_time import cancel_timers

Which = Literal["original", "copy"]
FINANCE = frozenset({"finance"})


@dataclass(frozen=True)
class CopyReturned(PaperFact):
    """``lost``: it did not come back, and ``note`` says why."""

    paper_id: UUID | None = None
    which: Which = "original"
    note: str = ""
    lost: bool = False


@dataclass(frozen=True)
class FeeReceived(PaperFact):
    """``receipt_number``: of finance's own receipt; ``amount`` in fen must be what was posted."""

    paper_id: UUID | None = None
    receipt_number: str = ""
    amount: int = 0
    way: str = "cash"


@dataclass(frozen=True)
class FeeCorrected(PaperFact):
    """What was posted was wrong, and nothing is paid yet; ``fee`` in fen."""

    paper_id: UUID | None = None
    fee: int = 0
    reason: str = ""


@dataclass(frozen=True)
class ReceiptVoided(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class OrderArchived(PaperFact):
    """Into the file of a month (``2026-11``), together with that month's others."""

    paper_id: UUID | None = None
    month: str = ""


def copy_returned(situation: Situation, fact: CopyReturned, decision: Decision) -> None:
    staff(situation, fact, DISPATCH if fact.which == "original" else FRONT_DESK)
    order = the_order(situation, fact.paper_id)
    if (order.original if fact.which == "original" else order.copy) is not None:
        raise Refused("copy_is_back", "这一联已经收回。", "This copy is back already.", rule="D-5")
    note = words(fact.note, "遗失原因", "reason", "D-5")[:200] if fact.lost else fact.note.strip()[:200]
    changed = order.moved(
        "return_copy", decision.now, fact.agent_id, **{fact.which: Returned(decision.now, fact.agent_id, note, fact.lost)}
    )
    zh = "原件交调度组" if fact.which == "original" else "复印件交前台"
    decision.found("D-5", zh + (",已遗失并说明" if fact.lost else ""), f"the {fact.which} is back", ok=not fact.lost)
    settle(situation, decision, keep(situation, decision, changed), fact)
    decision.note(f"order_{fact.which}", agent_id=fact.agent_id, paper=str(order.id), text=note, lost=fact.lost)


def fee_received(situation: Situation, fact: FeeReceived, decision: Decision) -> None:
    staff(situation, fact, FINANCE)
    order = the_order(situation, fact.paper_id)
    number = words(fact.receipt_number, "财务票据号", "number of the receipt", "D-5")[:40]
    receipt = Receipt(number, fact.amount, fact.way, decision.now, fact.agent_id)
    changed = order.moved(
        "receive_fee", decision.now, fact.agent_id, receipts=(*order.receipts, receipt), fee_state="paid", receipt_number=number
    )
    if order.fee_state != "posted":
        paid = order.fee_state == "paid"
        raise Refused(
            "nothing_to_pay", "这张派工单已收费。" if paid else "这张派工单没有应收费用。",
            "This order is paid already." if paid else "This order has nothing to pay.", rule="D-5",
        )  # fmt: skip
    if fact.amount != order.fee:
        raise Refused(
            "fee_differs", f"实收与登记的费用不符:应收 {(order.fee or 0) / 100:.2f} 元。没有登记。",
            f"Not what was posted: {(order.fee or 0) / 100:.2f} yuan. Nothing was recorded.",
            remedy_zh="请与调度组核对;费用有误的由调度组更正。", remedy_en="Check with the dispatch group.", rule="D-5", status=422,
        )  # fmt: skip
    decision.found("D-5", f"财务已收费,票据号{number}", f"finance has the fee: {number}")
    settle(situation, decision, keep(situation, decision, changed), fact)
    decision.note("order_paid", agent_id=fact.agent_id, paper=str(order.id), number=number, fee=fact.amount, way=fact.way)


def fee_corrected(situation: Situation, fact: FeeCorrected, decision: Decision) -> None:
    staff(situation, fact, DISPATCH)
    order = the_order(situation, fact.paper_id)
    text = words(fact.reason, "更正的原因", "reason", "D-5")[:200]
    fee = check_fee(situation, decision, fact.fee)
    changed = order.moved("correct_fee", decision.now, fact.agent_id, fee=fee, fee_state="posted" if fee else "none")
    if order.fee_state == "paid":
        raise Refused(
            "fee_is_paid", "已收费,不能更正。", "It is paid and cannot be corrected.", remedy_zh="请财务先作废票据。",
            remedy_en="Finance voids the receipt first.", rule="D-5",
        )  # fmt: skip
    decision.found("D-5", "费用已更正,原数和原因留存", "the fee was corrected; what it was stays on record")
    settle(situation, decision, keep(situation, decision, changed), fact)
    decision.note("order_fee_corrected", agent_id=fact.agent_id, paper=str(order.id), before=order.fee, fee=fee, text=text)


def receipt_voided(situation: Situation, fact: ReceiptVoided, decision: Decision) -> None:
    """A mistake of finance's: the receipt stays on record as void, and the fee is owed again."""
    staff(situation, fact, FINANCE)
    order = the_order(situation, fact.paper_id)
    text = words(fact.reason, "作废原因", "reason", "D-5")[:200]
    if order.fee_state != "paid":
        raise Refused("no_receipt", "这张派工单没有有效票据。", "This order has no receipt that counts.", rule="D-5")
    changed = order.moved(
        "void_receipt", decision.now, fact.agent_id, receipts=(*order.receipts[:-1], replace(order.receipts[-1], voided=text)),
        fee_state="posted", receipt_number="", done_at=None, done_by=None,
        due_at=decision.now + situation.office.span("D-5", "return_hours", decision.now),
    )  # fmt: skip
    keep(situation, decision, changed)
    decision.set_deadline(changed, "return", changed.due_at or decision.now)
    decision.found("D-5", "票据作废,费用待收", "the receipt is void; the fee is owed again", ok=False)
    decision.note("order_receipt_void", agent_id=fact.agent_id, paper=str(order.id), number=order.receipt_number, text=text)


def archived(situation: Situation, fact: OrderArchived, decision: Decision) -> None:
    staff(situation, fact, DISPATCH)
    order = the_order(situation, fact.paper_id)
    keep(situation, decision, order.moved("archive", decision.now, fact.agent_id, archived_in=fact.month))
    decision.found("D-7", f"归入{fact.month}", f"filed in {fact.month}")
    decision.note("order_archived", agent_id=fact.agent_id, paper=str(order.id), month=fact.month)


def settle(situation: Situation, decision: Decision, order: WorkOrder, fact: PaperFact) -> None:
    """Nothing is missing any more: both copies, the fee, and the measures against what was urgent (D-4)."""
    if order.state != "completed" or order.urgent or not (order.original and order.copy and order.fee_state in ("none", "paid")):
        return
    now = decision.now
    keep(
        situation,
        decision,
        order.moved("settle", now, fact.agent_id, done_at=now, done_by=fact.agent_id, overdue=False, due_at=None),
    )
    cancel_timers(decision, order, "return")
    decision.found("D-5", "派工单和费用齐全,办结", "copies and fee are complete: settled")
