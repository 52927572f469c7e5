"""Whoever the roster names is first in every ladder and page: the SQL of it says what the pure rule says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.duty_order import DUTY_IN_TURN
from callcenter.db.duty_room_tables import roster_turn
from callcenter.db.people import create_member
from callcenter.db.tables import duty_phone
from callcenter.db.targets import around_of
from callcenter.domain.duty_roster import in_paging_order
from tests.escalation.test_policies import boss


async def phones(connection: AsyncConnection, count: int) -> list[UUID]:
    made = [uuid4() for _ in range(count)]
    rows = [{"id": one, "name": f"主任{n}", "number": f"+861390000{n:04}", "position": n} for n, one in enumerate(made, 1)]
    await connection.execute(sa.insert(duty_phone), rows)
    return made


async def on_roster(
    connection: AsyncConnection, by: UUID, phone: UUID, begins: datetime, ends: datetime, post: str = "supervisor"
) -> None:
    values = {"id": uuid4(), "post": post, "agent_id": by, "phone_id": phone, "begins_at": begins, "ends_at": ends, "set_by": by}
    await connection.execute(sa.insert(roster_turn).values(**values))


async def in_turn(connection: AsyncConnection) -> list[UUID]:
    return [UUID(row["id"]) for row in await connection.scalar(sa.text(f"SELECT {DUTY_IN_TURN}"))]  # type: ignore[union-attr]


async def of_a_ladder(connection: AsyncConnection) -> list[UUID]:
    """Whom the ladder of some member would phone."""
    member_id = await create_member(connection, name="王秀英", gender="f", number="+867971000101")
    around = await around_of(connection, member_id=member_id)
    assert around is not None
    return [UUID(target.key.removeprefix("duty:")) for target in around.duty]


@pytest.mark.rule("S-9")
async def test_the_sql_is_the_rule(engine: AsyncEngine) -> None:
    by, chance, hour = await boss(engine), random.Random(9), timedelta(hours=1)
    async with engine.connect() as connection:
        known = await phones(connection, 5)
        assert await in_turn(connection) == known
        assert await in_turn(connection) == await of_a_ladder(connection)
        for _ in range(20):
            async with connection.begin_nested() as tried:
                now, spans = datetime.now(UTC), []
                for place in range(chance.randrange(5)):
                    begins = now + chance.uniform(-9, 3) * hour + timedelta(milliseconds=place)
                    spans.append((chance.choice(known), begins, begins + chance.uniform(1, 12) * hour))
                    await on_roster(connection, by, *spans[-1])
                await on_roster(connection, by, known[-1], now - hour, now + hour, "seat")  # no supervisor: counts nothing
                assert await in_turn(connection) == in_paging_order(known, sorted(spans, key=lambda span: span[1]), now)
                await tried.rollback()


@pytest.mark.rule("S-9")
async def test_a_phone_that_is_switched_off_or_removed_is_not_rung_and_all_others_are(engine: AsyncEngine) -> None:
    by, now, hour = await boss(engine), datetime.now(UTC), timedelta(hours=1)
    async with engine.connect() as connection:
        first, second, third = await phones(connection, 3)
        await on_roster(connection, by, third, now - hour, now + hour)
        assert await in_turn(connection) == [third, first, second]
        await connection.execute(sa.update(duty_phone).where(duty_phone.c.id == third).values(active=False))
        assert await in_turn(connection) == [first, second]
        await connection.execute(sa.delete(duty_phone).where(duty_phone.c.id == third))
        assert await in_turn(connection) == [first, second]
        assert await connection.scalar(sa.select(roster_turn.c.phone_id)) is None
        await connection.rollback()
