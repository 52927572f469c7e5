"""R-1: a case always has an owner. One that nobody has taken in time gets one: the supervisor with the fewest open cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.db.papers import overrides_from
from callcenter.domain.papers.hand_over import OwnerNamed
from callcenter.domain.regulations import limits
from callcenter.engine.by_itself import ask_by_itself
from callcenter.engine.looks import look_again
from callcenter.engine.processor import Processor

log = structlog.get_logger()
LOOK_SECONDS = 30.0

_OWNERLESS = sa.text("""
    SELECT id FROM help_case WHERE state IN ('open', 'callback') AND agent_id IS NULL AND source NOT IN ('probe', 'drill')
        AND coalesce(ended_at, opened_at) < clock_timestamp() - make_interval(secs => :seconds) ORDER BY opened_at LIMIT 50
""")
_LEAST_BUSY = sa.text("""
    SELECT a.id, a.name FROM agent a WHERE a.active AND a.role = 'supervisor'
    ORDER BY (SELECT count(*) FROM help_case c WHERE c.agent_id = a.id AND c.state <> 'closed'), a.user LIMIT 1
""")


@dataclass(frozen=True)
class Owners:
    """Looks for cases without an owner. Runs until cancelled."""

    engine: AsyncEngine
    processor: Processor

    async def run(self) -> None:
        await look_again("owners", self.name_owners, LOOK_SECONDS)

    async def name_owners(self) -> int:
        """One look; how many cases got an owner. Without any supervisor there is nobody to name, and the list says so."""
        named = 0
        for case_id in await self._ownerless():
            async with self.engine.connect() as connection:
                person = (await connection.execute(_LEAST_BUSY)).one_or_none()
            if person is None:
                log.error("no_supervisor_to_own_cases")
                return named
            named += await ask_by_itself(self.processor, OwnerNamed(person.id, "system", None, case_id, name=person.name))
        return named

    async def _ownerless(self) -> list[UUID]:
        async with self.engine.connect() as connection:
            rows = (await connection.execute(sa.select(tables.rule_limit).order_by("valid_from", "id"))).mappings()
            now: datetime = (await connection.execute(sa.text("SELECT clock_timestamp()"))).scalar_one()
            overrides = overrides_from([dict(row) for row in rows])
            seconds = limits.span(overrides, "R-1", "ownerless_minutes", now.date()).total_seconds()
            found: list[Any] = list(await connection.scalars(_OWNERLESS, {"seconds": seconds}))
        return found
