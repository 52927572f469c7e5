"""Invariants of the ladder itself: it ends, it tries everybody, keeps its time, and falls silent when somebody has the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from callcenter.domain import facts
from callcenter.domain.ahead import AHEAD
from callcenter.domain.escalation import NO_MORE, Attempt, Escalation, Target
from callcenter.domain.policy import PUBLIC, SEATS
from simulation.history import After, History, seconds
from simulation.replaying import Broken
from simulation.stage import SECOND

LATE_SECONDS = 0.75  # ε: the due table is read each half second, and a step takes some milliseconds
LEG_ENDS_SECONDS = (
    12.0  # after an acknowledgement: a farewell is heard out, a phone that rings is silenced, in doubt it is asked for
)
BREATH = timedelta(seconds=0.1)  # a ladder may wait so long between two looks


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
    for rang in history.night.truth.legs:
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
            ended = rang.died or rang.end or history.night.end  # the phone of a dead node rings on: nobody can tell it anything
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


def rungs_keep_their_time(history: History) -> None:
    """7. Rung k+1 starts only when k timed out, failed or is empty; an empty rung advances at once; never late by more than ε
    without a fault. What is made ready before its time rings nobody before it."""
    for step in history.ladder_steps():
        _not_too_early(step)
        _not_too_late(history, step)
    for rang in history.night.truth.legs:
        at = history.night.stage.moment(history.attempts[rang.id].created_at)
        if rang.start < at:
            raise Broken(f"{rang.number} rang at {rang.start / SECOND:.3f}, and was to ring at {at / SECOND:.3f}")


def _not_too_early(step: After) -> None:
    before, ladder, now = step.before, step.ladder, max(step.commit.at, step.commit.decision.now)
    if now > step.commit.at + AHEAD:
        raise Broken(f"{step.case.number}: decided {seconds(now - step.commit.at):.2f} s before its time")
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
