"""The service dies or freezes, and the telephone of the person on duty rings: no service is needed for that."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from harness.centre import Centre
from harness.dogs import FIRST, SECOND, Dog
from harness.homes import Homes
from harness.rtp import CALLER_TONE, SEAT_TONE

from callcenter.db import tables
from callcenter.db.papers import paper_to
from callcenter.domain.papers.follow_up import FollowUp
from callcenter.domain.policy import Rung
from callcenter.setup.alive import AliveFile

pytestmark = pytest.mark.real


def kinds(rows: list[dict[str, object]]) -> set[object]:
    return {row["kind"] for row in rows}


async def test_a_killed_service_is_phoned_about_until_somebody_presses_1(centre: Centre, homes: Homes, dog: Dog) -> None:
    homes.behave({FIRST: "busy", SECOND: "answer:0.3:1@5"})
    await dog.start()
    await until_well(centre)
    await centre.kill()
    first = await homes.trunk.wait_for_invite(FIRST, 15)
    second = await homes.trunk.wait_for_invite(SECOND, 15)
    assert second.caller_name == "求助系统"
    assert second.caller_number == centre.data()["lines"]["emergency"]
    await homes.trunk.ended(second, 30)
    assert second.was_spoken_to
    assert first.ended_by == "refused"
    heard = await dog.until_logged("page_heard")
    assert heard["kinds"] == ["watchdog_silent"]
    sign = AliveFile(centre.settings.data_dir).read()
    assert sign is not None
    assert sign.wrong == ("watchdog_silent",)
    await centre.until_row("SELECT 1 FROM warning WHERE kind = 'watchdog_silent'")
    assert (await centre.until_row("SELECT account FROM warning WHERE kind = 'watchdog_heard'"))["account"] == "主任2"
    # The service is back: it is over, and nobody was phoned twice about it.
    await centre.start()
    await dog.until_logged("it_is_over", kind="watchdog_silent")
    assert [len(homes.invites(number)) for number in (FIRST, SECOND)] == [1, 1]
    assert not homes.doubled()


async def test_a_call_of_the_watchdog_is_no_business_of_a_service_that_lives(centre: Centre, homes: Homes, dog: Dog) -> None:
    """Asked of a service, the unknown call would be hung up: the dialplan speaks, whoever lives."""
    homes.behave({FIRST: "answer:0.3:1@5"})
    # It watches a node of which no instance is: the service lives, and yet there is something to phone about.
    await dog.start(CALLCENTER_NODE="node9")
    call = await homes.trunk.wait_for_invite(FIRST, 20)
    await homes.trunk.ended(call, 30)
    assert call.was_spoken_to
    assert call.ended_at is not None
    assert call.answered_at is not None
    assert call.ended_at - call.answered_at > 4.5
    await dog.until_logged("page_heard")
    assert centre.process is not None
    assert centre.process.returncode is None


async def test_a_frozen_service_with_an_open_emergency(centre: Centre, homes: Homes, dog: Dog) -> None:
    """Nobody walks the ladder: the person on duty hears that an elder waits, before the heartbeat is even missed."""
    homes.behave({FIRST: "answer:0.3:1@5"})
    await centre.policy(Rung(("supervisor",), 1.5, ring_seconds=5.0))
    await dog.start()
    await until_well(centre)
    await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138099")
    await centre.until_row("SELECT 1 FROM escalation WHERE state = 'running' AND policy IS NOT NULL")
    assert centre.process is not None
    centre.process.send_signal(signal.SIGSTOP)
    try:
        call = await homes.trunk.wait_for_invite(FIRST, 20)
        late = await dog.until_logged("something_is_wrong", kind="watchdog_late")
        case = await centre.rows("SELECT number FROM help_case")
        assert late["case_number"] == case[0]["number"]
        await homes.trunk.ended(call, 30)
        assert call.was_spoken_to
        await dog.until_logged("page_heard")
        assert {"watchdog_late"} <= kinds(await centre.rows("SELECT kind FROM warning"))
    finally:
        centre.process.send_signal(signal.SIGCONT)
    await dog.until_logged("it_is_over", kind="watchdog_late", timeout=30)


async def test_without_a_database_the_duty_phones_are_known_from_before(centre: Centre, homes: Homes, dog: Dog) -> None:
    await dog.start()
    await until_well(centre)
    await dog.stop()
    kept = Path(centre.settings.data_dir) / "watchdog-duty.json"
    assert kept.stat().st_mode & 0o077 == 0
    homes.behave({FIRST: "answer:0.3:1@5"})
    await dog.start(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    call = await homes.trunk.wait_for_invite(FIRST, 20)
    await homes.trunk.ended(call, 30)
    heard = await dog.until_logged("page_heard")
    assert heard["kinds"] == ["watchdog_database"]


async def test_a_caller_whom_a_dead_service_holds_is_given_to_safe_mode_by_the_watchdog(
    centre: Centre, homes: Homes, dog: Dog
) -> None:
    """Also where the service runs alone, under systemd."""
    await centre.policy(Rung(("supervisor",), 600.0))
    await dog.start()
    await until_well(centre)
    waiter = await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138098", stay=60)
    await waiter.answered()
    seat = await centre.telephones.seat("8002", centre.seat_password("8002"), manner="never")
    await centre.kill()
    ringing = await seat.ringing(timeout=25)
    seat.answer(ringing)
    await dog.until_logged("callers_rescued")
    await asyncio.gather(ringing.rtp.hears(CALLER_TONE), waiter.rtp.hears(SEAT_TONE))
    await waiter.hang_up()


async def test_a_duty_phone_that_the_ladder_rings_is_not_rung_twice(centre: Centre, homes: Homes, dog: Dog) -> None:
    """Its half of the call is live: the watchdog leaves it alone and phones the next."""
    homes.behave({FIRST: "no-answer", SECOND: "answer:0.3:1@5"})
    await centre.policy(Rung(("supervisor",), 0.0, ring_seconds=60.0))
    await dog.start()
    await until_well(centre)
    await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138097", stay=60)
    await homes.trunk.wait_for_invite(FIRST, 10)
    await centre.kill()
    second = await homes.trunk.wait_for_invite(SECOND, 20)
    await homes.trunk.ended(second, 30)
    await dog.until_logged("page_made", status="ALREADY", place=1)
    await dog.until_logged("page_heard")
    assert len(homes.invites(FIRST)) == 1
    assert not homes.doubled()


@pytest.mark.rule("T-4")
@pytest.mark.rule("S-9")
async def test_an_alarm_of_the_board_rings_whoever_the_roster_names(centre: Centre, homes: Homes, dog: Dog) -> None:
    """The second phone is on duty: it rings first, hears which figure it is, and presses 1; the first is left in peace."""
    homes.behave({FIRST: "answer:0.3:1@5", SECOND: "answer:0.3:1@5"})
    async with centre.engine.begin() as connection:
        await connection.execute(
            sa.text("""
                INSERT INTO roster_turn (id, post, agent_id, phone_id, begins_at, ends_at, set_by)
                SELECT gen_random_uuid(), 'supervisor', a.id, d.id, now() - interval '1 hour', now() + interval '1 hour', a.id
                FROM agent a, duty_phone d WHERE a.role = 'supervisor' AND d.number = :number LIMIT 1
            """),
            {"number": SECOND},
        )
        await connection.execute(
            sa.text("""
                INSERT INTO threshold (measure, limit_value, seconds, active, phone) VALUES ('ready_seats', 1, 0, true, true)
                ON CONFLICT (measure) DO UPDATE SET seconds = 0, active = true, phone = true
            """)
        )
    await dog.start()
    call = await homes.trunk.wait_for_invite(SECOND, 20)
    await homes.trunk.ended(call, 30)
    assert call.was_spoken_to
    await dog.until_logged("alarm_paged", heard=True)
    heard = await centre.until_row("SELECT heard_by, calls FROM threshold_alarm WHERE heard_at IS NOT NULL")
    assert heard["heard_by"] == "主任2"
    assert [one["result"] for one in heard["calls"]] == ["heard"]
    assert [len(homes.invites(number)) for number in (FIRST, SECOND)] == [0, 1]


@pytest.mark.rule("V-3")
async def test_a_dissatisfaction_rings_whoever_is_on_duty(centre: Centre, homes: Homes, dog: Dog) -> None:
    """A follow-up found somebody dissatisfied: the first duty phone rings, hears of it and presses 1."""
    homes.behave({FIRST: "answer:0.3:1@5"})
    await dog.start()
    await until_well(centre)
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE threshold SET active = measure = 'dissatisfied'"))
        case_id = await connection.scalar(
            sa.text("""
                INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at)
                VALUES (gen_random_uuid(), '20261129-990001', 'life_help', 'hotline', '', 'open', now(), now()) RETURNING id
            """)
        )
        paper = FollowUp(
            id=uuid4(), case_id=case_id, state="reported", opened_at=datetime.now(UTC), kind="service", outcome="dissatisfied",
            satisfaction=1, remark="水管又漏了",
        )  # fmt: skip
        await connection.execute(sa.insert(tables.paper).values(**paper_to(paper) | {"opened_at": paper.opened_at}))
    call = await homes.trunk.wait_for_invite(FIRST, 20)
    await homes.trunk.ended(call, 30)
    assert call.was_spoken_to
    await dog.until_logged("alarm_paged", heard=True)
    query = "SELECT measure, heard_by FROM threshold_alarm WHERE heard_at IS NOT NULL AND measure = 'dissatisfied'"
    assert (await centre.until_row(query))["heard_by"]
    assert len(homes.invites(FIRST)) == 1


async def until_well(centre: Centre, timeout: float = 15.0) -> None:
    """The watchdog has looked and found nothing."""
    async with asyncio.timeout(timeout):
        while True:
            sign = AliveFile(centre.settings.data_dir).read()
            known = (Path(centre.settings.data_dir) / "watchdog-duty.json").exists()
            if sign is not None and sign.age < 2 and not sign.wrong and known:
                return
            await asyncio.sleep(0.05)
