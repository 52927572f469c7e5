"""Calls that a node saw and that no case has: each gets one, and who called is phoned back (S-1, S-2).

Nobody remembers a call that a service claimed and could not commit, when its caller hung up before it could be given to safe mode:
a machine that is overloaded, a database that goes away in that moment. The node's own note of it (``call_seen``) outlives all of
us. What opens here is what safe mode's import would have opened: a call that was missed, with its true times.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.domain.facts import SafeModeCall
from callcenter.engine.processor import Processor
from callcenter.telephony.numbers import read_caller

log = structlog.get_logger()
FOUND = Counter("callcenter_calls_unheard_total", "Calls that no service could keep, found by the node's own notes")

LOOK_SECONDS = 5.0
GRACE_SECONDS = 10.0  # after its end: whoever served it has written it down by then, or is at it
AT_ONCE = 100
UNHEARD = "UNHEARD"

# Notes are taken over every 10 s (reports/proof.py). Those that stay unheard for a day are told as calls without a case.
_UNHEARD = sa.text("""
    SELECT s.id, s.node, s.arrived_at, s.ended_at, s.line, s.terminal, s.number FROM call_seen s
    WHERE s.taken_at > clock_timestamp() - interval '1 day'
        AND coalesce(s.ended_at, s.arrived_at) < clock_timestamp() - make_interval(secs => :grace)
        AND NOT EXISTS (SELECT 1 FROM call_leg l WHERE l.id = s.id)
    ORDER BY s.arrived_at LIMIT :most
""")


@dataclass(frozen=True)
class Unheard:
    """Opens the cases of calls that nobody has. Every instance looks; a leg belongs to one case, so that each opens once."""

    engine: AsyncEngine
    processor: Processor
    country: str
    area_code: str

    async def look(self) -> int:
        """One look; how many calls were found. Raises what the database raises, Refused when others are faster each time."""
        async with self.engine.connect() as connection:
            found = list(await connection.execute(_UNHEARD, {"grace": GRACE_SECONDS, "most": AT_ONCE}))
        for row in found:
            caller = read_caller(row.number, self.country, self.area_code)
            fact = SafeModeCall(
                leg_id=row.id, node=row.node, line=row.line, account=row.terminal or None, number=caller.number,
                display=caller.display, anonymous=caller.anonymous, reason=UNHEARD, arrived_at=row.arrived_at, answered_at=None,
                answered_by=None, ended_at=row.ended_at or row.arrived_at, recording=None, live=False,
            )  # fmt: skip
            await self.processor.ask(fact)
            FOUND.inc()
            log.error("call_was_unheard", leg=row.id, node=row.node)
        return len(found)
