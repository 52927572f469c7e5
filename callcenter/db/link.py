"""The engine's short way to PostgreSQL: asyncpg with nothing in between, for the statements that stand between a press and a pop.

Everything else uses SQLAlchemy's pool (engine.py). A statement here is written with names (``:case``) and translated once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa
import structlog

from callcenter.settings import Settings

log = structlog.get_logger()
SMALLEST, LARGEST = 4, 12  # connections
FROZEN_SECONDS = 1.5  # between two statements of one transaction; a living instance needs milliseconds
_NAME = re.compile(r"(?<![:\w]):(\w+)")


@dataclass(frozen=True)
class Statement:
    """SQL with ``$1`` … and the names that fill them, in order."""

    sql: str
    names: tuple[str, ...]


def statement(text: str) -> Statement:
    """``text`` with ``:name`` parameters, as asyncpg wants it. ``::casts`` are left alone."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return Statement(_NAME.sub(number, text), tuple(names))


class Link:
    """One connection in use. A transaction begins when ``begin`` is asked for; without it each statement stands alone."""

    def __init__(self, connection: Any, *, firm: bool = False) -> None:
        self._connection = connection
        self.firm = firm
        """Whether the case that is read stays locked until the end."""
        self.begun = False

    async def begin(self) -> None:
        if not self.begun:
            await self._connection.execute("BEGIN")
            self.begun = True

    async def row(self, query: Statement, **values: Any) -> Any:
        """The first row, or None. Raises asyncpg.PostgresError, asyncpg.InterfaceError, OSError or TimeoutError."""
        return await self._connection.fetchrow(query.sql, *(values[name] for name in query.names))

    async def commit(self) -> None:
        if self.begun:
            await self._connection.execute("COMMIT")
            self.begun = False

    async def roll_back(self) -> None:
        if self.begun and not self._connection.is_closed():
            await self._connection.execute("ROLLBACK")
        self.begun = False


class Links:
    """The pool. ``open`` before use; ``use`` gives a connection back clean, whatever happened."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._dsn, self._settings = dsn_of(url), settings
        self._pool: Any = None
        self._returning: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        deadline = self._settings.database_timeout
        self._pool = await asyncpg.create_pool(
            self._dsn, min_size=SMALLEST, max_size=LARGEST, command_timeout=deadline, timeout=deadline, init=_init, reset=_nothing,
            server_settings={
                "application_name": f"callcenter-{self._settings.instance}",
                "timezone": "UTC",
                # An instance that is frozen in the middle must not keep a case's lock from the others.
                "idle_in_transaction_session_timeout": f"{FROZEN_SECONDS * 1000:.0f}",
                # The few statements here are the same all day and long: planning them anew each time costs more than they do.
                "plan_cache_mode": "force_generic_plan",
                "jit": "off",  # compiling one of them takes longer than a hundred runs
            },
        )  # fmt: skip

    async def close(self) -> None:
        if self._returning:  # each has its own deadline
            await asyncio.wait(set(self._returning))
        if self._pool is not None:
            await self._pool.close()

    @asynccontextmanager
    async def use(self, *, firm: bool = False) -> AsyncIterator[Link]:
        """A connection. ``firm``: the case that is read through it is locked until the end."""
        # A deadline costs a task of its own; there is nothing to wait for while a connection is idle.
        deadline = None if self._pool.get_idle_size() else self._settings.database_timeout
        connection = await self._pool.acquire(timeout=deadline)
        link = Link(connection, firm=firm)
        try:
            yield link
        finally:
            try:
                await link.roll_back()
            except asyncpg.InternalClientError:  # the server has ended it while it was idle: nothing was kept, and it is of no use
                connection.terminate()
            except asyncpg.InterfaceError:  # the same, and the pool has heard of it and has it back
                pass
            finally:
                # Beside what follows: between a commit and the pop nobody waits for the pool to count its connections.
                # A statement that was broken off is waited for there, and a frozen server never says that it has stopped.
                back = self._pool.release(connection, timeout=self._settings.database_timeout)
                task = asyncio.create_task(back, name="connection back")
                self._returning.add(task)
                task.add_done_callback(self._returned)

    def _returned(self, task: asyncio.Task[None]) -> None:
        self._returning.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:  # the pool has ended it, and makes another
            log.warning("connection_not_returned", error=type(error).__name__)


def dsn_of(url: str) -> str:
    """``url`` as asyncpg reads it."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _init(connection: Any) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, schema="pg_catalog", encoder=str, decoder=orjson.loads, format="text")


async def _nothing(_connection: Any) -> None:
    """Nothing is left on a connection by us, so there is nothing to reset between two uses: a round trip saved."""
