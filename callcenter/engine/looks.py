"""Work that is done again and again beside the calls: it outlives a database out of reach, and says when it last came through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import Counter, Gauge

from callcenter.engine.processor import DATABASE_ERRORS

log = structlog.get_logger()
LAST = Gauge("callcenter_look_last_timestamp_seconds", "When a look of this kind last came through (Unix time)", ["look"])
FAILED = Counter("callcenter_looks_failed_total", "Looks that did not come through", ["look"])


async def look_again(
    name: str, look: Callable[[], Awaitable[object]], every: float, *, also: tuple[type[Exception], ...] = ()
) -> None:
    """Look now, then again ``every`` so many seconds after the end of the last look, until cancelled.

    A database that is away, and what ``also`` names, is logged and counted under ``name``, and looked at again in its time.
    Anything else is a fault of ours and ends the loop (the service then stops and is started anew).
    """
    while True:
        try:
            await look()
        except (*DATABASE_ERRORS, *also) as error:
            FAILED.labels(name).inc()
            log.warning("look_failed", look=name, error=type(error).__name__)
        else:
            LAST.labels(name).set_to_current_time()
        await asyncio.sleep(every)
