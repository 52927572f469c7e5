"""Press to pop: from the INVITE a caller sends to the frame at a console's websocket, beside a bare ARI client in the same run.

``make bench`` (ARGS: calls a rate, default 1000). The bare client echoes ``StasisStart`` and remembers nothing; the product
claims, finds the caller, chooses a seat, commits case, leg, journal, reservation and timers, and then sends the pop.
"""

from __future__ import annotations

import sys

import uvloop
from bare import measure_bare
from figures import machine
from harness.asterisk import own_asterisk, require_toolchain
from product import product

RATES = (20.0, 100.0)
SEATS = 200  # more than callers at one time (rate times stay), so that every call has a free seat and so a pop
GOAL = 2.0


async def main(calls: int) -> None:
    """Warm up both, then measure each rate side by side; print figures, ratios and what was lost."""
    async with own_asterisk(require_toolchain()) as asterisk:
        sys.stdout.write(f"{machine()}\n")
        async with product(asterisk, SEATS) as bench:
            await bench.measure(20.0, [f"137{index:08}" for index in range(100)])
            for place, rate in enumerate(RATES):
                numbers = [f"138{place}{index:07}" for index in range(calls)]
                bare = await measure_bare(asterisk, rate, numbers)
                cost = bench.cost()
                ours = await bench.measure(rate, numbers)
                spent = cost.each(len(numbers))
                kept = await bench.remembered(numbers)
                sys.stdout.write(f"{bare}\n{ours}\n")
                sys.stdout.write(
                    f"ratio      {rate:>5g}/s  p50 {ours.p50 / bare.p50:.2f}×  p99 {ours.p99 / bare.p99:.2f}×  (goal ≤ {GOAL:g}×)  "
                    f"cases committed {kept} of {len(numbers)}, popped twice {bench.twice}\n"
                    f"CPU a call {rate:>5g}/s  {spent}\n"
                )
                sys.stdout.flush()
        sys.stdout.write(f"{machine()}\n")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
