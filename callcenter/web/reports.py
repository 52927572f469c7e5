"""Reports on the screen and as Excel files, and the weekly meeting's paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcenter.db.access import note_access_once
from callcenter.db.agents import Session
from callcenter.domain.period import Period
from callcenter.reports.service_level import By
from callcenter.reports.services import MAY_READ, Kind
from callcenter.sheets.page import Page
from callcenter.sheets.written import book_of
from callcenter.web.bodies import Day, Line, Strict, answer, asked_period, read_body, read_query
from callcenter.web.deps import Deps
from callcenter.web.members import today
from callcenter.web.problems import forbidden, not_found
from callcenter.web.sheets import xlsx

USUAL_DAYS = 7


class PeriodQuery(Strict):
    """``GET /api/reports/{kind}``: days of the centre, both counted; without them the last seven."""

    first: Day | None = None
    last: Day | None = None
    by: By = "day"


class Remark(Strict):
    """``POST /api/reports/weeks/{week}/remark``"""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Signature(Strict):
    """``POST /api/reports/weeks/{week}/sign``"""

    signer: Annotated[Line, Field(min_length=1, max_length=40)]
    remark: Annotated[str, Field(max_length=4000)] = ""


async def figures(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/reports/{kind}``"""
    kind, query = _kind(request, person), read_query(request, PeriodQuery)
    report = await deps.reports.report(kind, _over(deps, query), query.by)
    return answer(report.as_json(persons=deps.reports.persons(person.role)))


async def figures_sheet(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/reports/{kind}/export``: the same tables as an Excel file."""
    kind, query = _kind(request, person), read_query(request, PeriodQuery)
    report = await deps.reports.report(kind, _over(deps, query), query.by)
    persons = deps.reports.persons(person.role)
    pages = [(table if persons else table.without_persons()).page() for table in report.tables]
    return await _book(deps, person, pages, f"{report.zh}{report.first}至{report.last}", kind)


async def week(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/reports/weeks/{week}``"""
    return answer(await deps.reports.weeks.of(person, request.match_info["week"]))


async def week_sheet(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/reports/weeks/{week}/export``"""
    name = request.match_info["week"]
    return await _book(deps, person, await deps.reports.weeks.pages(person, name), f"周例会{name}", "week")


async def remark(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/reports/weeks/{week}/remark``"""
    body = await read_body(request, Remark)
    await deps.reports.weeks.remark(person, request.match_info["week"], body.text.strip())
    return answer(await deps.reports.weeks.of(person, request.match_info["week"]))


async def sign(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/reports/weeks/{week}/sign``"""
    body = await read_body(request, Signature)
    await deps.reports.weeks.sign(person, request.match_info["week"], body.signer, body.remark.strip())
    return answer(await deps.reports.weeks.of(person, request.match_info["week"]))


def _kind(request: web.Request, person: Session) -> Kind:
    kind = next((each for each in MAY_READ if each == request.match_info["kind"]), None)
    if kind is None:
        raise not_found("报表", "report")
    if person.role not in MAY_READ[kind]:
        raise forbidden("您的角色不能查看此报表。", "Your role may not read this report.")
    return kind


def _over(deps: Deps, query: PeriodQuery) -> Period:
    first = timedelta(days=USUAL_DAYS - 1)
    return asked_period(query.first, query.last, today(deps), deps.reports.zone, lambda last: last - first)


async def _book(deps: Deps, person: Session, pages: list[Page], name: str, kind: str) -> web.Response:
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "report_exported", name)
    return xlsx(await book_of(pages), f"{name}.xlsx", f"report-{kind}")
