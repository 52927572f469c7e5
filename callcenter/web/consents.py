"""What an elder agreed to: who may read and record it is who may read and edit the profile."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import hdrs, web
from pydantic import Field

from callcenter.db.agents import Session
from callcenter.db.unit import after_commit
from callcenter.domain.consent import How, Kind
from callcenter.domain.press import SIZE_LIMIT
from callcenter.web.bodies import Line, Moment, Name, Strict, answer, read_body
from callcenter.web.deps import Deps
from callcenter.web.members import require_member
from callcenter.web.problems import not_found
from callcenter.web.uploads import uploaded


class NewConsent(Strict):
    """``POST /api/members/{id}/consents``. ``given`` false: refused or withdrawn; ``at``: when, now without it; ``scan``: the name
    that the upload was given."""

    kind: Kind
    given: bool
    by_whom: Name
    how: How
    at: Moment | None = None
    note: Annotated[Line, Field(max_length=400)] = ""
    scan: Annotated[str, Field(max_length=80)] | None = None


async def consents(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/members/{id}/consents``: all versions, the newest first."""
    return answer(await deps.consents.of(person, await require_member(request, deps, person, reading=True)))


async def record(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/{id}/consents``: given, refused or withdrawn; nothing before it is changed."""
    member_id = await require_member(request, deps, person)
    body = await read_body(request, NewConsent)
    found = await deps.consents.record(person, member_id, **body.model_dump())
    await after_commit(lambda: deps.profiles.tell(person, member_id, ("consents",)))
    return answer(found, status=201)


async def add_scan(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/{id}/consents/scan``: the signed paper; the name in the answer is given to the consent."""
    await require_member(request, deps, person)
    async with uploaded(request, deps.settings.data_dir.absolute() / "imports", SIZE_LIMIT, what="scan") as (path, _):
        return answer({"scan": await deps.consents.keep_scan(path)}, status=201)


async def scan(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/members/{id}/consents/{scan}``: a file to keep, never a page of ours."""
    member_id = await require_member(request, deps, person, reading=True)
    path, media_type = await deps.consents.scan(person, member_id, request.match_info["scan"])
    if not await asyncio.to_thread(path.is_file):
        raise not_found("扫描件", "scan")
    shown = "inline" if media_type.startswith("image/") else "attachment"
    headers = {
        hdrs.CONTENT_TYPE: media_type,
        hdrs.CONTENT_DISPOSITION: f'{shown}; filename="consent{path.suffix}"',
        hdrs.CACHE_CONTROL: "private, no-store",
    }
    return web.FileResponse(path, headers=headers)
