"""An instance takes over what a dead one held: once, however many reasons there are to look at the same moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import sqlalchemy as sa
from harness.asterisk import RealAsterisk
from harness.phones import Telephones
from harness.service import Ari
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.domain.facts import Fact
from callcenter.engine.instances import Instances
from callcenter.engine.processor import Processor
from callcenter.telephony.ports import Calls, LiveChannel

pytestmark = pytest.mark.real
SILENT = """INSERT INTO instance (name, app, node, started_at, seen_at)
    VALUES ('first', :app, 'node1', now() - interval '1 hour', now() - interval '1 minute')"""


@dataclass
class Told:
    """What the lanes would be told."""

    facts: list[Fact] = field(default_factory=list)

    def tell(self, fact: Fact) -> None:
        self.facts.append(fact)

    def belongs(self, *_: Any) -> None: ...


class Together:
    """The real calls; but who has listed the channels goes on when the others have, or when it is clear that they wait."""

    def __init__(self, calls: Calls, parties: int) -> None:
        self._calls, self._everybody = calls, asyncio.Barrier(parties)

    async def channels(self) -> list[LiveChannel]:
        found = await self._calls.channels()
        with suppress(TimeoutError, asyncio.BrokenBarrierError):
            await asyncio.wait_for(self._everybody.wait(), 0.5)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calls, name)


def of(ari: Ari, kind: str, channel: str) -> int:
    """How often this was told and is not read yet."""
    return sum(event["type"] == kind and event["channel"]["id"] == channel for event in ari.events)


async def test_a_channel_is_moved_once_by_two_looks_at_the_same_moment(
    asterisk: RealAsterisk, telephones: Telephones, engine: AsyncEngine
) -> None:
    """Moved once more, it would leave our own application, and its caller would seem to have hung up."""
    first = await Ari(asterisk.settings_for("first")).start()
    second = await Ari(asterisk.settings_for("second")).start()
    told = Told()
    calls = cast(Calls, Together(second.calls, 2))
    instances = Instances(engine, cast(Processor, told), calls, "second", second.connection.app, "node1", ["node1"])
    try:
        caller = await telephones.caller()
        channel = (await first.take_call())["channel"]["id"]
        await first.calls.answer(channel)
        await caller.answered()
        async with engine.begin() as connection:
            await connection.execute(sa.text(SILENT), {"app": first.connection.app})

        await asyncio.gather(*(instances.look() for _ in range(2)))
        await second.event("StasisStart", channel=channel)
        await instances.look()
        live = next(one for one in await second.calls.channels() if one.id == channel)
        assert live.app == second.connection.app
        assert of(second, "StasisEnd", channel) == 0, "the caller is on the line"
        await caller.hang_up()
        await second.event("StasisEnd", channel=channel)
        assert (of(second, "StasisStart", channel), of(second, "StasisEnd", channel)) == (0, 0), "no second one of either"
    finally:
        await first.close()
        await second.close()
