"""One ordered mailbox per key: facts of one case are worked on one after the other, those of different cases side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Runs work in order per key. Nothing is dropped; ``drain`` waits for what was begun."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[tuple[float, Work]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.worst_lag = 0.0
        """Longest time in seconds that work waited for its turn since somebody last read and reset it."""

    @property
    def waiting(self) -> int:
        """Work not yet begun, over all lanes."""
        return sum(len(queue) for queue in self._queues.values())

    def put(self, key: str, work: Work) -> None:
        """Queue ``work`` behind everything that was put under ``key`` before."""
        queue = self._queues.get(key)
        if queue is not None:
            queue.append((monotonic(), work))
            return
        self._queues[key] = deque([(monotonic(), work)])
        task = asyncio.create_task(self._run(key), name=f"lane {key}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            put_at, work = queue.popleft()
            self.worst_lag = max(self.worst_lag, monotonic() - put_at)
            try:
                await work()
            except Exception:  # one piece of work that fails must not stop those behind it; it is logged whole
                log.exception("lane_work_failed", lane=key)
        del self._queues[key]

    async def idle(self, timeout: float) -> bool:
        """Wait until nothing is in work, at most ``timeout`` seconds."""
        deadline = monotonic() + timeout
        while self._tasks and monotonic() < deadline:
            await asyncio.wait(set(self._tasks), timeout=max(0.0, deadline - monotonic()))
        return not self._tasks

    async def drain(self, timeout: float) -> bool:
        """Wait until every lane is empty, at most ``timeout`` seconds; then stop what is left. True when all was done."""
        await self.idle(timeout)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return not left
