"""Work orders in the browser's interface: the dispatch desk, one order, who may be sent, fees, figures.

Their commands go the way of all paperwork (``web/desk.py``)."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from callcenter.cases.order_figures import MOST
from callcenter.cases.order_sheet import SHEET, fee_rows
from callcenter.db.access import note_access, note_access_once
from callcenter.db.agents import Session
from callcenter.domain.errors import Refused
from callcenter.domain.period import Period, last_days
from callcenter.sheets.written import export_of
from callcenter.web.bodies import Day, Days, Line, Search, Strict, answer, asked_period, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.members import today
from callcenter.web.problems import not_found
from callcenter.web.sheets import xlsx

States = Literal["", "owed", "asked", "approval", "assigned", "printed", "under_way", "serving", "completed", "over"]


class OrdersQuery(Strict):
    """``GET /api/orders``"""

    state: States = ""
    who: Annotated[Line, Field(max_length=80)] = ""
    q: Search = ""
    day: Day | None = None
    late: bool = False
    limit: int = Field(200, ge=1, le=300)
    offset: int = Field(0, ge=0, le=100_000)


class FeesQuery(Strict):
    """``GET /api/fees``: from the first of the month to today, when nothing is said."""

    first: Day | None = None
    last: Day | None = None
    state: Literal["", "posted", "paid"] = ""
    who: Annotated[Line, Field(max_length=80)] = ""
    q: Search = ""
    limit: int = Field(500, ge=1, le=500)
    offset: int = Field(0, ge=0, le=100_000)


class FeesSheetQuery(Strict):
    """``GET /api/fees/export``: the same, whole."""

    first: Day | None = None
    last: Day | None = None
    state: Literal["", "posted", "paid"] = ""
    who: Annotated[Line, Field(max_length=80)] = ""


class MonthQuery(Strict):
    """``GET /api/orders/month``"""

    month: Annotated[str, StringConstraints(pattern=r"^2[01]\d\d-(0[1-9]|1[0-2])$")] | None = None


class DaysQuery(Strict):
    """``GET /api/orders/concentration``"""

    days: Days = 90


async def listed(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/orders``"""
    query = read_query(request, OrdersQuery)
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "papers_read", "orders")
    found = await deps.desk.orders.listed(
        state=query.state, who=query.who, text=query.q, day=query.day, late=query.late, limit=query.limit, offset=query.offset
    )
    return answer(found)


async def one(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/orders/{id}``: for the screen and for paper; the reading is journalled."""
    found = await deps.desk.orders.one(read_id(request))
    if found is None:
        raise not_found("派工单", "work order")
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "papers_read", found["case_id"])
    return answer(found)


async def choice(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/orders/{id}/choice``: who is sent by rule, and why (W-7, F-5)."""
    found = await deps.desk.orders.choice(read_id(request))
    if found is None:
        raise not_found("派工单", "work order")
    return answer(found)


async def missing(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/orders/missing``: cases without an order (R-10, D-7), orders owed (D-9)."""
    return answer(await deps.desk.orders.missing())


async def alerts(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/orders/alerts``: what somebody must hear (D-2, D-4)."""
    return answer(await deps.desk.orders.alerts())


async def month(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/orders/month``: a month's figures per service and per who served (D-7)."""
    return answer(await deps.desk.order_figures.month(read_query(request, MonthQuery).month or f"{today(deps):%Y-%m}"))


async def concentration(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/orders/concentration``: who gives how much to whom (W-7)."""
    over = last_days(today(deps), read_query(request, DaysQuery).days, deps.settings.time_zone)
    return answer(await deps.desk.order_figures.concentration(over))


async def fees(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/fees``"""
    query = read_query(request, FeesQuery)
    over = _over(query, deps)
    found = await deps.desk.order_figures.fees(
        over, state=query.state, who=query.who, text=query.q, limit=query.limit, offset=query.offset
    )
    return answer({"first": over.first.isoformat(), "last": over.last.isoformat(), **found})


async def fees_export(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/fees/export``: the same as .xlsx; journalled."""
    query = read_query(request, FeesSheetQuery)
    over = _over(query, deps)
    found = await deps.desk.order_figures.fees(over, state=query.state, who=query.who, limit=MOST)
    if found["total"]["count"] > len(found["items"]):
        raise Refused(
            "sheet_too_long", f"共{found['total']['count']}单,一个表格最多{MOST}单。没有导出。",
            f"There are {found['total']['count']} orders, and a table holds {MOST}; nothing was exported.",
            remedy_zh="请缩短时间段,分几次导出。", remedy_en="Choose a shorter period, and export it in parts.", rule="D-5",
            status=422,
        )  # fmt: skip
    async with deps.engine.begin() as connection:
        await note_access(connection, person.agent_id, "records_exported", "fees", {"rows": len(found["items"])})
    rows = fee_rows(found["items"], deps.settings.time_zone)
    return xlsx(await export_of(SHEET, rows), f"{SHEET.title} {over.first} - {over.last}.xlsx", SHEET.name)


def _over(query: FeesQuery | FeesSheetQuery, deps: Deps) -> Period:
    return asked_period(query.first, query.last, today(deps), deps.settings.time_zone, lambda last: last.replace(day=1))
