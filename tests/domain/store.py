"""The database as plain dictionaries: what ``db/situations.py`` reads and what ``db/save.py`` keeps, with the same refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from callcenter.db.save import Conflict
from callcenter.domain import facts
from callcenter.domain.ahead import AHEAD, MARK
from callcenter.domain.arrival import case_of_arrival, given_up
from callcenter.domain.call_backs import Owed
from callcenter.domain.case import Case, Entry, Leg, Task
from callcenter.domain.decision import Arrival, Decision, Figures, Office, Report, SetTimer, Situation
from callcenter.domain.escalation import Around, Attempt, Escalation, Person, Target
from callcenter.domain.papers.paper import Paper
from callcenter.domain.policy import Policy
from callcenter.domain.queues import Queue, Skill
from callcenter.domain.routing import Waiting
from callcenter.domain.seat import Seat

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def told_at(timer: SetTimer) -> datetime:
    """From when on it may be told: what is made ready, before its time."""
    return timer.due_at - AHEAD if MARK in timer.data else timer.due_at


@dataclass
class Store:
    """Tables. ``situation`` reads, ``keep`` writes all of a decision or raises Conflict and writes nothing."""

    figures: Figures = field(default_factory=Figures)
    cases: dict[UUID, Case] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    timers: dict[tuple[UUID, str], SetTimer] = field(default_factory=dict)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    journal: dict[UUID, list[Entry]] = field(default_factory=dict)
    ladders: dict[UUID, Escalation] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    reports: dict[UUID, Report] = field(default_factory=dict)
    papers: dict[UUID, Paper] = field(default_factory=dict)
    office: Office = field(default_factory=Office)
    # what others write
    policy: Policy | None = None
    contacts: dict[UUID, tuple[Target, ...]] = field(default_factory=dict)
    """By member, in the centre's order."""
    persons: dict[UUID, Person] = field(default_factory=dict)
    duty: tuple[Target, ...] = ()
    keepers: Mapping[str, UUID] = field(default_factory=dict)
    own: dict[str, tuple[Target, ...]] = field(default_factory=dict)
    """By terminal: where the elder can be phoned back."""
    queues: dict[UUID | None, Queue] = field(default_factory=dict)
    skills: dict[UUID | None, frozenset[Skill]] = field(default_factory=dict)
    """By member."""
    _legs_of: dict[UUID, dict[str, Leg]] = field(default_factory=dict)
    _attempts_of: dict[UUID, dict[str, Attempt]] = field(default_factory=dict)

    # --- reading ----------------------------------------------------------------------------------------------------

    def waiting(self, but: UUID | None = None) -> tuple[Waiting, ...]:
        return tuple(
            Waiting(
                c.id,
                c.kind,
                c.level,
                c.waiting_since or c.opened_at,
                c.passed_seats,
                c.seat,
                self.queues.get(c.queue_id),
                self.skills.get(c.member_id, frozenset()),
                c.familiar,
                self.is_busy(c.familiar),
                c.parked_at is not None,
            )
            for c in self.cases.values()
            if c.state == "waiting" and c.offer is None and c.id != but and c.source != "safe_mode" and c.opens_at is None
        )

    def is_busy(self, agent: UUID | None) -> bool:
        busy = ("offered", "talking", "wrap_up")
        return agent is not None and any(s.agent_id == agent and s.presence in busy for s in self.seats.values())

    def owed(self, now: datetime) -> list[Owed]:
        """Call-backs that are open and may be offered, as the router reads them."""
        cases = self.cases
        return [
            Owed(t, cases[t.case_id].kind, cases[t.case_id].red, cases[t.case_id].seat)
            for t in self.tasks.values()
            if t.state == "open" and t.offer_from and t.offer_from <= now and cases[t.case_id].state not in ("waiting", "talking")
        ]

    def case_of(self, fact: facts.Fact) -> UUID | None:
        leg_id = getattr(fact, "leg_id", None)
        row: Leg | Attempt | None = None
        if leg_id is not None:
            row = self.legs.get(leg_id) or self.attempts.get(leg_id)
        case_id = row.case_id if row is not None else getattr(fact, "case_id", None)
        return case_id if case_id in self.cases else None

    def joins(self, terminal: str | None) -> UUID | None:
        """The live emergency of this terminal, which a repeated press joins."""
        if terminal is None:
            return None
        live = [c for c in self.cases.values() if c.terminal == terminal and c.takes_presses]
        return max(live, key=lambda c: c.opened_at).id if live else None

    def case_of_call(self, leg_id: str, terminal: str | None, *, found: bool) -> UUID | None:
        """The case that an arriving call belongs to; None: it opens one."""
        told = self.legs.get(leg_id)
        lost = told is not None and given_up(told)
        return case_of_arrival(told.case_id if told else None, self.joins(terminal), given_up=lost, found=found)

    def situation(
        self,
        case_id: UUID | None,
        now: datetime,
        *,
        instance: str = "test",
        node: str = "node1",
        arrival: Arrival | None = None,
        also: tuple[str | None, ...] = (),
        lost: frozenset[str] = frozenset(),
    ) -> Situation:
        """Everything a decision about this case may look at, as one statement reads it."""
        case = self.cases.get(case_id) if case_id is not None else None
        if case is None or case_id is None:
            return Situation(
                self.figures,
                instance,
                seats=self._seats(set(also), now),
                waiting=self.waiting(),
                arrival=arrival,
                node=node,
                lost=lost,
            )
        named = {case.seat, *(ring.seat for ring in case.rings), *also}
        ladder = self.ladders.get(case_id)
        return Situation(
            self.figures, instance, case=case, legs=tuple(self._legs_of.get(case_id, {}).values()),
            seats=self._seats(named, now), waiting=self.waiting(case_id), arrival=arrival,
            task=next((t for t in self.tasks.values() if t.case_id == case_id and t.state != "done"), None),
            escalation=ladder, attempts=self._attempts(case_id) if ladder else (),
            around=self._around(case, ladder, now) if ladder else Around(), report=self.reports.get(case_id) if ladder else None,
            node=node, lost=lost, papers=tuple(p for p in self.papers.values() if p.case_id == case_id), office=self.office,
            due={kind for of, kind in self.timers if of == case_id and self.is_due(case_id, kind, now)},
            queue=self.queues.get(case.queue_id), skills=self.skills.get(case.member_id, frozenset()),
            familiar_busy=self.is_busy(case.familiar), duty=self.duty, keepers=self.keepers,
            carded=frozenset(t.offer_seat for t in self.tasks.values() if t.offer_seat),
        )  # fmt: skip

    def _seats(self, named: set[str | None], now: datetime) -> Mapping[str, Seat]:
        return {ext: seat for ext, seat in self.seats.items() if ext in named or seat.may_be_alarmed(now)}

    def _attempts(self, case_id: UUID) -> tuple[Attempt, ...]:
        return tuple(sorted(self._attempts_of.get(case_id, {}).values(), key=lambda a: (a.created_at, a.id)))

    def _around(self, case: Case, ladder: Escalation, now: datetime) -> Around:
        member = case.member_id
        in_use = {
            a.number for a in self.attempts.values()
            if (a.open or (a.check_at is not None and a.check_at > now)) and a.case_id != case.id
            and (a.way == "drill") == ladder.drill
        }  # fmt: skip
        if not ladder.drill:
            in_use |= {leg.number for leg in self.legs.values() if leg.live and leg.number and leg.case_id != case.id}
        shared = {t.number for t in (*(self.contacts.get(member, ()) if member else ()), *self.duty)}
        own = {t.number for known in self.contacts.values() for t in known if not t.shared}
        personal = frozenset(shared & (own | {a.number for a in self.attempts.values() if a.open and a.personal}))
        return Around(
            policy=self.policy if ladder.policy is None else None,
            contacts=self.contacts.get(member, ()) if member else (), duty=self.duty,
            own=self.own.get(case.terminal or "", ()), in_use=frozenset(in_use),
            personal=personal, person=self.persons.get(member, Person()) if member else Person(), centre="求助中心",
        )  # fmt: skip

    def is_due(self, case_id: UUID, kind: str, now: datetime) -> bool:
        timer = self.timers.get((case_id, kind))
        return timer is not None and told_at(timer) <= now

    def due(self, now: datetime, *, ahead: bool = False) -> list[tuple[UUID, SetTimer]]:
        """Those that are due; ``ahead``: that may be told."""
        found = [
            (case_id, timer) for (case_id, _), timer in self.timers.items() if (told_at(timer) if ahead else timer.due_at) <= now
        ]  # fmt: skip
        return sorted(found, key=lambda entry: (entry[1].due_at, str(entry[0]), entry[1].kind))

    # --- writing ----------------------------------------------------------------------------------------------------

    def refuse(self, situation: Situation, decision: Decision) -> None:
        """Raises Conflict where a version or an index says that somebody was faster."""
        known = self.cases.get(situation.case.id) if situation.case is not None else None
        if known is not None and situation.case is not None and known.version != situation.case.version:
            raise Conflict("the case has moved on")
        for name in decision.seats:
            if self.seats[name].version != situation.seats[name].version:
                raise Conflict("a seat has moved on")
        case = decision.case
        if case is not None:
            self._refuse_case(case)
        for leg in decision.legs.values():
            held = self.legs.get(leg.id, leg)
            if held.case_id != leg.case_id and not given_up(held):
                raise Conflict("call_leg_pkey")
        if situation.escalation is None and decision.escalation is not None and decision.escalation.case_id in self.ladders:
            raise Conflict("escalation_pkey")
        for made in decision.attempts.values():
            if made.id not in self.attempts:
                self._refuse_count(made)
            if made.open:
                self._refuse_attempt(made, decision)

    def _refuse_case(self, case: Case) -> None:
        for other in self.cases.values():
            if other.id == case.id:
                continue
            if case.terminal is not None and other.terminal == case.terminal and case.takes_presses and other.takes_presses:
                raise Conflict("uq_help_case_live_terminal")
            if case.offer is not None and other.offer is not None and case.offer.seat == other.offer.seat:
                raise Conflict("uq_help_case_offer_seat")
            busy = ("talking", "wrap_up")
            if case.seat is not None and case.seat == other.seat and case.state in busy and other.state in busy:
                raise Conflict("uq_help_case_seat")

    def _refuse_count(self, made: Attempt) -> None:
        for other in self._attempts_of.get(made.case_id, {}).values():
            if other.target == made.target and other.count == made.count:
                raise Conflict("uq_attempt_count")

    def _refuse_attempt(self, made: Attempt, decision: Decision) -> None:
        for row in self.attempts.values():
            other = decision.attempts.get(row.id, row)
            if other.id == made.id or not other.open:
                continue
            if other.case_id == made.case_id and other.target == made.target:
                raise Conflict("uq_attempt_target")
            if made.personal and other.personal and (made.way, made.number) == (other.way, other.number):
                raise Conflict("uq_attempt_personal")

    def keep(self, situation: Situation, decision: Decision, fired: str | None = None) -> None:
        case = decision.case or situation.case
        if case is None:
            return
        self.refuse(situation, decision)
        self.cases[case.id] = replace(case, version=case.version + 1)
        if decision.legs:
            for leg in decision.legs.values():
                if (before := self.legs.get(leg.id, leg)).case_id != leg.case_id:
                    del self._legs_of[before.case_id][leg.id]
            self.legs.update(decision.legs)
            self._legs_of.setdefault(case.id, {}).update(decision.legs)
        for name, seat in decision.seats.items():
            self.seats[name] = replace(seat, version=situation.seats[name].version + 1)
        self.tasks.update(decision.tasks)
        if decision.escalation is not None:
            self.ladders[case.id] = decision.escalation
        if decision.attempts:
            self.attempts.update(decision.attempts)
            self._attempts_of.setdefault(case.id, {}).update(decision.attempts)
        if decision.report is not None:
            self.reports[case.id] = decision.report
        for paper in decision.papers.values():
            self.papers[paper.id] = replace(paper, version=paper.version + 1)
        self.journal.setdefault(case.id, []).extend(decision.entries)
        for kind, timer in decision.timers.items():
            if timer is None:
                self.timers.pop((case.id, kind), None)
            else:
                self.timers[case.id, kind] = timer
        if fired is not None and fired not in decision.timers:
            self.timers.pop((case.id, fired), None)

    def hold(self, taken_by: str, silent: set[str]) -> dict[str, UUID]:
        """Who holds the calls of silent instances now: written past every lock, as ``engine/instances.py`` does. The legs."""
        legs = {}
        for leg in [leg for leg in self.legs.values() if leg.live and leg.holder in silent]:
            self.legs[leg.id] = self._legs_of[leg.case_id][leg.id] = replace(leg, holder=taken_by)
            legs[leg.id] = leg.case_id
        for attempt in [a for a in self.attempts.values() if a.state == "answered" and a.holder in silent]:
            self.attempts[attempt.id] = self._attempts_of[attempt.case_id][attempt.id] = replace(attempt, holder=taken_by)
        return legs
