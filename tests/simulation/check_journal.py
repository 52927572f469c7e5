"""Invariants of what is remembered: facts in another order, told twice, and told from the journal; frozen policies."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import orjson

from callcenter.db import ladder_rows
from callcenter.domain.escalation import Attempt, Escalation
from callcenter.domain.policy import Policy
from simulation.history import History
from simulation.replaying import Broken


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
