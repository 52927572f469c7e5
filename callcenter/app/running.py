"""Loops that must never end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog

log = structlog.get_logger()
Loops = Iterable[tuple[str, Coroutine[Any, Any, None]]]


class Running:
    """The service's loops. If one ends by itself, ``failed`` is done: the service stops, loudly, and is started again."""

    def __init__(self) -> None:
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, loops: Loops) -> None:
        """Run them beside what runs."""
        for name, work in loops:
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Work that may end, beside the loops; if it fails, that is told as theirs is."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._done)
        self._tasks.append(task)

    async def stop(self) -> None:
        """End them all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._ended(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        log.critical("part_ended", part=task.get_name(), exc_info=task.exception())
        if not self.failed.done():
            self.failed.set_result(None)
