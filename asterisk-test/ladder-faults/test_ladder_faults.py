"""The plug pulled while families are rung, listen and speak: nobody is rung twice, nobody is forgotten, nobody is left out."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import FAMILY, LATE, QUICK, elder, invariants, invited_at, listens, until
from harness.relay import Relay
from harness.stages import Stages, faulty_centre, taken_over

from callcenter.domain.policy import Rung
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.setup.rescue import give_back_stranded

pytestmark = pytest.mark.real
# ruff: noqa: T201 - figures for people
PAUSE = 6.0  # longer than any heartbeat


# --- the service dies or sleeps


async def test_killed_while_families_ring_listen_and_speak_and_started_again(centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    await centre.kill()
    await stages.takes_a_key_alone("ringing")
    await centre.start()
    await stages.untouched(centre, "invited", "listening", "joined")
    print(await stages.go_on(centre, "ringing"))


async def test_killed_and_another_instance_takes_over(node: RealAsterisk, database: str, centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    async with faulty_centre(node, database) as other:
        await centre.kill()
        await taken_over(other, time.monotonic())
        await stages.untouched(other)
        print(await stages.go_on(other))


async def test_paused_alone(centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    assert centre.process is not None
    centre.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    await stages.takes_a_key_alone("ringing")
    await asyncio.sleep(max(0.0, began + PAUSE - time.monotonic()))
    centre.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(1.0)
    await stages.untouched(centre, "invited", "listening", "joined")
    print(await stages.go_on(centre, "ringing"))


async def test_paused_and_another_instance_takes_over(node: RealAsterisk, database: str, centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    async with faulty_centre(node, database) as other:
        assert centre.process is not None
        centre.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        await taken_over(other, began)
        await asyncio.sleep(max(0.0, began + PAUSE - time.monotonic()))
        centre.process.send_signal(signal.SIGCONT)  # it wakes and believes that all of it is still its own
        await asyncio.sleep(1.0)
        await stages.untouched(other)
        print(await stages.go_on(other))


async def test_a_clean_stop_hands_over_at_once(node: RealAsterisk, database: str, centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    async with faulty_centre(node, database) as other:
        await centre.stop()
        assert await taken_over(other, time.monotonic()) < 2.0
        await stages.untouched(other)
        print(await stages.go_on(other))


# --- between the memory of a call and the call


async def test_killed_between_commit_and_originate(node: RealAsterisk, database: str, homes: Homes) -> None:
    async with (
        Relay(node.settings.asterisk_http_port) as network,
        faulty_centre(node, database, asterisk_http_port=network.port) as centre,
    ):
        await centre.policy(Rung(("family",), 1.0, ring_seconds=20.0), LATE, **QUICK)
        one = await elder(centre, "女儿", "儿子")
        await one.press(centre)
        await one.case_id(centre)
        network.swallow = True
        await centre.until_row("SELECT 1 FROM attempt WHERE state = 'intent'")
        await centre.kill()
        network.swallow = False
        network.cut()
        assert homes.trunk.calls == []
        began = time.monotonic()
        await centre.start()
        call = await homes.trunk.wait_for_invite(one.contacts[0].number)
        print(f"dialled {call.invited_at - began:.2f} s after the start of a new process")
        await homes.trunk.until(lambda: call.ringing_at is not None)
        (attempt,) = await one.attempts(centre)
        assert attempt["count"] == 1, "the same call, not another one"
        await invariants(centre, homes, settle=2.5)
        assert len(homes.trunk.calls) == 1


async def test_an_order_that_arrives_after_another_instance_gave_it_again(node: RealAsterisk, database: str, homes: Homes) -> None:
    """Paused between its check and its sending, for longer than anybody waits: the phone has rung meanwhile, once."""
    async with (
        Relay(node.settings.asterisk_http_port) as network,
        faulty_centre(node, database, asterisk_http_port=network.port) as centre,
    ):
        await centre.policy(Rung(("family",), 1.0, ring_seconds=20.0), LATE, **QUICK)
        one = await elder(centre, "女儿", "儿子")
        await one.press(centre)
        await one.case_id(centre)
        network.on.clear()
        await centre.until_row("SELECT 1 FROM attempt WHERE state = 'intent'")
        assert centre.process is not None
        centre.process.send_signal(signal.SIGSTOP)
        assert homes.trunk.calls == []
        async with faulty_centre(node, database) as other:
            call = await homes.trunk.wait_for_invite(one.contacts[0].number, timeout=10)
            homes.trunk.refuse(call)  # the line is free again: nothing but the mark of the id keeps it from being rung
            await homes.trunk.wait_for_invite(one.contacts[1].number)
            centre.process.send_signal(signal.SIGCONT)
            network.on.set()
            await asyncio.sleep(2.0)
            await invariants(other, homes, settle=1.0)
            assert len(homes.invites(one.contacts[0].number)) == 1


# --- what stands below it dies


async def test_the_database_crashes_and_comes_back(node: RealAsterisk, tmp_path: Path, homes: Homes) -> None:
    database = EmbeddedPostgres(tmp_path)
    try:
        async with faulty_centre(node, database.start()) as centre:
            stages = await Stages.set(centre, homes)
            await centre.engine.dispose()
            await asyncio.to_thread(database.stop, "immediate")
            homes.trunk.press(stages.calls["listening"], "1")  # nobody can remember it now
            await stages.takes_a_key_alone("ringing")
            await asyncio.to_thread(database.start)
            await stages.elders["listening"].ladder(centre, "acknowledged", timeout=15)
            print(await stages.go_on(centre, "ringing", "listening"))
    finally:
        await asyncio.to_thread(database.stop, "immediate")


async def test_asterisk_dies_and_comes_back(node: RealAsterisk, centre: Centre, homes: Homes) -> None:
    stages = await Stages.set(centre, homes, tries=2)
    (clock,) = await centre.rows("SELECT clock_timestamp() AS now")
    node.process.kill()
    for call in stages.calls.values():  # the network notices that nobody is there any more
        await homes.trunk.hang_up(call)
    homes.behave({contact.number: "answer:0.1:1@1.0" for one in stages.elders.values() for contact in one.contacts})
    before = len(homes.trunk.calls)
    began = time.monotonic()
    await node.process.start()
    up = time.monotonic() - began
    for one in stages.elders.values():  # who had joined is lost again, and has not taken charge
        await one.ladder(centre, "acknowledged", timeout=25)
    first = min(call.invited_at for call in homes.trunk.calls[before:]) - began
    print(f"Asterisk up after {up:.1f} s, the first family rung after {first:.1f} s")
    print(await invariants(centre, homes, settle=1.0, killed_at=clock["now"]))


# --- nobody is left but the dialplan


async def test_both_instances_die_while_a_contact_is_rung(node: RealAsterisk, database: str, centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子")
    homes.behave({one.contacts[0].number: "no-answer"})
    async with faulty_centre(node, database) as other:
        await one.press(centre)
        call = await homes.trunk.wait_for_invite(one.contacts[0].number)
        await until(lambda: call.ringing_at is not None, 3, "it does not ring")
        await asyncio.gather(centre.kill(), other.kill())
        stages = Stages(homes, {"ringing": one}, {}, {"ringing": call})
        await stages.takes_a_key_alone("ringing")
        await centre.start()
        ladder = await one.ladder(centre, "acknowledged")
        assert ladder["acknowledgements"][0]["attempt_id"] is not None
        (attempt,) = await one.attempts(centre)
        assert (attempt["key"], attempt["result"]) == ("1", "going")
        await invariants(centre, homes)


async def test_who_listens_to_a_dead_service_is_asked_by_the_dialplan(centre: Centre, homes: Homes) -> None:
    """As the watchdog does it when nothing comes back: no instance, no restart."""
    await centre.policy(FAMILY, LATE, **{**QUICK, "announcements": 3})
    one = await elder(centre, "女儿", "儿子")
    homes.behave({one.contacts[0].number: "answer:0.1"})
    await one.press(centre)
    call = await homes.trunk.wait_for_invite(one.contacts[0].number)
    await listens(call)
    await centre.kill()
    assert await give_back_stranded(centre.settings) == 2, "the elder goes to safe mode, the daughter is asked for her key"
    await Stages(homes, {"listening": one}, {}, {"listening": call}).takes_a_key_alone("listening")
    await centre.start()
    await one.ladder(centre, "acknowledged")
    attempts = [a for a in await one.attempts(centre) if a["rung"] >= 0]
    assert [(a["key"], a["result"]) for a in attempts] == [("1", "going")]
    await invariants(centre, homes)


async def test_safe_mode_phones_the_contacts_and_what_they_said_is_taken_over(centre: Centre, homes: Homes) -> None:
    """No service at all when the button is pressed. The contacts are those that it gave to the PBX while it lived."""
    await centre.policy(FAMILY, LATE, **QUICK)
    terminal, numbers = await who_has_contacts(centre)
    homes.behave({numbers[0]: "no-answer", numbers[1]: "answer:0.2"})
    await centre.kill()
    pressed = time.time()
    press = await centre.telephones.terminal(terminal["account"], terminal["password"], stay=60.0)
    await press.answered()
    first = await homes.trunk.wait_for_invite(numbers[0])
    second = await homes.trunk.wait_for_invite(numbers[1], timeout=10)
    await listens(second)
    homes.trunk.press(second, "1")
    await homes.trunk.ended(second, 10)
    await centre.start()
    case = await centre.until_row("SELECT * FROM help_case WHERE source = 'safe_mode'", timeout=15)
    assert abs(case["opened_at"].timestamp() - pressed) < 1.5
    ladder = await centre.until_row("SELECT * FROM escalation WHERE state = 'acknowledged'", timeout=15)
    assert ladder["acknowledgements"][0]["kind"] == "going"
    attempts = await centre.rows("SELECT * FROM attempt ORDER BY created_at")
    assert [(a["number"], a["result"], a["key"]) for a in attempts] == [
        (numbers[0], "no_answer", None), (numbers[1], "going", "1"),
    ]  # fmt: skip
    for attempt, call in zip(attempts, (first, second), strict=True):
        assert abs(attempt["created_at"].timestamp() - invited_at(call)) < 1.5, "the true times"
        assert attempt["name"], "it is known who that was"
    await invariants(centre, homes, settle=1.0)
    assert [len(homes.invites(number)) for number in numbers[:3]] == [1, 1, 0][: len(numbers[:3])]


async def test_the_service_comes_back_while_safe_mode_phones_the_contacts(centre: Centre, homes: Homes) -> None:
    await centre.policy(Rung(("family", "neighbour", "community"), 0.0, ring_seconds=5.0), LATE, **QUICK)
    terminal, numbers = await who_has_contacts(centre)
    await centre.kill()
    await centre.telephones.terminal(terminal["account"], terminal["password"], stay=60.0)
    await homes.trunk.wait_for_invite(numbers[0])
    await centre.start()
    await centre.until_row("SELECT 1 FROM attempt WHERE rung >= 0 AND rang_at IS NOT NULL", timeout=20)
    homes.behave(dict.fromkeys(numbers, "answer:0.1:1@1.0"))
    await centre.until_row("SELECT 1 FROM escalation WHERE state = 'acknowledged'", timeout=25)
    print(await invariants(centre, homes, settle=1.0))


async def who_has_contacts(centre: Centre) -> tuple[dict[str, Any], list[str]]:
    """A terminal of the demo whose elder has three contacts or more, with their numbers."""
    query = "SELECT c.number FROM contact c JOIN terminal t ON t.member_id = c.member_id WHERE t.serial = :s ORDER BY c.position"
    for terminal in centre.data()["terminals"]:
        numbers = [row["number"] for row in await centre.rows(query, s=terminal["serial"])]
        if terminal["account"] and len(numbers) >= 3:
            return terminal, numbers
    raise AssertionError("the demo has no such elder")
