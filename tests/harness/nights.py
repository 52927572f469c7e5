"""The simulated nights are lived through beside the other tests, at the lowest priority: those mostly wait for telephones.

Tests may run in several processes (pytest-xdist). The first of them that has the nights to tell lives through them; what came of
each block stands in a file, which the others read.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SEEDS, BLOCKS, WORKERS = 2000, 20, 2
EACH = SEEDS // BLOCKS
DEADLINE_SECONDS = 1200.0
NIGHTS: pytest.StashKey[Nights] = pytest.StashKey()


def _last_in_line() -> None:
    os.nice(19)


def _live(folder: Path, block: int) -> None:
    from simulation.run import nights

    found = nights(range(block * EACH, (block + 1) * EACH), thorough=False)
    part = folder / f"{block}.part"
    part.write_bytes(pickle.dumps(found))
    part.rename(folder / f"{block}.sum")


@dataclass
class Nights:
    """``folder`` holds the sums; ``pool`` is None where another process lives through the nights."""

    folder: Path
    pool: ProcessPoolExecutor | None

    def of_block(self, block: int) -> Any:
        """Its ``simulation.run.Sum``. Raises TimeoutError where it does not come."""
        until = time.monotonic() + DEADLINE_SECONDS
        while not (self.folder / f"{block}.sum").exists():
            if time.monotonic() > until:
                raise TimeoutError(f"block {block} of the nights has not been told within {DEADLINE_SECONDS:g} s")
            time.sleep(0.2)
        return pickle.loads((self.folder / f"{block}.sum").read_bytes())  # noqa: S301 - written by our own pool


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The nights' own tests come last; they begin now, in processes of their own."""
    late = [item for item in items if item.path.name == "test_seeds.py"]
    if not late or config.option.collectonly:
        return
    items[:] = [item for item in items if item not in late] + late
    run = getattr(config, "workerinput", {}).get("testrunuid", f"alone-{os.getpid()}")
    folder = Path(tempfile.gettempdir()) / f"nights-{os.getuid()}-{run}"
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        (folder / "begun").touch(exist_ok=False)
    except FileExistsError:
        config.stash[NIGHTS] = Nights(folder, None)
        return
    pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"), initializer=_last_in_line)
    for block in range(BLOCKS):
        pool.submit(_live, folder, block)
    config.stash[NIGHTS] = Nights(folder, pool)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Whoever lives through the nights stays until they are over, for another process may wait for them; not after a break."""
    nights = session.config.stash.get(NIGHTS, None)
    if nights is not None and nights.pool is not None:
        broken_off = exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        nights.pool.shutdown(cancel_futures=broken_off)


@pytest.fixture(scope="session")
def nights(request: pytest.FixtureRequest) -> Nights:
    """The nights, block by block."""
    return request.config.stash[NIGHTS]
