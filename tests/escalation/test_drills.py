"""One drill at a time, of a member who exists."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.tables import case, escalation
from callcenter.domain import facts
from callcenter.domain.errors import Refused
from callcenter.escalation.drills import Drills
from tests.escalation.test_policies import boss, elder


class Engine:
    """Remembers a drill as the engine does, after a moment."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine, self.told = engine, []

    async def ask(self, fact: facts.Fact) -> None:
        assert isinstance(fact, facts.DrillAsked)
        self.told.append(fact)
        await asyncio.sleep(0.05)
        now = sa.func.now()
        async with self.engine.begin() as connection:
            await connection.execute(
                sa.insert(case).values(
                    id=fact.case_id, number=str(fact.case_id), kind="emergency", source="drill", line="", state="open",
                    opened_at=now, pressed_at=now, member_id=fact.member_id,
                )
            )  # fmt: skip
            await connection.execute(
                sa.insert(escalation).values(
                    case_id=fact.case_id, state="running", drill=True, started_at=now, round=1, rung=-1, level=1, pages=0
                )
            )

    async def end(self, case_id: UUID) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.update(escalation).where(escalation.c.case_id == case_id).values(state="ended"))


async def test_one_at_a_time_also_at_one_instant(engine: AsyncEngine) -> None:
    by, member_id, fake = await boss(engine), await elder(engine), Engine(engine)
    drills = Drills(engine, fake)
    done = await asyncio.gather(*(drills.start(by, member_id) for _ in range(4)), return_exceptions=True)
    started = [each for each in done if isinstance(each, UUID)]
    assert len(started) == 1
    assert [each.code for each in done if isinstance(each, Refused)] == ["drill_running"] * 3
    assert [(fact.case_id, fact.agent_id, fact.member_id) for fact in fake.told] == [(started[0], by, member_id)]
    await fake.end(started[0])
    assert await drills.start(by, member_id) != started[0]


async def test_nobody_is_drilled_who_is_not_there(engine: AsyncEngine) -> None:
    fake = Engine(engine)
    with pytest.raises(Refused) as refused:
        await Drills(engine, fake).start(await boss(engine), uuid4())
    assert (refused.value.code, refused.value.status, fake.told) == ("no_such_member", 404, [])
