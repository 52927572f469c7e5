"""The plug pulled on real parts while people wait and talk: no call drops, nothing is forgotten, work goes on."""

from __future__ import annotations

import pytest
from harness.asterisk import RealAsterisk, own_asterisk
from harness.centre import Centre, running_centre
from harness.relay import Relay
from harness.rtp import CALLER_TONE, SEAT_TONE

from callcenter.setup.toolchain import Toolchain

pytestmark = pytest.mark.real
WAITER_TONE = 1300


def line(centre: Centre, kind: str = "emergency") -> str:
    return str(centre.data()["lines"][kind])


async def test_service_killed_while_people_talk_and_wait(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    talker = await centre.telephones.caller(line(centre), number="13800138001")
    ringing = await phone.ringing()
    phone.answer(ringing)
    case = await console.case("talking")
    await talker.answered()
    waiter = await centre.telephones.caller(line(centre, "life_help"), number="13800138002", tone=WAITER_TONE)
    await waiter.answered()
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'waiting'")

    await centre.kill()
    # Nobody is there to notice, and they still hear each other.
    await talker.rtp.hears(SEAT_TONE)
    await ringing.rtp.hears(CALLER_TONE)
    await centre.start()
    await console.connect()
    again = await console.case("talking")
    assert again["id"] == case["id"]
    assert "adopted" in [entry["kind"] for entry in (await console.detail(case["id"]))["timeline"]]
    await waiter.rtp.hears_voice()  # who waits is spoken to again
    await talker.rtp.hears(SEAT_TONE)

    await talker.hang_up()
    await console.case("wrap_up")
    await console.ready()
    served = await console.case("waiting")
    assert served["caller"]["number"] == "+8613800138002"
    ringing = await phone.ringing()
    phone.answer(ringing)
    await ringing.rtp.hears(WAITER_TONE)
    legs = await centre.rows("SELECT count(*) AS n FROM call_leg WHERE party = 'caller'")
    assert legs[0]["n"] == 2, "nobody was counted twice"


async def test_hang_up_while_the_service_is_dead_is_noticed_when_it_is_back(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    talker = await centre.telephones.caller(line(centre))
    phone.answer(await phone.ringing())
    case = await console.case("talking")
    await talker.answered()
    await talker.rtp.hears(SEAT_TONE)
    await centre.kill()
    await talker.hang_up()
    await phone.hang_up()
    await centre.start()
    lost = await centre.until_row("SELECT * FROM help_case WHERE id = :id AND state <> 'talking'", id=case["id"], timeout=20)
    assert lost["state"] == "wrap_up"
    assert lost["red"]
    kept = await centre.until_row("SELECT * FROM recording WHERE state = 'stored'", timeout=40)
    assert kept["seconds"] > 0


async def test_ari_socket_cut_while_people_talk_and_wait(asterisk: RealAsterisk, database: str) -> None:
    async with (
        Relay(asterisk.settings.asterisk_http_port) as network,
        running_centre(asterisk, database, asterisk_http_port=network.port, announce_every_seconds=4.0) as centre,
    ):
        console, phone = await centre.seat("8001", manner="never")
        talker = await centre.telephones.caller(line(centre), number="13800138001")
        ringing = await phone.ringing()
        phone.answer(ringing)
        case = await console.case("talking")
        await talker.answered()
        waiter = await centre.telephones.caller(line(centre), number="13800138002", tone=WAITER_TONE)
        await waiter.answered()
        network.refuse = True
        network.cut()
        await talker.rtp.hears(SEAT_TONE)
        await console.until(lambda: not (console.one("health", "asterisk") or {"up": True})["up"])
        await talker.hang_up()  # while we are deaf
        network.refuse = False
        await centre.until_ready()
        await console.case("wrap_up", timeout=20)
        await console.must("set_presence", presence="ready")
        ringing = await phone.ringing(timeout=10)
        phone.answer(ringing)
        await ringing.rtp.hears(WAITER_TONE)
        assert len(await centre.rows("SELECT 1 FROM help_case")) == 2
        assert case["id"] != (await console.case("talking"))["id"]


async def test_asterisk_restarted(toolchain: Toolchain, database: str) -> None:
    async with own_asterisk(toolchain) as asterisk, running_centre(asterisk, database) as centre:
        console, phone = await centre.seat("8001", manner="never")
        talker = await centre.telephones.caller(line(centre), number="13800138001")
        phone.answer(await phone.ringing())
        case = await console.case("talking")
        waiter = await centre.telephones.caller(line(centre), number="13800138002")
        await waiter.answered()
        asterisk.process.kill()
        await console.until(lambda: not (console.one("health", "asterisk") or {"up": True})["up"])
        await asterisk.process.start()
        await centre.until_ready()
        lost = await centre.until_row("SELECT * FROM help_case WHERE id = :id AND state <> 'talking'", id=case["id"], timeout=20)
        assert lost["state"] in ("wrap_up", "open")
        abandoned = await centre.until_row("SELECT * FROM help_case WHERE state = 'callback'", timeout=20)
        assert abandoned["red"]
        legs = await centre.rows("SELECT cause, state FROM call_leg")
        assert {leg["state"] for leg in legs} == {"down"}
        assert "lost" in {leg["cause"] for leg in legs}
        # The seat registers again and new calls work.
        await phone.register()
        await console.until(lambda: (console.one("seat", "8001") or {})["phone"]["registered"], timeout=10)
        await console.must("set_presence", presence="ready")
        press = await centre.telephones.caller(line(centre), number="13800138003")
        ringing = await phone.ringing(timeout=10)
        phone.answer(ringing)
        await press.answered()
        await ringing.rtp.hears(CALLER_TONE)
        await talker.close()
        await waiter.close()


@pytest.mark.rule("S-2")
async def test_database_away_gives_calls_to_safe_mode_and_forgets_none(centre: Centre) -> None:
    """No database, no memory: the call must not be held by us. The dialplan serves it, and its case opens afterwards."""
    phone = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    await centre.until_row("SELECT 1 FROM seat WHERE extension = '8001' AND registered")
    name = centre.database.rsplit("/", 1)[1].split("?")[0]
    served = await centre.telephones.caller(line(centre), number="13800138008")
    await centre.until_row("SELECT 1 FROM help_case WHERE caller_number = '+8613800138008'")
    await served.hang_up()
    async with centre.without_database(name):
        press = await centre.telephones.caller(line(centre), number="13800138009")
        ringing = await phone.ringing(timeout=10)
        phone.answer(ringing)
        await press.answered()
        await ringing.rtp.hears(CALLER_TONE)
        await press.hang_up()
    case = await centre.until_row("SELECT * FROM help_case WHERE caller_number = '+8613800138009'", timeout=30)
    assert case["source"] == "safe_mode"
    assert case["red"]
    # S-2: Asterisk's own notes name both calls, and each has its case.
    # (It notes the calls of other tests too, whose cases are in other databases.)
    both = """SELECT 1 FROM call_seen s JOIN call_leg l ON l.id = s.id JOIN help_case c ON c.id = l.case_id
        WHERE c.caller_number IN ('+8613800138008', '+8613800138009') HAVING count(*) = 2"""
    await centre.until_row(both, timeout=15)


async def test_a_clean_stop_leaves_calls_up_and_loses_nothing(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    talker = await centre.telephones.caller(line(centre))
    phone.answer(await phone.ringing())
    case = await console.case("talking")
    await talker.answered()
    await centre.stop()
    await console.until(lambda: console.close_code is not None)
    assert console.close_code == 1012, "come back and resume"
    await talker.rtp.hears(SEAT_TONE)
    await centre.start()
    await console.connect()
    assert (await console.case("talking"))["id"] == case["id"]
