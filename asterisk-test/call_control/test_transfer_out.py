"""A conversation goes to somebody outside the centre by the trunk: music, then them, then the two alone; or back to the seat."""

from __future__ import annotations

import pytest
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import sound_of
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import hears_not
from speakers import conversation

pytestmark = pytest.mark.real
DAUGHTER, SON = "+8675588880000", "+8675588880009"


async def test_asked_first_put_through_and_the_seat_is_free(centre: Centre, homes: Homes) -> None:
    """Not taken it is back with the seat; then asked first, put through, and spoken on without a seat while the service dies."""
    console, first, caller, case_id = await conversation(centre)
    homes.behave({SON: "busy", DAUGHTER: "answer:0.2"})
    await console.must("transfer", case_id=case_id, to=f"number:{SON}", manner="attended")
    back = await console.until(
        lambda: next((c for c in console.all("case") if "transfer_back" in [one["kind"] for one in c["timeline"]]), None)
    )
    assert (back["state"], back["transfer"], back["held"]) == ("talking", None, None)
    await first.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)

    await console.must("transfer", case_id=case_id, to=f"number:{DAUGHTER}", manner="attended")
    far = await homes.trunk.wait_for_invite(DAUGHTER, 6)
    await console.until(lambda: (console.all("case")[0]["transfer"] or {}).get("state") == "talking")
    sound = sound_of(far)
    await sound.hears(SEAT_TONE)
    await caller.rtp.hears_voice()  # music
    await hears_not(sound, CALLER_TONE, seconds=0.3)

    await console.must("complete_transfer", case_id=case_id)
    await first.ended()
    await sound.hears(CALLER_TONE)
    await hears_not(sound, SEAT_TONE, seconds=0.3)
    case = await console.case("wrap_up")
    assert case["transfer"]["state"] == "outside"
    await centre.kill()
    await sound.hears(CALLER_TONE)
    await centre.start()
    await console.connect()
    await sound.hears(CALLER_TONE)
    await console.must("note", case_id=case_id, text="女儿接手,明早上门。")

    await caller.hang_up()
    await homes.trunk.ended(far)
    over = await console.until(
        lambda: next((c for c in console.all("case") if "outside_ended" in [one["kind"] for one in c["timeline"]]), None)
    )
    assert over["transfer"] is None
    assert await centre.until_row("SELECT 1 AS one FROM recording WHERE state = 'stored'")
