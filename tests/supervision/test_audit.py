"""The traces in a real database: nobody changes them, and who gets around that is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import Agent, add_agent
from callcenter.db.tables import case, journal, seal
from callcenter.db.traces import put_seal
from callcenter.domain.errors import Refused
from callcenter.setup.audit import show
from callcenter.supervision.audit import Audit, verify

AT_ONCE = timedelta(0)


async def write(engine: AsyncEngine, lines: int, *, source: str = "terminal") -> UUID:
    """A case with so many journal lines, written as save.py does: several by one statement."""
    case_id = uuid4()
    now = sa.func.now()
    values = {"id": case_id, "number": str(case_id)[:8], "kind": "emergency", "source": source, "line": "1", "state": "open"}
    async with engine.begin() as connection:
        await connection.execute(sa.insert(case).values(**values, opened_at=now, pressed_at=now))
        rows = [{"case_id": case_id, "seq": n, "kind": "note", "data": {"text": f"第{n}条", "n": n}} for n in range(1, lines + 1)]
        await connection.execute(sa.insert(journal).values(at=now), rows)
    return case_id


async def person(engine: AsyncEngine, role: str = "seat") -> UUID:
    agent_id = uuid4()
    async with engine.begin() as connection:
        await add_agent(connection, Agent(agent_id, f"u{agent_id.hex[:8]}", "周", role, None, active=True), "x")  # type: ignore[arg-type]
    return agent_id


async def sealing(engine: AsyncEngine) -> int | None:
    async with engine.begin() as connection:
        return await put_seal(connection, AT_ONCE)


async def behind_the_guard(engine: AsyncEngine, statement: str, **values: object) -> None:
    """As somebody who owns the server and switches the triggers off."""
    async with engine.begin() as connection:
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        await connection.execute(sa.text(statement), values)


@pytest.mark.rule("W-9")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET data = '{}'", "DELETE FROM journal", "TRUNCATE journal", "UPDATE access SET subject = 'x'",
        "DELETE FROM access", "TRUNCATE access", "DELETE FROM seal", "UPDATE seal SET ends = '[]'", "TRUNCATE seal",
    ],
)  # fmt: skip
async def test_traces_are_append_only(engine: AsyncEngine, statement: str) -> None:
    await write(engine, 2)
    async with engine.begin() as connection:
        await note_access(connection, await person(engine), "profile_read", "x")
    await sealing(engine)
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(sa.text(statement))


async def test_what_is_written_is_whole_and_sealed(engine: AsyncEngine) -> None:
    await asyncio.gather(*(write(engine, 5) for _ in range(4)))
    who = await person(engine)

    async def read(n: int) -> None:
        async with engine.begin() as connection:
            await note_access(connection, who, "profile_read", str(n))

    await asyncio.gather(*(read(n) for n in range(12)))  # one person at many windows: one chain all the same
    assert await sealing(engine) == 1
    assert await sealing(engine) is None, "nothing grew"
    await write(engine, 1)
    assert await sealing(engine) == 2
    verdict = await verify(engine)
    assert (verdict.lines, verdict.seals, verdict.count, verdict.whole) == (33, 2, 0, True)
    assert verdict.seal is not None
    assert (await verify(engine, verdict.seal)).known
    assert not (await verify(engine, "0" * 64)).whole


async def test_instances_seal_in_turn(engine: AsyncEngine) -> None:
    await write(engine, 1)
    async with engine.begin() as first:
        assert await put_seal(first, AT_ONCE) == 1
        assert await sealing(engine) is None, "the first has not committed"
    async with engine.begin() as connection:
        assert await put_seal(connection, timedelta(hours=1)) is None, "the last is fresh"


@pytest.mark.rule("W-9")
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ('UPDATE journal SET data = \'{"text": "别的"}\' WHERE case_id = :case AND seq = 2', {"changed"}),
        ("UPDATE journal SET at = at + interval '1 ms' WHERE case_id = :case AND seq = 2", {"changed"}),
        ("DELETE FROM journal WHERE case_id = :case AND seq = 2", {"missing"}),
        ("DELETE FROM journal WHERE case_id = :case AND seq = 3", {"cut"}),
        ("DELETE FROM journal WHERE case_id = :case", {"cut"}),
        ("DELETE FROM seal WHERE place = 1 AND CAST(:case AS uuid) IS NOT NULL", {"missing"}),
    ],
)
async def test_who_gets_around_the_guard_is_found(engine: AsyncEngine, statement: str, what: set[str]) -> None:
    case_id = await write(engine, 3)
    await sealing(engine)
    await write(engine, 1)
    await sealing(engine)
    await behind_the_guard(engine, statement, case=case_id)
    verdict = await verify(engine)
    assert {each.what for each in verdict.breaks} == what
    assert not verdict.whole
    screen = Console(record=True, width=200)
    show(verdict, screen)
    assert "✗" in screen.export_text()


async def test_a_gap_is_not_written(engine: AsyncEngine) -> None:
    case_id = await write(engine, 1)
    with pytest.raises(DBAPIError, match="no line before"):
        async with engine.begin() as connection:
            await connection.execute(sa.insert(journal).values(case_id=case_id, seq=3, at=sa.func.now(), kind="note", data={}))


async def test_test_presses_may_be_forgotten_and_are_not_sealed(engine: AsyncEngine) -> None:
    case_id = await write(engine, 2, source="probe")
    await write(engine, 1)
    await sealing(engine)
    async with engine.begin() as connection:
        await connection.execute(sa.delete(journal).where(journal.c.case_id == case_id))
        assert await connection.scalar(sa.select(sa.func.jsonb_array_length(seal.c.ends))) == 1
    assert (await verify(engine)).whole


async def test_nobody_reviews_their_own_reading(engine: AsyncEngine) -> None:
    from callcenter.db.people import create_member

    seat, auditor = await person(engine), await person(engine, "auditor")
    async with engine.begin() as connection:
        member_id = await create_member(connection, name="王秀英", gender="f", number="+867971000101", address="书香园")
    audit = Audit(engine)
    opened = await audit.open_profile(seat, member_id, "邻居来电说老人摔倒")
    with pytest.raises(Refused, match="own_access"):
        await audit.review(seat, opened["id"], True, "")
    await audit.review(auditor, opened["id"], False, "没有来电记录")
    with pytest.raises(Refused, match="reviewed_already"):
        await audit.review(auditor, opened["id"], True, "")
    (shown,) = await audit.openings(open_only=False, limit=10)
    assert (shown["who"], shown["justified"], shown["note"]) == ("周", False, "没有来电记录")
    assert (await audit.state())["open_reviews"] == 0
