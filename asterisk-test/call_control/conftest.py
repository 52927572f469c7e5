"""Fixtures of this folder: telephones behind the trunk that a test can command, and a supervisor at a seat of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes, homes_of


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """The telephones behind the trunks."""
    async with homes_of(asterisk) as made:
        yield made


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str, homes: Homes) -> AsyncIterator[Centre]:
    """A running centre with short times; a hold is too long after 1.5 s."""
    async with running_centre(asterisk, database, ring_seconds=3.0, wrap_up_seconds=20.0, hold_seconds=1.5) as made:
        yield made
