"""Remember a decision: one statement, so that all of it is kept or none of it, in one round trip.

The case and its seats change only if they still have the version the decision was made on; otherwise ``Conflict`` and the
caller loads and decides again. The partial unique indexes of tables.py catch what no version can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import sqlalchemy as sa

from callcenter.db import ladder_rows, papers, rows, tables
from callcenter.db.link import Link, Statement, statement
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.offers import home_of

CHANNEL = "callcenter_changed"
"""PostgreSQL notification channel: other instances refetch what these ids name."""


class Conflict(Exception):
    """Somebody else was faster: load and decide again. Nothing was changed."""


def _upsert(table: sa.Table, source: str, key: Iterable[str], only: str = "true") -> str:
    keys = tuple(key)
    columns = [column.name for column in table.columns]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    listed = ", ".join(f'"{name}"' for name in columns)
    # Names of our own tables and columns only; values are parameters.
    return (
        f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM jsonb_populate_recordset(NULL::"{table.name}", '  # noqa: S608
        f"CAST({source} AS jsonb)) ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets} WHERE {only} RETURNING 1"
    )


SEATS = """
    UPDATE seat SET presence = n.presence, since = n.since, idle_since = n.idle_since,
        agent_id = n.agent_id, pause_reason = n.pause_reason,
        case_id = n.case_id, emergency_only = n.emergency_only, missed_offers = n.missed_offers,
        pause_until = n.pause_until, pause_long = n.pause_long, version = seat.version + 1
    FROM jsonb_to_recordset(CAST(:seats AS jsonb)) AS n(extension text, presence text, since timestamptz,
        idle_since timestamptz, agent_id uuid,
        pause_reason text, case_id uuid, emergency_only boolean, missed_offers int, expected int,
        pause_until timestamptz, pause_long boolean)
    WHERE seat.extension = n.extension AND seat.version = n.expected RETURNING 1
"""
"""Seats change only if they have the version that was decided on; a row of each that did."""
# A leg belongs to one case: who would put it into another was slower than the one who opened the first. Only what was given up with
# its node may be found again in another (domain: case_of_arrival).
_SAME_CASE = "call_leg.case_id = excluded.case_id OR (call_leg.state = 'down' AND call_leg.cause = 'node_lost')"
_SAME_PAPER = "paper.case_id = excluded.case_id AND paper.noun = excluded.noun AND paper.version = excluded.version - 1"
# Each part is a WITH of the one statement, and is left out when there is nothing for it: starting a part that does nothing costs
# PostgreSQL as much as some that do.
_PARTS = {
    # Only if nobody has made a newer version of the case since the one that was read.
    "cases": _upsert(tables.case, ":cases", ["id"], "help_case.version = excluded.version - 1"),
    "legs": _upsert(tables.leg, ":legs", ["id"], _SAME_CASE),
    "tasks": _upsert(tables.task, ":tasks", ["id"]),
    "ladders": _upsert(tables.escalation, ":ladders", ["case_id"]),
    "attempts": _upsert(tables.attempt, ":attempts", ["id"]),
    "reports": _upsert(tables.report, ":reports", ["case_id"]),
    # A paper belongs to one case and is one thing for ever: an id that is somewhere else already is nobody's to take.
    "papers": _upsert(tables.paper, ":papers", ["id"], _SAME_PAPER),
    "timers": _upsert(tables.timer, ":timers", ["case_id", "kind"]),
    "dropped": "DELETE FROM timer WHERE case_id = CAST(:case AS uuid) AND kind = ANY(CAST(:dropped AS text[])) RETURNING 1",
    "entries": """
        INSERT INTO journal (case_id, seq, at, kind, agent_id, data)
        SELECT CAST(:case AS uuid), coalesce((SELECT max(seq) FROM journal WHERE case_id = CAST(:case AS uuid)), 0) + e.place,
            e.at, e.kind, e.agent_id, e.data
        FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS e(place int, at timestamptz, kind text, agent_id uuid, data jsonb)
        RETURNING 1
    """,
    "seats": SEATS,
    "recordings": """
        INSERT INTO recording (id, case_id, name, node, seat, state, started_at)
        SELECT n.id, CAST(:case AS uuid), n.name, n.node, n.seat, 'recording', n.started_at
        FROM jsonb_to_recordset(CAST(:recordings AS jsonb)) AS n(id uuid, name text, node text, seat text, started_at timestamptz)
        ON CONFLICT (name) DO NOTHING RETURNING 1
    """,
    "tested": """UPDATE terminal SET last_test_at = clock_timestamp(), version = version + 1
        WHERE serial = CAST(:tested AS text) RETURNING 1""",
}
# Somebody was faster when fewer rows changed than were decided.
_WHOLE = {
    "cases": "(SELECT count(*) FROM cases) = 1",
    "seats": "(SELECT count(*) FROM seats) = CAST(:expected AS int)",
    "legs": "(SELECT count(*) FROM legs) = jsonb_array_length(CAST(:legs AS jsonb))",
    "papers": "(SELECT count(*) FROM papers) = jsonb_array_length(CAST(:papers AS jsonb))",
}


@cache
def _statement(parts: frozenset[str]) -> Statement:
    """What saves a decision that consists of these parts."""
    used = [name for name in _PARTS if name in parts]
    # A division by nothing ends the statement, and with it all that it did: somebody was faster.
    # The case comes first: whoever saves it waits here for whoever is saving it, and neither holds what the other needs.
    whole = " AND ".join(_WHOLE[name] for name in _WHOLE if name in parts)
    return statement(
        f"WITH {', '.join(f'{name} AS ({_PARTS[name]})' for name in used)} "
        f"SELECT 1 / (CASE WHEN {whole} THEN 1 ELSE 0 END), pg_notify('{CHANNEL}', CAST(:notice AS text))"
    )


async def save(link: Link, situation: Situation, decision: Decision, *, fired: str | None = None) -> None:
    """Keep ``decision``, in the transaction if one has begun. ``fired``: kind of the timer that led to it and is used up.

    Raises Conflict when a seat or a unique index says that somebody was faster.
    """
    case = decision.case or situation.case
    if case is None:
        return
    timers = {kind: timer for kind, timer in decision.timers.items() if timer is not None}
    dropped = [kind for kind, timer in decision.timers.items() if timer is None]
    if fired is not None and fired not in timers:
        dropped.append(fired)
    node = home_of(situation, decision)
    given: dict[str, Any] = {
        # A change of a leg or a journal line is a new version of the case too: consoles order what they see by it.
        "cases": [rows.case_to(case)],
        "legs": [rows.leg_to(leg) for leg in decision.legs.values()],
        "tasks": [rows.task_to(task) for task in decision.tasks.values()],
        "papers": [papers.paper_to(paper) for paper in decision.papers.values()],
        "timers": [
            {"case_id": case.id, "kind": t.kind, "due_at": t.due_at, "data": t.data, "lane": t.lane} for t in timers.values()
        ],
        "ladders": [ladder_rows.escalation_to(decision.escalation)] if decision.escalation else [],
        "attempts": [ladder_rows.attempt_to(attempt) for attempt in decision.attempts.values()],
        "reports": [ladder_rows.report_to(case.id, decision.report)] if decision.report else [],
        "entries": [
            {"place": place, "at": entry.at or decision.now, "kind": entry.kind, "agent_id": entry.agent_id, "data": entry.data}
            for place, entry in enumerate(decision.entries, start=1)
        ],
        "seats": [rows.seat_to(seat, situation.seats[name].version) for name, seat in sorted(decision.seats.items())],
        "recordings": [
            {"id": uuid4(), "name": new.name, "node": node, "seat": new.seat, "started_at": decision.now}
            for new in decision.new_recordings
        ],
    }  # fmt: skip
    parameters: dict[str, Any] = {name: as_json(value) for name, value in given.items() if value}
    if dropped:
        parameters["dropped"] = dropped
    if decision.terminal_tested is not None:
        parameters["tested"] = decision.terminal_tested
    saving = _statement(frozenset(parameters))
    parameters |= {
        "case": case.id,
        "expected": len(decision.seats),
        "notice": f"{situation.instance} case {case.id} " + ",".join(decision.seats),
    }
    try:
        if decision.closed_recordings or decision.discarded_recordings or decision.warnings or decision.pages:
            await link.begin()
        await link.row(saving, **parameters)
        for closed in decision.closed_recordings:
            # After the insert above: a call may be imported with its recording already over.
            state = "finished" if closed.ok else "lost"
            await link.row(_CLOSE_RECORDING, name=closed.name, state=state, seconds=closed.seconds)
        if decision.discarded_recordings:  # also what has just been taken over from safe mode
            await link.row(_DISCARD, names=decision.discarded_recordings)
        for kind, account in decision.warnings:
            await link.row(_WARN, id=uuid4(), kind=kind, account=account)
        for page in decision.pages:
            by = next((entry.agent_id for entry in decision.entries if entry.agent_id), None)
            await link.row(_PAGE, roles=list(page.roles), text=page.text, due_at=page.due_at, by=by)
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DeadlockDetectedError) as error:
        raise Conflict(str(error).splitlines()[0]) from error
    except asyncpg.DivisionByZeroError as error:
        raise Conflict("the case or a seat has moved on, or the call has its case already") from error


_CLOSE_RECORDING = statement("""
    UPDATE recording SET state = :state, seconds = CAST(:seconds AS float) WHERE name = :name AND state = 'recording'
""")


_DISCARD = statement("""
    UPDATE recording SET state = 'refused', tries = 0, try_at = NULL
    WHERE name = ANY(CAST(:names AS text[])) AND state IN ('recording', 'finished', 'stored', 'lost')
""")


_WARN = statement("""
    INSERT INTO warning (id, at, kind, account) VALUES (CAST(:id AS uuid), clock_timestamp(), :kind, :account)
""")


# Who tells it: who did what led to it; what the clock tells comes from the case's owner, or from whoever it is for.
_PAGE = statement("""
    INSERT INTO duty_message (id, written_at, written_by, agent_id, text, due_at, state)
    SELECT gen_random_uuid(), clock_timestamp(), coalesce(CAST(:by AS uuid), a.id), a.id, CAST(:text AS text),
        CAST(:due_at AS timestamptz), 'sent'
    FROM agent a WHERE a.active AND a.role = ANY(CAST(:roles AS text[]))
""")


def as_json(value: Any) -> str:
    """What a statement's jsonb parameter takes."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> str:
    """The driver's own UUID class, which orjson does not know."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")
