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
from callcenter.domain.announcements import safe_mode_sentence
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Person
from callcenter.domain.facts import SafeModeAttempt, SafeModeCall
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.telephony.numbers import read_caller
from callcenter.telephony.ports import HUNG_UP, Calls, SafeModeContact, SafeModeLine, SafeModeRecord, Speech, TelephonyError, Watch

log = structlog.get_logger()
IMPORTED = Counter("callcenter_safe_mode_calls_total", "Calls the dialplan served alone and we took over")

_CONTACTS = sa.text("""
    SELECT m.name, m.address, c.number, t.account, t.number AS terminal_number,
        ARRAY(SELECT n.number FROM member_number n WHERE n.member_id = m.id) AS numbers
    FROM terminal t JOIN member m ON m.id = t.member_id JOIN contact c ON c.member_id = m.id ORDER BY t.serial, c.position
""")
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
    speech: Speech
    centre: str
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
            walking = bool(record.walker) and record.walker in live
            self._live = self._live or alive or walking
            if walking:  # from here on the ladder phones them, and nobody is phoned by both
                await self.calls.hang_up(record.walker)
            await self.processor.ask(self._fact(record, alive))
            if record.attempts:  # told after the case is there: then it is known who they are
                await self.processor.ask(self._fact(record, alive))
            if not alive and not walking:
                await self.watch.forget_safe_mode_record(record.channel_id)
                IMPORTED.inc()
                if record.reason != HUNG_UP:  # it was nobody's, and is shown as a call that was missed
                    await self.warn("safe_mode_used")
                log.info("safe_mode_call_imported", leg=record.channel_id, reason=record.reason)
        return len(records)

    async def push_contacts(self) -> list[str]:
        """Give the PBX whom to phone for each terminal; gives back the sentences that are not spoken yet."""
        async with self.engine.connect() as connection:
            found = list(await connection.execute(_CONTACTS))
        generic = self.speech.media_of(safe_mode_sentence(None, self.centre))
        wanted: dict[str, list[SafeModeContact]] = {}
        unspoken: dict[str, None] = {}
        for row in found:
            sentence = safe_mode_sentence(Person(name=row.name, address=row.address), self.centre)
            media = self.speech.media_of(sentence)
            if not self.speech.is_spoken(sentence):
                unspoken[sentence] = None
                media = generic
            for who in {row.account, row.terminal_number, *row.numbers} - {None}:
                contacts = wanted.setdefault(who, [])
                contact = SafeModeContact(row.number, media)
                if contact not in contacts:
                    contacts.append(contact)
        await self.watch.push_contacts(wanted)
        return [safe_mode_sentence(None, self.centre), *unspoken]

    def _fact(self, record: SafeModeRecord, alive: bool) -> SafeModeCall:
        caller = read_caller(record.caller, self.country, self.area_code)
        return SafeModeCall(
            leg_id=record.channel_id, node=self.node, line=record.line, account=record.terminal or None, number=caller.number,
            display=caller.display, anonymous=caller.anonymous, reason=record.reason, arrived_at=_time(record.arrived_at),
            answered_at=_time(record.answered_at) if record.answered_at else None, answered_by=record.answered_by or None,
            ended_at=_time(record.ended_at) if record.ended_at else None, recording=record.recording or None, live=alive,
            attempts=tuple(
                SafeModeAttempt(
                    a.id, a.number, a.status, a.key, _time(a.started_at), _time(a.ended_at) if a.ended_at is not None else None
                )
                for a in record.attempts
            ),
        )  # fmt: skip

    async def push(self) -> None:
        """Give the PBX what it needs to serve calls without us: lines and the seats of each queue."""
        async with self.engine.connect() as connection:
            lines = [
                SafeModeLine(row.number, row.kind)
                for row in await connection.execute(sa.select(tables.line.c.number, tables.line.c.kind))
            ]
            seats = list(
                await connection.execute(sa.select(tables.seat).where(tables.seat.c.active).order_by(tables.seat.c.extension))
            )
        await self.watch.push_safe_mode(
            lines,
            [seat.extension for seat in seats if seat.takes_emergency],
            [seat.extension for seat in seats if seat.takes_life_help],
        )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
