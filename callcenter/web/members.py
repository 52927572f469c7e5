"""Members: finding one, reading a profile."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aiohttp import web

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.member_search import search
from callcenter.db.people import is_about
from callcenter.db.profiles import profiles
from callcenter.domain.errors import Refused
from callcenter.supervision.audit import may_read
from callcenter.today import today_in
from callcenter.web.bodies import MembersQuery, ProfileQuery, answer, read_id, read_query
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import forbidden, not_found


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


def today(deps: Deps) -> date:
    """The day it is at the centre."""
    return today_in(deps.settings.time_zone)


def _without_task() -> Refused:
    return forbidden(
        "坐席只能查看正在处理的老人的档案。确有紧急需要,可填写原因“紧急查阅”,事后由他人复核。",
        "A seat may read the profile of a member it has a task for. In an emergency give a reason; somebody reviews it later.",
    )
