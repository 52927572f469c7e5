"""A call at each node finds the one seat; a node that dies in the middle of everything skips nobody and rings nobody twice."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import aiohttp
import pytest
import sqlalchemy as sa
from harness.asterisk import RealAsterisk
from harness.centre import Centre, ConsoleClient
from harness.dogs import FIRST, Dog
from harness.homes import Homes
from harness.ladder import all_hear_each_other, elder, invariants, listens
from harness.pair import Pair
from harness.phones import Telephones
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.stages import Stages

from callcenter.setup import doctor_running as doctor
from callcenter.setup.alive import AliveFile

pytestmark = pytest.mark.real
# ruff: noqa: T201 - figures for people
# 1.2 s until the node is given up, a look, and the order's own way: 1.6 s on an idle machine; this one is shared.
GOES_ON_WITHIN = 5.0


async def test_a_call_at_each_node_is_served_by_one_seat_and_the_absence_of_one_is_told(
    centre: Centre, nodes: Pair, homes: Homes
) -> None:
    await centre.policy()  # nobody settles these two: their ladders have no need of the duty phone meanwhile
    console, phone = await centre.seat("8001", manner="never")
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
        await everybody_is_told(centre, nodes, homes, console)
    finally:
        await there.close()


async def everybody_is_told(centre: Centre, nodes: Pair, homes: Homes, seat: ConsoleClient) -> None:
    """A node is away: the screens name it, the seat whose phone was there has none, the watchdog phones by the other, the doctor
    says what it means."""
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM duty_phone"))
        query = "INSERT INTO duty_phone (id, name, number, position) VALUES (gen_random_uuid(), '主任', :number, 1)"
        await connection.execute(sa.text(query), {"number": FIRST})
    homes.behave({FIRST: "answer:0.3:1@5"})
    dog = Dog(centre)
    await dog.start()
    try:
        await until_nodes_are(centre, {"node1": True, "node2": True})
        nodes.one.process.kill()
        await seat.until(lambda: (seat.one("health", "node:node1") or {"up": True})["up"] is False, timeout=15)
        assert (seat.one("health", "node:node2") or {})["up"] is True
        assert (seat.one("health", "asterisk") or {})["up"] is True
        await seat.until(lambda: (seat.one("seat", "8001") or {})["phone"]["registered"] is False, timeout=15)
        call = await homes.trunk.wait_for_invite(FIRST, 25)
        await homes.trunk.ended(call, 30)
        assert call.was_spoken_to
        assert (await dog.until_logged("page_heard"))["kinds"] == ["watchdog_node"]
        sign = AliveFile(centre.settings.data_dir).read()
        assert sign is not None
        assert sign.wrong == ("watchdog_node node1",)
        await centre.until_row("SELECT 1 FROM warning WHERE kind = 'watchdog_node' AND account = 'node1'")
        every = [await doctor.asterisk(one, running=True) for one in centre.settings.nodes]
        found = [
            finding.chinese for findings in (*every, await doctor.service(centre.settings, running=True)) for finding in findings
        ]
        assert any(said.startswith("电话节点 node1 连接不上") for said in found), found
        assert any(said.startswith("电话节点 node2 正常应答") for said in found), found
        assert any(said.startswith("服务没有连上电话节点 node1,来电由 node2 接听") for said in found), found
    finally:
        await dog.stop()


async def test_a_second_press_at_the_other_node_joins_the_conversation(centre: Centre, nodes: Pair) -> None:
    console, phone = await centre.seat("8001", manner="never")
    terminal = next(t for t in centre.data()["terminals"] if t["account"])
    there = Telephones(nodes.two)
    try:
        first = await centre.telephones.terminal(terminal["account"], terminal["password"])
        ringing = await phone.ringing(timeout=8)
        phone.answer(ringing)
        case = await console.case("talking")
        await first.answered()
        second = await there.terminal(terminal["account"], terminal["password"])
        await second.answered()
        await all_hear_each_other(first.rtp, second.rtp, ringing.rtp)
        legs = await centre.rows("SELECT node FROM call_leg WHERE case_id = :id AND party = 'caller'", id=case["id"])
        assert sorted(leg["node"] for leg in legs) == ["node1", "node2"]
        await phone.hang_up()
        await first.until("ended", timeout=5)
        await second.until("ended", timeout=5)
        await console.case("wrap_up")
        for node in (nodes.one, nodes.two):
            await until_quiet(node)
    finally:
        await there.close()


async def until_quiet(node: RealAsterisk, timeout: float = 5.0) -> None:
    """Nothing is left of the call, not between the nodes either."""
    try:
        async with asyncio.timeout(timeout):
            while not (await node.process.cli("core show channels count")).startswith("0 active channels"):  # noqa: ASYNC110 - Asterisk does not tell
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(await node.process.cli("core show channels verbose")) from None


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
    await until_nodes_are(centre, {"node1": True, "node2": True})
    another = await elder(centre, "女儿", place=len(stages.elders))
    await (await another.press(centre)).answered(timeout=8)
    await homes.trunk.wait_for_invite(another.contacts[0].number)
    (attempt,) = await another.attempts(centre)
    assert attempt["node"] == "node1", "it is used again"
    for moment, one in stages.elders.items():
        now = {a["id"]: a for a in await one.attempts(centre)}
        for attempt in before[moment]:
            assert attempt["state"] not in ("done", "void") or now[attempt["id"]] == attempt, f"{moment}: rewritten"
    print(await invariants(centre, homes, settle=1.0))


async def until_nodes_are(centre: Centre, wanted: dict[str, bool], timeout: float = 15.0) -> None:
    """What /readyz says of each node; a press can be served all the while."""
    async with asyncio.timeout(timeout), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{centre.base}/readyz") as answer:
                assert answer.status == 200
                if {name: state is True for name, state in (await answer.json())["nodes"].items()} == wanted:
                    return
            await asyncio.sleep(0.05)


async def test_who_speaks_at_a_node_that_is_out_of_reach_is_not_cut_off(centre: Centre, nodes: Pair) -> None:
    """It stands still for so long that it is given up; then it goes on as if nothing had been, and so do they."""
    console, phone = await centre.seat("8001", manner="never")
    caller = await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138009")
    ringing = await phone.ringing(timeout=8)
    phone.answer(ringing)
    case = await console.case("talking")
    await caller.answered()
    await ringing.rtp.hears(CALLER_TONE)
    pid = nodes.one.process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        await console.case("wrap_up", timeout=15)
    finally:
        os.kill(pid, signal.SIGCONT)
    await console.case("talking", timeout=10)
    await ringing.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    legs = await centre.rows("SELECT party, state FROM call_leg WHERE case_id = :id", id=case["id"])
    assert sorted((leg["party"], leg["state"]) for leg in legs) == [("caller", "up"), ("seat", "up")], "nobody was rung again"
    await centre.until_row("SELECT 1 FROM journal WHERE kind = 'talk_resumed'")
    await caller.hang_up()
    await console.case("wrap_up")
    # A link that was made while the node counted as lost is cleared up by the sweep, every 10 s.
    await until_quiet(nodes.one, timeout=25.0)


async def test_a_node_killed_while_families_ring_listen_and_speak(centre: Centre, nodes: Pair, homes: Homes) -> None:
    stages = await Stages.set(centre, homes)
    await asyncio.sleep(1.2)  # AstDB is on the disk a second later: its marks are what this test counts by
    nodes.one.process.kill()
    died = time.monotonic()
    await goes_on(centre, stages, died)
    await until_nodes_are(centre, {"node1": False, "node2": True})
    # The elders are phoned back by the living node, for nobody has taken charge.
    await centre.until_row("SELECT 1 FROM attempt WHERE rung = -1 AND node = 'node2' AND rang_at IS NOT NULL", timeout=10)
    second = homes.trunk.of(stages.elders["ringing"].contacts[1].number)[0]
    await homes.trunk.answer(second)
    await listens(second)
    homes.trunk.press(second, "1")
    await stages.elders["ringing"].ladder(centre, "acknowledged")
    await is_used_again(centre, nodes, stages, homes)


async def test_a_node_and_an_instance_killed_at_once(centre: Centre, nodes: Pair, database: str, homes: Homes) -> None:
    async with nodes.centre(database) as other:
        stages = await Stages.set(centre, homes)
        await asyncio.sleep(1.2)
        nodes.one.process.kill()
        died = time.monotonic()
        await centre.kill()
        await goes_on(other, stages, died)
        await is_used_again(other, nodes, stages, homes)
