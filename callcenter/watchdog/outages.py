"""What was down and for how long, for the duty log (T-6). Kept in memory while the database is what is down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.duty_room_tables import outage
from callcenter.watchdog.wrong import Wrong

log = structlog.get_logger(__name__)

DEADLINE = 2.0
MOST_UNWRITTEN = 200


@dataclass
class Outages:
    """One watchdog's. ``instance``: whose it is; what it left open when it ended is closed at its next start."""

    engine: AsyncEngine
    instance: str
    _open: dict[Wrong, UUID] = field(default_factory=dict)
    _unwritten: list[dict[str, object]] = field(default_factory=list)
    _started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _closed_old: bool = False

    def began(self, wrong: Wrong, ago: float) -> None:
        """It began ``ago`` seconds ago."""
        self._open[wrong] = made = uuid4()
        self._put({"id": made, "kind": wrong.kind, "about": wrong.about, "instance": self.instance, "began_at": _before(ago)})

    def ended(self, wrong: Wrong, ago: float) -> None:
        """It was seen for the last time ``ago`` seconds ago."""
        known = self._open.pop(wrong, None)
        if known is not None:
            self._put({"id": known, "ended_at": _before(ago)})

    async def write(self) -> None:
        """Everything that is owed; what fails stays owed."""
        while self._unwritten or not self._closed_old:
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._write_next()
            except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                log.warning("outage_not_written", error=type(error).__name__)
                return

    async def _write_next(self) -> None:
        async with self.engine.begin() as connection:
            if not self._closed_old:
                # When it really ended nobody saw; it was over, or is told anew, at our start.
                old = (outage.c.instance == self.instance, outage.c.ended_at.is_(None), outage.c.began_at < self._started_at)
                await connection.execute(sa.update(outage).where(*old).values(ended_at=self._started_at))
                self._closed_old = True
                return
            values = dict(self._unwritten[0])
            if "kind" in values:
                await connection.execute(insert(outage).values(values).on_conflict_do_nothing())
            else:
                await connection.execute(sa.update(outage).where(outage.c.id == values["id"]).values(ended_at=values["ended_at"]))
        self._unwritten.pop(0)

    def _put(self, values: dict[str, object]) -> None:
        self._unwritten = [*self._unwritten, values][-MOST_UNWRITTEN:]


def _before(ago: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=ago)
