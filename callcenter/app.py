"""The composition root: builds every part, ground floor first, and runs them until told to stop.

Nothing here decides anything. The order of ``start`` is the order of need, the order of ``stop`` its reverse: consoles are
told to come back, lanes finish what they began, calls stay up in Asterisk and are found again by whoever starts next.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
import uvloop
from aiohttp import web
from prometheus_client import Counter, Gauge, generate_latest
from pydantic import ValidationError

from ari_handlers import Origin, facts_of
from callcenter.acd.commands import SeatCommands
from callcenter.acd.router import SeatRouter
from callcenter.acd.seats import Seats
from callcenter.acd.softphones import SoftPhones
from callcenter.cases.call_commands import CallCommands
from callcenter.cases.commands import CaseCommands
from callcenter.cases.desk import Desk
from callcenter.cases.directory_commands import DirectoryCommands
from callcenter.cases.owners import Owners
from callcenter.cases.queries import CaseQueries
from callcenter.cases.recordings import RecordingKeeper
from callcenter.cases.safe_mode import SafeModeImport
from callcenter.catalogue.demo import load_demo_catalogue, prepare_search
from callcenter.catalogue.records import Records
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.engine import create_engine, reading
from callcenter.db.link import Links
from callcenter.db.listener import Listener
from callcenter.db.migrate import upgrade
from callcenter.db.situations import Reader
from callcenter.domain import probe
from callcenter.domain.announcements import every_fixed
from callcenter.domain.decision import Figures
from callcenter.domain.facts import AttemptEnded, AttemptSeen, RecordingEnded
from callcenter.domain.prompts import every_sentence
from callcenter.duty_room.services import DutyRoom
from callcenter.engine.due import DESK_SECONDS, Due
from callcenter.engine.instances import Instances
from callcenter.engine.orders import Orders
from callcenter.engine.ports import Changed
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.engine.reconcile import Reconcile
from callcenter.escalation.services import Escalations
from callcenter.log import set_up_logging
from callcenter.people.commands import MemberCommands
from callcenter.people.demo import load_demo
from callcenter.people.login import COOKIE, LogIns
from callcenter.people.profiles import Profiles
from callcenter.settings import Settings
from callcenter.supervision.audit import Audit
from callcenter.supervision.board import WORDS, Board
from callcenter.supervision.thresholds import Thresholds
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.ports import AttemptOver, ContactStatus, SecurityWarning, SipAccount, TelephonyError
from callcenter.telephony.provisioning import AriProvisioning
from callcenter.telephony.speech import EspeakSpeech
from callcenter.telephony.watch import AmiWatch
from callcenter.web.app import create_app
from callcenter.web.deps import Centre, Deps, StoredRecording
from callcenter.web.softphone import SipDoor
from callcenter.websockets.feed import Entity, Hub
from callcenter.websockets.screen import Screen
from callcenter.websockets.socket import Sockets

log = structlog.get_logger()
UNREADABLE = Counter("callcenter_ari_events_unreadable_total", "ARI events that did not have the promised shape")
LANE_LAG = Gauge("callcenter_lane_lag_seconds", "Longest wait of a fact for its turn since the last reading")
UP = Gauge("callcenter_up", "Whether a part is reachable", ["part"])

CENTRE = Centre().name_zh
CONSOLE_DIST = Path(__file__).parent.parent / "console" / "dist"
ATTEMPTS_KEPT_SECONDS = 86_400.0  # longer than any escalation: after it an attempt id cannot come again
WATCH_SECONDS, WATCH_AGAIN = 0.5, 120  # look for a new connection; read the whole list again after so many looks
TICK_SECONDS, LEASE_RENEW_SECONDS = 1.0, 5.0


class Service:
    """One instance of the call centre. ``url``: the database; everything else is in ``settings``."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings, self.url = settings, url
        zone = settings.time_zone
        figures = Figures(
            settings.ring_seconds, settings.wrap_up_seconds, settings.announce_every_seconds,
            settings.callback_due_seconds, settings.missed_offers_pause, settings.public_numbers == "enabled",
            settings.hold_seconds,
        )  # fmt: skip
        self.origin = Origin(settings.node, settings.country, settings.area_code, settings.instance)
        # ground floor: database and telephony
        self.engine = create_engine(url, settings)
        self.links = Links(url, settings)
        self.ari = AriConnection(settings, on_event=self._on_event, on_up=self._on_ari_up, on_down=self._on_ari_down)
        self._unspoken: list[str] = []
        self._speak = asyncio.Event()
        self._watched = False  # registrations are read, and safe mode has what it needs
        self._in_hand = False  # our legs are found and the accounts are there: more than being connected
        self.calls = AriCalls(self.ari)
        self.provisioning = AriProvisioning(self.ari, settings)
        self.speech = EspeakSpeech(settings)
        self.watch = AmiWatch(
            settings,
            on_contact=self._contacts_put,
            on_security=self._security_put,
            on_safe_mode=self._safe_mode_told,
            on_attempt=self._attempt_over,
        )
        # what people see
        reads = reading(self.engine)
        self.cases = CaseQueries(reads, zone)
        self.board = Board(self.engine, zone)
        self.thresholds = Thresholds(self.engine, zone)
        self.audit = Audit(self.engine)
        self.hub = Hub(settings.feed_history)
        self.screen = Screen(reads, self.hub, self.cases, self.board, zone)
        # engine and services
        self.router = SeatRouter(self.links)
        self.orders = Orders(self.calls, self.speech, self.watch, self._outgoing)
        self.processor = Processor(
            self.links,
            Reader(figures, settings.instance, zone, settings.node, CENTRE),
            self.calls,
            self.orders,
            self.screen,
            self.router,
            settings.ari_app,
        )
        self.router.processor = self.processor
        self.due = Due(reads, self.processor)
        self.desk_due = Due(reads, self.processor, "desk", DESK_SECONDS)
        self.processor.on_timer = self.due.timer_set
        self.reconcile = Reconcile(
            self.engine, self.processor, self.calls, settings.node, settings.ari_app, settings.instance, settings.country,
            settings.area_code,
        )  # fmt: skip
        self.instances = Instances(self.engine, self.processor, self.calls, settings.instance, settings.ari_app, settings.node)
        self.softphones = SoftPhones(self.engine, self.provisioning)
        self.seats = Seats(
            self.engine, self.screen, self.processor, settings.instance, self.softphones.revoke, self.calls
        )  # fmt: skip
        self.recordings = RecordingKeeper(
            self.engine, self.calls, self.screen, settings.recordings_dir, settings.node, self.board.warn
        )
        self.safe_mode = SafeModeImport(
            self.engine,
            self.processor,
            self.watch,
            self.calls,
            settings.node,
            settings.country,
            settings.area_code,
            self.speech,
            CENTRE,
            self.board.warn,
        )
        self.listener = Listener(url, settings.instance, self._changed_elsewhere)
        self.profiles = Profiles(self.engine, settings, self.processor)
        self.records = Records(
            self.engine,
            settings,
            {"lines": self.board.load_lines, "seats": self._seats_changed, "terminals": self._terminals_changed},
        )
        # doors
        self.log_ins = LogIns(self.engine, self.seats, settings.session_hours)
        self.desk = Desk.build(self.engine, self.processor, zone, DirectoryCommands(self.engine, self.processor, zone).table)
        self.owners = Owners(self.engine, self.processor)
        self.sockets = Sockets(
            self.hub, self._who, self._everything,
            {
                **CaseCommands(self.engine, self.processor).table, **SeatCommands(self.seats).table,
                **MemberCommands(self.profiles).table, **self.desk.commands,
                **CallCommands(self.engine, self.processor, settings.country, settings.area_code).table,
            },
            self.seats.console_present, self.seats.console_gone, COOKIE, settings.websocket_queue,
        )  # fmt: skip
        self.sip_door = SipDoor(settings, self.log_ins.who)
        self.web = create_app(
            Deps(
                settings, self.engine, self.log_ins, self.seats, self.cases, _Recordings(self.recordings), self,
                self.sockets.handle, CONSOLE_DIST, generate_latest,
                escalations=Escalations.build(self.engine, settings, self.processor, figures), profiles=self.profiles,
                softphones=self.softphones, duty_room=DutyRoom.build(self.engine, settings, WORDS), sip=self.sip_door.handle,
                desk=self.desk, records=self.records,
            )
        )  # fmt: skip
        self._runner: web.AppRunner | None = None
        self._told: asyncio.Queue[ContactStatus | list[ContactStatus] | SecurityWarning] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self.failed: asyncio.Future[None] | None = None

    # --- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Everything up; returns when this instance can serve a press, or says in the log and /readyz what is missing."""
        self.failed = asyncio.get_running_loop().create_future()
        await upgrade(self.url, self.settings)
        if self.settings.demo:
            await load_demo(self.engine, self.settings)
            await load_demo_catalogue(self.engine, self.settings)
        await prepare_search(self.engine)
        await self.links.open()
        await self.board.load_lines()
        await self.speech.prepare()
        self._run("listener", self.listener.run())
        self._run("due", self.due.run())
        self._run("desk due", self.desk_due.run())
        self._run("owners", self.owners.run())
        self._run("instances", self.instances.run())
        self._run("router", self.router.run())
        self._run("reconcile", self.reconcile.run())
        self._run("recordings", self.recordings.run())
        self._run("safe mode", self.safe_mode.run())
        self._run("watch", self._follow_watch())
        self._run("told", self._consume_told())
        self._run("tick", self._tick())
        self._run("thresholds", self.thresholds.run())
        self._run("seals", self.audit.run())
        self._run("feed", self.hub.run())
        self._run("leases", self._renew_leases())
        self._run("sentences", self._speak_ahead())
        self._run("announcements", self.orders.speak_ahead())
        await self.watch.start()
        await self.ari.start()
        self._runner = web.AppRunner(self.web, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.settings.http_host, self.settings.http_port, reuse_address=True).start()
        log.info("service_started", instance=self.settings.instance, port=self.settings.http_port)

    async def stop(self) -> None:
        """Stop cleanly within ``shutdown_timeout``; calls stay up and are found again."""
        log.info("service_stopping")
        await self.sockets.close_all()
        await self.sip_door.close_all()
        if self._runner is not None:
            await self._runner.cleanup()
        # What was decided is carried out before the line to Asterisk is closed; what happens later is found by whoever starts.
        done = await self.processor.lanes.idle(self.settings.shutdown_timeout / 4)
        await self.ari.close()
        await self.watch.close()
        done = await self.processor.lanes.drain(self.settings.shutdown_timeout / 4) and done
        with contextlib.suppress(*DATABASE_ERRORS):  # our silence tells it too
            await self.instances.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.screen.close()
        await self.speech.aclose()
        await self.links.close()
        await self.engine.dispose()
        log.info("service_stopped", all_done=done)

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """A loop that must never end. If one does, the service stops, loudly, and is started again."""
        task = asyncio.create_task(work, name=name)

        def ended(task: asyncio.Task[None]) -> None:
            if task.cancelled():
                return
            log.critical("part_ended", part=name, exc_info=task.exception())
            if self.failed is not None and not self.failed.done():
                self.failed.set_result(None)

        task.add_done_callback(ended)
        self._tasks.append(task)

    # --- telephony tells ----------------------------------------------------------------------------------------------

    def _on_event(self, event: dict[str, Any]) -> None:
        try:
            facts = facts_of(event, self.origin)
        except ValidationError as error:
            UNREADABLE.inc()
            log.warning("ari_event_unreadable", type=str(event.get("type"))[:60], fields=[e["loc"] for e in error.errors()[:5]])
            return
        for fact in facts:
            self.processor.tell(fact)
            if isinstance(fact, RecordingEnded):
                self.recordings.wake()

    async def _on_ari_up(self) -> None:
        """Connected, again or for the first time: find our legs, make accounts what they should be."""
        await self.reconcile.try_sweep(adopt=True)
        await self.provision()
        self._in_hand = True

    async def _on_ari_down(self) -> None:
        self._in_hand = False

    async def _seats_changed(self) -> None:
        """A place was made, named or taken out of use: its phone may register, or may no more, and boards show it."""
        await self._provision_now()
        await self.screen.show_seats()

    async def _terminals_changed(self) -> None:
        await self._provision_now()
        self.board.touch()

    async def _provision_now(self) -> None:
        """Asterisk that is away is told when it is back: every connect provisions all."""
        if self._in_hand:
            try:
                await self.provision()
            except (TelephonyError, TimeoutError, OSError) as error:
                log.warning("accounts_not_provisioned", error=type(error).__name__)

    async def provision(self) -> None:
        """Every seat's and terminal's SIP account on the PBX. They survive there; giving them again changes nothing."""
        async with self.engine.connect() as connection:
            seats = (await connection.execute(sa.select(tables.seat))).all()
            accounts = [SipAccount(row.extension, row.password, "from-seat", row.name) for row in seats if row.active]
            terminals = await connection.execute(sa.select(tables.terminal).where(tables.terminal.c.account.is_not(None)))
            accounts += [SipAccount(row.account, row.password or "", "from-terminal", row.serial) for row in terminals]
        # A test press enters where a terminal's does.
        accounts.append(SipAccount(probe.ACCOUNT, self.settings.probe_secret("sip"), "from-terminal", probe.ACCOUNT))
        for account in accounts:
            await self.provisioning.put_account(account)
        for row in seats:
            if not row.active:
                await self.provisioning.remove_account(row.extension)
        browsers = await self.softphones.restore()
        log.info("accounts_provisioned", count=len(accounts) + browsers)

    def _contacts_put(self, status: ContactStatus) -> None:
        self._told.put_nowait(status)

    def _security_put(self, warning: SecurityWarning) -> None:
        self._told.put_nowait(warning)

    def _attempt_over(self, over: AttemptOver) -> None:
        if over.key:  # taken by the dialplan, in a moment when no service lived
            self.processor.tell(AttemptSeen(over.attempt_id, "finished", over.status, over.cause, over.key))
        else:
            self.processor.tell(AttemptEnded(over.attempt_id, over.status, over.cause))

    def _outgoing(self) -> tuple[str, str]:
        """What the phones of family show: the centre's name, and a number of ours that they can call back."""
        return CENTRE, self.settings.outgoing_number or self.board.emergency_line

    def _safe_mode_told(self, _step: str, _channel_id: str) -> None:
        self.safe_mode.wake()

    async def _consume_told(self) -> None:
        """What AMI tells, in order."""
        while True:
            told = await self._told.get()
            try:
                if isinstance(told, ContactStatus):
                    await self.seats.phone_changed(told)
                elif isinstance(told, list):
                    await self.seats.phones_are(told)
                else:
                    log.warning("sip_security", kind=told.kind, account=told.account[:64], remote=told.remote[:64])
                    await self.board.warn_security(told)
            except DATABASE_ERRORS as error:
                log.warning("told_not_kept", error=type(error).__name__)
                self._watched = False  # the list is read again, and says the same

    async def _follow_watch(self) -> None:
        """When AMI comes up: who is registered, what safe mode needs, what it did. Then the list again, now and then."""
        ticks = 0
        while True:
            ticks += 1
            if not self.watch.connected:
                self._watched = False
            elif not self._watched or ticks % WATCH_AGAIN == 0:
                try:
                    # In its place among what is told: taken beside it, an older list would undo what a phone said since.
                    self._told.put_nowait(await self.watch.contacts())
                    await self.safe_mode.push()
                    self._unspoken = await self.safe_mode.push_contacts()
                    self._speak.set()
                    self.safe_mode.wake()
                    await self.watch.forget_attempts(time.time() - ATTEMPTS_KEPT_SECONDS)
                except (TelephonyError, *DATABASE_ERRORS) as error:
                    log.warning("watch_not_read", error=type(error).__name__)
                    self._watched = False
                else:
                    self._watched = True
            await asyncio.sleep(WATCH_SECONDS)

    async def _who(self, token: str) -> Session | None:
        """Whose websocket this is: a person's, or the probe's, which is logged in nowhere else."""
        if compare_digest(token.encode(), self.settings.probe_secret("console").encode()):
            return Session(UUID(int=0), probe.ACCOUNT, probe.ACCOUNT, "probe", None)
        return await self.log_ins.who(token)

    # --- what consoles see --------------------------------------------------------------------------------------------

    async def _everything(self) -> list[Entity]:
        async with self.engine.connect() as connection:
            return await self.screen.everything(connection)

    async def _changed_elsewhere(self, payload: str) -> None:
        """Another instance committed: ``<instance> case <id> <seats>`` or ``<instance> seat <extension>``."""
        _, kind, name, *rest = [*payload.split(" "), ""]
        seats = tuple(part for part in (rest[0] if rest else "").split(",") if part)
        if kind == "case":
            await self.screen.publish(Changed((UUID(name),), seats))
        elif kind == "seat":
            await self.screen.publish(Changed(seats=(name,)))
        self.router.wake()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            LANE_LAG.set(self.processor.lanes.worst_lag)
            self.processor.lanes.worst_lag = 0.0
            for part, reason in (await self.ready()).items():
                self.board.health_is(part, up=reason is True, detail="" if reason is True else str(reason))
                UP.labels(part).set(reason is True)
            try:
                await self.screen.tick()
            except DATABASE_ERRORS as error:
                self.board.stale = True
                log.warning("board_not_refreshed", error=type(error).__name__)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE_RENEW_SECONDS)
            with contextlib.suppress(*DATABASE_ERRORS):  # leases outlive two missed renewals
                await self.sockets.renew_leases()

    async def _speak_ahead(self) -> None:
        """Every sentence as a file before a caller needs it; then those that safe mode would need, one by one, and again when
        somebody moved house."""
        todo: list[str] = [*every_sentence(), *every_fixed()]
        while True:
            for text in todo:
                try:
                    await self.speech.say(text)
                except TelephonyError as error:
                    log.warning("sentence_not_ready", reason=error.reason)
            await self._speak.wait()
            self._speak.clear()
            todo = self._unspoken

    async def ready(self) -> Mapping[str, bool | str]:
        """Each part: True, or why not."""
        database: bool | str = True
        try:
            async with asyncio.timeout(2.0), self.engine.connect() as connection:
                now = await connection.scalar(sa.select(sa.func.clock_timestamp()))
                assert now is not None
                self.orders.clock_offset = (now - datetime.now(UTC)).total_seconds()
        except DATABASE_ERRORS as error:
            database = f"数据库没有响应。The database does not answer ({type(error).__name__})."
        return {
            "database": database,
            "asterisk": self._in_hand or self.ari.problem or "正在连接 Asterisk。Connecting to Asterisk.",
            "ami": self._watched or self.watch.ami.problem or "正在连接 AMI。Connecting to AMI.",
        }


class _Recordings:
    """The keeper's files as the web wants them."""

    def __init__(self, keeper: RecordingKeeper) -> None:
        self._keeper = keeper

    async def stored(self, recording_id: UUID) -> StoredRecording | None:
        found = await self._keeper.find(recording_id)
        return None if found is None else StoredRecording(*found)


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
    assert service.failed is not None
    waiting = asyncio.create_task(stop.wait())
    ends: set[asyncio.Future[Any]] = {waiting, service.failed}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        async with asyncio.timeout(settings.shutdown_timeout):
            await service.stop()
    except TimeoutError:
        log.error("stop_took_too_long")  # noqa: TRY400 - the deadline is the whole story
    if service.failed.done():
        raise SystemExit(1)
