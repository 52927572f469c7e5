"""S-2: a call that its node saw and that nobody could keep has its case; what safe mode is still to tell is left to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from callcenter.cases.orphans import Orphans
from callcenter.db.report_tables import call_seen
from callcenter.db.tables import case, leg
from callcenter.domain.errors import Refused
from callcenter.domain.facts import SafeModeCall
from callcenter.engine.processor import Processor
from callcenter.telephony.ports import SafeModeRecord
from desk.conftest import Desk

LINE, CALLER = "079796602", "13970700001"


@dataclass
class Journal:
    """A node's journal as AstDB would give it; away when ``connected`` is not set."""

    calls: list[str] = field(default_factory=list)
    connected: bool = True

    async def safe_mode_records(self) -> list[SafeModeRecord]:
        return [SafeModeRecord(call, LINE, CALLER, "", "TIMEOUT", 0.0, 7.0, "8001", 60.0, "") for call in self.calls]


@dataclass
class Refusing:
    """The processor, for which one call can never be kept."""

    processor: Processor
    never: str

    async def ask(self, fact: SafeModeCall) -> None:
        if fact.leg_id == self.never:
            raise Refused("no", "不行。", "No.")
        await self.processor.ask(fact)


async def seen(desk: Desk, *calls: str, taken: int = 11) -> None:
    """Calls of a minute ago, whose notes were taken over so many seconds ago."""
    ago = sa.func.clock_timestamp() - sa.text("make_interval(secs => 60)")
    values = {"node": "node1", "arrived_at": ago, "ended_at": ago, "line": LINE, "number": CALLER}
    async with desk.service.database.engine.begin() as connection:
        for call in calls:
            since = sa.func.clock_timestamp() - sa.text(f"make_interval(secs => {taken})")
            await connection.execute(sa.insert(call_seen).values(id=call, taken_at=since, **values))


def orphans(desk: Desk, journal: Journal, processor: Any = None) -> Orphans:
    service = desk.service
    return Orphans(service.database.engine, processor or service.deciding.processor, {"node1": journal}, "CN", "0797")


async def legs(desk: Desk) -> list[tuple[str, str, str]]:
    """Call, its state, and its case's."""
    query = sa.select(leg.c.id, leg.c.state, case.c.state).join(case).order_by(leg.c.id)
    async with desk.service.database.engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in await connection.execute(query)]


@pytest.mark.rule("S-2")
async def test_a_call_that_nobody_kept_has_a_case_and_is_owed_a_call(desk: Desk) -> None:
    await seen(desk, "n.1")
    assert await orphans(desk, Journal()).look() == 1
    assert await legs(desk) == [("n.1", "down", "callback")]
    assert await orphans(desk, Journal()).look() == 0, "found once"


async def test_what_safe_mode_has_journalled_is_told_by_its_import(desk: Desk) -> None:
    """It may have been answered there: nobody is phoned back because the import is late."""
    await seen(desk, "n.1")
    await seen(desk, "n.2", taken=9)
    assert await orphans(desk, Journal(["n.1"])).look() == 0
    assert await legs(desk) == []
    # A node that is away cannot be asked, and may not come back: who may lie on the floor comes first.
    assert await orphans(desk, Journal(["n.1"], connected=False)).look() == 1


async def test_one_that_can_never_be_kept_holds_up_nobody(desk: Desk) -> None:
    await seen(desk, "n.1", "n.2")
    look = orphans(desk, Journal(), Refusing(desk.service.deciding.processor, "n.1")).look
    await look()
    assert [call for call, *_ in await legs(desk)] == ["n.2"]
