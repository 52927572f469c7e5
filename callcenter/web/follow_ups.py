"""The follow-up desk by HTTP: what is due, one with its form, and coverage. Commands on them go by ``/api/desk``."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator, Field

from callcenter.cases.follow_up_queries import View
from callcenter.db.access import note_access_once
from callcenter.db.agents import Session
from callcenter.web.bodies import Day, Strict, answer, asked_period, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.members import today
from callcenter.web.problems import not_found

MaybeDay = Annotated[Day | None, BeforeValidator(lambda value: value or None)]


class FollowUpsQuery(Strict):
    """``GET /api/follow-ups``"""

    view: View = "today"
    limit: int = Field(100, ge=1, le=200)
    offset: int = Field(0, ge=0, le=100_000)


class CoverageQuery(Strict):
    """``GET /api/follow-ups/coverage``"""

    since: MaybeDay = None
    until: MaybeDay = None


async def page(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/follow-ups``"""
    query = read_query(request, FollowUpsQuery)
    return answer(await deps.desk.follow_ups.page(person, query.view, query.limit, query.offset))


async def one(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/follow-ups/{id}``: name, address and telephone of the elder; the reading is journalled."""
    paper_id = read_id(request)
    found = await deps.desk.follow_ups.one(paper_id)
    if found is None:
        raise not_found("回访", "follow-up")
    async with deps.engine.begin() as connection:
        await note_access_once(connection, person.agent_id, "follow_up_read", str(paper_id))
    return answer(found)


async def coverage(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/follow-ups/coverage``: R-14 and R-15 with the misses by name; without days, this month until today."""
    query = read_query(request, CoverageQuery)
    over = asked_period(query.since, query.until, today(deps), deps.settings.time_zone, lambda until: until.replace(day=1))
    return answer(await deps.desk.follow_ups.coverage(over))
