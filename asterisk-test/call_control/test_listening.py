"""A supervisor listens, whispers, speaks: who hears whom is measured; the seat sees it and the journal keeps it."""

from __future__ import annotations

import pytest
from harness.centre import Centre
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import hears_not
from speakers import BOSS_TONE, alone, boss_at, conversation

pytestmark = pytest.mark.real


async def test_listen_whisper_barge_and_leave(centre: Centre) -> None:
    console, seat, caller, case_id = await conversation(centre)
    boss, phone = await boss_at(centre, "8003")
    await boss.must("listen", case_id=case_id, manner="listen")
    own = await phone.ringing()
    assert console.all("case")[0]["listeners"], "the seat sees who wants to listen before they hear a word"
    phone.answer(own)
    seen = await console.until(
        lambda: next((c for c in console.all("case") if "listening_started" in [line["kind"] for line in c["timeline"]]), None)
    )
    assert seen["listeners"] == [{"name": boss.me["name"], "manner": "listen"}]

    # Listening: hears both, is heard by nobody.
    await alone(caller.rtp, CALLER_TONE, seat.rtp, own.rtp)
    await own.rtp.hears(CALLER_TONE)
    await alone(seat.rtp, SEAT_TONE, caller.rtp, own.rtp)
    await own.rtp.hears(SEAT_TONE)
    await alone(own.rtp, BOSS_TONE, caller.rtp, seat.rtp)
    await hears_not(seat.rtp, BOSS_TONE)
    await hears_not(caller.rtp, BOSS_TONE, seconds=0.3)

    # Whispering: the seat hears them, the caller does not.
    await boss.must("listen", case_id=case_id, manner="whisper")
    await seat.rtp.hears(BOSS_TONE)
    await hears_not(caller.rtp, BOSS_TONE)
    await alone(caller.rtp, CALLER_TONE, seat.rtp, own.rtp)
    await own.rtp.hears(CALLER_TONE)
    await seat.rtp.hears(CALLER_TONE)
    await alone(seat.rtp, SEAT_TONE, caller.rtp, own.rtp)
    await own.rtp.hears(SEAT_TONE)
    await caller.rtp.hears(SEAT_TONE)
    assert console.all("case")[0]["listeners"][0]["manner"] == "whisper"

    # Speaking with everybody.
    await boss.must("listen", case_id=case_id, manner="barge")
    await alone(own.rtp, BOSS_TONE, caller.rtp, seat.rtp)
    await seat.rtp.hears(BOSS_TONE)
    await caller.rtp.hears(BOSS_TONE)
    await alone(caller.rtp, CALLER_TONE, own.rtp, seat.rtp)
    await own.rtp.hears(CALLER_TONE)

    # And back to listening.
    await boss.must("listen", case_id=case_id, manner="listen")
    await alone(own.rtp, BOSS_TONE, caller.rtp, seat.rtp)
    await hears_not(caller.rtp, BOSS_TONE, seconds=0.3)
    await hears_not(seat.rtp, BOSS_TONE, seconds=0.3)
    await alone(seat.rtp, SEAT_TONE, caller.rtp, own.rtp)
    await own.rtp.hears(SEAT_TONE)
    await caller.rtp.hears(SEAT_TONE)

    await boss.must("stop_listening", case_id=case_id)
    await own.ended()
    await caller.rtp.hears(SEAT_TONE)
    gone = await console.until(lambda: next((c for c in console.all("case") if not c["listeners"]), None))
    kinds = [line["kind"] for line in gone["timeline"]]
    assert [kind for kind in kinds if kind.startswith("listening")] == [
        "listening_asked", "listening_started", "listening_changed", "listening_changed", "listening_changed", "listening_stopped",
    ]  # fmt: skip
    assert (boss.one("seat", "8003") or {})["presence"] == "paused"
    assert not [c for c in await _channels(centre) if "Snoop" in c], "nothing is left that could hear"


async def test_the_end_of_the_conversation_ends_the_listening(centre: Centre) -> None:
    console, seat, caller, case_id = await conversation(centre)
    boss, phone = await boss_at(centre, "8003")
    await boss.must("listen", case_id=case_id, manner="whisper")
    own = await phone.ringing()
    phone.answer(own)
    await seat.rtp.hears_voice()
    await caller.hang_up()
    await console.case("wrap_up")
    await own.ended()
    await boss.until(lambda: (boss.one("seat", "8003") or {})["presence"] == "paused")
    assert not [c for c in await _channels(centre) if "Snoop" in c]


async def test_who_may_listen_and_when(centre: Centre) -> None:
    console, _seat, caller, case_id = await conversation(centre)
    other, _ = await centre.seat("8002", manner="never")
    assert not (await other.order("listen", case_id=case_id, manner="listen"))["ok"]
    boss, phone = await boss_at(centre, "8003")
    await boss.must("listen", case_id=case_id, manner="listen")
    own = await phone.ringing()
    phone.refuse(own)  # not picked up: nothing was heard, and it stands there all the same
    gone = await console.until(
        lambda: next((c for c in console.all("case") if "listening_stopped" in [line["kind"] for line in c["timeline"]]), None)
    )
    assert gone["listeners"] == []
    await caller.hang_up()
    await console.case("wrap_up")
    assert (await boss.order("listen", case_id=case_id, manner="listen"))["problem"]["code"] == "not_talking"
    assert (await boss.order("stop_listening", case_id=case_id))["problem"]["code"] == "not_listening"


async def _channels(centre: Centre) -> list[str]:
    said = await centre.asterisk.process.cli("core show channels concise")
    return str(said).splitlines()
