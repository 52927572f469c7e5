"""One look at a case's ladder: what was loaded, together with what the decision under way has already changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from callcenter.domain import offers
from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.escalation import Attempt, Escalation, Target
from callcenter.domain.policy import DEFAULT, Policy, Rung


@dataclass
class Walk:
    """One look at a case's ladder: what was loaded, with what this decision already changed."""

    situation: Situation
    decision: Decision

    @property
    def now(self) -> datetime:
        return self.decision.now

    @property
    def case(self) -> Case:
        case = self.decision.case or self.situation.case
        assert case is not None
        return case

    @property
    def escalation(self) -> Escalation:
        escalation = self.decision.escalation or self.situation.escalation
        assert escalation is not None
        return escalation

    def change(self, **fields: object) -> Escalation:
        self.decision.escalation = replace(self.escalation, **fields)  # type: ignore[arg-type]
        return self.decision.escalation

    @property
    def policy(self) -> Policy:
        return self.escalation.policy or DEFAULT

    @property
    def attempts(self) -> list[Attempt]:
        merged = {a.id: a for a in self.situation.attempts} | self.decision.attempts
        return list(merged.values())

    @property
    def open(self) -> list[Attempt]:
        return [a for a in self.attempts if a.open]

    @property
    def seat_has_it(self) -> bool:
        """A person at the centre speaks with the elder, or writes down what was said."""
        return self.case.state in ("talking", "wrap_up")

    @property
    def on_the_line(self) -> bool:
        return bool(offers.caller_legs(self.situation, self.decision))

    @property
    def in_our_hands(self) -> bool:
        """Somebody waits whom a seat could be joined with: whom the dialplan serves in safe mode, it serves to the end."""
        return any(leg.holder for leg in offers.caller_legs(self.situation, self.decision))

    def holds(self, rung: Rung) -> bool:
        """Whether the rung's condition lets it call now."""
        if rung.condition == "always":
            return True
        if self.escalation.owner is not None:
            return False
        return rung.condition == "until_acknowledged" or not self.seat_has_it

    def personal(self, target: Target) -> bool:
        """Whether this telephone must ring for one case at a time."""
        return not target.shared or target.number in self.situation.around.personal

    def rings_on_until(self, target: Target) -> datetime | None:
        """Until when a call of this case that a lost node carried may still ring at this telephone, whomever it was for."""
        times = [a.rings_on_until for a in self.attempts if a.number == target.number and a.rings_on_until is not None]
        return max((time for time in times if time > self.now), default=None)

    def in_use(self, target: Target) -> bool:
        """Whether a leg to this telephone is live: for this case, or, unless several cases may ring it at once, for any other."""
        if self.rings_on_until(target) is not None:
            return True
        if self.personal(target) and target.number in self.situation.around.in_use:
            return True
        legs = offers.all_legs(self.situation, self.decision)
        return any(a.open and a.number == target.number for a in self.attempts) or any(
            leg.live and leg.number == target.number for leg in legs
        )


def begin_ladder(case: Case, decision: Decision, *, drill: bool = False) -> None:
    """An emergency's ladder begins with the case itself; its first step follows in a moment, behind the pop."""
    decision.escalation = Escalation(case.id, "running", decision.now, drill=drill, level=case.level)
    decision.note("ladder_started", drill=drill)
    decision.set_timer("ladder", 0.0)
