"""Coming in, going out, who I am, and the lists that the console asks for at its start."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from callcenter.db import agents
from callcenter.db.agents import Session
from callcenter.db.called_in import ANSWER_TARGET, ANSWER_WITHIN_SECONDS
from callcenter.db.signing import may_sign_today
from callcenter.db.tables import line
from callcenter.domain.catalogue import META
from callcenter.people.login import COOKIE
from callcenter.web.bodies import LogIn, answer, read_body
from callcenter.web.callers import address_of
from callcenter.web.deps import Deps


async def log_in(request: web.Request, deps: Deps) -> web.StreamResponse:
    """``POST /api/login``"""
    body = await read_body(request, LogIn)
    token, person = await deps.log_ins.log_in(
        body.user, body.password, body.seat, address_of(request, deps.settings.trusted_proxies)
    )
    response = answer(await _me(deps, person))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(deps.settings.session_hours * 3600),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=deps.settings.cookie_secure,
    )
    return response


async def log_out(request: web.Request, deps: Deps) -> web.StreamResponse:
    """``POST /api/logout``: also for those whose log-in has ended already."""
    await deps.log_ins.log_out(request.cookies.get(COOKIE, ""))
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict", secure=deps.settings.cookie_secure)
    return response


async def me(_: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/me``"""
    return answer(await _me(deps, person))


async def seats(_: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /api/seats``: for the log-in page; tells that a place is taken, not by whom."""
    async with deps.engine.connect() as connection:
        return answer([asdict(place) for place in await agents.places(connection, datetime.now(UTC))])


async def centre(_: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /api/centre``: for the log-in page; how the centre is called and nothing else."""
    return answer({**asdict(deps.centre), "time_zone": deps.settings.time_zone})


async def meta(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/meta``"""
    settings = deps.settings
    async with deps.engine.connect() as connection:
        places = await agents.places(connection, datetime.now(UTC))
        rows = await connection.execute(
            sa.select(line.c.number, line.c.kind, line.c.name).where(line.c.active).order_by(line.c.number)
        )
        lines = [{"number": row.number, "kind": row.kind, "name": row.name} for row in rows]
    return answer(
        {
            "centre": {**asdict(deps.centre), "time_zone": settings.time_zone, "lines": lines},
            "seats": [{"extension": place.extension, "name": place.name} for place in places],
            **META,
            "figures": {
                "ring_seconds": settings.ring_seconds,
                "wrap_up_seconds": settings.wrap_up_seconds,
                "answer_within_seconds": ANSWER_WITHIN_SECONDS,
                "answer_target": ANSWER_TARGET,
            },
        }
    )


async def _me(deps: Deps, person: Session) -> dict[str, Any]:
    async with deps.engine.connect() as connection:
        signs = await may_sign_today(connection, person.agent_id, person.role, deps.settings.time_zone)
    return {**asdict(person), "agent_id": str(person.agent_id), "may_sign": signs}
