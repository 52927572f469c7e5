"""A centre without any machine: applies decisions to plain dictionaries, so that the domain is tested alone, at any time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from callcenter.db.save import Conflict
from callcenter.domain import effects, facts
from callcenter.domain.ahead import moment
from callcenter.domain.call_backs import match_tasks
from callcenter.domain.case import Case
from callcenter.domain.decide import decide
from callcenter.domain.decision import Arrival, Decision
from callcenter.domain.escalation import Attempt, Escalation, Target
from callcenter.domain.policy import Policy, Rung
from callcenter.domain.routing import match
from callcenter.domain.seat import Seat
from domain.store import START, Store

__all__ = ["AGENT", "START", "World"]

SPACE = UUID(int=7)
# A ladder that stays out of the way: what the tests of calls and seats are about happens before it begins to phone anybody.
LATE = Policy("很久以后", (Rung(("supervisor",), 1800.0),))
AGENT = {ext: uuid5(SPACE, ext) for ext in ("8001", "8002", "8003", "boss")}
MEMBER = uuid5(SPACE, "member")


@dataclass
class World(Store):
    """Cases, legs, seats, timers, tasks, ladders; ``tell`` decides and applies, as the engine does."""

    policy: Policy | None = LATE
    now: datetime = START
    effects: list[effects.Effect] = field(default_factory=list)
    """Of the last fact, and of the timers that were due with it."""
    opened: int = 0
    place: tuple[str, frozenset[str]] = ("node1", frozenset())
    """Where calls are made that belong to no node, and the nodes that are given up."""
    opens_at: datetime | None = None
    """The life-help line is closed till then."""
    familiar: dict[UUID, UUID] = field(default_factory=dict)
    """By member: the agent whom they spoke with last."""

    def seat(self, extension: str, presence: str = "ready", **fields: object) -> Seat:
        made = Seat(
            extension, f"坐席{extension}", presence, self.now, agent_id=AGENT.get(extension), registered=True,  # type: ignore[arg-type]
            console_until=self.now + timedelta(days=1),
        )  # fmt: skip
        self.seats[extension] = replace(made, **fields)  # type: ignore[arg-type]
        return self.seats[extension]

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def tell(
        self, fact: facts.Fact, *, kind: str = "life_help", terminal: str | None = None, members: tuple[UUID, ...] = ()
    ) -> Decision:
        """Decide, again if an index says that somebody was faster; timers that are due at once are told at once."""
        decision = self._once(fact, kind, terminal, members)
        done = list(decision.effects)
        case_id = self.case_of(fact) or (decision.case.id if decision.case else None)
        for timer in list(decision.timers.values()):
            if (
                timer is not None
                and timer.due_at <= self.now
                and case_id is not None
                and self.is_due(case_id, timer.kind, self.now)
            ):
                done += self._once(facts.TimerDue(case_id, timer.kind, timer.data), kind, terminal, members).effects
        self.effects = done
        return decision

    def _once(self, fact: facts.Fact, kind: str, terminal: str | None, members: tuple[UUID, ...]) -> Decision:
        for _ in range(6):
            situation = self._situation_of(fact, kind, terminal, members)
            decision = decide(situation, fact, moment(situation, fact, self.now))
            fired = fact.kind if isinstance(fact, facts.TimerDue) else None
            try:
                if not decision.nothing or fired:
                    self.keep(situation, decision, fired)
            except Conflict:
                continue
            return decision
        raise AssertionError(f"{fact} lost six times")

    def _situation_of(self, fact: facts.Fact, kind: str, terminal: str | None, members: tuple[UUID, ...]) -> Any:
        case_id, arrival = self.case_of(fact), None
        if isinstance(fact, facts.CallArrived | facts.SafeModeCall):
            self.opened += 1
            one = members[0] if len(members) == 1 else None
            arrival = Arrival(
                uuid5(SPACE, f"case {self.opened}"), f"20261121-{self.opened:06}", kind, terminal, members,  # type: ignore[arg-type]
                familiar=self.familiar.get(one) if one else None, opens_at=self.opens_at if kind == "life_help" else None,
            )  # fmt: skip
            case_id = self.case_of_call(fact.leg_id, terminal, found=isinstance(fact, facts.CallArrived) and fact.claimed)
        elif isinstance(fact, facts.DrillAsked):
            self.opened += 1
            arrival = Arrival(fact.case_id, f"20261121-{self.opened:06}", "emergency", None, (fact.member_id,))
        node, lost = self.place
        situation = replace(self.situation(case_id, self.now, node=node, arrival=arrival, also=tuple(self.seats)), lost=lost)
        if case_id is not None or arrival is None:
            return situation
        queue = next((q for q in self.queues.values() if q.kind == kind), None)
        skills = self.skills.get(members[0], frozenset()) if len(members) == 1 else frozenset()
        return replace(situation, queue=queue, skills=skills, familiar_busy=self.is_busy(arrival.familiar))

    def fire_due(self) -> int:
        """Tell every timer that is due."""
        due = self.due(self.now)
        done: list[effects.Effect] = []
        for case_id, timer in due:
            if self.is_due(case_id, timer.kind, self.now):
                self.tell(facts.TimerDue(case_id, timer.kind, timer.data))
                done += self.effects
        self.effects = done
        return len(due)

    def match(self) -> int:
        """A pass of the router."""
        pairs = match(self.waiting(), list(self.seats.values()), self.now)
        for case_id, seat in pairs:
            self.tell(facts.SeatMatched(case_id, seat))
        return len(pairs)

    def match_call_backs(self) -> list[tuple[UUID, UUID, str]]:
        """The router's second half: call-backs to seats that nobody on the line needs."""
        found = match_tasks(
            self.owed(self.now), self.waiting(), [s for s in self.seats.values() if s.presence == "ready"], self.now
        )
        for case_id, task_id, seat in found:
            self.tell(facts.CallBackMatched(case_id, task_id, seat))
        return found

    # --- short words ------------------------------------------------------------------------------------------------

    def call(self, leg: str = "c1", number: str | None = "+8613800000001", **more: object) -> Case:
        self.tell(facts.CallArrived(leg, "node1", "96602", None, number, number or "", number is None), **more)  # type: ignore[arg-type]
        return self.of(leg)

    def press(self, leg: str = "c1", terminal: str = "T1", **more: object) -> Case:
        fact = facts.CallArrived(leg, "node1", "96601", "t1", None, "t1", False)
        self.tell(fact, kind="emergency", terminal=terminal, **more)  # type: ignore[arg-type]
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

    # --- the ladder's short words -----------------------------------------------------------------------------------

    def family(self, *names: str, member: UUID = MEMBER, relation: str = "女儿") -> None:
        """Contacts of the elder, in this order; everybody has a number of their own."""
        kind = "neighbour" if "邻" in relation else "community" if "社区" in relation else "family"
        known = self.contacts.get(member, ())
        self.contacts[member] = known + tuple(
            Target(f"contact:{name}", kind, name, f"+86139{len(known) + place:08}", relation)  # type: ignore[arg-type]
            for place, name in enumerate(names)
        )

    def boss(self, *names: str) -> None:
        self.duty = tuple(Target(f"duty:{n}", "supervisor", n, f"+86138{p:08}") for p, n in enumerate(names))

    def home(self, *numbers: str, terminal: str = "T1") -> None:
        """The terminal's account, and the elder's telephones."""
        account = Target("terminal", "terminal", "一键通", "t1", way="account")
        self.own[terminal] = (account, *(Target(f"landline:{n}", "landline", "老人电话", n) for n in numbers))

    def emergency(self, leg: str = "c1", **more: object) -> Case:
        """An elder who is known has pressed the button."""
        return self.press(leg, members=(MEMBER,), **more)

    def ladder(self, case: Case) -> Escalation:
        return self.ladders[case.id]

    def calls(self, case: Case, name: str | None = None) -> list[Attempt]:
        """The ladder's calls of this case, in the order they were made."""
        return [a for a in self._attempts(case.id) if name in (None, a.name)]

    def rung(self, case: Case) -> list[str]:
        """Whose phones ring now, or are to."""
        return sorted(a.name for a in self.calls(case) if a.open)

    def phone(self, case: Case, name: str) -> Attempt:
        """The open call to this person."""
        return next(a for a in self.calls(case, name) if a.open)

    def picks_up(self, case: Case, name: str) -> Attempt:
        leg = self.phone(case, name).id
        self.tell(facts.AttemptRang(leg))
        self.tell(facts.AttemptAnswered(leg, True, "test"))
        return self.attempts[leg]

    def presses(self, case: Case, name: str, digit: str) -> Attempt:
        leg = self.phone(case, name).id
        self.tell(facts.KeyPressed(leg, digit))
        return self.attempts[leg]

    def hangs_up(self, case: Case, name: str) -> Attempt:
        leg = self.phone(case, name).id
        self.tell(facts.LegEnded(leg, "16"))
        self.tell(facts.AttemptEnded(leg, "ANSWER", "16"))
        return self.attempts[leg]

    def comes_to_nothing(self, case: Case, name: str, status: str = "NOANSWER", cause: str = "19") -> Attempt:
        leg = self.phone(case, name).id
        self.tell(facts.AttemptEnded(leg, status, cause))
        return self.attempts[leg]

    def hears(self, case: Case, name: str) -> str | None:
        """The sentence that goes to this person with the last fact."""
        legs = {a.id for a in self.calls(case, name)}
        return next((e.sentence for e in self.effects if isinstance(e, effects.SayTo) and e.leg_id in legs), None)

    def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass and tell what comes due, second by second."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=step))
            self.fire_due()
