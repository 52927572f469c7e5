"""The due table's reader: a timer is a fact too. Timers live in the database, so a restart forgets none."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

import structlog
from prometheus_client import Histogram
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.situations import due_timers
from callcenter.domain.facts import TimerDue
from callcenter.engine.processor import DATABASE_ERRORS, Processor

log = structlog.get_logger()
BATCH = Histogram("callcenter_timers_due", "Timers found due in one reading", buckets=(0, 1, 5, 20, 100, 200))

TELL_AGAIN_SECONDS = 10.0
POLL_SECONDS = 0.5  # a timer set by another instance is seen at the latest after this


@dataclass
class Due:
    """Reads due timers and tells them as facts. Runs until cancelled."""

    engine: AsyncEngine
    processor: Processor
    _sooner: asyncio.Event = field(default_factory=asyncio.Event)
    _wakes_at: float = 0.0
    _told: dict[tuple[UUID, str], float] = field(default_factory=dict)

    def timer_set(self, seconds: float) -> None:
        """A timer was set; it may be due before the next reading."""
        if monotonic() + seconds < self._wakes_at:
            self._sooner.set()

    async def run(self) -> None:
        while True:
            pause = POLL_SECONDS
            self._sooner.clear()
            try:
                async with self.engine.connect() as connection:
                    due, until_next = await due_timers(connection)
                self.processor.database_ok = True
                if until_next is not None:
                    pause = min(POLL_SECONDS, max(0.001, until_next))
                self._tell(due)
            except DATABASE_ERRORS as error:
                self.processor.database_ok = False
                log.warning("due_table_unread", error=type(error).__name__)
            self._wakes_at = monotonic() + pause
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._sooner.wait()
            self._wakes_at = 0.0

    def _tell(self, due: list[tuple[UUID, str, dict[str, object]]]) -> None:
        BATCH.observe(len(due))
        still = {(case_id, kind) for case_id, kind, _ in due}
        # What is no longer due was dealt with; what stays due although it was told is told again: no timer is forgotten.
        self._told = {key: at for key, at in self._told.items() if key in still and monotonic() - at < TELL_AGAIN_SECONDS}
        for case_id, kind, data in due:
            if (case_id, kind) not in self._told:
                self._told[case_id, kind] = monotonic()
                self.processor.tell(TimerDue(case_id, kind, data))
