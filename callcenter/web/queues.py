"""Queues and skills, moving a seat, opening hours and the calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, StringConstraints

from callcenter.acd.opening import Opening
from callcenter.acd.queues import QUEUES_MOST, SKILLS_MOST, Queues
from callcenter.db.agents import Session
from callcenter.db.schema import INTEGER_MOST
from callcenter.domain.queues import MOST_SECONDS
from callcenter.escalation.shapes import Id
from callcenter.web.bodies import Line, Name, Strict, answer, read_body, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found

Need = Literal["none", "preferred", "required"]
Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,20}$")]
Year = Annotated[int, Field(ge=2004, le=2100)]


class QueueBody(Strict):
    """``POST /api/queues``"""

    kind: Literal["emergency", "life_help"]
    name_zh: Name
    name_en: Annotated[Line, Field(max_length=60)] = ""
    lines: Annotated[list[Number], Field(max_length=50, default_factory=list)]
    priority: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    ageing: Annotated[float, Field(ge=0.1, le=1000, allow_inf_nan=False)] = 10.0
    dialect: Need = "preferred"
    district: Need = "none"
    service: Annotated[Line, Field(max_length=40)] = ""
    service_need: Need = "required"
    required_seconds: Seconds = 60.0
    familiar_seconds: Seconds = 0.0
    seats_after: Seconds = 30.0
    duty_after: Annotated[float, Field(ge=5, le=MOST_SECONDS, allow_inf_nan=False)] | None = None


class QueueChange(QueueBody):
    """``PUT /api/queues/{id}``: all of it, and the version that was changed."""

    version: Annotated[int, Field(ge=0, le=INTEGER_MOST)]


class SeatQueues(Strict):
    """``PUT /api/seats/{extension}/queues``"""

    queues: Annotated[list[Id], Field(max_length=QUEUES_MOST)]


class SkillShape(Strict):
    kind: Literal["dialect", "district", "service"]
    value: Name


class Skills(Strict):
    """``PUT /api/agents/{id}/skills``"""

    skills: Annotated[list[SkillShape], Field(max_length=SKILLS_MOST)]


class HoursShape(Strict):
    days: Literal["every", "work", "off"]
    opens: Annotated[int, Field(ge=0, le=1440)]
    closes: Annotated[int, Field(ge=0, le=1440)]


class HoursBody(Strict):
    """``PUT /api/lines/{number}/hours``"""

    hours: Annotated[list[HoursShape], Field(max_length=12)]
    year: Year


class DayBody(Strict):
    """``PUT /api/calendar/{day}``"""

    works: bool
    name: Annotated[Line, Field(max_length=40)] = ""


class YearQuery(Strict):
    """``GET /api/calendar``"""

    year: Year


async def queues(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/queues``"""
    return answer(await Queues(deps.engine).all())


async def add_queue(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/queues``"""
    body = await read_body(request, QueueBody)
    return answer(await Queues(deps.engine).add(person.agent_id, body.model_dump()), 201)


async def change_queue(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/queues/{id}``"""
    body = await read_body(request, QueueChange)
    values = body.model_dump(exclude={"version"})
    return answer(await Queues(deps.engine).change(person.agent_id, read_id(request), body.version, values))


async def remove_queue(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``DELETE /api/queues/{id}``"""
    return answer(await Queues(deps.engine).remove(person.agent_id, read_id(request)))


async def move_seat(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/seats/{extension}/queues``"""
    body = await read_body(request, SeatQueues)
    wanted = [UUID(str(each)) for each in body.queues]
    return answer(await Queues(deps.engine).move_seat(person.agent_id, request.match_info["extension"], wanted))


async def seat_events(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/seats/{extension}/events``: a seat reads its own"""
    extension = request.match_info["extension"]
    if person.role == "seat" and person.seat != extension:
        raise web.HTTPForbidden
    return answer(await Queues(deps.engine).events(extension, 50))


async def set_skills(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/agents/{id}/skills``"""
    body = await read_body(request, Skills)
    skills: list[tuple[str, str]] = [(skill.kind, skill.value) for skill in body.skills]
    return answer(await Queues(deps.engine).set_skills(person.agent_id, read_id(request), skills))


async def calendar(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/calendar?year=``"""
    return answer(await _opening(deps).of_year(read_query(request, YearQuery).year))


async def set_day(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/calendar/{day}``"""
    body = await read_body(request, DayBody)
    return answer(await _opening(deps).set_day(person.agent_id, _day(request), body.works, body.name))


async def clear_day(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``DELETE /api/calendar/{day}``"""
    return answer(await _opening(deps).clear_day(person.agent_id, _day(request)))


async def set_hours(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/lines/{number}/hours``"""
    body = await read_body(request, HoursBody)
    hours = [each.model_dump() for each in body.hours]
    return answer(await _opening(deps).set_hours(person.agent_id, request.match_info["number"], hours, body.year))


def _opening(deps: Deps) -> Opening:
    return Opening(deps.engine, deps.settings.time_zone)


def _day(request: web.Request) -> date:
    try:
        day = date.fromisoformat(request.match_info["day"])
    except ValueError:
        raise not_found() from None
    if not 2004 <= day.year <= 2100:
        raise not_found()
    return day
