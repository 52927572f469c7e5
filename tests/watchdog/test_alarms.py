"""Alarms of the board that ring (T-4), outages that are written down (T-6), and whom the watchdog phones first (S-9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.db.engine import create_engine
from callcenter.db.papers import paper_to
from callcenter.domain.papers.follow_up import FollowUp
from callcenter.settings import Settings
from callcenter.supervision.thresholds import Thresholds
from callcenter.telephony.ports import TelephonyDown
from callcenter.watchdog import watchdog as process
from callcenter.watchdog.duty import Duty, DutyFile, DutyPhone
from callcenter.watchdog.outages import Outages
from callcenter.watchdog.page import Round
from callcenter.watchdog.watchdog import Watchdog
from callcenter.watchdog.wrong import Wrong
from tests.escalation.test_policies import boss
from tests.watchdog.test_looking import watcher
from tests.watchdog.test_loop import Pager, warnings, watchdog

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
ZENG, TANG = DutyPhone("曾", "+8613900000001"), DutyPhone("唐", "+8613900000002")


async def rows(engine: AsyncEngine, query: str) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(sa.text(query))).mappings()]


async def breach(engine: AsyncEngine, limits: Thresholds, **more: Any) -> None:
    """No seat is ready."""
    values = {"limit": 1, "seconds": 0, "active": True, "phone": True} | more
    await limits.change(await boss(engine), "ready_seats", **values)
    await limits.look()


async def look(one: Watchdog, times: int = 1) -> None:
    for _ in range(times):
        await one.look_once()
        if one._alarming is not None:
            await one._alarming


@pytest_asyncio.fixture
async def dog(database: str, settings: Settings, engine: AsyncEngine) -> Any:
    """A watchdog that sees a living service."""
    async with engine.begin() as connection:
        query = """INSERT INTO instance (name, app, node, started_at, seen_at)
            VALUES ('m', 'callcenter-m', :node, now(), now() + '1 hour')"""
        await connection.execute(sa.text(query), {"node": settings.node})
    one, pager = watchdog(settings, database)
    yield one, pager
    await one.close()


@pytest.fixture
def limits(engine: AsyncEngine) -> Thresholds:
    return Thresholds(engine, "Asia/Shanghai")


@pytest.mark.rule("T-4")
async def test_an_alarm_rings_once_until_it_ends(engine: AsyncEngine, dog: tuple[Watchdog, Pager], limits: Thresholds) -> None:
    one, pager = dog
    pager.answers = [Round(ZENG, calls=(("唐", "NOANSWER"), ("曾", "heard")))]
    await breach(engine, limits)
    await look(one, 3)
    assert pager.rounds == ["limit_ready_seats"]
    found = (await rows(engine, "SELECT * FROM threshold_alarm"))[0]
    assert (found["heard_by"], found["ended_at"]) == ("曾", None)
    assert found["calls"] == [{"name": "唐", "result": "NOANSWER"}, {"name": "曾", "result": "heard"}]
    assert found["heard_at"] >= found["paged_at"] >= found["began_at"]
    assert (await warnings(engine))["threshold_heard"] == "曾"
    # It goes on: nobody rings again. It ends and comes back: that is another one.
    await limits.look()
    await look(one, 2)
    assert len(pager.rounds) == 1
    await limits.change(await boss(engine), "ready_seats", limit=0, seconds=0, active=True, phone=True)
    await limits.look()
    await breach(engine, limits)
    await look(one, 2)
    assert len(pager.rounds) == 2
    ended = await rows(engine, "SELECT ended_at IS NULL AS runs, heard_by FROM threshold_alarm ORDER BY began_at")
    assert ended == [{"runs": False, "heard_by": "曾"}, {"runs": True, "heard_by": None}]
    assert "threshold_unheard" in await warnings(engine)


@pytest.mark.rule("T-4")
async def test_an_alarm_of_the_screen_alone_rings_nobody(
    engine: AsyncEngine, dog: tuple[Watchdog, Pager], limits: Thresholds
) -> None:
    one, pager = dog
    await breach(engine, limits, phone=False)
    await look(one, 2)
    assert pager.rounds == []
    assert len(await rows(engine, "SELECT 1 FROM threshold_alarm WHERE ended_at IS NULL AND paged_at IS NULL")) == 1


async def dissatisfied(engine: AsyncEngine) -> UUID:
    """A follow-up found somebody dissatisfied, and the group leader has not decided."""
    case_id, now = uuid4(), datetime.now(UTC)
    paper = FollowUp(
        id=uuid4(), case_id=case_id, state="reported", opened_at=now, kind="service", outcome="dissatisfied", satisfaction=1
    )
    async with engine.begin() as connection:
        number = await connection.scalar(sa.text("SELECT nextval('case_number')"))
        await connection.execute(
            sa.insert(tables.case).values(
                id=case_id, number=f"20261129-{number:06}", kind="life_help", source="hotline", line="", state="open",
                opened_at=now, pressed_at=now,
            )
        )  # fmt: skip
        await connection.execute(sa.insert(tables.paper).values(**paper_to(paper) | {"opened_at": paper.opened_at}))
    return paper.id


async def decide(engine: AsyncEngine, paper_id: UUID) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.update(tables.paper).where(tables.paper.c.id == paper_id).values(state="handling"))


@pytest.mark.rule("V-3")
async def test_each_dissatisfaction_rings_at_once(engine: AsyncEngine, dog: tuple[Watchdog, Pager], limits: Thresholds) -> None:
    one, pager = dog
    pager.answers = [Round(ZENG, calls=(("曾", "heard"),))] * 4
    await limits.look()
    for measure in (each["measure"] for each in await limits.all() if each["measure"] != "dissatisfied"):
        await limits.change(await boss(engine), measure, limit=0, seconds=0, active=False)
    await limits.look()
    await look(one, 2)
    assert pager.rounds == []
    first = await dissatisfied(engine)
    await limits.look()
    await look(one, 2)
    assert pager.rounds == ["limit_dissatisfied"], "at once, and once"
    second = await dissatisfied(engine)
    await limits.look()
    await limits.look()
    await look(one, 2)
    assert len(pager.rounds) == 2, "another one is told too, although the first is undecided"
    await decide(engine, first)
    await limits.look()
    await look(one, 2)
    assert len(pager.rounds) == 2, "one that is decided rings nobody"
    third = await dissatisfied(engine)
    await limits.look()
    await look(one, 2)
    assert len(pager.rounds) == 3
    for paper in (second, third):
        await decide(engine, paper)
    await limits.look()
    assert await rows(engine, "SELECT 1 FROM threshold_alarm WHERE ended_at IS NULL") == []
    found = await rows(engine, "SELECT value, heard_by FROM threshold_alarm WHERE measure = 'dissatisfied' ORDER BY began_at")
    assert [row["heard_by"] for row in found] == ["曾"] * 3


@pytest.mark.rule("T-4")
async def test_an_order_that_asterisk_refuses_is_given_again(
    engine: AsyncEngine, dog: tuple[Watchdog, Pager], limits: Thresholds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SOON_SECONDS", 0.0)
    one, pager = dog
    pager.answers = [TelephonyDown("no"), Round(None, rang=False), Round(ZENG)]
    await breach(engine, limits)
    await look(one, 5)
    assert pager.rounds == ["limit_ready_seats"] * 3
    assert [row["heard_by"] for row in await rows(engine, "SELECT heard_by FROM threshold_alarm")] == ["曾"]


@pytest.mark.rule("T-4")
async def test_of_two_watchdogs_one_phones(
    database: str, settings: Settings, engine: AsyncEngine, dog: tuple[Watchdog, Pager], limits: Thresholds
) -> None:
    one, pager = dog
    other, second = watchdog(settings.model_copy(update={"instance": "other"}), database)
    await breach(engine, limits)
    await one.look_once()  # both have seen it before either phones
    await other.look_once()
    for each in (one, other):
        if each._alarming is not None:
            await each._alarming
    assert len(pager.rounds) + len(second.rounds) == 1
    await other.close()


@pytest.mark.rule("T-6")
async def test_an_outage_is_written_with_its_length(engine: AsyncEngine) -> None:
    kept = Outages(engine, "main")
    kept.began(Wrong("watchdog_asterisk"), 5.0)
    kept.began(Wrong("watchdog_late", "20261130-000001"), 1.0)
    kept.ended(Wrong("watchdog_asterisk"), 2.0)
    kept.ended(Wrong("watchdog_silent"), 2.0)  # began before we lived: nothing is known of it
    await kept.write()
    await kept.write()
    found = await rows(
        engine, "SELECT kind, about, extract(epoch FROM ended_at - began_at)::float AS lasted FROM outage ORDER BY kind"
    )
    assert [(row["kind"], row["about"]) for row in found] == [("watchdog_asterisk", ""), ("watchdog_late", "20261130-000001")]
    assert found[0]["lasted"] == pytest.approx(3.0, abs=0.1)
    assert found[1]["lasted"] is None
    # The watchdog is started again: what it left open is over, or is told anew.
    await Outages(engine, "other").write()
    assert len(await rows(engine, "SELECT 1 FROM outage WHERE ended_at IS NULL")) == 1
    await Outages(engine, "main").write()
    assert await rows(engine, "SELECT 1 FROM outage WHERE ended_at IS NULL") == []


@pytest.mark.rule("T-6")
async def test_an_outage_of_the_database_itself_is_written_when_it_is_back(settings: Settings, engine: AsyncEngine) -> None:
    away = create_engine("postgresql://nobody@127.0.0.1:1/nothing", settings)
    kept = Outages(away, "main")
    kept.began(Wrong("watchdog_database"), 6.0)
    await kept.write()
    kept.engine = engine
    kept.ended(Wrong("watchdog_database"), 0.0)
    await kept.write()
    found = await rows(engine, "SELECT kind, extract(epoch FROM ended_at - began_at)::float AS lasted FROM outage")
    assert found[0]["kind"] == "watchdog_database"
    assert found[0]["lasted"] >= 6.0
    await away.dispose()


@pytest.mark.rule("S-9")
def test_the_roster_is_known_ahead_without_a_database(settings: Settings) -> None:
    night, morning = NOW.timestamp(), (NOW + timedelta(hours=5)).timestamp()
    duty = Duty((ZENG, TANG), "0797", ((TANG.number, night, morning), (ZENG.number, morning, morning + 3600.0)))
    DutyFile(settings.data_dir).learn(duty)
    known = DutyFile(settings.data_dir).duty
    assert known == duty
    assert known.in_turn(NOW).phones == (TANG, ZENG)
    assert known.in_turn(NOW + timedelta(hours=5)).phones == (ZENG, TANG)
    assert known.in_turn(NOW + timedelta(days=2)).phones == (ZENG, TANG)  # a gap: all of them in their order


@pytest.mark.rule("S-9")
async def test_the_watchdog_reads_the_roster(engine: AsyncEngine) -> None:
    by, phone = await boss(engine), uuid4()
    async with engine.begin() as connection:
        for place, (ident, one) in enumerate(((uuid4(), ZENG), (phone, TANG)), 1):
            query = "INSERT INTO duty_phone (id, name, number, position) VALUES (:id, :name, :number, :place)"
            await connection.execute(sa.text(query), {"id": ident, "name": one.name, "number": one.number, "place": place})
        query = """INSERT INTO roster_turn (id, post, agent_id, phone_id, begins_at, ends_at, set_by)
            VALUES (gen_random_uuid(), 'supervisor', :by, :phone, now() - interval '1 hour', now() + interval '1 hour', :by)"""
        await connection.execute(sa.text(query), {"by": by, "phone": phone})
    made = watcher(engine)
    await made._database()
    assert made.duty is not None
    assert made.duty.in_turn(datetime.now(UTC)).phones == (TANG, ZENG)
