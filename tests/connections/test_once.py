"""A command that is sent again after its instance was killed, to another instance: it happened once, and is answered alike."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.connection_tables import sent_once, sent_part
from callcenter.db.tables import member
from tests.connections.conftest import Outside
from tests.connections.receiver import Receiver

GATE = 4711
HOLD_ANSWERS = f"""
CREATE FUNCTION hold_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$
"""


async def killed_before_the_answer_is_kept(outside: Outside, gate: AsyncConnection, **request: Any) -> None:
    """Send it to the first instance, and kill that when all is done but the commit of the answer."""
    await gate.execute(sa.text(f"SELECT pg_advisory_lock({GATE})"))
    one = outside.instances[0]
    asking = asyncio.create_task(outside.ask(one, "zeng", **request))
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {GATE}"  # noqa: S608
    async with asyncio.timeout(10):
        while not await gate.scalar(sa.text(waiting)):
            assert not asking.done(), asking.result()
            await asyncio.sleep(0.02)
    await one.kill()
    await gate.execute(sa.text(f"SELECT pg_advisory_unlock({GATE})"))
    result = (await asyncio.gather(asking, return_exceptions=True))[0]
    assert isinstance(result, aiohttp.ClientError), "it was never answered"


async def test_killed_in_between(outside: Outside) -> None:
    one, two = outside.instances
    case_id = await outside.new_case()
    promise = {"case_id": str(case_id), "manner": "by_time", "text": "明早上门"}
    promise["due_at"] = (await _soon(outside)).isoformat()
    key = {"Idempotency-Key": str(uuid4())}

    # Answered by one instance, the other knows the answer.
    first = await outside.ask(one, "zeng", "POST", "/api/desk/make_promise", json=promise, headers=key)
    again = await outside.ask(two, "zeng", "POST", "/api/desk/make_promise", json=promise, headers=key)
    assert (first[0], first[1]) == (again[0], again[1]) == (200, first[1]), first
    assert again[2]["Idempotency-Replayed"] == "true"
    paper_id = first[1]["paper_id"]

    async with outside.engine.connect() as plain:
        gate = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await gate.execute(sa.text(HOLD_ANSWERS))
        await gate.execute(sa.text("CREATE TRIGGER hold BEFORE UPDATE ON sent_once FOR EACH ROW EXECUTE FUNCTION hold_answers()"))
        try:
            # What one transaction keeps whole: killed before its commit, nothing of it has happened.
            new = {"name": "唐桂英", "gender": "f"}
            request: dict[str, Any] = {"method": "POST", "path": "/api/members", "json": new, "headers": {"Idempotency-Key": "m"}}
            await killed_before_the_answer_is_kept(outside, gate, **request)
            assert await gate.scalar(sa.select(sa.func.count()).where(member.c.name == "唐桂英")) == 0
            made = await outside.ask(two, "zeng", **request)
            assert (made[0], made[1]["name"]) == (201, "唐桂英")
            assert (await outside.ask(two, "zeng", **request))[1] == made[1]
            assert await gate.scalar(sa.select(sa.func.count()).where(member.c.name == "唐桂英")) == 1

            # What a case's lane has kept already: the case knows it, the answer is made anew and is the same.
            await one.start()
            await one.until_alive()
            kept = {"case_id": str(case_id), "paper_id": paper_id, "note": "到了"}
            request = {"method": "POST", "path": "/api/desk/keep_promise", "json": kept, "headers": {"Idempotency-Key": "k"}}
            await killed_before_the_answer_is_kept(outside, gate, **request)
            assert (await outside.kinds(case_id)).count("promise_kept") == 1
            assert await gate.scalar(sa.select(sa.func.count()).select_from(sent_once).where(sent_once.c.key == "k")) == 0
            done = await outside.ask(two, "zeng", **request)
            assert (done[0], done[1]) == (200, {"paper_id": paper_id}), "not “illegal move”"
            assert (await outside.kinds(case_id)).count("promise_kept") == 1
            parts = (await gate.execute(sa.select(sent_part.c.part).where(sent_part.c.key == "k"))).scalars().all()
            assert parts == [f"PromiseKept {case_id} {paper_id}"]
        finally:
            await gate.execute(sa.text("DROP TRIGGER hold ON sent_once"))
            await gate.execute(sa.text("DROP FUNCTION hold_answers()"))
    await _a_message_outlives_its_sender(outside, case_id)


async def _a_message_outlives_its_sender(outside: Outside, case_id: UUID) -> None:
    """The service is killed while it sends: another sends it again with the same id, and forgets nothing."""
    one, two = outside.instances
    async with Receiver(mood="hang").listening() as receiver:
        new = {"name": "平台", "url": receiver.url, "events": ["case.changed"]}
        status, made, _ = await outside.ask(two, "admin", "POST", "/api/connections/webhooks", json=new)
        assert status == 201, made
        receiver.secret = made["secret"]
        for subcategory in ("repair", "cleaning"):
            body = {"case_id": str(case_id), "category": "life_help", "subcategory": subcategory, "reason": "核实后更正"}
            status, done, _ = await outside.ask(two, "zeng", "POST", "/api/desk/reclassify", json=body)
            assert status == 200, done
        await receiver.until_seen(1)
        await two.kill()
        receiver.mood = "taken"
        await one.start()
        await receiver.until(2, timeout=25)
    assert receiver.ids()[0] == receiver.seen[0]["id"], "the same message"
    assert len(set(receiver.ids())) == 2
    assert receiver.problems == []


async def _soon(outside: Outside) -> Any:
    async with outside.engine.connect() as connection:
        return await connection.scalar(sa.text("SELECT now() + interval '1 day'"))
