"""Fixtures of this folder: an Asterisk of its own, a centre on it, families behind its trunk."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk, asterisk_settings
from harness.centre import Centre
from harness.homes import Homes, homes_of
from stages import faulty_centre

from callcenter.setup.asterisk import AsteriskProcess
from callcenter.setup.toolchain import Toolchain


@pytest.fixture(scope="module")
def node(toolchain: Toolchain) -> Iterator[RealAsterisk]:
    """An Asterisk that may be killed: whoever does so starts it again. In safe mode it phones the contacts soon."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    settings = asterisk_settings(
        folder, rtp_start=30000, rtp_end=30999, safe_mode_walk_after=1, safe_mode_ring_seconds=2, speech_rate=300
    )
    process = AsteriskProcess(toolchain, settings)
    try:
        asyncio.run(process.start())
        yield RealAsterisk(settings, process, toolchain)
        assert process.alive, "Asterisk ended during the tests"
    finally:
        asyncio.run(process.stop(3))
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


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
