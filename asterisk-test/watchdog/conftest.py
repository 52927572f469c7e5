"""Fixtures of this folder: a centre, whoever is on duty behind the trunk, and the watchdog as a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.dogs import FIRST, SECOND, Dog
from harness.homes import Homes, homes_of


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks of the run's Asterisk."""
    async with homes_of(asterisk) as made:
        yield made


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A running centre with two people on duty, whose watchdog's announcements are spoken fast."""
    async with running_centre(asterisk, database, ring_seconds=4.0, wrap_up_seconds=20.0, speech_rate=300) as made:
        async with made.engine.begin() as connection:
            await connection.execute(sa.text("DELETE FROM duty_phone"))
            for place, number in enumerate((FIRST, SECOND), 1):
                query = "INSERT INTO duty_phone (id, name, number, position) VALUES (gen_random_uuid(), :name, :number, :place)"
                await connection.execute(sa.text(query), {"name": f"主任{place}", "number": number, "place": place})
        yield made


@pytest_asyncio.fixture
async def dog(centre: Centre) -> AsyncIterator[Dog]:
    """The watchdog, not started yet."""
    made = Dog(centre)
    yield made
    await made.stop()
