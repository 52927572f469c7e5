"""The database on the stage: rows, row locks, indexes, and the times when it is away."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.store import Store, told_at

from callcenter.db.save import Conflict
from callcenter.domain import facts
from callcenter.domain.decision import Decision, SetTimer, Situation
from callcenter.domain.effects import DialAttempt
from simulation.stage import Host, Job, Stage, park

if TYPE_CHECKING:
    from simulation.service import Service

STATEMENT_SECONDS = 5.0  # settings.database_timeout
IDLE_SECONDS = 2.0  # the server ends a transaction that stands still for so long: a sleeping instance keeps no case locked


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
    nodes: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """When each node was heard last, and when its machine last said that nothing listens there."""
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

    def is_locked(self, case_id: UUID) -> bool:
        return case_id in self._locks

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
                database.on_timer(database.stage.moment(told_at(timer)))
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
    if situation.case is not None and service.database.is_locked(situation.case.id):
        await service.database.lock(link, situation.case.id)  # it waits for whoever has locked the row, and comes too late then
    try:
        service.database.store.refuse(situation, decision)
    except Conflict:
        service.database.conflicts += 1
        raise
    link.staged = (situation, decision, fired)
