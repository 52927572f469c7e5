"""What is kept for a while only, dropped when its time is over: the time stands in the rows, so no restart forgets it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import once
from callcenter.engine.processor import DATABASE_ERRORS

log = structlog.get_logger()
EVERY_SECONDS = 600.0


@dataclass(frozen=True)
class Forgetting:
    """Runs until cancelled. ``hours``: how long a command that is sent again is known."""

    engine: AsyncEngine
    hours: float

    async def run(self) -> None:
        while True:
            try:
                await self.forget()
            except DATABASE_ERRORS as error:
                log.warning("not_forgotten", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def forget(self) -> int:
        """Once; how many keys went."""
        async with self.engine.begin() as connection:
            return await once.forget(connection, self.hours)
