"""An Asterisk with a trunk and a drill trunk, a telephone network behind each, and two services."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk, free_tcp_port, module_asterisk, rtp_ports
from harness.service import Ari

from callcenter.settings import Settings
from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.family import TelephoneNetwork
from callcenter.telephony.ports import AttemptEvidence, AttemptOrder, AttemptOver
from callcenter.telephony.speaking import write_wav
from callcenter.telephony.watch import AmiWatch

WALK_AFTER, WALK_RING = 1, 2


@pytest.fixture(scope="module")
def node(toolchain: Toolchain) -> Iterator[RealAsterisk]:
    """An Asterisk for this folder: safe mode walks soon, and the drill trunk has a port of its own."""
    drill_target = f"127.0.0.2:{free_tcp_port()}"
    times = {"safe_mode_walk_after": WALK_AFTER, "safe_mode_ring_seconds": WALK_RING}
    with module_asterisk(toolchain, drill_target=drill_target, **times, **rtp_ports(4000, 1000)) as made:
        yield made


@dataclass
class Evidence:
    """AMI with the ends of attempts that it told."""

    watch: AmiWatch
    overs: list[AttemptOver] = field(default_factory=list)
    safe_mode: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, settings: Settings) -> Evidence:
        def over(told: AttemptOver) -> None:
            made.overs.append(told)
            made._news.set()

        def step(what: str, _call: str) -> None:
            made.safe_mode.append(what)
            made._news.set()

        made = cls(AmiWatch(settings, on_attempt=over, on_safe_mode=step))
        await made.watch.start()
        await made.watch.ami.until_connected(5)
        return made

    async def ended(self, attempt_id: str, timeout: float = 5.0) -> AttemptOver:
        """The end of this attempt as AMI tells it."""
        async with asyncio.timeout(timeout):
            while not any(over.attempt_id == attempt_id for over in self.overs):
                self._news.clear()
                await self._news.wait()
        return next(over for over in self.overs if over.attempt_id == attempt_id)

    async def step(self, what: str, timeout: float = 10.0) -> None:
        async with asyncio.timeout(timeout):
            while what not in self.safe_mode:
                self._news.clear()
                await self._news.wait()

    async def of(self, attempt_id: str) -> AttemptEvidence:
        found = await self.watch.attempt_evidence(attempt_id)
        assert found is not None
        return found


@pytest_asyncio.fixture
async def one(node: RealAsterisk) -> AsyncIterator[Ari]:
    """A service."""
    made = await Ari(node.settings).start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def two(node: RealAsterisk) -> AsyncIterator[Ari]:
    """Another service on the same Asterisk."""
    made = await Ari(node.settings_for("two")).start()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def evidence(node: RealAsterisk) -> AsyncIterator[Evidence]:
    made = await Evidence.open(node.settings)
    yield made
    await made.watch.close()


@pytest_asyncio.fixture
async def network(node: RealAsterisk) -> AsyncIterator[TelephoneNetwork]:
    """Who is behind the trunk."""
    made = TelephoneNetwork()
    await made.listen(int(node.settings.trunk_target.rpartition(":")[2]))
    yield made
    await made.close()


@pytest_asyncio.fixture
async def drills(node: RealAsterisk) -> AsyncIterator[TelephoneNetwork]:
    """Who is behind the drill trunk."""
    made = TelephoneNetwork()
    await made.listen(int(node.settings.drill_target.rpartition(":")[2]))
    yield made
    await made.close()


def order(
    number: str = "+8613800000001",
    way: Literal["trunk", "drill", "account"] = "trunk",
    ring: float = 5.0,
    *,
    announcement: str = "",
    caller_name: str = "",
) -> AttemptOrder:
    """An order with an id of its own."""
    return AttemptOrder(str(uuid4()), number, way, ring, announcement, caller_name, caller_number="07971234567")


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Three seconds of 700 Hz in place of an announcement."""
    samples = (round(9000 * math.sin(2 * math.pi * 700 * index / 8000)) for index in range(3 * 8000))
    path = tmp_path / "announcement.wav"
    write_wav(path, array("h", samples))
    return path
