"""The catalogue and the centre's places in the browser's interface: who may read and edit which table, the search, who is sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

import sqlalchemy as sa
from aiohttp import web
from pydantic import Field, StringConstraints, model_validator

from callcenter.cases.orders import ranked_json
from callcenter.catalogue import directory
from callcenter.db.access import note_access
from callcenter.db.agents import Role, Session
from callcenter.db.areas import areas
from callcenter.db.catalogue_tables import provider, provider_incident
from callcenter.db.orders import loads
from callcenter.db.providers import candidates, service_on
from callcenter.db.schema import INTEGER_MOST
from callcenter.db.tables import agent, department, district
from callcenter.domain.clock import iso
from callcenter.domain.directory import area_of
from callcenter.domain.providers import rank
from callcenter.web.bodies import Day, Line, Search, Strict, answer, read_body, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.members import today
from callcenter.web.problems import forbidden, not_found

ADMINISTRATOR: frozenset[Role] = frozenset({"administrator"})
LEADERS: frozenset[Role] = frozenset({"administrator", "supervisor"})
MAY_EDIT: dict[str, frozenset[Role]] = {
    "services": ADMINISTRATOR,
    "key_numbers": LEADERS,
    "resources": LEADERS,
    "partners": ADMINISTRATOR | {"business_development"},
    "workers": ADMINISTRATOR | {"group_leader"},
    "departments": ADMINISTRATOR,
    "districts": ADMINISTRATOR,
    "lines": ADMINISTRATOR,
    "seats": ADMINISTRATOR,
    "terminals": LEADERS,
    "consents": LEADERS,
}
# What tells of a member, or of how the centre is reached, is not everybody's to read.
MAY_READ: dict[str, frozenset[Role]] = {
    "consents": LEADERS, "terminals": LEADERS, "lines": LEADERS | {"auditor"}, "seats": LEADERS | {"auditor"},
}  # fmt: skip

Cells = Annotated[dict[str, Annotated[str, StringConstraints(max_length=4000)]], Field(max_length=60)]


class NewRecord(Strict):
    """``POST /api/records/{noun}``: cells as text, as in a file."""

    cells: Cells


class RecordChange(Strict):
    """``PATCH /api/records/{noun}/{id}``. ``version``: of the row that the person saw."""

    version: Annotated[int, Field(ge=0, le=INTEGER_MOST)]
    cells: Cells

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.cells:
            raise ValueError("nothing to change")
        return self


class DirectoryQuery(Strict):
    """``GET /api/directory``"""

    q: Search = ""
    kind: Literal["service", "key_number", "resource", "partner", "department"] | None = None
    near: Annotated[Line, Field(max_length=60)] = ""
    limit: int = Field(20, ge=1, le=100)


class AreaQuery(Strict):
    """``GET /api/directory/area``"""

    address: Annotated[Line, Field(min_length=1, max_length=200)]


class ChoiceQuery(Strict):
    """``GET /api/providers/choice``"""

    service: UUID
    district: Annotated[Line, Field(max_length=60)] = ""
    day: date | None = None


class NewIncident(Strict):
    """``POST /api/providers/{id}/incidents``"""

    day: Day
    severity: Literal["minor", "serious"]
    text: Annotated[Line, Field(min_length=4, max_length=1000)]
    measures: Annotated[Line, Field(max_length=1000)] = ""


def require_read(request: web.Request, person: Session) -> str:
    """The table of the address, if this person may read it. Raises Refused."""
    noun = request.match_info["noun"]
    if noun in MAY_READ and person.role not in MAY_READ[noun]:
        raise forbidden("您的角色不能查看这份目录。", "Your role may not read this table.")
    return noun


def require_edit(request: web.Request, person: Session) -> str:
    """The table of the address, if this person may edit it. Raises Refused."""
    noun = request.match_info["noun"]
    if noun in MAY_EDIT and person.role not in MAY_EDIT[noun]:
        raise forbidden("您的角色只能查看,不能修改这份目录。", "Your role may read this table, not edit it.")
    return noun


async def records(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/records/{noun}``"""
    noun = require_read(request, person)
    found = await deps.records.all(noun)
    return answer({**found, "may_edit": person.role in MAY_EDIT[noun]})


async def add_record(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/records/{noun}``"""
    noun = require_edit(request, person)
    body = await read_body(request, NewRecord)
    return answer(await deps.records.add(noun, body.cells, person.agent_id), status=201)


async def change_record(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PATCH /api/records/{noun}/{id}``"""
    noun = require_edit(request, person)
    body = await read_body(request, RecordChange)
    return answer(await deps.records.change(noun, request.match_info["id"], body.version, body.cells, person.agent_id))


async def record_history(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/records/{noun}/{id}/history``"""
    return answer(await deps.records.history(require_read(request, person), request.match_info["id"]))


async def find(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/directory``"""
    query = read_query(request, DirectoryQuery)
    async with deps.engine.connect() as connection:
        return answer(
            await directory.search(connection, query.q, today(deps), kind=query.kind, near=query.near or None, limit=query.limit)
        )


async def area(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/directory/area``: whose an address is (C-5); null when it names no district, or several alike."""
    query = read_query(request, AreaQuery)
    async with deps.engine.connect() as connection:
        found = area_of(query.address, await areas(connection))
        if found is None:
            return answer(None)
        row = (await connection.execute(sa.select(department).where(department.c.id == found.department_id))).one()
    return answer(
        {
            "district": found.name,
            "ours": found.ours,
            "department": {"id": str(row.id), "name": row.name, "number": row.phone, "address": row.address},
        }
    )


async def choice(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/providers/choice``: who is sent by rule, and why (W-7)."""
    query = read_query(request, ChoiceQuery)
    day = query.day or today(deps)
    async with deps.engine.connect() as connection:
        version = await service_on(connection, query.service, day)
        if version is None:
            raise not_found("服务", "service")
        district_id = await connection.scalar(sa.select(district.c.id).where(district.c.name == query.district))
        people = await candidates(connection, await loads(connection, deps.settings.time_zone))
        ranked = rank(people, query.service, district_id, day)
    return answer([ranked_json(each) for each in ranked])


async def incidents(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/providers/{id}/incidents``: newest first (D-8)."""
    provider_id = read_id(request)
    query = sa.select(provider_incident, agent.c.name.label("by")).join(agent).where(provider_incident.c.provider_id == provider_id)
    async with deps.engine.connect() as connection:
        rows = (await connection.execute(query.order_by(provider_incident.c.day.desc(), provider_incident.c.at.desc()))).all()
    return answer(
        [
            {
                "id": str(row.id),
                "day": row.day.isoformat(),
                "severity": row.severity,
                "text": row.text,
                "measures": row.measures,
                "by": row.by,
                "at": iso(row.at),
            }
            for row in rows
        ]
    )


async def add_incident(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/providers/{id}/incidents``"""
    provider_id = read_id(request)
    body = await read_body(request, NewIncident)
    async with deps.engine.begin() as connection:
        if await connection.scalar(sa.select(provider.c.id).where(provider.c.id == provider_id)) is None:
            raise not_found("单位", "provider")
        values = {**body.model_dump(), "agent_id": person.agent_id}
        added = await connection.scalar(
            sa.insert(provider_incident)
            .values(id=sa.func.gen_random_uuid(), provider_id=provider_id, **values)
            .returning(provider_incident.c.id)
        )
        await note_access(connection, person.agent_id, "incident_added", str(provider_id), {"incident": str(added)})
    return await incidents(request, deps, person)
