"""The service is dead and somebody presses the button: the dialplan alone rings, answers, records and writes it down."""

from __future__ import annotations

import asyncio
import math
import time
from array import array
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.homes import nobody_at_home
from harness.phones import Telephones
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.service import Ari, Reports

from callcenter.telephony.ports import SafeModeLine, SafeModeRecord
from callcenter.telephony.speaking import write_wav

pytestmark = pytest.mark.real

EMERGENCY = "075511111111"
LIFE_HELP = "075522222222"
SENTENCE_TONE = 700


@pytest_asyncio.fixture
async def centre(ari: Ari, watch: Reports) -> AsyncIterator[Reports]:
    """Two emergency seats, one life-help seat, two lines; and then the service goes away."""
    for seat in ("8001", "8002", "8003"):
        await ari.put_seat(seat)
    await ari.put_seat("t10001", "from-terminal")
    lines = [SafeModeLine(EMERGENCY, "emergency"), SafeModeLine(LIFE_HELP, "life_help")]
    await watch.watch.push_safe_mode(lines, ["8001", "8002"], ["8003"])
    await ari.close()
    yield watch
    await watch.watch.push_safe_mode([], [], [])
    for record in await watch.watch.safe_mode_records():
        await watch.watch.forget_safe_mode_record(record.channel_id)
    assert await watch.watch.safe_mode_records() == []


async def record_of(centre: Reports, call: str) -> SafeModeRecord:
    records = await centre.watch.safe_mode_records()
    return next(record for record in records if record.channel_id == call)


async def test_a_press_rings_every_emergency_seat_and_is_written_down(
    centre: Reports, asterisk: RealAsterisk, telephones: Telephones
) -> None:
    answering = await telephones.seat("8001", "pw-8001", manner="never")
    other = await telephones.seat("8002", "pw-8002", manner="never")
    pressed = await telephones.terminal("t10001", "pw-t10001", "120")
    sent = await pressed.until("sent")
    answered = await pressed.answered()
    assert answered - sent < 1.5  # half a second for the service, and the line is open

    ring, second = await asyncio.gather(answering.ringing(8), other.ringing(8))
    assert max(ring.rang_at, second.rang_at) - sent < 2.0  # no phone waits for a sentence to end
    picked_up = time.time()
    answering.answer(ring)
    await second.ended()
    assert second.ended_by == "cancelled"
    await asyncio.gather(ring.rtp.hears(CALLER_TONE), pressed.rtp.hears(SEAT_TONE))
    await centre.until(lambda: [step for step, _ in centre.safe_mode] == ["arrived", "answered"])

    await pressed.hang_up()
    hung_up = time.time()
    await ring.ended()
    await centre.until(lambda: centre.safe_mode[-1][0] == "ended")
    record = await record_of(centre, centre.safe_mode[0][1])
    assert (record.line, record.terminal, record.caller) == ("120", "t10001", "t10001")
    assert (record.reason, record.answered_by) == ("TIMEOUT", "8001")
    assert record.arrived_at == pytest.approx(sent, abs=0.3)
    assert record.answered_at == pytest.approx(picked_up, abs=0.3)
    assert record.ended_at == pytest.approx(hung_up, abs=0.5)

    back = await Ari(asterisk.settings).start()  # the service comes back and takes the recording over
    try:
        sound = b"".join([piece async for piece in back.calls.fetch_recording(record.recording)])
        assert sound[:4] == b"RIFF"
        assert len(set(sound[44:])) > 50
    finally:
        await back.close()


async def test_who_hangs_up_before_anybody_could_take_the_call_is_written_down(centre: Reports, telephones: Telephones) -> None:
    """In the half second that a service has for claiming it."""
    pressed = await telephones.terminal("t10001", "pw-t10001", "120")
    await pressed.until("ringing")
    await pressed.hang_up()
    await centre.until(lambda: [step for step, _ in centre.safe_mode] == ["arrived", "ended"])
    (record,) = await centre.watch.safe_mode_records()
    assert (record.channel_id, record.terminal, record.line) == (centre.safe_mode[0][1], "t10001", "120")
    assert (record.reason, record.answered_at, record.recording) == ("HUNG_UP", None, "")
    assert record.ended_at is not None
    assert 0 < record.ended_at - record.arrived_at < 0.5


@pytest.mark.rule("S-2")
async def test_a_duty_phone_that_safe_mode_rings_is_noted_with_its_call(
    centre: Reports, asterisk: RealAsterisk, telephones: Telephones
) -> None:
    """The queue dials it under an id that Asterisk makes: the mark names the call of safe mode, whose case opens later."""
    known = {call.channel_id for call in await centre.watch.calls_placed()}
    seats = ["Local/+8613900000001@to-trunk/n"]
    await centre.watch.push_safe_mode([SafeModeLine(EMERGENCY, "emergency")], seats, [])
    async with nobody_at_home(asterisk):
        pressed = await telephones.terminal("t10001", "pw-t10001", "120")
        await pressed.answered()
        async with asyncio.timeout(10):
            while not (placed := [call for call in await centre.watch.calls_placed() if call.channel_id not in known]):  # noqa: ASYNC110 - a look
                await asyncio.sleep(0.1)  # AstDB does not tell
        (record,) = await centre.watch.safe_mode_records()
        assert {call.belongs_to for call in placed} == {record.channel_id}
        await pressed.hang_up()
        await centre.until(lambda: centre.safe_mode[-1][0] == "ended")


async def test_it_rings_again_and_again_until_somebody_answers(centre: Reports, telephones: Telephones) -> None:
    busy = await telephones.seat("8001", "pw-8001", manner="busy")
    caller = await telephones.caller(EMERGENCY)
    await caller.answered()
    for _ in range(2):
        await busy.ringing(8)
    busy.manner = "answer"
    while (call := await busy.ringing(8)).ended_at is not None:
        pass  # it rang, and was refused, before the phone changed its mind
    await call.answered()
    await asyncio.gather(call.rtp.hears(CALLER_TONE), caller.rtp.hears(SEAT_TONE))


async def test_the_sentence_is_heard_while_the_phones_ring(centre: Reports, asterisk: RealAsterisk, telephones: Telephones) -> None:
    sentence = asterisk.settings.prompts_dir / "safe-emergency.wav"
    before = sentence.read_bytes() if sentence.exists() else None
    tone = (round(9000 * math.sin(2 * math.pi * SENTENCE_TONE * index / 8000)) for index in range(5 * 8000))
    write_wav(sentence, array("h", tone))
    try:
        seat = await telephones.seat("8001", "pw-8001", manner="never")
        caller = await telephones.caller(EMERGENCY)
        await caller.answered()
        ring = await seat.ringing(2)
        await caller.rtp.hears(SENTENCE_TONE)
        seat.answer(ring)
        await caller.rtp.hears(SEAT_TONE)
    finally:
        sentence.unlink()
        if before is not None:
            sentence.write_bytes(before)


async def test_an_unknown_line_is_an_emergency(centre: Reports, telephones: Telephones) -> None:
    seat = await telephones.seat("8002", "pw-8002")
    caller = await telephones.caller("075599999999")
    await caller.answered()
    await (await seat.ringing(8)).answered()
    await caller.rtp.hears(SEAT_TONE)


async def test_life_help_rings_its_seat_before_it_answers(centre: Reports, telephones: Telephones) -> None:
    emergency = await telephones.seat("8001", "pw-8001", manner="never")
    seat = await telephones.seat("8003", "pw-8003", manner="never")
    caller = await telephones.caller(LIFE_HELP, number="13812345678")
    ring = await seat.ringing()
    assert not [step for step in caller.sipp.steps if step.what == "answered"]
    seat.answer(ring)
    await caller.answered()
    await asyncio.gather(ring.rtp.hears(CALLER_TONE), caller.rtp.hears(SEAT_TONE))
    await seat.hang_up()
    await caller.until("ended")
    await centre.until(lambda: centre.safe_mode[-1][0] == "ended")
    record = await record_of(centre, centre.safe_mode[0][1])
    assert (record.answered_by, record.caller, record.terminal) == ("8003", "13812345678", "")
    assert emergency.calls == []


@pytest.mark.parametrize("by", ["caller", "service"])
async def test_a_call_that_a_service_had_does_not_fall_into_safe_mode_at_its_end(
    centre: Reports, asterisk: RealAsterisk, telephones: Telephones, by: str
) -> None:
    service = await Ari(asterisk.settings).start()
    try:
        caller = await telephones.caller(EMERGENCY)
        channel = (await service.take_call())["channel"]["id"]
        if by == "caller":
            await caller.hang_up()
        else:
            await service.connection.request("POST", f"channels/{channel}/continue")
            await caller.until("refused", "ended")
        await service.gone(channel)
        assert channel in {call.channel_id for call in await centre.watch.calls_seen()}
        assert await centre.watch.safe_mode_records() == []
    finally:
        await service.close()


async def test_a_watchdog_can_hand_a_stranded_call_to_safe_mode(
    centre: Reports, asterisk: RealAsterisk, telephones: Telephones
) -> None:
    seat = await telephones.seat("8001", "pw-8001")
    dying = await Ari(asterisk.settings_for("dying")).start()
    watchdog = await Ari(asterisk.settings_for("watchdog")).start()
    try:
        caller = await telephones.caller(EMERGENCY)
        offered = await dying.event("CallBroadcast")
        assert await dying.calls.claim(offered["channel"]["id"])
        await dying.event("StasisStart")
        await dying.close()
        where = {"context": "arrive", "extension": "rescue", "priority": "1"}
        channel = offered["channel"]["id"]
        answer = await watchdog.connection.request("POST", f"channels/{channel}/continue", where)
        assert answer.ok
        await caller.answered()
        await (await seat.ringing(8)).answered()
        await caller.rtp.hears(SEAT_TONE)
        assert (await record_of(centre, channel)).reason == "FAILED"
    finally:
        await watchdog.close()
