"""A case lived through again from its facts alone, with what was odd on the way (invariants 9 and 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from callcenter.domain import decide as deciding
from callcenter.domain import facts
from callcenter.domain.case import Case, Entry, Leg, Task
from callcenter.domain.decision import Decision, Report, Situation
from callcenter.domain.escalation import Attempt, Escalation
from callcenter.domain.seat import Seat
from simulation.database import Commit
from simulation.stage import SECOND


class Broken(AssertionError):
    """An invariant does not hold."""


SWAPPED = (facts.LegEnded, facts.AttemptRang, facts.AttemptAnswered, facts.AttemptEnded, facts.KeyPressed)
MACHINE = (
    facts.LegEnded, facts.AttemptRang, facts.AttemptAnswered, facts.AttemptEnded, facts.KeyPressed, facts.SeatRang,
    facts.SeatAnswered, facts.CallArrived,
)  # fmt: skip


@dataclass
class Rows:
    """A case's own rows, rebuilt from facts alone; what else a decision looked at is taken from the record."""

    case: Case | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    task: Task | None = None
    ladder: Escalation | None = None
    attempts: dict[str, Attempt] = field(default_factory=dict)
    report: Report | None = None
    entries: list[Entry] = field(default_factory=list)

    def decide(
        self, commit: Commit, fact: facts.Fact | None = None, at: datetime | None = None, seats: dict[str, Seat] | None = None
    ) -> Decision:
        recorded = commit.situation
        self._hold(recorded)
        situation = Situation(
            recorded.figures, recorded.instance, case=self.case, legs=tuple(self.legs.values()), seats=seats or recorded.seats,
            waiting=recorded.waiting, arrival=recorded.arrival, task=self.task, escalation=self.ladder,
            attempts=tuple(sorted(self.attempts.values(), key=lambda a: (a.created_at, a.id))) if self.ladder else (),
            around=recorded.around, report=self.report, node=recorded.node, lost=recorded.lost, office=recorded.office,
        )  # fmt: skip
        return deciding.decide(situation, fact or commit.fact, at or commit.decision.now)

    def tell(self, commit: Commit, at: datetime | None = None) -> None:
        decision = self.decide(commit, at=at)
        case = decision.case or self.case
        self.case = replace(case, version=case.version + 1) if case else None
        self.legs.update(decision.legs)
        for task in decision.tasks.values():
            self.task = None if task.state == "done" else task
        self.ladder = decision.escalation or self.ladder
        self.attempts.update(decision.attempts)
        self.report = decision.report or self.report
        self.entries += decision.entries

    def copy(self) -> Rows:
        return replace(self, legs=dict(self.legs), attempts=dict(self.attempts), entries=[])

    def _hold(self, recorded: Situation) -> None:
        """A take-over writes who holds a leg past every decision: it is taken from the record, as the rest of the world is."""
        for leg in recorded.legs:
            mine = self.legs.get(leg.id)
            if mine is not None and mine.holder != leg.holder:
                self.legs[leg.id] = replace(mine, holder=leg.holder)
        for attempt in recorded.attempts:
            known = self.attempts.get(attempt.id)
            if known is not None and known.holder != attempt.holder:
                self.attempts[attempt.id] = replace(known, holder=attempt.holder)


def _resolved(rows: Rows) -> dict[str, Any]:
    case, ladder = rows.case, rows.ladder
    return {
        "case": (case.state, case.red, case.level, case.seat) if case else None,
        "ladder": (
            (
                ladder.state, ladder.rung, ladder.round, ladder.passed, ladder.outcome,
                [(a.name, a.kind, a.active) for a in ladder.acknowledgements],
            )
            if ladder else None
        ),
        "attempts": {a.id: (a.state, a.result, a.key, a.joined) for a in rows.attempts.values()},
    }  # fmt: skip


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {one[key]} / {other[key]}"[:400] for key in one if one[key] != other[key])


def _swapped(before: Rows, one: Commit, other: Commit) -> None:
    """Two neighbouring facts of different legs, told the other way round."""
    told = isinstance(one.fact, SWAPPED) and isinstance(other.fact, SWAPPED) and other.moment - one.moment < SECOND // 10
    if not told or one.fact.leg_id == other.fact.leg_id or other.fact.leg_id in one.decision.attempts:  # type: ignore[union-attr]
        return
    at = one.decision.now
    mine = [before.attempts.get(commit.fact.leg_id) for commit in (one, other)]  # type: ignore[union-attr]
    if any(attempt and attempt.open and attempt.check_at and attempt.check_at <= at for attempt in mine):
        return
    straight, crossed = before.copy(), before.copy()
    straight.tell(one)
    straight.tell(other, at=at)
    crossed.tell(other, at=at)
    crossed.tell(one, at=at)
    legs = (one.fact.leg_id, other.fact.leg_id)  # type: ignore[union-attr]
    ends = [
        {leg: (rows.attempts[leg].state, rows.attempts[leg].result) for leg in legs if leg in rows.attempts}
        for rows in (straight, crossed)
    ]
    if ends[0] != ends[1] and not _withdrawn(ends):
        raise Broken(f"{type(one.fact).__name__} and {type(other.fact).__name__} the other way round: {ends[0]} / {ends[1]}")


@dataclass
class Replay:
    """A case lived through again from its facts, with what was odd on the way."""

    rows: Rows
    odd: str = ""


def live_again(commits: list[Commit], often: int) -> Replay:
    """Every fact once, in its order; after every ``often``-th prefix the last one again, or the next two the other way round."""
    rows = Rows()
    odd = ""
    for place, commit in enumerate(commits):
        try:
            if not odd and place % often == 0 and 0 < place < len(commits) - 1:
                _swapped(rows, commit, commits[place + 1])
        except Broken as failure:
            odd = str(failure)
        rows.tell(commit)
        try:
            if not odd and (place + 1) % often == 0 and isinstance(commit.fact, MACHINE) and commit.situation.case is not None:
                _told_again(rows, commit, commit.fact)
        except Broken as failure:
            odd = str(failure)
    for commit in commits[::often]:
        # (Nor for a leg's end told by its holder: the leg may have come back to that instance since.)
        late = isinstance(commit.fact, MACHINE) and not isinstance(commit.fact, facts.KeyPressed)
        # Not events, but what somebody sees and concludes, which is new each time: a call that is still there, a node that is lost.
        found = getattr(commit.fact, "claimed", False) or getattr(commit.fact, "cause", "") == facts.NODE_LOST
        # Nor the end of an order that came to nothing: the next one has the same id, and may be somebody on the line by then.
        found = found or any(a.id == getattr(commit.fact, "leg_id", "") and a.state == "intent" for a in commit.situation.attempts)
        if odd or not late or found or getattr(commit.fact, "holder", None) is not None:
            continue
        try:
            _told_again(rows, commits[-1], commit.fact)
        except Broken as failure:
            odd = str(failure)
    return Replay(rows, odd)


def _withdrawn(ends: Iterable[Mapping[str, tuple[str, str | None]]]) -> bool:
    """An acknowledgement that came first takes the other calls back: how those end is then their own."""
    return any(result in ("going", "joined", "withdrawn") for end in ends for _, result in end.values())


def _told_again(rows: Rows, commit: Commit, fact: facts.Fact) -> None:
    before = _resolved(rows)
    again = rows.decide(commit, fact, seats={**commit.situation.seats, **commit.decision.seats})
    if again.entries or again.legs or again.tasks or again.seats:
        raise Broken(
            f"{fact} told again at {commit.at} is journalled: {[e.kind for e in again.entries]} {list(again.legs.values())[:1]}"
        )
    after = _resolved(
        Rows(again.case or rows.case, rows.legs, rows.task, again.escalation or rows.ladder, {**rows.attempts, **again.attempts})
    )
    if before != after:
        raise Broken(f"{fact} told again at {commit.at} changes something: {_difference(before, after)}")
