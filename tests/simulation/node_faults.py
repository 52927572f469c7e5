"""What befalls nodes in a night: killed, gone with their machine, cut off from one instance or from all; and who judges what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.database import Database
from simulation.node import Node
from simulation.service import Service
from simulation.stage import SECOND, Stage

if TYPE_CHECKING:
    from simulation.night import Night


@dataclass
class Faults:
    """What breaks, and how often. ``on`` until the calm begins."""

    night: Night
    on: bool = True
    each_step: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    delayed: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    sleeps: bool = True

    def count(self, kind: str) -> None:
        self.counts[kind] += 1

    def strike(self, service: Service, where: str) -> None:
        """In the middle of a step: killed, or asleep for longer than any time-out, or only for a moment."""
        random = self.night.stage.random
        what = random.random()
        if what < 0.5:
            self.night.crash(service, where)
        else:
            self.night.put_to_sleep(service, where, random.choice((0.3, 2.5, 4.0, 9.0, 30.0)))


EVERYBODY = ["i0", "i1", "i2"]
NEVER = 10**12


@dataclass(frozen=True)
class Judged:
    """An instance gave a node up, or took it back."""

    moment: int
    instance: str
    node: str
    lost: bool


@dataclass
class Outage:
    """Times in which an instance could not hear a node; any node where it names none."""

    node: str
    instance: str
    since: int
    until: int
    refused: bool | None = None
    """Whether its machine says that nothing listens, or nothing at all. None: it may be heard now and then."""


class NodeFaults:
    """A part of Night."""

    stage: Stage
    database: Database
    faults: Faults
    services: list[Service]
    nodes: list[Node]
    calm_from: int
    judgements: list[Judged]
    outages: list[Outage]

    def _held_up(self, until: int | None = None) -> None:
        """Lateness says nothing of us until then."""
        raise NotImplementedError

    def _one_of(self, nodes: list[Node]) -> Node:
        return nodes[0] if len(self.nodes) == 1 else self.stage.random.choice(nodes)

    def nodes_in_trouble(self) -> bool:
        """Whether any instance has reason to look twice at any node."""
        now = self.stage.now
        return any(not node.up or node.slow_until > now or any(until > now for until in node.cut.values()) for node in self.nodes)

    def _trouble_with_nodes(self) -> None:
        for service in self.services:
            service.watch_nodes()

    def heard_by_others(self) -> None:
        """Instances that do not look, because nothing is the matter, go on hearing every node: it is written when it is needed."""
        now, rows = self.stage.now, self.database.nodes
        if len(self.nodes) == 1:
            return
        written = not 0 < self.database.away_until > now - SECOND // 2
        for service in self.services:
            if not service.awake or service._watching:
                continue
            if written:
                service.care._told_at = now - SECOND // 4  # type: ignore[assignment] # the modelled rows count moments
            for node in service.nodes:
                if node.up and not node.cut_until(service.name) and node.slow_until <= now:
                    service.care._heard[node.name] = (now - SECOND // 4) / SECOND
                    if written:
                        heard_at, refused_at = rows.get(node.name, (0, None))
                        rows[node.name] = (max(heard_at or 0, now - SECOND // 4), refused_at)

    def judged(self, service: Service, before: frozenset[str], lost: frozenset[str]) -> None:
        """An instance has looked at the nodes."""
        for name in before ^ lost:
            self.faults.count("node given up" if name in lost else "node taken back")
            self.stage.note(service.name, f"{name} is {'given up' if name in lost else 'back'}")
            self.judgements.append(Judged(self.stage.now, service.name, name, name in lost))

    def _kill_node(self) -> None:
        up = [node for node in self.nodes if node.up]
        if not up:
            return
        node = self._one_of(up)
        self.faults.count("PBX killed")
        self.heard_by_others()
        node.kill()
        back = self.stage.between(0.6, 8.0)
        if len(self.nodes) > 1:
            node.vanished = self.stage.chance(0.3)
            back = self.stage.random.choice((back, back, 20.0, 60.0))
            until = min(self.stage.now + int(back * SECOND), self.calm_from)
            self._out_of_reach(node, EVERYBODY, until, not node.vanished)
            self._trouble_with_nodes()
        self._held_up(self.stage.now + int(back * SECOND))
        self.stage.after(back, self._start_node, node, node.generation)

    def _start_node(self, node: Node, generation: int) -> None:
        if len(self.nodes) == 1 or (not node.up and node.generation == generation):
            node.start()

    def _out_of_reach(self, node: Node, instances: list[str], until: int, refused: bool | None) -> None:
        self.outages += [Outage(node.name, name, self.stage.now, until, refused) for name in instances]

    def _cut_off(self) -> None:
        """Nothing passes between a node and one instance, or all of them; both live."""
        random = self.stage.random
        node = random.choice(self.nodes)
        names = sorted(service.name for service in self.services)
        if random.random() < 0.4:
            names = [random.choice(names)]
        self._cut(node, names, random.choice((0.5, 1.5, 3.0, 5.0, 8.0, 15.0, 40.0)))

    def cut_off_who_speak(self, name: str) -> None:
        """In the middle of a conversation, for so long that the node is given up, and its seat still writes down what was said."""
        if self.faults.on:
            node = next(node for node in self.nodes if node.name == name)
            self._cut(node, sorted(service.name for service in self.services), self.stage.random.choice((7.0, 9.0, 14.0)))

    def _cut(self, node: Node, names: list[str], seconds: float) -> None:
        until = min(self.stage.now + int(seconds * SECOND), self.calm_from)
        self.faults.count("node cut off" if len(names) > 1 or len(self.services) == 1 else "node cut off from one")
        self.stage.note(node.name, f"CUT OFF from {', '.join(names)} until {until / SECOND:.3f}")
        self.heard_by_others()
        self._held_up(until)
        for name in names:
            node.cut[name] = max(until, node.cut.get(name, 0))
        self._out_of_reach(node, names, until, False)
        self._trouble_with_nodes()
        self.stage.after(2.0, self._noticed, node)
        self.stage.at(until + 1, self._in_reach_again, node)

    def _noticed(self, node: Node) -> None:
        """A connection on which nothing passes is found dead."""
        for service in self.services:
            if node.cut_until(service.name):
                service.deaf.add(node.name)

    def _in_reach_again(self, node: Node) -> None:
        for service in self.services:
            if node.name in service.deaf and not node.cut_until(service.name) and node.up:
                service.connect(node)
