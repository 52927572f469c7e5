"""Calls of the ladder on a real Asterisk: dialled once, refused, answered, ended as what they were, remembered."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from harness.asterisk import RealAsterisk, own_asterisk
from harness.service import Ari, eventually
from ladder_calls import Evidence, order

from ari_handlers import Origin, facts_of
from callcenter.domain import facts
from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.audio import RtpPeer
from callcenter.simulation.family import Behaviour, TelephoneNetwork
from callcenter.simulation.phone import Phone
from callcenter.telephony.ports import AttemptEvidence, AttemptOver, TelephonyError

pytestmark = pytest.mark.real

DAUGHTER = "+8613800000001"
ORIGIN = Origin("node1", "CN", "0797", "test")


# --- one id, one leg, ever


async def test_one_id_is_dialled_once(one: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    call_her = order(DAUGHTER, caller_name="养老服务中心")
    await one.calls.dial_attempt(call_her)
    await one.calls.dial_attempt(call_her)  # while it rings
    call = await network.wait_for_invite(DAUGHTER)
    assert (call.caller_name, call.caller_number) == ("养老服务中心", "07971234567")
    await one.calls.hang_up(call_her.attempt_id)
    ended = await evidence.ended(call_her.attempt_id)
    assert (ended.status, ended.cause) == ("CANCEL", "16")
    before = await evidence.of(call_her.attempt_id)

    await one.calls.dial_attempt(call_her)  # after its end
    await one.gone(call_her.attempt_id)
    assert len(network.calls) == 1
    assert await evidence.of(call_her.attempt_id) == before  # the first one's end is the end
    assert len(evidence.overs) == 1


async def test_an_order_that_comes_ahead_of_its_time_rings_in_time_and_may_be_taken_back(
    one: Ari, evidence: Evidence, network: TelephoneNetwork
) -> None:
    one.calls.clock_is(0.0)
    early = replace(order(DAUGHTER), starts_in=0.4)
    begun = time.monotonic()
    await one.calls.dial_attempt(early)
    async with asyncio.timeout(5):
        while (await evidence.watch.attempt_evidence(early.attempt_id)) is None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    call = await network.wait_for_invite(DAUGHTER)
    assert call.invited_at >= begun + 0.4 - 0.002  # its clock tells milliseconds
    await one.calls.hang_up(early.attempt_id)
    await evidence.ended(early.attempt_id)

    taken_back = replace(order(DAUGHTER), starts_in=0.45)
    await one.calls.dial_attempt(taken_back)
    await one.calls.hang_up(taken_back.attempt_id)
    await one.gone(taken_back.attempt_id)
    assert len(network.calls) == 1, "it rang although it was taken back before its time"


async def test_two_services_order_one_id_at_once(one: Ari, two: Ari, network: TelephoneNetwork) -> None:
    for number in range(10):
        same = order(f"138000001{number:02}")
        await asyncio.gather(*(service.calls.dial_attempt(same) for service in (one, two, one, two)))
        call = await network.wait_for_invite(same.number)
        await one.calls.hang_up(same.attempt_id)
        await network.ended(call)
    assert len(network.calls) == 10
    assert not any(call.overlapped for call in network.calls)


async def test_a_void_attempt_is_never_dialled(one: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    late = order(DAUGHTER)
    await one.calls.void_attempt(late.attempt_id)
    assert await evidence.of(late.attempt_id) == AttemptEvidence(late.attempt_id, None, voided=True)
    assert (await evidence.ended(late.attempt_id)).status == "VOID"
    await one.calls.void_attempt(late.attempt_id)  # as good
    await one.calls.dial_attempt(late)
    await one.gone(late.attempt_id)
    assert network.calls == []
    assert (await evidence.of(late.attempt_id)).voided


async def test_what_rings_cannot_be_voided(one: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    early = order(DAUGHTER)
    await one.calls.dial_attempt(early)
    call = await network.wait_for_invite(DAUGHTER)
    await one.calls.void_attempt(early.attempt_id)
    found = await evidence.of(early.attempt_id)
    assert not found.voided
    assert found.claimed_at == pytest.approx(time.time(), abs=3)
    assert call.live
    await one.calls.hang_up(early.attempt_id)
    assert (await evidence.ended(early.attempt_id)).status == "CANCEL"


async def test_void_and_dial_at_once_is_one_or_the_other(one: Ari, two: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    for number in range(10):
        both = order(f"138000002{number:02}", ring=2)
        await asyncio.gather(two.calls.void_attempt(both.attempt_id), one.calls.dial_attempt(both))
        if not (await evidence.of(both.attempt_id)).voided:
            await network.wait_for_invite(both.number)
            await one.calls.hang_up(both.attempt_id)
        ended = await evidence.ended(both.attempt_id)
        assert (ended.status == "VOID") == (network.of(both.number) == [])


# --- where to


@pytest.mark.parametrize("number", ["110", "119", "120", "0755120", "+86110", "008610110"])
async def test_public_numbers_are_refused_on_the_trunk(
    number: str, one: Ari, evidence: Evidence, network: TelephoneNetwork
) -> None:
    wrong = order(number)
    await one.calls.dial_attempt(wrong)
    assert await evidence.ended(wrong.attempt_id) == AttemptOver(wrong.attempt_id, "REFUSED", "21")
    assert (await evidence.of(wrong.attempt_id)).status == "REFUSED"
    assert network.calls == []


async def test_public_numbers_where_they_are_enabled(
    one: Ari, evidence: Evidence, network: TelephoneNetwork, node: RealAsterisk
) -> None:
    await node.process.cli("dialplan set global PUBLIC_NUMBERS enabled")
    try:
        ambulance = order("120")
        await one.calls.dial_attempt(ambulance)
        call = await network.wait_for_invite("120")
        await one.calls.hang_up(ambulance.attempt_id)
        await network.ended(call)
        assert (await evidence.ended(ambulance.attempt_id)).status == "CANCEL"
    finally:
        await node.process.cli("dialplan set global PUBLIC_NUMBERS disabled")


async def test_a_drill_reaches_the_drill_trunk_only(
    one: Ari, evidence: Evidence, network: TelephoneNetwork, drills: TelephoneNetwork
) -> None:
    ambulance, daughter = order("120", "drill"), order(DAUGHTER, "drill")
    for drill in (ambulance, daughter):
        await one.calls.dial_attempt(drill)
        call = await drills.wait_for_invite(drill.number)
        await one.calls.hang_up(drill.attempt_id)
        await drills.ended(call)
    assert network.calls == []


async def test_a_phone_of_ours(one: Ari, evidence: Evidence, network: TelephoneNetwork, node: RealAsterisk) -> None:
    password = await one.put_seat("t10077", "from-terminal")
    nobody = order("t10077", "account")
    await one.calls.dial_attempt(nobody)
    assert await evidence.ended(nobody.attempt_id) == AttemptOver(nobody.attempt_id, "CHANUNAVAIL", "3")
    terminal = Phone("t10077", password, node.sip)
    await terminal.register()
    try:
        back = order("t10077", "account")
        await one.calls.dial_attempt(back)
        call = await terminal.ringing()
        offered = await one.event("CallBroadcast", channel=back.attempt_id)
        assert await one.calls.claim(offered["channel"]["id"])
        await one.calls.hang_up(back.attempt_id)
        await call.ended()
    finally:
        await terminal.close()
    for trunk in ("trunk", "drill"):
        no_phone = order(trunk, "account")
        await one.calls.dial_attempt(no_phone)
        assert (await evidence.ended(no_phone.attempt_id)).status == "REFUSED"
    assert network.calls == []


async def test_what_cannot_be_dialled_is_refused_before_asterisk(one: Ari) -> None:
    for number in ("", "12a", "120,30", "1&2", "anonymous", "1" * 40):
        with pytest.raises(TelephonyError):
            await one.calls.dial_attempt(order(number))
    with pytest.raises(TelephonyError):
        await one.calls.dial_attempt(order(announcement="/tmp/a,b"))  # noqa: S108 - nothing is opened
    with pytest.raises(TelephonyError):
        await one.calls.dial_attempt(replace(order(), attempt_id="a/b@c"))


# --- each end as what it was


@pytest.mark.parametrize(
    ("behaviour", "ring", "status", "cause", "rang"),
    [
        ("busy", 5, "BUSY", "17", False),
        ("busy:0.3", 5, "BUSY", "17", True),
        ("no-answer", 1, "NOANSWER", "19", True),
        ("no-answer:0.3", 5, "NOANSWER", "19", True),
        ("early", 1, "NOANSWER", "19", False),
        ("invalid", 5, "CHANUNAVAIL", "1", False),
        ("congestion", 5, "CONGESTION", "34", False),
        ("reject", 5, "CHANUNAVAIL", "21", False),
        ("silence", 20, "CHANUNAVAIL", "18", False),
    ],
)
async def test_each_failure_is_recorded_as_what_it_was(
    behaviour: str, ring: float, status: str, cause: str, rang: bool, one: Ari, evidence: Evidence, network: TelephoneNetwork
) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read(behaviour)
    failing = order(DAUGHTER, ring=ring)
    began = time.monotonic()
    rings_already = await one.calls.dial_attempt(failing)
    assert await evidence.ended(failing.attempt_id, 12) == AttemptOver(failing.attempt_id, status, cause)
    assert time.monotonic() - began < (10 if behaviour == "silence" else 3)  # not 32 s, as SIP has it
    found = await evidence.of(failing.attempt_id)
    assert (found.status, found.cause, found.key) == (status, cause, "")
    assert found.ended_at == pytest.approx(time.time(), abs=3)
    destroyed = await one.event("ChannelDestroyed", channel=failing.attempt_id)
    assert facts_of(destroyed, ORIGIN) == [facts.LegEnded(failing.attempt_id, cause)]
    told = [fact for event in one.events for fact in facts_of(event, ORIGIN)]
    assert (rings_already or facts.AttemptRang(failing.attempt_id) in told) == rang
    assert not any(isinstance(fact, facts.AttemptAnswered) for fact in told)  # early sound is no answer
    assert len(network.calls) == 1


async def test_a_trunk_that_is_gone(one: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    network.vanish()
    lost = order(DAUGHTER, ring=20)
    began = time.monotonic()
    await one.calls.dial_attempt(lost)
    assert await evidence.ended(lost.attempt_id, 12) == AttemptOver(lost.attempt_id, "CHANUNAVAIL", "18")
    assert time.monotonic() - began < 10


# --- somebody picks up


async def test_an_answer_is_offered_claimed_and_its_keys_are_heard(
    one: Ari, two: Ari, evidence: Evidence, network: TelephoneNetwork
) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read("answer:0.3:1@1:2@1.5:0@2")
    call_her = order(DAUGHTER)
    await one.calls.dial_attempt(call_her)
    offered, heard = await asyncio.gather(one.event("CallBroadcast"), two.event("CallBroadcast"))
    assert facts_of(offered, ORIGIN) == [facts.AttemptAnswered(call_her.attempt_id, holder="test")]
    assert heard["channel"]["id"] == call_her.attempt_id
    assert await two.calls.claim(call_her.attempt_id)
    assert not await one.calls.claim(call_her.attempt_id)
    started = await two.event("StasisStart", channel=call_her.attempt_id)
    assert started["args"] == ["attempt", call_her.attempt_id]
    live = next(channel for channel in await one.calls.channels() if channel.id == call_her.attempt_id)
    assert (live.app, live.app_args) == ("callcenter-two", ("attempt", call_her.attempt_id))
    keys = [await two.event("ChannelDtmfReceived", channel=call_her.attempt_id) for _ in range(3)]
    assert [fact for key in keys for fact in facts_of(key, ORIGIN)] == [
        facts.KeyPressed(call_her.attempt_id, digit) for digit in "120"
    ]
    # Who lost the race hears no keys: they would count twice.
    assert not [event for event in one.events if event["type"] == "ChannelDtmfReceived"]
    await network.hang_up(network.calls[0])
    left = await two.event("StasisEnd", channel=call_her.attempt_id)
    assert facts_of(left, replace(ORIGIN, instance="two")) == [facts.LegEnded(call_her.attempt_id, "16", "two")]
    assert await evidence.ended(call_her.attempt_id) == AttemptOver(call_her.attempt_id, "ANSWER", "16")


async def test_who_dialled_is_dead_when_it_is_answered(node: RealAsterisk, one: Ari, network: TelephoneNetwork) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read("answer:1:1@1")
    dying = await Ari(node.settings_for("dying")).start()
    call_her = order(DAUGHTER)
    await dying.calls.dial_attempt(call_her)
    await network.wait_for_invite(DAUGHTER)
    await dying.close()
    await one.event("CallBroadcast", channel=call_her.attempt_id)
    assert await one.calls.claim(call_her.attempt_id)
    key = await one.event("ChannelDtmfReceived", channel=call_her.attempt_id)
    assert key["digit"] == "1"
    await one.calls.hang_up(call_her.attempt_id)
    await network.ended(network.calls[0])


async def test_a_leg_that_was_adopted(one: Ari, two: Ari, network: TelephoneNetwork) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read("answer:0.1")
    call_her = order(DAUGHTER)
    leg = call_her.attempt_id
    await one.calls.dial_attempt(call_her)
    await one.event("CallBroadcast", channel=leg)
    assert await one.calls.claim(leg)
    await two.calls.move(leg, two.connection.app, ["attempt", leg])
    await two.event("StasisStart", channel=leg)
    left = await one.event("StasisEnd", channel=leg)
    assert facts_of(left, ORIGIN) == [facts.LegEnded(leg, "16", "test")]  # says nothing: it lives at the other one
    assert network.calls[0].live
    await network.hang_up(network.calls[0])
    await two.event("StasisEnd", channel=leg)


async def test_nobody_takes_the_answer_and_the_dialplan_speaks(
    one: Ari, node: RealAsterisk, evidence: Evidence, network: TelephoneNetwork, tone: Path
) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read("answer:0.1:2@2.5")
    call_her = order(DAUGHTER, announcement=f"sound:{tone.with_suffix('')}")
    await one.calls.dial_attempt(call_her)
    call = await network.wait_for_invite(DAUGHTER)
    await network.until(lambda: call.rtp is not None)
    assert isinstance(call.rtp, RtpPeer)
    await call.rtp.hears(700)
    await network.ended(call)
    assert call.was_spoken_to
    over = await evidence.ended(call_her.attempt_id)
    assert (over.status, over.key) == ("ANSWER", "2")
    found = await evidence.of(call_her.attempt_id)
    assert (found.status, found.key) == ("ANSWER", "2")


# --- memory


async def test_evidence_is_forgotten_by_age(one: Ari, evidence: Evidence, network: TelephoneNetwork) -> None:
    network.behaviours[DAUGHTER] = Behaviour.read("busy")
    busy, void = order(DAUGHTER), order(DAUGHTER)
    await one.calls.dial_attempt(busy)
    await one.calls.void_attempt(void.attempt_id)
    await evidence.ended(busy.attempt_id)
    assert await evidence.watch.forget_attempts(time.time() - 60) == 0
    assert await evidence.watch.forget_attempts(time.time() + 60) >= 2
    for attempt in (busy, void):
        assert await evidence.watch.attempt_evidence(attempt.attempt_id) is None


async def test_what_is_remembered_over_a_power_cut(toolchain: Toolchain) -> None:
    """AstDB is written to the disk about once a second: an attempt begun in the last one may be forgotten.

    So "it never reached the dialplan" is only to be believed of an Asterisk that was started before the order.
    """
    async with own_asterisk(toolchain) as asterisk:
        port = int(asterisk.settings.trunk_target.rpartition(":")[2])
        network = TelephoneNetwork()
        await network.listen(port)
        service = await Ari(asterisk.settings).start()
        file = asterisk.process.folders.state / "astdb.sqlite3"
        old, young = order("13800000301", ring=30), order("13800000302", ring=30)
        ordered_at = time.time()
        assert await service.calls.node_started_at() < ordered_at
        await service.calls.dial_attempt(old)
        await network.wait_for_invite(old.number)
        await eventually(lambda: _on_disk(file, old.attempt_id))
        await service.calls.dial_attempt(young)
        await network.wait_for_invite(young.number)
        asterisk.process.kill()
        await service.close()

        await asterisk.process.start()
        evidence = await Evidence.open(asterisk.settings)
        back = await Ari(asterisk.settings).start()
        assert await back.calls.node_started_at() > ordered_at
        found = await evidence.of(old.attempt_id)
        assert found.claimed_at is not None
        assert found.status == ""  # begun, and nothing is left of it
        forgotten = await evidence.watch.attempt_evidence(young.attempt_id)
        assert forgotten is None or forgotten.status == ""
        await back.calls.dial_attempt(old)
        await back.gone(old.attempt_id)
        assert len(network.of(old.number)) == 1
        await back.close()
        await evidence.watch.close()
        await network.close()


def _on_disk(file: Path, attempt_id: str) -> bool:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return bool(database.execute("SELECT 1 FROM astdb WHERE key = ?", (f"/attempt/{attempt_id}",)).fetchall())
