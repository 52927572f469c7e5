"""A seat phones somebody: its own phone first, then theirs; what came of it stands in the journal as what it was."""

from __future__ import annotations

from typing import Any

import pytest
from harness.centre import Centre, ConsoleClient
from harness.homes import Homes
from harness.ladder import sound_of
from harness.rtp import SEAT_TONE

from callcenter.simulation.family import SPEAKING_TONE
from callcenter.simulation.phone import Phone

pytestmark = pytest.mark.real


async def member(centre: Centre) -> dict[str, Any]:
    """A member with a contact, and their own number."""
    query = """
        SELECT m.id, n.number, c.id AS contact, c.number AS contact_number FROM member m JOIN member_number n ON n.member_id = m.id
        JOIN contact c ON c.member_id = m.id
        WHERE (SELECT count(*) FROM member_number o WHERE o.number = n.number) = 1 ORDER BY n.number LIMIT 1
    """
    return (await centre.rows(query))[0]


def kinds(console: ConsoleClient) -> list[str]:
    return [line["kind"] for line in console.all("case")[0]["timeline"]]


async def owed(centre: Centre, console: ConsoleClient, number: str) -> dict[str, Any]:
    """Somebody hung up while waiting; the seat takes their call-back."""
    caller = await centre.telephones.caller(str(centre.data()["lines"]["life_help"]), number=number.removeprefix("+86"))
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'waiting'")
    await caller.until("ringing", "early", "answered")  # before any answer nobody can take a call back
    await caller.hang_up()
    task: dict[str, Any] = await console.until(lambda: next(iter(console.all("task")), None))
    await console.must("take_task", task_id=task["id"])
    return task


async def paused_seat(centre: Centre) -> tuple[ConsoleClient, Phone]:
    """A seat at which no call is offered."""
    console, phone = await centre.seat("8001", manner="never")
    await console.must("set_presence", presence="paused", reason="rest")
    return console, phone


async def test_a_member_is_phoned_in_a_case_of_its_own(centre: Centre, homes: Homes) -> None:
    someone = await member(centre)
    homes.behave({someone["number"]: "answer:0.5"})
    console, phone = await centre.seat("8001", manner="never")
    answer = await console.must("call_out", member_id=str(someone["id"]), target=f"own:{someone['number']}")
    own = await phone.ringing()
    assert "answer-after=0" in own.header("Call-Info"), "a browser's phone picks up by itself"
    case = await console.case("talking")
    assert case["id"] == answer["case_id"]
    assert (case["source"], case["kind"], case["member_id"]) == ("outbound", "life_help", str(someone["id"]))
    assert homes.trunk.of(someone["number"]) == [], "the seat's own phone first"
    phone.answer(own)
    far = await homes.trunk.wait_for_invite(someone["number"])
    await own.rtp.hears_voice()  # ringing
    await homes.trunk.until(lambda: far.answered_at is not None)
    await console.until(lambda: "call_answered" in kinds(console))
    homes.trunk.speak(far)
    await own.rtp.hears(SPEAKING_TONE)
    await sound_of(far).hears(SEAT_TONE)
    assert [leg["party"] for leg in console.all("case")[0]["legs"]] == ["seat", "caller"]
    await homes.trunk.hang_up(far)
    await console.case("wrap_up")
    await own.ended()
    assert len(homes.trunk.of(someone["number"])) == 1


async def test_a_call_back_is_done_when_they_answer(centre: Centre, homes: Homes) -> None:
    console, phone = await paused_seat(centre)
    homes.behave({"+8613800138777": "answer:0.1"})
    task = await owed(centre, console, "+8613800138777")
    await console.must("call_out", case_id=task["case_id"], target="own:+8613800138777")
    phone.answer(await phone.ringing())
    far = await homes.trunk.wait_for_invite("+8613800138777")
    done = await centre.until_row("SELECT outcome FROM task WHERE state = 'done'")
    assert done["outcome"] == "reached"
    await homes.trunk.hang_up(far)
    await console.case("wrap_up")


@pytest.mark.parametrize(("behaviour", "result"), [("busy", "busy"), ("invalid", "invalid_number"), ("reject", "rejected")])
async def test_a_call_back_that_fails_is_still_owed(centre: Centre, homes: Homes, behaviour: str, result: str) -> None:
    console, phone = await paused_seat(centre)
    homes.behave({"+8613800138777": behaviour})
    task = await owed(centre, console, "+8613800138777")
    await console.must("call_out", case_id=task["case_id"], target="own:+8613800138777")
    own = await phone.ringing()
    phone.answer(own)
    await own.ended()
    ended = await centre.until_row("SELECT data FROM journal WHERE kind = 'call_ended'")
    assert ended["data"]["result"] == result
    row = (await centre.rows("SELECT c.state, t.state AS task FROM help_case c JOIN task t ON t.case_id = c.id"))[0]
    assert (row["state"], row["task"]) == ("callback", "taken")
    await console.until(lambda: (console.one("seat", "8001") or {})["pause_reason"] == "rest")  # as before
    assert not console.all("case")


async def test_the_seat_gives_up_while_it_rings(centre: Centre, homes: Homes) -> None:
    console, phone = await paused_seat(centre)
    homes.behave({"+8613800138777": "no-answer"})
    task = await owed(centre, console, "+8613800138777")
    await console.must("call_out", case_id=task["case_id"], target="own:+8613800138777")
    phone.answer(await phone.ringing())
    far = await homes.trunk.wait_for_invite("+8613800138777")
    await phone.hang_up()
    await homes.trunk.ended(far)
    ended = await centre.until_row("SELECT data FROM journal WHERE kind = 'call_ended'")
    assert ended["data"]["result"] == "withdrawn"
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'callback'")


async def test_a_seat_whose_phone_is_not_picked_up_calls_nobody(centre: Centre, homes: Homes) -> None:
    console, phone = await paused_seat(centre)
    task = await owed(centre, console, "+8613800138777")
    await console.must("call_out", case_id=task["case_id"], target="own:+8613800138777")
    await (await phone.ringing()).ended(8)
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'callback'")
    assert homes.trunk.of("+8613800138777") == []


async def test_keys_reach_the_far_end(centre: Centre, homes: Homes) -> None:
    console, phone = await centre.seat("8001", manner="never")
    someone = await member(centre)
    homes.behave({"+8675588880000": "answer:0.1"})
    answer = await console.must("call_out", member_id=str(someone["id"]), target="number:0755-88880000")
    phone.answer(await phone.ringing())
    far = await homes.trunk.wait_for_invite("+8675588880000")
    await console.until(lambda: "call_answered" in kinds(console))
    await console.must("send_digits", case_id=answer["case_id"], digits="42#")
    await sound_of(far).gets_keys("42#")
    await homes.trunk.hang_up(far)
    await console.case("wrap_up")


async def test_the_service_is_killed_while_it_rings(centre: Centre, homes: Homes) -> None:
    someone = await member(centre)
    homes.behave({someone["number"]: "answer:6"})
    console, phone = await centre.seat("8001", manner="never")
    await console.must("call_out", member_id=str(someone["id"]), target=f"contact:{someone['contact']}")
    homes.behave({someone["contact_number"]: "answer:8"})
    own = await phone.ringing()
    phone.answer(own)
    far = await homes.trunk.wait_for_invite(someone["contact_number"])
    await centre.kill()
    await centre.start()
    await console.connect()
    await homes.trunk.until(lambda: far.answered_at is not None, 12)
    await console.until(lambda: "call_answered" in kinds(console), 12)
    homes.trunk.speak(far)
    await own.rtp.hears(SPEAKING_TONE)
    await sound_of(far).hears(SEAT_TONE)
    assert len(homes.trunk.of(someone["contact_number"])) == 1, "dialled once"


async def test_what_may_not_be_phoned(centre: Centre, homes: Homes) -> None:
    console, _ = await centre.seat("8001", manner="never")
    someone = await member(centre)

    async def code(target: str) -> str:
        answer = await console.order("call_out", member_id=str(someone["id"]), target=target)
        return str(answer["problem"]["code"])

    for target in ("number:120", "number:0797120", "number:110"):
        assert await code(target) == "public_disabled"
    assert await code("number:12") == "bad_number"
    assert await code("number:abc") == "bad_number"
    assert await code("contact:nobody") == "no_such_contact"
    assert await code("own:+8613999999999") == "no_such_contact"
    both = await console.order("call_out", target="number:075588880000")
    assert not both["ok"]
    assert homes.trunk.calls == []
    assert await centre.rows("SELECT 1 FROM help_case") == []
