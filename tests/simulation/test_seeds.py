"""At least two thousand nights in every test run; each must keep all fifteen invariants. ``make simulate`` lives many more."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pytest

from simulation.night import Night
from simulation.run import Sum, nights, told

SEEDS, BLOCKS = 2000, 20
WORKERS = 2
EACH = SEEDS // BLOCKS


@pytest.fixture(scope="module")
def blocks() -> Iterator[dict[int, Future[Sum]]]:
    """All blocks at once, in processes of their own: the engine's modules run on a virtual clock there, and only there."""
    pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield {block: pool.submit(nights, range(block * EACH, (block + 1) * EACH), thorough=False) for block in range(BLOCKS)}
    finally:
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_night_keeps_every_promise(blocks: dict[int, Future[Sum]], block: int) -> None:
    total = blocks[block].result()
    for seed, found in total.lost.items():
        pytest.fail(f"seed {seed}\n{told(seed, found)}", pytrace=False)
    assert total.seeds == EACH


def test_the_nights_were_bad_enough(blocks: dict[int, Future[Sum]]) -> None:
    """Nights without faults, or without calls, would prove nothing."""
    total = Sum()
    for block in blocks.values():
        total.add(block.result())
    assert total.calls > 5 * SEEDS
    for kind in ("instance killed", "instance paused", "PBX killed", "database away", "event stream cut", "fact lost",
                 "fact doubled", "fact delayed", "calls taken over"):  # fmt: skip
        assert total.faults[kind] > SEEDS / 20, f"{kind}: {total.faults[kind]}"
    for end in ("acknowledged", "ended", "exhausted"):
        assert total.ends[end] > SEEDS / 20, f"{end}: {total.ends[end]}"


def test_a_seed_is_a_whole_night() -> None:
    """The same seed gives the same night, so that a failure can be lived through again."""
    one, other = Night(7).run(), Night(7).run()
    assert one.stage.events == other.stage.events
    assert one.store.attempts == other.store.attempts
    assert [rang.start for rang in one.node.legs] == [rang.start for rang in other.node.legs]
