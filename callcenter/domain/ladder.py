"""The contact ladder walks on: after every fact of a case, and whenever its timer is due, this looks at everything anew.

Nothing here remembers what it did but the case itself, so it may be asked any number of times, by any instance: the same
state gives the same next step, and a step already taken is not taken again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain import attempts, offers
from callcenter.domain.ahead import AHEAD, MARK
from callcenter.domain.announcements import SETTLED, THANKS_OTHER, sentence_for
from callcenter.domain.decision import Decision, SetTimer, Situation
from callcenter.domain.effects import HangUp
from callcenter.domain.escalation import (
    CALL_BACK,
    NO_MORE,
    PAGE,
    Attempt,
    Result,
    Target,
    attempt_id,
)  # fmt: skip
from callcenter.domain.policy import DEFAULT, PUBLIC, SEATS, PublicNumber, Rung
from callcenter.domain.walk import Walk

CHECK_SECONDS = 1.5  # an attempt that nobody has heard of for this long is asked for at its node
ASSISTED_SECONDS = 60.0  # how long an assisted number counts as under way before the ladder goes on without it
SOON = 1.0
BREATH_SECONDS = 0.05  # whatever is miscounted, a ladder never spins
NEVER_SECONDS = 3600.0  # even a ladder with nothing due looks at itself now and then


def advance(situation: Situation, decision: Decision) -> None:
    """Do what is due. Called at the end of every decision about a case that has a ladder."""
    walk = Walk(situation, decision)
    if decision.escalation is not None and situation.escalation is None:
        return  # it begins in this very transaction: the press is popped first
    if walk.escalation.over and walk.case.red and not walk.escalation.drill:
        walk.change(ended_at=None, outcome=None, level=walk.case.level)
        _again(walk, "pressed_again")  # it was settled, and then the button was pressed once more
    if walk.escalation.over and not walk.open:
        return
    _settled(walk)
    if not walk.escalation.over:
        _freeze(walk)
        _pressed_again(walk)
        _acknowledged(walk)
        _withdraw(walk)
    for ring in walk.case.alarms:
        if ring.ring_until <= walk.now:
            decision.case = walk.case
            decision.effects.append(HangUp(ring.leg))
            offers.alarm_over(situation, decision, ring.leg, "offer_missed")
    for attempt in walk.open:
        attempts.due(walk.situation, walk.decision, attempt)
    climb = [] if walk.escalation.over else _climb(walk)
    others = [] if walk.escalation.over else [*_call_back(walk), *_after_the_end(walk)]
    _set_timer(walk, climb, others)


def _set_timer(walk: Walk, climb: list[datetime], others: list[datetime]) -> None:
    if walk.escalation.over and not walk.open:
        walk.change(next_at=None)
        walk.decision.cancel_timer("ladder")
        return
    others += [a.check_at for a in walk.open if a.check_at is not None]
    others += [o.ring_until for o in walk.case.alarms]
    next_at = max(
        min([*climb, *others], default=walk.now + timedelta(seconds=NEVER_SECONDS)), walk.now + timedelta(seconds=BREATH_SECONDS)
    )
    if next_at != walk.escalation.next_at or walk.decision.fired == "ladder":
        walk.change(next_at=next_at)
        # A rung is made ready before its time; what is only looked after has no hurry, and is not to be looked at early.
        ahead = next_at in climb and all(at >= next_at + AHEAD for at in others)
        walk.decision.timers["ladder"] = SetTimer("ladder", next_at, {MARK: True} if ahead else {})


# --- beginnings and ends --------------------------------------------------------------------------------------------


def _freeze(walk: Walk) -> None:
    """The policy is frozen once; the contacts too, and again when it becomes known whose they are."""
    escalation, around = walk.escalation, walk.situation.around
    if escalation.policy is None:
        policy = around.policy or DEFAULT
        walk.change(policy=policy, member_id=walk.case.member_id, frozen=around.contacts)
        walk.decision.note("policy_frozen", policy=policy.name, version=policy.version)
    elif escalation.member_id != walk.case.member_id:
        walk.change(member_id=walk.case.member_id, frozen=around.contacts)
        walk.decision.note("contacts_known", count=len(around.contacts))
        # Rungs that found nobody to call have somebody now.
        if escalation.state != "acknowledged" and around.contacts:
            _from_the_first(walk)


def _settled(walk: Walk) -> None:
    """Red has ended, by a person's word: nobody else is called, and who still listens is told."""
    if walk.case.red or walk.escalation.over:
        return
    outcome = next((e.data.get("outcome") for e in reversed(walk.decision.entries) if e.kind == "settled"), None)
    walk.change(state="ended", ended_at=walk.now, outcome=str(outcome) if outcome else "settled", assisted=())
    walk.decision.note("ladder_ended", outcome=walk.escalation.outcome)
    offers.withdraw_alarms(walk.situation, walk.decision)
    for attempt in walk.open:
        attempts.let_go(walk.decision, attempt, SETTLED)


def _pressed_again(walk: Walk) -> None:
    escalation = walk.escalation
    if walk.case.level == escalation.level:
        return
    walk.change(level=walk.case.level)
    if escalation.owner is not None or escalation.state == "exhausted":
        # Who was on the way has not arrived, or it was not enough: everybody is asked anew.
        _again(walk, "pressed_again")


def _again(walk: Walk, why: str) -> None:
    _from_the_first(walk)
    walk.change(acknowledgements=tuple(replace(a, active=False) for a in walk.escalation.acknowledgements))
    walk.decision.note("ladder_again", why=why)


def _from_the_first(walk: Walk) -> None:
    """A new round: everybody is asked anew."""
    walk.change(
        state="running", round=walk.escalation.round + 1, rung=-1, rung_at=walk.now, passed=(), exhausted_at=None, paged_at=None
    )


def _acknowledged(walk: Walk) -> None:
    """State follows who has taken charge; an acknowledgement that brings no resolution triggers again."""
    escalation = walk.escalation
    owner = escalation.owner
    if owner is None:
        if escalation.state == "acknowledged":
            rung = min(escalation.passed, default=escalation.rung + 1)
            _resume_at(walk, rung)
            walk.change(state="running")
        return
    if escalation.state != "acknowledged":
        walk.change(state="acknowledged", exhausted_at=None, assisted=())
        walk.decision.note(
            "acknowledged", agent_id=owner.agent_id, by=owner.kind, name=owner.name, attempt=owner.attempt_id,
        )  # fmt: skip
    if walk.now >= owner.at + timedelta(seconds=walk.policy.resolve_seconds) and not walk.seat_has_it:
        _again(walk, "not_resolved")


def _withdraw(walk: Walk) -> None:
    """Phones that ring for a rung whose condition no longer holds stop ringing; who listens is told that it is taken care of."""
    for attempt in walk.open:
        if attempt.closing or attempt.joined or attempt.asked_by is not None or attempt.result is not None:
            continue
        if attempt.rung >= 0:
            wanted = walk.holds(walk.policy.rungs[attempt.rung])
        elif attempt.rung == CALL_BACK:
            wanted = not walk.on_the_line and not walk.seat_has_it and walk.escalation.owner is None
        else:
            wanted = walk.escalation.owner is None
        if not wanted and (attempt.state != "answered" or walk.escalation.owner is not None):
            attempts.let_go(walk.decision, attempt, THANKS_OTHER)


# --- climbing -------------------------------------------------------------------------------------------------------


def _climb(walk: Walk) -> list[datetime]:
    """Start every rung whose time has come, let each started one call its next; gives back when to look again."""
    times: list[datetime] = []
    if walk.escalation.state == "exhausted":
        return times
    _unblock(walk)
    rungs = walk.policy.rungs
    while True:
        for place in range(walk.escalation.rung + 1):
            if place not in walk.escalation.passed:
                times += _call_next(walk, place)
        following = walk.escalation.rung + 1
        if following >= len(rungs):
            break
        starts = starts_at(walk, following)
        if starts > walk.now:
            times.append(starts)
            break
        _start(walk, following)
        times = []
    if _all_tried(walk):
        seats_until = _seats_until(walk)
        if seats_until > walk.now:
            return [*times, seats_until]
        walk.change(state="exhausted", exhausted_at=walk.now)
        walk.decision.note("exhausted", round=walk.escalation.round)
    return times


def _unblock(walk: Walk) -> None:
    """What was passed over while a seat had the case comes due when nobody has it any more."""
    freed = [place for place in walk.escalation.passed if walk.holds(walk.policy.rungs[place])]
    if freed:
        _resume_at(walk, freed[0])


def _resume_at(walk: Walk, place: int) -> None:
    """Go on with this rung, now; what it has tried in this round stays tried."""
    rungs = walk.policy.rungs
    waited = rungs[place].delay_seconds if place < len(rungs) else 0.0
    walk.change(rung=place - 1, passed=(), rung_at=walk.now - timedelta(seconds=waited))
    walk.decision.note("ladder_resumed")


def starts_at(walk: Walk, place: int) -> datetime:
    """A rung begins its delay after the one before it began, or at once when that one is done."""
    escalation, before = walk.escalation, place - 1
    if before >= 0 and before not in escalation.passed and rung_done(walk, before):
        return walk.now
    return (escalation.rung_at or escalation.started_at) + timedelta(seconds=walk.policy.rungs[place].delay_seconds)


def _start(walk: Walk, place: int) -> None:
    rung = walk.policy.rungs[place]
    if not walk.holds(rung):
        walk.change(rung=place, rung_at=walk.now, passed=(*walk.escalation.passed, place))
        walk.decision.note("rung_passed", rung=place + 1)
        return
    walk.change(rung=place, rung_at=walk.now)
    names = list(rung.targets)
    walk.decision.note("rung_started", rung=place + 1, targets=names, round=walk.escalation.round)
    if SEATS & set(rung.targets):
        _ring_seats(walk, rung)
        return
    targets = _targets(walk, rung)
    if not targets and not _assisted(walk, rung):
        walk.decision.note("rung_empty", rung=place + 1, targets=names)


def _ring_seats(walk: Walk, rung: Rung) -> None:
    if walk.escalation.drill:
        walk.decision.note("drill_seats")  # a drill never keeps a seat from a caller
    elif walk.case.state == "waiting" and walk.in_our_hands:
        offers.alarm(walk.situation, walk.decision, everybody="all_seats" in rung.targets)


def _seats_ringing(walk: Walk) -> bool:
    return walk.case.offer is not None or bool(walk.case.alarms)


def _assisted(walk: Walk, rung: Rung) -> list[str]:
    return [
        t for t in rung.targets if t in PUBLIC and walk.policy.public_number(t).mode == "assisted" and not walk.escalation.drill
    ]


def _targets(walk: Walk, rung: Rung) -> list[Target]:
    """Whom this rung phones, as frozen: with the number of today, in the centre's order."""
    found: list[Target] = []
    for kind in rung.targets:
        if kind in ("family", "neighbour", "community"):
            found += [contact for contact in walk.escalation.frozen if contact.kind == kind]
        elif kind == "supervisor":
            found += walk.situation.around.duty
        elif kind in PUBLIC:
            number = walk.policy.public_number(kind)
            if number.mode != "assisted" or walk.escalation.drill:
                found.append(public_target(number, drill=walk.escalation.drill))
    return found


def public_target(number: PublicNumber, *, drill: bool) -> Target:
    """110, 119 or 120 as somebody to phone. A drill never leaves the drill trunk."""
    way = "drill" if drill or number.mode == "drill" else number.way
    return Target(number.code, number.code, number.code, number.code, way=way)


def _tried(walk: Walk, place: int, target: Target) -> list[Attempt]:
    """Their tries on this rung. A phone that was silenced because somebody had the case has not been tried: should that come to
    nothing, it rings again."""
    return [
        a for a in walk.attempts
        if a.round == walk.escalation.round and a.rung == place and a.target == target.key and not attempts.cut_short(a)
    ]  # fmt: skip


def _on_the_phone(walk: Walk, target: Target) -> bool:
    """A call to them is under way already, whoever wanted it: another rung, the round before, a person."""
    return any(a.open and a.target == target.key for a in walk.attempts)


def _open_for(walk: Walk, place: int, target: Target, tries: int) -> tuple[int, datetime | None] | None:
    """``(tries made, earliest time of the next)`` while this target is still to be tried on this rung, else None."""
    if any(a.open and a.joined and a.target == target.key for a in walk.attempts):
        return None  # they are on the line already
    tried = _tried(walk, place, target)
    if any(a.result in NO_MORE for a in tried) or len(tried) >= tries:
        return None
    # Whoever said no, or is going, on another rung of this round is not asked twice either.
    others = [a for a in walk.attempts if a.round == walk.escalation.round and a.target == target.key and a.result in NO_MORE]
    if others:
        return None
    return len(tried), _again_at(walk, target, tried)


def _again_at(walk: Walk, target: Target, tried: list[Attempt]) -> datetime | None:
    """Not before the pause is over, nor while a lost node may have left this telephone ringing, on whatever rung it was."""
    times = (attempts.again_at(tried, walk.policy.retry_seconds), walk.rings_on_until(target))
    return max((time for time in times if time is not None), default=None)


def rung_done(walk: Walk, place: int) -> bool:
    """Whether waiting for this rung is useless: everybody on it was tried, and nobody rings or listens."""
    rung = walk.policy.rungs[place]
    if SEATS & set(rung.targets):
        return not _seats_ringing(walk)
    if _ringing(walk, place):
        return False
    until = _assisted_until(walk, place)
    if until is not None and walk.now < until:
        return False
    return all(_open_for(walk, place, target, rung.tries) is None for target in _targets(walk, rung))


def _assisted_until(walk: Walk, place: int) -> datetime | None:
    """Until when a rung waits for a person to call the public numbers that it asks for."""
    rung, escalation = walk.policy.rungs[place], walk.escalation
    if not _assisted(walk, rung) or escalation.rung != place or escalation.rung_at is None:
        return None
    return escalation.rung_at + timedelta(seconds=min(ASSISTED_SECONDS, rung.ring_seconds))


def _call_next(walk: Walk, place: int) -> list[datetime]:
    """The calls that this rung makes now; gives back when it wants to make another."""
    rung = walk.policy.rungs[place]
    if SEATS & set(rung.targets) or not walk.holds(rung):
        return []
    for code in _assisted(walk, rung):
        if code not in walk.escalation.assisted and walk.escalation.rung == place and walk.escalation.rung_at == walk.now:
            walk.change(assisted=(*walk.escalation.assisted, code))
            walk.decision.note("assisted_call_asked", number=code)
    times: list[datetime] = []
    until = _assisted_until(walk, place)
    times += [until] if until is not None else []
    targets = _targets(walk, rung)
    for _ in range(2 * len(targets) * rung.tries + 1):
        waiting = [
            (*state, order, target)
            for order, target in enumerate(targets)
            if (state := _open_for(walk, place, target, rung.tries)) is not None and not _on_the_phone(walk, target)
        ]
        if not waiting or (rung.order == "in_order" and _ringing(walk, place)):
            break
        able = [entry for entry in waiting if entry[1] is None or entry[1] <= walk.now]
        times += [entry[1] for entry in waiting if entry[1] is not None and entry[1] > walk.now]
        if not able:
            break
        target = min(able, key=lambda entry: (entry[0], entry[2]))[3]
        dial(walk, target, place, rung.ring_seconds)
    return [time for time in times if time > walk.now]


def _ringing(walk: Walk, place: int) -> bool:
    """Whether a call of this rung may still bring something; who said no, or has joined, is not waited for."""
    of_rung = [a for a in walk.attempts if a.rung == place and a.round == walk.escalation.round]
    return any(a.open and not a.joined and not a.closing for a in of_rung)


def dial(walk: Walk, target: Target, place: int, ring_seconds: float, asked_by: UUID | None = None) -> Attempt:
    """One call: the intent is remembered with this decision, the order goes out after it. What cannot be, is recorded as tried."""
    case, decision, now = walk.case, walk.decision, walk.now
    count = 1 + sum(a.target == target.key for a in walk.attempts)
    current = next((c for c in walk.situation.around.contacts if c.key == target.key), None)
    if target.key.startswith("contact:") and current is not None and current.number != target.number:
        target = replace(target, number=current.number)
    way = "drill" if walk.escalation.drill else target.way
    sentence = sentence_for(
        target, case, walk.situation.around.person, walk.situation.around.centre,
        drill=walk.escalation.drill or _is_drill(walk, target), on_the_line=walk.on_the_line,
    )  # fmt: skip
    attempt = Attempt(
        id=attempt_id(case.id, target.key, count), case_id=case.id, round=walk.escalation.round, rung=place, target=target.key,
        kind=target.kind, name=target.name, relation=target.relation, number=target.number, way=way, count=count,
        state="intent", created_at=now, ring_seconds=ring_seconds, sentence=sentence,
        check_at=now + timedelta(seconds=CHECK_SECONDS), node=offers.node_of(walk.situation, decision), asked_by=asked_by,
        personal=walk.personal(target),
    )  # fmt: skip
    gone = target.key.startswith("contact:") and current is None
    refused = target.kind in PUBLIC and way == "trunk" and not walk.situation.figures.public_numbers
    if gone or refused or walk.in_use(target):
        result: Result = "removed" if gone else "refused" if refused else "in_use"
        attempt = replace(attempt, state="done", ended_at=now, check_at=None, result=result)
        decision.attempts[attempt.id] = attempt
        decision.note("attempt_skipped", attempt=attempt.id, name=target.name, relation=target.relation, reason=result)
        return attempt
    decision.attempts[attempt.id] = attempt
    decision.note("attempt_started", attempt=attempt.id, name=target.name, relation=target.relation, what=target.kind, count=count)
    decision.effects.append(attempts.order_for(attempt, good_until=now + timedelta(seconds=CHECK_SECONDS)))
    return attempt


def _is_drill(walk: Walk, target: Target) -> bool:
    return target.kind in PUBLIC and walk.policy.public_number(target.kind).mode == "drill"


def _all_tried(walk: Walk) -> bool:
    escalation, rungs = walk.escalation, walk.policy.rungs
    return (
        escalation.state == "running" and escalation.rung + 1 >= len(rungs) and not escalation.passed and not walk.seat_has_it
        and not any(a.open and not a.joined for a in walk.attempts)
        and all(rung_done(walk, place) for place, rung in enumerate(rungs) if not SEATS & set(rung.targets))
    )  # fmt: skip


def _seats_until(walk: Walk) -> datetime:
    """How long the seats alone are waited for, when nobody else is left: one whole ring. One that declines is rung again and
    again, and so is a case that nobody takes: the supervisor must hear of it beside that."""
    if not _seats_ringing(walk):
        return walk.now
    ended = [a.ended_at for a in walk.attempts if a.ended_at is not None and a.round == walk.escalation.round]
    since = max([walk.escalation.rung_at or walk.escalation.started_at, *ended])
    return since + timedelta(seconds=walk.situation.figures.ring_seconds)


# --- phoning the elder back -----------------------------------------------------------------------------------------


def _call_back(walk: Walk) -> list[datetime]:
    """A dropped emergency stays unsafe: the terminal, then the elder's telephones, while nobody has the case in hand."""
    case, escalation = walk.case, walk.escalation
    if (
        escalation.drill or escalation.owner is not None or walk.seat_has_it or walk.on_the_line
        or case.state not in ("callback", "open") or case.ended_at is None
    ):  # fmt: skip
        return []
    made = [a for a in walk.attempts if a.rung == CALL_BACK and a.created_at >= case.ended_at]
    if any(a.open for a in made):
        return []
    waiting = []
    for order, target in enumerate(walk.situation.around.own):
        if _on_the_phone(walk, target):
            return []  # the call before, which is being let go
        tried = [a for a in made if a.target == target.key]
        if len(tried) >= walk.policy.call_back_tries or any(a.result in ("invalid_number", "refused") for a in tried):
            continue
        waiting.append((len(tried), order, _again_at(walk, target, tried) or walk.now, target))
    if not waiting:
        return []
    due = [entry for entry in waiting if entry[2] <= walk.now]
    if not due:
        return [min(entry[2] for entry in waiting)]
    dial(walk, min(due, key=lambda entry: entry[:2])[3], CALL_BACK, 25.0)
    return []


# --- exhausted ------------------------------------------------------------------------------------------------------


def _after_the_end(walk: Walk) -> list[datetime]:
    """Nobody was reached: the duty phones are paged, one after the other, again and again, until somebody takes it."""
    escalation = walk.escalation
    if escalation.state != "exhausted":
        return []
    if escalation.drill:
        attempts.end_drill(walk.situation, walk.decision, "drill_exhausted")
        return []
    if walk.seat_has_it or any(a.open and a.rung == PAGE for a in walk.attempts):
        return [walk.now + timedelta(seconds=SOON)] if walk.seat_has_it else []
    due = walk.now if escalation.paged_at is None else escalation.paged_at + timedelta(seconds=walk.policy.page_seconds)
    if due > walk.now:
        return [due]
    duty = walk.situation.around.duty
    walk.change(paged_at=walk.now, pages=escalation.pages + 1)
    walk.decision.note("supervisor_paged", count=escalation.pages + 1)
    in_turn = [duty[(escalation.pages + place) % len(duty)] for place in range(len(duty))]
    free = next((target for target in in_turn if not _on_the_phone(walk, target)), None)
    if free is not None:
        dial(walk, free, PAGE, 25.0)
    return [walk.now + timedelta(seconds=walk.policy.page_seconds)]
