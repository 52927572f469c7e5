"""Fixtures of this folder: telephones behind the trunk, and a centre with short times."""

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
    """A running centre whose seats ring for three seconds."""
    async with running_centre(asterisk, database, ring_seconds=3.0, wrap_up_seconds=1.0) as made:
        yield made
