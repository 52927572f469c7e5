"""Commands on work orders that need the catalogue: who may be sent, at which price, and who of the leaders said yes. What the
catalogue says is read here; the browser only names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import AwareDatetime, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.commands import Args, OnCase, by_person
from callcenter.cases.paper_commands import ANYBODY, CARE, Entry, GiveBack, NewPaper, OnPaper, Sign, Text
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.orders import everybody, leaders
from callcenter.db.providers import service_on
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.work_order import DISPATCH
from callcenter.domain.papers.work_order_dispatch import (
    OrderApproved,
    OrderApprovedAloud,
    OrderAssigned,
    OrderCancelled,
    OrderNotApproved,
    OrderTakenBack,
)
from callcenter.domain.papers.work_order_field import (
    IncidentReported,
    MeasuresTaken,
    OrderArrived,
    OrderCompleted,
    OrderDelayed,
    OrderPickedUp,
    OrderPrinted,
)
from callcenter.domain.papers.work_order_open import Offer, OrderOpened, ServedFirst
from callcenter.domain.papers.work_order_return import (
    FINANCE,
    CopyReturned,
    FeeCorrected,
    FeeReceived,
    OrderArchived,
    ReceiptVoided,
)
from callcenter.domain.period import of_month
from callcenter.engine.processor import Processor
from callcenter.today import today_in

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Fen = Annotated[int, Field(ge=0, le=10_000_000)]


class OpenOrder(NewPaper):
    service_id: UUID
    text: Text = ""
    scheduled_for: AwareDatetime | None = None


class ServeFirst(NewPaper):
    service_id: UUID
    text: Text = ""
    reason: Text
    served_at: AwareDatetime | None = None


class AssignOrder(OnPaper):
    """``chosen``: a partner or a worker. ``reason``: why not the rule's own choice (W-7)."""

    chosen: UUID
    reason: Text = ""


class ApproveAloud(OnPaper):
    """请示领导: ``leader_id``, when, how and what they said."""

    leader_id: UUID
    at: AwareDatetime
    text: Text


class PickUpOrder(OnPaper):
    signature: Word
    supplies: Annotated[tuple[Word, ...], Field(max_length=60)] = ()


class DelayOrder(OnPaper):
    reason: Text
    until: AwareDatetime | None = None


class ReportIncident(OnPaper):
    text: Text
    urgent: bool = False


class RecordMeasures(OnPaper):
    """``place``: which incident, from 1."""

    place: Annotated[int, Field(ge=1, le=1000)] = 1
    text: Text


class CompleteOrder(OnPaper):
    """``fee`` in fen."""

    result: Text
    fee: Fen = 0
    completed_at: AwareDatetime | None = None


class ReturnCopy(OnPaper):
    which: Literal["original", "copy"]
    note: Text = ""
    lost: bool = False


class ReceiveFee(OnPaper):
    """``amount`` in fen."""

    receipt_number: Word
    amount: Fen
    way: Literal["cash", "card", "transfer", "mobile"] = "cash"


class CorrectFee(OnPaper):
    """``fee`` in fen."""

    fee: Fen
    reason: Text


class ArchiveOrders(Args):
    """Every settled order of a month goes into its file (D-7)."""

    month: Month


PLAIN: dict[str, tuple[type[OnCase], frozenset[str], type[PaperFact]]] = {
    "approve_order": (Sign, ANYBODY, OrderApproved),
    "refuse_order": (GiveBack, ANYBODY, OrderNotApproved),
    "take_back_order": (GiveBack, DISPATCH, OrderTakenBack),
    "cancel_order": (GiveBack, CARE, OrderCancelled),
    "print_order": (OnPaper, CARE, OrderPrinted),
    "pick_up_order": (PickUpOrder, CARE, OrderPickedUp),
    "arrive_order": (OnPaper, CARE, OrderArrived),
    "delay_order": (DelayOrder, CARE, OrderDelayed),
    "report_incident": (ReportIncident, CARE, IncidentReported),
    "record_measures": (RecordMeasures, DISPATCH, MeasuresTaken),
    "complete_order": (CompleteOrder, CARE, OrderCompleted),
    "return_copy": (ReturnCopy, CARE, CopyReturned),
    "correct_fee": (CorrectFee, DISPATCH, FeeCorrected),
    "void_receipt": (GiveBack, FINANCE, ReceiptVoided),
}
"""Name → (shape, roles, fact), as in ``paper_commands.TABLE``. A delegate may be anybody (R-11), so anybody may try to approve."""
ORDER_COMMANDS = (*PLAIN, "open_order", "serve_first", "assign_order", "approve_order_aloud", "receive_fee")
"""Those about one order: each answers ``{paper_id, number, state}``."""


@dataclass(frozen=True)
class OrderCommands:
    """Runs them. ``table``: name → (shape, roles, what runs). ``zone``: the centre's time zone."""

    engine: AsyncEngine
    processor: Processor
    zone: str

    @property
    def table(self) -> Mapping[str, Entry]:
        plain: dict[str, Entry] = {name: (shape, roles, self._runner(fact)) for name, (shape, roles, fact) in PLAIN.items()}
        return {
            **plain,
            "open_order": (OpenOrder, CARE, self.open_order),
            "serve_first": (ServeFirst, CARE, self.serve_first),
            "assign_order": (AssignOrder, DISPATCH, self.assign_order),
            "approve_order_aloud": (ApproveAloud, DISPATCH, self.approve_aloud),
            "receive_fee": (ReceiveFee, FINANCE, self.receive_fee),
            "archive_orders": (ArchiveOrders, DISPATCH, self.archive),
        }

    async def open_order(self, who: Session, args: OpenOrder) -> dict[str, str]:
        paper_id = args.paper_id or uuid4()
        async with self.engine.connect() as connection:
            service = await self._offer(connection, args.service_id, args.scheduled_for)
            people, district = await everybody(connection, args.case_id, self.zone)
        await self.processor.ask(
            OrderOpened(
                *by_person(who, args.case_id), paper_id=paper_id, service=service, text=args.text, scheduled_for=args.scheduled_for,
                candidates=people, district_id=district,
            )
        )  # fmt: skip
        return await self._told(paper_id)

    async def serve_first(self, who: Session, args: ServeFirst) -> dict[str, str]:
        paper_id = args.paper_id or uuid4()
        async with self.engine.connect() as connection:
            service = await self._offer(connection, args.service_id, args.served_at)
        await self.processor.ask(
            ServedFirst(
                *by_person(who, args.case_id), paper_id=paper_id, service=service, text=args.text, reason=args.reason,
                served_at=args.served_at,
            )
        )  # fmt: skip
        return await self._told(paper_id)

    async def assign_order(self, who: Session, args: AssignOrder) -> dict[str, str]:
        async with self.engine.connect() as connection:
            people, district = await everybody(connection, args.case_id, self.zone)
        await self.processor.ask(
            OrderAssigned(
                *by_person(who, args.case_id), paper_id=args.paper_id, chosen=args.chosen, reason=args.reason,
                candidates=people, district_id=district,
            )
        )  # fmt: skip
        return await self._told(args.paper_id)

    async def approve_aloud(self, who: Session, args: ApproveAloud) -> dict[str, str]:
        async with self.engine.connect() as connection:
            leader = next((one for one in await leaders(connection, today_in(self.zone)) if one["id"] == str(args.leader_id)), None)
        if leader is None:
            raise Refused(
                "not_a_leader", "所选人员不是部门负责人、值班主任或当日代理人。", "They are no leader of today.",
                remedy_zh="请从名单中选择。", remedy_en="Choose from the list.", rule="F-5", status=422,
            )  # fmt: skip
        await self.processor.ask(
            OrderApprovedAloud(
                *by_person(who, args.case_id), paper_id=args.paper_id, leader_id=args.leader_id, leader=leader["name"], at=args.at,
                text=args.text,
            )
        )  # fmt: skip
        return await self._told(args.paper_id)

    async def receive_fee(self, who: Session, args: ReceiveFee) -> dict[str, str]:
        """A receipt's number counts once: looked at here for the words, and held by the database."""
        paper = tables.paper
        query = sa.select(paper.c.data["number"].astext).where(
            paper.c.noun == "work_order",
            paper.c.data["receipt_number"].astext == args.receipt_number,
            paper.c.data["receipt_number"].astext != "",
            paper.c.id != args.paper_id,
        )
        async with self.engine.connect() as connection:
            other = await connection.scalar(query)
        if other is not None:
            raise Refused(
                "receipt_used", f"票据号{args.receipt_number}已用于派工单{other}。没有登记。",
                f"Receipt {args.receipt_number} stands on order {other}; nothing was recorded.",
                remedy_zh="请核对票据号。", remedy_en="Check the number.", rule="D-5", status=409,
            )  # fmt: skip
        await self.processor.ask(FeeReceived(*by_person(who, args.case_id), **args.model_dump(exclude={"case_id"})))
        return await self._told(args.paper_id)

    async def archive(self, who: Session, args: ArchiveOrders) -> dict[str, Any]:
        """Each is kept by itself: one that fails leaves the others filed, and the next try takes it."""
        paper = tables.paper
        over = of_month(args.month, self.zone)
        query = sa.select(paper.c.id, paper.c.case_id).where(
            paper.c.noun == "work_order",
            paper.c.state == "settled",
            paper.c.opened_at >= over.begins,
            paper.c.opened_at < over.ends,
        )
        async with self.engine.connect() as connection:
            found = (await connection.execute(query.order_by(paper.c.opened_at))).all()
        for row in found:
            await self.processor.ask(OrderArchived(*by_person(who, row.case_id), paper_id=row.id, month=args.month))
        return {"month": args.month, "count": len(found)}

    def _runner(self, fact: type[PaperFact]) -> Any:
        async def run(who: Session, args: OnPaper) -> dict[str, str]:
            await self.processor.ask(fact(*by_person(who, args.case_id), **args.model_dump(exclude={"case_id"})))
            return await self._told(args.paper_id)

        return run

    async def _told(self, paper_id: UUID) -> dict[str, str]:
        async with self.engine.connect() as connection:
            row = (
                await connection.execute(sa.select(tables.paper.c.state, tables.paper.c.data).where(tables.paper.c.id == paper_id))
            ).one()
        return {"paper_id": str(paper_id), "number": row.data["number"], "state": row.state}

    async def _offer(self, connection: AsyncConnection, service_id: UUID, at: datetime | None) -> Offer:
        day = at.astimezone(ZoneInfo(self.zone)).date() if at else today_in(self.zone)
        found = await service_on(connection, service_id, day)
        if found is None:
            raise Refused(
                "no_such_service", "服务目录中没有这项服务,或当日不提供。", "The catalogue has no such service on that day.",
                remedy_zh="请从目录中选择,或登记“暂不能满足”。", remedy_en="Choose from the catalogue, or record the unmet need.",
                rule="D-1", status=404,
            )  # fmt: skip
        return Offer(
            service_id, found.version, found.name, found.unit, None if found.price is None else round(found.price * 100),
            found.special, tuple(found.supplies), found.minutes, found.standards,
        )  # fmt: skip
