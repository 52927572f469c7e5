"""ARI and AMI when things break: deadlines, the circuit, lost lines, adoption, one leg per id, nothing sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest
from harness.asterisk import RealAsterisk, own_asterisk
from harness.phones import Telephones
from harness.relay import Relay
from harness.service import Ari, eventually, open_watch
from pydantic import SecretStr

from callcenter.setup.toolchain import Toolchain
from callcenter.telephony.ami import AmiConnection
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.ports import ChannelGone, TelephonyDown, TelephonyError

pytestmark = pytest.mark.real


async def test_orders_for_what_is_gone(ari: Ari) -> None:
    with pytest.raises(ChannelGone):
        await ari.calls.answer("no-such-channel")
    with pytest.raises(ChannelGone):
        _ = [piece async for piece in ari.calls.fetch_recording("no-such-recording")]
    await ari.calls.hang_up("no-such-channel")
    await ari.calls.stop_playback("no-such-playback")
    await ari.calls.destroy_bridge("no-such-bridge")
    await ari.calls.unbridge("no-such-bridge", "no-such-channel")
    await ari.calls.stop_music("no-such-channel")
    await ari.calls.delete_recording("no-such-recording")
    assert await ari.calls.claim("no-such-channel") is False


async def test_a_phone_that_is_not_there(ari: Ari) -> None:
    await ari.put_seat("8031")
    with pytest.raises(TelephonyError) as refused:
        await ari.calls.originate(
            "leg-to-nobody", "PJSIP/8031", caller_name="", caller_number="1", args=[], variables={}, ring_seconds=5
        )  # fmt: skip
    assert refused.value.retryable


async def test_one_id_is_one_leg(ari: Ari, telephones: Telephones) -> None:
    phone = await telephones.seat("8032", await ari.put_seat("8032"), manner="never")

    async def ring() -> None:
        await ari.calls.originate(
            "one-leg", "PJSIP/8032", caller_name="", caller_number="1", args=["x"], variables={}, ring_seconds=5
        )  # fmt: skip

    await asyncio.gather(ring(), ring(), ring())
    await phone.ringing()
    await ring()
    await ari.calls.hang_up("one-leg")
    await ari.event("ChannelDestroyed", channel="one-leg")
    assert len(phone.calls) == 1


async def test_a_lost_websocket_leaves_the_call_and_another_instance_adopts_it(
    asterisk: RealAsterisk, telephones: Telephones
) -> None:
    async with Relay(asterisk.settings.asterisk_http_port) as relay:
        first = await Ari(asterisk.settings_for("first", asterisk_http_port=relay.port)).start()
        second = await Ari(asterisk.settings_for("second")).start()
        try:
            caller = await telephones.caller()
            offered = await first.event("CallBroadcast")
            channel = offered["channel"]["id"]
            assert await first.calls.claim(channel)
            await first.event("StasisStart", channel=channel)
            await first.calls.answer(channel)
            await caller.answered()

            relay.refuse = True
            relay.cut()
            await first.until(lambda: first.downs == 1, 2)
            live = next(one for one in await second.calls.channels() if one.id == channel)
            assert live.app == "callcenter-first"

            await second.calls.move(channel, second.connection.app, ["adopted"])
            started = await second.event("StasisStart", channel=channel)
            assert started["args"] == ["adopted"]
            live = next(one for one in await second.calls.channels() if one.id == channel)
            assert live.app == "callcenter-second"
            await second.calls.hang_up(channel)
            await caller.until("ended")

            relay.refuse = False
            await first.until(lambda: first.ups == 2, 5)
        finally:
            await first.close()
            await second.close()


async def test_a_dead_line_is_noticed_and_requests_fail_within_their_deadline(asterisk: RealAsterisk) -> None:
    async with Relay(asterisk.settings.asterisk_http_port) as relay:
        service = await Ari(asterisk.settings_for("deaf", asterisk_http_port=relay.port, ari_timeout=0.2)).start()
        try:
            relay.swallow = True  # connections stay up, nothing comes through
            began = time.monotonic()
            for _ in range(5):
                with pytest.raises(TelephonyDown):
                    await service.calls.channels()
            assert time.monotonic() - began < 2
            assert service.connection.circuit_open
            at_once = time.monotonic()
            with pytest.raises(TelephonyDown):
                await service.calls.channels()
            assert time.monotonic() - at_once < 0.05
            await service.until(lambda: service.downs == 1, 5)
            assert time.monotonic() - began < 5
            relay.swallow = False
            relay.cut()
            await service.until(lambda: service.ups == 2, 5)
            await service.calls.channels()
        finally:
            await service.close()


async def test_a_frozen_asterisk_is_noticed_and_found_again(toolchain: Toolchain) -> None:
    async with own_asterisk(toolchain) as own:
        service = await Ari(own.settings).start()
        watch = await open_watch(own.settings)
        assert own.process.pid
        os.kill(own.process.pid, signal.SIGSTOP)
        try:
            await service.until(lambda: service.downs == 1, 5)
            await eventually(lambda: not watch.watch.connected)
            with pytest.raises(TelephonyDown):
                await watch.watch.contacts()
        finally:
            os.kill(own.process.pid, signal.SIGCONT)
        await service.until(lambda: service.ups == 2, 6)
        await watch.watch.ami.until_connected(6)
        await watch.watch.close()
        await service.close()


async def test_two_instances_of_one_name_are_noticed(asterisk: RealAsterisk) -> None:
    first = await Ari(asterisk.settings_for("twin")).start()
    second = await Ari(asterisk.settings_for("twin")).start()
    try:
        await first.until(lambda: first.downs == 1)
        assert second.connection.connected
    finally:
        await first.close()
        await second.close()


async def test_refused_logins_say_so_within_two_seconds(asterisk: RealAsterisk) -> None:
    wrong = asterisk.settings.model_copy(update={"ami_password": SecretStr("wrong"), "ari_password": SecretStr("wrong")})
    ami = AmiConnection(wrong, on_event=lambda _event: None)
    ari = AriConnection(wrong, on_event=lambda _event: None)
    await ami.start()
    await ari.start()
    try:
        with pytest.raises(TelephonyDown, match="AMI password"):
            await ami.until_connected(2)
        with pytest.raises(TelephonyDown, match="ARI password"):
            await ari.until_connected(0.5)
    finally:
        await ami.close()
        await ari.close()


async def test_ami_reconnects_and_sends_nothing_twice(asterisk: RealAsterisk) -> None:
    async with Relay(asterisk.settings.ami_port) as relay:
        reports = await open_watch(asterisk.settings_for("x", ami_port=relay.port))
        ami = reports.watch.ami
        try:
            relay.swallow = True  # the action leaves us, its answer never comes
            order = asyncio.create_task(ami.action({"Action": "DBPut", "Family": "test", "Key": "once", "Val": "1"}, timeout=1))
            await asyncio.sleep(0)
            relay.cut()
            with pytest.raises(TelephonyDown):
                await order
            relay.swallow = False
            await eventually(lambda: ami.connects == 2)
            await ami.until_connected(5)
            assert await reports.watch._tree("test") == {}  # not repeated by the reconnect
            with pytest.raises(TelephonyError, match="line break"):
                await ami.action({"Action": "Ping", "X": "a\r\nAction: Originate"})
            assert (await ami.action({"Action": "Ping"}))["ping"] == "Pong"
        finally:
            await reports.watch.close()


async def test_chinese_split_over_two_reads_is_kept_whole(asterisk: RealAsterisk) -> None:
    async with Relay(asterisk.settings.ami_port, piece=1) as relay:
        reports = await open_watch(asterisk.settings_for("x", ami_port=relay.port))
        ami = reports.watch.ami
        try:
            await ami.action({"Action": "DBPut", "Family": "test", "Key": "name", "Val": "王秀英"})
            assert await reports.watch._tree("test") == {"name": "王秀英"}
            await ami.action({"Action": "DBDel", "Family": "test", "Key": "name"})
        finally:
            await reports.watch.close()


async def test_the_music_of_a_waiting_caller_is_heard(ari: Ari, telephones: Telephones) -> None:
    caller = await telephones.caller()
    channel = (await ari.take_call())["channel"]["id"]
    await ari.calls.answer(channel)
    await caller.answered()
    await ari.calls.start_music(channel)
    await eventually(lambda: caller.rtp.loudness() > 300)
    await ari.calls.stop_music(channel)
    await ari.calls.play(channel, "playback-1", ["tone:ring", "tone:busy"])
    await ari.event("PlaybackStarted", playback="playback-1")
    await ari.calls.stop_playback("playback-1")
    await ari.event("PlaybackFinished")
    await ari.calls.hang_up(channel)
