"""Tables as files: the template, what is there, and taking a file over, for members and for every table of the catalogue alike."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import orjson
import sqlalchemy as sa
from aiohttp import ClientConnectionResetError, web

from callcenter.catalogue.records import SheetRows
from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.tables import district
from callcenter.people import member_columns
from callcenter.people.member_batch import MemberRows, all_members
from callcenter.sheets.importing import ImportReport, Takes, import_file
from callcenter.sheets.sheet import Row, Sheet
from callcenter.sheets.written import export_of, template_of
from callcenter.web.bodies import ImportQuery, answer, read_query
from callcenter.web.catalogue import require_edit, require_read
from callcenter.web.deps import Deps
from callcenter.web.problems import problem_of
from callcenter.web.uploads import uploaded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = "application/x-ndjson"
PROGRESS_EVERY = 0.3  # seconds


async def member_template(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/members/import/template``"""
    async with deps.engine.connect() as connection:
        names = list(await connection.scalars(sa.select(district.c.name).where(district.c.active).order_by(district.c.name)))
    return await _template(member_columns.SHEET, {"districts": names})


async def member_import(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/import``"""
    return await _take_over(request, deps, person, member_columns.SHEET, MemberRows())


async def member_export(_: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/members/export``: every profile; the reading is journalled."""
    async with deps.engine.begin() as connection:
        rows = await all_members(connection)
        await note_access(connection, person.agent_id, "members_exported", "members", {"rows": len(rows)})
    return await _export(member_columns.SHEET, rows)


async def template(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/records/{noun}/template``"""
    store = deps.records.store(require_edit(request, person))
    async with deps.engine.connect() as connection:
        offers = await store.offers(connection)
    return await _template(store.sheet, offers)


async def export(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/records/{noun}/export``"""
    store = deps.records.store(require_read(request, person))
    async with deps.engine.begin() as connection:
        rows = await store.read(connection)
        await note_access(connection, person.agent_id, "records_exported", store.sheet.name, {"rows": len(rows)})
    return await _export(store.sheet, rows)


async def take_over(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/records/{noun}/import``"""
    store = deps.records.store(require_edit(request, person))
    return await _take_over(request, deps, person, store.sheet, SheetRows(store))


async def _take_over(request: web.Request, deps: Deps, person: Session, sheet: Sheet, takes: Takes) -> web.StreamResponse:
    """The report; a browser that takes lines is told meanwhile how far it is."""
    query = read_query(request, ImportQuery)
    told: dict[str, object] = {}
    async with uploaded(request, deps.settings.data_dir.absolute() / "imports") as (path, name):
        work = asyncio.ensure_future(
            import_file(
                deps.engine, deps.settings, sheet, takes, path, file_name=name, by=person.agent_id, dry_run=query.dry_run,
                progress=lambda step, rows: told.update(step=step, rows=rows),
            )
        )  # fmt: skip
        try:
            if LINES in request.headers.get("Accept", ""):
                return await _in_lines(request, deps, work, told, sheet)
            report = await work
        finally:
            work.cancel()
    await _told(deps, sheet, report)
    return answer(report.as_json())


async def _in_lines(
    request: web.Request, deps: Deps, work: asyncio.Future[ImportReport], told: Mapping[str, object], sheet: Sheet
) -> web.StreamResponse:
    """``{step, rows}`` while it goes on, then the report, or the problem. What is refused at once is refused as ever."""
    await asyncio.wait([work], timeout=PROGRESS_EVERY)
    if work.done():
        report = await work
        await _told(deps, sheet, report)
        return answer(report.as_json())
    response = web.StreamResponse(headers={"Content-Type": LINES})
    await response.prepare(request)
    while not work.done():
        await response.write(orjson.dumps(told or {"step": "reading", "rows": 0}) + b"\n")
        await asyncio.wait([work], timeout=PROGRESS_EVERY)
    try:
        report = await work
        await _told(deps, sheet, report)
        last = orjson.dumps(report.as_json())
    except ClientConnectionResetError:
        raise
    except Exception as error:  # noqa: BLE001 - the answer has begun: what is refused now is its last line
        told_as = problem_of(request, error).body
        assert isinstance(told_as, bytes)
        last = told_as
    await response.write(last + b"\n")
    return response


async def _told(deps: Deps, sheet: Sheet, report: ImportReport) -> None:
    if report.applied:
        await deps.records.imported(sheet.name)


async def _template(sheet: Sheet, offers: Mapping[str, Sequence[str]]) -> web.Response:
    return xlsx(await template_of(sheet, offers), f"{sheet.title}导入模板.xlsx", sheet.name)


async def _export(sheet: Sheet, rows: list[Row]) -> web.Response:
    return xlsx(await export_of(sheet, rows), f"{sheet.title}.xlsx", sheet.name)


def xlsx(content: bytes, name: str, plain: str) -> web.Response:
    """A workbook under its own name; ``plain``: for browsers that know no other letters."""
    disposition = f"attachment; filename={plain}.xlsx; filename*=UTF-8''{quote(name)}"
    return web.Response(body=content, content_type=XLSX, headers={"Content-Disposition": disposition})
