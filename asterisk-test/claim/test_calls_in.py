"""A call comes in: it is offered to every instance, one claims it, and sound flows both ways."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from harness.asterisk import RealAsterisk
from harness.phones import Telephones
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.service import Ari

from callcenter.telephony.ports import ChannelGone

pytestmark = pytest.mark.real


async def test_a_claimed_call_enters_our_application(ari: Ari, telephones: Telephones) -> None:
    caller = await telephones.caller("075512345678", number="13912345678", name="王秀英")
    offered = await ari.event("CallBroadcast")
    assert offered["channel"]["caller"] == {"name": "王秀英", "number": "13912345678"}
    channel = offered["channel"]["id"]

    assert await ari.calls.claim(channel)
    started = await ari.event("StasisStart", channel=channel)
    assert started["args"] == ["in", "075512345678", ""]

    live = next(one for one in await ari.calls.channels() if one.id == channel)
    assert (live.app, live.dialled, live.app_args) == ("callcenter-test", "075512345678", ("in", "075512345678", ""))

    await ari.calls.hang_up(channel)
    await ari.event("StasisEnd", channel=channel)
    await ari.calls.hang_up(channel)  # gone already: as good
    await caller.until("refused", "ended")


async def test_two_instances_race_and_one_wins(asterisk: RealAsterisk, ari: Ari, telephones: Telephones) -> None:
    other = await Ari(asterisk.settings_for("other")).start()
    try:
        await telephones.caller()
        one, two = await asyncio.gather(ari.event("CallBroadcast"), other.event("CallBroadcast"))
        channel = one["channel"]["id"]
        assert two["channel"]["id"] == channel
        won = await asyncio.gather(ari.calls.claim(channel), other.calls.claim(channel))
        assert sorted(won) == [False, True]
        winner, loser = (ari, other) if won[0] else (other, ari)
        await winner.event("StasisStart", channel=channel)
        assert not [event for event in loser.events if event["type"] == "StasisStart"]
        await winner.calls.hang_up(channel)
    finally:
        await other.close()


async def test_sound_flows_both_ways_and_is_recorded(ari: Ari, telephones: Telephones) -> None:
    phone = await telephones.seat("8001", await ari.put_seat("8001"))
    caller = await telephones.caller()
    channel = (await ari.take_call())["channel"]["id"]
    await ari.calls.answer(channel)
    await caller.answered()

    await ari.calls.originate(
        "seat-leg-1", "PJSIP/8001", caller_name="王秀英", caller_number="13912345678",
        args=["seat", "case-1"], variables={}, ring_seconds=10,
    )  # fmt: skip
    ringing = await phone.ringing()
    assert "王秀英" in ringing.caller
    assert "13912345678" in ringing.caller
    started = await ari.event("StasisStart", channel="seat-leg-1")
    assert started["args"] == ["seat", "case-1"]

    await ari.calls.create_bridge("bridge-1")
    await ari.calls.create_bridge("bridge-1")
    await ari.calls.bridge("bridge-1", [channel, "seat-leg-1"])
    await ari.calls.record_bridge("bridge-1", "case-1/part-1")
    await asyncio.gather(ringing.rtp.hears(CALLER_TONE), caller.rtp.hears(SEAT_TONE))

    await ari.calls.hang_up("seat-leg-1")
    await ari.calls.hang_up(channel)
    await ari.calls.destroy_bridge("bridge-1")
    await ari.calls.destroy_bridge("bridge-1")
    sound = await recorded(ari, "case-1/part-1")
    assert sound[:4] == b"RIFF"
    assert len(set(sound[44:])) > 50  # not silence
    await ari.calls.delete_recording("case-1/part-1")


async def recorded(ari: Ari, name: str, timeout: float = 5.0) -> bytes:
    """The recording, once Asterisk has it. A bridge that is destroyed may take the word of its recording's end with it."""
    async with asyncio.timeout(timeout):
        while True:
            with contextlib.suppress(ChannelGone):
                return b"".join([piece async for piece in ari.calls.fetch_recording(name)])
            await asyncio.sleep(0.05)
