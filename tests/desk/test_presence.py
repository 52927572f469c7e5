"""A seat's presence is asked for by several people at once: each is done, one after the other, and each is on record."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from callcenter.db.queue_tables import seat_event
from callcenter.db.tables import access, seat
from desk.conftest import Desk

ROUNDS = 10


async def test_an_agent_and_two_supervisors_at_once_are_all_heard(desk: Desk) -> None:
    """Each reads the seat as it was before any of them has changed it: two of three have to read again."""
    seats, boss = desk.service.desks.seats, desk.people["zeng"]
    place = sa.update(seat).where(seat.c.extension == "8001")
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(place.values(agent_id=desk.people["li"], presence="ready", registered=True))
        before = await connection.scalar(sa.select(seat.c.version).where(seat.c.extension == "8001"))
    for _ in range(ROUNDS):
        await asyncio.gather(
            seats.set_presence("8001", "ready", None, None),
            seats.set_presence("8001", "paused", "meal", None, forced_by=boss),
            seats.set_presence("8001", "paused", "rest", True, forced_by=boss),
        )
    async with desk.service.database.engine.connect() as connection:
        found = (await connection.execute(sa.select(seat).where(seat.c.extension == "8001"))).mappings().one()
        forced = sa.select(access.c.data["reason"].astext).where(access.c.action == "presence_forced")
        reasons = list(await connection.scalars(forced))
        paused = list(await connection.scalars(sa.select(seat_event.c.by_id).where(seat_event.c.kind == "paused")))
    assert found["version"] == before + 3 * ROUNDS
    assert found["emergency_only"] is True
    assert sorted(reasons) == ["meal"] * ROUNDS + ["rest"] * ROUNDS, "each once, however often it had to be read again"
    assert ROUNDS <= len(paused) <= 2 * ROUNDS
    assert set(paused) == {boss}
