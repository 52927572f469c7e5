"""Fixtures of this folder: one centre for a whole file, whose families really ring; each test has an elder of its own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes, homes_of
from harness.ladder import all_settled, duty_phones
from harness.postgres import Server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks of the run's Asterisk."""
    async with homes_of(asterisk) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(asterisk: RealAsterisk, postgres: Server, homes: Homes) -> AsyncIterator[Centre]:
    """A running centre that speaks fast, so that an announcement is soon over; nobody of it rings on into the next file."""
    database = await postgres.take_database()
    try:
        async with running_centre(
            asterisk, database, ring_seconds=4.0, wrap_up_seconds=20.0, speech_rate=300, announce_every_seconds=3.0
        ) as made:
            yield made
    finally:
        await asterisk.process.cli("channel request hangup all")
        await postgres.give_back(database)


@pytest_asyncio.fixture(loop_scope="module")
async def centre(town: Centre, homes: Homes) -> AsyncIterator[Centre]:
    """The file's centre, with no duty phone yet; after each test everybody has hung up and every case is settled."""
    await duty_phones(town)
    yield town
    await town.telephones.close()
    await all_settled(town, homes)
    for console in town.consoles:
        await console.close()
    town.consoles.clear()
