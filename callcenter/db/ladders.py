"""Ladders for the eye: what a case's ladder is now, with all it needs to be shown. Reads only, without locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import ladder_rows, rows
from callcenter.db.situation_sql import LADDER
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Report
from callcenter.domain.escalation import Around, Attempt, Escalation

_STORED = sa.text(f"""
    SELECT to_jsonb(h) AS the_case, ({LADDER}) AS ladder,
        (SELECT coalesce(json_agg(to_jsonb(l)), '[]') FROM call_leg l WHERE l.case_id = h.id) AS legs
    FROM help_case h WHERE h.id = :case
""")  # noqa: S608 - the part comes from situation_sql.py
_LIVE = sa.text("""
    SELECT case_id FROM escalation e WHERE state <> 'ended' OR EXISTS (
        SELECT 1 FROM attempt a WHERE a.case_id = e.case_id AND a.state IN ('intent', 'claimed', 'ringing', 'answered'))
""")


@dataclass(frozen=True)
class StoredLadder:
    """A case with its ladder and everybody around it."""

    case: Case
    escalation: Escalation
    attempts: Sequence[Attempt]
    around: Around
    legs: Sequence[Leg]
    report: Report | None


async def stored_ladder(connection: AsyncConnection, case_id: UUID) -> StoredLadder | None:
    """The ladder of this case; None when it has none."""
    found = (await connection.execute(_STORED, {"case": case_id})).one_or_none()
    if found is None or found.ladder is None:
        return None
    ladder = found.ladder
    return StoredLadder(
        rows.case_from(found.the_case), ladder_rows.escalation_from(ladder["escalation"]),
        [ladder_rows.attempt_from(row) for row in ladder["attempts"]], ladder_rows.around_from(ladder),
        [rows.leg_from(row) for row in found.legs], ladder_rows.report_from(ladder["report"]) if ladder["report"] else None,
    )  # fmt: skip


async def live_ladders(connection: AsyncConnection) -> list[UUID]:
    """Cases whose ladder has not ended, or still has somebody on the line."""
    return list((await connection.execute(_LIVE)).scalars())
