"""One browser for the run, windows for each test. A test that fails leaves a picture of every window in its tmp_path."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness.centre import Centre

from browser.screens import Screens, chromium, screens_of

FAILED: pytest.StashKey[bool] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def browser_address() -> Iterator[str]:
    with chromium() as address:
        yield address


@pytest_asyncio.fixture
async def screens(centre: Centre, browser_address: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Screens]:
    """Windows on the running centre."""
    async with screens_of(centre, browser_address) as made:
        yield made
        if request.node.stash.get(FAILED, False):
            for picture in await made.photograph(tmp_path):
                print(f"picture: {picture}")  # noqa: T201 - shown beside the failure
        assert made.faults == [], "the pages had errors of their own"
