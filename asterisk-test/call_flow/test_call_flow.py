"""A press becomes a case on a seat's screen, the seat's phone rings, both hear each other: the whole way on real parts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.rtp import CALLER_TONE, SEAT_TONE

pytestmark = pytest.mark.real


def emergency(centre: Centre) -> str:
    return str(centre.data()["lines"]["emergency"])


def life_help(centre: Centre) -> str:
    return str(centre.data()["lines"]["life_help"])


async def test_a_press_pops_rings_talks_and_is_wrapped_up(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    press = await centre.telephones.terminal(terminal["account"], terminal["password"])

    popped = await console.case("waiting")
    assert popped["offer"]["seat"] == "8001"
    assert popped["member"]["name"] == terminal["member"]
    assert popped["member"]["contacts"]
    assert popped["red"]
    ringing = await phone.ringing()
    phone.answer(ringing)
    await press.answered()
    talking = await console.case("talking")

    # Both hear each other: each side's tone arrives at the other, so audio passes, whatever the states say.
    await ringing.rtp.hears(CALLER_TONE)
    await press.rtp.hears(SEAT_TONE)

    await press.hang_up()
    await console.case("wrap_up")
    await ringing.ended()
    await console.must(
        "wrap_up", case_id=talking["id"], category="rescue", subcategory="fall", disposition="false_alarm", summary="误触,老人平安"
    )
    await console.until(lambda: not console.all("case"))
    stored = await centre.until_row("SELECT * FROM recording WHERE state = 'stored'")
    assert stored["seconds"] > 0
    detail = await console.detail(talking["id"])
    kinds = [line["kind"] for line in detail["timeline"]]
    for kind in ("arrived", "identified", "offered", "answered", "recording_started", "wrapped_up", "settled", "recording_stored"):
        assert kind in kinds, kinds
    async with console.http.get(f"/api/recordings/{stored['id']}/audio") as answer:
        assert answer.status == 200
        assert (await answer.read())[:4] == b"RIFF"
    tested = await centre.rows("SELECT last_test_at FROM terminal WHERE account = :a", a=terminal["account"])
    assert tested[0]["last_test_at"] is not None, "a mistaken press has proven that the terminal works"


async def test_the_pop_is_on_the_screen_before_the_phone_rings(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    await centre.telephones.caller(life_help(centre))
    ringing = await phone.ringing()
    popped_at = next(frame["_at"] for frame in console.frames if frame.get("noun") == "case")
    assert popped_at < ringing.rang_at


async def test_a_seat_that_does_not_answer_is_passed_over(centre: Centre) -> None:
    await centre.policy()  # the ladder rings further seats beside the first: here one after the other is looked at
    first, silent = await centre.seat("8001", manner="never")
    second, answering = await centre.seat("8002", manner="never")
    press = await centre.telephones.caller(emergency(centre))
    await first.case("waiting")
    await silent.ringing()
    ringing = await answering.ringing(timeout=8)  # after the first seat's ring time of 3 s
    await second.case("waiting")
    await first.until(lambda: not first.all("case"))
    answering.answer(ringing)
    await press.answered()
    await ringing.rtp.hears(CALLER_TONE)
    case = await second.case("talking")
    assert [line["kind"] for line in case["timeline"]].count("offer_missed") == 1
    assert silent.talking is None


async def test_nobody_free_waits_and_the_next_free_seat_serves_emergencies_first(centre: Centre) -> None:
    board = await centre.console("supervisor")
    routine = await centre.telephones.caller(life_help(centre), number="13800138001")
    await board.until(lambda: len(board.all("call")) == 1)
    await routine.answered()  # by the announcement
    await routine.rtp.hears_voice()
    other = await centre.telephones.caller(life_help(centre), number="13800138002")
    await board.until(lambda: len(board.all("call")) == 2)
    urgent = await centre.telephones.caller(emergency(centre), number="13800138003")
    await board.until(lambda: sorted(call["position"] or 0 for call in board.all("call")) == [1, 2, 3])
    assert next(call for call in board.all("call") if call["kind"] == "emergency")["position"] == 1
    console, phone = await centre.seat("8001", manner="never")
    served = await console.case("waiting")
    assert served["kind"] == "emergency"
    phone.answer(await phone.ringing())
    await urgent.rtp.hears(SEAT_TONE)
    talking = await console.case("talking")
    await console.must("hang_up", case_id=talking["id"])
    await console.case("wrap_up")
    await console.ready()
    served = await console.case("waiting")
    assert served["caller"]["number"] == "+8613800138001", "then who waited longest"
    for caller in (routine, other):
        await caller.close()


async def test_who_gives_up_waiting_is_owed_a_call_back(centre: Centre) -> None:
    console, _ = await centre.seat("8001", manner="never")
    caller = await centre.telephones.caller(life_help(centre))
    await console.case("waiting")
    await caller.close()
    task = await console.until(lambda: next(iter(console.all("task")), None))
    assert task["state"] == "open"
    await console.until(lambda: (console.one("seat", "8001") or {})["presence"] == "ready")
    assert not console.all("case")
    await console.must("take_task", task_id=task["id"])
    await console.must("complete_task", task_id=task["id"], outcome="reached", note="老人只是问时间")
    await console.until(lambda: not console.all("task"))


async def test_an_abandoned_emergency_stays_red_until_a_person_settles_it(centre: Centre) -> None:
    board = await centre.console("supervisor")
    press = await centre.telephones.caller(emergency(centre))
    call = await board.call("waiting")
    await press.close()
    await board.call("callback")
    red = board.one("call", call["id"])
    assert red is not None
    assert red["red"]
    refused = await board.order("settle", case_id=call["id"], outcome="safe", note=" ")
    assert refused["problem"]["code"] == "text_length"
    await board.must("settle", case_id=call["id"], outcome="safe", note="女儿电话确认平安")
    await board.until(lambda: not board.all("call"))


async def test_a_second_press_joins_the_live_case(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    terminal = next(t for t in centre.data()["terminals"] if t["number"])
    press = await centre.telephones.caller(emergency(centre), number=terminal["number"])
    phone.answer(await phone.ringing())
    first = await console.case("talking")
    again = await centre.telephones.caller(emergency(centre), number=terminal["number"], tone=1300)
    await again.answered()
    joined = await console.until(lambda: next((c for c in console.all("case") if c["level"] == 2), None))
    assert joined["id"] == first["id"]
    assert phone.talking is not None
    await phone.talking.rtp.hears(1300)
    await press.hang_up()
    await console.until(lambda: len([leg for leg in console.all("case")[0]["legs"] if leg["state"] == "up"]) == 2)
    assert console.all("case")[0]["state"] == "talking", "the elder is still on the other line"
    assert len(await centre.rows("SELECT id FROM help_case")) == 1


async def test_two_presses_at_one_instant_are_one_case(centre: Centre) -> None:
    terminal = next(t for t in centre.data()["terminals"] if t["number"])
    board = await centre.console("supervisor")
    await asyncio.gather(*(centre.telephones.caller(emergency(centre), number=terminal["number"]) for _ in range(2)))
    await board.until(lambda: [call["level"] for call in board.all("call")] == [2])
    assert len(await centre.rows("SELECT id FROM call_leg")) == 2


async def test_two_calls_with_one_number_at_one_instant_are_two_cases(centre: Centre) -> None:
    board = await centre.console("supervisor")
    await asyncio.gather(*(centre.telephones.caller(life_help(centre), number="13911112222") for _ in range(2)))
    await board.until(lambda: len(board.all("call")) == 2)
    assert len({call["number"] for call in board.all("call")}) == 2


async def test_who_calls(centre: Centre) -> None:
    """A member's own number, a shared one, an unknown one, an anonymous one."""
    console, phone = await centre.seat("8001", manner="never")
    numbers = await centre.rows("SELECT number, count(*) AS n, min(member_id::text) AS id FROM member_number GROUP BY number")
    own = next(row for row in numbers if row["n"] == 1)
    shared = next(row for row in numbers if row["n"] > 1)

    async def popped(number: str, header: str | None = None) -> dict[str, Any]:
        caller = await centre.telephones.caller(life_help(centre), number=number, header=header)
        phone.answer(await phone.ringing())
        case = await console.case("talking")
        await caller.answered()
        await caller.hang_up()
        await console.case("wrap_up")
        await console.must("set_presence", presence="ready")
        await console.until(lambda: not console.all("case"))
        return case

    case = await popped(own["number"].removeprefix("+86"))
    assert case["member_id"] == own["id"]
    case = await popped(shared["number"].removeprefix("+86"))
    assert case["member_id"] is None
    assert len(case["candidates"]) == shared["n"]
    case = await popped("13766665555")
    assert case["member_id"] is None
    assert case["candidates"] == []
    assert "unknown_caller" in [line["kind"] for line in case["timeline"]]
    case = await popped("", '"Anonymous" <sip:anonymous@anonymous.invalid>')
    assert case["caller"]["anonymous"]


async def test_an_unknown_caller_becomes_a_member_in_one_step(centre: Centre) -> None:
    console, phone = await centre.seat("8001")
    await centre.telephones.caller(life_help(centre), number="13766665555")
    case = await console.case("talking")
    made = await console.must("create_member", case_id=case["id"], name="上官芸香", gender="f", address="书香园1栋101室")
    known = await console.until(lambda: next((c for c in console.all("case") if c["member"]), None))
    assert known["member"]["id"] == made["member_id"]
    async with console.http.get("/api/members", params={"q": "sgyx"}) as answer:
        assert [found["name"] for found in await answer.json()] == ["上官芸香"]
    assert phone.talking is not None


async def test_a_seat_takes_a_waiting_case_itself(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    await console.must("set_presence", presence="paused", reason="rest")
    press = await centre.telephones.caller(emergency(centre))
    call = await console.call("waiting")
    assert "*" in call["who"] or call["who"] == "", "no task yet, no name yet"
    await console.must("take", case_id=call["id"])
    phone.answer(await phone.ringing())
    await press.rtp.hears(SEAT_TONE, timeout=8)


async def test_a_phone_that_dies_does_not_drop_the_caller(asterisk: RealAsterisk, database: str) -> None:
    async with running_centre(asterisk, database, audio_lost_seconds=2) as centre:
        await centre.policy()
        console, phone = await centre.seat("8001", manner="never")
        other, rescue = await centre.seat("8002", manner="never")
        press = await centre.telephones.caller(emergency(centre))
        phone.answer(await phone.ringing())
        await console.case("talking")
        await press.answered()
        await press.rtp.hears(SEAT_TONE)
        phone.vanish()  # power lost: no goodbye, no audio
        ringing = await rescue.ringing(timeout=15)
        rescue.answer(ringing)
        await ringing.rtp.hears(CALLER_TONE)
        case = await other.case("talking")
        assert "caller_hung_up" not in [line["kind"] for line in case["timeline"]]


async def spoken(centre: Centre, console: Any, phone: Any, number: str) -> tuple[Any, dict[str, Any]]:
    """A call to the life-help line that the seat has picked up, and its case."""
    caller = await centre.telephones.caller(life_help(centre), number=number)
    await console.case("waiting")
    phone.answer(await phone.ringing())
    await caller.rtp.hears(SEAT_TONE)
    return caller, await console.case("talking")


async def written_up(console: Any, caller: Any) -> None:
    await caller.hang_up()
    case = await console.case("wrap_up")
    result = {"category": "consultation", "subcategory": "legal", "disposition": "answered", "summary": "问遗嘱怎么写"}
    await console.must("wrap_up", case_id=case["id"], **result)
    await console.until(lambda: not console.all("case"))
    await console.ready()


async def story(console: Any, case: dict[str, Any]) -> list[str]:
    """What the case's story says of its recording."""
    return [line["kind"] for line in (await console.detail(case["id"]))["timeline"] if "record" in line["kind"]]


async def test_who_refuses_is_not_recorded_and_what_ran_is_thrown_away_and_an_emergency_is_kept(centre: Centre) -> None:
    """ADR 0039: refused in the middle of a call, known before it, known by the seat's choice, and a press."""
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    (member,) = await centre.rows(
        "SELECT t.member_id AS id, (SELECT min(number) FROM member_number n WHERE n.member_id = t.member_id) AS number"
        " FROM terminal t WHERE t.account = :account", account=terminal["account"],
    )  # fmt: skip
    number, spool = member["number"].removeprefix("+86"), Path(centre.settings.data_dir) / "asterisk" / "spool" / "recording"
    console, phone = await centre.seat("8001", manner="never")

    caller, case = await spoken(centre, console, phone, number)
    running = await centre.until_row("SELECT * FROM recording WHERE state = 'recording'")
    assert case["member"]["name"] == terminal["member"]
    assert [*spool.glob(f"{running['name']}*")]
    refusal = {"kind": "recording", "given": False, "by_whom": "本人", "how": "spoken"}
    async with console.http.post(f"/api/members/{member['id']}/consents?case={case['id']}", json=refusal) as answer:
        assert answer.status == 201, await answer.text()
    await centre.until_row("SELECT * FROM recording WHERE state = 'discarded'")
    assert not [*spool.glob(f"{running['name']}*")], "nothing of it is left with Asterisk"
    await caller.rtp.hears(SEAT_TONE)  # they speak on
    assert await story(console, case) == ["recording_started", "recording_stopped", "recording_discarded"]
    await written_up(console, caller)

    caller, case = await spoken(centre, console, phone, number)
    assert await story(console, case) == ["not_recorded"]
    await written_up(console, caller)

    caller, case = await spoken(centre, console, phone, "13800138009")  # at a neighbour's
    assert await story(console, case) == ["recording_started"]
    await console.must("choose_member", case_id=case["id"], member_id=str(member["id"]))
    await centre.until_row("SELECT 1 FROM recording WHERE case_id = :case AND state = 'discarded'", case=case["id"])
    await written_up(console, caller)

    press = await centre.telephones.terminal(terminal["account"], terminal["password"])
    await console.case("waiting")
    phone.answer(await phone.ringing())
    await press.rtp.hears(SEAT_TONE)
    await press.hang_up()
    stored = await centre.until_row("SELECT c.kind FROM recording r JOIN help_case c ON c.id = r.case_id WHERE r.state = 'stored'")
    assert stored["kind"] == "emergency"
    assert len(await centre.rows("SELECT 1 FROM recording")) == 3
