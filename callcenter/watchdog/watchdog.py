"""The watchdog's loop: look every second, say what is wrong, phone the people on duty, free callers whom a dead service holds."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

import structlog

from callcenter.db.engine import create_engine
from callcenter.log import set_up_logging
from callcenter.probe.probing import Probed
from callcenter.settings import Settings
from callcenter.setup.alive import AliveFile
from callcenter.setup.rescue import Rescue
from callcenter.setup.welcome import address
from callcenter.supervision.board import Board
from callcenter.telephony.ari_requests import AriRequests
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.speech import EspeakSpeech
from callcenter.telephony.watch import AmiWatch
from callcenter.watchdog import breaches as breach_rows
from callcenter.watchdog.breaches import LOST, Breach
from callcenter.watchdog.duty import DutyFile
from callcenter.watchdog.looking import DEADLINE, Watcher
from callcenter.watchdog.outages import Outages
from callcenter.watchdog.page import Pager, Round, gravest
from callcenter.watchdog.prober import Prober
from callcenter.watchdog.wrong import AGAIN_SECONDS, GRACE_SECONDS, NAMED, Fault, Look, Wrong, follow, paged, to_page, what_is_wrong

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SOON_SECONDS = 10.0  # until a round that found every phone in use is made again
MOST_UNWRITTEN = 50


class Watchdog:
    """One watchdog, beside one service instance. It looks at every Asterisk node, and phones by one that answers."""

    def __init__(self, settings: Settings, url: str, *, grace: float = GRACE_SECONDS) -> None:
        self.faults: dict[Wrong, Fault] = {}
        self._alive = AliveFile(settings.data_dir)
        self._duty = DutyFile(settings.data_dir)
        hasty = settings.model_copy(update={"database_timeout": DEADLINE, "instance": f"{settings.instance}-watchdog"})
        self._engine = create_engine(url, hasty)
        self._board = Board(self._engine, settings.time_zone)
        own, *others = settings.nodes
        self._lines = {one.node: (AriRequests(one), AmiWatch(one)) for one in (own, *others)}
        asterisk, ami = self._lines[own.node]
        self._watcher = Watcher(
            self._engine,
            asterisk,
            settings.node,
            settings.outgoing_number,
            Look(monotonic(), grace, probes_allowed=settings.probe_page_after),
            {one.node: self._lines[one.node][0] for one in others},
        )
        self._speech = EspeakSpeech(settings)
        self._pager = Pager(asterisk, ami, self._speech)
        self._rescue = Rescue(
            settings, address(settings) + "/healthz", lambda said: log.critical("callers_rescued", said=said), self._living
        )
        self._prober = Prober(settings, address(settings), self._engine, self._probed)
        self._paging: asyncio.Task[None] | None = None
        self._alarming: asyncio.Task[None] | None = None
        self._alarm_after = 0.0
        self._outages = Outages(self._engine, settings.instance)
        self._unwritten: list[tuple[str, str]] = []
        self._looked_at = 0.0

    async def run(self) -> None:
        """For ever."""
        for asterisk, ami in self._lines.values():
            asterisk.open()
            await ami.start()
        log.info("watchdog_started", duty_phones=len(self._duty.duty.phones))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._prepare(), name="sentences")
            group.create_task(_in_spite(self._rescue.run), name="rescue")
            group.create_task(_in_spite(self._look_for_ever), name="look")
            group.create_task(_in_spite(self._prober.run), name="probe")

    async def _prepare(self) -> None:
        await self._pager.prepare()
        await self._speech.aclose()  # it has said all that it will

    async def close(self) -> None:
        """Calls that we made go on by themselves."""
        paging = [task for task in (self._paging, self._alarming) if task is not None]
        for task in paging:
            task.cancel()
        await asyncio.gather(*paging, return_exceptions=True)
        for asterisk, ami in self._lines.values():
            await ami.close()
            await asterisk.close()
        await self._speech.aclose()
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE):
                await self._engine.dispose()

    async def _look_for_ever(self) -> None:
        while True:
            next_at = monotonic() + LOOK_SECONDS
            await self.look_once()
            await asyncio.sleep(max(0.0, next_at - monotonic()))

    async def look_once(self) -> None:
        """Look, tell, phone."""
        look = await self._watcher.see()
        if self._watcher.duty is not None:
            self._duty.learn(self._watcher.duty)
        now = monotonic()
        before = self.faults
        self.faults = follow(before, what_is_wrong(look, now), now)
        self._tell(before, now)
        await self._write()
        if self._paging is None or self._paging.done():
            self._page(now)
        if self._alarming is None or self._alarming.done():
            self._page_alarms(now)
        seen = [fault.wrong for fault in self.faults.values() if fault.seen_at == now]
        self._alive.touch([f"{one.kind} {one.about}" if one.kind in NAMED else one.kind for one in seen])
        _notify("WATCHDOG=1")

    # --- telling ------------------------------------------------------------------------------------------------------

    def _tell(self, before: dict[Wrong, Fault], now: float) -> None:
        for wrong, fault in self.faults.items():
            if wrong not in before:
                log.critical("something_is_wrong", kind=wrong.kind, case_number=wrong.about)
                self._warn(wrong.kind, wrong.about)
                self._outages.began(wrong, now - fault.since)
            elif fault.seen_at < now and before[wrong].seen_at == self._looked_at:
                log.warning("it_is_over", kind=wrong.kind, case_number=wrong.about, lasted=round(fault.seen_at - fault.since, 1))
                self._outages.ended(wrong, now - fault.seen_at)
        self._looked_at = now

    def _warn(self, kind: str, account: str = "") -> None:
        """For the supervisors' screen; kept until the database takes it."""
        self._unwritten = [*self._unwritten, (kind, account)][-MOST_UNWRITTEN:]

    async def _write(self) -> None:
        while self._unwritten and self._watcher.living is not None:
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._board.warn(*self._unwritten[0])
            except Exception as error:  # noqa: BLE001 - it stays in the list; looking and phoning go on
                log.warning("warning_not_written", error=type(error).__name__)
                return
            self._unwritten.pop(0)
        if self._watcher.living is not None:
            await self._outages.write()

    def _probed(self, result: Probed) -> None:
        """A test press is over. What breaks it for a known reason is told on the screen, but phoned about as what it is."""
        look = self._watcher.look
        explained = any(f.seen_at == self._looked_at and f.wrong.kind != "watchdog_probe" for f in self.faults.values())
        failed = 0 if result.ok or explained else look.probes_failed + 1
        self._watcher.look = replace(
            look, probes_failed=failed, probe_failed_at=monotonic() if failed == 1 else look.probe_failed_at
        )
        if not result.ok:
            self._warn("probe_failed", f"{result.stage} {result.detail}"[:64])
        elif (result.pop_ms or 0.0) > self._prober.slow_ms:
            self._warn("probe_slow", f"{result.pop_ms:.0f} ms")

    # --- phoning ------------------------------------------------------------------------------------------------------

    def _page(self, now: float) -> None:
        wrong = to_page(self.faults, now)
        if wrong and now - self._watcher.look.asterisk_at < LOOK_SECONDS + DEADLINE:
            self._paging = asyncio.create_task(self._page_round(wrong, now), name="page")

    async def _page_round(self, wrong: list[Wrong], began: float) -> None:
        duty = self._duty.duty.in_turn(datetime.now(UTC))
        if not duty.phones:
            log.critical("nobody_to_page")
            self._warn("watchdog_no_phone")
            self.faults = paged(self.faults, wrong, began, heard=False)
            return
        heard = dict(self._watcher.look.nodes_at)
        if heard:
            self._pager.asterisk, self._pager.watch = self._lines[max(heard, key=lambda name: heard[name])]
        try:
            made = await self._pager.page(gravest([one.kind for one in wrong]), duty)
        except TelephonyError as error:
            log.critical("page_failed", reason=error.reason)
            return  # Asterisk took no order; tried again at the next look
        if not made.rang:
            self.faults = paged(self.faults, wrong, began - AGAIN_SECONDS + SOON_SECONDS, heard=False)
            return
        who = made.heard
        # Whoever pressed 1 looks at everything that is wrong by then.
        told = [one.wrong for one in self.faults.values() if who is not None or one.wrong in wrong]
        self.faults = paged(self.faults, told, began, heard=who is not None)
        log.critical("page_heard" if who is not None else "page_not_heard", kinds=sorted({one.kind for one in wrong}))
        self._warn("watchdog_heard" if who is not None else "watchdog_unheard", who.name if who is not None else "")

    def _page_alarms(self, now: float) -> None:
        """An alarm of the board rings too, once; what is wrong with the system itself goes before it."""
        busy = self._paging is not None and not self._paging.done()
        asterisk = now - self._watcher.look.asterisk_at < LOOK_SECONDS + DEADLINE
        if self._watcher.breaches and asterisk and not busy and now >= self._alarm_after:
            self._alarming = asyncio.create_task(self._alarm_round(self._watcher.breaches), name="page alarms")

    async def _alarm_round(self, breaches: tuple[Breach, ...]) -> None:
        duty = self._duty.duty.in_turn(datetime.now(UTC))
        try:
            told = await breach_rows.claim(self._engine, breaches)
            if not told:
                return  # another watchdog was faster
        except LOST as error:
            log.warning("alarm_not_claimed", error=type(error).__name__)
            return
        try:
            made = await self._pager.page(f"limit_{told[0].measure}", duty) if duty.phones else Round(None)
        except TelephonyError as error:
            log.critical("alarm_not_paged", reason=error.reason)
            made = Round(None, rang=False)
        who = made.heard
        log.critical("alarm_paged", measures=[one.measure for one in told], heard=who is not None, rang=made.rang)
        if not made.rang:
            self._alarm_after = monotonic() + SOON_SECONDS
        elif not duty.phones:
            self._warn("watchdog_no_phone")
        else:
            self._warn("threshold_heard" if who is not None else "threshold_unheard", who.name if who is not None else "")
        try:
            await breach_rows.told(self._engine, told, made)
        except LOST as error:
            log.warning("alarm_not_written", error=type(error).__name__)

    def _living(self) -> frozenset[str] | None:
        return self._watcher.living


async def _in_spite(work: Callable[[], Awaitable[None]]) -> None:
    """A mistake of ours is told, and does not end the watching: after a restart what was seen would be forgotten."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("watchdog_failed")
            await asyncio.sleep(LOOK_SECONDS)


def _notify(word: str) -> None:
    """Tell systemd, if it asked: it watches the watchdog."""
    place = os.environ.get("NOTIFY_SOCKET")
    if place:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.connect("\0" + place[1:] if place.startswith("@") else place)
            one.send(word.encode())


def watch(settings: Settings, url: str, *, grace: float = GRACE_SECONDS) -> None:
    """Run until SIGTERM or SIGINT; a failure of our own ends the process, loudly, and it is started again."""
    set_up_logging(settings.log_level, settings.log_format)
    asyncio.run(_watch(settings, url, grace))


async def _watch(settings: Settings, url: str, grace: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watchdog = Watchdog(settings, url, grace=grace)
    running = asyncio.create_task(watchdog.run(), name="watchdog")
    waiting = asyncio.create_task(stop.wait())
    _notify("READY=1")
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    waiting.cancel()
    results = await asyncio.gather(running, return_exceptions=True)
    await watchdog.close()
    if isinstance(results[0], BaseException) and not isinstance(results[0], asyncio.CancelledError):
        raise results[0]
