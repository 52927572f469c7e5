"""A profile that is opened in an emergency: with a reason, for a quarter of an hour, and somebody looks at it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from callcenter.db.chains import emergency_access
from tests.web.conftest import Centre

REASON = {"reason": "邻居来电说老人在楼道摔倒"}


@pytest.mark.rule("W-9")
async def test_a_seat_opens_a_profile_and_the_auditor_looks_at_it(centre: Centre) -> None:
    path = f"/api/members/{centre.member}"
    assert (await centre.ask("chen", "GET", path)).status == 403
    assert (await centre.ask("chen", "POST", f"{path}/emergency-access", json={"reason": "急"})).status == 422
    assert (await centre.ask("chen", "POST", f"{path}/emergency-access", json=REASON)).status == 201
    read = await centre.ask("chen", "GET", path)
    assert (read.status, (await read.json())["name"]) == (200, "王秀英")
    assert (await centre.ask("li", "GET", path)).status == 403, "the door is open for one person"
    change = {"version": 1, "changes": {"door_code": "1"}}
    assert (await centre.ask("chen", "PATCH", path, json=change)).status == 403, "reading is not editing"
    assert [action for action, _ in await centre.trace()] == ["emergency_access", "profile_read"]

    (opened,) = await (await centre.ask("auditor", "GET", "/api/audit/emergency-access?open=true")).json()
    assert (opened["who"], opened["member"], opened["reason"]) == ("chen", "王秀英", REASON["reason"])
    verdict = {"justified": True, "note": "已核对来电"}
    assert (await centre.ask("auditor", "POST", f"/api/audit/emergency-access/{opened['id']}/review", json=verdict)).status == 200
    assert await (await centre.ask("zeng", "GET", "/api/audit/emergency-access?open=true")).json() == []

    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(emergency_access).values(until=sa.func.now() - sa.text("interval '1 second'")))
    assert (await centre.ask("chen", "GET", path)).status == 403, "a quarter of an hour is over"


async def test_the_auditor_sees_who_read_what_page_by_page(centre: Centre) -> None:
    for _ in range(3):
        await centre.ask("zeng", "GET", f"/api/members/{centre.member}")
    first = await (await centre.ask("auditor", "GET", "/api/audit/readings?limit=2&person=zeng")).json()
    assert [item["action"] for item in first["items"]] == ["profile_read"] * 2
    assert first["actions"] == ["profile_read"]
    rest = await (await centre.ask("auditor", "GET", f"/api/audit/readings?limit=2&before={first['next']}")).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert {item["subject"] for item in first["items"] + rest["items"]} == {str(centre.member)}
    none = await (await centre.ask("auditor", "GET", "/api/audit/readings?person=nobody")).json()
    assert none["items"] == []


async def test_a_check_says_whether_all_is_whole(centre: Centre) -> None:
    await centre.ask("zeng", "GET", f"/api/members/{centre.member}")
    verdict = await (await centre.ask("auditor", "POST", "/api/audit/verify", json={})).json()
    assert (verdict["whole"], verdict["lines"], verdict["count"], verdict["known"]) == (True, 1, 0, None)
    unknown = await (await centre.ask("auditor", "POST", "/api/audit/verify", json={"seal": "0" * 64})).json()
    assert (unknown["whole"], unknown["known"]) == (False, False)
    assert (await centre.ask("auditor", "POST", "/api/audit/verify", json={"seal": "0"})).status == 422
