"""Pauses that last longer than their reason allows (W-6): the seat sees it, the supervisor is warned, it is written down.

The seat's row is the timer: ``pause_until`` was set with the pause, so a restart forgets none, and of several instances one is
first.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.acd.seats import locked_seats, now_of, store_seat
from callcenter.db import tables
from callcenter.db.queues import seat_event
from callcenter.domain.seat import pause_is_long
from callcenter.engine.looks import look_again
from callcenter.engine.ports import Changed, Feed

log = structlog.get_logger()
LOOK_SECONDS = 1.0


@dataclass
class Pauses:
    """Looks every second. Runs until cancelled."""

    engine: AsyncEngine
    feed: Feed
    instance: str

    async def run(self) -> None:
        await look_again("pauses", self.look, LOOK_SECONDS)

    async def look(self) -> list[str]:
        """The seats whose pause has just become too long."""
        seat = tables.seat.c
        due = sa.and_(seat.presence == "paused", seat.pause_until <= sa.func.clock_timestamp(), ~seat.pause_long)
        told: list[str] = []
        async with self.engine.begin() as connection:
            if await connection.scalar(sa.select(sa.exists().where(due))) is not True:
                return told
            now = await now_of(connection)
            for found in await locked_seats(connection, due):
                moved = pause_is_long(found, now)
                if moved is None:
                    continue
                await store_seat(connection, moved, self.instance)
                data = {"reason": found.pause_reason, "since": found.since.isoformat()}
                await seat_event(connection, found.extension, "pause_long", found.agent_id, None, data)
                await connection.execute(
                    sa.insert(tables.warning).values(
                        id=sa.func.gen_random_uuid(), at=now, kind="pause_long", account=found.extension
                    )
                )
                told.append(found.extension)
        for extension in told:
            await self.feed.publish(Changed(seats=(extension,)))
        return told
