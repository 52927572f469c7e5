"""Keys of other systems: who may make them, what they are good for, and that every call leaves a trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from callcenter.db.connection_tables import api_client
from callcenter.db.tables import access, agent
from tests.web.conftest import Centre


async def make(centre: Centre, **values: Any) -> str:
    body = {"name": "社区平台", "role": "supervisor", "scopes": ["read", "write"]} | values
    response = await centre.ask("admin", "POST", "/api/connections/keys", json=body)
    assert response.status == 201, await response.text()
    return str((await response.json())["key"])


def bearer(key: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {key}"}}


async def test_a_key_acts_by_its_role_and_scopes_and_every_call_is_journalled(centre: Centre) -> None:
    key = await make(centre)
    reads = await make(centre, scopes=["read"], role="auditor", name="审计接口")
    assert (await centre.ask(None, "GET", "/api/me", **bearer(key))).status == 200
    assert (await centre.ask(None, "GET", f"/api/members/{centre.member}", **bearer(key))).status == 200
    assert (await centre.ask(None, "GET", "/api/agents", **bearer(key))).status == 403, "the role says so"
    assert (await centre.ask(None, "GET", "/api/audit", **bearer(reads))).status == 200
    assert (await centre.ask(None, "POST", "/api/audit/verify", json={}, **bearer(reads))).status == 403, "the scope says so"
    lines = [line for line in await centre.trace() if line[0] == "api_call"]
    assert ("api_call", "GET /api/members/{id}") in lines
    assert len(lines) == 5, "refused calls too"
    assert ("profile_read", str(centre.member)) in await centre.trace(), "as for a person"


async def test_a_key_ends_is_revoked_and_is_kept_by_its_hash_only(centre: Centre) -> None:
    key = await make(centre)
    shown = await (await centre.ask("admin", "GET", "/api/connections/keys")).json()
    assert [one["hint"] for one in shown] == [key[-4:]]
    async with centre.engine.begin() as connection:
        row = (await connection.execute(sa.select(api_client))).mappings().one()
        assert key not in str(dict(row)), "the table lets nobody in"
        person = (await connection.execute(sa.select(agent).where(agent.c.id == row["agent_id"]))).mappings().one()
        assert not person["active"], "nobody logs in as a system"
    people = await (await centre.ask("admin", "GET", "/api/agents")).json()
    assert shown[0]["id"] not in [one["id"] for one in people]
    hired = await centre.ask("admin", "PATCH", f"/api/agents/{shown[0]['id']}", json={"active": True, "password": "long enough"})
    assert hired.status == 404, "nor is it made a person"

    for bad in ("", "x", "cck_", key + "x", key[:-1], "cck_" + "x" * 500):
        response = await centre.ask(None, "GET", "/api/me", **bearer(bad))
        assert (response.status, (await response.json())["code"]) == (401, "bad_key"), bad
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(api_client).values(expires_at=sa.text("now() - interval '1 second'")))
    assert (await centre.ask(None, "GET", "/api/me", **bearer(key))).status == 401
    other = await make(centre)
    assert (await centre.ask(None, "GET", "/api/me", **bearer(other))).status == 200
    shown = await (await centre.ask("admin", "GET", "/api/connections/keys")).json()
    ident = next(one["id"] for one in shown if one["hint"] == other[-4:])
    assert (await centre.ask("admin", "POST", f"/api/connections/keys/{ident}/revoke")).status == 200
    assert (await centre.ask("admin", "POST", f"/api/connections/keys/{ident}/revoke")).status == 404
    assert (await centre.ask(None, "GET", "/api/me", **bearer(other))).status == 401


async def test_a_key_is_made_once_and_calls_are_counted_by_all_instances_together(centre: Centre) -> None:
    ident = str(uuid4())
    key = await make(centre, id=ident, per_minute=3)
    body = {"id": ident, "name": "社区平台", "role": "auditor", "scopes": ["read"]}
    again = await centre.ask("admin", "POST", "/api/connections/keys", json=body)
    assert (again.status, (await again.json())["code"]) == (409, "key_made_already")
    # The count stands in the row, so whoever counts counts all; the minute is held still here.
    statuses = []
    for _ in range(5):
        async with centre.engine.begin() as connection:
            await connection.execute(sa.update(api_client).values(minute=sa.func.date_trunc("minute", sa.func.now())))
        statuses.append((await centre.ask(None, "GET", "/api/me", **bearer(key))).status)
    assert statuses == [200, 200, 200, 429, 429]
    async with centre.engine.connect() as connection:
        calls = await connection.scalar(sa.select(sa.func.count()).where(access.c.agent_id == UUID(ident)))
    assert calls == 3, "what is over the limit writes nothing"


async def test_some_things_only_people_do(centre: Centre) -> None:
    key = await make(centre, role="administrator")
    for method, path in (("GET", "/api/connections/keys"), ("POST", "/api/connections/keys"), ("POST", "/api/agents"),
                         ("GET", "/api/seats/8001/credentials")):  # fmt: skip
        response = await centre.ask(None, method, path, json={} if method == "POST" else None, **bearer(key))
        assert response.status == 403, path
    ended = await centre.ask("admin", "POST", "/api/connections/keys", json={
        "name": "x", "role": "auditor", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z",
    })  # fmt: skip
    assert (ended.status, (await ended.json())["code"]) == (422, "key_ended")
