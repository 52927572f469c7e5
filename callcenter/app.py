"""The composition root: builds every part, ground floor first, and runs them until told to stop.

Nothing here decides anything. The order of ``start`` is the order of need, the order of ``stop`` its reverse: consoles are
told to come back, lanes finish what they began, calls stay up in Asterisk and are found again by whoever starts next.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
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
from callcenter.acd.pauses import Pauses
from callcenter.acd.pre_emption import PreEmption
from callcenter.acd.router import SeatRouter
from callcenter.acd.seats import Seats
from callcenter.acd.softphones import SoftPhones
from callcenter.cases.call_commands import CallCommands
from callcenter.cases.commands import CaseCommands
from callcenter.cases.demo import load_demo_history
from callcenter.cases.desk import Desk
from callcenter.cases.directory_commands import DirectoryCommands
from callcenter.cases.order_commands import OrderCommands
from callcenter.cases.owners import Owners
from callcenter.cases.queries import CaseQueries
from callcenter.cases.recordings import RecordingKeeper
from callcenter.cases.safe_mode import SafeModeImport
from callcenter.cases.supply import Supply
from callcenter.catalogue.demo import load_demo_catalogue, prepare_search
from callcenter.catalogue.records import Records
from callcenter.conduct.services import Conduct
from callcenter.connections.clients import Clients
from callcenter.connections.delivering import Delivering
from callcenter.connections.demo import load_demo_connections
from callcenter.connections.forgetting import Forgetting
from callcenter.connections.webhooks import Webhooks
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.engine import create_engine, create_report_engine, reading
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
from callcenter.engine.instances import LONG_SECONDS, Instances
from callcenter.engine.nodes import NodeCare
from callcenter.engine.orders import Orders
from callcenter.engine.ports import Changed
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.engine.reconcile import Reconcile
from callcenter.escalation.services import Escalations
from callcenter.log import set_up_logging
from callcenter.people.commands import MemberCommands
from callcenter.people.consents import Consents
from callcenter.people.demo import load_demo
from callcenter.people.demo_consents import load_demo_consents
from callcenter.people.login import COOKIE, LogIns
from callcenter.people.profiles import Profiles
from callcenter.reports.demo import load_demo_weeks
from callcenter.reports.proof import DailyProof
from callcenter.reports.services import Reports
from callcenter.settings import Settings
from callcenter.supervision.audit import Audit
from callcenter.supervision.board import WORDS, Board
from callcenter.supervision.thresholds import Thresholds
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.nodes import Node, Nodes, Pulse
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
TICK_SECONDS, LEASE_RENEW_SECONDS, SOFTPHONES_SECONDS = 1.0, 5.0, 15.0


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
        # ground floor: database and telephony
        self.engine = create_engine(url, settings)
        self.report_engine = create_report_engine(url, settings)
        self.links = Links(url, settings)
        self.nodes = Nodes([self._node(one) for one in settings.nodes])
        self._unspoken: list[str] = []
        self._speak = asyncio.Event()
        self.speech = EspeakSpeech(settings)
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
        self.orders = Orders(self.nodes, self.speech, self.nodes, self._outgoing)
        self.processor = Processor(
            self.links,
            Reader(figures, settings.instance, zone, self.nodes.place, CENTRE, frozenset(settings.follow_up_roles.split(","))),
            self.nodes,
            self.orders,
            self.screen,
            self.router,
            settings.ari_app,
        )
        self.router.processor = self.processor
        self.due = Due(reads, self.processor)
        self.desk_due = Due(reads, self.processor, "desk", DESK_SECONDS)
        self.processor.on_timer = self.due.timer_set
        self.reconcile = {
            name: Reconcile(
                self.engine, self.processor, node.calls, name, settings.ari_app, settings.instance, settings.country,
                settings.area_code,
            )
            for name, node in self.nodes.all.items()
        }  # fmt: skip
        self.instances = Instances(
            self.engine, self.processor, self.nodes, settings.instance, settings.ari_app, settings.node, list(self.nodes.all)
        )
        self.node_care = NodeCare(self.engine, self.processor, self.nodes, self._phones_again)
        self.softphones = SoftPhones(self.engine, self.nodes)
        self.seats = Seats(
            self.engine, self.screen, self.processor, settings.instance, self.softphones.revoke, self.nodes
        )  # fmt: skip
        self.pauses = Pauses(self.engine, self.screen, settings.instance)
        self.recordings = {
            name: RecordingKeeper(self.engine, node.calls, self.screen, settings.recordings_dir, name, self.board.warn)
            for name, node in self.nodes.all.items()
        }
        self.safe_mode = {
            name: SafeModeImport(
                self.engine, self.processor, node.watch, node.calls, name, settings.country, settings.area_code, self.speech,
                CENTRE, self.board.warn,
            )
            for name, node in self.nodes.all.items()
        }  # fmt: skip
        watches = {name: node.watch for name, node in self.nodes.all.items()}
        self.proof = DailyProof(self.engine, watches, zone, self.board.warn)
        self.listener = Listener(url, settings.instance, self._changed_elsewhere)
        self.profiles = Profiles(self.engine, settings, self.processor)
        self.supply = Supply(self.engine, self.processor, zone)
        self.records = Records(
            self.engine,
            settings,
            {
                "lines": self.board.load_lines, "seats": self._seats_changed, "terminals": self._terminals_changed,
                **dict.fromkeys(("services", "partners", "workers"), self.supply.changed),
            },
        )  # fmt: skip
        # doors
        self.log_ins = LogIns(self.engine, self.seats, settings.session_hours)
        self.desk = Desk.build(self.engine, self.processor, zone, {
            **DirectoryCommands(self.engine, self.processor, zone).table, **OrderCommands(self.engine, self.processor, zone).table,
        })  # fmt: skip
        self.owners = Owners(self.engine, self.processor)
        self.sockets = Sockets(
            self.hub, self._who, self._everything,
            {
                **CaseCommands(self.engine, self.processor).table,
                **SeatCommands(self.seats, PreEmption(self.engine, self.processor, self.seats)).table,
                **MemberCommands(self.profiles).table, **self.desk.commands,
                **CallCommands(self.engine, self.processor, settings.country, settings.area_code).table,
            },
            self.seats.console_present, self.seats.console_gone, COOKIE, settings.websocket_queue,
        )  # fmt: skip
        self.sip_door = SipDoor(self._sip_place, self.log_ins.who)
        self.web = create_app(
            Deps(
                settings, self.engine, self.log_ins, self.seats, self.cases, _Recordings(self.recordings[settings.node]), self,
                self.sockets.handle, CONSOLE_DIST, generate_latest,
                escalations=Escalations.build(self.engine, settings, self.processor, figures), profiles=self.profiles,
                softphones=self.softphones, duty_room=DutyRoom.build(self.engine, settings, WORDS), sip=self.sip_door.handle,
                conduct=Conduct.build(self.engine, zone, self.records.add),
                desk=self.desk, records=self.records, clients=Clients(self.engine),
                reports=Reports.build(self.engine, self.report_engine, zone),
                consents=Consents(self.engine, settings.data_dir),
                webhooks=Webhooks(self.engine, settings.webhook_private_addresses),
            )
        )  # fmt: skip
        self._runner: web.AppRunner | None = None
        self._told: asyncio.Queue[ContactStatus | SecurityWarning | None] = asyncio.Queue()
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
            await load_demo_consents(self.engine)
            await load_demo_connections(self.engine)
            if self.settings.demo_history:
                await load_demo_history(self.engine, self.settings)
                await load_demo_weeks(self.engine, self.settings)
        await prepare_search(self.engine)
        await self.links.open()
        await self.board.load_lines()
        await self.speech.prepare()
        self._run("listener", self.listener.run())
        self._run("due", self.due.run())
        self._run("desk due", self.desk_due.run())
        self._run("owners", self.owners.run())
        self._run("follow-ups", self.desk.follow_up_commands.run())
        self._run("supply", self.supply.run())
        self._run("daily proof", self.proof.run())
        self._run("instances", self.instances.run())
        self._run("router", self.router.run())
        self._run("nodes", self.node_care.run())
        for name, node in self.nodes.all.items():
            self._run(f"reconcile {name}", self.reconcile[name].run())
            self._run(f"recordings {name}", self.recordings[name].run())
            self._run(f"safe mode {name}", self.safe_mode[name].run())
            self._run(f"watch {name}", self._follow_watch(node))
        self._run("told", self._consume_told())
        self._run("tick", self._tick())
        self._run("pauses", self.pauses.run())
        self._run("thresholds", self.thresholds.run())
        self._run("seals", self.audit.run())
        pauses = tuple(float(pause) for pause in self.settings.webhook_pauses.split(","))
        told = Delivering(
            self.engine, self.settings.webhook_private_addresses, self.settings.webhook_timeout, pauses, self.board.warn
        )
        self._run("webhooks", told.run())
        self._run("forgetting", Forgetting(self.engine, self.settings.idempotency_hours).run())
        self._run("feed", self.hub.run())
        self._run("leases", self._renew_leases())
        self._run("softphones", self._end_softphones())
        self._run("sentences", self._speak_ahead())
        self._run("announcements", self.orders.speak_ahead())
        for node in self.nodes.all.values():
            await node.watch.start()
            await node.ari.start()
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
        await asyncio.gather(*(part.close() for node in self.nodes.all.values() for part in (node.ari, node.watch)))
        done = await self.processor.lanes.drain(self.settings.shutdown_timeout / 4) and done
        with contextlib.suppress(*DATABASE_ERRORS):  # our silence tells it too
            await self.instances.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(node.pulse.close() for node in self.nodes.all.values()))
        await self.screen.close()
        await self.speech.aclose()
        await self.links.close()
        await self.report_engine.dispose()
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

    def _node(self, settings: Settings) -> Node:
        """All that we have to do with one Asterisk."""
        name = settings.node
        origin = Origin(name, settings.country, settings.area_code, settings.instance)
        ari = AriConnection(
            settings,
            on_event=lambda event: self._on_event(event, origin),
            on_up=lambda: self._on_ari_up(name),
            on_down=lambda: self._on_ari_down(name),
        )
        watch = AmiWatch(
            settings,
            on_contact=self._contacts_put,
            on_security=self._security_put,
            on_safe_mode=lambda _step, _channel: self.safe_mode[name].wake(),
            on_attempt=self._attempt_over,
        )
        calls = AriCalls(ari)
        return Node(name, ari, calls, watch, AriProvisioning(ari, settings), Pulse(settings, calls.clock_is))

    def _sip_place(self) -> tuple[str, int]:
        """Where a browser's SIP goes: an Asterisk that lives."""
        name, _ = self.nodes.place()
        chosen = next(one for one in self.settings.nodes if one.node == name)
        return chosen.asterisk_host, chosen.asterisk_http_port

    def _on_event(self, event: dict[str, Any], origin: Origin) -> None:
        try:
            facts = facts_of(event, origin)
        except ValidationError as error:
            UNREADABLE.inc()
            log.warning("ari_event_unreadable", type=str(event.get("type"))[:60], fields=[e["loc"] for e in error.errors()[:5]])
            return
        for fact in facts:
            leg_id = getattr(fact, "leg_id", "")
            if leg_id:
                self.nodes.learn(leg_id, origin.node)
            self.processor.tell(fact)
            if isinstance(fact, RecordingEnded):
                self.recordings[origin.node].wake()

    async def _on_ari_up(self, name: str) -> None:
        """Connected, again or for the first time: find our legs, make accounts what they should be."""
        await self.reconcile[name].try_sweep(adopt=True)
        with contextlib.suppress(TelephonyError, *DATABASE_ERRORS):  # whose calls are silent there is looked at again soon
            await self.instances.look(LONG_SECONDS)
        await self.provision(self.nodes.all[name])
        self.nodes.all[name].in_hand = True

    async def _on_ari_down(self, name: str) -> None:
        self.nodes.all[name].in_hand = False

    async def _seats_changed(self) -> None:
        """A place was made, named or taken out of use: its phone may register, or may no more, and boards show it."""
        await self._provision_now()
        await self.screen.show_seats()

    async def _terminals_changed(self) -> None:
        await self._provision_now()
        self.board.touch()

    async def _provision_now(self) -> None:
        """Asterisk that is away is told when it is back: every connect provisions all."""
        for node in self.nodes.all.values():
            if not node.in_hand:
                continue
            try:
                await self.provision(node)
            except (TelephonyError, TimeoutError, OSError) as error:
                log.warning("accounts_not_provisioned", error=type(error).__name__)

    async def provision(self, node: Node) -> None:
        """Every seat's and terminal's SIP account on the PBX. They survive there; giving them again changes nothing."""
        async with self.engine.connect() as connection:
            seats = (await connection.execute(sa.select(tables.seat))).all()
            accounts = [SipAccount(row.extension, row.password, "from-seat", row.name) for row in seats if row.active]
            terminals = await connection.execute(sa.select(tables.terminal).where(tables.terminal.c.account.is_not(None)))
            accounts += [SipAccount(row.account, row.password or "", "from-terminal", row.serial) for row in terminals]
        # A test press enters where a terminal's does.
        accounts.append(SipAccount(probe.ACCOUNT, self.settings.probe_secret("sip"), "from-terminal", probe.ACCOUNT))
        for account in accounts:
            await node.provisioning.put_account(account)
        for row in seats:
            if not row.active:
                await node.provisioning.remove_account(row.extension)
        browsers = await self.softphones.restore()
        log.info("accounts_provisioned", node=node.name, count=len(accounts) + browsers)

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

    async def _phones_again(self) -> None:
        """A node was given up, or is back: its phones count no more, or again."""
        self._told.put_nowait(None)

    async def _consume_told(self) -> None:
        """What AMI tells, in order."""
        while True:
            told = await self._told.get()
            try:
                # What the account is by now, over all nodes: newer than what was told, never older.
                if isinstance(told, ContactStatus):
                    await self.seats.phone_changed(self.nodes.phone(told.account))
                elif told is None:
                    if all(node.watched for node in self.nodes.living()):
                        await self.seats.phones_are(self.nodes.phones())
                else:
                    log.warning("sip_security", kind=told.kind, account=told.account[:64], remote=told.remote[:64])
                    await self.board.warn_security(told)
            except DATABASE_ERRORS as error:
                log.warning("told_not_kept", error=type(error).__name__)
                for node in self.nodes.all.values():
                    node.watched = False  # the list is read again, and says the same

    async def _follow_watch(self, node: Node) -> None:
        """When its AMI comes up: who is registered, what safe mode needs, what it did. Then the list again, now and then."""
        ticks = 0
        safe_mode = self.safe_mode[node.name]
        while True:
            ticks += 1
            if not node.watch.connected:
                node.watched = False
            elif not node.watched or ticks % WATCH_AGAIN == 0:
                try:
                    await node.watch.contacts()
                    await safe_mode.push()
                    self._unspoken = await safe_mode.push_contacts()
                    self._speak.set()
                    safe_mode.wake()
                    await node.watch.forget_attempts(time.time() - ATTEMPTS_KEPT_SECONDS)
                except (TelephonyError, *DATABASE_ERRORS) as error:
                    log.warning("watch_not_read", node=node.name, error=type(error).__name__)
                    node.watched = False
                else:
                    node.watched = True
                    self._told.put_nowait(None)
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
            parts = {**await self.ready(), **{f"node:{name}": state for name, state in self.nodes_are().items()}}
            for part, reason in parts.items():
                self.board.health_is(part, up=reason is True, detail="" if reason is True else str(reason))
                UP.labels(part).set(reason is True)
            try:
                await self.screen.tick()
            except DATABASE_ERRORS as error:
                self.board.stale = True
                log.warning("board_not_refreshed", error=type(error).__name__)

    async def _end_softphones(self) -> None:
        """A log-in that ends by time takes the browser's password with it."""
        while True:
            await asyncio.sleep(SOFTPHONES_SECONDS)
            with contextlib.suppress(*DATABASE_ERRORS):  # seen again the next time
                for extension in await self.softphones.revoke_ended():
                    log.info("softphone_ended", seat=extension)
                    await self.screen.publish(Changed(seats=(extension,)))

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
            "asterisk": self._any(lambda node: node.in_hand or node.ari.problem or "正在连接 Asterisk。Connecting to Asterisk."),
            "ami": self._any(lambda node: node.watched or node.watch.ami.problem or "正在连接 AMI。Connecting to AMI."),
        }

    def _any(self, state: Callable[[Node], bool | str]) -> bool | str:
        """One node is enough to serve a press; what is wrong with the others is told by ``nodes_are``."""
        states = [state(node) for node in self.nodes.all.values()]
        return True in states or states[0]

    def nodes_are(self) -> Mapping[str, bool | str]:
        """Each Asterisk node: True, or what is wrong with it. Empty for a centre that has one only."""
        if len(self.nodes.all) < 2:
            return {}
        return {
            name: (node.in_hand and node.watched)
            or node.ari.problem or node.watch.ami.problem or "正在连接。Connecting."
            for name, node in self.nodes.all.items()
        }  # fmt: skip


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
