"""Spans of the centre's own days, both ends counted: of a question, a month, an ISO week. The one place that computes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.domain.clock import next_month
from callcenter.domain.errors import Refused

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days outside are slips of a finger, and not every time zone could tell when they begin."""
LONGEST_DAYS = 400
NO_MOMENT = "须为带时区的时间,如 2026-11-29T08:00:00+08:00。A time with its zone, such as 2026-11-29T08:00:00+08:00."


def as_day(value: object) -> object:
    """A day as it is sent, read; what is no text is left to whoever validates. Raises ValueError."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("须为日期,如 2026-11-29。A day such as 2026-11-29.") from None


def as_moment(value: object) -> object:
    """A time as it is sent, read: with its zone, in years that every zone can tell; what is no text or time is left to whoever
    validates. Raises ValueError."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(NO_MOMENT) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(NO_MOMENT)
        if not FIRST_DAY < value.replace(tzinfo=None).date() < LAST_DAY:
            raise ValueError(f"时间须在 {FIRST_DAY} 和 {LAST_DAY} 之间。A time between {FIRST_DAY} and {LAST_DAY}.")
    return value


@dataclass(frozen=True)
class Period:
    """``first`` and ``last`` are counted. ``zone``: the centre's."""

    first: date
    last: date
    zone: str

    @property
    def begins(self) -> datetime:
        return span_of(self.first, self.zone)[0]

    @property
    def ends(self) -> datetime:
        return span_of(self.last, self.zone)[1]

    @property
    def parameters(self) -> dict[str, object]:
        """For the queries."""
        return {"begins": self.begins, "ends": self.ends, "zone": self.zone}


def period(first: date, last: date, zone: str) -> Period:
    """Raises Refused for days in the wrong order, and for more than a report can hold."""
    if not FIRST_DAY <= first <= last <= LAST_DAY or (last - first).days >= LONGEST_DAYS:
        raise Refused(
            "bad_period", f"时间段不正确:最多 {LONGEST_DAYS} 天,且结束不早于开始。没有查询,也没有改动任何数据。",
            f"The period is wrong: {LONGEST_DAYS} days at most, and it ends after it begins. Nothing was read or changed.",
            remedy_zh="请重新选择开始和结束日期。", remedy_en="Choose another first and last day.", status=400,
        )  # fmt: skip
    return Period(first, last, zone)


def span_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day of the centre begins and ends: 23 or 25 hours where clocks are moved."""
    tz = ZoneInfo(zone)
    return datetime.combine(day, time(), tz), datetime.combine(day + timedelta(days=1), time(), tz)


def last_days(today: date, days: int, zone: str) -> Period:
    """So many days, today the last of them."""
    return period(today - timedelta(days=days - 1), today, zone)


def of_month(month: str, zone: str) -> Period:
    """``2026-11``. Raises ValueError for a name that is none; doors check it."""
    first = date.fromisoformat(f"{month}-01")
    return Period(first, next_month(first) - timedelta(days=1), zone)


def week_of(day: date) -> str:
    """``2026-W48``"""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def of_week(week: str, zone: str) -> Period:
    """The seven days of an ISO week. Raises Refused for a name that is none."""
    found = re.fullmatch(r"(2[01]\d{2})-W(\d{2})", week)
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None:
        raise Refused(
            "no_such_week", "没有这一周。", "There is no such week.",
            remedy_zh="请从列表中选择周,如 2026-W48。", remedy_en="Choose a week of the list, such as 2026-W48.", status=404,
        )  # fmt: skip
    return Period(first, first + timedelta(days=6), zone)
