"""On hold: the caller hears music and nothing of the seat, the seat nothing of the caller; whatever happens meanwhile."""

from __future__ import annotations

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, ConsoleClient, running_centre
from harness.homes import Homes
from harness.phones import Caller
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import hears_not

from callcenter.simulation.phone import Phone, PhoneCall

pytestmark = pytest.mark.real


async def conversation(
    centre: Centre, kind: str = "life_help", number: str = "13800138001"
) -> tuple[ConsoleClient, Phone, PhoneCall, Caller, str]:
    """Seat 8001 speaks with somebody; both hear each other."""
    console, phone = await centre.seat("8001", manner="never")
    caller = await centre.telephones.caller(str(centre.data()["lines"][kind]), number=number, stay=60)
    call = await phone.ringing()
    phone.answer(call)
    case = await console.case("talking")
    await caller.answered()
    await call.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    return console, phone, call, caller, case["id"]


async def test_hold_and_back(centre: Centre) -> None:
    console, _phone, call, caller, case_id = await conversation(centre)
    await console.must("hold", case_id=case_id, on=True)
    held = await console.until(lambda: next((c for c in console.all("case") if c["held"]), None))
    assert held["held"]["since"]
    await hears_not(call.rtp, CALLER_TONE)
    await caller.rtp.hears_voice()  # music
    await hears_not(caller.rtp, SEAT_TONE)
    assert caller.rtp.loudness() > 500, "the music goes on"
    # W-6: too long, told to the seat and the supervisor.
    await console.until(lambda: "held_long" in [line["kind"] for line in console.all("case")[0]["timeline"]])
    await centre.until_row("SELECT 1 FROM warning WHERE kind = 'held_long' AND account = '8001'")
    await console.must("hold", case_id=case_id, on=False)
    await call.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    assert console.all("case")[0]["held"] is None
    await console.must("hang_up", case_id=case_id)
    await console.case("wrap_up")
    stored = await centre.until_row("SELECT * FROM recording WHERE state = 'stored'")
    assert stored["seconds"] >= 3, "the hold is in it: without it there is less than a second"
    assert len(await centre.rows("SELECT 1 FROM recording")) == 1


async def test_a_phone_that_dies_while_the_caller_is_held_does_not_drop_them(
    asterisk: RealAsterisk, database: str, homes: Homes
) -> None:
    async with running_centre(asterisk, database, ring_seconds=3.0, audio_lost_seconds=2) as centre:
        console, phone, _call, caller, case_id = await conversation(centre)
        second, other = await centre.seat("8002", manner="never")
        await console.must("hold", case_id=case_id, on=True)
        await hears_not(caller.rtp, SEAT_TONE, seconds=0.3)
        phone.vanish()
        ringing = await other.ringing(timeout=12)
        other.answer(ringing)
        again = await second.case("talking")
        assert again["id"] == case_id
        assert again["held"] is None
        await ringing.rtp.hears(CALLER_TONE)
        await caller.rtp.hears(SEAT_TONE)


async def test_who_hangs_up_on_hold_has_hung_up(centre: Centre) -> None:
    console, _phone, call, caller, case_id = await conversation(centre)
    await console.must("hold", case_id=case_id, on=True)
    await caller.rtp.hears_voice()
    await caller.hang_up()
    over = await console.case("wrap_up")
    assert over["held"] is None
    await call.ended()


async def test_a_second_press_ends_the_hold(centre: Centre) -> None:
    terminal = next(t for t in centre.data()["terminals"] if t["number"])
    await centre.policy()
    console, _phone, call, caller, case_id = await conversation(centre, "emergency", terminal["number"])
    await console.must("hold", case_id=case_id, on=True)
    await hears_not(call.rtp, CALLER_TONE, seconds=0.3)
    again = await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number=terminal["number"], tone=1300)
    await again.answered()
    joined = await console.until(lambda: next((c for c in console.all("case") if c["level"] == 2), None))
    assert joined["held"] is None
    caller.rtp.mute()
    await call.rtp.hears(1300)


async def test_the_service_is_killed_while_somebody_is_held(centre: Centre) -> None:
    console, _phone, call, caller, case_id = await conversation(centre)
    await console.must("hold", case_id=case_id, on=True)
    await caller.rtp.hears_voice()
    await centre.kill()
    await hears_not(call.rtp, CALLER_TONE, seconds=0.5)
    await centre.start()
    await console.connect()
    held = await console.case("talking")
    assert held["held"]
    await hears_not(call.rtp, CALLER_TONE, seconds=0.5)
    await hears_not(caller.rtp, SEAT_TONE, seconds=0.5)
    await centre.until_row("SELECT 1 FROM journal WHERE case_id = :id AND kind = 'held_long'", id=case_id)
    await console.must("hold", case_id=case_id, on=False)
    await call.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)


async def test_holding_is_refused_where_it_makes_no_sense(centre: Centre) -> None:
    console, _phone, _call, caller, case_id = await conversation(centre)
    other, _ = await centre.seat("8002", manner="never")
    assert (await other.order("hold", case_id=case_id, on=True))["problem"]["code"] == "not_your_case"
    await caller.hang_up()
    await console.case("wrap_up")
    assert (await console.order("hold", case_id=case_id, on=True))["problem"]["code"] == "not_talking"
