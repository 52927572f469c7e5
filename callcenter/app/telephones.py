"""Every Asterisk node: its connections, what it tells, the accounts it must have, and the sentences it must be able to play."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import Counter
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from ari_handlers import Origin, facts_of
from callcenter.acd.seats import Seats
from callcenter.acd.softphones import SoftPhones
from callcenter.app.accounts import accounts_of
from callcenter.app.running import Loops
from callcenter.cases.recordings import RecordingKeeper
from callcenter.cases.safe_mode import SafeModeImport
from callcenter.domain.announcements import every_fixed
from callcenter.domain.facts import AttemptEnded, AttemptSeen, RecordingEnded
from callcenter.domain.prompts import every_sentence
from callcenter.engine.instances import LONG_SECONDS, Instances
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.engine.reconcile import Reconcile
from callcenter.reports.proof import DailyProof
from callcenter.settings import Settings
from callcenter.supervision.board import Board
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.nodes import Node, Nodes, Pulse
from callcenter.telephony.ports import AttemptOver, ContactStatus, SecurityWarning, TelephonyError
from callcenter.telephony.provisioning import AriProvisioning
from callcenter.telephony.speech import EspeakSpeech
from callcenter.telephony.watch import AmiWatch

log = structlog.get_logger()
UNREADABLE = Counter("callcenter_ari_events_unreadable_total", "ARI events that did not have the promised shape")
ATTEMPTS_KEPT_SECONDS = 86_400.0  # longer than any escalation: after it an attempt id cannot come again
WATCH_SECONDS, WATCH_AGAIN = 0.5, 120  # look for a new connection; read the whole list again after so many looks


@dataclass(frozen=True)
class Told:
    """Whom the telephones tell: the parts above, which are built later."""

    processor: Processor
    instances: Instances
    reconcile: Mapping[str, Reconcile]
    recordings: Mapping[str, RecordingKeeper]
    safe_mode: Mapping[str, SafeModeImport]
    proof: DailyProof
    seats: Seats
    softphones: SoftPhones
    board: Board


class Telephones:
    """All nodes of the centre. ``told`` is set before ``start``."""

    told: Told

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        self._settings, self._engine = settings, engine
        self.nodes = Nodes([self._node(one) for one in settings.nodes])
        self.speech = EspeakSpeech(settings)
        self._unspoken: list[str] = []
        self._speak = asyncio.Event()
        self._queue: asyncio.Queue[ContactStatus | SecurityWarning | None] = asyncio.Queue()

    def loops(self) -> Loops:
        for node in self.nodes.all.values():
            yield f"watch {node.name}", self._follow_watch(node)
        yield "told", self._consume()
        yield "sentences", self._speak_ahead()

    async def start(self) -> None:
        """Connect to every node; what is away is tried for ever."""
        for node in self.nodes.all.values():
            await node.watch.start()
            await node.ari.start()

    async def hang_up_lines(self) -> None:
        """No event comes from here on; calls stay up."""
        await asyncio.gather(*(part.close() for node in self.nodes.all.values() for part in (node.ari, node.watch)))

    async def close(self) -> None:
        """The last of it."""
        await asyncio.gather(*(node.pulse.close() for node in self.nodes.all.values()))

    def sip_place(self) -> tuple[str, int]:
        """Where a browser's SIP goes: an Asterisk that lives."""
        name, _ = self.nodes.place()
        chosen = next(one for one in self._settings.nodes if one.node == name)
        return chosen.asterisk_host, chosen.asterisk_http_port

    async def phones_again(self) -> None:
        """A node was given up, or is back: its phones count no more, or again."""
        self._queue.put_nowait(None)

    async def provision_now(self) -> None:
        """Asterisk that is away is told when it is back: every connect provisions all."""
        for node in self.nodes.all.values():
            if not node.in_hand:
                continue
            try:
                await self._provision(node)
            except (TelephonyError, TimeoutError, OSError) as error:
                log.warning("accounts_not_provisioned", error=type(error).__name__)

    async def _provision(self, node: Node) -> None:
        """Every seat's and terminal's SIP account on the PBX. They survive there; giving them again changes nothing."""
        wanted, unwanted = await accounts_of(self._engine, self._settings.probe_secret("sip"))
        for account in wanted:
            await node.provisioning.put_account(account)
        for extension in unwanted:
            await node.provisioning.remove_account(extension)
        browsers = await self.told.softphones.restore()
        log.info("accounts_provisioned", node=node.name, count=len(wanted) + browsers)

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
            on_contact=self._queue_put,
            on_security=self._queue_put,
            on_safe_mode=lambda _step, _channel: self.told.safe_mode[name].wake(),
            on_attempt=self._attempt_over,
        )
        calls = AriCalls(ari)
        return Node(name, ari, calls, watch, AriProvisioning(ari, settings), Pulse(settings, calls.clock_is))

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
            self.told.processor.tell(fact)
            if isinstance(fact, RecordingEnded):
                self.told.recordings[origin.node].wake()

    async def _on_ari_up(self, name: str) -> None:
        """Connected, again or for the first time: find our legs, make accounts what they should be."""
        await self.told.reconcile[name].try_sweep(adopt=True)
        with contextlib.suppress(TelephonyError, *DATABASE_ERRORS):  # whose calls are silent there is looked at again soon
            await self.told.instances.look(LONG_SECONDS)
        await self._provision(self.nodes.all[name])
        self.nodes.all[name].in_hand = True

    async def _on_ari_down(self, name: str) -> None:
        self.nodes.all[name].in_hand = False

    def _queue_put(self, told: ContactStatus | SecurityWarning) -> None:
        self._queue.put_nowait(told)

    def _attempt_over(self, over: AttemptOver) -> None:
        if over.key:  # taken by the dialplan, in a moment when no service lived
            self.told.processor.tell(AttemptSeen(over.attempt_id, "finished", over.status, over.cause, over.key))
        else:
            self.told.processor.tell(AttemptEnded(over.attempt_id, over.status, over.cause))

    async def _consume(self) -> None:
        """What AMI tells, in order."""
        while True:
            told = await self._queue.get()
            try:
                # What the account is by now, over all nodes: newer than what was told, never older.
                if isinstance(told, ContactStatus):
                    await self.told.seats.phone_changed(self.nodes.phone(told.account))
                elif told is None:
                    if all(node.watched for node in self.nodes.living()):
                        await self.told.seats.phones_are(self.nodes.phones())
                else:
                    log.warning("sip_security", kind=told.kind, account=told.account[:64], remote=told.remote[:64])
                    await self.told.board.warn_security(told)
            except DATABASE_ERRORS as error:
                log.warning("told_not_kept", error=type(error).__name__)
                for node in self.nodes.all.values():
                    node.watched = False  # the list is read again, and says the same

    async def _follow_watch(self, node: Node) -> None:
        """When its AMI comes up: who is registered, what safe mode needs, what it did. Then the list again, now and then."""
        ticks = 0
        safe_mode = self.told.safe_mode[node.name]
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
                    await self.told.proof.take(node.name, node.watch)  # their marks are notes of calls out
                    await node.watch.forget_attempts(time.time() - ATTEMPTS_KEPT_SECONDS)
                except (TelephonyError, *DATABASE_ERRORS) as error:
                    log.warning("watch_not_read", node=node.name, error=type(error).__name__)
                    node.watched = False
                else:
                    node.watched = True
                    self._queue.put_nowait(None)
            await asyncio.sleep(WATCH_SECONDS)

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
