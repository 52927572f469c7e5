"""When lines are served, and the centre's own work days and holidays, as the administrator sees and sets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import tables
from callcenter.db.access import note_access
from callcenter.db.calendar import load_calendar
from callcenter.domain.calendar import Hours
from callcenter.domain.errors import Refused

HOURS_MOST = 12


@dataclass(frozen=True)
class Opening:
    """Reads and changes. ``zone``: IANA name of the centre's time zone."""

    engine: AsyncEngine
    zone: str

    async def of_year(self, year: int) -> dict[str, Any]:
        """``{year, known, days: [{day, works, own, name}], lines: [{number, kind, name, hours: [{days, opens, closes}]}]}``.

        ``days``: those that are not as their weekday says, and the centre's own; ``known``: whether the national table has it.
        """
        async with self.engine.connect() as connection:
            return await self._year(connection, year)

    async def set_day(self, by: UUID, day: date, works: bool, name: str) -> dict[str, Any]:
        """The centre's own word on one day; it counts more than the national table."""
        values = {"day": day, "works": works, "name": name}
        async with self.engine.begin() as connection:
            await connection.execute(
                insert(tables.day_exception).values(values).on_conflict_do_update(index_elements=["day"], set_=values)
            )
            await note_access(connection, by, "day_set", day.isoformat())
            return await self._year(connection, day.year)

    async def clear_day(self, by: UUID, day: date) -> dict[str, Any]:
        """The day is as the national table says again."""
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(tables.day_exception).where(tables.day_exception.c.day == day))
            await note_access(connection, by, "day_cleared", day.isoformat())
            return await self._year(connection, day.year)

    async def set_hours(self, by: UUID, line: str, hours: Sequence[Mapping[str, Any]], year: int) -> dict[str, Any]:
        """When ``line`` is served; none: around the clock. An emergency line always is (Refused ``always_open``)."""
        try:
            wanted = [Hours(each["days"], each["opens"], each["closes"]) for each in hours]
        except ValueError:
            raise Refused(
                "bad_hours", "开始时间必须早于结束时间。", "A line opens before it closes, on the same day.",
                remedy_zh="跨夜请分两行填写。", remedy_en="Beyond midnight is a second row.", rule="R-2", status=422,
            ) from None  # fmt: skip
        async with self.engine.begin() as connection:
            kind = await connection.scalar(sa.select(tables.line.c.kind).where(tables.line.c.number == line))
            if kind is None:
                raise Refused("no_such_line", "没有这条线路。", "There is no such line.", status=404)
            if kind == "emergency" and wanted:
                raise Refused(
                    "always_open", "紧急求助线路24小时开放,不能设置时间。", "An emergency line is served around the clock.",
                    rule="R-2", status=422,
                )  # fmt: skip
            await connection.execute(sa.delete(tables.line_hours).where(tables.line_hours.c.line == line))
            if wanted:
                rows = [{"id": uuid4(), "line": line, "days": h.days, "opens": h.opens, "closes": h.closes} for h in wanted]
                await connection.execute(sa.insert(tables.line_hours), rows)
            await note_access(connection, by, "hours_set", line)
            return await self._year(connection, year)

    async def _year(self, connection: AsyncConnection, year: int) -> dict[str, Any]:
        calendar = await load_calendar(connection, self.zone)
        names = {row.day: row.name for row in await connection.execute(sa.select(tables.day_exception))}
        days = []
        for place in range(366):
            day = date(year, 1, 1) + timedelta(days=place)
            if day.year == year and (day in names or calendar.works(day) != (day.weekday() < 5)):
                days.append({"day": day.isoformat(), "works": calendar.works(day), "own": day in names, "name": names.get(day, "")})
        lines = await connection.execute(
            sa.text("""
                SELECT l.number, l.kind, l.name, coalesce(json_agg(json_build_object('days', h.days, 'opens', h.opens,
                    'closes', h.closes) ORDER BY h.days, h.opens) FILTER (WHERE h.id IS NOT NULL), '[]') AS hours
                FROM line l LEFT JOIN line_hours h ON h.line = l.number GROUP BY l.number ORDER BY l.number
            """)
        )
        known = year in calendar.years
        return {"year": year, "known": known, "days": days, "lines": [dict(row) for row in lines.mappings()]}
