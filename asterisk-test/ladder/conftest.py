"""Fixtures of this folder: a centre whose families really ring."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes, homes_of


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks of the run's Asterisk."""
    async with homes_of(asterisk) as made:
        yield made


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A running centre that speaks fast, so that a voicemail is soon over."""
    async with running_centre(asterisk, database, ring_seconds=4.0, wrap_up_seconds=20.0, speech_rate=300) as made:
        yield made
