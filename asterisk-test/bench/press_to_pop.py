"""Press to pop: from the INVITE a caller sends to the frame at a console's websocket.

``python asterisk-test/bench/press_to_pop.py [calls]`` measures the bare client at 20 and at 100 calls/s on an Asterisk
of its own. What the product takes is measured beside it, in the same run, by whoever adds it here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvloop

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "tests")]

from bare import measure_bare  # noqa: E402
from figures import machine  # noqa: E402
from harness.asterisk import own_asterisk, require_toolchain  # noqa: E402

RATES = (20.0, 100.0)


async def main(calls: int) -> None:
    async with own_asterisk(require_toolchain()) as asterisk:
        sys.stdout.write(f"{machine()}\n")
        for rate in RATES:
            numbers = [f"138{index:08}" for index in range(calls)]
            sys.stdout.write(f"{await measure_bare(asterisk, rate, numbers)}\n")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
