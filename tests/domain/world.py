"""A centre without any machine: applies decisions to plain dictionaries, so that the domain is tested alone, at any time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from callcenter.domain import facts
from callcenter.domain.case import Case, Entry, Leg, Task
from callcenter.domain.decide import decide
from callcenter.domain.decision import Arrival, Decision, Figures, SetTimer, Situation
from callcenter.domain.effects import Effect
from callcenter.domain.routing import Waiting, match
from callcenter.domain.seat import Seat

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SPACE = UUID(int=7)
AGENT = {ext: uuid5(SPACE, ext) for ext in ("8001", "8002", "8003")}


@dataclass
class World:
    """Cases, legs, seats, timers and tasks; ``tell`` decides and applies, as the engine does."""

    figures: Figures = field(default_factory=Figures)
    now: datetime = START
    cases: dict[UUID, Case] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    timers: dict[tuple[UUID, str], SetTimer] = field(default_factory=dict)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    journal: dict[UUID, list[Entry]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    opened: int = 0

    def seat(self, extension: str, presence: str = "ready", **fields: object) -> Seat:
        made = Seat(
            extension, f"坐席{extension}", presence, self.now, agent_id=AGENT.get(extension), registered=True,  # type: ignore[arg-type]
            console_until=self.now + timedelta(days=1),
        )  # fmt: skip
        self.seats[extension] = replace(made, **fields)  # type: ignore[arg-type]
        return self.seats[extension]

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def waiting(self, but: UUID | None = None) -> tuple[Waiting, ...]:
        return tuple(
            Waiting(c.id, c.kind, c.level, c.waiting_since or c.opened_at, c.passed_seats, c.seat)
            for c in self.cases.values()
            if c.state == "waiting" and c.offer is None and c.id != but and c.source != "safe_mode"
        )

    def _case_of(self, fact: facts.Fact) -> Case | None:
        case_id = getattr(fact, "case_id", None)
        leg = self.legs.get(getattr(fact, "leg_id", ""))
        if leg is not None:
            case_id = leg.case_id
        return self.cases.get(case_id) if case_id else None

    def tell(
        self, fact: facts.Fact, *, kind: str = "life_help", terminal: str | None = None, members: tuple[UUID, ...] = ()
    ) -> Decision:
        case = self._case_of(fact)
        arrival = None
        if isinstance(fact, facts.CallArrived | facts.SafeModeCall):
            self.opened += 1
            arrival = Arrival(uuid5(SPACE, f"case {self.opened}"), f"20261121-{self.opened:06}", kind, terminal, members)  # type: ignore[arg-type]
            if case is None and terminal is not None:
                case = next(
                    (
                        c for c in self.cases.values()
                        if c.terminal == terminal and c.kind == "emergency" and (c.state in ("waiting", "talking") or (
                            c.red and c.state != "closed"
                            and c.pressed_at > self.now - timedelta(seconds=self.figures.repeat_window_seconds)))
                    ),
                    None,
                )  # fmt: skip
        case_id = case.id if case else None
        situation = Situation(
            self.figures, "test", case=case,
            legs=tuple(leg for leg in self.legs.values() if leg.case_id == case_id),
            seats=dict(self.seats), waiting=self.waiting(case_id), arrival=arrival,
            task=next((t for t in self.tasks.values() if t.case_id == case_id and t.state != "done"), None),
        )  # fmt: skip
        decision = decide(situation, fact, self.now)
        self._apply(decision, case)
        return decision

    def _apply(self, decision: Decision, before: Case | None) -> None:
        case = decision.case or before
        if decision.case is not None:
            self.cases[decision.case.id] = replace(decision.case, version=decision.case.version + 1)
        self.legs.update(decision.legs)
        self.seats.update(decision.seats)
        self.tasks.update(decision.tasks)
        if case is not None:
            self.journal.setdefault(case.id, []).extend(decision.entries)
            for kind, timer in decision.timers.items():
                if timer is None:
                    self.timers.pop((case.id, kind), None)
                else:
                    self.timers[case.id, kind] = timer
        self.effects = list(decision.effects)

    def fire_due(self) -> int:
        """Tell every timer that is due."""
        due = sorted(((t.due_at, key) for key, t in self.timers.items() if t.due_at <= self.now), key=lambda d: (d[0], str(d[1])))
        for _, key in due:
            timer = self.timers.pop(key)
            self.tell(facts.TimerDue(key[0], key[1], timer.data))
        return len(due)

    def match(self) -> int:
        """A pass of the router."""
        pairs = match(self.waiting(), list(self.seats.values()), self.now)
        for case_id, seat in pairs:
            self.tell(facts.SeatMatched(case_id, seat))
        return len(pairs)

    # --- short words ------------------------------------------------------------------------------------------------

    def call(self, leg: str = "c1", number: str | None = "+8613800000001", **more: object) -> Case:
        self.tell(facts.CallArrived(leg, "node1", "96602", None, number, number or "", number is None), **more)  # type: ignore[arg-type]
        return self.of(leg)

    def press(self, leg: str = "c1", terminal: str = "T1") -> Case:
        self.tell(facts.CallArrived(leg, "node1", "96601", "t1", None, "t1", False), kind="emergency", terminal=terminal)
        return self.of(leg)

    def of(self, leg: str) -> Case:
        return self.cases[self.legs[leg].case_id]

    def ring(self, case: Case) -> Case:
        """The offered phone rings for true."""
        offer = self.cases[case.id].offer
        assert offer is not None
        self.tell(facts.SeatRang(offer.leg))
        return self.cases[case.id]

    def answer(self, case: Case) -> Case:
        offer = self.cases[case.id].offer
        assert offer is not None
        self.tell(facts.SeatAnswered(offer.leg))
        return self.cases[case.id]

    def end(self, leg: str, cause: str = "16") -> Decision:
        return self.tell(facts.LegEnded(leg, cause))

    def kinds(self, case: Case) -> list[str]:
        return [entry.kind for entry in self.journal[case.id]]

    def by(self, seat: str, case: Case) -> tuple[UUID, str, str, UUID]:
        return AGENT[seat], "seat", seat, case.id
