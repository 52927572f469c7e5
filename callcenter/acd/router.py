"""Pairs waiting cases with free seats, and call-backs that are owed with those that are left: whenever something changed that may
make a pair, and at the latest every second."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from callcenter.db.link import Links
from callcenter.db.situations import waiting_and_ready
from callcenter.domain.call_backs import match_tasks
from callcenter.domain.facts import CallBackMatched, SeatMatched
from callcenter.domain.routing import match
from callcenter.engine.processor import DATABASE_ERRORS, Processor

log = structlog.get_logger()
AT_LATEST_SECONDS = 1.0  # a lease that ran out or a phone that came back on another instance wakes nobody


@dataclass
class SeatRouter:
    """Tells ``SeatMatched`` for each pair; the case's lane checks it again."""

    links: Links
    processor: Processor | None = None
    """Set by the composition root: processor and router know each other."""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Match for ever."""
        while True:
            try:
                async with asyncio.timeout(AT_LATEST_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.match_once()
            except DATABASE_ERRORS as error:
                log.warning("routing_not_done", error=type(error).__name__)
                await asyncio.sleep(0.2)

    async def match_once(self) -> int:
        """One pass over the queue; gives back how many pairs it told."""
        assert self.processor is not None
        async with self.links.use() as link:
            found = await waiting_and_ready(link)
        pairs = match(found["waiting"], found["seats"], found["now"])
        for case_id, seat in pairs:
            self.processor.tell(SeatMatched(case_id, seat))
        given = {seat for _, seat in pairs}
        left = [seat for seat in found["seats"] if seat.extension not in given]
        for case_id, task_id, place in match_tasks(found["owed"], found["waiting"], left, found["now"]):
            self.processor.tell(CallBackMatched(case_id, task_id, place))
        return len(pairs)
