"""A seat takes an emergency that nobody takes, from whatever it is doing: a routine call is parked, a wrap-up or pause is left.

Two transactions, one for each case. Between them the seat is paused for "taking an emergency", so that nothing else rings there; if
the emergency is gone meanwhile, the seat is ready again and its parked caller is the first to be offered to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.acd.seats import Seats
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.domain import facts
from callcenter.domain.errors import Refused
from callcenter.engine.processor import Processor

TAKING = "taking_emergency"


@dataclass(frozen=True)
class PreEmption:
    """What one click on the alarm does."""

    engine: AsyncEngine
    processor: Processor
    seats: Seats

    async def take(self, who: Session, place: str, case_id: UUID) -> None:
        """Raises Refused when the emergency has been taken, or the seat speaks with another one."""
        await self._waits(case_id)
        presence, own = await self._seat(place)
        by = (who.agent_id, who.role, place)
        if own == case_id and presence == "offered":
            return  # it rings here already
        if presence == "talking" and own is not None:
            await self.processor.ask(facts.CallParked(*by, own))
        elif presence == "wrap_up":
            await self.seats.set_presence(place, "paused", TAKING, None, system=True)
        try:
            await self.processor.ask(facts.CaseTaken(*by, case_id, at_once=True))
        except Refused:
            now, held = await self._seat(place)
            if held == case_id and now in ("offered", "talking"):
                return  # routing was as quick as the click
            if now == "paused" and presence != "paused":
                await self.seats.set_presence(place, "ready", None, None)
            raise

    async def _waits(self, case_id: UUID) -> None:
        case = tables.case.c
        query = sa.select(sa.literal(1)).where(case.id == case_id, case.kind == "emergency", case.state == "waiting")
        async with self.engine.connect() as connection:
            if await connection.scalar(query) is None:
                raise Refused(
                    "not_waiting", "这个紧急求助已有人接听,您的通话没有变动。",
                    "Somebody has taken this emergency; your call is as it was.",
                )  # fmt: skip

    async def _seat(self, place: str) -> tuple[str, UUID | None]:
        seat = tables.seat.c
        async with self.engine.connect() as connection:
            row = (await connection.execute(sa.select(seat.presence, seat.case_id).where(seat.extension == place))).one()
        return row.presence, row.case_id
