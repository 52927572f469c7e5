"""What the supervisor sets for the board."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcenter.db.agents import Session
from callcenter.domain.thresholds import Measure
from callcenter.supervision.thresholds import Thresholds
from callcenter.web.bodies import Strict, answer, read_body
from callcenter.web.deps import Deps


class ThresholdBody(Strict):
    """``PUT /api/thresholds``"""

    measure: Measure
    limit: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
    seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
    active: bool
    phone: bool | None = None


async def thresholds(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/thresholds``"""
    return answer(await Thresholds(deps.engine, deps.settings.time_zone).all())


async def change_threshold(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/thresholds``: one of them"""
    body = await read_body(request, ThresholdBody)
    limits = Thresholds(deps.engine, deps.settings.time_zone)
    return answer(await limits.change(person.agent_id, **body.model_dump()))
