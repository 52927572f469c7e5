"""Work days, holidays and opening hours of the centre: pure, for lines, deadlines and reports alike.

A day works or not. The centre's own exception says so first (a holiday that it serves, a day on which it moves house), then the
national table (public holidays, and the weekends that are worked for them), then the weekday: Monday to Friday works. The
State Council publishes a year's holidays in November of the year before; a year that nobody told us yet is counted by weekdays,
and ``known`` says so.

How to use it: read one with ``callcenter.db.calendar.load_calendar``, then ask. Days are ``date`` in the centre's time zone;
moments are aware ``datetime`` of any zone and come back in the centre's. Nothing here reads a clock.

    calendar.works(date(2026, 10, 1))              False: National Day
    calendar.works(date(2026, 10, 10))             True: a Saturday that is worked for it
    calendar.work_day_after(day, 3)                the third work day after ``day``
    calendar.after(moment, 3)                      72 hours later: "three days" where a text says no more
    calendar.after(moment, 3, work_days=True)      the same time of the third work day after
    calendar.opens(hours, moment)                  when a line that is closed at ``moment`` opens
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
FARTHEST_DAYS = 370  # how far ahead an opening is looked for: a line that opens on no day of a year never does

Days = Literal["every", "work", "off"]


@dataclass(frozen=True)
class Hours:
    """A line is served on these days from ``opens`` to ``closes``: minutes since midnight, ``closes`` excluded.

    ``every`` day, ``work`` days, or days ``off``. Beyond midnight is the next day's row: 20:00–08:00 is two rows.
    """

    days: Days
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY_MINUTES:
            raise ValueError(f"opening hours must lie within one day and not be empty: {self.opens} to {self.closes} minutes")


@dataclass(frozen=True)
class Calendar:
    """``national``: only days that are not as their weekday says, True where people work. ``exceptions``: the centre's own,
    which count more. ``years``: those whose national table is known."""

    zone: str = "Asia/Shanghai"
    national: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    # --- days -------------------------------------------------------------------------------------------------------

    def works(self, day: date) -> bool:
        """Whether people work on ``day``."""
        for table in (self.exceptions, self.national):
            if day in table:
                return table[day]
        return day.weekday() < 5

    def known(self, day: date) -> bool:
        """Whether somebody has said which days of this year are holidays; else only weekdays are known."""
        return day in self.exceptions or day.year in self.years

    def work_days(self, first: date, last: date) -> int:
        """How many work days lie from ``first`` to ``last``, both counted; 0 when ``last`` is before ``first``."""
        return sum(self.works(day) for day in _days(first, (last - first).days + 1))

    def work_day_after(self, day: date, count: int) -> date:
        """The ``count``-th work day after ``day``, which itself is not counted. Raises ValueError for a count below 1."""
        if count < 1:
            raise ValueError("the first work day after a day is number 1")
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    # --- moments ----------------------------------------------------------------------------------------------------

    def day_of(self, moment: datetime) -> date:
        """The day that ``moment`` belongs to at the centre."""
        return moment.astimezone(self.tz).date()

    def at(self, day: date, minute: int) -> datetime:
        """``minute`` minutes after midnight of ``day`` at the centre; 1440 is the next midnight."""
        return datetime.combine(day, time(), self.tz) + timedelta(minutes=minute)

    def after(self, moment: datetime, days: int, *, work_days: bool = False) -> datetime:
        """``days`` days after ``moment``, at the same time of day; ``work_days``: only those are counted."""
        local = moment.astimezone(self.tz)
        day = self.work_day_after(local.date(), days) if work_days else local.date() + timedelta(days=days)
        return local.replace(year=day.year, month=day.month, day=day.day)

    # --- opening hours ----------------------------------------------------------------------------------------------

    def is_open(self, hours: Iterable[Hours], moment: datetime) -> bool:
        """Whether a line with these hours is served at ``moment``. No hours at all: it is always."""
        hours = tuple(hours)
        local = moment.astimezone(self.tz)
        minute = local.hour * 60 + local.minute
        return not hours or any(h.opens <= minute < h.closes for h in self._of_day(hours, local.date()))

    def opens(self, hours: Iterable[Hours], moment: datetime) -> datetime | None:
        """When a line that is closed at ``moment`` is served again; None: it is open, or opens on no day within a year."""
        hours = tuple(hours)
        if self.is_open(hours, moment):
            return None
        for day in _days(self.day_of(moment), FARTHEST_DAYS):
            later = [at for h in self._of_day(hours, day) if (at := self.at(day, h.opens)) > moment]
            if later:
                return min(later)
        return None

    def _of_day(self, hours: Iterable[Hours], day: date) -> Iterator[Hours]:
        kind = "work" if self.works(day) else "off"
        return (h for h in hours if h.days in ("every", kind))


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=place) for place in range(count))
