"""Take over what the dialplan did while no service answered: each journalled call becomes a case with its true times."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.domain.errors import Refused
from callcenter.domain.facts import SafeModeCall
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.telephony.numbers import read_caller
from callcenter.telephony.ports import Calls, SafeModeLine, SafeModeRecord, TelephonyError, Watch

log = structlog.get_logger()
IMPORTED = Counter("callcenter_safe_mode_calls_total", "Calls the dialplan served alone and we took over")

LOOK_SECONDS = 2.0  # while a safe-mode call lives; a finished one is told by an event at once
IDLE_SECONDS = 15.0


@dataclass
class SafeModeImport:
    """Reads the PBX's journal, tells facts, and forgets a record only when its end is in our database."""

    engine: AsyncEngine
    processor: Processor
    watch: Watch
    calls: Calls
    node: str
    country: str
    area_code: str
    warn: Callable[[str], Awaitable[None]]
    """Tells the supervisor; ``safe_mode_used``."""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _live: bool = False

    def wake(self) -> None:
        """The dialplan served a call, or our connection is back."""
        self._wake.set()

    async def run(self) -> None:
        """Import for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS if self._live else IDLE_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            if not (self.watch.connected and self.calls.connected):
                continue
            try:
                await self.import_all()
            except (TelephonyError, TimeoutError, Refused, *DATABASE_ERRORS) as error:
                log.warning("safe_mode_not_imported", error=type(error).__name__)

    async def import_all(self) -> int:
        """One reading of the PBX's journal; gives back how many records it held."""
        records = await self.watch.safe_mode_records()
        # Read after the journal: a call that ends in between is still seen as live and looked at again.
        live = {channel.id for channel in await self.calls.channels()} if records else set()
        self._live = False
        for record in records:
            alive = record.channel_id in live and record.ended_at is None
            self._live = self._live or alive
            await self.processor.ask(self._fact(record, alive))
            if not alive:
                await self.watch.forget_safe_mode_record(record.channel_id)
                IMPORTED.inc()
                await self.warn("safe_mode_used")
                log.info("safe_mode_call_imported", leg=record.channel_id, reason=record.reason)
        return len(records)

    def _fact(self, record: SafeModeRecord, alive: bool) -> SafeModeCall:
        caller = read_caller(record.caller, self.country, self.area_code)
        return SafeModeCall(
            leg_id=record.channel_id, node=self.node, line=record.line, account=record.terminal or None, number=caller.number,
            display=caller.display, anonymous=caller.anonymous, reason=record.reason, arrived_at=_time(record.arrived_at),
            answered_at=_time(record.answered_at) if record.answered_at else None, answered_by=record.answered_by or None,
            ended_at=_time(record.ended_at) if record.ended_at else None, recording=record.recording or None, live=alive,
        )  # fmt: skip

    async def push(self) -> None:
        """Give the PBX what it needs to serve calls without us: lines and the seats of each queue."""
        async with self.engine.connect() as connection:
            lines = [
                SafeModeLine(row.number, row.kind)
                for row in await connection.execute(sa.select(tables.line.c.number, tables.line.c.kind))
            ]
            seats = list(await connection.execute(sa.select(tables.seat).order_by(tables.seat.c.extension)))
        await self.watch.push_safe_mode(
            lines,
            [seat.extension for seat in seats if seat.takes_emergency],
            [seat.extension for seat in seats if seat.takes_life_help],
        )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
