"""Questions about work orders: the dispatch desk's list, one order for the screen and for paper, fees, what is missing, figures.
Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.papers import paper_json
from callcenter.cases.queries import names_of
from callcenter.db import tables
from callcenter.db.orders import everybody, leaders
from callcenter.db.papers import paper_from
from callcenter.domain.clock import iso
from callcenter.domain.papers.work_order import BEFORE_SERVICE, WorkOrder
from callcenter.domain.period import span_of
from callcenter.domain.providers import Ranked, rank
from callcenter.today import today_in

Json = dict[str, Any]
PAGE = 300
ACTIVE = (*BEFORE_SERVICE, "serving", "completed")
PEOPLE = ("assigned_by", "printed_by", "completed_by")
paper, case, member = tables.paper, tables.case, tables.member
DATA = paper.c.data
URGENT = sa.text("""jsonb_path_exists(paper.data, '$.exceptions[*] ? (@.urgent == true && @.measures == "")')""")
WHO: sa.ColumnElement[str] = sa.func.coalesce(DATA["provider"].astext, "").concat(sa.func.coalesce(DATA["worker"].astext, ""))


def with_words(text: str, *more: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Of the rows of ``order_rows``: those where ``text`` is part of what an order is known by, or of one of ``more``."""
    known_by = (DATA["number"].astext, DATA["service"].astext, member.c.name, case.c.number, *more)
    return sa.or_(*(column.icontains(text, autoescape=True) for column in known_by))


def ranked_json(each: Ranked) -> Json:
    """A candidate's place and why, for screens."""
    one = each.candidate
    return {
        "id": str(one.id), "ref": one.ref, "name": one.name, "kind": one.kind, "place": each.place, "possible": each.possible,
        "reasons": [{"code": reason.code, "zh": reason.zh, "en": reason.en, "stops": reason.stops} for reason in each.reasons],
    }  # fmt: skip


@dataclass(frozen=True)
class OrderQueries:
    """Reads for the dispatch desk and for finance. ``zone``: the centre's time zone."""

    engine: AsyncEngine
    zone: str

    async def listed(self, *, state: str, who: str, text: str, day: date | None, late: bool, limit: int, offset: int = 0) -> Json:
        """``{items, counts}``: those in work, what is late or due first; ``state`` ``over``: the settled ones, the latest first;
        ``limit`` of them from ``offset``."""
        query = order_rows().limit(max(1, min(limit, PAGE))).offset(offset)
        if state == "over":
            query = query.where(paper.c.state.in_(("settled", "archived", "cancelled"))).order_by(
                paper.c.opened_at.desc(), paper.c.id
            )
        else:
            query = query.where(paper.c.unfinished).order_by(
                paper.c.overdue.desc(), sa.nulls_last(paper.c.due_at), paper.c.opened_at, paper.c.id
            )
            query = query.where(paper.c.state == state) if state else query
        if who:
            query = query.where(sa.literal(who) == WHO)
        if late:
            query = query.where(paper.c.overdue)
        if text:
            query = query.where(with_words(text, DATA["text"].astext, WHO))
        if day is not None:
            begins, ends = span_of(day, self.zone)
            scheduled = sa.cast(DATA["scheduled_for"].astext, sa.DateTime(timezone=True))
            query = query.where(scheduled >= begins, scheduled < ends)
        async with self.engine.connect() as connection:
            items = await shown(connection, (await connection.execute(query)).mappings().all())
            counted = sa.select(paper.c.state, sa.func.count()).where(paper.c.noun == "work_order", paper.c.unfinished)
            counts = {row[0]: row[1] for row in await connection.execute(counted.group_by(paper.c.state))}
        return {"items": items, "counts": {name: counts.get(name, 0) for name in ACTIVE}}

    async def one(self, order_id: UUID) -> Json | None:
        """An order with what stands on its paper: the elder, the address, who goes, who approved."""
        query = order_rows().where(paper.c.id == order_id)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return None
            (order,) = await shown(connection, [row])
            about = None
            if row["member_id"] is not None:
                person = tables.member
                numbers = sa.select(tables.member_number.c.number).where(tables.member_number.c.member_id == row["member_id"])
                found = (await connection.execute(sa.select(person).where(person.c.id == row["member_id"]))).mappings().one()
                cards = (
                    sa.select(tables.card.c.number)
                    .where(tables.card.c.member_id == row["member_id"])
                    .order_by(sa.nulls_first(tables.card.c.valid_until.desc()))
                )
                about = {
                    "member_id": str(row["member_id"]),
                    "name": found["name"], "gender": found["gender"], "address": found["address"],
                    "phones": list(await connection.scalars(numbers)), "card": await connection.scalar(cards.limit(1)),
                    "remarks": found["remarks"],
                }  # fmt: skip
        return {**order, "about": about}

    async def choice(self, order_id: UUID) -> Json | None:
        """Who may be sent with this order, the rule's choice first, and why (W-7); and which leaders may say yes aloud (F-5)."""
        async with self.engine.connect() as connection:
            query = sa.select(paper).where(paper.c.id == order_id, paper.c.noun == "work_order")
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return None
            order = paper_from(dict(row))
            assert isinstance(order, WorkOrder)
            candidates, district = await everybody(connection, order.case_id, self.zone)
            ranked = rank(candidates, order.service_id, district, order.scheduled_for.astimezone(ZoneInfo(self.zone)).date())
            said_yes = await leaders(connection, today_in(self.zone))
        return {"candidates": [ranked_json(each) for each in ranked], "leaders": said_yes, "special": order.special}

    async def leaders(self) -> list[Json]:
        """Who can say yes aloud today (F-5)."""
        async with self.engine.connect() as connection:
            return [dict(one) for one in await leaders(connection, today_in(self.zone))]

    async def missing(self) -> Json:
        """``{cases, owed}``: cases that need a service and have no order (R-10, D-7), the oldest first; and what was served first
        and has no order yet (D-9)."""
        orders = sa.select(paper.c.id).where(paper.c.case_id == case.c.id, paper.c.noun == "work_order").exists()
        need = sa.select(paper.c.id).where(paper.c.case_id == case.c.id, paper.c.noun == "unmet_need").exists()
        # What came to a desk is written in its intake; what was spoken, in the call's summary.
        wanted = sa.select(DATA["text"].astext).where(paper.c.case_id == case.c.id, paper.c.noun == "intake").limit(1)
        text = sa.func.coalesce(case.c.summary, wanted.scalar_subquery(), "").label("text")
        query = (
            sa.select(case.c.id, case.c.number, case.c.opened_at, case.c.subcategory, text, member.c.name.label("who"))
            .outerjoin(member, member.c.id == case.c.member_id)
            .where(
                case.c.category == "life_help", case.c.state.in_(("open", "callback")), case.c.source.not_in(("probe", "drill")),
                sa.or_(case.c.disposition.is_(None), case.c.disposition == "service_needed"), case.c.unreasonable.is_(None),
                ~orders, ~need,
            )
            .order_by(case.c.opened_at)
            .limit(PAGE)
        )  # fmt: skip
        owed = order_rows().where(paper.c.state == "owed").order_by(paper.c.due_at)
        async with self.engine.connect() as connection:
            cases = (await connection.execute(query)).all()
            items = await shown(connection, (await connection.execute(owed)).mappings().all())
        return {
            "cases": [
                {
                    "id": str(row.id), "number": row.number, "opened_at": iso(row.opened_at), "subcategory": row.subcategory,
                    "text": row.text, "who": row.who or "",
                }
                for row in cases
            ],
            "owed": items,
        }  # fmt: skip

    async def alerts(self) -> Json:
        """What somebody must hear: orders that wait to be assigned, and urgent incidents without measures (D-2, D-4)."""
        query = order_rows().where(paper.c.unfinished, sa.or_(paper.c.state.in_(("asked", "owed")), URGENT))
        query = query.order_by(paper.c.opened_at).limit(PAGE)
        async with self.engine.connect() as connection:
            items = await shown(connection, (await connection.execute(query)).mappings().all())
        return {
            "waiting": [one["id"] for one in items if one["state"] in ("asked", "owed")],
            "urgent": [
                {"id": one["id"], "case_id": one["case_id"], "number": one["data"]["number"], "who": one["who"],
                 "text": next(i["text"] for i in one["data"]["exceptions"] if i["urgent"] and not i["measures"])}
                for one in items if any(i["urgent"] and not i["measures"] for i in one["data"]["exceptions"])
            ],
        }  # fmt: skip


def order_rows() -> sa.Select[Any]:
    return (
        sa.select(
            paper, case.c.number.label("case_number"), case.c.state.label("case_state"), case.c.member_id,
            member.c.name.label("who"), member.c.address,
        )
        .join(case, case.c.id == paper.c.case_id)
        .outerjoin(member, member.c.id == case.c.member_id)
        .where(paper.c.noun == "work_order")
    )  # fmt: skip


async def shown(connection: AsyncConnection, rows: Sequence[Any]) -> list[Json]:
    """Rows of ``order_rows`` as screens show them; ``names``: of the people that an order names by their ids."""
    found = [(order, row) for row in rows if isinstance(order := paper_from(dict(row)), WorkOrder)]
    names = await names_of(connection, [one for order, _ in found for one in _people_of(order)])
    return [
        {
            **paper_json(order, names), "case_number": row["case_number"], "case_state": row["case_state"],
            "who": row["who"] or "", "address": row["address"] or "",
            "names": {str(one): names[one] for one in _people_of(order) if one in names},
        }
        for order, row in found
    ]  # fmt: skip


def _people_of(order: WorkOrder) -> list[UUID]:
    returned = [one.by for one in (order.original, order.copy) if one is not None]
    told = [by for one in order.exceptions for by in (one.by, one.measures_by)]
    wrote = [order.approval.recorded_by] if order.approval else []
    common = (order.owner_id, order.opened_by, order.done_by, order.assigned_by, order.printed_by, order.completed_by)
    return [one for one in (*common, *returned, *told, *wrote, *(one.by for one in order.receipts)) if one is not None]
