"""Hear what other instances commit. PostgreSQL's notification only wakes; what changed is read from the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg
import sqlalchemy as sa
import structlog

from callcenter.db.link import dsn_of
from callcenter.db.save import CHANNEL

log = structlog.get_logger()
CHECK_SECONDS = 5.0


@dataclass
class Listener:
    """Calls ``on_change(payload)`` for every change of another instance, in order. Runs until cancelled."""

    url: str
    instance: str
    on_change: Callable[[str], Awaitable[None]]
    _heard: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(10_000))
    lost: int = 0
    """Notifications dropped because too many came at once: the tick's full refresh covers them."""

    async def run(self) -> None:
        consumer = asyncio.create_task(self._consume(), name="listener consumer")
        try:
            while True:
                try:
                    await self._listen()
                except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    log.warning("listener_lost", error=type(error).__name__)
                await asyncio.sleep(0.5)
        finally:
            consumer.cancel()
            await asyncio.gather(consumer, return_exceptions=True)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(dsn_of(self.url), timeout=CHECK_SECONDS)
        try:
            await connection.add_listener(CHANNEL, self._put)
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                await connection.execute("SELECT 1", timeout=CHECK_SECONDS)
        finally:
            await connection.close(timeout=1.0)

    def _put(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        text = str(payload)
        if text.split(" ", 1)[0] == self.instance:
            return
        try:
            self._heard.put_nowait(text)
        except asyncio.QueueFull:
            self.lost += 1

    async def _consume(self) -> None:
        while True:
            payload = await self._heard.get()
            try:
                await self.on_change(payload)
            except (ValueError, sa.exc.SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("change_elsewhere_not_shown", error=type(error).__name__)
