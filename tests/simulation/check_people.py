"""Invariants of what people meet: a second press, progress after faults, thanks for everybody who takes charge."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from callcenter.domain import facts
from callcenter.domain.announcements import THANKS_BOTH, THANKS_GOING
from callcenter.domain.case import Case
from callcenter.domain.effects import Connect
from callcenter.domain.escalation import Acknowledgement
from simulation.history import PROGRESS_SECONDS, After, History
from simulation.replaying import Broken
from simulation.stage import SECOND
from simulation.truth import SPOKEN, Rang


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
    for node in history.night.nodes:
        for leg_id, call in node.safe_mode.items():
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
    for at, who, what, until in night.truth.played:
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
                rang = next((r for r in night.truth.legs if r.id == ack.attempt_id), None)
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
    manner = history.night.truth.hung_up_by_phone.get(rang.id)
    if manner is not None and manner < step.commit.moment + 3 * SECOND:
        return  # they hung up themselves
    if not whole or max(whole) < 2 * SECOND or stayed < 2 * SECOND:
        raise Broken(
            f"{ack.name} pressed 1 and was cut off after {stayed / SECOND:.3f} s, "
            f"{max(whole, default=0) / SECOND:.3f} s into the thanks"
        )
