"""The probe sees what an elder would get, and leaves no trace for people; each part that is taken away is told in time."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
import sqlalchemy as sa
from harness.asterisk import own_asterisk
from harness.centre import Centre, ConsoleClient, running_centre
from harness.dogs import FIRST, Dog
from harness.homes import Homes
from yarl import URL

from callcenter.probe.probing import DEADLINE
from callcenter.setup.toolchain import Toolchain

pytestmark = pytest.mark.real

PERIOD = 1.0
IN_TIME = PERIOD + DEADLINE + 3.0  # one period, one deadline, and what it takes to write it down and show it
FAILED = "SELECT account FROM warning WHERE kind = 'probe_failed'"


async def until_probed(centre: Centre, count: int = 1) -> dict[str, object]:
    return await centre.until_row(
        "SELECT max(pop_ms) AS pop_ms, max(sip_ms) AS sip_ms, max(answer_ms) AS answer_ms FROM probe "
        "WHERE stage IS NULL HAVING count(*) >= :count",
        timeout=20.0,
        count=count,
    )


async def test_a_press_of_nobody_takes_the_whole_way_and_is_seen_by_nobody(centre: Centre, dog: Dog) -> None:
    console, phone = await centre.seat("8001")
    boss = await centre.console("supervisor")
    before = boss.one("figures", "today")
    await dog.start()
    found = await until_probed(centre, 3)
    assert 0 < float(str(found["sip_ms"])) < 1000
    assert 0 < float(str(found["pop_ms"])) < 1000
    assert 0 < float(str(found["answer_ms"])) < 2000
    await dog.stop()
    await centre.until_row("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM call_leg WHERE state <> 'down')")
    cases = await centre.rows("SELECT source, state, red, offers, seat FROM help_case")
    assert len(cases) >= 3
    assert {tuple(case.values()) for case in cases} == {("probe", "closed", False, 0, None)}
    for nothing in ("escalation", "attempt", "timer", "task", "warning", "recording"):
        assert await centre.rows(f"SELECT * FROM {nothing}") == []  # noqa: S608 - words of ours
    # Nobody saw or heard anything of it.
    assert phone.calls == []
    assert not boss.all("call")
    assert not boss.all("case")
    assert not console.all("case")
    assert (console.one("seat", "8001") or {})["presence"] == "ready"
    after = boss.one("figures", "today")
    assert before is not None
    assert after is not None
    assert after["calls"] == before["calls"] == 0
    async with boss.http.get("/api/cases") as answer:
        assert (await answer.json())["items"] == []
    number = await centre.rows("SELECT is_called FROM case_number")
    assert number == [{"is_called": False}]  # no number of the day is used up


async def test_the_probes_cookie_opens_its_websocket_and_nothing_else(centre: Centre) -> None:
    boss = ConsoleClient(centre.base)
    centre.consoles.append(boss)
    boss.http.cookie_jar.update_cookies({"cc_session": centre.settings.probe_secret("console")}, URL(centre.base))
    for path in ("/api/me", "/api/cases", "/api/agents"):
        async with boss.http.get(path) as answer:
            assert answer.status == 401
    await boss.connect()
    assert boss.entities == {}
    assert not (await boss.order("set_presence", presence="ready"))["ok"]


async def test_a_stopped_service_is_told_and_no_seat_rings_in_safe_mode(centre: Centre, dog: Dog, homes: Homes) -> None:
    homes.behave({FIRST: "answer:0.3:1@5"})
    _, phone = await centre.seat("8001")
    await dog.start()
    await until_probed(centre)
    await centre.kill()
    gone = monotonic()
    warning = await centre.until_row(FAILED, timeout=IN_TIME)
    assert monotonic() - gone < IN_TIME
    assert str(warning["account"]).split()[0] in ("console", "pop", "answer", "hang_up")
    # Phoned about once, as what it is.
    await dog.until_logged("page_heard", kinds=["watchdog_silent"])
    assert phone.calls == []
    assert not await centre.rows("SELECT 1 FROM warning WHERE kind = 'watchdog_probe'")


async def test_a_killed_asterisk_is_told_on_the_supervisors_screen(toolchain: Toolchain, database: str) -> None:
    async with (
        own_asterisk(toolchain) as asterisk,
        running_centre(asterisk, database, probe_seconds=PERIOD, probe_slow_ms=PERIOD * 900, probe_page_after=2) as centre,
    ):
        dog = Dog(centre)
        try:
            boss = await centre.console("supervisor")
            await dog.start()
            await until_probed(centre)
            asterisk.process.kill()
            gone = monotonic()
            shown = await boss.until(lambda: [one for one in boss.all("warning") if one["kind"] == "probe_failed"], IN_TIME)
            assert monotonic() - gone < IN_TIME
            assert shown[0]["account"].split()[0] in ("sip", "answer", "hang_up", "pop")
            assert shown[0]["zh"]
        finally:
            await dog.stop()


async def test_a_database_that_is_away_is_noticed_in_time_and_told_when_it_is_back(centre: Centre, dog: Dog, homes: Homes) -> None:
    homes.behave({FIRST: "answer:0.3:1@5"})
    await dog.start()
    await until_probed(centre)
    name = str(sa.make_url(centre.database).database)
    async with centre.without_database(name):
        await dog.until_logged("probe_not_written", timeout=IN_TIME)
        broken = [one for one in dog.logged("probed") if one["stage"] is not None]
        async with asyncio.timeout(IN_TIME):
            while not broken:
                await asyncio.sleep(0.05)
                broken = [one for one in dog.logged("probed") if one["stage"] is not None]
        call = await homes.trunk.wait_for_invite(FIRST, 20)
    await homes.trunk.ended(call, 30)
    await centre.until_row(FAILED, timeout=10.0)
    await centre.until_row("SELECT 1 FROM probe WHERE stage IS NOT NULL", timeout=10.0)


async def test_a_way_that_is_broken_while_all_else_is_well_is_phoned_about(centre: Centre, dog: Dog, homes: Homes) -> None:
    """Asterisk answers, the service lives, the database too: and yet no press would come through."""
    homes.behave({FIRST: "answer:0.3:1@5"})
    await dog.start(CALLCENTER_SIP_PORT="9")
    call = await homes.trunk.wait_for_invite(FIRST, 2 * IN_TIME + 10)
    await homes.trunk.ended(call, 30)
    assert call.was_spoken_to
    heard = await dog.until_logged("page_heard")
    assert heard["kinds"] == ["watchdog_probe"]
    assert str((await centre.until_row(FAILED))["account"]).startswith("sip")
