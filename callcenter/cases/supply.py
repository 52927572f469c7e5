"""R-10, second half: when somebody begins to offer a service, every elder who was told no is owed a call, by itself.

Who offers what is compared with what was known (``supply``), so that it does not matter how it began: by hand, by file, or because
the day of a contract has come. A need is served by what began after it was written down. Nothing is lost when an instance is killed
in the middle: the need is still open, and what began still stands.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.domain.papers.need import SupplyFound
from callcenter.engine.by_itself import ask_by_itself
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.today import today_in

log = structlog.get_logger()
LOOK_SECONDS = 60.0
LOCK = 7_220_260_117
TOLD_AT_ONCE = 200

_IN_FORCE = """
    SELECT ps.provider_id, ps.service_id
    FROM provider_service ps JOIN provider p ON p.id = ps.provider_id JOIN service s ON s.id = ps.service_id
    WHERE p.active AND s.active
        AND (p.kind = 'worker'
            OR (p.contract_from <= :day AND (p.contract_until IS NULL OR p.contract_until >= :day)))
        AND EXISTS (SELECT 1 FROM service_version v WHERE v.service_id = s.id
            AND v.valid_from <= :day AND (v.valid_until IS NULL OR v.valid_until >= :day))
"""
_ENDED = sa.text(f"DELETE FROM supply WHERE (provider_id, service_id) NOT IN ({_IN_FORCE})")  # noqa: S608 - words of ours
_BEGUN = sa.text(f"""
    INSERT INTO supply (provider_id, service_id, since) SELECT provider_id, service_id, clock_timestamp() FROM ({_IN_FORCE}) AS now
    ON CONFLICT DO NOTHING
""")  # noqa: S608
_SERVED = sa.text("""
    SELECT DISTINCT ON (n.opened_at, n.id) n.id, n.case_id, p.name AS provider
    FROM paper n JOIN help_case c ON c.id = n.case_id LEFT JOIN member m ON m.id = c.member_id
        JOIN supply u ON u.since > n.opened_at JOIN provider p ON p.id = u.provider_id JOIN service s ON s.id = u.service_id
    WHERE n.noun = 'unmet_need' AND n.unfinished AND n.state IN ('open', 'handed_over')
        AND (s.category = n.data->>'service' OR s.ref = n.data->>'service'
            OR EXISTS (SELECT 1 FROM service_version v WHERE v.service_id = s.id AND v.name = n.data->>'service'))
        AND (NOT EXISTS (SELECT 1 FROM provider_district d WHERE d.provider_id = p.id)
            OR EXISTS (SELECT 1 FROM provider_district d WHERE d.provider_id = p.id AND d.district_id = m.district_id))
    ORDER BY n.opened_at, n.id, u.since, p.ref LIMIT :most
""")
NOBODY = UUID(int=0)


@dataclass
class Supply:
    """Looks who offers what. ``zone``: the centre's, for its day. Runs until cancelled."""

    engine: AsyncEngine
    processor: Processor
    zone: str
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def changed(self) -> None:
        """Providers or services were changed: look at once."""
        self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.look()
            except (TimeoutError, *DATABASE_ERRORS) as error:
                log.warning("supply_not_looked_at", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()

    async def look(self) -> int:
        """One look; how many elders are owed a call by it."""
        day = today_in(self.zone)
        async with self.engine.begin() as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            await connection.execute(_ENDED, {"day": day})
            await connection.execute(_BEGUN, {"day": day})
        found = 0
        while served := await self._served():
            told = [await self._tell(one) for one in served]
            found += sum(told)
            if not any(told):  # another instance tells them
                break
        return found

    async def _served(self) -> list[Any]:
        async with self.engine.connect() as connection:
            return list(await connection.execute(_SERVED, {"most": TOLD_AT_ONCE}))

    async def _tell(self, one: Any) -> bool:
        fact = SupplyFound(NOBODY, "system", None, one.case_id, paper_id=one.id, provider=one.provider, by_itself=True)
        if told := await ask_by_itself(self.processor, fact):  # refused: somebody has just said so
            log.info("supply_began", paper=str(one.id))
        return told
