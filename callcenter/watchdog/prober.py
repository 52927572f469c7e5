"""Presses every few minutes, keeps what came of it, and says so. The database may be away: then it is written later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.tables import probe as table
from callcenter.probe.probing import Probed, probe
from callcenter.settings import Settings

log = structlog.get_logger(__name__)

WRITE_SECONDS = 2.0
SOON_SECONDS = 20.0  # until the next press after one that failed: is it so, or was it a moment
MOST_UNWRITTEN = 50
KEPT = "30 days"
# Its cases are no person's story: a day is long enough to look into them.
_OLD = "source = 'probe' AND opened_at < now() - interval '1 day'"
_FORGET = (
    f"DELETE FROM probe WHERE at < now() - interval '{KEPT}'",  # noqa: S608 - words of ours, here and below
    f"DELETE FROM journal WHERE case_id IN (SELECT id FROM help_case WHERE {_OLD})",  # noqa: S608
    f"DELETE FROM call_leg WHERE case_id IN (SELECT id FROM help_case WHERE {_OLD})",  # noqa: S608
    f"DELETE FROM help_case WHERE {_OLD}",  # noqa: S608
)


class Prober:
    """The probe's clock. ``on_result`` is told of each press as soon as it is over."""

    def __init__(self, settings: Settings, base: str, engine: AsyncEngine, on_result: Callable[[Probed], None]) -> None:
        self.slow_ms = settings.probe_slow_ms
        self._settings, self._base, self._engine, self._on_result = settings, base, engine, on_result
        self._unwritten: list[Probed] = []

    async def run(self) -> None:
        """For ever. The first press comes after one period: everything may start together."""
        wait = self._settings.probe_seconds
        while True:
            await asyncio.sleep(wait)
            wait = self._settings.probe_seconds if (await self.once()).ok else min(SOON_SECONDS, self._settings.probe_seconds)

    async def once(self) -> Probed:
        """Press, tell, write."""
        result = await probe(self._settings, self._base)
        tell = log.info if result.ok else log.error
        tell("probed", stage=result.stage, detail=result.detail, pop_ms=result.pop_ms, answer_ms=result.answer_ms)
        self._on_result(result)
        self._unwritten = [*self._unwritten, result][-MOST_UNWRITTEN:]
        await self._write()
        return result

    async def _write(self) -> None:
        try:
            async with asyncio.timeout(WRITE_SECONDS), self._engine.begin() as connection:
                rows = [asdict(one) | {"instance": self._settings.instance} for one in self._unwritten]
                await connection.execute(sa.insert(table), rows)
                for query in _FORGET:
                    await connection.execute(sa.text(query))
        except Exception as error:  # noqa: BLE001 - it stays in the list; pressing goes on
            log.warning("probe_not_written", error=type(error).__name__)
            return
        self._unwritten.clear()
