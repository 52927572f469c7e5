"""Instances of the service on the stage: the engine's own Processor, Lanes and Orders, over a modelled database and PBX.

Only what touches the world outside is modelled: the database's locks, indexes and outages (``Database``), ARI and AMI
(``Line``), the due table's reader, the router, the sweep and the take-over (as engine/due.py, acd/routing.py,
engine/reconcile.py and engine/instances.py do them). Every await in between is a place where the instance may die or sleep.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.store import Store

from callcenter.db.save import Conflict
from callcenter.domain import facts
from callcenter.domain.case import Kind
from callcenter.domain.decision import Arrival, Decision, SetTimer, Situation
from callcenter.domain.effects import DialAttempt
from callcenter.domain.errors import Refused
from callcenter.domain.routing import match
from callcenter.engine import due, instances, lanes, orders, processor, reconcile
from callcenter.engine.orders import Orders
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.telephony.ports import AttemptOrder, ChannelGone, LiveChannel, TelephonyDown, TelephonyError
from simulation.node import Node, Order
from simulation.stage import SECOND, Asyncio, Died, Host, Job, Stage, park, rest

STATEMENT_SECONDS = 5.0  # settings.database_timeout
DOUBTFUL = {"channels": 6, "evidence": 6, "hung_up": 6}
"""How much more often than elsewhere an instance is struck where few steps are, and much depends on them: while a node is asked,
and between two hang-ups."""
IDLE_SECONDS = 2.0  # the server ends a transaction that stands still for so long: a sleeping instance keeps no case locked


# --- the database -----------------------------------------------------------------------------------------------------


@dataclass
class Commit:
    """One transaction that changed something."""

    at: datetime
    moment: int
    case_id: UUID
    fact: facts.Fact
    instance: str
    situation: Situation
    decision: Decision
    timer: SetTimer | None
    """The row that led to it, as it stood when it was used up."""


@dataclass
class Database:
    """Rows, row locks, and the times when it is away."""

    stage: Stage
    store: Store
    away_until: int = 0
    commits: list[Commit] = field(default_factory=list)
    on_timer: Callable[[int], None] = lambda _due: None
    on_commit: Callable[[Commit], None] = lambda _commit: None
    conflicts: int = 0
    _locks: dict[UUID, tuple[Link, deque[tuple[Link, Job]]]] = field(default_factory=dict)

    def there(self) -> None:
        if self.away_until > self.stage.now:
            raise ConnectionError("the database is away")

    async def lock(self, link: Link, case_id: UUID) -> None:
        held = self._locks.get(case_id)
        if held is None:
            self._locks[case_id] = (link, deque())
            link.locked.append(case_id)
            return
        if held[0] is link:
            return
        job = self.stage.job
        assert job is not None
        held[1].append((link, job))
        self.stage.after(STATEMENT_SECONDS, self._give_up, case_id, link, job)
        await park()
        self.there()

    def _give_up(self, case_id: UUID, link: Link, job: Job) -> None:
        held = self._locks.get(case_id)
        if held is not None and (link, job) in held[1]:
            held[1].remove((link, job))
            self.stage.wake(job, error=TimeoutError("the row stayed locked"))

    def release(self, link: Link) -> None:
        for case_id in link.locked:
            _, queue = self._locks.pop(case_id)
            while queue:
                following, job = queue.popleft()
                if not following.host.dead:
                    self._locks[case_id] = (following, queue)
                    following.locked.append(case_id)
                    self.stage.wake(job)
                    break
        link.locked = []

    def dropped(self, host: Host) -> None:
        """A process died: the server ends its transactions."""
        for link in [held[0] for held in self._locks.values() if held[0].host is host]:
            self.release(link)

    def asleep(self, host: Host) -> None:
        """A process stands still: the server waits for a while."""
        for link in {id(held[0]): held[0] for held in self._locks.values() if held[0].host is host}.values():
            self.stage.after(IDLE_SECONDS, self._ended_by_server, link)

    def _ended_by_server(self, link: Link) -> None:
        if link.locked and link.host.paused_until > self.stage.now:
            link.broken = True
            self.release(link)

    def all_dropped(self) -> None:
        """It went away: no transaction survives that."""
        for link in [held[0] for held in self._locks.values()]:
            link.broken = True
            self.release(link)


class Link:
    """One connection in use."""

    def __init__(self, service: Service, *, firm: bool) -> None:
        self.host = self.service = service
        self.firm = firm
        self.locked: list[UUID] = []
        self.broken = False
        self.fact: facts.Fact | None = None
        self.staged: tuple[Situation, Decision, str | None] | None = None

    async def __aenter__(self) -> Link:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.service.database.release(self)

    async def commit(self) -> None:
        if self.staged is None:
            return
        service, database = self.service, self.service.database
        await service.step("commit", 0.0003, 0.002)
        database.there()
        if self.broken:
            raise ConnectionError("the server ended this transaction")
        situation, decision, fired = self.staged
        case = decision.case or situation.case
        if case is None:
            return
        row = database.store.timers.get((case.id, fired)) if fired else None
        database.store.keep(situation, decision, fired)
        assert self.fact is not None
        now = database.stage.now
        made = Commit(database.stage.utcnow(), now, case.id, self.fact, service.name, situation, decision, row)
        database.commits.append(made)
        database.on_commit(made)
        if database.stage.trace is not None:
            self._trace(decision)
        for effect in decision.effects:
            if isinstance(effect, DialAttempt):
                service.decided[effect.leg_id] = now
        for timer in decision.timers.values():
            if timer is not None:
                database.on_timer(database.stage.moment(timer.due_at))
        database.release(self)
        await service.faulty("committed")

    def _trace(self, decision: Decision) -> None:
        told = ", ".join(
            e.kind + (f"({e.data.get('result') or e.data.get('rung') or e.data.get('key') or e.data.get('name') or ''})")
            for e in decision.entries
        )
        orders = " ".join(f"{type(e).__name__}({str(getattr(e, 'leg_id', ''))[:8]})" for e in decision.effects)
        fact = self.fact
        about = str(getattr(fact, "leg_id", "") or getattr(fact, "kind", ""))[:8]
        word = getattr(fact, "seen", "") or getattr(fact, "status", "") or getattr(fact, "digit", "") or getattr(fact, "cause", "")
        self.service.stage.note(self.service.name, f"{type(fact).__name__}({about} {word}) → {told or '-'} | {orders}")


async def save(link: Link, situation: Situation, decision: Decision, *, fired: str | None = None) -> None:
    service = link.service
    await service.step("save", 0.0003, 0.002)
    service.database.there()
    try:
        service.database.store.refuse(situation, decision)
    except Conflict:
        service.database.conflicts += 1
        raise
    link.staged = (situation, decision, fired)


# --- what an instance holds in its hands ------------------------------------------------------------------------------


@dataclass
class Reader:
    """``db/situations.py`` over the modelled rows."""

    service: Service
    instance: str
    taken: set[str] = field(default_factory=set)

    async def of_arrival(
        self, link: Link, *, leg_id: str, line: str, account: str | None, number: str | None
    ) -> tuple[Situation, datetime]:
        await self.service.step("load", 0.0003, 0.002)
        self.service.database.there()
        store, random = self.service.database.store, self.service.stage.random
        serial = account.upper() if account else None
        member = self.service.members.get(serial or "")
        case_id = UUID(int=random.getrandbits(128))
        arrival = Arrival(
            case_id, f"20261121-{len(store.cases) + 1:06}-{str(case_id)[:2]}", "emergency", serial, (member,) if member else ()
        )
        told = store.legs.get(leg_id)
        existing = told.case_id if told else store.joins(serial)
        if existing is None:
            return self._read(None, arrival)
        return await self._locked(link, existing, arrival)

    async def of_new(self, link: Link, case_id: UUID, member_id: UUID, kind: Kind, *names: str) -> tuple[Situation, datetime]:
        await self.service.step("load", 0.0003, 0.002)
        arrival = Arrival(case_id, f"20261121-D{str(case_id)[:4]}", kind, None, (member_id,))
        return self._read(case_id, arrival)

    async def of_leg(self, link: Link, leg_id: str) -> tuple[Situation, datetime]:
        store = self.service.database.store
        await self.service.step("load", 0.0002, 0.001)
        row = store.legs.get(leg_id) or store.attempts.get(leg_id)
        return await self._locked(link, row.case_id if row else None)

    async def of_case(self, link: Link, case_id: UUID | None, *names: str) -> tuple[Situation, datetime]:
        await self.service.step("load", 0.0002, 0.001)
        return await self._locked(link, case_id, None, *names)

    async def with_office(self, link: Link, loaded: tuple[Situation, datetime]) -> tuple[Situation, datetime]:
        """The rules' own figures: nobody at this centre has set others."""
        await self.service.step("load", 0.0002, 0.001)
        self.service.database.there()
        return loaded

    async def of_recording(self, link: Link, name: str) -> tuple[Situation, datetime]:
        return self._read(None, None)

    async def _locked(
        self, link: Link, case_id: UUID | None, arrival: Arrival | None = None, *names: str
    ) -> tuple[Situation, datetime]:
        self.service.database.there()
        if link.firm and case_id is not None and case_id in self.service.database.store.cases:
            await self.service.database.lock(link, case_id)
        return self._read(case_id, arrival, *names)

    def _read(self, case_id: UUID | None, arrival: Arrival | None, *names: str) -> tuple[Situation, datetime]:
        database, now = self.service.database, self.service.stage.utcnow()
        database.there()
        return database.store.situation(case_id, now, instance=self.instance, arrival=arrival, also=names), now


@dataclass
class Line:
    """ARI and AMI as an instance sees them."""

    service: Service

    @property
    def connected(self) -> bool:
        return self.service.node.up

    async def _order(self, name: str) -> None:
        node = self.service.node
        generation = node.generation
        await self.service.step(name, 0.0005, 0.004)
        if node.slow_until > self.service.stage.now:
            await self.service.step(name, 0.05, 2.5)
        if not node.up or node.generation != generation:
            raise TelephonyDown("no answer")

    def _channel(self, channel_id: str) -> None:
        if channel_id not in self.service.node.channels:
            raise ChannelGone("gone")

    async def claim(self, channel_id: str) -> bool:
        await self._order("claim")
        won = self.service.node.claim(channel_id, self.service.name)
        await self.service.faulty("claimed")
        return won

    async def answer(self, channel_id: str) -> None:
        await self._order("answer")
        self._channel(channel_id)
        self.service.node.channels[channel_id].up = True

    async def hang_up(self, channel_id: str, reason: str = "normal") -> None:
        await self._order("hang_up")
        self.service.node.hang_up(channel_id)
        await self.service.faulty("hung_up")

    async def originate(self, channel_id: str, endpoint: str, *, ring_seconds: float, **_: object) -> None:
        await self._order("originate")
        self.service.node.ring_seat(channel_id, endpoint.removeprefix("PJSIP/"), ring_seconds, self.service.name)

    async def dial_attempt(self, order: AttemptOrder) -> None:
        checked = self.service.stage.now
        await self._order("dial")
        self.service.node.dial(
            Order(
                order.attempt_id, order.number, order.way, order.ring_seconds, order.announcement, checked,
                self.service.decided.get(order.attempt_id, 0), self.service.name,
            )
        )  # fmt: skip
        await self.service.faulty("dialled")

    async def void_attempt(self, attempt_id: str) -> None:
        await self._order("void")
        self.service.node.void(attempt_id)

    async def create_bridge(self, bridge_id: str) -> None:
        return None

    async def bridge(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        await self._order("bridge")
        for channel_id in channel_ids:
            self._channel(channel_id)
        self.service.node.joined(tuple(channel_ids))

    async def destroy_bridge(self, bridge_id: str) -> None:
        return None

    async def record_bridge(self, bridge_id: str, name: str) -> None:
        return None

    async def play(self, channel_id: str, playback_id: str, media: Sequence[str]) -> None:
        await self._order("play")
        self._channel(channel_id)
        self.service.node.play(channel_id, playback_id, media[0])

    async def stop_playback(self, playback_id: str) -> None:
        if not self.service.node.up:
            raise TelephonyDown("no answer")
        self.service.node.silence(playback_id)

    async def start_music(self, channel_id: str) -> None:
        return None

    async def stop_music(self, channel_id: str) -> None:
        return None

    async def hand_back(self, channel_id: str, context: str = "arrive") -> None:
        await self._order("hand_back")
        self._channel(channel_id)
        if context == "arrive":
            self.service.node.serve_alone(self.service.node.channels[channel_id])
        else:
            self.service.node.ask_alone(channel_id)

    def learn(self, what: str, node: str) -> None:
        """There is one node."""

    async def channels(self, of: str = "") -> list[LiveChannel]:
        await self._order("channels")
        return [
            LiveChannel(c.id, "", "Up" if c.up else "Ring", c.number, "", f"callcenter-{c.app}" if c.app else None, c.args)
            for c in self.service.node.channels.values()
        ]

    async def node_started_at(self, of: str = "") -> float:
        await self._order("started")
        return self.service.node.started_at

    async def attempt_evidence(self, attempt_id: str) -> Any:
        await self._order("evidence")
        return self.service.node.evidence(attempt_id)

    # speech: made at once, and named by what it says
    async def say(self, sentence: str) -> str:
        return sentence

    def media_of(self, sentence: str) -> str:
        return sentence

    def is_spoken(self, _sentence: str) -> bool:
        return True


class Engine(Processor):
    """The processor, whose facts can be written beside what they led to."""

    async def _load(self, link: Any, fact: facts.Fact) -> tuple[Situation, datetime]:
        link.fact = fact
        return await super()._load(link, fact)


class Silent:
    """Nobody watches a console, and nobody reads a log but for mistakes."""

    def __init__(self) -> None:
        self.mistakes: list[tuple[str, BaseException]] = []

    async def publish(self, _changed: object) -> None:
        return None

    def about_to_show(self, _members: object) -> None:
        return None

    def debug(self, *_: object, **__: object) -> None:
        return None

    info = warning = error = debug

    def exception(self, event: str, **_: object) -> None:
        failure = sys.exc_info()[1]
        if event in ("arrival_failed", "call_not_given_back") and isinstance(failure, TelephonyError):
            return  # the PBX went away under a call that had just come in: it is gone with it
        if failure is not None and not isinstance(failure, DATABASE_ERRORS):
            self.mistakes.append((event, failure))


@dataclass(eq=False)
class Service(Host):
    """One life of one instance."""

    name: str
    stage: Stage
    database: Database
    node: Node
    faults: Any
    members: dict[str, UUID]
    log: Silent
    decided: dict[str, int] = field(default_factory=dict)
    """When the latest of its orders to dial this id was decided: for the record only."""
    processor: Engine = field(init=False)
    listening: bool = True
    """Its event stream is connected."""
    _look_at: int = -1
    _told: dict[tuple[UUID, str, datetime], int] = field(default_factory=dict)
    _routing: bool = False

    def __post_init__(self) -> None:
        line: Any = Line(self)
        reader: Any = Reader(self, self.name)
        self.line = line
        self.phase = int(self.stage.random.random() * due.POLL_SECONDS * SECOND)
        self.processor = Engine(
            self, reader, line, Orders(line, line, line, utcnow=self.stage.utcnow), self.log, self,  # type: ignore[arg-type]
            f"callcenter-{self.name}", on_timer=self._timer_set,
        )  # fmt: skip

    # Links, Router
    def use(self, *, firm: bool = False) -> Link:
        self.database.there()
        return Link(self, firm=firm)

    def wake(self) -> None:
        if not self._routing:
            self._routing = True
            self.stage.after(0.01, self._route)

    # --- micro-steps and faults -------------------------------------------------------------------------------------

    async def step(self, name: str, least: float, most: float) -> None:
        """Something that takes a moment, in which this instance may die or fall asleep."""
        await rest(int((least + (most - least) * self.stage.random.random()) * SECOND))
        await self.faulty(name)

    async def faulty(self, name: str) -> None:
        if self.faults.on and self.stage.random.random() < self.faults.each_step * DOUBTFUL.get(name, 1):
            self.faults.strike(self, name)
            if self.dead:
                raise Died
            await rest(0)
            if name == "committed" and self.stage.chance(0.3):
                raise ConnectionError("the commit was done, and its answer lost")

    def crash(self) -> None:
        self.dead = True
        self.database.dropped(self)

    def sleep_until(self, moment: int) -> None:
        self.paused_until = moment
        self.database.asleep(self)

    @property
    def awake(self) -> bool:
        return not self.dead and self.paused_until <= self.stage.now

    # --- what is told to it -----------------------------------------------------------------------------------------

    def hear(self, fact: facts.Fact) -> None:
        """An event of Asterisk is on its way to us."""
        if self.dead:
            return
        wait = self.stage.between(0.0005, 0.006)
        if self.faults.on:
            fate = self.stage.random.random()
            if fate < self.faults.lost:
                self.faults.count("fact lost")
                return
            if fate < self.faults.lost + self.faults.doubled:
                self.faults.count("fact doubled")
                self.stage.after(wait + self.stage.between(0.0, 3.0), self._heard, fact)
            elif fate < self.faults.lost + self.faults.doubled + self.faults.delayed:
                self.faults.count("fact delayed")
                wait += self.stage.between(0.05, 4.0)
        self.stage.after(wait, self._heard, fact)

    def _heard(self, fact: facts.Fact) -> None:
        if self.dead or not self.listening:
            return
        if self.paused_until > self.stage.now:
            self.stage.at(self.paused_until, self._heard, fact)
            return
        self.stage.host = self
        self.processor.tell(fact)

    def ask(self, fact: facts.ByPerson | facts.DrillAsked) -> None:
        """A person's command from a console; what is refused is not done, and nobody tries again for them."""

        async def work() -> None:
            with suppress(Refused, Conflict, *DATABASE_ERRORS):
                await self.processor.process(fact, lane)

        self.stage.host = self
        lane = self.processor._lane(fact)  # type: ignore[arg-type]
        self.processor.lanes.put(lane, work)

    # --- the due table's reader (engine/due.py) ---------------------------------------------------------------------

    def _timer_set(self, seconds: float) -> None:
        self.look_at(self.stage.now + int(seconds * SECOND) + 1)

    def next_poll(self) -> int:
        period = int(due.POLL_SECONDS * SECOND)
        return self.stage.now + period - (self.stage.now - self.phase) % period

    def look_at(self, moment: int) -> None:
        """It will read the due table then, or sooner."""
        if self._look_at < self.stage.now or moment < self._look_at:
            self._look_at = max(moment, self.stage.now)
            self.stage.at(self._look_at, self._look, self._look_at)

    def _look(self, planned: int) -> None:
        if self.dead or planned != self._look_at:
            return
        if self.paused_until > self.stage.now:
            self._look_at = self.paused_until
            self.stage.at(self._look_at, self._look, self._look_at)
            return
        now, store = self.stage.now, self.database.store
        self._look_at = -1
        if self.database.away_until > now:
            self.processor.database_ok = False
            self.look_at(self.next_poll())
            return
        self.processor.database_ok = True
        self.stage.host = self
        found = store.due(self.stage.utcnow())
        keys = {(case_id, timer.kind, timer.due_at) for case_id, timer in found}
        again = int(due.TELL_AGAIN_SECONDS * SECOND)
        self._told = {key: at for key, at in self._told.items() if key in keys and now - at < again}
        for case_id, timer in found:
            if (case_id, timer.kind, timer.due_at) not in self._told:
                self._told[case_id, timer.kind, timer.due_at] = now
                self.processor.tell(facts.TimerDue(case_id, timer.kind, timer.data))
        if found:
            self.look_at(self.next_poll())
        following = [self.stage.moment(t.due_at) for t in store.timers.values()]
        if later := [moment for moment in following if moment > now]:
            self.look_at(min(later))

    # --- the router (acd) -------------------------------------------------------------------------------------------

    def _route(self) -> None:
        self._routing = False
        if not self.awake or self.database.away_until > self.stage.now:
            return
        store = self.database.store
        waiting = store.waiting()
        if not waiting:
            return
        self.stage.host = self
        for case_id, seat in match(waiting, list(store.seats.values()), self.stage.utcnow()):
            self.processor.tell(facts.SeatMatched(case_id, seat))
        self._routing = True
        self.stage.after(1.0, self._route)

    # --- sweeps (engine/reconcile.py) and take-over (engine/instances.py) --------------------------------------------

    def connect(self) -> None:
        """Connected, again or for the first time: what we believe is compared with what Asterisk holds."""
        if not self.dead:
            self.listening = True
            self.stage.after(self.stage.between(0.05, 0.5), self._begin_sweep, True)

    def _begin_sweep(self, adopt: bool) -> None:
        if self.dead:
            return
        if not adopt:
            self.stage.after(reconcile.SWEEP_SECONDS, self._begin_sweep, False)
        if self.paused_until <= self.stage.now:
            self.stage.spawn(self._sweep(adopt), self)

    def begin(self) -> None:
        """Started, or started again."""
        self.connect()
        self.look_at(self.stage.now + 1)
        self.stage.after(self.stage.between(0.0, reconcile.SWEEP_SECONDS), self._begin_sweep, False)
        self.stage.after(0.5, self._import_safe_mode)

    async def _sweep(self, adopt: bool) -> None:
        store = self.database.store
        with suppress(TelephonyDown, *DATABASE_ERRORS):
            await self.step("sweep", 0.001, 0.003)
            self.database.there()
            believed = {
                leg.id: leg for leg in store.legs.values()
                if leg.live and not (leg.party == "caller" and store.cases[leg.case_id].source == "safe_mode")
            }  # fmt: skip
            seen = {channel.id: channel for channel in await self.line.channels()}
            young = self.stage.now - int(reconcile.YOUNG_SECONDS * SECOND)
            for leg_id, row in sorted(believed.items(), key=lambda item: (str(item[1].case_id), item[1].party)):
                self.processor.belongs(leg_id, row.case_id)
                if leg_id not in seen and (row.state != "intent" or self.stage.moment(row.started_at) < young):
                    self.processor.tell(facts.LegEnded(leg_id, "lost"))
            mine = f"callcenter-{self.name}"
            for channel in seen.values():
                known = believed.get(channel.id)
                if known is None and channel.app == mine and channel.app_args[:1] == ("in",):
                    self.processor.tell(
                        facts.CallArrived(channel.id, "node1", "96601", channel.app_args[2], None, "", False, claimed=True)
                    )
                elif known is None and channel.app == mine and channel.app_args[:1] == ("seat",):
                    self.node.hang_up(channel.id)
                elif (
                    known is not None
                    and known.party == "seat"
                    and channel.state == "Up"
                    and known.state != "up"
                    and channel.app == mine
                ):
                    self.processor.tell(facts.SeatAnswered(channel.id))
            if adopt:
                for channel in seen.values():
                    if channel.app == mine and channel.app_args[:1] == ("attempt",):
                        self.processor.tell(facts.AttemptFoundLive(channel.id, self.name))
                for case_id in {row.case_id for leg_id, row in believed.items() if leg_id in seen}:
                    self.processor.tell(facts.CaseFoundLive(case_id, self.name))

    def adopt(self, silent: set[str]) -> None:
        """Take over what silent instances held. Who holds a leg is written down before it is moved."""
        self.stage.spawn(self._adopt(silent), self)

    async def _adopt(self, silent: set[str]) -> None:
        with suppress(TelephonyDown, *DATABASE_ERRORS):
            await self.step("take over", 0.001, 0.003)
            self.database.there()
            legs = self.database.store.hold(self.name, silent)
            held = [channel for channel in self.node.channels.values() if channel.app in silent]
            if not held:
                return
            self.faults.count("calls taken over")
            for channel in held:
                await self.step("move", 0.0005, 0.003)
                if channel.id in self.node.channels and channel.app in silent:
                    old, channel.app = channel.app, self.name
                    self.node.tell(facts.LegEnded(channel.id, "16", old), old)
            for leg_id, case_id in legs.items():
                self.processor.belongs(leg_id, case_id)
            ids = {channel.id for channel in held}
            for channel in held:
                if channel.args[:1] == ("attempt",):
                    self.processor.tell(facts.AttemptFoundLive(channel.id, self.name))
            for case_id in {legs[leg_id] for leg_id in ids if leg_id in legs}:
                self.processor.tell(facts.CaseFoundLive(case_id, self.name))

    def _import_safe_mode(self) -> None:
        """Calls that the dialplan served alone; a record is kept there until it is over and remembered here."""
        if self.dead:
            return
        self.stage.after(1.0, self._import_safe_mode)
        if not self.awake or self.database.away_until > self.stage.now or not self.node.up:
            return
        for key, call in list(self.node.safe_mode.items()):
            row = self.database.store.legs.get(key)
            if row is not None and not row.live:
                del self.node.safe_mode[key]
            else:
                self.stage.host = self
                self.processor.tell(call)


@contextmanager
def engine_on_stage(log: Silent) -> Iterator[None]:
    """The engine's modules use the stage in place of asyncio, and the modelled database in place of PostgreSQL."""
    names: list[tuple[Any, str, Any]] = [
        (processor, "asyncio", Asyncio), (processor, "save", save), (processor, "log", log),
        (lanes, "asyncio", Asyncio), (lanes, "log", log), (orders, "log", log),
    ]  # fmt: skip
    before = [(module, name, getattr(module, name)) for module, name, _ in names]
    for module, name, new in names:
        setattr(module, name, new)
    try:
        yield
    finally:
        for module, name, old in before:
            setattr(module, name, old)


SILENT_SECONDS = instances.SILENT_SECONDS
