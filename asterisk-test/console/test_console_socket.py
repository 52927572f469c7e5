"""The console's socket under all that a browser, a bad network or a bad person does to it; the real service behind it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, ConsoleClient, running_centre
from yarl import URL

pytestmark = pytest.mark.real


def line(centre: Centre, kind: str = "emergency") -> str:
    return str(centre.data()["lines"][kind])


async def fresh(centre: Centre, console: ConsoleClient) -> dict[tuple[str, str], dict[str, object]]:
    """What a new snapshot shows the same person, without what changes by itself."""
    other = ConsoleClient(centre.base)
    centre.consoles.append(other)
    other.http.cookie_jar.update_cookies(console.http.cookie_jar.filter_cookies(URL(centre.base)))
    await other.connect()
    return stable(other)


def stable(console: ConsoleClient) -> dict[tuple[str, str], dict[str, object]]:
    return {key: data for key, data in console.entities.items() if key[0] not in ("figures", "health", "warning", "terminal")}


async def test_a_console_that_resumes_has_no_gap(centre: Centre) -> None:
    board = await centre.console("supervisor")
    epoch = board.epoch
    await centre.telephones.caller(line(centre), number="13800138041")
    await board.call("waiting")
    await board.drop()
    gone = await centre.telephones.caller(line(centre, "life_help"), number="13800138042")
    await centre.until_row("SELECT 1 FROM help_case WHERE caller_number = '+8613800138042'")
    await gone.close()
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'callback'")
    before = len(board.frames)
    await board.connect(resume=True)
    await board.until(lambda: board.all("task"))  # the last change of that call
    assert board.frames[before]["type"] == "resumed"
    assert board.epoch == epoch
    numbers = [frame["seq"] for frame in board.frames if frame["type"] in ("change", "changes")]
    assert numbers == sorted(set(numbers)), "each change once, in order"
    assert stable(board) == await fresh(centre, board), "equal to a fresh snapshot"


async def test_an_unknown_place_gets_a_snapshot(centre: Centre) -> None:
    board = await centre.console("supervisor")
    for epoch, seq in (("nonsense", 1), (board.epoch, 10**9), (board.epoch, "7"), (None, 0), ({"a": 1}, -5)):
        board.epoch, board.seq = epoch, seq  # type: ignore[assignment]  # what no console would send
        await board.drop()
        before = len(board.frames)
        await board.connect(resume=True)
        assert board.frames[before]["type"] == "snapshot"


async def test_rubbish_is_answered_with_words_and_harms_nobody(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    for text in ("", "{", "[]", "7", '"x"', '{"type":"nonsense"}', '{"type":"command"}', "\u0000", "{" * 5000):
        await console.send_text(text)
    await console.until(lambda: sum(frame["type"] == "error" for frame in console.frames) >= 9)
    assert all(frame["problem"]["zh"] for frame in console.frames if frame["type"] == "error")
    assert console.close_code is None
    await centre.telephones.caller(line(centre))
    await console.case("waiting")
    await phone.ringing()


async def test_too_much_rubbish_ends_the_connection(centre: Centre) -> None:
    console = await centre.console("supervisor")
    for _ in range(12):
        await console.send_text("{")
    await console.until(lambda: console.close_code is not None)
    assert console.close_code == 4010


async def test_a_flood_and_a_huge_frame_end_the_connection(centre: Centre) -> None:
    console = await centre.console("supervisor")
    for _ in range(400):
        await console.send_text('{"type":"ping"}')
    await console.until(lambda: console.close_code is not None)
    assert console.close_code == 4010
    await console.connect()
    await console.send_text(json.dumps({"type": "ping", "x": "y" * 200_000}))
    await console.until(lambda: console.close_code is not None)


NOWHERE = "00000000-0000-4000-8000-000000000000"
WRONG: list[tuple[str, dict[str, object], str]] = [
    ("nonsense", {}, "unknown_command"),
    ("note", {}, "bad_arguments"),
    ("note", {"case_id": "no-uuid", "text": "x"}, "bad_arguments"),
    ("note", {"case_id": NOWHERE, "text": "x"}, "no_such_case"),
    ("note", {"case_id": NOWHERE, "text": "x" * 5000}, "bad_arguments"),
    ("draft", {"case_id": NOWHERE, "draft": {"summary": "x" * 9000}}, "draft_too_long"),
    ("wrap_up", {"case_id": NOWHERE, "hack": 1}, "bad_arguments"),
    ("set_presence", {"presence": "dancing"}, "bad_arguments"),
    ("set_presence", {"presence": "paused", "reason": "nonsense"}, "reason_needed"),
    ("force_presence", {"seat": "8002", "presence": "ready"}, "not_your_role"),
    ("hold", {"case_id": NOWHERE, "on": True}, "no_such_case"),
    ("hold", {"case_id": NOWHERE, "on": "perhaps"}, "bad_arguments"),
    ("call_out", {"case_id": NOWHERE, "target": "number:075588880000"}, "no_such_case"),
    ("call_out", {"target": "number:075588880000"}, "bad_arguments"),
    ("call_out", {"case_id": NOWHERE, "member_id": NOWHERE, "target": "terminal"}, "bad_arguments"),
    ("call_out", {"case_id": NOWHERE, "target": ""}, "bad_arguments"),
    ("send_digits", {"case_id": NOWHERE, "digits": "1"}, "no_such_case"),
    ("send_digits", {"case_id": NOWHERE, "digits": "1" * 65}, "bad_arguments"),
    ("transfer", {"case_id": NOWHERE, "to": "seat:8002", "manner": "blind"}, "no_such_case"),
    ("transfer", {"case_id": NOWHERE, "to": "", "manner": "blind"}, "bad_arguments"),
    ("transfer", {"case_id": NOWHERE, "to": "seat:8002", "manner": "rudely"}, "bad_arguments"),
    ("complete_transfer", {"case_id": NOWHERE}, "no_such_case"),
    ("cancel_transfer", {"case_id": NOWHERE}, "no_such_case"),
    ("bring_in", {"case_id": NOWHERE, "to": "number:075588880000"}, "no_such_case"),
    ("drop_party", {"case_id": NOWHERE, "leg_id": "x"}, "no_such_case"),
    ("listen", {"case_id": NOWHERE, "manner": "listen"}, "not_your_role"),
    ("stop_listening", {"case_id": NOWHERE}, "not_your_role"),
    ("take_over", {"case_id": NOWHERE}, "not_your_role"),
    ("take_task", {"task_id": NOWHERE}, "no_such_task"),
    ("take", {"case_id": NOWHERE}, "no_such_case"),
    ("create_member", {"case_id": NOWHERE, "name": " ", "gender": "f"}, "bad_arguments"),
    ("create_member", {"case_id": NOWHERE, "name": "王秀英", "gender": "f"}, "not_your_case"),
    ("link_number", {"case_id": NOWHERE}, "bad_arguments"),
    ("link_number", {"case_id": NOWHERE, "member_id": NOWHERE}, "not_your_case"),
]


async def test_commands_that_are_wrong_or_not_allowed(centre: Centre) -> None:
    console = await centre.console("seat", "8001")
    for name, args, code in WRONG:
        result = await console.order(name, **args)
        assert not result["ok"], name
        assert result["problem"]["code"] == code, (name, args)
        assert result["problem"]["zh"]
        assert result["problem"]["en"]
    assert (await centre.rows("SELECT count(*) AS n FROM help_case"))[0]["n"] == 0
    assert "command_failed" not in centre.tail(500)


async def test_a_command_sent_again_runs_once(centre: Centre) -> None:
    console, phone = await centre.seat("8001")
    await centre.telephones.caller(line(centre))
    case = await console.case("talking")
    first = await console.order("note", "same-id", case_id=case["id"], text="问过姓名")
    again = await console.order("note", "same-id", case_id=case["id"], text="问过姓名")
    assert first["ok"]
    assert again["ok"]
    notes = await centre.rows("SELECT 1 FROM journal WHERE kind = 'note'")
    assert len(notes) == 1
    assert phone.talking is not None


async def test_who_sees_whom(centre: Centre) -> None:
    """The person is shown to the seat whose task it is and to the supervisor; to others neither name nor number."""
    handling, phone = await centre.seat("8001")
    other = await centre.console("seat", "8002")
    board = await centre.console("supervisor")
    administrator = await centre.console("administrator")
    terminal = next(t for t in centre.data()["terminals"] if t["number"])
    await centre.telephones.caller(line(centre), number=terminal["number"])
    case = await handling.case("talking")
    name, number = case["member"]["name"], case["caller"]["number"].removeprefix("+86")
    assert name == terminal["member"]
    await board.until(lambda: (board.one("call", case["id"]) or {}).get("state") == "talking")
    await other.until(lambda: other.one("call", case["id"]))
    assert (board.one("call", case["id"]) or {})["who"] == name
    seen_by_others = json.dumps([other.frames, administrator.frames], ensure_ascii=False)
    assert name not in seen_by_others
    assert number not in seen_by_others
    assert case["member"]["address"] not in seen_by_others
    for console, expected in ((other, 403), (administrator, 403), (board, 200), (handling, 200)):
        async with console.http.get(f"/api/cases/{case['id']}") as answer:
            assert answer.status == expected
    refused = await other.order("note", case_id=case["id"], text="x")
    assert refused["problem"]["code"] == "not_your_case"
    read = await centre.rows("SELECT action FROM access WHERE subject = :id", id=case["id"])
    assert {row["action"] for row in read} >= {"case_read"}
    assert phone.talking is not None
    log = centre.log.read_text()
    assert name not in log
    assert number not in log


async def test_without_a_log_in_there_is_nothing(centre: Centre) -> None:
    async with aiohttp.ClientSession() as http:
        for headers, expected in (({}, 4001), ({"Cookie": "cc_session=rubbish"}, 4001)):
            async with http.ws_connect(f"{centre.base}/ws", headers=headers) as ws:
                await ws.receive(timeout=5)
                assert ws.close_code == expected
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{centre.base}/ws", headers={"Origin": "http://evil.invalid"})
        assert refused.value.status == 403


async def test_the_same_seat_in_another_tab(centre: Centre) -> None:
    console, _ = await centre.seat("8001", manner="never")
    second = ConsoleClient(centre.base)
    centre.consoles.append(second)
    second.http.cookie_jar.update_cookies(console.http.cookie_jar.filter_cookies(URL(centre.base)))
    await second.connect()
    await console.until(lambda: console.close_code is not None)
    assert console.close_code == 4009
    await centre.telephones.caller(line(centre))
    await second.case("waiting")


async def test_a_reload_in_the_middle_of_a_call(centre: Centre) -> None:
    console, phone = await centre.seat("8001")
    await centre.telephones.caller(line(centre))
    case = await console.case("talking")
    await console.must("draft", case_id=case["id"], draft={"summary": "老人跌倒,"})
    await console.drop()
    assert phone.talking is not None
    await console.connect()
    again = await console.case("talking")
    assert again["draft"] == {"summary": "老人跌倒,"}


async def test_a_console_that_left_is_offered_nothing(asterisk: RealAsterisk, database: str) -> None:
    async with running_centre(asterisk, database) as centre:
        console, phone = await centre.seat("8001", manner="never")
        await console.drop()
        await centre.until_row("SELECT 1 FROM seat WHERE extension = '8001' AND console_until < clock_timestamp()", timeout=15)
        await centre.telephones.caller(line(centre))
        await centre.until_row("SELECT 1 FROM help_case WHERE state = 'waiting' AND offer_seat IS NULL")
        assert not phone.calls
        await console.connect()
        await phone.ringing()


async def test_a_dead_console_harms_nobody(asterisk: RealAsterisk, database: str) -> None:
    """One that never reads is cut off when its share is full; the others get everything in time."""
    async with running_centre(asterisk, database, websocket_queue=50_000, ring_seconds=90) as centre:
        board = await centre.console("supervisor")
        console, phone = await centre.seat("8001", manner="never")
        await console.stop_reading()
        await centre.telephones.caller(line(centre))
        await phone.ringing()  # rung although its console does not read
        call = await board.call("waiting")
        async with asyncio.timeout(60):
            while "console_too_slow" not in centre.log.read_text():
                # Each note makes the case's frame 12 KB longer.
                await board.must("note", case_id=call["id"], text="字" * 4000)
        assert board.close_code is None
        await console.drop()
        await console.connect(resume=True)
        await console.until(lambda: console.all("seat"))
