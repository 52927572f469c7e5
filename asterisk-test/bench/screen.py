"""In real Chromium: from the pop's frame to the person on the screen, and the board with 500 who wait. ``make bench-screen``.

Frame → painted is taken by the page itself (tests/browser/painted.js): the websocket's message event → the drawing frame after
the one in which the person's name stands. The board's frames are timed while it is scrolled from end to end and while calls arrive.
ARGS: pops (default 20).
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import sqlalchemy as sa
from browser.screens import Screens, chromium, of, screens_of
from figures import machine, percentile
from harness.asterisk import RealAsterisk, own_asterisk, require_toolchain
from harness.centre import Centre, running_centre
from load import run_load
from playwright.async_api import expect
from product import bench_database

GOAL_PAINTED = 50.0  # ms
WAITING = 500
FRAME = 1000 / 60  # ms, what the screen asks for
ARRIVING, ARRIVING_SECONDS = 5.0, 8  # calls a second while the board is watched
SEAT = "8001"

_FRAMES = """
    async ({ scroll, seconds }) => {
        const box = document.querySelector('[data-testid=board-waiting]').closest('.scroll');
        const took = [], until = performance.now() + seconds * 1000;
        let last = await new Promise(requestAnimationFrame), y = 0;
        while (scroll ? y < box.scrollHeight : last < until) {
            if (scroll) box.scrollTop = (y += 300);
            const now = await new Promise(requestAnimationFrame);
            took.push(now - last);
            last = now;
        }
        return took;
    }
"""


async def painted(asterisk: RealAsterisk, centre: Centre, screens: Screens, pops: int) -> list[float]:
    """Milliseconds of each pop: one call after the other to one seat."""
    page, _ = await screens.seat(SEAT)
    people = await centre.rows("SELECT DISTINCT ON (member_id) number FROM member_number ORDER BY member_id, number")
    line = str(centre.data()["lines"]["life_help"])
    numbers = [str(people[index % len(people)]["number"]) for index in range(pops)]
    await run_load(asterisk.toolchain, asterisk.sip, rate=1.0, line=line, numbers=numbers, stay=0.6)
    return sorted(await page.evaluate("window.__painted"))


async def board(asterisk: RealAsterisk, centre: Centre, screens: Screens) -> dict[str, list[float]]:
    """Milliseconds between two frames of the supervisor's board with 500 who wait."""
    async with centre.engine.begin() as connection:
        query = """INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at, waiting_since,
                caller_display)
            SELECT gen_random_uuid(), 'n' || n, 'life_help', 'hotline', '1', 'waiting', now(), now(), now(), '1380000' || n
            FROM generate_series(1000, CAST(:last AS int)) n"""
        await connection.execute(sa.text(query), {"last": 999 + WAITING})
    page = await screens.person("supervisor")
    await expect(of(page, "waiting-row").first).to_be_visible()
    still = await page.evaluate(_FRAMES, {"scroll": False, "seconds": 2})
    scrolled = await page.evaluate(_FRAMES, {"scroll": True, "seconds": 0})
    numbers = [f"1387{index:07}" for index in range(round(ARRIVING * ARRIVING_SECONDS))]
    line = str(centre.data()["lines"]["life_help"])
    calls = run_load(asterisk.toolchain, asterisk.sip, rate=ARRIVING, line=line, numbers=numbers, stay=2.0)
    load = asyncio.create_task(calls)
    arriving: list[float] = await page.evaluate(_FRAMES, {"scroll": False, "seconds": ARRIVING_SECONDS})
    await load
    return {"at rest": still, "scrolled": scrolled, f"{ARRIVING:g} calls/s arrive": arriving}


def told(name: str, took: list[Any]) -> str:
    took = sorted(took)
    late = sum(one > 2 * FRAME for one in took)
    return (
        f"{name:<22} {len(took):>5}  p50 {percentile(took, 50):.1f}  p90 {percentile(took, 90):.1f}  "
        f"p99 {percentile(took, 99):.1f}  worst {took[-1] if took else float('nan'):.1f} ms  over two frames {late}\n"
    )


async def main(pops: int) -> None:
    """Measure both and print figures and machine."""
    with chromium() as address:
        async with own_asterisk(require_toolchain()) as asterisk, bench_database(asterisk) as url:
            sys.stdout.write(f"{machine()}\n")
            async with running_centre(asterisk, url, measured=True) as centre, screens_of(centre, address) as screens:
                took = await painted(asterisk, centre, screens, pops)
                sys.stdout.write(told("frame → painted", took))
                sys.stdout.write(f"goal ≤ {GOAL_PAINTED:g} ms at the median; {len(took)} of {pops} pops seen\n")
                for name, frames in (await board(asterisk, centre, screens)).items():
                    sys.stdout.write(told(f"{WAITING} wait, {name}", frames))
                if screens.faults:
                    sys.stdout.write(f"the pages complained: {screens.faults[:3]}\n")
            sys.stdout.write(f"{machine()}\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
