"""First ring and hand-over beside app_queue, in the same Asterisk and the same run. ``make bench-ring``.

First ring: INVITE sent by the caller → INVITE at the phone of the seat that has been idle longest; with the product the pop
must have come before. Hand-over: a seat becomes free → its phone rings for the next caller. With the product a seat becomes
free when its agent says so at the console; with app_queue when its call ends, without wrap-up. ARGS: calls for the first ring
(default 200).
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

import uvloop
from figures import Figures, figures, machine
from harness.asterisk import RealAsterisk, own_asterisk, require_toolchain
from lines import own_line
from load import run_load
from product import Bench, product

from callcenter.simulation.phone import Phone

RATE = 10.0  # calls a second for the first ring
SEATS = 40
TURNS = 20  # hand-overs
STAY = 1.05  # seconds a caller of the first ring stays: not a multiple of 1 / RATE, or each call would come with another's end
TALK_SECONDS = 0.2
LINE = "99990002"
QUEUE = "bench"
SPARE = "8001"  # a seat without a console, whose phone is app_queue's only one
GOAL_FIRST, GOAL_HAND_OVER = 3.0, 50.0
QUEUES_CONF = f"""
[{QUEUE}]
strategy = leastrecent
timeout = 15
retry = 1
wrapuptime = 0
ringinuse = no
autofill = yes
joinempty = yes
"""


async def open_queue(asterisk: RealAsterisk) -> None:
    """A queue beside those of safe mode, as quick as app_queue can be told to be."""
    with (asterisk.process.folders.etc / "queues.conf").open("a") as conf:
        conf.write(QUEUES_CONF)
    await asterisk.process.cli("queue reload all")


async def join(asterisk: RealAsterisk, *extensions: str) -> None:
    for extension in extensions:
        await asterisk.process.cli(f"queue add member PJSIP/{extension} to {QUEUE}")


async def leave(asterisk: RealAsterisk, *extensions: str) -> None:
    for extension in extensions:
        await asterisk.process.cli(f"queue remove member PJSIP/{extension} from {QUEUE}")


async def first_ring_of_queue(bench: Bench, numbers: Sequence[str]) -> Figures:
    """app_queue's: the phone's display shows the caller's own number."""
    asterisk = bench.centre.asterisk
    await join(asterisk, *(place.extension for place in bench.places))
    bench.rang.clear()
    calls = await run_load(asterisk.toolchain, asterisk.sip, rate=RATE, line=LINE, numbers=numbers, stay=STAY)
    await leave(asterisk, *(place.extension for place in bench.places))
    return figures("app_queue", RATE, {call.number: call.sent_at for call in calls}, bench.rang)


async def first_ring(bench: Bench, numbers: Sequence[str]) -> tuple[Figures, int]:
    """The product's, and how many phones rang before their pop was at the console."""
    asterisk = bench.centre.asterisk
    bench.rang.clear()
    bench.popped.clear()
    line = str(bench.centre.data()["lines"]["life_help"])
    calls = await run_load(asterisk.toolchain, asterisk.sip, rate=RATE, line=line, numbers=numbers, stay=STAY)
    rang = {number: bench.rang[case] for number, case in bench.case_of.items() if case in bench.rang}
    before = sum(rang[number] < bench.popped[number] for number in rang if number in bench.popped)
    return figures("product", RATE, {call.number: call.sent_at for call in calls}, rang), before


async def hand_over_of_queue(bench: Bench) -> Figures:
    """One member, callers who wait: the end of a call → the next INVITE."""
    asterisk = bench.centre.asterisk
    phone = Phone(SPARE, bench.centre.seat_password(SPARE), asterisk.sip, manner="never", tone=None)
    await phone.register()
    await join(asterisk, SPARE)
    numbers = [f"1390000{turn:04}" for turn in range(TURNS + 1)]
    stay = TURNS * 2.0
    load = asyncio.create_task(run_load(asterisk.toolchain, asterisk.sip, rate=20.0, line=LINE, numbers=numbers, stay=stay))
    free: dict[str, float] = {}
    rings: dict[str, float] = {}
    try:
        for turn in range(TURNS + 1):
            call = await phone.ringing(5.0)
            rings[str(turn - 1)] = call.rang_at
            phone.answer(call)
            # Not before all of them wait: the first of them comes to a free phone.
            await asyncio.sleep(TALK_SECONDS if turn else 2.0)
            free[str(turn)] = time.time()
            await phone.hang_up(call)
    finally:
        await leave(asterisk, SPARE)
        await load
        await phone.close()
    del free[str(TURNS)], rings["-1"]
    return figures("app_queue", 0.0, free, rings)


async def hand_over(bench: Bench) -> Figures:
    """Callers wait, and one seat after the other becomes free."""
    asterisk = bench.centre.asterisk
    places = bench.places[:TURNS]
    line = str(bench.centre.data()["lines"]["life_help"])
    numbers = [f"1391111{turn:04}" for turn in range(TURNS)]
    load = asyncio.create_task(run_load(asterisk.toolchain, asterisk.sip, rate=20.0, line=line, numbers=numbers, stay=15.0))
    query = "SELECT 1 WHERE (SELECT count(*) FROM help_case WHERE state = 'waiting' AND offer_seat IS NULL) = :all"
    await bench.centre.until_row(query, timeout=15, all=TURNS)
    free: dict[str, float] = {}
    for place in places:
        free[place.extension] = time.time()
        await bench.ready(place)
        await asyncio.sleep(0.3)
    rings = {
        extension: times[-1] for extension, times in bench.rang_at.items() if extension in free and times[-1] > free[extension]
    }
    await load
    return figures("product", 0.0, free, rings)


async def main(calls: int) -> None:
    """Measure side by side and print figures, ratios, machine."""
    async with own_asterisk(require_toolchain()) as asterisk:
        sys.stdout.write(f"{machine()}\n")
        async with product(asterisk, SEATS, ready=False, together=True) as bench:
            await open_queue(asterisk)
            waited = await hand_over(bench)  # while no seat is free yet
            for place in bench.places:
                await bench.ready(place)
            ready = "SELECT 1 WHERE (SELECT count(*) FROM seat WHERE presence = 'ready') >= :all"
            await bench.centre.until_row(ready, timeout=20, all=SEATS)
            await first_ring(bench, [f"1360{index:07}" for index in range(50)])
            numbers = [f"1361{index:07}" for index in range(calls)]
            async with own_line(asterisk, LINE, f"Queue,{QUEUE}"):
                queue = await first_ring_of_queue(bench, numbers)
                queue_waited = await hand_over_of_queue(bench)
            ours, before = await first_ring(bench, numbers)
        sys.stdout.write(f"first ring (INVITE → INVITE)\n{queue}\n{ours}\n")
        sys.stdout.write(
            f"ratio p50 {ours.p50 / queue.p50:.2f}×  p99 {ours.p99 / queue.p99:.2f}×  (goal ≤ {GOAL_FIRST:g}× the median)  "
            f"rung before the pop: {before} of {ours.calls}\n"
        )
        sys.stdout.write(f"hand-over (a seat becomes free → INVITE)\n{queue_waited}\n{waited}\n")
        sys.stdout.write(f"{queue_waited.p50 / waited.p50:.0f} times as quick at the median  (goal ≥ {GOAL_HAND_OVER:g})\n")
        sys.stdout.write(f"{machine()}\n")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
