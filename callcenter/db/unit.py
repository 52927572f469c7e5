"""One transaction around a whole request: whatever the request opens on the service's pool then joins it.

Without a unit an ``Engine`` is a plain pool. Within one (``async with engine.unit()``) each ``begin`` is a savepoint, each
``connect`` reads what the request has written, and all of it is kept by one commit at the end, with the answer (``web/once.py``).
Only the task that opened the unit takes part; what it starts beside itself does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger()


@dataclass
class Unit:
    """The transaction of a request, and what is to be done once it is kept."""

    connection: AsyncConnection
    task: asyncio.Task[Any] | None
    afterwards: list[Callable[[], Awaitable[None]]] = field(default_factory=list)


_UNIT: ContextVar[Unit | None] = ContextVar("unit", default=None)


def current() -> Unit | None:
    """The unit of this task, if there is one."""
    unit = _UNIT.get()
    return unit if unit is not None and unit.task is asyncio.current_task() else None


async def after_commit(work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work`` once what was written is there for all to see: now, or when the unit is kept."""
    unit = current()
    if unit is None:
        await work()
    else:
        unit.afterwards.append(work)


class Engine(AsyncEngine):
    """The service's pool, which knows of units."""

    def begin(self) -> Any:
        """A transaction; within a unit a savepoint of it."""
        unit = current()
        return super().begin() if unit is None else _savepoint(unit.connection)

    def connect(self) -> Any:
        """A connection; within a unit the unit's."""
        unit = current()
        return super().connect() if unit is None else _borrowed(unit.connection)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """One transaction around everything that the block does. An exception takes all of it back."""
        async with super().begin() as connection:
            unit = Unit(connection, asyncio.current_task())
            token = _UNIT.set(unit)
            try:
                yield unit
            finally:
                _UNIT.reset(token)
        for work in unit.afterwards:
            try:
                await work()
            except Exception as error:  # it is kept already: whoever shows it reads it anew
                log.exception("not_told_after_commit", error=type(error).__name__)


def apart(engine: AsyncEngine) -> AsyncConnection:
    """A connection of its own, also within a unit: for reading in another isolation."""
    return AsyncEngine.connect(engine)


@asynccontextmanager
async def _savepoint(connection: AsyncConnection) -> AsyncIterator[AsyncConnection]:
    async with connection.begin_nested():
        yield connection


@asynccontextmanager
async def _borrowed(connection: AsyncConnection) -> AsyncIterator[AsyncConnection]:
    yield connection
