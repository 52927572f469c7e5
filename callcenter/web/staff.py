"""The centre's own people and the telephones of the places: the administrator's work."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from callcenter.db import agents
from callcenter.db.access import note_access
from callcenter.db.agents import Agent, Session
from callcenter.people import staff
from callcenter.web.bodies import AgentChange, NewAgent, answer, read_body, read_id
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found

ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


async def agent_list(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/agents``"""
    async with deps.engine.connect() as connection:
        return answer([_as_json(person) for person in await agents.all_agents(connection)])


async def add(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/agents``"""
    body = await read_body(request, NewAgent)
    return answer(_as_json(await staff.add_agent(deps.engine, person.agent_id, **body.model_dump())), status=201)


async def change(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PATCH /api/agents/{id}``"""
    agent_id = read_id(request)
    changes = (await read_body(request, AgentChange)).model_dump(exclude_unset=True)
    changed = await staff.change_agent(deps.engine, deps.commands, person.agent_id, agent_id, changes)
    return answer(_as_json(changed))


async def credentials(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/seats/{extension}/credentials``: what a desk phone is set up with; the reading is journalled."""
    extension = request.match_info["extension"]
    async with deps.engine.begin() as connection:
        password = await agents.phone_password(connection, extension)
        if password is None:
            raise not_found("座位", "seat")
        await note_access(connection, person.agent_id, "credentials_read", extension)
    return _credentials(request, deps, extension, password)


async def renew_credentials(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/seats/{extension}/credentials``: a new password; the old one lets nobody register any more."""
    extension = request.match_info["extension"]
    password = await deps.softphones.renew_desk_password(extension, person.agent_id)
    if password is None:
        raise not_found("座位", "seat")
    return _credentials(request, deps, extension, password)


def _credentials(request: web.Request, deps: Deps, extension: str, password: str) -> web.Response:
    host = deps.settings.sip_host
    return answer(
        {
            "extension": extension,
            "password": password,
            # Listening everywhere: then the phone reaches it where the browser does.
            "server": (request.url.host or host) if host in ANY_ADDRESS else host,
            "port": deps.settings.sip_port,
            "transport": "udp",
        }
    )


def _as_json(person: Agent) -> dict[str, Any]:
    return {**asdict(person), "id": str(person.id)}
