"""The fifteen invariants of the ladder, each one function over what was recorded of a night.

They read the truth where it lies: legs from the PBX's own record, keys from the phones, the rest from what was committed, in the
order in which it was. None of them asks the ladder what it thinks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson

from callcenter.db import ladder_rows
from callcenter.domain import decide as deciding
from callcenter.domain import facts
from callcenter.domain.announcements import THANKS_BOTH, THANKS_GOING
from callcenter.domain.case import Case, Entry, Leg, Task
from callcenter.domain.decision import Decision, Report, Situation
from callcenter.domain.effects import Connect, DialAttempt
from callcenter.domain.escalation import NO_MORE, PERSONAL, Acknowledgement, Attempt, Escalation, Target
from callcenter.domain.policy import PUBLIC, SEATS, Policy
from callcenter.domain.seat import Seat
from callcenter.engine.processor import PATIENCE
from simulation.night import Night
from simulation.node import SPOKEN, Rang
from simulation.service import Commit
from simulation.stage import SECOND

LATE_SECONDS = 0.75  # ε: the due table is read each half second, and a step takes some milliseconds
PROGRESS_SECONDS = 3.0
LEG_ENDS_SECONDS = (
    12.0  # after an acknowledgement: a farewell is heard out, a phone that rings is silenced, in doubt it is asked for
)
BREATH = timedelta(seconds=0.1)  # a ladder may wait so long between two looks
SETTLING = 20.0  # seconds after a fault in which lateness says nothing of us


class Broken(AssertionError):
    """An invariant does not hold."""


@dataclass
class After:
    """A case's rows after one commit."""

    commit: Commit
    case: Case
    before: Escalation | None
    ladder: Escalation | None
    was: dict[str, Attempt]
    attempts: dict[str, Attempt]


@dataclass
class History:
    """Everything that was recorded of a night, sorted for the questions below."""

    night: Night
    thorough: bool = True

    @cached_property
    def of_case(self) -> dict[UUID, list[Commit]]:
        found: dict[UUID, list[Commit]] = defaultdict(list)
        for commit in self.night.database.commits:
            found[commit.case_id].append(commit)
        return found

    @cached_property
    def steps(self) -> dict[UUID, list[After]]:
        """The rows of each case after each of its commits."""
        found: dict[UUID, list[After]] = {}
        for case_id, commits in self.of_case.items():
            ladder: Escalation | None = None
            attempts: dict[str, Attempt] = {}
            steps = found[case_id] = []
            for commit in commits:
                before, was = commit.situation.escalation, attempts
                decision = commit.decision
                if decision.attempts:
                    attempts = attempts | decision.attempts
                ladder = decision.escalation or ladder
                case = decision.case or commit.situation.case
                assert case is not None
                steps.append(After(commit, case, before, ladder, was, attempts))
        return found

    @cached_property
    def replays(self) -> dict[UUID, Replay]:
        """Each case lived through again. In a quick look every other night is believed."""
        if not self.thorough and self.night.seed % 3:
            return {}
        return {case_id: _live_again(commits, 1 if self.thorough else 3) for case_id, commits in self.of_case.items()}

    @cached_property
    def attempts(self) -> dict[str, Attempt]:
        return self.night.store.attempts

    def journal(self, case_id: UUID) -> list[Entry]:
        return self.night.store.journal.get(case_id, [])

    def ladder_steps(self) -> Iterator[After]:
        for steps in self.steps.values():
            for step in steps:
                if step.ladder is not None:
                    yield step

    @cached_property
    def troubled(self) -> list[tuple[int, int]]:
        """Times in which a fault may hold things up."""
        night = self.night
        faults = night.faults
        if faults.each_step or faults.lost or faults.delayed or faults.doubled:
            return [(0, night.calm_from + int(SETTLING * SECOND))]
        spans = [(at, at + int(SETTLING * SECOND)) for at in night.trouble]
        return [*spans, (night.calm_from, night.calm_from + int(SETTLING * SECOND))] if night.trouble else spans

    def held_up(self, moment: int) -> bool:
        """A fact that found the database away is tried again after a pause, and its case waits behind it until then."""
        recent = moment < self.night.calm_from + int((max(PATIENCE) + 1.0) * SECOND)
        return bool(self.night.faults.counts["database away"]) and recent and max(PATIENCE) > PROGRESS_SECONDS

    def calm_at(self, moment: int) -> bool:
        return not any(start - SECOND <= moment <= end for start, end in self.troubled)


def seconds(span: timedelta) -> float:
    return span.total_seconds()


# --- the fifteen ------------------------------------------------------------------------------------------------------


def every_emergency_ends(history: History) -> None:
    """1. Every emergency ends acknowledged, cancelled by a named person, or exhausted; exhausted ⇒ supervisor paged."""
    night = history.night
    for case in night.store.cases.values():
        ladder = night.store.ladders.get(case.id)
        if ladder is None:
            raise Broken(f"{case.number} is an emergency and has no ladder")
        entries = history.journal(case.id)
        if ladder.state == "ended" and case.red:
            raise Broken(f"{case.number} is red, and its ladder has ended")
        if ladder.state == "ended":
            named = any(e.kind == "settled" and e.agent_id is not None for e in entries)
            if not named and not (ladder.drill and any(e.kind == "drill_ended" for e in entries)):
                raise Broken(f"{case.number} ended, and nobody said so")
        elif ladder.state == "acknowledged":
            if ladder.owner is None:
                raise Broken(f"{case.number} is acknowledged by nobody")
        elif ladder.state == "exhausted":
            if not any(e.kind == "supervisor_paged" for e in entries):
                raise Broken(f"{case.number} is exhausted and silent")
        elif night.finished is False:
            raise Broken(
                f"{case.number} still runs {seconds(timedelta(microseconds=night.end - night.calm_from)):.0f} s into the calm"
            )
    for step in history.ladder_steps():
        ladder = step.ladder
        if ladder is not None and ladder.state == "exhausted" and not ladder.drill:
            # From then on it keeps paging: the next page is never further away than the policy says, unless a seat has it.
            assert ladder.policy is not None
            due = step.commit.at if ladder.paged_at is None else ladder.paged_at + timedelta(seconds=ladder.policy.page_seconds)
            talked = step.case.state in ("talking", "wrap_up")
            if (
                (ladder.next_at is None or ladder.next_at > max(due, step.commit.at) + BREATH)
                and not talked
                and not any(a.open and a.rung == -3 for a in step.attempts.values())
            ):
                raise Broken(f"{step.case.number} is exhausted and will not page again until {ladder.next_at}")


def nobody_is_rung_twice(history: History) -> None:
    """2. No personal number is dialled while a leg to it is live, over all cases; 110/120 per case.

    Personal is whatever stands in the register for a daughter or a neighbour, or is an elder's own, whoever is meant by the call:
    a community worker and a supervisor may be somebody's neighbour.
    """
    personal = {target.number for contacts in history.night.store.contacts.values() for target in contacts if not target.shared}
    until = {**history.night.owned_until, **dict.fromkeys(personal, history.night.end)}
    live: dict[tuple[Any, ...], list[Rang]] = defaultdict(list)
    for rang in history.night.node.legs:
        row = history.attempts[rang.id]
        if rang.way == "drill" and not row.public:
            key: tuple[Any, ...] = ("drill", row.case_id, rang.number)
        elif row.public:
            key = (row.case_id, rang.number)
        else:
            key = (rang.number,)
        owned = row.public or rang.way == "drill" or rang.start < until.get(rang.number, 0) or row.kind in PERSONAL
        live[key] = [other for other in live[key] if other.end is None or other.end > rang.start]
        for other in live[key]:
            if owned or history.attempts[other.id].kind in PERSONAL:
                raise Broken(
                    f"{rang.number} was dialled at {rang.start / SECOND:.3f} while a leg to it was live "
                    f"({other.id[:8]}, {rang.id[:8]})"
                )
        live[key].append(rang)


def one_id_one_leg(history: History) -> None:
    """3. One attempt id ⇒ at most one leg, ever."""
    seen: set[str] = set()
    for rang in history.night.node.legs:
        if rang.id in seen:
            raise Broken(f"{rang.id[:8]} was dialled a second time, at {rang.start / SECOND:.3f}")
        seen.add(rang.id)


def exhausted_has_tried(history: History) -> None:
    """4. Exhausted ⇒ every target had its tries, or recorded evidence that it could not be tried."""
    for step in history.ladder_steps():
        ladder = step.ladder
        assert ladder is not None
        if ladder.state != "exhausted" or (step.before is not None and step.before.state == "exhausted"):
            continue
        assert ladder.policy is not None
        made = [a for a in step.attempts.values() if a.round == ladder.round]
        for place, rung in enumerate(ladder.policy.rungs):
            for target in _wanted(step, ladder, place):
                tries = [a for a in made if a.rung == place and a.target == target.key and not _cut_short(a)]
                evidence = any(a.result in NO_MORE for a in made if a.target == target.key) or _here(step, target)
                if len(tries) < rung.tries and not evidence:
                    raise Broken(
                        f"{step.case.number} is exhausted; {target.name} on rung {place + 1} had {len(tries)} of {rung.tries} tries"
                    )


def _here(step: After, target: Target) -> bool:
    """They have been joined, and are on the line."""
    return any(a.open and a.joined and a.target == target.key for a in step.attempts.values())


def _cut_short(attempt: Attempt) -> bool:
    """The phone was silenced because a seat had the case; nobody can say that they did not answer."""
    return attempt.result == "withdrawn" and attempt.answered_at is None and attempt.cause != "dropped"


def _wanted(step: After, ladder: Escalation, place: int) -> list[Target]:
    assert ladder.policy is not None
    found: list[Target] = []
    for kind in ladder.policy.rungs[place].targets:
        if kind == "supervisor":
            found += step.commit.situation.around.duty
        elif kind in PUBLIC:
            number = ladder.policy.public_number(kind)
            if number.mode != "assisted" or ladder.drill:
                found.append(Target(kind, kind, kind, kind))  # type: ignore[arg-type]
        elif kind not in SEATS:
            found += [t for t in ladder.frozen if t.kind == kind]
    return found


def acknowledged_is_quiet(history: History) -> None:
    """5. After an acknowledgement commits no new leg starts, except those already sent; those end within a bound.

    Exempt: rungs whose condition is ``always``, and whom a person has phoned: they go on by the centre's own wish.
    """
    spans = {case_id: list(_owned(steps, history.night.end)) for case_id, steps in history.steps.items()}
    for rang in history.night.node.legs:
        row = history.attempts[rang.id]
        ladder = history.night.store.ladders[row.case_id]
        always = row.rung >= 0 and ladder.policy is not None and ladder.policy.rungs[row.rung].condition == "always"
        if always or row.asked_by is not None or row.joined:
            continue
        for since, until in spans[row.case_id]:
            if since < rang.start < until and rang.decided > since:
                raise Broken(
                    f"{row.name} was ordered at {rang.decided / SECOND:.3f}, after the acknowledgement at {since / SECOND:.3f}"
                )
            most = max(since, rang.start) + int(LEG_ENDS_SECONDS * SECOND)
            if row.answered_at is not None:
                most += int(6 * SECOND)
            ended = rang.end or history.night.end
            latest = max(most, history.night.calm_from + int(LEG_ENDS_SECONDS * SECOND))
            touched = ended > since or (rang.start < until and rang.end is None)
            if touched and min(ended, until) > latest and not _kept(history, row):
                late = (ended - since) / SECOND
                raise Broken(f"{row.name} ({row.result}) is still on the line {late:.1f} s after the acknowledgement")


def _kept(history: History, row: Attempt) -> bool:
    """Who pressed a key listens to the end of what they are told, and may stay to talk."""
    return row.joined or row.key is not None


def _owned(steps: list[After], end: int) -> Iterator[tuple[int, int]]:
    since: int | None = None
    for step in steps:
        owner = step.ladder.owner if step.ladder else None
        if owner is not None and since is None:
            since = step.commit.moment
        elif owner is None and since is not None:
            yield since, step.commit.moment
            since = None
    if since is not None:
        yield since, end


def only_a_key_acknowledges(history: History) -> None:
    """6. Voicemail, an answer without a key, a hang-up never acknowledge."""
    for step in history.ladder_steps():
        known: tuple[Acknowledgement, ...] = step.before.acknowledgements if step.before else ()
        for made in step.ladder.acknowledgements if step.ladder else ():
            if made in known:
                continue
            if made.attempt_id is None:
                if made.agent_id is None:
                    raise Broken(f"{step.case.number}: acknowledged by no attempt and no person")
                continue
            pressed = {digit for at, digit in history.night.node.pressed.get(made.attempt_id, []) if at <= step.commit.moment}
            wanted = {"1", "0"}
            if not pressed & wanted:
                raise Broken(
                    f"{step.case.number}: {made.name} acknowledged ({made.kind}) without a key; pressed: {sorted(pressed)}"
                )


def rungs_keep_their_time(history: History) -> None:
    """7. Rung k+1 starts only when k timed out, failed or is empty; an empty rung advances at once; never late by more than ε
    without a fault."""
    for step in history.ladder_steps():
        _not_too_early(step)
        _not_too_late(history, step)


def _not_too_early(step: After) -> None:
    before, ladder, now = step.before, step.ladder, step.commit.at
    if ladder is None or ladder.policy is None or before is None:
        return
    fresh = ladder.round != before.round or any(e.kind == "ladder_resumed" for e in step.commit.decision.entries)
    if fresh or (before.rung_at is None and before.rung >= 0):
        return
    for place in range(before.rung + 1, ladder.rung + 1):
        began = before.rung_at or before.started_at if place == before.rung + 1 else now
        if now >= began + timedelta(seconds=ladder.policy.rungs[place].delay_seconds):
            continue
        if place == 0 or not _over(step, ladder, place - 1, step.attempts):
            raise Broken(
                f"{step.case.number}: rung {place + 1} began {seconds(now - began):.1f} s after rung {place}, which was not done"
            )


def _over(step: After, ladder: Escalation, place: int, attempts: dict[str, Attempt]) -> bool:
    """Whether waiting for this rung is useless."""
    assert ladder.policy is not None
    rung = ladder.policy.rungs[place]
    if place in ladder.passed:
        return False
    if SEATS & set(rung.targets):
        return not step.case.rings or place < ladder.rung  # a later seat rung may just have rung them
    made = [a for a in attempts.values() if a.round == ladder.round]
    for target in _wanted(step, ladder, place):
        tries = [a for a in made if a.rung == place and a.target == target.key]
        if any(a.open and not a.joined and not a.closing for a in tries):
            return False  # it rings, or listens and may still press a key
        done = len(tries) >= rung.tries or any(a.result in NO_MORE for a in made if a.target == target.key)
        if not done and not _here(step, target):
            return False
    return True


def _not_too_late(history: History, step: After) -> None:
    ladder, now, commit = step.ladder, step.commit.at, step.commit
    assert ladder is not None
    if commit.timer is not None and isinstance(commit.fact, facts.TimerDue):
        late = seconds(now - commit.timer.due_at)
        if late > LATE_SECONDS and history.calm_at(commit.moment):
            raise Broken(f"{step.case.number}: the timer {commit.fact.kind} came {late:.2f} s late without a fault")
    if ladder.state != "running" or ladder.policy is None or ladder.rung + 1 >= len(ladder.policy.rungs):
        return
    # The next rung is on the clock: its timer is set for when it may begin, or sooner.
    began = ladder.rung_at or ladder.started_at
    latest = max(now, began + timedelta(seconds=ladder.policy.rungs[ladder.rung + 1].delay_seconds))
    timer = commit.decision.timers.get("ladder")
    looks = timer.due_at if timer is not None else ladder.next_at
    if looks is None or looks > latest + BREATH:
        raise Broken(f"{step.case.number}: rung {ladder.rung + 2} is due at {latest}, the ladder looks again at {looks}")
    if ladder.rung >= 0 and not _wanted(step, ladder, ladder.rung) and not SEATS & set(ladder.policy.rungs[ladder.rung].targets):
        assisted = any(t in PUBLIC and not ladder.drill for t in ladder.policy.rungs[ladder.rung].targets)
        rings = any(a.open and a.rung == ladder.rung for a in step.attempts.values())
        if not assisted and not rings and ladder.rung not in ladder.passed:
            raise Broken(f"{step.case.number}: rung {ladder.rung + 1} is empty, and the ladder stands on it")


def what_is_stale_changes_nothing(history: History) -> None:
    """8. A stale fence changes nothing.

    There is no lease: what can be stale is a timer told late or twice, an order sent after its time, and the end of a leg told
    by an instance that no longer holds it.
    """
    for commit in history.night.database.commits:
        fact = commit.fact
        if isinstance(fact, facts.TimerDue) and (commit.timer is None or commit.timer.due_at > commit.at):
            raise Broken(f"the timer {fact.kind} changed something at {commit.at}, and was not due")
        if isinstance(fact, facts.LegEnded) and fact.holder is not None:
            leg = next((leg for leg in commit.situation.legs if leg.id == fact.leg_id and leg.live), None)
            attempt = next((a for a in commit.situation.attempts if a.id == fact.leg_id and a.open), None)
            ended = commit.decision.legs.get(fact.leg_id), commit.decision.attempts.get(fact.leg_id)
            stale_leg = leg and leg.holder not in ("", fact.holder) and ended[0] and not ended[0].live
            stale_attempt = attempt and attempt.holder not in ("", fact.holder) and ended[1] and not ended[1].open
            if stale_leg or stale_attempt:
                raise Broken(f"{fact.leg_id[:12]} was ended by {fact.holder}, which does not hold it any more")
    orders: dict[str, list[tuple[int, int]]] = defaultdict(list)
    stage = history.night.stage
    for commit in history.night.database.commits:
        for effect in commit.decision.effects:
            if isinstance(effect, DialAttempt):
                orders[effect.leg_id].append((commit.moment, stage.moment(effect.expires_at)))
    for rang in history.night.node.legs:
        mine = [expires for decided, expires in orders[rang.id] if decided == rang.decided]
        if mine and rang.checked >= max(mine):
            raise Broken(f"{rang.id[:8]} was sent at {rang.checked / SECOND:.3f}, expired at {max(mine) / SECOND:.3f}")


def replays_end_the_same(history: History) -> None:
    """9. Any prefix of facts, replayed with duplicates and in another order, ends in the same state.

    What must be equal: of every call its state, result and key; of the ladder its state, rung, round, who has taken charge, and
    its outcome; of the case its state, red, level and seat; and the journal, line by line. After every prefix the last fact of
    Asterisk is told again, and at the end every one of them once more (but for keys: a person may press twice and mean it).
    In another order: two facts that Asterisk told of different legs within a tenth of a second, where neither opened the
    other's leg, and nothing of these two was overdue: what the clock asks for is done with whichever fact comes first. What must
    agree then is what became of these two legs; a ladder that hears of two ends in the other order may rightly take its next
    steps the other way round.
    """
    for replay in history.replays.values():
        if replay.odd:
            raise Broken(replay.odd)


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
            around=recorded.around, report=self.report, node=recorded.node, office=recorded.office,
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


def _live_again(commits: list[Commit], often: int) -> Replay:
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
        if odd or not late or getattr(commit.fact, "holder", None) is not None:
            continue
        try:
            _told_again(rows, commits[-1], commit.fact)
        except Broken as failure:
            odd = str(failure)
    return Replay(rows, odd)


def _withdrawn(ends: list[dict[str | None, tuple[str, str | None]]]) -> bool:
    """An acknowledgement that came first takes the other calls back: how those end is then their own."""
    return any(result in ("going", "joined", "withdrawn") for end in ends for _, result in end.values())


def a_second_press_joins(history: History) -> None:
    """10. A duplicate press while the first is not settled ⇒ one case, one escalation, the press journalled."""
    store = history.night.store
    opened: dict[str, list[Case]] = defaultdict(list)
    for case in store.cases.values():
        if case.terminal is not None:
            opened[case.terminal].append(case)
    for cases in opened.values():
        cases.sort(key=lambda c: c.opened_at)
        for first, second in pairwise(cases):
            # As it stood when the second press was looked up: an instance that slept between reading and writing an arrival is
            # held back by the index on live terminals alone.
            read = history.steps[second.id][0].commit.decision.now
            rows = [step for step in history.steps[first.id] if step.commit.at <= read]
            if not rows:
                continue
            state = rows[-1].case
            if state.takes_presses:
                raise Broken(f"{second.number} was opened beside {first.number}, which was {state.state} and red: {state.red}")
    pressed = {leg_id for _, leg_id, _ in history.night.presses}
    for case in store.cases.values():
        legs = [leg for leg in store.legs.values() if leg.case_id == case.id and leg.id in pressed]
        entries = history.journal(case.id)
        joined = sum(e.kind == "press_joined" for e in entries)
        if legs and (joined != len(legs) - 1 or case.level != len(legs)):
            raise Broken(f"{case.number}: {len(legs)} presses, level {case.level}, {joined} of them journalled as joined")
        if sum(e.kind == "ladder_started" for e in entries) != 1:
            raise Broken(f"{case.number} has not one ladder")
    arrived = {leg.id for leg in store.legs.values()}
    for leg_id, call in history.night.node.safe_mode.items():
        if not call.live and leg_id not in arrived:
            raise Broken(f"the press {leg_id} was served alone and is nowhere")


def the_calm_brings_progress(history: History) -> None:
    """11. After faults stop: progress within 3 s for every open case."""
    for probe in history.night.probes:
        for case_id, late in probe.late:
            if late > PROGRESS_SECONDS and not history.held_up(probe.moment):
                raise Broken(
                    f"{probe.moment / SECOND:.0f} s: the ladder of {history.night.store.cases[case_id].number} "
                    f"stands still since {late:.1f} s"
                )
    if history.night.log.mistakes:
        event, mistake = history.night.log.mistakes[0]
        raise Broken(f"{event}: {mistake!r} ({len(history.night.log.mistakes)} such)")
    for attempt in history.attempts.values():
        if attempt.open and not attempt.joined and attempt.check_at is None:
            raise Broken(f"{attempt.name}'s call is open and nobody will ever look at it")


def what_is_frozen_stays(history: History) -> None:
    """12. Editing a policy never alters a running escalation; a removed contact is skipped, journalled."""
    for steps in history.steps.values():
        policy: Policy | None = None
        for step in steps:
            now = step.ladder.policy if step.ladder else None
            if policy is not None and now != policy:
                raise Broken(f"{step.case.number}: the policy changed under way, from {policy.name} to {now.name if now else None}")
            policy = now or policy
            there = {t.key for t in step.commit.situation.around.contacts}
            for made in step.commit.decision.attempts.values():
                if made.id in step.was or not made.target.startswith("contact:") or made.target in there or made.rung == -4:
                    continue
                told = any(e.kind == "attempt_skipped" and e.data.get("reason") == "removed" for e in step.commit.decision.entries)
                if made.result != "removed" or not told:
                    raise Broken(f"{made.name} was removed, and phoned or passed over in silence ({made.state} {made.result})")


def the_journal_tells_all(history: History) -> None:
    """13. Replaying the journal reproduces the state.

    Twice over: the facts with their times rebuild every row of the case; and what people read, the journal's own lines, tells
    each call's end and key, the ladder's rung, round and state.
    """
    store = history.night.store
    for case_id, replay in history.replays.items():
        rows = replay.rows
        ladder, kept = rows.ladder, store.ladders.get(case_id)
        if ladder != kept:
            raise Broken(f"{case_id}: replayed {_fields(ladder, kept)}")
        for attempt in rows.attempts.values():
            row = store.attempts[attempt.id]
            if replace(attempt, holder="") != replace(row, holder=""):
                raise Broken(f"the call to {attempt.name}: replayed {_fields(attempt, row)}")
        case = store.cases[case_id]
        if rows.case is None or replace(rows.case, version=0) != replace(case, version=0):
            raise Broken(f"{case.number}: replayed {_fields(rows.case, case)}")
        _read(history, case_id)
        if kept is not None:
            _through_rows(kept, [a for a in store.attempts.values() if a.case_id == case_id])


def _fields(one: object, other: object) -> str:
    if one is None or other is None:
        return f"{one} / {other}"
    return ", ".join(f"{k}: {v} / {getattr(other, k)}" for k, v in vars(one).items() if v != getattr(other, k))[:400]


def _through_rows(ladder: Escalation, attempts: list[Attempt]) -> None:
    """What is kept as JSON comes back as it was."""
    row = json.loads(orjson.dumps(ladder_rows.escalation_to(ladder)))
    if ladder_rows.escalation_from(row) != ladder:
        raise Broken(f"the ladder's row does not come back: {_fields(ladder, ladder_rows.escalation_from(row))}")
    for attempt in attempts:
        if ladder_rows.attempt_from(json.loads(orjson.dumps(ladder_rows.attempt_to(attempt)))) != attempt:
            raise Broken(f"the row of the call to {attempt.name} does not come back")


def _read(history: History, case_id: UUID) -> None:
    """The journal's lines alone: what somebody reads who was not there."""
    state, rung, told = "running", 0, 1
    ends: dict[str, str] = {}
    keys: dict[str, str] = {}
    begun: set[str] = set()
    for entry in history.journal(case_id):
        data = entry.data
        match entry.kind:
            case "rung_started" | "rung_passed":
                rung = data["rung"]
            case "attempt_started":
                begun.add(data["attempt"])
            case "attempt_ended":
                ends[data["attempt"]] = data["result"]
            case "attempt_skipped":
                ends[data["attempt"]] = data["reason"]
                begun.add(data["attempt"])
            case "key_pressed":
                keys[data["attempt"]] = data["key"]
            case "ladder_again":
                state, rung, told = "running", 0, told + 1
            case "contacts_known" if data["count"] and state != "acknowledged":
                state, rung, told = "running", 0, told + 1
            case "acknowledged":
                state = "acknowledged"
            case "ladder_resumed":
                state, rung = "running", -1
            case "exhausted":
                state = "exhausted"
            case "ladder_ended" | "drill_ended":
                state = "ended"
    ladder = history.night.store.ladders.get(case_id)
    if ladder is None:
        return
    if (state, told) != (ladder.state, ladder.round) or (rung >= 0 and rung != ladder.rung + 1):
        raise Broken(f"the journal tells {(state, rung, told)}, the row says {(ladder.state, ladder.rung + 1, ladder.round)}")
    for attempt in history.attempts.values():
        if attempt.case_id != case_id:
            continue
        if attempt.id not in begun:
            raise Broken(f"the call to {attempt.name} is in no journal")
        if (None if attempt.open else attempt.result) != ends.get(attempt.id) or attempt.key != keys.get(attempt.id):
            raise Broken(
                f"the journal tells {ends.get(attempt.id)} {keys.get(attempt.id)} of {attempt.name}, "
                f"the row {attempt.result} {attempt.key}"
            )


def a_console_catches_up(_history: History) -> None:
    """14. A console that resumes from any sequence number ends equal to a fresh snapshot.

    A property of the feed, not of the ladder: tests/websockets/test_feed.py proves it over random histories
    (``test_resuming_from_anywhere_is_as_if_never_away``); its mutants run there.
    """


def both_are_told(history: History) -> None:
    """15. Two acknowledgers: one owner, both told.

    Told: they hear the thanks that say what is written down of them for two seconds at least, and to their end if nobody breaks
    them off. Whom somebody joins with others meanwhile (a person at the centre, a seat that answers) speaks with people, who
    tell them; so does nobody whose PBX dies in the middle.
    """
    night = history.night
    thanks = (THANKS_GOING, THANKS_BOTH)
    heard: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for at, who, what, until in night.node.played:
        heard[who].append((at, until, what))
    for steps in history.steps.values():
        for step in steps:
            if step.ladder is None or step.ladder.drill:
                continue  # a drill ends with the first key
            active = [a for a in step.ladder.acknowledgements if a.active]
            known = [a for a in step.before.acknowledgements if a.active] if step.before else []
            new = [a for a in active if a not in known and not any(k.attempt_id == a.attempt_id and a.attempt_id for k in known)]
            if known and new and step.ladder.owner != known[0] and step.ladder.round == (step.before.round if step.before else 1):
                raise Broken(f"{step.case.number}: the owner changed from {known[0].name} to {step.ladder.owner}")
            told = {e.data.get("name") for e in step.commit.decision.entries if e.kind in ("acknowledged", "acknowledged_too")}
            for ack in new:
                if ack.name not in told:
                    raise Broken(f"{step.case.number}: {ack.name} has taken charge, and the journal does not say so")
                rang = next((r for r in night.node.legs if r.id == ack.attempt_id), None)
                if ack.kind not in ("going", "supervisor") or rang is None or isinstance(step.commit.fact, facts.AttemptSeen):
                    continue
                _hears_thanks(history, step, ack, rang, heard[rang.id], thanks)


def _in_company(history: History, step: After, leg_id: str, within: int) -> bool:
    """They were brought together with others before the thanks can have been over."""
    since = step.commit.moment
    return any(
        isinstance(effect, Connect) and leg_id in effect.leg_ids
        for later in history.steps[step.case.id]
        if since < later.commit.moment < since + within
        for effect in later.commit.decision.effects
    )  # fmt: skip


def _hears_thanks(
    history: History, step: After, ack: Acknowledgement, rang: Rang, heard: list[tuple[int, int, str]], thanks: tuple[str, str]
) -> None:
    attempt = step.attempts[rang.id]
    since = step.commit.moment
    stayed = (rang.end or history.night.end) - since
    if (
        stayed < 0
        or attempt.joined
        or not all(history.calm_at(moment) for moment in (since, since + int(SPOKEN[1] * SECOND)))
        or history.night.end - since < 5 * SECOND
        or _in_company(history, step, rang.id, int(SPOKEN[1] * SECOND))
    ):
        return
    whole = [until - at for at, until, what in heard if what.startswith(thanks) and at >= since]
    manner = history.night.node.hung_up_by_phone.get(rang.id)
    if manner is not None and manner < step.commit.moment + 3 * SECOND:
        return  # they hung up themselves
    if not whole or max(whole) < 2 * SECOND or stayed < 2 * SECOND:
        raise Broken(
            f"{ack.name} pressed 1 and was cut off after {stayed / SECOND:.3f} s, "
            f"{max(whole, default=0) / SECOND:.3f} s into the thanks"
        )


INVARIANTS: dict[int, Callable[[History], None]] = {
    1: every_emergency_ends,
    2: nobody_is_rung_twice,
    3: one_id_one_leg,
    4: exhausted_has_tried,
    5: acknowledged_is_quiet,
    6: only_a_key_acknowledges,
    7: rungs_keep_their_time,
    8: what_is_stale_changes_nothing,
    9: replays_end_the_same,
    10: a_second_press_joins,
    11: the_calm_brings_progress,
    12: what_is_frozen_stays,
    13: the_journal_tells_all,
    14: a_console_catches_up,
    15: both_are_told,
}


def broken(night: Night, *, thorough: bool = True) -> dict[int, str]:
    """What does not hold, by invariant. Not ``thorough``: 9 and 13 of every third night, and there of every third fact."""
    history = History(night, thorough)
    found: dict[int, str] = {}
    for number, check in INVARIANTS.items():
        try:
            check(history)
        except Broken as failure:
            found[number] = str(failure)
    return found
