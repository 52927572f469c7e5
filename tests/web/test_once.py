"""Sent twice, happens once: what HTTP shows of it. What survives a kill is tests/connections/test_once.py's matter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from aiohttp import FormData

from callcenter.connections.forgetting import Forgetting
from callcenter.db.connection_tables import sent_once
from callcenter.db.tables import member
from callcenter.web import uploads
from tests.web.conftest import Centre


def with_key(key: str, **more: Any) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key}, **more}


async def members(centre: Centre) -> int:
    async with centre.engine.connect() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(member)) or 0)


async def test_the_same_key_gives_the_same_answer_and_nothing_happens_twice(centre: Centre) -> None:
    key, body, before = str(uuid4()), {"name": "唐桂英", "gender": "f"}, await members(centre)
    answers = [await centre.ask("zeng", "POST", "/api/members", **with_key(key, json=body)) for _ in range(3)]
    assert [one.status for one in answers] == [201] * 3
    assert len({await one.text() for one in answers}) == 1
    assert [one.headers.get("Idempotency-Replayed") for one in answers] == [None, "true", "true"]
    assert await members(centre) == before + 1
    other = await centre.ask("zeng", "POST", "/api/members", **with_key(key, json=body | {"name": "别人"}))
    assert (other.status, (await other.json())["code"]) == (422, "idempotency_key_reused")
    elsewhere = await centre.ask("zeng", "POST", "/api/drills", **with_key(key, json={"member_id": str(centre.member)}))
    assert elsewhere.status == 422, "another address is another command"
    assert (await centre.ask("admin", "POST", "/api/members", **with_key(key, json=body))).status == 201, "another person's key"
    assert await members(centre) == before + 2


async def test_many_at_one_instant_are_one(centre: Centre) -> None:
    key, body, before = str(uuid4()), {"name": "唐桂英", "gender": "f"}, await members(centre)
    await centre.let_in("zeng")
    answers = await asyncio.gather(*(centre.ask("zeng", "POST", "/api/members", **with_key(key, json=body)) for _ in range(6)))
    assert {one.status for one in answers} == {201}
    assert len({await one.text() for one in answers}) == 1
    assert await members(centre) == before + 1


async def test_a_refusal_changes_nothing_and_the_key_may_be_tried_again(centre: Centre) -> None:
    key, path = str(uuid4()), f"/api/members/{centre.member}"
    stale = await centre.ask("zeng", "PATCH", path, **with_key(key, json={"version": 9, "changes": {"remarks": "x"}}))
    assert stale.status == 409
    right = {"version": 1, "changes": {"remarks": "门口有台阶"}}
    first = await centre.ask("zeng", "PATCH", path, **with_key(key, json=right))
    again = await centre.ask("zeng", "PATCH", path, **with_key(key, json=right))
    assert (first.status, again.status) == (200, 200), "without the key the second would have an old version"
    assert await first.text() == await again.text()
    assert (await first.json())["remarks"] == "门口有台阶", "what was written is read within its own transaction"


async def test_deletions_and_files(centre: Centre) -> None:
    gone = [await centre.ask("zeng", "DELETE", f"/api/duty-phones/{centre.phone}", **with_key("k1")) for _ in range(2)]
    assert [one.status for one in gone] == [200, 200], "without the key the second would be 404"

    def form(content: bytes) -> FormData:
        data = FormData()
        data.add_field("file", content, filename="scan.png", content_type="image/png")
        return data

    path = "/api/press?newspaper=日报&published_on=2026-11-20&title=报道"
    scan = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    first, again = [await centre.ask("zeng", "POST", path, **with_key("k2", data=form(scan))) for _ in range(2)]
    assert (first.status, await first.text()) == (201, await again.text())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await centre.ask("zeng", "POST", path, **with_key("k2", data=form(scan + b"y")))
    assert (other.status, (await other.json())["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "钥匙", "a b"])
async def test_bad_keys(centre: Centre, key: str) -> None:
    response = await centre.ask("zeng", "POST", "/api/drills", headers={"Idempotency-Key": key}, json={"member_id": str(uuid4())})
    assert (response.status, (await response.json())["code"]) == (400, "bad_idempotency_key")


async def test_keys_are_forgotten_when_their_time_is_over(centre: Centre) -> None:
    body, key, before = {"name": "唐", "gender": "f"}, "once", await members(centre)
    assert (await centre.ask("zeng", "POST", "/api/members", **with_key(key, json=body))).status == 201
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(sent_once).values(expires_at=sa.text("now() - interval '1 second'")))
    again = await centre.ask("zeng", "POST", "/api/members", **with_key(key, json=body))
    assert (again.status, "Idempotency-Replayed" in again.headers, await members(centre)) == (201, False, before + 2)
    assert await Forgetting(centre.engine, 1.0).forget() == 0
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(sent_once).values(expires_at=sa.text("now() - interval '1 second'")))
    assert await Forgetting(centre.engine, 1.0).forget() == 1


async def test_an_answer_that_holds_a_secret_is_kept_nowhere(centre: Centre) -> None:
    body = {"name": "平台", "role": "auditor", "scopes": ["read"]}
    assert (await centre.ask("admin", "POST", "/api/connections/keys", **with_key("k", json=body))).status == 201
    async with centre.engine.connect() as connection:
        assert (await connection.execute(sa.select(sent_once))).first() is None


async def test_what_reads_in_another_isolation_does_so_beside_it(centre: Centre) -> None:
    for _ in range(2):
        response = await centre.ask("auditor", "POST", "/api/audit/verify", **with_key("v", json={}))
        assert (response.status, (await response.json())["whole"]) == (200, True)


async def test_a_slow_sender_holds_no_connection_and_is_told(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is received wholly before its transaction begins, with its own deadline."""
    monkeypatch.setattr(uploads, "UPLOAD_SECONDS", 1.0)
    await centre.let_in("zeng")
    sending = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="s.png"\r\n\r\n\x89PNG\r\n\x1a\n'
        sending.set()
        await asyncio.sleep(30)

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": "slow"}
    path = "/api/press?newspaper=日报&published_on=2026-11-20&title=报道"
    asking = asyncio.create_task(centre.ask("zeng", "POST", path, data=half(), headers=headers))
    async with asyncio.timeout(10):
        await sending.wait()
        while not list((centre.settings.data_dir / "imports").glob("upload-*/file")):  # noqa: ASYNC110 - until it is being received
            await asyncio.sleep(0.01)
    async with centre.engine.connect() as connection:
        open_ones = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
        assert await connection.scalar(sa.text(f"{open_ones} AND pid <> pg_backend_pid()")) == 0
    answer = await asking
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (408, "too_slow"), "and not that the database is away"
    assert not list((centre.settings.data_dir / "imports").iterdir())
