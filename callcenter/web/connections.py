"""The page 对外接口: keys for other systems, and what other systems are told."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import uuid4

from aiohttp import web
from pydantic import Field, StringConstraints

from callcenter.connections.clients import MOST_PER_MINUTE, Scope
from callcenter.db.agents import Session
from callcenter.domain.announced import URL_LIMIT
from callcenter.domain.roles import Role
from callcenter.escalation.shapes import Id
from callcenter.web.bodies import Line, Moment, Name, Strict, Version, answer, read_body, read_id, read_query
from callcenter.web.deps import Deps

Url = Annotated[Line, Field(min_length=8, max_length=URL_LIMIT)]
Events = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=40)]


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


class NewWebhook(Strict):
    """``POST /api/connections/webhooks``. ``id``: the browser's own UUID, so that it is not made twice."""

    id: Id | None = None
    name: Name
    url: Url
    events: Events
    persons: bool = False
    active: bool = True


class WebhookChange(Strict):
    """``PATCH /api/connections/webhooks/{id}``: only what stands here is changed. ``renew``: a new secret."""

    version: Version
    name: Name = ""
    url: Url = ""
    events: Events = Field(default_factory=list)
    persons: bool = False
    active: bool = True
    renew: bool = False


class DeliveriesQuery(Strict):
    """``GET /api/connections/webhooks/{id}/deliveries``"""

    state: Literal["", "pending", "delivered", "dead"] = ""


async def webhooks(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/connections/webhooks``: subscriptions, how their messages fare, and what may be chosen."""
    return answer(await deps.webhooks.all())


async def add_webhook(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/connections/webhooks``: a new subscription; its secret is told in this answer only."""
    body = await read_body(request, NewWebhook)
    secret = await deps.webhooks.add(person.agent_id, body.id or uuid4(), body.model_dump(exclude={"id"}))
    return answer({**await deps.webhooks.all(), "secret": secret}, status=201)


async def change_webhook(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PATCH /api/connections/webhooks/{id}``: a new secret, if one was asked for, is told in this answer only."""
    body = await read_body(request, WebhookChange)
    changes = body.model_dump(exclude_unset=True, exclude={"version", "renew"})
    secret = await deps.webhooks.change(person.agent_id, read_id(request), body.version, changes, renew=body.renew)
    return answer({**await deps.webhooks.all(), "secret": secret})


async def try_webhook(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/connections/webhooks/{id}/test``: a message that says nothing, to see whether it arrives."""
    webhook_id = read_id(request)
    await deps.webhooks.try_out(person.agent_id, webhook_id)
    return answer(await deps.webhooks.deliveries(webhook_id, ""))


async def deliveries(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/connections/webhooks/{id}/deliveries``: its latest messages, the newest first."""
    return answer(await deps.webhooks.deliveries(read_id(request), read_query(request, DeliveriesQuery).state))


async def resend(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/connections/messages/{message}/resend``: once more from the first try on, with the same id."""
    owner = await deps.webhooks.resend(person.agent_id, request.match_info["message"])
    return answer(await deps.webhooks.deliveries(owner, ""))
