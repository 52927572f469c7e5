"""Messages on their way: signed, tried again for days, each case's in its order, and never to where they must not go.

At least once, with the same id at every try: an instance that dies while it sends has a claim that ends by itself.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiohttp
import sqlalchemy as sa
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.connections.relay import PAGE, Relay
from callcenter.connections.webhooks import active
from callcenter.domain.announced import PATIENCE, check_url, is_public, sign
from callcenter.domain.errors import Refused
from callcenter.engine.processor import DATABASE_ERRORS

log = structlog.get_logger()
SENT = Counter("callcenter_webhook_tries_total", "Tries to deliver a message to another system", ["outcome"])

POLL_SECONDS, IDLE_SECONDS = 1.0, 5.0  # with subscriptions, and without any
SIDE_BY_SIDE = 4  # messages of one subscription at a time in each instance, of different cases
LEASE_TIMES, LEASE_MARGIN = 1.5, 2.0  # how long a try may take until another instance makes the next
GONE = 410
ERROR_LIMIT = 200


class PublicOnly(AbstractResolver):
    """Names that lead into the own network are not resolved: what was checked is what is called."""

    def __init__(self, *, private: bool) -> None:
        self._inner, self._private = DefaultResolver(), private

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        kept = [each for each in found if self._private or is_public(each["host"])]
        if not kept:
            raise OSError(f"{host} leads to a private address")
        return kept

    async def close(self) -> None:
        await self._inner.close()


@dataclass
class Delivering:
    """Runs until cancelled. ``warn`` tells the board of a message that is given up."""

    engine: AsyncEngine
    private: bool
    timeout: float
    pauses: tuple[float, ...]
    warn: Callable[[str, str], Awaitable[None]]
    poll: float = POLL_SECONDS
    idle: float = IDLE_SECONDS
    _working: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        relay = Relay(self.engine)
        async with self._client() as http, asyncio.TaskGroup() as group:
            while True:
                subscriptions: list[UUID] = []
                try:
                    async with self.engine.connect() as connection:
                        subscriptions = await active(connection)
                    for one in subscriptions:
                        while await relay.read(one) >= PAGE:
                            pass
                except DATABASE_ERRORS as error:
                    log.warning("journal_not_relayed", error=type(error).__name__)
                for one in subscriptions:
                    if one not in self._working or self._working[one].done():
                        self._working[one] = group.create_task(self._serve(http, one), name=f"webhook {one}")
                await asyncio.sleep(self.poll if subscriptions else self.idle)

    def _client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=PublicOnly(private=self.private), use_dns_cache=False, limit=50)
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=self.timeout)
        )

    async def _serve(self, http: aiohttp.ClientSession, webhook_id: UUID) -> None:
        """All that is due for one subscription; one that hangs holds up no other."""
        async with asyncio.TaskGroup() as group:
            for _ in range(SIDE_BY_SIDE):
                group.create_task(self._lane(http, webhook_id))

    async def _lane(self, http: aiohttp.ClientSession, webhook_id: UUID) -> None:
        try:
            while (message := await self._claim(webhook_id)) is not None:
                status, error = await self._send(http, message)
                await self._note(message, status, error)
        except DATABASE_ERRORS as error:
            log.warning("webhooks_not_sent", error=type(error).__name__)  # claims end by themselves

    async def _claim(self, webhook_id: UUID) -> Mapping[str, Any] | None:
        """The next message that is due: of each case the earliest, unless that one has failed for long."""
        values = {"webhook": webhook_id, "lease": self.timeout * LEASE_TIMES + LEASE_MARGIN, "patience": PATIENCE}
        async with self.engine.begin() as connection:
            row = (await connection.execute(_CLAIM, values)).mappings().one_or_none()
        return {str(name): value for name, value in row.items()} if row is not None else None

    async def _send(self, http: aiohttp.ClientSession, message: Mapping[str, Any]) -> tuple[int | None, str]:
        """HTTP status and, unless it was taken, what was wrong."""
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "callcenter-webhooks/1",
            "webhook-id": message["id"],
            "webhook-timestamp": str(now),
            "webhook-signature": sign(filter(None, (message["secret"], message["old"])), message["id"], now, message["body"]),
        }
        try:
            check_url(message["url"], private=self.private)  # the setting may be another than when it was saved
            async with http.post(message["url"], data=message["body"].encode(), headers=headers, allow_redirects=False) as answer:
                return answer.status, "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
        except Refused as refused:
            return None, refused.code
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return None, (f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)[:ERROR_LIMIT]

    async def _note(self, message: Mapping[str, Any], status: int | None, error: str) -> None:
        """Keep what became of the try."""
        SENT.labels("failed" if error else "delivered").inc()
        tries = message["tries"]
        dead = bool(error) and tries > len(self.pauses)
        values = {
            "id": message["id"], "status": status, "error": error, "state": "dead" if dead else "pending" if error else "delivered",
            "pause": self.pauses[min(tries, len(self.pauses)) - 1] if error else 0.0,
        }  # fmt: skip
        async with self.engine.begin() as connection:
            await connection.execute(_NOTE, values)
            if status == GONE:  # the receiver says that it wants no more
                await connection.execute(_OFF, {"webhook": message["webhook_id"]})
        if dead:
            log.error("webhook_given_up", message=message["id"], what=message["event"])
            await self.warn("webhook_dead", message["name"][:64])


_CLAIM = sa.text("""
    UPDATE webhook_delivery d SET claimed_until = now() + make_interval(secs => :lease), tries = d.tries + 1, tried_at = now()
    FROM webhook w
    WHERE w.id = d.webhook_id AND d.id = (
        SELECT n.id FROM webhook_delivery n JOIN webhook o ON o.id = n.webhook_id
        WHERE n.webhook_id = :webhook AND o.active AND n.state = 'pending' AND n.next_at <= now()
            AND (n.claimed_until IS NULL OR n.claimed_until < now())
            AND NOT EXISTS (
                SELECT 1 FROM webhook_delivery e WHERE e.webhook_id = n.webhook_id AND e.case_id = n.case_id AND e.state = 'pending'
                    AND (e.seq, e.event) < (n.seq, n.event) AND e.tries < :patience
            )
        ORDER BY n.next_at, n.place LIMIT 1 FOR UPDATE OF n SKIP LOCKED
    )
    RETURNING d.id, d.body, d.event, d.tries, d.webhook_id, w.url, w.name, w.secret,
        CASE WHEN w.old_secret_until > now() THEN w.old_secret END AS old
""")
_NOTE = sa.text("""
    UPDATE webhook_delivery SET state = :state, status = :status, error = :error, claimed_until = NULL,
        next_at = now() + make_interval(secs => :pause), delivered_at = CASE WHEN :state = 'delivered' THEN now() END
    WHERE id = :id AND state = 'pending'
""")
_OFF = sa.text("""
    UPDATE webhook SET active = false, version = version + 1, off_reason = 'HTTP 410' WHERE id = :webhook AND active
""")
