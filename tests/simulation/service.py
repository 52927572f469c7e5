"""Instances of the service on the stage: the engine's own Processor, Lanes and Orders, over a modelled database and PBX.

Only what touches the world outside is modelled: the database's locks, indexes and outages (``database.py``), ARI and AMI
(``line.py``), the due table's reader and the router (as engine/due.py and acd/routing.py do it), and what an instance finds by
looking (``finding.py``). With two nodes telephony/nodes.py, engine/nodes.py and engine/reconcile.py are the product's own. Every
await in between is a place where the instance may die or sleep.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.store import told_at

from callcenter.db.save import Conflict
from callcenter.domain import facts
from callcenter.domain.decision import Situation
from callcenter.domain.errors import Refused
from callcenter.domain.routing import match
from callcenter.engine import due
from callcenter.engine.orders import Orders
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.telephony import nodes as telephony
from callcenter.telephony.ports import TelephonyError
from simulation.database import Database, Link
from simulation.finding import Finding
from simulation.life import Life
from simulation.line import Line
from simulation.node import Node
from simulation.reading import Reader
from simulation.stage import SECOND, Died, Stage, rest

DOUBTFUL = {"channels": 6, "evidence": 6, "hung_up": 6}
"""How much more often than elsewhere an instance is struck where few steps are, and much depends on them: while a node is asked,
and between two hang-ups."""
SHORT_CUT_SECONDS = 2.0  # what was told meanwhile arrives after it: the connection has not noticed


class Nodes(telephony.Nodes):
    """Every node, where what is thought of each is seen at once: its thinker may fall asleep over it."""

    judged: Callable[[frozenset[str], frozenset[str]], None] | None = None
    _lost: frozenset[str] = frozenset()

    @property
    def lost(self) -> frozenset[str]:
        return self._lost

    @lost.setter
    def lost(self, names: frozenset[str]) -> None:
        before, self._lost = self._lost, names
        if self.judged is not None:
            self.judged(before, names)


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

    info = warning = error = critical = debug

    def exception(self, event: str, **_: object) -> None:
        failure = sys.exc_info()[1]
        if event in ("arrival_failed", "call_not_given_back") and isinstance(failure, TelephonyError):
            return  # the PBX went away under a call that had just come in: it is gone with it
        if failure is not None and not isinstance(failure, DATABASE_ERRORS):
            self.mistakes.append((event, failure))


@dataclass(eq=False)
class Service(Finding):
    """One life of one instance."""

    name: str
    stage: Stage
    database: Database
    nodes: list[Node]
    """Its own first."""
    faults: Any
    members: dict[str, UUID]
    log: Silent
    decided: dict[str, int] = field(default_factory=dict)
    """When the latest of its orders to dial this id was decided: for the record only."""
    processor: Engine = field(init=False)
    deaf: set[str] = field(default_factory=set)
    """Nodes whose event stream is not connected."""
    _look_at: int = -1
    _told: dict[tuple[UUID, str, datetime, bool], int] = field(default_factory=dict)
    _routing: bool = False

    def __post_init__(self) -> None:
        self.lines = {node.name: Line(self, node) for node in self.nodes}
        line: Any = self.lines[self.nodes[0].name]
        calls, reader = line, Reader(self, self.name)
        self.phase = int(self.stage.random.random() * due.POLL_SECONDS * SECOND)
        if self.several:
            every: list[Any] = list(self.lines.values())
            calls = Nodes([telephony.Node(one.node.name, one, one, one, one, one) for one in every])
            calls.judged = self._judged
            reader.place = calls.place
        self.processor = Engine(
            self, reader, calls, Orders(calls, line, calls, utcnow=self.stage.utcnow), self.log, self,  # type: ignore[arg-type]
            f"callcenter-{self.name}", on_timer=self._timer_set,
        )  # fmt: skip
        self.find_with(calls)

    def _judged(self, before: frozenset[str], lost: frozenset[str]) -> None:
        self.faults.night.judged(self, before, lost)

    def listens_to(self, node: Life) -> bool:
        return node.name not in self.deaf

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

    def hear(self, fact: facts.Fact, node: Life) -> None:
        """An event of Asterisk is on its way to us."""
        if self.dead:
            return
        wait = self.stage.between(0.0005, 0.006)
        if cut := node.cut_until(self.name):
            if cut - self.stage.now > SHORT_CUT_SECONDS * SECOND:
                return
            wait += (cut - self.stage.now) / SECOND
        if self.faults.on:
            fate = self.stage.random.random()
            if fate < self.faults.lost:
                self.faults.count("fact lost")
                return
            if fate < self.faults.lost + self.faults.doubled:
                self.faults.count("fact doubled")
                self.stage.after(wait + self.stage.between(0.0, 3.0), self._heard, fact, node)
            elif fate < self.faults.lost + self.faults.doubled + self.faults.delayed:
                self.faults.count("fact delayed")
                wait += self.stage.between(0.05, 4.0)
        self.stage.after(wait, self._heard, fact, node)

    def _heard(self, fact: facts.Fact, node: Life) -> None:
        if self.dead or not self.listens_to(node):
            return
        if self.paused_until > self.stage.now:
            self.stage.at(self.paused_until, self._heard, fact, node)
            return
        self.stage.host = self
        if self.several and (leg_id := getattr(fact, "leg_id", "")):
            self.processor.calls.learn(leg_id, node.name)
        self.processor.tell(fact)

    def ask(self, fact: facts.Fact) -> None:
        """A person's command from a console; what is refused is not done, and nobody tries again for them."""

        async def work() -> None:
            with suppress(Refused, Conflict, *DATABASE_ERRORS):
                await self.processor.process(fact, lane)

        self.stage.host = self
        lane = self.processor._lane(fact)
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
        found = store.due(self.stage.utcnow(), ahead=True)
        keys = {(case_id, timer.kind, timer.due_at) for case_id, timer in found}
        again = int(due.TELL_AGAIN_SECONDS * SECOND)
        self._told = {key: at for key, at in self._told.items() if key[:3] in keys and now - at < again}
        for case_id, timer in found:
            ahead = told_at(timer) < timer.due_at and (case_id, timer.kind, timer.due_at, True) not in self._told
            key = (case_id, timer.kind, timer.due_at, ahead)
            if key not in self._told and (ahead or self.stage.moment(timer.due_at) <= now):
                self._told[key] = now
                self.processor.tell(facts.TimerDue(case_id, timer.kind, timer.data, timer.due_at))
        if found:
            self.look_at(self.next_poll())
        following = [self.stage.moment(at) for t in store.timers.values() for at in {told_at(t), t.due_at}]
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
