"""Cases that call for a follow-up and how it stands with each (R-14, R-15): one reading for the follow-up desk and for the weekly
meeting, counted by ``domain/coverage.py``. Spot checks ask about a follow-up (V-5); they are none."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.coverage import CaseFollowed
from callcenter.domain.papers.follow_up import MISTAKEN
from callcenter.domain.period import Period

By = Literal["opened_at", "closed_at"]

_COVERED = """
    SELECT c.id, c.number, c.opened_at, c.closed_at, c.state = 'closed' AS closed, c.category, c.subcategory, c.source, c.agent_id,
        coalesce(m.name, c.caller_display) AS who, a.name AS owner,
        CASE WHEN c.kind = 'emergency' OR c.category = 'rescue' THEN 'rescue' WHEN c.category = 'life_help' THEN 'life_help'
            ELSE 'service' END AS kind,
        array_remove(array_agg(p.state), NULL) AS states, coalesce(bool_or(p.overdue AND p.state = 'due'), false) AS late
    FROM help_case c LEFT JOIN member m ON m.id = c.member_id LEFT JOIN agent a ON a.id = c.agent_id
        LEFT JOIN paper p ON p.case_id = c.id AND p.noun = 'follow_up' AND p.state <> 'not_needed'
            AND p.data->>'spot_check_of' IS NULL
    WHERE c.{by} >= :begins AND c.{by} < :ends
        AND c.source NOT IN ('drill', 'probe') AND c.unreasonable IS NULL AND coalesce(c.disposition, '') <> ALL(:mistaken)
        AND c.state IN ('open', 'closed') AND NOT c.red
        AND (c.kind = 'emergency' OR c.category IN ('rescue', 'life_help')
            OR (c.category = 'consultation' AND c.subcategory = 'service'))
    GROUP BY c.id, m.name, a.name ORDER BY c.{by}, c.number
"""


async def followed(connection: AsyncConnection, over: Period, by: By) -> list[tuple[CaseFollowed, sa.RowMapping]]:
    """Those opened, or closed, in the period, the oldest first; each with its row."""
    values: dict[str, Any] = {"begins": over.begins, "ends": over.ends, "mistaken": list(MISTAKEN)}
    rows = (await connection.execute(sa.text(_COVERED.format(by=by)), values)).mappings().all()
    return [
        (
            CaseFollowed(
                row["id"], row["number"], row["kind"], row["who"] or "", row["owner"] or "", row["opened_at"], row["closed"],
                tuple(row["states"]), row["late"],
            ),
            row,
        )
        for row in rows
    ]  # fmt: skip
