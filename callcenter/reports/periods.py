"""Periods of reports in the centre's own days: from a day to a day, both counted; ISO weeks by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from callcenter.domain.errors import Refused
from callcenter.reports.proof import span_of

By = Literal["day", "week", "month", "hour", "line", "seat", "person"]
LONGEST_DAYS = 400


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
    if last < first or (last - first).days >= LONGEST_DAYS:
        raise Refused(
            "bad_period", f"时间段不正确:最多 {LONGEST_DAYS} 天,且结束不早于开始。",
            f"The period is wrong: {LONGEST_DAYS} days at most, and it ends after it begins.",
            remedy_zh="请重新选择日期。", remedy_en="Choose other days.", status=422,
        )  # fmt: skip
    return Period(first, last, zone)


def week_of(day: date) -> str:
    """``2026-W48``"""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def of_week(week: str, zone: str) -> Period:
    """The seven days of an ISO week. Raises Refused for a name that is none."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    if first is None:
        raise Refused("no_such_week", "没有这一周。", "There is no such week.", status=404)
    return Period(first, first + timedelta(days=6), zone)
