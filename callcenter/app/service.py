"""One instance: its parts in the order of need, and in the reverse order at the end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from typing import Any

import structlog
import uvloop

from callcenter.app.database import Database
from callcenter.app.deciding import Deciding
from callcenter.app.desks import Desks
from callcenter.app.doors import Doors
from callcenter.app.running import Running
from callcenter.app.screens import Screens
from callcenter.app.telephones import Telephones, Told
from callcenter.db import spelling
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.log import set_up_logging
from callcenter.settings import Settings

log = structlog.get_logger()
COLLECT_AFTER = (20_000, 20, 20)  # new objects, then passes of the younger generation


class Service:
    """One instance of the call centre. ``url``: the database; everything else is in ``settings``."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings = settings
        self.database = Database(settings, url)
        self.telephones = Telephones(settings, self.database.engine)
        self.screens = Screens(settings, self.database)
        self.deciding = Deciding(
            settings, self.database, self.telephones.nodes, self.telephones.speech, self.screens, self.telephones.phones_again
        )
        self.desks = Desks(settings, self.database, self.telephones, self.screens, self.deciding)
        self.doors = Doors(settings, self.database, self.telephones, self.screens, self.deciding, self.desks)
        self.telephones.told = Told(
            processor=self.deciding.processor, instances=self.deciding.instances, reconcile=self.deciding.reconcile,
            recordings=self.desks.recordings, safe_mode=self.desks.safe_mode, proof=self.desks.proof, seats=self.desks.seats,
            softphones=self.desks.softphones, board=self.screens.board,
        )  # fmt: skip
        self.running: Running | None = None

    async def start(self) -> None:
        """Everything up; returns when this instance can serve a press, or says in the log and /readyz what is missing."""
        self.running = Running()
        await self.database.open()
        await self.screens.board.load_lines()
        await self.telephones.speech.prepare()
        for part in (self.screens, self.deciding, self.desks, self.telephones, self.doors):
            self.running.begin(part.loops())
        await self.telephones.start()
        await self.doors.open()
        self.running.once("spelling", asyncio.to_thread(spelling.warm_up))
        log.info("service_started", instance=self.settings.instance, port=self.settings.http_port)

    async def stop(self) -> None:
        """Stop cleanly within ``shutdown_timeout``; calls stay up and are found again."""
        log.info("service_stopping")
        await self.doors.close()
        # What was decided is carried out before the line to Asterisk is closed; what happens later is found by whoever starts.
        lanes, wait = self.deciding.processor.lanes, self.settings.shutdown_timeout / 4
        done = await lanes.idle(wait)
        await self.telephones.hang_up_lines()
        done = await lanes.drain(wait) and done
        with contextlib.suppress(*DATABASE_ERRORS):  # our silence tells it too
            await self.deciding.instances.leave()
        if self.running is not None:
            await self.running.stop()
        await self.telephones.close()
        await self.screens.screen.close()
        await self.telephones.speech.aclose()
        await self.database.close()
        log.info("service_stopped", all_done=done)


def serve(settings: Settings) -> None:
    """Run one instance until SIGTERM or SIGINT. Raises SystemExit(1) if a part ended by itself."""
    set_up_logging(settings.log_level, settings.log_format)
    if settings.database_url is None:
        raise SystemExit(
            "没有数据库地址:请用 callcenter run 启动(自带数据库),或设置 DATABASE_URL。\n"
            "No database: start with `callcenter run` (brings its own), or set DATABASE_URL."
        )
    uvloop.run(_serve(settings, settings.database_url.get_secret_value()))


async def _serve(settings: Settings, url: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    service = Service(settings, url)
    await service.start()
    # What lives as long as the service is not looked through for garbage again and again, while somebody waits for a pop.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    assert service.running is not None
    failed = service.running.failed
    waiting = asyncio.create_task(stop.wait())
    ends: set[asyncio.Future[Any]] = {waiting, failed}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        async with asyncio.timeout(settings.shutdown_timeout):
            await service.stop()
    except TimeoutError:
        log.error("stop_took_too_long")  # noqa: TRY400 - the deadline is the whole story
    if failed.done():
        raise SystemExit(1)
