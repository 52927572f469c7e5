"""The auditor's addresses, and reading a profile in an emergency."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from callcenter.db import traces
from callcenter.db.agents import Session
from callcenter.db.schema import BIGINT_MOST
from callcenter.domain.clock import iso
from callcenter.supervision.audit import Audit
from callcenter.web.bodies import Line, Search, Strict, answer, read_body, read_id, read_number, read_query
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found

Reason = Annotated[Line, Field(min_length=4, max_length=400)]


class Checking(Strict):
    """``POST /api/audit/verify``: ``seal`` is a hash that was noted on paper."""

    seal: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")] | None = None


class ReadingsQuery(Strict):
    """``GET /api/audit/readings``"""

    person: Search = ""
    action: Search = ""
    subject: Search = ""
    before: Annotated[int, Field(ge=1, le=BIGINT_MOST)] | None = None
    limit: int = Field(100, ge=1, le=200)


class OpeningsQuery(Strict):
    """``GET /api/audit/emergency-access``"""

    open: bool = False
    limit: int = Field(100, ge=1, le=200)


class Opening(Strict):
    """``POST /api/members/{id}/emergency-access``"""

    reason: Reason


class Review(Strict):
    """``POST /api/audit/emergency-access/{number}/review``"""

    justified: bool
    note: Annotated[Line, Field(max_length=400)] = ""


async def state(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/audit``"""
    return answer(await Audit(deps.engine).state())


async def verify(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/audit/verify``: read every trace; ``callcenter audit`` does the same for a centre that is too old for a page."""
    body = await read_body(request, Checking)
    return answer(await Audit(deps.engine).check(person.agent_id, body.seal))


async def readings(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/audit/readings``"""
    query = read_query(request, ReadingsQuery)
    async with deps.engine.connect() as connection:
        found = await traces.readings(connection, **query.model_dump())
        kinds = await traces.actions(connection)
    items = [row | {"at": iso(row["at"])} for row in found]
    return answer({"items": items, "next": items[-1]["id"] if len(items) == query.limit else None, "actions": kinds})


async def open_profile(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/members/{id}/emergency-access``"""
    body = await read_body(request, Opening)
    return answer(await Audit(deps.engine).open_profile(person.agent_id, read_id(request), body.reason), status=201)


async def openings(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/audit/emergency-access``"""
    query = read_query(request, OpeningsQuery)
    return answer(await Audit(deps.engine).openings(open_only=query.open, limit=query.limit))


async def review(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/audit/emergency-access/{number}/review``"""
    body = await read_body(request, Review)
    number = read_number(request, "number")
    if number >= 2**63:
        raise not_found()
    await Audit(deps.engine).review(person.agent_id, number, body.justified, body.note)
    return answer({})
