"""Fixtures of this folder: a centre, the person on duty, and a watchdog that presses every second."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.dogs import FIRST, Dog
from harness.homes import Homes, homes_of


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks."""
    async with homes_of(asterisk) as made:
        yield made


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A running centre with one person on duty."""
    async with running_centre(
        asterisk, database, speech_rate=300, probe_seconds=1.0, probe_slow_ms=900.0, probe_page_after=2
    ) as made:
        async with made.engine.begin() as connection:
            await connection.execute(sa.text("DELETE FROM duty_phone"))
            query = "INSERT INTO duty_phone (id, name, number, position) VALUES (gen_random_uuid(), '主任1', :number, 1)"
            await connection.execute(sa.text(query), {"number": FIRST})
        yield made


@pytest_asyncio.fixture
async def dog(centre: Centre) -> AsyncIterator[Dog]:
    """The watchdog, not started yet."""
    made = Dog(centre)
    yield made
    await made.stop()
