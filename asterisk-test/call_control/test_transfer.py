"""A conversation goes to another seat, or somebody comes into it: who hears whom is measured, and the caller is never dropped."""

from __future__ import annotations

import pytest
from harness.centre import Centre, ConsoleClient
from harness.homes import Homes
from harness.ladder import all_hear_each_other, sound_of
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import hears_not
from speakers import BOSS_TONE, alone, boss_at, conversation

from callcenter.simulation.phone import Phone

pytestmark = pytest.mark.real
SECOND_TONE = 1700


async def second_seat(centre: Centre) -> tuple[ConsoleClient, Phone]:
    """Seat 8002, with a tone of its own; not ready until the conversation has begun elsewhere."""
    return await centre.seat("8002", manner="never", tone=SECOND_TONE)


async def test_blind_pop_ring_and_it_is_theirs(centre: Centre) -> None:
    console, first, caller, case_id = await conversation(centre)
    second, phone = await second_seat(centre)
    await console.must("transfer", case_id=case_id, to="seat:8002", manner="blind")
    own = await phone.ringing()
    popped = next(frame["_at"] for frame in second.frames if frame.get("noun") == "case")
    assert popped < own.rang_at, "the pop before the ring"
    assert second.all("case")[0]["transfer"]["manner"] == "blind"
    await hears_not(first.rtp, CALLER_TONE, seconds=0.3)
    await caller.rtp.hears_voice()  # music
    phone.answer(own)
    await own.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SECOND_TONE)
    await first.ended()
    case = await second.case("talking")
    assert (case["seat"], case["transfer"], case["held"]) == ("8002", None, None)
    await console.until(lambda: not console.all("case"))
    await console.until(lambda: (console.one("seat", "8001") or {})["presence"] == "wrap_up")
    await console.ready()  # its own wrap-up ends, not the other seat's conversation
    await second.must("hang_up", case_id=case_id)
    assert (await second.case("wrap_up"))["id"] == case_id


async def test_nobody_answers_and_the_caller_is_with_the_first_seat_again(centre: Centre) -> None:
    console, first, caller, case_id = await conversation(centre)
    second, phone = await second_seat(centre)
    await console.must("transfer", case_id=case_id, to="seat:8002", manner="blind")
    own = await phone.ringing()
    await own.ended(10)  # after the ring time
    await first.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    await second.until(lambda: not second.all("case"))
    back = await console.until(lambda: next((c for c in console.all("case") if c["transfer"] is None), None))
    assert "transfer_back" in [line["kind"] for line in back["timeline"]]


async def test_attended_asked_first_and_the_service_dies_in_the_middle(centre: Centre) -> None:
    console, first, caller, case_id = await conversation(centre)
    second, phone = await second_seat(centre)
    await console.must("transfer", case_id=case_id, to="seat:8002", manner="attended")
    own = await phone.ringing()
    phone.answer(own)
    await console.until(lambda: (console.all("case")[0]["transfer"] or {}).get("state") == "talking")
    await first.rtp.hears(SECOND_TONE)
    await own.rtp.hears(SEAT_TONE)
    await hears_not(caller.rtp, SEAT_TONE, SECOND_TONE, seconds=0.5)
    await hears_not(own.rtp, CALLER_TONE, seconds=0.3)

    await centre.kill()
    await first.rtp.hears(SECOND_TONE)
    await centre.start()
    await console.connect()
    await second.connect()
    case = await console.case("talking")
    assert case["transfer"]["state"] == "talking"
    assert case["held"]
    await first.rtp.hears(SECOND_TONE)
    await hears_not(caller.rtp, SEAT_TONE, SECOND_TONE, seconds=0.5)

    await console.must("complete_transfer", case_id=case_id)
    await first.ended()
    await own.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SECOND_TONE)
    assert (await second.case("talking"))["seat"] == "8002"


async def test_attended_and_cancelled(centre: Centre) -> None:
    console, first, caller, case_id = await conversation(centre)
    second, phone = await second_seat(centre)
    await console.must("transfer", case_id=case_id, to="seat:8002", manner="attended")
    own = await phone.ringing()
    phone.answer(own)
    await first.rtp.hears(SECOND_TONE)
    await console.must("cancel_transfer", case_id=case_id)
    await own.ended()
    await first.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    await second.until(lambda: (second.one("seat", "8002") or {})["presence"] == "ready")


async def test_the_supervisor_who_listens_takes_over(centre: Centre) -> None:
    console, first, caller, case_id = await conversation(centre)
    boss, phone = await boss_at(centre, "8003")
    await boss.must("listen", case_id=case_id, manner="listen")
    own = await phone.ringing()
    phone.answer(own)
    await console.until(lambda: "listening_started" in [line["kind"] for line in console.all("case")[0]["timeline"]])
    await boss.must("take_over", case_id=case_id)
    await first.ended()
    await own.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(BOSS_TONE)
    case = await boss.case("talking")
    assert (case["seat"], case["listeners"]) == ("8003", [])
    await console.until(lambda: not console.all("case"))
    await caller.hang_up()
    await boss.case("wrap_up")


async def test_three_speak_together_and_one_is_let_go(centre: Centre, homes: Homes) -> None:
    console, first, caller, case_id = await conversation(centre)
    homes.behave({"+8675588880000": "answer:0.2"})
    await console.must("bring_in", case_id=case_id, to="number:075588880000")
    far = await homes.trunk.wait_for_invite("+8675588880000")
    await homes.trunk.until(lambda: far.answered_at is not None)
    there = await console.until(
        lambda: next((leg for leg in console.all("case")[0]["legs"] if leg["party"] == "contact" and leg["state"] == "up"), None)
    )
    await all_hear_each_other(caller.rtp, first.rtp, sound_of(far))
    await console.must("drop_party", case_id=case_id, leg_id=there["id"])
    await homes.trunk.ended(far)
    await alone(caller.rtp, CALLER_TONE, first.rtp)
    await first.rtp.hears(CALLER_TONE)
    assert (await console.case("talking"))["id"] == case_id
