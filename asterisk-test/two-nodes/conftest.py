"""Fixtures of this folder: two nodes that know each other, a centre on both, families behind their trunks."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk, asterisk_settings, rtp_ports
from harness.centre import Centre
from harness.homes import Homes, homes_of
from harness.pair import Pair

from callcenter.setup.asterisk import AsteriskProcess
from callcenter.setup.toolchain import Toolchain


@pytest.fixture(scope="module")
def nodes(toolchain: Toolchain) -> Iterator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="cc-"))  # announcements are in one folder that both read
    values = {"node": "node1", "audio_lost_seconds": 20, "speech_rate": 300}
    alone = asterisk_settings(folder, **values, **rtp_ports(6000, 500))
    ports = asterisk_settings(folder)
    there = f"node2=127.0.0.1:{ports.asterisk_http_port}:{ports.ami_port}:{ports.sip_port}"
    first = alone.model_copy(update={"other_nodes": there})
    second = first.nodes[1].model_copy(update=rtp_ports(6500, 500))
    made = [
        RealAsterisk(settings, AsteriskProcess(toolchain, settings, folder / settings.node), toolchain)
        for settings in (first, second)
    ]
    pair = Pair(*made)
    try:
        for node in made:
            asyncio.run(node.process.start())
        yield pair
    finally:
        for node in made:
            asyncio.run(node.process.stop(3))
            node.process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def homes(nodes: Pair) -> AsyncIterator[Homes]:
    """The telephones behind the trunks of both; nobody's of this test rings on into the next."""
    await nodes.both_run()
    async with homes_of(nodes.one) as made:
        yield made
        await nodes.both_run()


@pytest_asyncio.fixture
async def centre(nodes: Pair, database: str, homes: Homes) -> AsyncIterator[Centre]:
    """The instance that things are done to."""
    async with nodes.centre(database) as made:
        yield made
