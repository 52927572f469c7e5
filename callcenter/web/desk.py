"""The desk's paperwork by HTTP: the same commands that the console's socket takes, what lies in whose inbox, and the public
page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from callcenter.cases.intake import PublicRequest
from callcenter.db.access import note_access_once
from callcenter.db.agents import Session
from callcenter.db.once import being_sent
from callcenter.web.bodies import (
    CollectionQuery,
    NewDelegate,
    NewLimit,
    PapersQuery,
    answer,
    read_body,
    read_id,
    read_query,
)
from callcenter.web.callers import address_of
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import forbidden, not_found


async def command(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/desk/{command}``"""
    entry = deps.desk.commands.get(request.match_info["command"])
    if entry is None:
        raise not_found("命令", "command")
    shape, roles, run = entry
    if person.role not in roles:
        raise forbidden("您的角色不能执行此操作。", "Your role may not do this.")
    args = await read_body(request, shape, strict=False)
    what = being_sent()
    if what is not None and getattr(args, "paper_id", "") is None:
        # The same paper when it is sent again, whoever died in between.
        args = args.model_copy(update={"paper_id": what.new_id("paper")})
    done: Any = await run(person, args)
    return answer(done or {})


async def public_request(request: web.Request, deps: Deps) -> web.StreamResponse:
    """``POST /api/requests``: the public page. Anybody may; what comes is limited, and nothing is told but a number."""
    body = await read_body(request, PublicRequest, strict=False)
    return answer(await deps.desk.intake.public(body, address_of(request, deps.settings.trusted_proxies)), status=201)


async def inbox(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/papers``"""
    query = read_query(request, PapersQuery)
    found = await deps.desk.papers.inbox(
        person, noun=query.noun or None, mine=query.mine, unfinished=query.unfinished, limit=query.limit
    )
    return answer(found)


async def unowned(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/cases-unowned``"""
    return answer(await deps.desk.unowned())


async def of_case(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases/{id}/papers``"""
    case_id = read_id(request)
    await require_case(deps, person, case_id)
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "papers_read", str(case_id))
    return answer(await deps.desk.papers.of_case(case_id))


async def closing(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases/{id}/closing``"""
    case_id = read_id(request)
    await require_case(deps, person, case_id)
    return answer(await deps.desk.closing(case_id))


async def colleagues(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/colleagues``"""
    return answer(await deps.desk.colleagues())


async def collection(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/typical-cases``"""
    return answer(await deps.desk.collection(read_query(request, CollectionQuery).week))


async def rules(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/rules``"""
    return answer(await deps.desk.rules.table())


async def set_limit(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/rules/limits``"""
    body = await read_body(request, NewLimit, strict=False)
    await deps.desk.rules.set_limit(person, body.rule, body.name, body.value, body.valid_from, body.reason)
    return answer(await deps.desk.rules.table())


async def delegates(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/delegates``"""
    return answer(await deps.desk.rules.delegates())


async def name_delegate(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/delegates``"""
    body = await read_body(request, NewDelegate, strict=False)
    await deps.desk.rules.name_delegate(person, body.agent_id, body.valid_from, body.valid_until, body.reason)
    return answer(await deps.desk.rules.delegates(), status=201)
