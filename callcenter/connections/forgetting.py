"""What is kept for a while only, dropped when its time is over: the time stands in the rows, so no restart forgets it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import once
from callcenter.engine.looks import look_again

log = structlog.get_logger()
EVERY_SECONDS = 600.0
MESSAGE_DAYS = 90  # messages to other systems, from their last try on
AT_ONCE = 1000

# The oldest of each subscription stand first in its index. A line older than what is kept is no news: it is never told anew.
_FORGET_MESSAGES = sa.text("""
    WITH old AS (
        SELECT o.id FROM webhook w CROSS JOIN LATERAL (
            SELECT d.id, d.next_at FROM webhook_delivery d WHERE d.webhook_id = w.id ORDER BY d.place LIMIT :most
        ) o WHERE o.next_at < now() - make_interval(days => :days)
    ),
    no_news AS (
        UPDATE webhook SET since = now() - make_interval(days => :days)
        WHERE since < now() - make_interval(days => :days) AND EXISTS (SELECT 1 FROM old)
    )
    DELETE FROM webhook_delivery d USING old WHERE d.id = old.id
""")


@dataclass(frozen=True)
class Forgetting:
    """Runs until cancelled. ``hours``: how long a command that is sent again is known."""

    engine: AsyncEngine
    hours: float

    async def run(self) -> None:
        await look_again("forgetting", self._forget_all, EVERY_SECONDS)

    async def _forget_all(self) -> None:
        await self.forget()
        while await self.forget_messages():
            pass

    async def forget(self) -> int:
        """Once; how many keys went."""
        async with self.engine.begin() as connection:
            return await once.forget(connection, self.hours)

    async def forget_messages(self) -> int:
        """Messages to other systems whose last try is long ago, some of them; how many went."""
        async with self.engine.begin() as connection:
            gone = await connection.execute(_FORGET_MESSAGES, {"most": AT_ONCE, "days": MESSAGE_DAYS})
        return int(gone.rowcount)
