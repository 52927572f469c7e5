"""Members: finding one, reading a profile, and taking over a file of them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.member_search import search
from callcenter.db.people import is_about
from callcenter.db.profiles import profiles
from callcenter.db.tables import district
from callcenter.domain.errors import Refused
from callcenter.people.member_file import SIZE_LIMIT
from callcenter.people.member_import import import_members
from callcenter.people.member_template import FILE_NAME, make_template
from callcenter.supervision.audit import may_read
from callcenter.web.bodies import ImportQuery, MembersQuery, ProfileQuery, answer, read_id, read_query
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import forbidden, not_found, too_large

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD_SECONDS = 300.0
CHUNK = 64 * 1024
BODY_MARGIN = 64 * 1024  # what a form has around the file


async def find(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/members``"""
    query = read_query(request, MembersQuery)
    async with deps.engine.connect() as connection:
        return answer(await search(connection, query.q, query.limit, today(deps)))


async def profile(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/members/{id}?case=``. A seat says for which case it reads, and the case must be about the member."""
    member_id = await require_member(request, deps, person, reading=True)
    case_id = read_query(request, ProfileQuery).case
    async with deps.engine.begin() as connection:
        found = await profiles(connection, [member_id], today(deps))
        if member_id not in found:
            raise not_found("老人", "member")
        data = {"case": str(case_id)} if case_id else {}
        await note_access(connection, person.agent_id, "profile_read", str(member_id), data)
    return answer(found[member_id])


async def require_member(request: web.Request, deps: Deps, person: Session, *, reading: bool = False) -> UUID:
    """The member of the address, if this person may read and edit them: a supervisor; a seat with a case about them.

    ``reading``: also whoever opened the profile in an emergency, with a reason that somebody will look at.
    """
    member_id = read_id(request)
    case_id = read_query(request, ProfileQuery).case
    if person.role == "seat":
        if reading and case_id is None:
            async with deps.engine.connect() as connection:
                if await may_read(connection, person.agent_id, member_id):
                    return member_id
        if case_id is None:
            raise _without_task()
        await require_case(deps, person, case_id)
        async with deps.engine.connect() as connection:
            if not await is_about(connection, case_id, member_id):
                raise _without_task()
    return member_id


async def template(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/members/import/template``"""
    async with deps.engine.connect() as connection:
        names = list((await connection.execute(sa.select(district.c.name).order_by(district.c.name))).scalars())
    content = await asyncio.to_thread(make_template, names)
    disposition = f"attachment; filename=members.xlsx; filename*=UTF-8''{quote(FILE_NAME)}"
    return web.Response(body=content, content_type=XLSX, headers={"Content-Disposition": disposition})


async def take_over(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/import``"""
    query = read_query(request, ImportQuery)
    async with _uploaded(request, deps.settings.data_dir.absolute() / "imports") as (path, name):
        report = await import_members(deps.engine, deps.settings, path, file_name=name, by=person.agent_id, dry_run=query.dry_run)
    return answer(report.as_json())


@asynccontextmanager
async def _uploaded(request: web.Request, folder: Path) -> AsyncIterator[tuple[Path, str]]:
    """The file of the form, in a private folder that is gone afterwards."""
    if (request.content_length or 0) > SIZE_LIMIT + BODY_MARGIN:
        raise too_large()
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=folder) as private:
        path = Path(private) / "file"
        async with asyncio.timeout(UPLOAD_SECONDS):
            name = await _receive(request, path)
        yield path, name


async def _receive(request: web.Request, path: Path) -> str:
    if request.content_type != "multipart/form-data":
        raise _no_file()
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "file":
                await _save(part, path)
                return Path(part.filename or "file").name[:120]
    except (ValueError, AssertionError, EOFError, HttpProcessingError):  # a form that is cut off or made of rubbish
        raise _no_file() from None
    raise _no_file()


async def _save(part: BodyPartReader, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := await part.read_chunk(CHUNK):
            size += len(chunk)
            if size > SIZE_LIMIT:
                raise too_large()
            file.write(chunk)


def today(deps: Deps) -> date:
    """The day it is at the centre."""
    return datetime.now(ZoneInfo(deps.settings.time_zone)).date()


def _no_file() -> Refused:
    return Refused(
        "no_file",
        "没有收到文件,没有导入任何数据。",
        "No file was received; nothing was imported.",
        remedy_zh="请选择 .xlsx 或 .csv 文件后再试。",
        remedy_en="Choose an .xlsx or .csv file and try again.",
        status=422,
    )


def _without_task() -> Refused:
    return forbidden(
        "坐席只能查看正在处理的老人的档案。确有紧急需要,可填写原因“紧急查阅”,事后由他人复核。",
        "A seat may read the profile of a member it has a task for. In an emergency give a reason; somebody reviews it later.",
    )
