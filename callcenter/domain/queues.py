"""Queues (队列): which calls wait in one, how they age, whose skills suit them, and where they overflow. Pure data and figures.

Weight of a call that waits: the queue's priority, plus its ageing for each minute, at most 100. From 100 on nothing passes it
any more but who waits longer: so a heavier queue never starves a lighter one, however many calls it gets. Emergencies stand before
every weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.case import Kind

Need = Literal["none", "preferred", "required"]
SkillKind = Literal["dialect", "district", "service"]
Skill = tuple[str, str]
"""Kind and value: ("dialect", "客家话"), ("district", "象湖镇"), ("service", "心理慰藉")."""

CEILING = 100.0  # weight from which on a call is passed by nobody
MOST_SECONDS = 3600.0


@dataclass(frozen=True)
class Queue:
    """One queue. Times are seconds since the call began to wait.

    ``required`` skills bind for ``required_seconds``; after that, and always in an emergency, they are only preferred: nobody waits
    for ever for somebody who is not there.
    """

    id: UUID | None
    kind: Kind
    name_zh: str
    name_en: str
    lines: tuple[str, ...] = ()
    """Numbers that lead into it; none: every line of its kind that no other queue names."""
    priority: float = 0.0
    ageing: float = 10.0
    """Weight that each minute of waiting adds; more than 0."""
    dialect: Need = "preferred"
    district: Need = "none"
    service: str = ""
    """A service that its calls need, from the agents' skills; empty: none."""
    service_need: Need = "required"
    required_seconds: float = 60.0
    familiar_seconds: float = 0.0
    """So long a call is kept for the person who knows the member, while that one is busy; 0: only if they are free."""
    seats_after: float = 30.0
    """After so long seats of other queues serve it too."""
    duty_after: float | None = None
    """After so long the duty mobiles are phoned; None: never. Emergencies have their ladder for that."""

    def weight(self, waited: float) -> float:
        """Weight of a call that has waited ``waited`` seconds."""
        return min(CEILING, self.priority + self.ageing * max(0.0, waited) / 60.0)

    def wants(self, caller: frozenset[Skill]) -> list[tuple[Skill, Need]]:
        """The skills that a call of this caller asks for. ``caller``: the member's own dialect and district."""
        found: list[tuple[Skill, Need]] = []
        for skill in sorted(caller):
            need = self.dialect if skill[0] == "dialect" else self.district
            if need != "none" and skill[1]:
                found.append((skill, need))
        if self.service and self.service_need != "none":
            found.append((("service", self.service), self.service_need))
        return found


BUILT_IN: dict[str, Queue] = {
    "emergency": Queue(None, "emergency", "紧急求助", "Emergencies", seats_after=0.0),
    "life_help": Queue(None, "life_help", "生活帮助", "Life help", seats_after=0.0),
}
"""What serves calls while the centre has made no queues of its own: every seat, the longest wait first."""


def queue_of(queue: Queue | None, kind: str) -> Queue:
    """The queue a case waits in: its own while that is one of its kind, else the built-in one."""
    return queue if queue is not None and queue.kind == kind else BUILT_IN[kind]


def waited(since: datetime, now: datetime) -> float:
    """Seconds."""
    return (now - since).total_seconds()
