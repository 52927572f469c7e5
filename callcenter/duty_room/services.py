"""All that the console asks of the duty room, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.duty_room.inspections import Inspections
from callcenter.duty_room.messages import Messages
from callcenter.duty_room.press_register import PressRegister
from callcenter.duty_room.roster import Roster
from callcenter.duty_room.shifts import Shifts
from callcenter.settings import Settings


@dataclass(frozen=True)
class DutyRoom:
    """Roster, shifts, messages, inspections, press."""

    roster: Roster
    shifts: Shifts
    messages: Messages
    inspections: Inspections
    press: PressRegister

    @classmethod
    def build(cls, engine: AsyncEngine, settings: Settings, warning_words: Mapping[str, tuple[str, str]]) -> DutyRoom:
        zone = settings.time_zone
        return cls(
            Roster(engine, zone),
            Shifts(engine, zone, dict(warning_words)),
            Messages(engine),
            Inspections(engine),
            PressRegister(engine, settings.data_dir),
        )
