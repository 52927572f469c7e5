"""All that the console's HTTP interface asks of the ladder, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.domain.decision import Figures
from callcenter.escalation.drills import Asks, Drills
from callcenter.escalation.duty import DutyPhones
from callcenter.escalation.policies import Policies
from callcenter.escalation.queries import LadderQueries
from callcenter.settings import Settings


@dataclass(frozen=True)
class Escalations:
    """Policy, duty phones, drills, and what is read of ladders."""

    policies: Policies
    duty_phones: DutyPhones
    drills: Drills
    ladders: LadderQueries

    @classmethod
    def build(cls, engine: AsyncEngine, settings: Settings, processor: Asks, figures: Figures) -> Escalations:
        return cls(
            Policies(engine, settings, figures),
            DutyPhones(engine, settings),
            Drills(engine, processor),
            LadderQueries(engine, settings.time_zone),
        )
