"""One night at the centre, from one seed: who lives where, who presses, who picks up, what breaks; then calm, and a look.

Everything in it is drawn from the seed, so that a night that went wrong can be lived through again, line by line. Every other
night has two Asterisk nodes; which ones is drawn apart, so that the others are what they would be without.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from domain.store import Store

from callcenter.domain.decision import Figures
from callcenter.domain.escalation import Attempt
from simulation.centre import Centre, Elder
from simulation.database import Database
from simulation.misfortunes import Misfortunes
from simulation.node import Node
from simulation.node_faults import Faults, Judged, Outage
from simulation.scene import engine_on_stage
from simulation.service import Service, Silent
from simulation.staff import Staff
from simulation.stage import SECOND, Stage
from simulation.truth import Truth

EVENTS_MOST = 200_000  # a night has some thousands: one that has so many goes round in a circle
CALM_SECONDS = 900  # within this after the last fault every case has come to an end
SHARE_OF_TWO = 0.5  # of the nights


@dataclass
class Probe:
    """What was overdue, and how much later than it should be, at a moment of the calm."""

    moment: int
    late: list[tuple[UUID, float]]


@dataclass
class Night(Misfortunes, Staff, Centre):
    """The centre, its people and its misfortunes."""

    seed: int
    traced: bool = False
    stage: Stage = field(init=False)
    store: Store = field(init=False)
    calm_from: int = 0
    end: int = 0
    probes: list[Probe] = field(default_factory=list)
    quiet: list[tuple[int, int]] = field(default_factory=list)
    trouble: list[int] = field(default_factory=list)
    """Moments of faults that hold things up."""
    edits: list[tuple[int, str]] = field(default_factory=list)
    owned_until: dict[str, int] = field(default_factory=dict)
    """Numbers that were somebody's own, and the moment from which they stood for nobody any more in some place of the register."""
    presses: list[tuple[int, str, str]] = field(default_factory=list)
    finished: bool = False
    judgements: list[Judged] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    database_away: list[tuple[int, int]] = field(default_factory=list)
    asleep_since: dict[str, int] = field(default_factory=dict)
    adopted_by: dict[str, str] = field(default_factory=dict)
    lingers: int = 0

    def __post_init__(self) -> None:
        self.stage = Stage(self.seed)
        if self.traced:
            self.stage.trace = deque(maxlen=4000)
        random = self.stage.random
        self.store = Store(Figures(ring_seconds=12.0, wrap_up_seconds=40.0, announce_every_seconds=30.0))
        self.database = Database(self.stage, self.store, on_timer=self._timer_set, on_commit=self._committed)
        self.truth = Truth()
        two = Random(f"nodes of {self.seed}").random() < SHARE_OF_TWO
        self.nodes = [Node(self.stage, self._manner, name, self.truth, several=two) for name in ("node1", "node2")[: 1 + two]]
        self.faults = Faults(self)
        self.log = Silent()
        self.services: list[Service] = []
        self.manners: dict[str, tuple[str, ...]] = {}
        self.elders: list[Elder] = []
        self.members: dict[str, UUID] = {}
        self._people(random)
        self._policy(random)
        self._plan(random)

    # --- what will happen -------------------------------------------------------------------------------------------

    def _plan(self, random: Random) -> None:
        stage, faults = self.stage, self.faults
        stormy = random.random() < 0.85
        trouble = random.choice((40.0, 80.0, 120.0)) if stormy else 30.0
        self.calm_from = int(trouble * SECOND)
        self.lingers = int(random.choice((0.0, 0.0, 0.0, 60.0, 150.0)) * SECOND)
        if stormy:
            faults.each_step = random.choice((0.0, 0.001, 0.003, 0.01, 0.02))
            if random.random() < 0.6:
                faults.lost, faults.doubled, faults.delayed = (random.choice((0.0, 0.02, 0.08)) for _ in range(3))
        for place in range(random.choice((1, 2, 2, 3))):
            self._start_service(f"i{place}")
        for elder in self.elders:
            self._presses(random, elder, trouble)
        if random.random() < 0.12:
            stage.after(random.uniform(0.0, trouble), self._drill)
        for _ in range(random.choice((0, 0, 1, 2, 4, 6))):
            stage.after(random.uniform(1.0, trouble + 60.0), self._somebody_acts)
        for _ in range(random.choice((0, 0, 1, 2))):
            stage.after(random.uniform(0.0, trouble + 30.0), self._edit)
        for _ in range(random.choice((0, 0, 1, 2))):
            stage.after(random.uniform(0.0, trouble + 30.0), self._seat_moves)
        if random.random() < 0.3:
            stage.after(random.uniform(trouble, trouble + 120.0), self._settle_one)
        if stormy:
            several = len(self.nodes) > 1
            for what, weight in (
                (self._kill_one, 0.5),
                (self._pause_one, 0.5),
                (self._kill_node, 0.5 if several else 0.25),
                (self._take_database, 0.3),
                (self._cut_stream, 0.2),
                (self._slow_down, 0.25),
                *(((self._cut_off, 0.5),) if several else ()),
            ):
                while random.random() < weight:
                    stage.after(random.uniform(0.0, trouble), what)
        stage.at(self.calm_from, self._calm)

    def _presses(self, random: Random, elder: Elder, trouble: float) -> None:
        first = random.uniform(0.0, 8.0) if random.random() < 0.7 else random.uniform(0.0, trouble)
        self.stage.after(first, self._press, elder, random.choice((0.05, 0.7, 3.0, 15.0, 60.0, 200.0)))
        while random.random() < 0.3:  # once more; now and then in the same moment
            again = first + random.choice((0.0, 0.001, 2.0, 20.0, 60.0))
            self.stage.after(again, self._press, elder, random.choice((0.7, 3.0, 15.0, 60.0)))

    def _press(self, elder: Elder, hold: float) -> None:
        leg_id = f"c{len(self.presses)}"
        self.presses.append((self.stage.now, leg_id, elder.serial))
        self.stage.note(elder.serial, f"presses ({leg_id}), would hold {hold}")
        able = [node for node in self.nodes if node.up] or self.nodes
        self._one_of(able).call_in(leg_id, elder.account, hold)

    def _probe(self) -> None:
        now = self.stage.utcnow()
        late = [
            (case_id, (now - timer.due_at).total_seconds()) for (case_id, kind), timer in self.store.timers.items()
            if timer.due_at < now and kind == "ladder"
        ]  # fmt: skip
        missing = [
            (ladder.case_id, 1e6) for ladder in self.store.ladders.values()
            if not ladder.over and (ladder.case_id, "ladder") not in self.store.timers
        ]  # fmt: skip
        self.probes.append(Probe(self.stage.now, late + missing))
        self.stage.after(7.0, self._probe)

    # --- the whole of it --------------------------------------------------------------------------------------------

    def run(self) -> Night:
        with engine_on_stage(self.log):
            self.stage.run(self.calm_from, lambda: self.stage.events >= EVENTS_MOST)
            last = self.calm_from + CALM_SECONDS * SECOND
            linger = self.calm_from + max(self.lingers, 3 * SECOND + 1)
            while self.stage.now < last and not self.finished and self.stage.events < EVENTS_MOST:
                self.stage.run(min(last, self.stage.now + 5 * SECOND), lambda: self.stage.events >= EVENTS_MOST)
                self.finished = self.stage.now >= linger and self._at_rest()
            self.end = self.stage.now
            self.stage.close()
        return self

    def _at_rest(self) -> bool:
        """Every ladder has come to an end that may last, and nobody is on any line."""
        return (
            all(a.state in ("acknowledged", "ended") or (a.state == "exhausted" and a.pages) for a in self.store.ladders.values())
            and not any(a.open and not a.joined and a.state != "answered" for a in self._not_paging())
            and not any(node.safe_mode for node in self.nodes)
        )  # fmt: skip

    def _not_paging(self) -> list[Attempt]:
        return [a for a in self.store.attempts.values() if a.rung >= 0]
