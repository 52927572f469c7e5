"""Inspections of 内务卫生 and 劳动纪律 (T-3): what was scored stays; scored again the same day, the latest counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.duty_room_tables import inspection
from callcenter.db.tables import agent
from callcenter.domain import inspection as rules
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

_LATEST = sa.text("""
    SELECT DISTINCT ON (i.day, i.rubric, i.area, i.agent_id) i.*, coalesce(i.area, p.name) AS subject, s.name AS scorer
    FROM inspection i LEFT JOIN agent p ON p.id = i.agent_id JOIN agent s ON s.id = i.scored_by
    WHERE i.day > :since ORDER BY i.day DESC, i.rubric, i.area, i.agent_id, i.id DESC
""")


@dataclass(frozen=True)
class Inspections:
    """Reads and adds."""

    engine: AsyncEngine

    async def all(self, today: date, days: int) -> dict[str, Any]:
        """``{rubrics, areas, people, scores, trend}`` of the last ``days`` days."""
        async with self.engine.connect() as connection:
            return await _all(connection, today, days)

    async def score(
        self, by: UUID, today: date, *, day: date, rubric: rules.Rubric, area: str | None, agent_id: UUID | None,
        scores: dict[str, int], remark: str,
    ) -> dict[str, Any]:  # fmt: skip
        """One more inspection, of an area or a person, of today or a day before. Raises Refused."""
        total, most = rules.total(rubric, scores)
        if day > today:
            raise Refused("bad_day", "不能考核将来的日期。没有保存。", "A day to come cannot be scored. Nothing was saved.",
                          rule="T-3", status=422)  # fmt: skip
        values = {"day": day, "rubric": rubric, "area": area, "agent_id": agent_id, "scores": scores, "remark": remark}
        async with self.engine.begin() as connection:
            try:
                await connection.execute(sa.insert(inspection).values(**values, total=total, most=most, scored_by=by))
            except IntegrityError:
                raise Refused("not_found", "没有这个人员。没有保存。", "There is no such person; nothing was saved.",
                              rule="T-3", status=404) from None  # fmt: skip
            return await _all(connection, today, 30)


async def _all(connection: AsyncConnection, today: date, days: int) -> dict[str, Any]:
    rows = list((await connection.execute(_LATEST, {"since": today - timedelta(days=days)})).mappings())
    people = await connection.execute(sa.select(agent.c.id, agent.c.name).where(agent.c.active).order_by(agent.c.name))
    found = [rules.Score(row["day"], row["rubric"], row["subject"], row["total"], row["most"]) for row in rows]
    return {
        "rubrics": [{"id": rubric, "items": [asdict(item) for item in items]} for rubric, items in rules.RUBRICS.items()],
        "areas": list(rules.AREAS),
        "people": [{"id": str(row.id), "name": row.name} for row in people],
        "scores": [
            {
                "id": row["id"], "day": row["day"].isoformat(), "rubric": row["rubric"], "subject": row["subject"],
                "scores": row["scores"], "total": row["total"], "most": row["most"], "remark": row["remark"], "by": row["scorer"],
                "scored_at": iso(row["scored_at"]),
            }
            for row in rows
        ],
        "trend": [{"day": day.isoformat(), "rubric": rubric, "share": share} for day, rubric, share in rules.trend(found)],
    }  # fmt: skip
