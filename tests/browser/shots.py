"""Pictures of every page and state, from the real service with real calls.

``make shots ARGS="OUTDIR"``, and after the folder ``pages``, ``day``, ``ladder``, ``after`` or ``reports``
for one part only; ``pages`` are all that the router knows (every_page.py). With ``--handbook`` the pictures of the handbooks are
written anew, too (album.py).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from harness.asterisk import own_asterisk, require_toolchain
from harness.centre import running_centre
from harness.homes import Homes, homes_of
from harness.postgres import CARELESS, Server

from browser.album import Album
from browser.every_page import every_page
from browser.screens import Screens, chromium, screens_of
from browser.shots_of_calls import (
    QUIET,
    a_morning,
    at_the_desk,
    at_the_door,
    on_the_board,
    when_it_breaks,
)
from browser.shots_of_desks import after_the_day, at_dispatch, in_the_office, the_reports
from browser.shots_of_emergencies import (
    at_the_ladder,
    on_paper,
    on_the_wall,
)
from callcenter.people.demo import insert_roster
from callcenter.setup.postgres import EmbeddedPostgres

# A headset, and dates as a browser in China writes them.
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--lang=zh-CN")


async def a_day(album: Album, screens: Screens, work: Path) -> None:
    await a_morning(screens.centre)
    await at_the_door(album, screens)
    desk = await at_the_desk(album, screens)
    await on_the_board(album, screens)
    await in_the_office(album, screens, work)
    await at_dispatch(album, screens)
    await when_it_breaks(album, screens, desk)


async def an_emergency(album: Album, screens: Screens, homes: Homes) -> None:
    await on_paper(album, screens)
    await at_the_ladder(album, screens, homes)
    await on_the_wall(album, screens, homes)


async def all_pages(album: Album, screens: Screens) -> None:
    """After a morning, and with a shift that has begun."""
    async with screens.centre.engine.begin() as connection:
        await insert_roster(connection, screens.centre.settings.time_zone)
    supervisor = await screens.centre.console("supervisor", connect=False)
    async with supervisor.http.post("/api/duty/shifts", json={}) as answer:
        assert answer.ok, await answer.text()
    await a_morning(screens.centre)
    await every_page(screens.centre, screens, album.take)


async def the_part(part: str, album: Album, screens: Screens, homes: Homes, work: Path) -> None:
    match part:
        case "pages":
            await all_pages(album, screens)
        case "day":
            await a_day(album, screens, work)
        case "ladder":
            await an_emergency(album, screens, homes)
        case "after":
            await after_the_day(album, screens, work)
        case "reports":
            await the_reports(album, screens)


async def main(folder: Path, *parts: str, handbook: bool = False) -> None:
    """All parts, or those named: ``pages``, ``day``, ``ladder``, ``after``, ``reports``."""
    album = Album(folder, handbook)
    async with AsyncExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True)))
        postgres = EmbeddedPostgres(work)
        server = Server(await asyncio.to_thread(postgres.start))
        stack.callback(postgres.stop)
        await server.run(*(f"ALTER SYSTEM SET {option}" for option in CARELESS), "SELECT pg_reload_conf()")
        await server.make_template()
        asterisk = await stack.enter_async_context(own_asterisk(require_toolchain()))
        homes = await stack.enter_async_context(homes_of(asterisk))
        address = stack.enter_context(chromium(*FLAGS))
        for part, settings in (
            ("pages", QUIET | {"demo_history": True}),
            ("day", QUIET),
            ("ladder", QUIET | {"ring_seconds": 60.0}),
            ("after", QUIET | {"demo_history": True}),
            ("reports", QUIET | {"demo_history": True}),
        ):
            if parts and part not in parts:
                continue
            async with (
                running_centre(asterisk, await server.make_database(), **settings) as centre,
                screens_of(centre, address) as screens,
            ):
                try:
                    await the_part(part, album, screens, homes, work)
                except Exception:  # whatever it is: how the windows look says why
                    await screens.photograph(folder)
                    raise
                if screens.faults:
                    raise SystemExit("\n".join(screens.faults))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--handbook"]
    if not words:
        raise SystemExit('请写明图片存放的文件夹 / name a folder for the pictures: make shots ARGS="out"')
    asyncio.run(main(Path(words[0]), *words[1:], handbook="--handbook" in sys.argv))
