"""A member's profile edited in place: who may is who may read it, and every save leaves a version and a trace."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from aiohttp import web
from pydantic import Field

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.people import create_member
from callcenter.db.profiles import profiles as read_profiles
from callcenter.db.tables import district, member
from callcenter.domain.errors import Refused
from callcenter.domain.scripts import as_json
from callcenter.people.profile_shapes import ProfileChange, ProfileRestore, Shape
from callcenter.web.bodies import Line, Name, Search, answer, read_body
from callcenter.web.deps import Deps
from callcenter.web.members import require_member, today
from callcenter.web.problems import not_found


class NewMember(Shape):
    """``POST /api/members``: what is needed to know somebody; the rest is edited in the profile."""

    name: Name
    gender: Literal["f", "m"]
    ref: Search = ""
    address: Annotated[Line, Field(max_length=200)] = ""


async def add(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members``"""
    body = await read_body(request, NewMember)
    async with deps.engine.begin() as connection:
        if body.ref and await connection.scalar(sa.select(member.c.id).where(member.c.external_ref == body.ref)) is not None:
            raise Refused(
                "ref_taken",
                f"编号 {body.ref} 已属于另一位老人,没有新建。",
                f"Ref {body.ref} is another member's; nobody was added.",
                remedy_zh="请换一个编号,或查找那位老人。",
                remedy_en="Choose another, or look for that member.",
            )
        made = await create_member(connection, name=body.name, gender=body.gender, number=None, address=body.address)
        if body.ref:
            await connection.execute(sa.update(member).where(member.c.id == made).values(external_ref=body.ref))
        await note_access(connection, person.agent_id, "member_added", str(made))
        found = await read_profiles(connection, [made], today(deps))
    return answer(found[made], status=201)


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


async def scripts(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/scripts``: the centre's, then those that people contributed (W-5)."""
    return answer([*as_json(), *await deps.conduct.contributions.scripts()])


async def _profile(deps: Deps, member_id: UUID) -> web.StreamResponse:
    async with deps.engine.connect() as connection:
        found = await read_profiles(connection, [member_id], today(deps))
    if member_id not in found:
        raise not_found("老人", "member")
    return answer(found[member_id])
