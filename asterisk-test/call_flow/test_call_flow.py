"""A press becomes a case on a seat's screen, the seat's phone rings, both hear each other: the whole way on real parts."""

from __future__ import annotations

import pytest
from harness.centre import Centre
from harness.rtp import CALLER_TONE, SEAT_TONE

pytestmark = pytest.mark.real


async def test_a_press_pops_rings_talks_and_is_wrapped_up(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="ring")
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    press = await centre.telephones.terminal(terminal["account"], terminal["password"])

    popped = await console.case("waiting")
    assert popped["offer"]["seat"] == "8001"
    assert popped["member"]["name"] == terminal["member"]
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
