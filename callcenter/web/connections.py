"""The page 对外接口: keys for other systems."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from aiohttp import web
from pydantic import Field

from callcenter.connections.clients import MOST_PER_MINUTE, Scope
from callcenter.db.agents import Session
from callcenter.domain.roles import Role
from callcenter.escalation.shapes import Id
from callcenter.web.bodies import Moment, Name, Strict, answer, read_body, read_id
from callcenter.web.deps import Deps


class NewKey(Strict):
    """``POST /api/connections/keys``. ``id``: the browser's own UUID, so that a key is not made twice."""

    id: Id | None = None
    name: Name
    role: Role
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=2)]
    per_minute: Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)] = 120
    expires_at: Moment | None = None


async def keys(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/connections/keys``: keys of other systems, without the keys themselves."""
    async with deps.engine.connect() as connection:
        return answer(await deps.clients.all(connection))


async def make_key(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/connections/keys``: a new key; it is told in this answer only."""
    body = await read_body(request, NewKey)
    key = await deps.clients.add(person.agent_id, body.id or uuid4(), **body.model_dump(exclude={"id"}))
    async with deps.engine.connect() as connection:
        return answer({"key": key, "keys": await deps.clients.all(connection)}, status=201)


async def revoke_key(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/connections/keys/{id}/revoke``: it is good for nothing from now on."""
    await deps.clients.revoke(person.agent_id, read_id(request))
    return await keys(request, deps, person)
