"""An Asterisk with a trunk and a drill trunk, a telephone network behind each, and two services."""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
from array import array
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk, asterisk_settings, free_tcp_port
from harness.service import Ari

from callcenter.settings import Settings
from callcenter.setup.asterisk import AsteriskProcess
from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.family import TelephoneNetwork
from callcenter.telephony.ports import AttemptEvidence, AttemptOrder, AttemptOver
from callcenter.telephony.speech import write_wav
from callcenter.telephony.watch import AmiWatch

WALK_AFTER, WALK_RING = 1, 2


@pytest.fixture(scope="module")
def node(toolchain: Toolchain) -> Iterator[RealAsterisk]:
    """An Asterisk for this folder: safe mode walks soon, and the drill trunk has a port of its own."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    settings = asterisk_settings(
        folder, rtp_start=28000, rtp_end=28999, drill_target=f"127.0.0.2:{free_tcp_port()}",
        safe_mode_walk_after=WALK_AFTER, safe_mode_ring_seconds=WALK_RING,
    )  # fmt: skip
    process = AsteriskProcess(toolchain, settings)
    try:
        asyncio.run(process.start())
        yield RealAsterisk(settings, process, toolchain)
        assert process.alive, "Asterisk ended during the tests"
    finally:
        asyncio.run(process.stop())
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


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


def order(number: str = "+8613800000001", way: str = "trunk", ring: float = 5.0, **fields: str) -> AttemptOrder:
    """An order with an id of its own."""
    values = {"attempt_id": str(uuid4()), "caller_number": "07971234567", **fields}
    return AttemptOrder(number=number, way=way, ring_seconds=ring, **values)  # type: ignore[arg-type]


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Three seconds of 700 Hz in place of an announcement."""
    samples = (round(9000 * math.sin(2 * math.pi * 700 * index / 8000)) for index in range(3 * 8000))
    path = tmp_path / "announcement.wav"
    write_wav(path, array("h", samples))
    return path
