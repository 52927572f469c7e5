"""The due table's reader: what is made ready ahead is told ahead of its time, everything else at its time. On a real database."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.link import Links
from callcenter.db.situations import Reader
from callcenter.engine.due import TELL_AGAIN_SECONDS, Due

AHEAD = '{"ahead": true}'


class Told:
    """Takes the place of the processor: what it is told, and when somebody waits for it."""

    database_ok = True

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    def tell(self, fact: Any) -> None:
        self.queue.put_nowait(fact)


async def case_with(engine: AsyncEngine, **timers: tuple[float, str]) -> UUID:
    """A case, and timers: kind → (seconds from now, data)."""
    case_id = uuid4()
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""
                INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at)
                VALUES (:id, '1', 'emergency', 'hotline', '1', 'waiting', now(), now())
            """),
            {"id": case_id},
        )
        for kind, (seconds, data) in timers.items():
            await connection.execute(
                sa.text("""
                    INSERT INTO timer (case_id, kind, due_at, data)
                    VALUES (:id, :kind, clock_timestamp() + make_interval(secs => :seconds), CAST(:data AS jsonb))
                """),
                {"id": case_id, "kind": kind, "seconds": seconds, "data": data},
            )
    return case_id


async def test_a_rung_is_told_ahead_of_what_is_due_before_it_and_at_its_time_if_it_is_there_still(engine: AsyncEngine) -> None:
    case_id = await case_with(engine, ring=(1.9, "{}"), ladder=(2.0, AHEAD))
    told = Told()
    reading = asyncio.create_task(Due(engine, told).run())  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(TELL_AGAIN_SECONDS - 1):
            first, second, third = await told.queue.get(), await told.queue.get(), await told.queue.get()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert [(fact.case_id, fact.kind) for fact in (first, second)] == [(case_id, "ladder"), (case_id, "ring")]
    async with engine.connect() as connection:
        due_at = await connection.scalar(sa.text("SELECT due_at FROM timer WHERE kind = 'ladder'"))
    assert first.due_at == due_at
    # Made ready in vain, as nobody could be phoned then, and set anew for the same moment: that is told without delay.
    assert third == first


@pytest.mark.parametrize(
    ("timer", "due"), [((0.1, AHEAD), True), ((60.0, AHEAD), False), ((60.0, "{}"), False), ((-1.0, "{}"), True)]
)
async def test_what_may_be_decided_now(
    engine: AsyncEngine, links: Links, reader: Reader, timer: tuple[float, str], due: bool
) -> None:
    case_id = await case_with(engine, ladder=timer)
    async with links.use() as link:
        situation, _ = await reader.of_case(link, case_id)
    assert ("ladder" in situation.due) == due
