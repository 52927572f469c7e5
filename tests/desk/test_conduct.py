"""W-3, W-4, W-5, W-10: recordings are reviewed by a rubric, knowledge is collected, everybody signs the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from callcenter.db.conduct_tables import rules_signature
from callcenter.db.tables import journal, recording
from desk.conftest import Desk


async def recorded(desk: Desk, user: str = "li", seconds: float = 60.0) -> str:
    """A stored recording of a call that this person spoke."""
    case_id, recording_id, at = await desk.phone_case(user), uuid4(), datetime.now(UTC)
    row = {"id": recording_id, "case_id": case_id, "name": str(recording_id), "node": "main", "seat": "8001", "state": "stored"}
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(sa.insert(recording).values(**row, started_at=at, seconds=seconds))
        said = {"case_id": case_id, "seq": 1, "at": at, "kind": "answered", "agent_id": desk.people[user], "data": {"seat": "8001"}}
        await connection.execute(sa.insert(journal).values(said))
    return str(recording_id)


async def call(desk: Desk, user: str, method: str, path: str, status: int = 200, **body: Any) -> Any:
    got, answer = await desk.ask(user, method, path, json=body)
    assert got == status, answer
    return answer


@pytest.mark.rule("W-3", "W-4")
async def test_recordings_are_drawn_scored_by_a_rubric_answered_and_become_a_trend(desk: Desk) -> None:
    for _ in range(3):
        await recorded(desk)
    await recorded(desk, "chen")
    await recorded(desk, "chen", seconds=2.0)  # hardly a word
    page = await desk.get("zeng", "/api/quality")
    assert [one["agent"] for one in page["to_review"]].count("li") == 2  # the centre's figure for each person
    assert len(page["to_review"]) == 3
    assert (await desk.get("li", "/api/quality"))["to_review"] == []
    mine = next(one for one in page["to_review"] if one["agent"] == "li")
    rubric = page["rubric"]
    full = {item["id"]: item["most"] for item in rubric["items"]}
    sheet = {"recording_id": mine["recording_id"], "version": rubric["version"], "comment": "称呼亲切,可再复述一遍"}
    assert (await call(desk, "zeng", "POST", "/api/quality/reviews", 422, **sheet, scores={"warmth": 20}))["rule"] == "W-4"
    await call(desk, "zeng", "POST", "/api/quality/reviews", 201, **sheet, scores=full | {"listening": 10})
    assert (await call(desk, "zeng", "POST", "/api/quality/reviews", 409, **sheet, scores=full))["code"] == "reviewed_already"
    own = await desk.get("li", "/api/quality")
    assert [(one["total"], one["most"], one["comment"]) for one in own["reviews"]] == [(95, 100, sheet["comment"])]
    assert [(one["agent"], one["share"], one["count"]) for one in own["trend"]] == [("li", 0.95, 1)]
    assert (await desk.get("chen", "/api/quality"))["reviews"] == []
    path = f"/api/quality/reviews/{own['reviews'][0]['id']}/answer"
    await call(desk, "chen", "POST", path, 404, text="不是我的")
    await call(desk, "li", "POST", path, text="下次复述")
    await call(desk, "li", "POST", path, 404, text="再说一次")  # once
    assert (await desk.get("zeng", "/api/quality"))["reviews"][0]["answer"] == "下次复述"

    items = [{"id": "warmth", "most": 60, "zh": "热情"}, {"id": "record", "most": 30, "zh": "记录"}]
    assert (await call(desk, "zeng", "PUT", "/api/quality/rubric", 422, items=items))["code"] == "bad_rubric"
    items[1]["most"] = 40
    changed = await call(desk, "zeng", "PUT", "/api/quality/rubric", items=items, note="简化")
    assert changed["rubric"]["version"] == rubric["version"] + 1
    assert changed["reviews"][0]["rubric_version"] == rubric["version"]  # what was scored stays as it was scored
    next_one = {"recording_id": changed["to_review"][0]["recording_id"], "version": rubric["version"], "scores": full}
    assert (await call(desk, "zeng", "POST", "/api/quality/reviews", 409, **next_one))["code"] == "rubric_changed"


@pytest.mark.rule("W-5")
async def test_anybody_contributes_and_the_supervisor_takes_it_over_or_says_why_not(desk: Desk) -> None:
    add = "/api/contributions"
    assert (await call(desk, "li", "POST", add, 422, kind="key_number", title="燃气抢修"))["rule"] == "W-5"
    await call(desk, "li", "POST", add, 201, kind="key_number", title="燃气抢修", number="0797-1000888", text="24小时")
    await call(desk, "finance", "POST", add, 201, kind="script", title="雨雪天", text="外面路滑,请您别出门,我们上门。")
    found = await call(desk, "chen", "POST", add, 201, kind="resource", title="门球场", text="周三免费")
    ids = {one["title"]: one["id"] for one in found}
    await call(desk, "li", "POST", f"{add}/{ids['雨雪天']}/decide", 403, accept=True)
    await call(desk, "zeng", "POST", f"{add}/{ids['燃气抢修']}/decide", accept=True, category="燃气")
    await call(desk, "zeng", "POST", f"{add}/{ids['雨雪天']}/decide", accept=True)
    assert (await call(desk, "zeng", "POST", f"{add}/{ids['门球场']}/decide", 422, accept=False))["rule"] == "W-5"
    done = await call(desk, "zeng", "POST", f"{add}/{ids['门球场']}/decide", accept=False, reason="不在服务范围")
    states = {one["title"]: (one["state"], one["reason"]) for one in done}
    assert states == {"燃气抢修": ("accepted", ""), "雨雪天": ("accepted", ""), "门球场": ("refused", "不在服务范围")}
    assert [one["name"] for one in await desk.get("li", "/api/directory?q=燃气抢修")] == ["燃气抢修"]
    assert (await desk.get("li", "/api/scripts"))[-1]["title_zh"] == "雨雪天"
    again = await call(desk, "zeng", "POST", f"{add}/{ids['雨雪天']}/decide", 409, accept=True)
    assert again["code"] == "decided_already"


@pytest.mark.rule("W-10")
async def test_everybody_signs_each_version_of_the_rules_once_and_who_has_not_is_listed(desk: Desk) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    text = {"title": "呼叫服务中心工作守则", "text": "一、牢固树立全心全意为人民服务的宗旨……"}
    past = (today - timedelta(days=3)).isoformat()
    assert (await call(desk, "department_head", "POST", "/api/rules-text", 422, **text, valid_from=past))["rule"] == "W-10"
    await call(desk, "department_head", "POST", "/api/rules-text", 201, **text, valid_from=(today + timedelta(days=1)).isoformat())
    later = await call(
        desk, "department_head", "POST", "/api/rules-text", 201, **text, valid_from=(today + timedelta(days=9)).isoformat()
    )
    assert (later["current"], len(later["versions"])) == (None, 2)  # published, and counts from its day
    async with desk.service.database.engine.begin() as connection:
        moved = "INSERT INTO rules_text SELECT 3, title, text, CURRENT_DATE - 1, published_by FROM rules_text WHERE version = 1"
        await connection.execute(sa.text(moved))
    assert (await call(desk, "li", "POST", "/api/rules-text/3/sign", 422, name="陈静"))["rule"] == "W-10"
    assert (await call(desk, "li", "POST", "/api/rules-text/1/sign", 409, name="li"))["code"] == "other_version"
    before = {one["name"] for one in (await desk.get("zeng", "/api/rules-text"))["missing"]}
    signed = await call(desk, "li", "POST", "/api/rules-text/3/sign", name="li")
    assert signed["signed_at"]
    assert signed["missing"] == []  # who has not signed is the leaders' to see
    again = await call(desk, "li", "POST", "/api/rules-text/3/sign", name="li")
    assert again["signed_at"] == signed["signed_at"]
    assert before - {one["name"] for one in (await desk.get("zeng", "/api/rules-text"))["missing"]} == {"li"}
    with pytest.raises(DBAPIError, match="stays"):
        async with desk.service.database.engine.begin() as connection:
            await connection.execute(sa.delete(rules_signature).where(rules_signature.c.agent_id == UUID(str(desk.people["li"]))))
