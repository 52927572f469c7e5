"""Sustained load: so many calls a second, every one popped, rung, answered, bridged, ended and written down. ``make bench-load``.

Each seat's phone picks up at once, caller and seat are joined and recorded for as long as the caller stays, and the seat is ready
again after its wrap-up. No sound is sent: what is measured is call handling. ARGS: seconds for each rate (default 15), then the
rates (default 10 20 30 40).
"""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop
from cost import resident
from figures import figures, machine
from harness.asterisk import own_asterisk, require_toolchain
from load import run_load
from product import Bench, product

SECONDS, RATES = 15, (10.0, 20.0, 30.0, 40.0)
STAY, WRAP_UP = 2.0, 0.2  # seconds
SPARE = 1.6  # seats for each call that lives at one time
PEAK, TIMES = 25.0, 4.0  # the nation's busiest moment in calls a second, and how much more is wanted
SETTLED_TIMEOUT = 30.0

_KEPT = """
    SELECT count(*) AS cases, count(answered_at) AS answered,
        count(*) FILTER (WHERE state IN ('wrap_up', 'open', 'closed') AND ended_at IS NOT NULL) AS over,
        count(*) FILTER (WHERE EXISTS (SELECT 1 FROM recording r WHERE r.case_id = c.id)) AS recorded,
        count(*) FILTER (WHERE source = 'safe_mode') AS safe_mode,
        count(*) FILTER (WHERE (SELECT count(DISTINCT j.kind) FROM journal j WHERE j.case_id = c.id
            AND j.kind IN ('arrived', 'offered', 'answered')) = 3) AS journalled
    FROM help_case c WHERE caller_display = ANY(:numbers)
"""


async def measure(bench: Bench, place: int, rate: float, seconds: int) -> bool:
    """One rate; says whether every call went its whole way."""
    centre = bench.centre
    numbers = [f"13{place}{index:08}" for index in range(round(rate * seconds))]
    line = str(centre.data()["lines"]["life_help"])
    assert centre.process is not None
    bench.popped.clear()
    frames, characters, memory, cost = bench.frames, bench.characters, resident(centre.process.pid), bench.cost()
    began = time.monotonic()
    load = run_load(centre.asterisk.toolchain, centre.asterisk.sip, rate=rate, line=line, numbers=numbers, stay=STAY)
    placing = asyncio.create_task(load)
    await asyncio.sleep(seconds * 0.8)
    grown = resident(centre.process.pid) - memory
    calls = await placing
    took = time.monotonic() - began
    kept = await settled(bench, numbers)
    spent = cost.each(len(numbers))
    answered = [call for call in calls if call.answered_at is not None]
    pops = figures("pop", rate, {call.number: call.sent_at for call in calls}, bench.popped)
    picked_up = {call.number: call.answered_at for call in answered if call.answered_at is not None}
    sys.stdout.write(f"{pops}\n{figures('answered', rate, {call.number: call.sent_at for call in calls}, picked_up)}\n")
    whole = all(kept[name] == len(numbers) for name in ("cases", "answered", "over", "recorded", "journalled"))
    whole = whole and pops.lost == 0 and len(answered) == len(numbers)
    sys.stdout.write(
        f"of {len(numbers)} calls in {took:.1f} s: cases {kept['cases']}, popped {len(bench.popped)}, answered {len(answered)}, "
        f"bridged and recorded {kept['recorded']}, ended {kept['over']}, journalled whole {kept['journalled']}, "
        f"served by safe mode {kept['safe_mode']}: {'nothing lost' if whole else 'NOT ALL WENT THE WHOLE WAY'}\n"
        f"CPU a call {rate:g}/s: {spent}; memory {grown / 1024 / max(1.0, rate * STAY):.0f} KiB a live call; "
        f"consoles: {(bench.frames - frames) / len(numbers):.1f} frames, "
        f"{(bench.characters - characters) / len(numbers) / 1000:.1f} kB a call\n"
    )
    sys.stdout.flush()
    return whole


async def settled(bench: Bench, numbers: list[str]) -> dict[str, int]:
    """What the database kept, once it is all over."""
    deadline = time.monotonic() + SETTLED_TIMEOUT
    while True:
        found = (await bench.centre.rows(_KEPT, numbers=numbers))[0]
        if found["over"] == len(numbers) == found["cases"] or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.5)


async def main(seconds: int, rates: tuple[float, ...]) -> None:
    """Rate by rate, up to the first at which not every call went its whole way."""
    seats = round(max(rates) * (STAY + WRAP_UP + 0.5) * SPARE)
    best = 0.0
    async with own_asterisk(require_toolchain()) as asterisk:
        sys.stdout.write(f"{machine()}; {seats} seats\n")
        async with product(asterisk, seats, answer=True, wrap_up_seconds=WRAP_UP) as bench:
            await measure(bench, 0, min(rates), 3)  # warm
            for place, rate in enumerate(rates, start=1):
                if not await measure(bench, place, rate, seconds):
                    break
                best = rate
        sys.stdout.write(
            f"sustained without loss: {best:g} calls/s, {best / PEAK:.1f} times the national peak  (goal ≥ {TIMES:g})\n"
        )
        sys.stdout.write(f"{machine()}\n")


if __name__ == "__main__":
    uvloop.run(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS,
            tuple(map(float, sys.argv[2:])) or RATES,
        )
    )
