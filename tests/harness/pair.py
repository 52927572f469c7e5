"""Two Asterisk nodes that know each other, and a centre on both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.asterisk import RealAsterisk
from harness.centre import Centre
from harness.stages import faulty_centre


@dataclass
class Pair:
    """Two nodes; whoever kills one starts it again."""

    one: RealAsterisk
    two: RealAsterisk

    @asynccontextmanager
    async def centre(self, database: str) -> AsyncIterator[Centre]:
        """An instance on both; a second one on the same database is another call of this."""
        async with faulty_centre(self.one, database) as made:
            made.others = (self.two,)
            yield made

    async def both_run(self) -> None:
        for node in (self.one, self.two):
            await node.process.start()
            await node.become_quiet()
