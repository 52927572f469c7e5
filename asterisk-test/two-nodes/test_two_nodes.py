"""A call at each node finds the one seat; a node that dies in the middle of everything skips nobody and rings nobody twice."""

from __future__ import annotations

import asyncio
import time

import pytest
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import all_settled, invariants, listens
from harness.phones import Telephones
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.stages import Stages

from conftest import Pair

pytestmark = pytest.mark.real
# ruff: noqa: T201 - figures for people
GOES_ON_WITHIN = 4.0  # 1.2 s until the node is given up, two looks, and the order's own way to the telephone


async def test_a_call_at_each_node_is_served_by_one_seat(centre: Centre, nodes: Pair) -> None:
    console, phone = await centre.seat("8001", manner="ring")
    line = str(centre.data()["lines"]["emergency"])
    there = Telephones(nodes.two)
    try:
        for place, telephones in (("node2", there), ("node1", centre.telephones)):
            caller = await telephones.caller(line, number=f"1380013800{place[-1]}")
            ringing = await phone.ringing(timeout=8)
            phone.answer(ringing)
            case = await console.case("talking")
            await caller.answered()
            await ringing.rtp.hears(CALLER_TONE)
            await caller.rtp.hears(SEAT_TONE)
            legs = await centre.rows("SELECT party, node FROM call_leg WHERE case_id = :id", id=case["id"])
            assert {leg["node"] for leg in legs} == {place}, "the conversation is where the call arrived"
            await caller.hang_up()
            await console.case("wrap_up")
            await console.ready()
        kept = "SELECT 1 WHERE 2 = (SELECT count(*) FROM recording WHERE state = 'stored' AND seconds > 0)"
        await centre.until_row(kept, timeout=20)
    finally:
        await there.close()


async def goes_on(centre: Centre, stages: Stages, since: float) -> None:
    """Every ladder's next contact is rung by the node that lives; nobody's phone was rung a second time."""
    for moment, one in stages.elders.items():
        call = await stages.homes.trunk.wait_for_invite(one.contacts[1].number, timeout=10)
        took = call.invited_at - since
        print(f"{moment}: the next was rung after {took:.2f} s")
        assert took < GOES_ON_WITHIN, moment
        first, second = (len(stages.homes.invites(contact.number)) for contact in one.contacts)
        assert (first, second) == (1, 1), moment
        attempts = [a for a in await one.attempts(centre) if a["rung"] >= 0]
        assert attempts[0]["node"] == "node1", moment
        assert {a["node"] for a in attempts[1:]} == {"node2"}, moment
        assert attempts[0]["result"] in ("interrupted", "hung_up", "joined"), moment


async def is_used_again(centre: Centre, nodes: Pair, stages: Stages, homes: Homes) -> None:
    """The node comes back: what it knows of old calls changes nothing, and new calls come in by it."""
    before = {moment: await one.attempts(centre) for moment, one in stages.elders.items()}
    await nodes.one.process.start()
    await centre.until_row("SELECT 1 FROM node WHERE name = 'node1' AND heard_at > clock_timestamp() - interval '1 second'")
    press = await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138007")
    await press.answered(timeout=8)
    await centre.until_row("SELECT 1 FROM call_leg WHERE state = 'up' AND node = 'node1' AND party = 'caller'")
    for moment, one in stages.elders.items():
        now = {a["id"]: a for a in await one.attempts(centre)}
        for attempt in before[moment]:
            assert attempt["state"] not in ("done", "void") or now[attempt["id"]] == attempt, f"{moment}: rewritten"
    print(await invariants(centre, homes, settle=1.0))


async def test_a_node_killed_while_families_ring_listen_and_speak(centre: Centre, nodes: Pair, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    await asyncio.sleep(1.2)  # AstDB is on the disk a second later: its marks are what this test counts by
    nodes.one.process.kill()
    died = time.monotonic()
    await goes_on(centre, stages, died)
    # The elders are phoned back by the living node, for nobody has taken charge.
    await centre.until_row("SELECT 1 FROM attempt WHERE rung = -1 AND node = 'node2' AND rang_at IS NOT NULL", timeout=10)
    second = homes.trunk.of(stages.elders["ringing"].contacts[1].number)[0]
    await homes.trunk.answer(second)
    await listens(second)
    homes.trunk.press(second, "1")
    await stages.elders["ringing"].ladder(centre, "acknowledged")
    await is_used_again(centre, nodes, stages, homes)
    await all_settled(centre, homes)


async def test_a_node_and_an_instance_killed_at_once(centre: Centre, nodes: Pair, database: str, homes: Homes) -> None:
    async with nodes.centre(database) as other:
        stages = await Stages.set(centre, homes)
        await asyncio.sleep(1.2)
        nodes.one.process.kill()
        died = time.monotonic()
        await centre.kill()
        await goes_on(other, stages, died)
        await is_used_again(other, nodes, stages, homes)
