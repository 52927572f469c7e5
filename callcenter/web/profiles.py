"""A member's profile edited in place: who may is who may read it, and every save leaves a version and a trace."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from aiohttp import web

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.profiles import profiles as read_profiles
from callcenter.db.tables import district
from callcenter.domain.scripts import as_json
from callcenter.people.profile_shapes import ProfileChange, ProfileRestore
from callcenter.web.bodies import answer, read_body
from callcenter.web.deps import Deps
from callcenter.web.members import require_member, today
from callcenter.web.problems import not_found


async def change(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PATCH /api/members/{id}?case=``"""
    member_id = await require_member(request, deps, person)
    body = await read_body(request, ProfileChange)
    await deps.profiles.change(person, member_id, body.version, body.given())
    return await _profile(deps, member_id)


async def restore(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/{id}/restore?case=``"""
    member_id = await require_member(request, deps, person)
    body = await read_body(request, ProfileRestore)
    await deps.profiles.restore(person, member_id, body.version, body.to)
    return await _profile(deps, member_id)


async def history(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/members/{id}/history?case=``. It holds what the profile held, so the reading is journalled like one."""
    member_id = await require_member(request, deps, person)
    async with deps.engine.begin() as connection:
        await note_access(connection, person.agent_id, "history_read", str(member_id))
    return answer(await deps.profiles.history(member_id))


async def districts(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/districts``: the names to choose from."""
    async with deps.engine.connect() as connection:
        return answer(list(await connection.scalars(sa.select(district.c.name).where(district.c.active).order_by(district.c.name))))


async def scripts(_: web.Request, __: Deps, ___: Session) -> web.StreamResponse:
    """``GET /api/scripts``"""
    return answer(as_json())


async def _profile(deps: Deps, member_id: UUID) -> web.StreamResponse:
    async with deps.engine.connect() as connection:
        found = await read_profiles(connection, [member_id], today(deps))
    if member_id not in found:
        raise not_found("老人", "member")
    return answer(found[member_id])
