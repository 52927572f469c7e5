"""The duty supervisor's paper through the real interface and database: shifts and log, roster, messages, scores, press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from aiohttp import FormData

from callcenter.db.duty_room_tables import duty_entry, duty_message, inspection, outage, threshold_alarm
from callcenter.db.tables import access, case, department, duty_phone, escalation, journal, terminal, warning
from callcenter.domain.inspection import RUBRICS
from callcenter.supervision.duty_state import duty_state
from tests.web.conftest import Centre

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


async def hired(centre: Centre) -> None:
    """A second supervisor."""
    async with centre.engine.begin() as connection:
        await centre.hire(connection, "tang", "supervisor")


async def must(centre: Centre, user: str, method: str, path: str, status: int = 200, **options: Any) -> Any:
    response = await centre.ask(user, method, path, **options)
    assert response.status == status, await response.text()
    return await response.json()


async def a_night(centre: Centre) -> None:
    """What the system sees during a shift."""
    now = datetime.now(UTC)
    emergency, drill = uuid4(), uuid4()
    values = {
        "kind": "emergency",
        "line": "079796601",
        "state": "open",
        "opened_at": now,
        "pressed_at": now,
        "member_id": centre.member,
    }
    async with centre.engine.begin() as connection:
        await connection.execute(sa.insert(case).values(
            id=emergency, number="20261130-000007", source="safe_mode", **values, answered_at=now + timedelta(seconds=72),
            settled_at=now + timedelta(seconds=300), seat="8001", agent_id=centre.people["li"],
        ))  # fmt: skip
        await connection.execute(sa.insert(case).values(id=drill, number="20261130-000008", source="drill", **values))
        await connection.execute(sa.insert(case).values(id=uuid4(), number="p", source="probe", **values))
        settled = {"case_id": emergency, "seq": 1, "at": now, "kind": "settled", "data": {"outcome": "handed_over"}}
        await connection.execute(sa.insert(journal).values(**settled))
        await connection.execute(sa.insert(escalation).values(
            case_id=emergency, state="exhausted", started_at=now, round=1, rung=0, level=1, pages=1, exhausted_at=now,
        ))  # fmt: skip
        await connection.execute(
            sa.text("""
                INSERT INTO attempt (id, case_id, round, rung, target, kind, name, relation, number, way, count, state, created_at,
                    ring_seconds, sentence, node, holder, said, joined, closing, key)
                VALUES ('a1', :case, 1, -3, 'duty:1', 'supervisor', '曾国平', '', '+8614007999901', 'trunk', 1, 'done', now(),
                    25, '', 'node1', '', 0, false, false, '1')
            """),
            {"case": emergency},
        )
        lasted = {"instance": "main", "began_at": now, "ended_at": now + timedelta(seconds=75)}
        await connection.execute(sa.insert(outage).values(id=uuid4(), kind="watchdog_asterisk", **lasted))
        alarm = {"id": uuid4(), "measure": "ready_seats", "limit_value": 1, "began_at": now, "phone": True, "paged_at": now}
        await connection.execute(sa.insert(threshold_alarm).values(**alarm, heard_by="曾国平", heard_at=now))
        for action, subject, data in (("presence_forced", "8002", {"presence": "paused"}), ("seat_taken", "8001", {})):
            await connection.execute(
                sa.insert(access).values(agent_id=centre.people["li"], action=action, subject=subject, data=data)
            )
        silent = {"serial": "YJT1", "account": "t1", "contact_changed_at": now, "member_id": centre.member}
        await connection.execute(sa.insert(terminal).values(**silent))
        await connection.execute(sa.insert(warning).values(id=uuid4(), at=now, kind="recording_lost", count=2))
        await connection.execute(sa.update(case).where(case.c.id == centre.case).values(red=True))


@pytest.mark.rule("T-1")
@pytest.mark.rule("T-6")
async def test_a_shift_from_its_beginning_to_the_acknowledged_hand_over(centre: Centre) -> None:
    await hired(centre)
    shift = await must(centre, "zeng", "POST", "/api/duty/shifts", 201, json={"place": "值班室"})
    assert (shift["state"], shift["own"], shift["late"], shift["name"]) == ("open", True, False, "zeng")
    again = await must(centre, "tang", "POST", "/api/duty/shifts", 409, json={"place": "值班室"})
    assert (again["code"], again["rule"]) == ("shift_runs", "T-1")
    await a_night(centre)
    at = f"/api/duty/shifts/{shift['id']}"
    live = await must(centre, "zeng", "GET", at)
    told = {fact["kind"]: fact["zh"] for fact in live["facts"]}
    assert set(told) == {"emergency", "drill", "exhausted", "outage", "threshold", "forced", "terminal", "log_in"}
    assert told["emergency"].startswith("紧急求助:安全模式受理,1分12秒后接听(8001 li)")
    assert "了结" in told["emergency"]
    assert "曾国平(已应答)" in told["exhausted"]
    assert "电话交换没有响应" in told["outage"]
    assert told["outage"].endswith("历时1分15秒")
    assert "曾国平已应答" in told["threshold"]
    assert (told["forced"], told["log_in"]) == ("li将坐席8002改为暂离", "li登录坐席8001")
    items = {item["kind"]: item["zh"] for item in live["open_items"]}
    assert items == {"red": "紧急求助未了结", "warning": "有一段录音丢失(2次)"}
    assert [item["who"] for item in live["open_items"] if item["kind"] == "red"] == ["王秀英"]
    # Who runs the system reads the log without names.
    blind = await must(centre, "admin", "GET", at)
    assert {fact["who"] for fact in blind["facts"]} == {None}

    wrong = await must(centre, "zeng", "POST", f"{at}/entries", 201, json={"kind": "visit", "text": "民政局来访3人"})
    entry = wrong["entries"][0]["id"]
    right = {"kind": "visit", "text": "民政局来访5人", "corrects": entry}
    await must(centre, "zeng", "POST", f"{at}/entries", 201, json=right)
    late = {"kind": "other", "text": "x", "at": "2020-01-01T00:00:00Z"}
    assert (await must(centre, "zeng", "POST", f"{at}/entries", 422, json=late))["rule"] == "T-6"

    handed = await must(centre, "zeng", "POST", f"{at}/hand-over", json={"signer": "曾国平", "note": "留意王秀英"})
    assert handed["state"] == "handed_over"
    own = await must(centre, "zeng", "POST", f"{at}/acknowledge", 409, json={"receiver": "曾国平"})
    assert own["code"] == "own_hand_over"
    async with centre.engine.connect() as connection:
        shown = await duty_state(connection)
    assert [(one["state"], one["late"]) for one in shown["shifts"]] == [("handed_over", False)]
    # The next begins before they have read the note: nothing keeps them from it, and it goes on to warn.
    await must(centre, "tang", "POST", "/api/duty/shifts", 201, json={"place": "值班室"})
    done = await must(centre, "tang", "POST", f"{at}/acknowledge", json={"receiver": "唐海", "remark": "已看"})
    assert (done["state"], done["signer"], done["receiver"], done["remark"]) == ("acknowledged", "曾国平", "唐海", "已看")
    assert (await must(centre, "zeng", "POST", f"{at}/hand-over", 409, json={"signer": "曾"}))["code"] == "illegal_move"
    # The page stays as it was signed, whatever happens afterwards; what is wrong can still be corrected.
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(case).where(case.c.id == centre.case).values(red=False))
    page = await must(centre, "zeng", "GET", at)
    assert page["facts"] == handed["facts"]
    assert page["open_items"] == handed["open_items"]
    assert (await must(centre, "zeng", "POST", f"{at}/entries", 409, json={"kind": "visit", "text": "x"}))[
        "code"
    ] == "shift_is_over"
    assert len((await must(centre, "zeng", "POST", f"{at}/entries", 201, json=right))["entries"]) == 3
    assert [one["id"] for one in await must(centre, "department_head", "GET", "/api/duty/shifts")] == [shift["id"]]
    assert {action for action, _ in await centre.trace()} >= {"shift_begun", "shift_handed_over", "shift_acknowledged"}


@pytest.mark.rule("T-6")
@pytest.mark.rule("W-9")
@pytest.mark.parametrize(
    "statement", ["UPDATE duty_entry SET text = ''", "DELETE FROM duty_entry", "UPDATE inspection SET total = 100"]
)
async def test_the_database_itself_refuses_to_change_what_was_written(centre: Centre, statement: str) -> None:
    shift = await must(centre, "zeng", "POST", "/api/duty/shifts", 201, json={})
    await must(centre, "zeng", "POST", f"/api/duty/shifts/{shift['id']}/entries", 201, json={"kind": "other", "text": "停电"})
    scored = {"day": "2026-01-01", "rubric": "hygiene", "area": "机房", "scores": {item.id: 0 for item in RUBRICS["hygiene"]}}
    await must(centre, "zeng", "POST", "/api/inspections", 201, json=scored)
    with pytest.raises(sa.exc.DBAPIError, match="a correction is a new entry"):
        async with centre.engine.begin() as connection:
            await connection.execute(sa.text(statement))
    async with centre.engine.connect() as connection:
        assert await connection.scalar(sa.select(duty_entry.c.text)) == "停电"
        assert await connection.scalar(sa.select(inspection.c.total)) == 0


@pytest.mark.rule("S-9")
async def test_a_week_of_the_roster(centre: Centre) -> None:
    await hired(centre)
    turn = {
        "post": "supervisor", "agent_id": str(centre.people["zeng"]), "phone_id": str(centre.phone),
        "begins_at": "2099-12-07T12:00:00Z", "ends_at": "2099-12-08T00:00:00Z",
    }  # fmt: skip
    week = await must(centre, "zeng", "POST", "/api/roster", 201, json=turn)
    assert (week["monday"], len(week["turns"]), len(week["gaps"])) == ("2099-12-07", 1, 2)
    assert {person["name"] for person in week["people"]} >= {"zeng", "tang", "li"}
    assert (await must(centre, "zeng", "POST", "/api/roster", 422, json=turn | {"phone_id": None}))["code"] == "turn_without_phone"
    night = {
        "post": "seat",
        "agent_id": turn["agent_id"],
        "seat": "8001",
        "begins_at": turn["begins_at"],
        "ends_at": turn["ends_at"],
    }
    clash = await must(centre, "admin", "POST", "/api/roster", 201, json=night)
    assert [one["why"] for one in clash["clashes"]] == ["person"]
    seat_turn = next(one for one in clash["turns"] if one["post"] == "seat")
    moved = await must(centre, "zeng", "PUT", f"/api/roster/{seat_turn['id']}", json=night | {"agent_id": str(centre.people["li"])})
    assert moved["clashes"] == []
    copy = await must(centre, "zeng", "POST", "/api/roster/copy", 201, json={"source": "2099-12-09", "target": "2099-12-16"})
    assert sorted(one["begins_at"] for one in copy["turns"]) == ["2099-12-14T12:00:00.000Z"] * 2
    twice = await must(centre, "zeng", "POST", "/api/roster/copy", 409, json={"source": "2099-12-09", "target": "2099-12-16"})
    assert twice["code"] == "week_not_empty"
    # A phone that is switched off cannot be rung: the week says so.
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(duty_phone).values(active=False))
    silent = await must(centre, "zeng", "GET", "/api/roster?day=2099-12-08")
    assert [gap["no_phone"] for gap in silent["gaps"]] == [False, True, False]
    left = await must(centre, "zeng", "DELETE", f"/api/roster/{seat_turn['id']}")
    assert len(left["turns"]) == 1


@pytest.mark.rule("S-9")
async def test_the_board_is_told_of_gaps_of_the_next_day(centre: Centre) -> None:
    now = datetime.now(UTC)
    turn = {
        "post": "supervisor", "agent_id": str(centre.people["zeng"]), "phone_id": str(centre.phone),
        "begins_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=3)).isoformat(),
    }  # fmt: skip
    async with centre.engine.connect() as connection:
        assert (await duty_state(connection))["gaps"] == [{"begins_at": None, "ends_at": None, "no_phone": False}]
    await must(centre, "zeng", "POST", "/api/roster", 201, json=turn)
    async with centre.engine.connect() as connection:
        shown = await duty_state(connection)
    assert [(one["name"], one["post"]) for one in shown["on_duty"]] == [("zeng", "supervisor")]
    assert [(gap["begins_at"] is None, gap["ends_at"]) for gap in shown["gaps"]] == [(False, None)]


@pytest.mark.rule("T-2")
async def test_messages_are_acknowledged_by_whom_they_are_for(centre: Centre) -> None:
    house = uuid4()
    async with centre.engine.begin() as connection:
        await connection.execute(sa.insert(department).values(id=house, name="红井社养部"))
    sent = await must(
        centre, "zeng", "POST", "/api/messages", 201, json={"department_id": str(house), "text": "明早停电", "hours": 1}
    )
    message = sent["messages"][0]
    assert (message["to"], message["state"], message["overdue"]) == ("红井社养部", "sent", False)
    await must(centre, "zeng", "POST", "/api/messages", 201, json={"agent_id": str(centre.people["li"]), "text": "请到值班室"})
    assert [one["text"] for one in (await must(centre, "li", "GET", "/api/messages"))["messages"]] == ["请到值班室"]
    assert (await must(centre, "chen", "GET", "/api/messages"))["messages"] == []
    refused = await must(centre, "li", "POST", f"/api/messages/{message['id']}/acknowledge", 403, json={"reply": ""})
    assert refused["rule"] == "T-2"
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(duty_message).values(due_at=sa.func.now() - timedelta(minutes=1)))
        assert (await duty_state(connection))["overdue_messages"] == 2
    await must(centre, "department_head", "POST", f"/api/messages/{message['id']}/read")
    body = {"reply": "已通知各户"}
    done = await must(centre, "department_head", "POST", f"/api/messages/{message['id']}/acknowledge", json=body)
    one = next(each for each in done["messages"] if each["id"] == message["id"])
    assert (one["state"], one["acknowledged_by"], one["reply"], one["overdue"]) == (
        "acknowledged",
        "department_head",
        "已通知各户",
        False,
    )
    assert one["read_at"] <= one["acknowledged_at"]
    async with centre.engine.connect() as connection:
        assert (await duty_state(connection))["overdue_messages"] == 1
    both = {"department_id": str(house), "agent_id": str(centre.people["li"]), "text": "x"}
    await must(centre, "zeng", "POST", "/api/messages", 422, json=both)
    await must(centre, "zeng", "POST", "/api/messages", 404, json={"agent_id": str(uuid4()), "text": "x"})


@pytest.mark.rule("T-3")
@pytest.mark.rule("A-4")
async def test_scores_by_area_and_person_with_their_trend(centre: Centre) -> None:
    full = {item.id: item.most for item in RUBRICS["hygiene"]}
    body = {"day": "2026-01-02", "rubric": "hygiene", "area": "呼叫大厅", "scores": full | {"floor": 10}, "remark": "窗台有灰"}
    bad = await must(centre, "zeng", "POST", "/api/inspections", 422, json=body | {"scores": {"floor": 99}})
    assert bad["rule"] == "T-3"
    await must(centre, "zeng", "POST", "/api/inspections", 422, json=body | {"day": "2099-01-01"})
    await must(centre, "zeng", "POST", "/api/inspections", 422, json=body | {"agent_id": str(centre.people["li"])})
    await must(centre, "zeng", "POST", "/api/inspections", 201, json=body)
    await must(centre, "zeng", "POST", "/api/inspections", 201, json=body | {"scores": full})  # looked at again: this one counts
    conduct = {item.id: item.most for item in RUBRICS["discipline"]} | {"calls": 5}
    person = {"day": "2026-01-02", "rubric": "discipline", "agent_id": str(centre.people["li"]), "scores": conduct}
    await must(centre, "zeng", "POST", "/api/inspections", 201, json=person)
    async with centre.engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(inspection)) == 3
    days = (datetime.now(UTC).date() - datetime(2026, 1, 2, tzinfo=UTC).date()).days + 2
    found = await must(centre, "department_head", "GET", f"/api/inspections?days={min(days, 366)}")
    if days <= 366:
        assert {(one["subject"], one["total"]) for one in found["scores"]} == {("呼叫大厅", 100), ("li", 80)}
        assert found["trend"] == [
            {"day": "2026-01-02", "rubric": "discipline", "share": 0.8}, {"day": "2026-01-02", "rubric": "hygiene", "share": 1.0},
        ]  # fmt: skip


@pytest.mark.rule("T-5")
async def test_a_clipping_is_filed_sent_and_signed_for(centre: Centre) -> None:
    where = "/api/press?newspaper=瑞金报&published_on=2026-11-21&title=呼叫中心开通&page=A3"

    def form(content: bytes, name: str = "a.png") -> dict[str, Any]:
        data = FormData()
        data.add_field("file", content, filename=name, content_type="application/octet-stream")
        return {"data": data}

    refused = await must(centre, "zeng", "POST", where, 422, **form(b"<svg onload=alert(1)>", "a.png"))
    assert (refused["code"], refused["rule"]) == ("bad_scan", "T-5")
    await must(centre, "zeng", "POST", where, 413, **form(b"%PDF-" + bytes(21 * 1024 * 1024)))
    assert not list((centre.settings.data_dir / "imports").iterdir())
    filed = (await must(centre, "zeng", "POST", where, 201, **form(PNG)))["clippings"][0]
    assert (filed["newspaper"], filed["published_on"], filed["media_type"], filed["bytes"]) == (
        "瑞金报",
        "2026-11-21",
        "image/png",
        len(PNG),
    )
    stored = centre.settings.data_dir / "press" / f"{filed['id']}.png"
    assert stored.read_bytes() == PNG
    assert stored.stat().st_mode & 0o077 == 0
    head = str(centre.people["department_head"])
    at = f"/api/press/{filed['id']}"
    await must(centre, "department_head", "GET", f"{at}/scan", 404)
    assert (await must(centre, "zeng", "POST", f"{at}/send", 422, json={"agent_id": str(centre.people["li"])}))[
        "code"
    ] == "not_a_head"
    sent = (await must(centre, "zeng", "POST", f"{at}/send", json={"agent_id": head}))["clippings"][0]
    assert (sent["state"], sent["sent_to"]) == ("sent", "department_head")
    assert (await must(centre, "zeng", "POST", f"{at}/receive", 403))["rule"] == "T-5"
    got = (await must(centre, "department_head", "POST", f"{at}/receive"))["clippings"][0]
    assert got["state"] == "received"
    assert got["received_at"] >= got["sent_at"]
    scan = await centre.ask("department_head", "GET", f"{at}/scan")
    assert (scan.status, scan.content_type, await scan.read()) == (200, "image/png", PNG)
    assert scan.headers["X-Content-Type-Options"] == "nosniff"
    assert {action for action, _ in await centre.trace()} >= {
        "clipping_filed",
        "clipping_sent",
        "clipping_received",
        "clipping_read",
    }
