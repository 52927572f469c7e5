"""The due table's reader: a timer is a fact too. Timers live in the database, so a restart forgets none."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

import structlog
from prometheus_client import Histogram
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.due_timers import Timer, due_timers
from callcenter.domain.ahead import AHEAD, MARK
from callcenter.domain.facts import TimerDue
from callcenter.engine.processor import DATABASE_ERRORS, Processor

log = structlog.get_logger()
BATCH = Histogram("callcenter_timers_due", "Timers found due in one reading", buckets=(0, 1, 5, 20, 100, 200))

TELL_AGAIN_SECONDS = 10.0
MARGIN_SECONDS = 0.001  # told early, a timer would not be due yet, and be told again late
POLL_SECONDS = 0.5  # a timer set by another instance is seen at the latest after this
DESK_SECONDS = 5.0  # the same for paperwork: nobody lies on a floor because of it


@dataclass
class Due:
    """Reads due timers and tells them as facts. Runs until cancelled."""

    engine: AsyncEngine
    processor: Processor
    lane: str = "call"
    poll_seconds: float = POLL_SECONDS
    _sooner: asyncio.Event = field(default_factory=asyncio.Event)
    _wakes_at: float = 0.0
    _told: dict[tuple[UUID, str, datetime, bool], float] = field(default_factory=dict)
    """When; ahead of its time and at it are two: what was told ahead may have been set anew for the same moment since."""

    def timer_set(self, seconds: float) -> None:
        """A timer was set; it may be due before the next reading."""
        if monotonic() + seconds < self._wakes_at:
            self._sooner.set()

    async def run(self) -> None:
        while True:
            self._sooner.clear()
            upcoming: list[tuple[float, bool, Timer]] = []
            try:
                async with self.engine.connect() as connection:
                    found = await due_timers(connection, self.poll_seconds + AHEAD.total_seconds(), self.lane)
                self.processor.database_ok = True
                upcoming = self._still(found)
            except DATABASE_ERRORS as error:
                self.processor.database_ok = False
                log.warning("due_table_unread", error=type(error).__name__)
            self._wakes_at = monotonic() + self.poll_seconds
            # What is due before the next reading is known already and is told on time, unread.
            for at, ahead, timer in upcoming:
                if at > monotonic() and await self._woken_before(at):
                    break
                self._tell(timer, ahead)
            else:
                await self._woken_before(self._wakes_at)
            self._wakes_at = 0.0

    async def _woken_before(self, at: float) -> bool:
        """Sleep until then; True when a timer was set meanwhile that is due before the next reading."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, at - monotonic())):
                await self._sooner.wait()
        return self._sooner.is_set()

    def _still(self, found: list[Timer]) -> list[tuple[float, bool, Timer]]:
        """When, by our own clock, each is to be told, and whether that is ahead of its time: those that were told a moment ago are
        being worked on."""
        now = monotonic()
        BATCH.observe(sum(timer.wait <= 0 for timer in found))
        still = {(timer.case_id, timer.kind, timer.due_at) for timer in found}
        # What stays due although it was told is told again: no timer is forgotten.
        self._told = {key: at for key, at in self._told.items() if key[:3] in still and now - at < TELL_AGAIN_SECONDS}
        upcoming = []
        for timer in found:
            ahead = MARK in timer.data and (timer.case_id, timer.kind, timer.due_at, True) not in self._told
            at = now + timer.wait + MARGIN_SECONDS - (AHEAD.total_seconds() if ahead else 0.0)
            if at <= now + self.poll_seconds:
                upcoming.append((at, ahead, timer))
        return sorted(upcoming, key=lambda one: one[0])

    def _tell(self, timer: Timer, ahead: bool) -> None:
        key = (timer.case_id, timer.kind, timer.due_at, ahead)
        if key not in self._told:
            self._told[key] = monotonic()
            self.processor.tell(TimerDue(timer.case_id, timer.kind, timer.data, timer.due_at))
