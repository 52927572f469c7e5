"""Fixtures of this folder: an Asterisk of its own, a centre on it, families behind its trunk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk, module_asterisk, rtp_ports
from harness.centre import Centre
from harness.homes import Homes, homes_of
from harness.stages import faulty_centre

from callcenter.setup.toolchain import Toolchain


@pytest.fixture(scope="module")
def node(toolchain: Toolchain) -> Iterator[RealAsterisk]:
    """An Asterisk that may be killed: whoever does so starts it again. In safe mode it phones the contacts soon."""
    times = {"safe_mode_walk_after": 1, "safe_mode_ring_seconds": 2, "speech_rate": 300}
    with module_asterisk(toolchain, **times, **rtp_ports(5000, 1000)) as made:
        yield made


@pytest_asyncio.fixture
async def homes(node: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks; nobody's of this test rings on into the next."""
    async with homes_of(node) as made:
        yield made
        await node.process.cli("channel request hangup all")


@pytest_asyncio.fixture
async def centre(node: RealAsterisk, database: str, homes: Homes) -> AsyncIterator[Centre]:
    """The instance that things are done to."""
    async with faulty_centre(node, database) as made:
        yield made
