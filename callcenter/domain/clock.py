"""How times are written to people and programs outside: one spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds: ``2026-11-21T12:00:00.000Z``; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
