"""《典型案例集》 (R-6, S-3): the cases that were chosen, as a table; the pages to read are the console's."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.period import Period, week_of
from callcenter.reports.tables import Column, Report, Table

_CHOSEN = sa.text("""
    SELECT p.id, p.case_id, p.data, c.number, c.category, c.subcategory, a.name AS by, d.name AS chosen_by
    FROM paper p JOIN help_case c ON c.id = p.case_id LEFT JOIN agent a ON a.id = p.opened_by LEFT JOIN agent d ON d.id = p.done_by
    WHERE p.noun = 'typical_case' AND p.state = 'selected' AND p.data->>'week' BETWEEN :from_week AND :to_week
    ORDER BY p.data->>'week', p.opened_at
""")
_COLUMNS = (
    Column("week", "周", "Week", "text"), Column("title", "标题", "Title", "text"), Column("text", "案例", "Case study", "long"),
    Column("comment", "评语", "Comment", "long"), Column("by", "编写人", "Written by", "text"),
    Column("chosen_by", "评选人", "Chosen by", "text"), Column("number", "求助件", "Case", "text"),
)  # fmt: skip


async def collection(connection: AsyncConnection, over: Period) -> Report:
    span = {"from_week": week_of(over.first), "to_week": week_of(over.last)}
    rows = [
        {
            "id": str(row.id), "case_id": str(row.case_id), "week": row.data["week"], "title": row.data["title"],
            "text": row.data["text"], "comment": row.data.get("comment", ""), "by": row.by or "", "chosen_by": row.chosen_by or "",
            "number": row.number,
        }
        for row in await connection.execute(_CHOSEN, span)
    ]  # fmt: skip
    table = Table("collection", "典型案例集", "Typical cases", _COLUMNS, rows)
    return Report("collection", "典型案例集", "Typical cases", str(over.first), str(over.last), (table,))
