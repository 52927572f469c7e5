"""No service and no seat: safe mode phones the elder's contacts by itself, and writes down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.phones import Telephones
from harness.service import Ari
from ladder_calls import Evidence

from callcenter.simulation.family import Behaviour, TelephoneNetwork
from callcenter.telephony.ports import SafeModeContact, SafeModeLine, SafeModeRecord

pytestmark = pytest.mark.real

EMERGENCY = "075511111111"
SON, DAUGHTER, NEIGHBOUR, NIECE = "+8613800000011", "+8613800000012", "+8613800000013", "+8613800000014"


@pytest_asyncio.fixture
async def phones(node: RealAsterisk) -> AsyncIterator[Telephones]:
    made = Telephones(node)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def centre(node: RealAsterisk, evidence: Evidence, phones: Telephones) -> AsyncIterator[Evidence]:
    """A terminal with three contacts, one that calls from a number, an emergency seat; and no service."""
    service = await Ari(node.settings).start()
    await service.put_seat("8001")
    await service.put_seat("t10001", "from-terminal")
    await service.close()
    await evidence.watch.push_safe_mode([SafeModeLine(EMERGENCY, "emergency")], ["8001"], [])
    people = [SafeModeContact(number, "") for number in (SON, DAUGHTER, NEIGHBOUR)]
    await evidence.watch.push_contacts({"t10001": people, "+867971234567": [SafeModeContact(NIECE, "")]})
    yield evidence
    await phones.close()
    for record in await evidence.watch.safe_mode_records():  # a walk ends when its record is gone
        await evidence.watch.forget_safe_mode_record(record.channel_id)
    await evidence.watch.push_contacts({})
    async with asyncio.timeout(10):
        while "safe-walk" in await node.process.cli("core show channels concise"):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.1)


async def only_record(centre: Evidence) -> SafeModeRecord:
    (record,) = await centre.watch.safe_mode_records()
    return record


async def test_contacts_are_phoned_one_after_the_other_until_one_goes(
    centre: Evidence, phones: Telephones, network: TelephoneNetwork
) -> None:
    network.behaviours |= {DAUGHTER: Behaviour.read("busy"), NEIGHBOUR: Behaviour.read("answer:0.2:1@1")}
    pressed = await phones.terminal("t10001", "pw-t10001")
    await pressed.answered()
    for number in (SON, DAUGHTER, NEIGHBOUR):
        call = await network.wait_for_invite(number)
        assert call.caller_number == EMERGENCY
        await network.ended(call)
    assert network.calls[-1].was_spoken_to
    await centre.step("walked")
    record = await only_record(centre)
    assert [(one.number, one.status, one.key) for one in record.attempts] == [
        (SON, "NOANSWER", ""), (DAUGHTER, "BUSY", ""), (NEIGHBOUR, "ANSWER", "1"),
    ]  # fmt: skip
    assert [one.id for one in record.attempts] == [f"safe-{record.channel_id}-{place}" for place in (1, 2, 3)]
    assert all(one.ended_at is not None and one.ended_at >= one.started_at for one in record.attempts)
    assert (record.walker, record.ended_at) == ("", None)
    assert (await centre.of(record.attempts[2].id)).key == "1"


async def test_who_hangs_up_at_once_is_walked_for_in_two_rounds(
    centre: Evidence, phones: Telephones, network: TelephoneNetwork
) -> None:
    network.behaviours[NIECE] = Behaviour.read("answer:0.1:2@1")  # cannot, twice
    caller = await phones.caller(EMERGENCY, number="07971234567")
    await caller.answered()
    await caller.hang_up()
    for _ in range(2):
        await network.ended(await network.wait_for_invite(NIECE), 8)
    await centre.step("walked")
    record = await only_record(centre)
    assert [(one.status, one.key) for one in record.attempts] == [("ANSWER", "2"), ("ANSWER", "2")]
    assert record.ended_at is not None
    assert record.answered_at is None


async def test_a_seat_that_answers_ends_the_walk(centre: Evidence, phones: Telephones, network: TelephoneNetwork) -> None:
    seat = await phones.seat("8001", "pw-8001", manner="never")
    pressed = await phones.terminal("t10001", "pw-t10001")
    await pressed.answered()
    call = await network.wait_for_invite(SON)
    ring = await seat.ringing(8)
    seat.answer(ring)
    await network.ended(call, 1.5)  # sooner than it would have rung out
    assert call.ended_by == "cancelled"
    await centre.step("walked")
    record = await only_record(centre)
    assert record.answered_by == "8001"
    assert [one.status for one in record.attempts] == ["CANCEL"]
    assert len(network.calls) == 1


async def test_a_service_that_takes_the_record_over_ends_the_walk(
    centre: Evidence, phones: Telephones, network: TelephoneNetwork
) -> None:
    pressed = await phones.terminal("t10001", "pw-t10001")
    await pressed.answered()
    call = await network.wait_for_invite(SON)
    record = await only_record(centre)
    assert record.walker
    assert [one.status for one in record.attempts] == [""]
    await centre.watch.forget_safe_mode_record(record.channel_id)
    await network.ended(call)
    await centre.step("walked")
    assert len(network.calls) == 1
    assert await centre.watch.safe_mode_records() == []  # nothing that looks like another call


async def test_one_daughter_of_two_elders_is_not_rung_twice(
    centre: Evidence, phones: Telephones, network: TelephoneNetwork
) -> None:
    await centre.watch.push_contacts({"t10001": [SafeModeContact(SON, "")], "07551234567": [SafeModeContact(SON, "")]})
    first = await phones.terminal("t10001", "pw-t10001")
    await first.answered()
    second = await phones.caller(EMERGENCY, number="07551234567")
    await second.answered()
    await network.wait_for_invite(SON)
    async with asyncio.timeout(15):
        while centre.safe_mode.count("walked") < 2:
            await centre.step("walked")
            await asyncio.sleep(0.05)
    assert not any(call.overlapped for call in network.calls)
    statuses = [one.status for record in await centre.watch.safe_mode_records() for one in record.attempts]
    assert "ALREADY" in statuses


async def test_only_differences_are_pushed(centre: Evidence, node: RealAsterisk) -> None:
    await centre.watch.push_contacts({"t10001": [SafeModeContact(NIECE, "sound:/a/b")]})
    shown = await node.process.cli("database show safe-contact")
    assert f"{NIECE}|/a/b" in shown
    assert shown.count("/safe-contact/") == 1
