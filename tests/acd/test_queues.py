"""Queues, skills, hours and pauses as rows: what is saved is what routing reads, every change is written down."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.acd.opening import Opening
from callcenter.acd.pauses import Pauses
from callcenter.acd.queues import Queues
from callcenter.db import tables
from callcenter.db.agents import Agent, add_agent
from callcenter.db.link import Links
from callcenter.db.save import CHANNEL, save
from callcenter.db.situations import Reader, waiting_and_ready
from callcenter.domain import facts
from callcenter.domain.call_backs import match_tasks
from callcenter.domain.decide import decide
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.routing import match
from callcenter.engine.ports import Changed
from callcenter.people.passwords import hash_now

LINE, NUMBER = "96602", "+8613800000001"
QUEUE = {
    "kind": "life_help", "name_zh": "生活帮助", "name_en": "Life help", "lines": [LINE], "priority": 20.0, "ageing": 5.0,
    "dialect": "required", "district": "preferred", "service": "", "service_need": "required", "required_seconds": 45.0,
    "familiar_seconds": 10.0, "seats_after": 30.0, "duty_after": 60.0,
}  # fmt: skip
HASH = hash_now("long enough")


class Shown:
    """What would be shown."""

    def __init__(self) -> None:
        self.seats: list[str] = []

    async def publish(self, changed: Changed) -> None:
        self.seats += changed.seats

    def about_to_show(self, members: object) -> None:
        pass


async def people(engine: AsyncEngine) -> dict[str, UUID]:
    """A line, three seats with their people, ready; a member who speaks 客家话."""
    who = {"boss": uuid4(), "member": uuid4()}
    async with engine.begin() as connection:
        await connection.execute(sa.insert(tables.line).values(number=LINE, kind="life_help", name="生活帮助"))
        await add_agent(connection, Agent(who["boss"], "boss", "曾", "supervisor", None, True), HASH)
        await connection.execute(sa.insert(tables.member).values(id=who["member"], name="王秀英", gender="f", dialect="客家话"))
        await connection.execute(sa.insert(tables.member_number).values(member_id=who["member"], number=NUMBER))
        for place in ("8001", "8002", "8003"):
            who[place] = uuid4()
            await add_agent(connection, Agent(who[place], place, f"坐席{place}", "seat", place, True), HASH)
            now = datetime.now(UTC)
            await connection.execute(
                sa.insert(tables.seat).values(
                    extension=place, name=place, password="x", presence="ready", registered=True, agent_id=who[place],
                    console_until=now + timedelta(hours=1), idle_since=now - timedelta(minutes=int(place[-1])),
                )
            )  # fmt: skip
    return who


async def arrive(links: Links, reader: Reader, leg: str = "c1") -> tuple[Situation, Decision]:
    fact = facts.CallArrived(leg, "node1", LINE, None, NUMBER, NUMBER, anonymous=False)
    async with links.use() as link:
        situation, now = await reader.of_arrival(link, leg_id=leg, line=LINE, account=None, number=NUMBER)
        decision = decide(situation, fact, now)
        await save(link, situation, decision)
        await link.commit()
    return situation, decision


async def test_a_call_is_read_with_its_queue_skills_and_the_person_who_knows_it(
    engine: AsyncEngine, links: Links, reader: Reader
) -> None:
    who = await people(engine)
    queues = Queues(engine)
    made = (await queues.add(who["boss"], QUEUE))["queues"][0]
    await queues.set_skills(who["boss"], who["8001"], [("dialect", "客家话")])
    shown = await queues.move_seat(who["boss"], "8002", [UUID(made["id"])])
    assert [seat["queues"] for seat in shown["seats"]] == [[], [made["id"]], []]
    situation, decision = await arrive(links, reader)
    assert situation.queue is not None
    assert (situation.queue.name_zh, situation.queue.priority, situation.queue.duty_after) == ("生活帮助", 20.0, 60.0)
    assert situation.skills == {("dialect", "客家话")}
    assert situation.seats["8001"].skills == {("dialect", "客家话")}
    assert situation.seats["8002"].queues == (UUID(made["id"]),)
    assert decision.case is not None
    assert decision.case.offer is not None
    assert decision.case.offer.seat == "8001", "the dialect is required, though others are idle for longer"
    async with links.use() as link:
        again, now = await reader.of_case(link, decision.case.id)
        assert again.queue == situation.queue
        assert again.case is not None
        assert again.case.queue_id == UUID(made["id"])
        assert now.tzinfo is not None


async def test_who_spoke_with_the_member_last_is_known_at_the_next_call(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    who = await people(engine)
    _, decision = await arrive(links, reader)
    assert decision.case is not None
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""
                UPDATE help_case SET state = 'open', agent_id = :agent, answered_at = now(), offer_seat = NULL, offer_leg = NULL
            """),
            {"agent": who["8001"]},
        )
        await connection.execute(sa.text("UPDATE seat SET presence = 'ready', case_id = NULL"))
    situation, decision = await arrive(links, reader, "c2")
    assert situation.arrival is not None
    assert situation.arrival.familiar == who["8001"]
    assert decision.case is not None
    assert decision.case.offer is not None
    assert decision.case.offer.seat == "8001"


async def test_the_matching_pass_reads_weights_skills_and_call_backs(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    who = await people(engine)
    await Queues(engine).add(who["boss"], QUEUE)
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE seat SET presence = 'paused', pause_reason = 'rest'"))
    _, first = await arrive(links, reader)
    _, second = await arrive(links, reader, "c2")
    assert first.case is not None
    assert second.case is not None
    async with links.use() as link:
        situation, now = await reader.of_leg(link, "c2")
        await save(link, situation, decide(situation, facts.LegEnded("c2", "16"), now))
        await link.commit()
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE seat SET presence = 'ready', pause_reason = NULL WHERE extension <> '8003'"))
    await Queues(engine).set_skills(who["boss"], who["8001"], [("dialect", "客家话")])
    async with links.use() as link:
        found = await waiting_and_ready(link)
    assert match(found["waiting"], found["seats"], found["now"]) == [(first.case.id, "8001")]
    (owed,) = found["owed"]
    pairs = match_tasks(found["owed"], found["waiting"], found["seats"], found["now"])
    assert pairs == [(second.case.id, owed.task.id, "8002")], "not the seat that the caller on the line needs"
    async with links.use() as link:
        situation, now = await reader.of_case(link, second.case.id, "8002")
        await save(link, situation, decide(situation, facts.CallBackMatched(*pairs[0]), now))
        await link.commit()
    async with links.use() as link:
        situation, _ = await reader.of_case(link, second.case.id)
    assert situation.task is not None
    assert situation.task.offer_seat == "8002"
    assert situation.carded == {"8002"}


@pytest.mark.rule("R-2")
async def test_a_line_outside_its_hours_makes_a_promise(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    who = await people(engine)
    opening = Opening(engine, "Asia/Shanghai")
    local = datetime.now(ZoneInfo("Asia/Shanghai"))
    never_today = [{"days": "off" if await works(opening, local.date()) else "work", "opens": 480, "closes": 1200}]
    year = await opening.set_hours(who["boss"], LINE, never_today, local.year)
    assert year["lines"][0]["hours"] == never_today
    situation, decision = await arrive(links, reader)
    assert situation.arrival is not None
    assert situation.arrival.opens_at is not None
    assert decision.case is not None
    assert decision.case.offer is None
    (task,) = decision.tasks.values()
    assert task.due_at == situation.arrival.opens_at
    async with links.use() as link:
        assert (await waiting_and_ready(link))["waiting"] == [], "no seat is rung for it"
        situation, now = await reader.of_leg(link, "c1")
        urgent = decide(situation, facts.KeyPressed("c1", "1"), now)
        await save(link, situation, urgent)
        await link.commit()
    assert urgent.case is not None
    assert urgent.case.offer is not None
    assert urgent.case.kind == "emergency"


async def works(opening: Opening, day: date) -> bool:
    year = await opening.of_year(day.year)
    own = {one["day"]: one["works"] for one in year["days"]}
    return own.get(day.isoformat(), day.weekday() < 5)


async def test_moving_a_seat_is_written_down_shown_and_told_to_every_instance(engine: AsyncEngine, links: Links) -> None:
    who = await people(engine)
    queues = Queues(engine)
    made = UUID((await queues.add(who["boss"], QUEUE))["queues"][0]["id"])
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.add_listener(CHANNEL, lambda *told: heard.put_nowait(str(told[-1])))
        await queues.move_seat(who["boss"], "8001", [made])
        assert await asyncio.wait_for(heard.get(), 5) == "- seat 8001"
        await raw.reset()
    (event,) = await queues.events("8001", 10)
    assert (event["kind"], event["by"], event["agent"]) == ("moved", "曾", "坐席8001")
    assert event["data"] == {"before": [], "queues": [str(made)]}
    await queues.move_seat(who["boss"], "8001", [made])
    assert len(await queues.events("8001", 10)) == 1, "where it is already, it does not move"
    gone = await queues.remove(who["boss"], made)
    assert gone["queues"] == []
    assert all(seat["queues"] == [] for seat in gone["seats"])


async def test_refusals_say_why(engine: AsyncEngine) -> None:
    who = await people(engine)
    queues, opening, boss = Queues(engine), Opening(engine, "Asia/Shanghai"), who["boss"]
    made = (await queues.add(boss, QUEUE))["queues"][0]
    one = UUID(made["id"])
    for code, asked in (
        ("queue_name_taken", queues.add(boss, QUEUE | {"lines": []})),
        ("line_taken", queues.add(boss, QUEUE | {"name_zh": "另一个"})),
        ("unknown_line", queues.add(boss, QUEUE | {"name_zh": "另一个", "lines": ["12345"]})),
        ("queue_changed", queues.change(boss, one, 7, QUEUE)),
        ("no_such_queue", queues.change(boss, uuid4(), 1, QUEUE)),
        ("no_such_queue", queues.move_seat(boss, "8001", [uuid4()])),
        ("no_such_seat", queues.move_seat(boss, "9999", [])),
        ("no_such_agent", queues.set_skills(boss, uuid4(), [])),
        ("bad_hours", opening.set_hours(boss, LINE, [{"days": "every", "opens": 1200, "closes": 480}], 2026)),
        ("no_such_line", opening.set_hours(boss, "1", [], 2026)),
    ):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.code == code
    changed = await queues.change(boss, one, 1, QUEUE | {"name_zh": "新名"})
    assert (changed["queues"][0]["name_zh"], changed["queues"][0]["version"]) == ("新名", 2)


async def test_the_centres_own_days(engine: AsyncEngine) -> None:
    who = await people(engine)
    opening = Opening(engine, "Asia/Shanghai")
    year = await opening.set_day(who["boss"], date(2026, 10, 2), True, "国庆值班")
    assert {"day": "2026-10-02", "works": True, "own": True, "name": "国庆值班"} in year["days"]
    assert year["known"]
    back = await opening.clear_day(who["boss"], date(2026, 10, 2))
    assert {"day": "2026-10-02", "works": False, "own": False, "name": ""} in back["days"]
    assert (await opening.of_year(2099))["known"] is False


@pytest.mark.rule("W-6")
async def test_a_pause_that_is_too_long_is_told_once(engine: AsyncEngine) -> None:
    await people(engine)
    shown = Shown()
    pauses = Pauses(engine, shown, "tests")
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""
                UPDATE seat SET presence = 'paused', pause_reason = 'rest', since = now() - interval '16 minutes',
                    pause_until = now() - interval '1 minute' WHERE extension = '8001'
            """)
        )
    both = await asyncio.gather(pauses.look(), Pauses(engine, shown, "other").look())
    assert sorted(both) == [[], ["8001"]], "of two instances one tells"
    assert await pauses.look() == []
    assert shown.seats == ["8001"]
    async with engine.connect() as connection:
        seat = (await connection.execute(sa.text("SELECT pause_long FROM seat WHERE extension = '8001'"))).scalar_one()
        warnings = (await connection.execute(sa.text("SELECT kind, account FROM warning"))).all()
    assert seat is True
    assert [tuple(row) for row in warnings] == [("pause_long", "8001")]
    assert [event["kind"] for event in await Queues(engine).events("8001", 5)] == ["pause_long"]
