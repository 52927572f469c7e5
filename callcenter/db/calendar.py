"""The centre's calendar out of the national table and the centre's own rows.

The national table is the package chinesecalendar: what the State Council published, years 2004 to the last that its version knows.
It is brought up to date with the package; a centre that cannot wait enters the days itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from chinese_calendar import constants
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.calendar_tables import day_exception, line_hours
from callcenter.domain.calendar import Calendar, Hours


@cache
def national() -> tuple[Mapping[date, bool], frozenset[int]]:
    """Days that are not as their weekday says (True: worked), and the years for which that is known."""
    days = dict.fromkeys((*constants.holidays, *constants.in_lieu_days), False) | dict.fromkeys(constants.workdays, True)
    return days, frozenset(day.year for day in constants.holidays)


def calendar_of(zone: str, exceptions: Iterable[Mapping[str, Any]]) -> Calendar:
    """The calendar with these rows of ``day_exception``."""
    days, years = national()
    own = {date.fromisoformat(row["day"]) if isinstance(row["day"], str) else row["day"]: row["works"] for row in exceptions}
    return Calendar(zone, days, years, own)


def hours_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Hours, ...]:
    return tuple(Hours(row["days"], row["opens"], row["closes"]) for row in rows)


async def load_calendar(connection: AsyncConnection, zone: str) -> Calendar:
    """The centre's calendar as it is now. ``zone``: IANA name (the setting ``time_zone``)."""
    found = await connection.execute(sa.select(day_exception))
    return calendar_of(zone, [dict(row) for row in found.mappings()])


async def load_hours(connection: AsyncConnection, line: str) -> tuple[Hours, ...]:
    """When ``line`` is served; none: around the clock."""
    found = await connection.execute(sa.select(line_hours).where(line_hours.c.line == line))
    return hours_of(dict(row) for row in found.mappings())
