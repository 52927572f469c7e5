"""A-3 to A-5 of what the front desk must be able to do: equipment that works, a place that is kept, people who are received."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientWebSocketResponse

from callcenter.db.agents import add_session
from callcenter.db.people import create_member
from callcenter.db.tables import member, seat
from callcenter.people.login import COOKIE, hash_token
from desk.conftest import Desk, days_ago
from desk.test_follow_ups import SOLVED, due


class Console:
    """Li's console at 8001: sends commands as the page does, and reads what the seat is told."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket, self.seat, self.sent = socket, dict[str, Any](), 0

    async def order(self, name: str, **args: Any) -> dict[str, Any]:
        self.sent += 1
        await self.socket.send_json({"type": "command", "id": str(self.sent), "name": name, "args": args})
        while True:
            frame = json.loads(await self.socket.receive_str(timeout=8))
            self._look(frame)
            if frame["type"] == "result" and frame["id"] == str(self.sent):
                return dict(frame)

    async def until(self, **wanted: Any) -> None:
        """The seat is shown like that."""
        while any(self.seat.get(key) != value for key, value in wanted.items()):
            self._look(json.loads(await self.socket.receive_str(timeout=8)))

    def _look(self, frame: dict[str, Any]) -> None:
        for change in frame.get("entities") or frame.get("changes") or [frame]:
            if change.get("noun") == "seat" and change.get("id") == "8001" and change.get("data"):
                self.seat = change["data"]


@pytest.mark.rule("A-3")
async def test_equipment_that_does_not_work_is_found_before_a_call_and_the_person_is_told_what_to_do(desk: Desk) -> None:
    token = secrets.token_urlsafe()
    async with desk.service.database.engine.begin() as connection:
        await add_session(connection, hash_token(token), desk.people["li"], "8001", datetime.now(UTC) + timedelta(hours=1))
        place = {
            "agent_id": desk.people["li"],
            "presence": "paused",
            "pause_reason": "rest",
            "device": "browser",
            "registered": True,
        }
        await connection.execute(sa.update(seat).where(seat.c.extension == "8001").values(**place, microphone=False))
    async with desk.client.ws_connect("/ws", headers={"Cookie": f"{COOKIE}={token}"}) as socket:
        console = Console(socket)
        await socket.send_json({"type": "hello", "epoch": None, "seq": 0})
        refused = (await console.order("set_presence", presence="ready"))["problem"]
        assert (refused["code"], refused["rule"], "麦克风" in refused["zh"]) == ("no_microphone", "A-3", True)
        assert ("插好耳机" in refused["remedy_zh"], "headset" in refused["remedy_en"]) == (True, True)
        assert (await console.order("report_microphone", ok=True))["ok"]
        assert (await console.order("set_presence", presence="ready"))["ok"]
        await console.until(presence="ready")
        assert (await console.order("report_microphone", ok=False))["ok"]  # pulled out: no elder is rung into silence
        await console.until(presence="paused", pause_reason="microphone")
        assert (await console.order("report_microphone", ok=True))["ok"]
        assert console.seat["presence"] == "paused", "ready again is what a person says, not a plug"
        assert (await console.order("set_presence", presence="ready"))["ok"]
        # What somebody presses wrong harms nothing and says what is meant.
        wrong = (await console.order("set_presence", presence="asleep"))["problem"]
        assert (bool(wrong["zh"]), bool(wrong["en"])) == (True, True)
        assert console.seat["presence"] == "ready"


@pytest.mark.rule("A-4", "T-3")
async def test_equipment_and_place_are_looked_at_item_by_item_and_what_is_not_in_order_stands_there(desk: Desk) -> None:
    page = await desk.get("zeng", "/api/inspections")
    hygiene = next(one for one in page["rubrics"] if one["id"] == "hygiene")
    kept = {item["id"]: item["most"] for item in hygiene["items"]}
    assert {"equipment", "desk", "safety"} <= kept.keys()
    day = days_ago(1)
    body = {"day": day.isoformat(), "rubric": "hygiene", "area": "呼叫大厅", "scores": kept, "remark": ""}

    async def inspect(user: str, **change: Any) -> tuple[int, Any]:
        return await desk.ask(user, "POST", "/api/inspections", json=body | change)

    without = {name: points for name, points in kept.items() if name != "equipment"}
    status, problem = await inspect("zeng", scores=without)  # nobody passes over the telephones
    assert (status, "话机、电脑、耳机" in problem["zh"]) == (422, True)
    assert (await inspect("zeng", scores=kept | {"equipment": 21}))[0] == 422
    assert (await inspect("li"))[0] == 403  # nobody scores their own desk
    assert (await inspect("zeng"))[0] == 201
    assert (await inspect("zeng", day=days_ago(0).isoformat(), scores=kept | {"equipment": 4}, remark="两副耳机损坏,一部话机无声"))[
        0
    ] == 201
    found = await desk.get("department_head", "/api/inspections?days=7")
    newest = next(one for one in found["scores"] if one["day"] == days_ago(0).isoformat())
    assert (newest["scores"]["equipment"], newest["total"], newest["remark"]) == (4, 84, "两副耳机损坏,一部话机无声")
    assert [(one["day"], one["share"]) for one in found["trend"]] == [(day.isoformat(), 1.0), (days_ago(0).isoformat(), 0.84)]
    assert (await desk.ask("zeng", "DELETE", "/api/inspections"))[0] in (404, 405)  # what was found stays


@pytest.mark.rule("A-5", "C-V1", "C-1")
@pytest.mark.parametrize(
    ("name", "gender", "age", "title"),
    [("欧阳德福", "m", 80, "欧阳爷爷"), ("陈静", "f", 66, "陈阿姨"), ("王秀英", "f", 85, "王奶奶")],
)
async def test_whoever_comes_or_calls_is_addressed_by_their_title_wherever_somebody_speaks_to_them(
    desk: Desk, name: str, gender: str, age: int, title: str
) -> None:
    """From the search of the visitor's name to the call afterwards; and each greeting has a place for it, and is polite."""
    async with desk.service.database.engine.begin() as connection:
        ident = await create_member(connection, name=name, gender=gender, number="+867971000777", address="红井路6号")
        born = date(days_ago(0).year - age, 1, 1)
        await connection.execute(sa.update(member).where(member.c.id == ident).values(birth_date=born))
    (hit,) = [one for one in await desk.get("li", f"/api/members?q={name}") if one["id"] == str(ident)]
    assert hit["honorific"] == title
    assert (await desk.get("zeng", f"/api/members/{ident}"))["honorific"] == title
    visit = {
        "source": "walk_in",
        "member_id": str(ident),
        "text": "来问老年大学的课",
        "category": "consultation",
        "subcategory": "service",
    }
    case_id = (await desk.do("li", "register_case", **visit))["case_id"]
    await desk.do("li", "reply", case_id, **SOLVED)
    assert (await desk.get("li", f"/api/follow-ups/{(await due(desk, case_id))['id']}"))["honorific"] == title

    scripts = await desk.get("li", "/api/scripts")
    greetings = [one for one in scripts if one["first"]]
    assert {kind for one in greetings for kind in one["kinds"]} == {"emergency", "life_help"}
    for one in greetings:
        known = one["needs"] == "member"
        assert ("{honorific}" in one["zh"], "{honorific}" in one["en"]) == (known, known), one["id"]
        assert "您" in one["zh"], "nobody is addressed as 你"
        assert "你" not in one["zh"].replace("您", "")
    (manner,) = [one for one in scripts if one["rule"] == "W-1"]
    assert "致歉" in manner["zh"]
