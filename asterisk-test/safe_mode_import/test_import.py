"""The service is dead and a person presses the button: the dialplan serves the call alone, and we learn of it when we are back."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.service import Ari

from callcenter.setup.rescue import give_back_stranded

pytestmark = pytest.mark.real


def line(centre: Centre, kind: str = "emergency") -> str:
    return str(centre.data()["lines"][kind])


async def test_a_press_without_the_service_becomes_a_case_with_the_true_times(centre: Centre) -> None:
    first = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    second = await centre.telephones.seat("8002", centre.seat_password("8002"), manner="never")
    await centre.until_row("SELECT 1 FROM seat WHERE extension = '8002' AND registered")
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    await centre.kill()

    pressed = time.time()
    press = await centre.telephones.terminal(terminal["account"], terminal["password"])
    ringing = await first.ringing(timeout=10)
    await second.ringing(timeout=10)  # all emergency seats ring
    first.answer(ringing)
    await press.answered()
    await ringing.rtp.hears(CALLER_TONE)
    await press.rtp.hears(SEAT_TONE)
    assert ringing.answered_at is not None
    answered = ringing.answered_at
    await press.hang_up()
    ended = time.time()

    await centre.start()
    case = await centre.until_row("SELECT * FROM help_case WHERE source = 'safe_mode' AND state = 'open'", timeout=15)
    assert abs(case["opened_at"].timestamp() - pressed) < 1.5
    assert abs(case["answered_at"].timestamp() - answered) < 1.5
    assert abs(case["ended_at"].timestamp() - ended) < 1.5
    assert case["red"], "nobody has said that the elder is safe"
    assert case["seat"] == "8001"
    member = await centre.rows("SELECT name FROM member WHERE id = :id", id=case["member_id"])
    assert member[0]["name"] == terminal["member"]
    stored = await centre.until_row("SELECT * FROM recording WHERE state = 'stored'", timeout=15)
    assert stored["seconds"] > 0
    board = await centre.console("supervisor")
    assert (board.one("call", str(case["id"])) or {})["red"]
    await centre.stop()
    await centre.start()
    assert len(await centre.rows("SELECT 1 FROM help_case")) == 1, "imported once"


async def test_a_call_that_lives_in_safe_mode_is_taken_over_and_ends_truly(centre: Centre) -> None:
    phone = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    await centre.until_row("SELECT 1 FROM seat WHERE extension = '8001' AND registered")
    await centre.kill()
    press = await centre.telephones.caller(line(centre), number="13800138055")
    ringing = await phone.ringing(timeout=10)
    await centre.start()
    waiting = await centre.until_row("SELECT * FROM help_case WHERE caller_number = '+8613800138055'", timeout=15)
    assert waiting["state"] == "waiting"
    phone.answer(ringing)
    await press.answered()
    await ringing.rtp.hears(CALLER_TONE)
    talking = await centre.until_row("SELECT * FROM help_case WHERE state = 'talking'", timeout=10)
    assert talking["id"] == waiting["id"]
    await press.hang_up()
    ended = await centre.until_row("SELECT * FROM help_case WHERE state = 'open'", timeout=10)
    assert ended["ended_at"] - ended["answered_at"] < timedelta(seconds=30)


async def test_who_is_cut_off_before_anybody_could_take_the_call_is_phoned_back(centre: Centre) -> None:
    """A press of half a second while no service is there: the ladder goes on with it as with any press that was dropped."""
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    home = await centre.telephones.seat(terminal["account"], terminal["password"], manner="never")
    await centre.until_row("SELECT 1 FROM terminal WHERE account = :a AND registered", a=terminal["account"])
    await centre.kill()
    press = await centre.telephones.terminal(terminal["account"], terminal["password"])
    await press.until("ringing")
    await press.hang_up()
    await centre.start()
    case = await centre.until_row("SELECT * FROM help_case", timeout=15)
    assert (case["source"], case["state"], case["red"], case["terminal"]) == ("safe_mode", "callback", True, terminal["serial"])
    await home.ringing(timeout=10)
    kinds = [row["kind"] for row in await centre.rows("SELECT kind FROM journal WHERE case_id = :id ORDER BY seq", id=case["id"])]
    assert {"arrived", "safe_mode", "identified", "ladder_started", "caller_hung_up", "abandoned"} <= set(kinds)
    assert len(await centre.rows("SELECT 1 FROM task WHERE state = 'open'")) == 1
    assert await centre.rows("SELECT 1 FROM warning WHERE kind = 'safe_mode_used'") == []


@pytest.mark.rule("S-2")
async def test_a_press_that_a_service_claimed_and_could_not_keep_has_its_case(centre: Centre) -> None:
    """It died, or its database did, and the elder hung up before safe mode could have them: only the node has seen it."""
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    await centre.stop()
    other = await Ari(centre.asterisk.settings_for("forgets")).start()
    try:
        press = await centre.telephones.terminal(terminal["account"], terminal["password"])
        call = (await other.take_call())["channel"]["id"]
        await press.hang_up()
        await other.event("StasisEnd", channel=call)
    finally:
        await other.close()
    await centre.start()
    case = await centre.until_row("SELECT * FROM help_case", timeout=30)
    assert (case["source"], case["state"], case["red"], case["terminal"]) == ("safe_mode", "callback", True, terminal["serial"])
    (leg,) = await centre.rows("SELECT * FROM call_leg")
    assert (leg["id"], leg["party"], leg["state"]) == (call, "caller", "down")
    (told,) = await centre.rows("SELECT data FROM journal WHERE kind = 'safe_mode'")
    assert told["data"]["reason"] == "ORPHANED"
    await centre.until_row("SELECT 1 FROM attempt WHERE case_id = :id", id=case["id"])
    await centre.stop()
    await centre.start()
    assert len(await centre.rows("SELECT 1 FROM help_case")) == 1, "found once"


async def test_who_gave_up_in_safe_mode_is_owed_a_call(centre: Centre) -> None:
    await centre.kill()
    press = await centre.telephones.caller(line(centre), number="13800138056")
    await press.answered()
    await press.rtp.hears_voice(timeout=8)  # the dialplan says that help is coming
    await press.hang_up()
    await centre.start()
    task = await centre.until_row("SELECT t.*, c.red FROM task t JOIN help_case c ON c.id = t.case_id", timeout=15)
    assert task["state"] == "open"
    assert task["red"]


async def test_a_caller_whom_a_dead_service_holds_is_given_to_safe_mode(centre: Centre) -> None:
    """The service does not come back: who waits in its hands is rung through by the dialplan, and nobody who talks is touched."""
    console, phone = await centre.seat("8001", manner="never")
    talker = await centre.telephones.caller(line(centre), number="13800138061")
    first = await phone.ringing()
    phone.answer(first)
    await console.case("talking")
    await talker.answered()
    waiter = await centre.telephones.caller(line(centre), number="13800138062", tone=1300)
    await waiter.answered()
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'waiting'")
    other = await centre.telephones.seat("8002", centre.seat_password("8002"), manner="never")
    await centre.kill()
    assert await give_back_stranded(centre.settings) == 1
    ringing = await other.ringing(timeout=10)
    other.answer(ringing)
    await ringing.rtp.hears(1300)
    await talker.rtp.hears(SEAT_TONE)
    await waiter.hang_up()
    await centre.start()
    case = await centre.until_row(
        "SELECT * FROM help_case WHERE caller_number = '+8613800138062' AND state <> 'waiting'", timeout=20
    )
    await centre.until_row("SELECT 1 FROM journal WHERE case_id = :id AND kind = 'safe_mode'", id=case["id"], timeout=20)
    answered = await centre.rows("SELECT data FROM journal WHERE case_id = :id AND kind = 'answered'", id=case["id"])
    assert [row["data"]["seat"] for row in answered] == ["8002"]
    assert case["red"]


async def test_two_services_on_one_database(asterisk: RealAsterisk, database: str) -> None:
    """Who wins the claim does not matter: the pop comes up on the console of the other instance too, and one phone rings."""
    async with running_centre(asterisk, database) as one, running_centre(asterisk, database) as two:
        console, phone = await one.seat("8001", manner="never")
        board = await two.console("supervisor")
        for number in ("13800138071", "13800138072", "13800138073"):
            press = await one.telephones.caller(line(one), number=number)
            ringing = await phone.ringing()
            phone.answer(ringing)
            case = await console.case("talking")
            assert case["caller"]["number"] == f"+86{number}"
            await board.until(lambda case=case: (board.one("call", case["id"]) or {}).get("state") == "talking")
            await press.answered()
            await press.hang_up()
            await console.case("wrap_up")
            await console.ready()
            await console.until(lambda: not console.all("case"))
        assert len(phone.calls) == 3, "no phone rang twice for one call"
        owners = await one.rows("SELECT count(*) AS n FROM help_case")
        assert owners[0]["n"] == 3
