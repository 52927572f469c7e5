"""Who has picked up is claimed at once: the dialplan waits half a second, and a case's lane may be busy for longer."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import uuid4

from callcenter.db.link import Links
from callcenter.db.situations import Reader
from callcenter.domain.facts import AttemptAnswered
from callcenter.engine.orders import Orders
from callcenter.engine.processor import Processor


class Claims:
    """Asterisk's answer to a claim: another instance was faster."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.legs: list[str] = []

    async def claim(self, leg_id: str) -> bool:
        self.legs.append(leg_id)
        self.asked.set()
        return False


async def test_a_claim_does_not_wait_for_what_its_lane_has_to_do_yet(links: Links, reader: Reader) -> None:
    calls, busy, worked = Claims(), asyncio.Event(), asyncio.Event()
    orders = Orders(None, None, None)  # type: ignore[arg-type]
    processor = Processor(links, reader, cast(Any, calls), orders, cast(Any, None), cast(Any, None), "tests")

    async def long() -> None:
        await busy.wait()
        worked.set()

    processor.belongs("a1", uuid4())
    processor.lanes.put(processor._lane(AttemptAnswered("a1")), long)
    processor.tell(AttemptAnswered("a1"))
    await asyncio.wait_for(calls.asked.wait(), 2)
    assert not worked.is_set()
    busy.set()
    assert await processor.lanes.drain(2)
    assert calls.legs == ["a1"], "once"


async def test_nothing_is_claimed_that_cannot_be_remembered(links: Links, reader: Reader) -> None:
    calls = Claims()
    orders = Orders(None, None, None)  # type: ignore[arg-type]
    processor = Processor(links, reader, cast(Any, calls), orders, cast(Any, None), cast(Any, None), "tests")
    processor.database_ok = False
    processor.tell(AttemptAnswered("a1"))
    assert await processor.lanes.drain(2)
    assert calls.legs == []
