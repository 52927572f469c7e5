"""Reports as the doors see them: which there are, who may read them, and a pool of their own that only reads and gives up early, so
that no question ever holds up a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.domain.period import Period
from callcenter.domain.roles import Role
from callcenter.reports.calls import calls_and_cases
from callcenter.reports.collection import collection
from callcenter.reports.fees import fees
from callcenter.reports.providers import assessment
from callcenter.reports.service_level import By, service_level
from callcenter.reports.tables import Report
from callcenter.reports.weeks import PERSONS, Weeks

Kind = Literal["service", "calls", "providers", "fees", "collection"]
LEADERS: frozenset[Role] = frozenset({"supervisor", "group_leader", "department_head"})
MAY_READ: Mapping[Kind, frozenset[Role]] = {
    "service": LEADERS | {"administrator"},
    "calls": LEADERS | {"administrator"},
    "providers": LEADERS | {"administrator", "business_development"},
    "fees": LEADERS | {"finance"},
    "collection": LEADERS | {"seat", "dispatcher"},
}


@dataclass(frozen=True)
class Reports:
    """``reads``: the pool of ``db/engine.py: create_report_engine``."""

    reads: AsyncEngine
    weeks: Weeks
    zone: str

    @classmethod
    def build(cls, engine: AsyncEngine, reads: AsyncEngine, zone: str) -> Self:
        return cls(reads, Weeks(engine, reads, zone), zone)

    async def report(self, kind: Kind, over: Period, by: By = "day") -> Report:
        """One of them over these days."""
        async with self.reads.connect() as connection:
            return await _made(connection, kind, over, by)

    def persons(self, role: str) -> bool:
        """Whether this role may read of people."""
        return role in PERSONS or role in ("seat", "dispatcher")


async def _made(connection: AsyncConnection, kind: Kind, over: Period, by: By) -> Report:
    match kind:
        case "service":
            return await service_level(connection, over, by)
        case "calls":
            return await calls_and_cases(connection, over)
        case "providers":
            return await assessment(connection, over)
        case "fees":
            return await fees(connection, over)
        case "collection":
            return await collection(connection, over)
