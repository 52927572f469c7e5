"""Orphaned calls: a node saw them and no case has them. Each gets one, and who called is phoned back (S-1, S-2).

Nobody remembers a call that a service claimed and could not commit, when its caller hung up before it could be given to safe mode:
a machine that is overloaded, a database that goes away in that moment. The node's own note of it (``call_seen``) outlives all of
us. What opens here is what safe mode's import would have opened: a call that was missed, with its true times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.domain.errors import Refused
from callcenter.domain.facts import SafeModeCall
from callcenter.engine.looks import look_again
from callcenter.engine.processor import REFUSED_BY_DATABASE, Processor
from callcenter.telephony.numbers import read_caller
from callcenter.telephony.ports import SafeModeRecord, TelephonyError

log = structlog.get_logger()
FOUND = Counter("callcenter_calls_orphaned_total", "Calls that no service could keep, found by the node's own notes")

LOOK_SECONDS = 5.0
GRACE_SECONDS = 10.0  # after its note was taken over: whoever served it has written it down by then, or is at it
AT_ONCE = 100
ORPHANED = "ORPHANED"

# Notes are taken over every 10 s (reports/proof.py), which also tells, after two minutes, of those that have no case even so.
_ORPHANS = sa.text("""
    SELECT s.id, s.node, s.arrived_at, s.ended_at, s.line, s.terminal, s.number FROM call_seen s
    WHERE s.taken_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - make_interval(secs => :grace)
        AND NOT EXISTS (SELECT 1 FROM call_leg l WHERE l.id = s.id)
    ORDER BY s.arrived_at LIMIT :most
""")


class Journal(Protocol):
    """What a node's dialplan journalled: part of ``telephony.ports.Watch``."""

    @property
    def connected(self) -> bool: ...

    async def safe_mode_records(self) -> list[SafeModeRecord]: ...


@dataclass(frozen=True)
class Orphans:
    """Opens their cases. Every instance looks; a leg belongs to one case, so that each opens once."""

    engine: AsyncEngine
    processor: Processor
    journals: Mapping[str, Journal]
    """By node."""
    country: str
    area_code: str

    async def run(self) -> None:
        """Look for ever."""
        await look_again("orphans", self.look, LOOK_SECONDS, also=(TelephonyError,))

    async def look(self) -> int:
        """One look; how many calls were found. Raises what the database raises, and TelephonyError."""
        async with self.engine.connect() as connection:
            found = list(await connection.execute(_ORPHANS, {"grace": GRACE_SECONDS, "most": AT_ONCE}))
        journalled = await self._journalled({row.node for row in found})
        orphans = [row for row in found if row.id not in journalled]
        for row in orphans:
            caller = read_caller(row.number, self.country, self.area_code)
            fact = SafeModeCall(
                leg_id=row.id, node=row.node, line=row.line, account=row.terminal or None, number=caller.number,
                display=caller.display, anonymous=caller.anonymous, reason=ORPHANED, arrived_at=row.arrived_at, answered_at=None,
                answered_by=None, ended_at=row.ended_at or row.arrived_at, recording=None, live=False,
            )  # fmt: skip
            try:
                await self.processor.ask(fact)
            except (Refused, *REFUSED_BY_DATABASE) as error:  # those behind it are not held up
                log.warning("orphan_not_kept", leg=row.id, node=row.node, error=type(error).__name__, why=str(error))
                continue
            FOUND.inc()
            log.error("call_was_orphaned", leg=row.id, node=row.node)
        return len(orphans)

    async def _journalled(self, nodes: set[str]) -> set[str]:
        """Calls that safe mode served and that are still to be imported, with what came of them. Read after the notes: what is
        neither here nor a leg by then has been lost."""
        there = [journal for node, journal in self.journals.items() if node in nodes and journal.connected]
        return {record.channel_id for journal in there for record in await journal.safe_mode_records()}
