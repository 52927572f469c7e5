"""What the views answer when everything is as it should be, and the trace that a reading leaves."""

from __future__ import annotations

import io
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
from aiohttp import FormData
from openpyxl import load_workbook

from callcenter.db.agents import agent_to_verify
from callcenter.db.tables import case, member
from callcenter.domain.catalogue import META
from callcenter.domain.errors import Refused
from callcenter.people.member_columns import COLUMNS
from callcenter.people.passwords import verify
from callcenter.web import health, sheets
from tests.web.conftest import COOKIE, WAV, Centre

HEADINGS = ",".join(column.heading for column in COLUMNS[:5])


async def test_meta_has_every_list(centre: Centre) -> None:
    meta = await (await centre.ask("li", "GET", "/api/meta")).json()
    assert meta["centre"]["lines"] == [{"number": "079796601", "kind": "emergency", "name": "一键通"}]
    assert meta["centre"]["time_zone"] == "Asia/Shanghai"
    assert meta["seats"] == [{"extension": "8001", "name": "8001"}, {"extension": "8002", "name": "8002"}]
    assert {key: meta[key] for key in META} == orjson.loads(orjson.dumps(META))
    figures = {"ring_seconds": 15.0, "wrap_up_seconds": 60.0}
    assert meta["figures"] == {**figures, "answer_within_seconds": 15, "answer_target": 0.95}
    public = await (await centre.ask(None, "GET", "/api/centre")).json()
    assert public == {key: meta["centre"][key] for key in ("name_zh", "name_en", "time_zone")}


async def test_the_query_reaches_the_engine_as_meant(centre: Centre) -> None:
    response = await centre.ask("zeng", "GET", "/api/cases?state=open&red=true&q= 王 &before=c1&limit=5")
    assert response.status == 200
    assert (await centre.ask("zeng", "GET", "/api/cases?state=&red=&q=")).status == 200
    assert centre.fake.asked == [
        {"state": "open", "red": True, "text": "王", "before": "c1", "limit": 5},
        {"state": None, "red": None, "text": "", "before": None, "limit": 50},
    ]


async def test_readings_leave_a_trace(centre: Centre) -> None:
    profile = await (await centre.ask("li", "GET", f"/api/members/{centre.member}?case={centre.case}")).json()
    assert (profile["name"], profile["id"]) == ("王秀英", str(centre.member))
    await centre.ask("li", "GET", f"/api/cases/{centre.case}")
    await centre.ask("zeng", "GET", f"/api/recordings/{centre.recording}/audio")
    await centre.ask("admin", "GET", "/api/seats/8001/credentials")
    assert await centre.trace() == [
        ("profile_read", str(centre.member)),
        ("case_read", str(centre.case)),
        ("recording_read", str(centre.recording)),
        ("credentials_read", "8001"),
    ]


async def test_what_is_refused_leaves_none(centre: Centre) -> None:
    await centre.ask("chen", "GET", f"/api/members/{centre.member}?case={centre.case}")
    await centre.ask("chen", "GET", f"/api/recordings/{centre.recording}/audio")
    assert await centre.trace() == []


async def test_a_candidate_may_be_read_before_the_choice(centre: Centre) -> None:
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(case).values(member_id=None, candidates=[str(centre.member)]))
    assert (await centre.ask("li", "GET", f"/api/members/{centre.member}?case={centre.case}")).status == 200


async def test_audio_in_pieces_is_one_reading(centre: Centre) -> None:
    path = f"/api/recordings/{centre.recording}/audio"
    whole = await centre.ask("li", "GET", path)
    assert (whole.content_type, await whole.read()) == ("audio/wav", WAV)
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert whole.headers["Accept-Ranges"] == "bytes"
    piece = await centre.ask("li", "GET", path, headers={"Range": "bytes=100-199"})
    assert (piece.status, await piece.read()) == (206, WAV[100:200])
    assert piece.headers["Content-Range"] == f"bytes 100-199/{len(WAV)}"
    assert (await centre.ask("li", "GET", path, headers={"Range": "bytes=99999-"})).status == 416
    assert await centre.trace() == [("recording_read", str(centre.recording))]


async def test_a_recording_whose_file_is_gone(centre: Centre) -> None:
    centre.fake.recordings[centre.recording].path.unlink()
    response = await centre.ask("li", "GET", f"/api/recordings/{centre.recording}/audio")
    assert (response.status, (await response.json())["code"]) == (404, "no_recording")


async def test_agents_come_change_and_go(centre: Centre) -> None:
    new = {"user": "wen", "name": "温志强", "role": "seat", "password": "long enough", "seat": "8001"}
    created = await (await centre.ask("admin", "POST", "/api/agents", json=new)).json()
    assert created == {"id": created["id"], "user": "wen", "name": "温志强", "role": "seat", "seat": "8001", "active": True}
    assert (await centre.log_in("wen", "long enough")).status == 200
    address = f"/api/agents/{created['id']}"
    changed = await (await centre.ask("admin", "PATCH", address, json={"name": "温", "seat": None})).json()
    assert (changed["name"], changed["seat"], changed["active"]) == ("温", None, True)
    assert (await centre.ask("wen", "GET", "/api/me")).status == 200
    await centre.ask("admin", "PATCH", address, json={"password": "another one"})
    assert (await centre.ask("wen", "GET", "/api/me")).status == 401
    async with centre.engine.connect() as connection:
        found = await agent_to_verify(connection, "wen")
    assert found is not None
    assert await verify("another one", found[1])
    await centre.ask("admin", "PATCH", address, json={"active": False})
    assert (await centre.log_in("wen", "another one", seat="8001")).status == 401
    assert centre.fake.left == [UUID(created["id"])] * 2
    listed = await (await centre.ask("admin", "GET", "/api/agents")).json()
    assert [each["active"] for each in listed if each["user"] == "wen"] == [False]
    assert [action for action, _ in await centre.trace()] == ["agent_added", "seat_taken"] + ["agent_changed"] * 3


async def test_what_agents_cannot_be(centre: Centre) -> None:
    async def code(method: str, path: str, body: object) -> tuple[int, str]:
        response = await centre.ask("admin", method, path, json=body)
        return response.status, (await response.json())["code"]

    new = {"user": "li", "name": "李", "role": "seat", "password": "long enough"}
    admin = f"/api/agents/{centre.people['admin']}"
    assert await code("POST", "/api/agents", new) == (409, "user_taken")
    assert await code("POST", "/api/agents", {**new, "user": "x1", "seat": "9999"}) == (422, "unknown_seat")
    assert await code("PATCH", f"/api/agents/{centre.people['li']}", {"seat": "9999"}) == (422, "unknown_seat")
    assert await code("PATCH", admin, {"active": False}) == (409, "last_administrator")
    assert await code("PATCH", admin, {"role": "seat"}) == (409, "last_administrator")
    assert await code("PATCH", admin, {}) == (422, "invalid")
    centre.fake.refuses = Refused("busy", "正在通话。", "In a call.")
    assert await code("PATCH", f"/api/agents/{centre.people['li']}", {"active": False}) == (409, "busy")
    centre.fake.refuses = None
    assert (await centre.log_in("li")).status == 200


async def test_credentials_of_a_desk_phone(centre: Centre) -> None:
    got = await (await centre.ask("admin", "GET", "/api/seats/8001/credentials")).json()
    assert got == {"extension": "8001", "password": "sip 8001", "server": "127.0.0.1", "port": 5160, "transport": "udp"}


async def test_the_template_opens(centre: Centre) -> None:
    response = await centre.ask("admin", "GET", "/api/members/import/template")
    book = load_workbook(io.BytesIO(await response.read()))
    assert book.sheetnames == ["老人档案", "选项", "说明"]
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]


async def send(centre: Centre, content: bytes, name: str = "名单.csv", query: str = "") -> dict[str, object]:
    form = FormData(quote_fields=False)  # as browsers send names
    form.add_field("file", content, filename=name, content_type="text/csv")
    response = await centre.ask("admin", "POST", f"/api/members/import{query}", data=form)
    answer: dict[str, object] = await response.json()
    return answer


async def test_what_is_refused_while_lines_are_told_is_the_last_line(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is long to read: the answer has begun, and must not break off."""
    monkeypatch.setattr(sheets, "PROGRESS_EVERY", 0.0)
    form = FormData(quote_fields=False)
    form.add_field("file", b"nothing,that,we,know\n1,2,3,4\n", filename="x.csv", content_type="text/csv")
    await centre.let_in("admin")
    headers = {"Accept": "application/x-ndjson, application/json", "Cookie": f"{COOKIE}={centre.cookies['admin']}"}
    response = await centre.client.request("POST", "/api/members/import", data=form, headers=headers)
    told = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert (response.status, told[-1]["code"]) == (200, "file_no_headings")
    assert told[-1]["zh"]
    assert told[-1]["remedy_zh"]
    assert all("step" in line for line in told[:-1])
    assert len(told) > 1


async def test_a_file_is_tried_and_taken_over(centre: Centre) -> None:
    content = f"{HEADINGS}\nA1,李德福,男,1940-01-02,13970700001\n".encode("gb18030")
    tried = await send(centre, content, query="?dry_run=true")
    expected = {"file": "名单.csv", "rows": 1, "added": 1, "changed": 0, "unchanged": 0, "bad": []}
    assert tried == {**expected, "applied": False}
    assert await send(centre, content) == {**expected, "applied": True}
    assert ("import", "members") in await centre.trace()
    found = await (await centre.ask("zeng", "GET", "/api/members?q=ldf")).json()
    assert [each["honorific"] for each in found] == ["李爷爷"]
    assert list((centre.settings.data_dir / "imports").iterdir()) == []


async def test_a_bad_row_is_told_and_nothing_taken(centre: Centre) -> None:
    report = await send(centre, f"{HEADINGS}\nA1,李德福,?,,\n".encode())
    assert report["applied"] is False
    assert [(bad["row"], bad["column"]) for bad in report["bad"]] == [(2, "性别")]  # type: ignore[attr-defined]
    async with centre.engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(member)) == 1


async def test_readiness_says_what_is_missing(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await (await centre.ask(None, "GET", "/readyz")).json() == {
        "ready": True,
        "parts": {"database": True, "asterisk": True},
    }
    centre.fake.parts = {"database": True, "asterisk": "not connected"}
    response = await centre.ask(None, "GET", "/readyz")
    assert (response.status, (await response.json())["parts"]["asterisk"]) == (503, "not connected")

    async def hang() -> dict[str, bool | str]:
        import asyncio

        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr(health, "READY_SECONDS", 0.05)
    monkeypatch.setattr(centre.fake, "ready", hang)
    assert (await centre.ask(None, "GET", "/readyz")).status == 503
    metrics = await centre.ask(None, "GET", "/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert await metrics.text() == "callcenter_up 1\n"
