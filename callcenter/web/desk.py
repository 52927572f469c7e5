"""The desk's paperwork by HTTP: the same commands that the console's socket takes, and what lies in whose inbox."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from callcenter.db.access import note_access_once
from callcenter.db.agents import Session
from callcenter.web.bodies import PapersQuery, answer, read_body, read_id, read_query
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import forbidden, not_found


async def command(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/desk/{command}``"""
    entry = deps.desk.get(request.match_info["command"])
    if entry is None:
        raise not_found("命令", "command")
    shape, roles, run = entry
    if person.role not in roles:
        raise forbidden("您的角色不能执行此操作。", "Your role may not do this.")
    done: Any = await run(person, await read_body(request, shape, strict=False))
    return answer(done or {})


async def inbox(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/papers``"""
    query = read_query(request, PapersQuery)
    found = await deps.papers.inbox(
        person, noun=query.noun or None, mine=query.mine, unfinished=query.unfinished, limit=query.limit
    )
    return answer(found)


async def of_case(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases/{id}/papers``"""
    case_id = read_id(request)
    await require_case(deps, person, case_id)
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "papers_read", str(case_id))
    return answer(await deps.papers.of_case(case_id))
