"""Invariants of single calls: who is rung, how often, and whose word counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from domain.store import told_at

from callcenter.domain import facts
from callcenter.domain.effects import DialAttempt
from callcenter.domain.escalation import PERSONAL, Acknowledgement
from callcenter.domain.facts import NODE_LOST
from simulation.history import History
from simulation.replaying import Broken
from simulation.stage import SECOND
from simulation.truth import Rang

BEGUN_LATE_SECONDS = 2.1  # whole seconds, clocks that differ (ATT_UNTIL), and the dialplan's own milliseconds


def nobody_is_rung_twice(history: History) -> None:
    """2. No personal number is dialled while a leg to it is live, over all cases; 110/120 per case.

    Personal is whatever stands in the register for a daughter or a neighbour, or is an elder's own, whoever is meant by the call:
    a community worker and a supervisor may be somebody's neighbour. A phone that a lost node left ringing rings for its time, and
    counts. Not so who has picked up at a node that nobody hears any more: for how long they speak there nobody can know, and
    their telephone is engaged meanwhile. Nor a node that is back before it was given up: its phones are taken to have fallen
    silent with it, as with a single node.
    """
    personal = {target.number for contacts in history.night.store.contacts.values() for target in contacts if not target.shared}
    until = {**history.night.owned_until, **dict.fromkeys(personal, history.night.end)}
    live: dict[tuple[Any, ...], list[Rang]] = defaultdict(list)
    for rang in history.night.truth.legs:
        row = history.attempts[rang.id]
        if rang.way == "drill" and not row.public:
            key: tuple[Any, ...] = ("drill", row.case_id, rang.number)
        elif row.public:
            key = (row.case_id, rang.number)
        else:
            key = (rang.number,)
        owned = row.public or rang.way == "drill" or rang.start < until.get(rang.number, 0) or row.kind in PERSONAL
        live[key] = [other for other in live[key] if _is_live(history, other, rang.start)]
        for other in live[key]:
            if owned or history.attempts[other.id].kind in PERSONAL:
                raise Broken(
                    f"{rang.number} was dialled at {rang.start / SECOND:.3f} while a leg to it was live "
                    f"({other.id[:8]}, {rang.id[:8]})"
                )
        live[key].append(rang)


def _is_live(history: History, rang: Rang, moment: int) -> bool:
    row = history.attempts[rang.id]
    given_up = row.cause == NODE_LOST and row.ended_at is not None and history.night.stage.moment(row.ended_at) <= moment
    if given_up and rang.answered is not None:
        return False
    end = rang.died if rang.died is not None and not given_up else rang.end
    return end is None or end > moment


def one_id_one_leg(history: History) -> None:
    """3. One attempt id ⇒ at most one leg, ever, and that at the node that its row names."""
    seen: set[str] = set()
    for rang in history.night.truth.legs:
        if rang.id in seen:
            raise Broken(f"{rang.id[:8]} was dialled a second time, at {rang.start / SECOND:.3f}")
        seen.add(rang.id)
        if rang.node != (meant := history.attempts[rang.id].node):
            raise Broken(f"{rang.id[:8]} was dialled by {rang.node} at {rang.start / SECOND:.3f}, and belongs to {meant}")


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
            pressed = {digit for at, digit in history.night.truth.pressed.get(made.attempt_id, []) if at <= step.commit.moment}
            wanted = {"1", "0"}
            if not pressed & wanted:
                raise Broken(
                    f"{step.case.number}: {made.name} acknowledged ({made.kind}) without a key; pressed: {sorted(pressed)}"
                )


def what_is_stale_changes_nothing(history: History) -> None:
    """8. A stale fence changes nothing.

    There is no lease: what can be stale is a timer told late or twice, an order sent or begun after its time, the end of a leg told
    by an instance that no longer holds it, and whatever a node tells late of a call that is over for us.
    """
    for commit in history.night.database.commits:
        fact = commit.fact
        for before in commit.situation.attempts:
            now = commit.decision.attempts.get(before.id)
            if not before.open and now and replace(now, reference=before.reference) != before:
                raise Broken(f"{type(fact).__name__} changed the call to {before.name}, which was over ({before.result})")
        if isinstance(fact, facts.TimerDue) and (commit.timer is None or told_at(commit.timer) > commit.at):
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
    for rang in history.night.truth.legs:
        mine = [expires for decided, expires in orders[rang.id] if decided == rang.decided]
        if mine and rang.checked >= max(mine):
            raise Broken(f"{rang.id[:8]} was sent at {rang.checked / SECOND:.3f}, expired at {max(mine) / SECOND:.3f}")
        if len(history.night.nodes) > 1 and mine and rang.start > max(mine) + BEGUN_LATE_SECONDS * SECOND:
            raise Broken(f"{rang.id[:8]} was begun at {rang.start / SECOND:.3f}, expired at {max(mine) / SECOND:.3f}")
