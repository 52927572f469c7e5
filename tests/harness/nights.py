"""The simulated nights are lived through beside the other tests, at the lowest priority: those mostly wait for telephones."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor

import pytest

SEEDS, BLOCKS, WORKERS = 2000, 20, 2
EACH = SEEDS // BLOCKS
POOL: pytest.StashKey[ProcessPoolExecutor] = pytest.StashKey()
NIGHTS: pytest.StashKey[dict[int, Future[object]]] = pytest.StashKey()


def _last_in_line() -> None:
    os.nice(19)


def _live(block: int) -> object:
    from simulation.run import nights

    return nights(range(block * EACH, (block + 1) * EACH), thorough=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The nights' own tests come last; they begin now, in processes of their own."""
    late = [item for item in items if item.path.name == "test_seeds.py"]
    if not late or config.option.collectonly:
        return
    items[:] = [item for item in items if item not in late] + late
    pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"), initializer=_last_in_line)
    config.stash[POOL] = pool
    config.stash[NIGHTS] = {block: pool.submit(_live, block) for block in range(BLOCKS)}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whatever the tests did, no process stays behind."""
    pool = config.stash.get(POOL, None)
    if pool is not None:
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def blocks(request: pytest.FixtureRequest) -> dict[int, Future[object]]:
    """The blocks of nights, each with its sum when it is over."""
    return request.config.stash[NIGHTS]
