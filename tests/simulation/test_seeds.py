"""At least two thousand nights in every test run; each must keep every invariant. ``make simulate`` lives many more."""

from __future__ import annotations

import pytest
from harness.nights import BLOCKS, EACH, SEEDS, Nights

from simulation.night import Night
from simulation.run import Sum, told


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_night_keeps_every_promise(nights: Nights, block: int) -> None:
    total: Sum = nights.of_block(block)
    for seed, found in total.lost.items():
        pytest.fail(f"seed {seed}\n{told(seed, found)}", pytrace=False)
    assert total.seeds == EACH


def test_the_nights_were_bad_enough(nights: Nights) -> None:
    """Nights without faults, or without calls, would prove nothing."""
    total = Sum()
    for block in range(BLOCKS):
        total.add(nights.of_block(block))
    assert total.calls > 5 * SEEDS
    for kind in ("instance killed", "instance paused", "PBX killed", "database away", "event stream cut", "fact lost",
                 "fact doubled", "fact delayed", "calls taken over", "node cut off", "node cut off from one", "node given up",
                 "node taken back"):  # fmt: skip
        assert total.faults[kind] > SEEDS / 20, f"{kind}: {total.faults[kind]}"
    for end in ("acknowledged", "ended", "exhausted"):
        assert total.ends[end] > SEEDS / 20, f"{end}: {total.ends[end]}"


def test_a_seed_is_a_whole_night() -> None:
    """The same seed gives the same night, so that a failure can be lived through again."""
    one, other = Night(7).run(), Night(7).run()
    assert one.stage.events == other.stage.events
    assert one.store.attempts == other.store.attempts
    assert [rang.start for rang in one.truth.legs] == [rang.start for rang in other.truth.legs]
