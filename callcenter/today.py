"""Which day it is at the centre. Pure code is given the day; this is where it is read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today_in(zone: str) -> date:
    """The calendar day in the IANA time zone ``zone`` by this machine's clock."""
    return datetime.now(ZoneInfo(zone)).date()
