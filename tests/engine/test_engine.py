"""Lanes keep order and lose nothing; what is saved is what was decided; doubled and reordered facts end in the same state."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from ari_handlers import ARI_HANDLERS, Origin, facts_of
from callcenter.db.link import Links, statement
from callcenter.db.save import Conflict, save
from callcenter.db.situations import Reader
from callcenter.domain import facts
from callcenter.domain.case import Leg
from callcenter.domain.decide import decide
from callcenter.domain.decision import Decision
from callcenter.engine.lanes import Lanes
from callcenter.engine.loading import load

ORIGIN = Origin("node1", "CN", "0797")


async def test_a_lane_keeps_order_and_goes_on_after_a_failure() -> None:
    lanes, done = Lanes(), []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        if number == 3:
            raise ValueError("one piece of work fails")
        done.append(number)

    for number in range(10):
        lanes.put("case", lambda number=number: work(number))  # type: ignore[misc]
    assert await lanes.drain(2)
    assert done == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert lanes.waiting == 0


async def test_drain_has_a_deadline() -> None:
    lanes = Lanes()
    lanes.put("case", lambda: asyncio.Event().wait())  # type: ignore[arg-type, return-value]
    assert not await lanes.drain(0.05)


def test_names_become_numbers_and_casts_stay() -> None:
    made = statement("SELECT :b::text, :a, CAST(:b AS int), '12:30'")
    assert (made.sql, made.names) == ("SELECT $1::text, $2, CAST($1 AS int), '12:30'", ("b", "a"))


@pytest.mark.parametrize(
    "event",
    [
        {"type": "Nonsense"},
        {"type": None},
        {},
        {"type": "StasisStart", "args": ["in"], "channel": {"id": "x"}},
        {"type": "PlaybackFinished", "playback": {"id": "somebody else's"}},
        {"type": "CallBroadcast", "channel": {"id": "x", "dialplan": {"app_data": "500,^callcenter-,out:1:"}}},
    ],
)
def test_events_that_say_nothing_to_us(event: dict[str, object]) -> None:
    assert facts_of(event, ORIGIN) == []


@pytest.mark.parametrize("kind", ARI_HANDLERS)
@pytest.mark.parametrize("rest", [{}, {"channel": None}, {"channel": {"id": ""}}, {"playback": 7}, {"recording": []}])
def test_broken_events_are_refused_in_one_way(kind: str, rest: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # pydantic's, which the reader logs and counts
        facts_of({"type": kind, **rest}, ORIGIN)


def call(leg: str = "c1", number: str = "+8613800000001") -> facts.CallArrived:
    return facts.CallArrived(leg, "node1", "96602", None, number, number, anonymous=False)


async def ready_seat(engine: AsyncEngine, extension: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""
                INSERT INTO seat (extension, name, password, presence, registered, console_until)
                VALUES (:ext, :ext, 'x', 'ready', true, now() + interval '1 hour')
            """),
            {"ext": extension},
        )


async def arrive(links: Links, reader: Reader, fact: facts.CallArrived) -> None:
    async with links.use() as link:
        situation, now = await load(reader, link, fact)
        decision = decide(situation, fact, now)
        if not decision.nothing:
            await save(link, situation, decision)
        await link.commit()


async def test_what_was_decided_is_what_is_there(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    await ready_seat(engine, "8001")
    await arrive(links, reader, call())
    async with links.use() as link:
        situation, now = await reader.of_leg(link, "c1")
    case = situation.case
    assert case is not None
    assert case.offer is not None
    assert (case.state, case.offer.seat, case.kind) == ("waiting", "8001", "emergency"), "an unknown line is an emergency"
    assert {leg.id: leg.state for leg in situation.legs} == {"c1": "up", case.offer.leg: "intent"}
    assert situation.seats["8001"].presence == "offered"
    assert now - case.opened_at < timedelta(seconds=5)
    async with engine.connect() as connection:
        kinds = (await connection.execute(sa.text("SELECT kind FROM journal ORDER BY seq"))).scalars().all()
        timers = (await connection.execute(sa.text("SELECT kind FROM timer ORDER BY kind"))).scalars().all()
    assert kinds == ["arrived", "unknown_caller", "ladder_started", "offered"]
    assert timers == ["announce", "ladder", "ring"]


async def test_two_who_choose_one_seat_one_must_decide_again(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    await ready_seat(engine, "8001")
    async with links.use() as one, links.use() as two:
        pairs = []
        for link, fact in ((one, call("c1")), (two, call("c2", "+8613800000002"))):
            situation, now = await reader.of_arrival(link, leg_id=fact.leg_id, line="1", account=None, number=fact.number)
            pairs.append((link, situation, decide(situation, fact, now)))
        await save(*pairs[0])
        with pytest.raises(Conflict):
            await save(*pairs[1])
    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM help_case")) == 1, "the second left nothing behind"
        assert await connection.scalar(sa.text("SELECT count(*) FROM call_leg WHERE id = 'c2'")) == 0


async def test_who_is_found_at_a_node_that_is_back_belongs_to_the_emergency_pressed_meanwhile(
    engine: AsyncEngine, links: Links, reader: Reader
) -> None:
    """Only who is found there: a first word of the call that comes late changes nothing, nor is a living leg moved."""
    async with engine.begin() as connection:
        member = await connection.scalar(
            sa.text("INSERT INTO member (id, name, gender) VALUES (gen_random_uuid(), '王秀英', 'f') RETURNING id")
        )
        await connection.execute(
            sa.text("INSERT INTO terminal (serial, member_id, account) VALUES ('T1', :id, 't1')"), {"id": member}
        )
    first, second = (facts.CallArrived(leg, "node1", "1", "t1", None, "t1", anonymous=False) for leg in ("p1", "p2"))
    await arrive(links, reader, first)
    async with links.use() as link:
        situation, now = await load(reader, link, facts.LegEnded("p1", facts.NODE_LOST))
        await save(link, situation, decide(situation, facts.LegEnded("p1", facts.NODE_LOST), now))
        await link.commit()
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE help_case SET red = false"))
    await arrive(links, reader, second)
    legs = sa.text("SELECT l.id, l.state, c.level, c.state FROM call_leg l JOIN help_case c ON c.id = l.case_id ORDER BY l.id")
    await arrive(links, reader, first)
    async with engine.connect() as connection:
        assert [tuple(row) for row in await connection.execute(legs)] == [
            ("p1", "down", 1, "callback"), ("p2", "up", 1, "waiting"),
        ]  # fmt: skip
    await arrive(links, reader, replace(first, claimed=True))
    await arrive(links, reader, replace(first, claimed=True))  # told twice
    async with engine.connect() as connection:
        assert [tuple(row) for row in await connection.execute(legs)] == [("p1", "up", 2, "waiting"), ("p2", "up", 2, "waiting")]
        earlier = await connection.scalar(sa.text("SELECT id FROM help_case WHERE state = 'callback'"))
    async with links.use() as link:
        situation, now = await reader.of_case(link, earlier)
        late = Decision(now, case=situation.case, legs={"p1": Leg("p1", earlier, "caller", "up", "node1", now)})
        with pytest.raises(Conflict):
            await save(link, situation, late)


async def test_a_terminal_never_has_two_live_cases(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    """The index decides, whatever the code does: both read before either has written."""
    member = uuid4()
    async with engine.begin() as connection:
        await connection.execute(sa.text("INSERT INTO member (id, name, gender) VALUES (:id, '王秀英', 'f')"), {"id": member})
        insert = "INSERT INTO terminal (serial, member_id, account) VALUES ('T1', :id, 't1')"
        await connection.execute(sa.text(insert), {"id": member})
    press = [facts.CallArrived(leg, "node1", "1", "t1", None, "t1", anonymous=False) for leg in ("p1", "p2")]
    async with links.use() as one, links.use() as two:
        read = [
            await reader.of_arrival(link, leg_id=f.leg_id, line="1", account="t1", number=None)
            for link, f in zip((one, two), press, strict=True)
        ]
        await save(one, read[0][0], decide(read[0][0], press[0], read[0][1]))
        with pytest.raises(Conflict):
            await save(two, read[1][0], decide(read[1][0], press[1], read[1][1]))
    await arrive(links, reader, press[1])  # decided again: it joins
    async with engine.connect() as connection:
        assert (await connection.execute(sa.text("SELECT level FROM help_case"))).scalars().all() == [2]


async def test_who_read_an_older_version_of_a_case_must_decide_again(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    await arrive(links, reader, call())
    gone = facts.LegEnded("c1", "16")
    async with links.use() as one, links.use() as two:
        read = [await reader.of_leg(link, "c1") for link in (one, two)]
        await save(one, read[0][0], decide(read[0][0], gone, read[0][1]))
        with pytest.raises(Conflict):
            await save(two, read[1][0], decide(read[1][0], gone, read[1][1]))
    async with engine.connect() as connection:
        ends = "SELECT count(*) FROM journal WHERE kind = 'abandoned'"
        assert await connection.scalar(sa.text(ends)) == 1, "the second left nothing behind"


STAY = statement("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")  # a busy machine looks frozen


async def until_waiting(engine: AsyncEngine, count: int) -> None:
    """So many connections wait for a lock, each in its turn."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(2):
        while True:
            async with engine.connect() as connection:  # anew: within a transaction the server shows the same picture
                if await connection.scalar(sa.text(query)) == count:
                    return
            await asyncio.sleep(0.01)


async def test_who_reads_firmly_waits_for_the_other_and_cannot_lose(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    await arrive(links, reader, call())
    gone = facts.LegEnded("c1", "16")
    async with links.use(firm=True) as one, links.use() as two, links.use(firm=True) as three:
        await one.begin()
        await one.row(STAY)
        situation, now = await reader.of_leg(one, "c1")
        slower, then = await reader.of_leg(two, "c1")
        late = asyncio.create_task(save(two, slower, decide(slower, gone, then)))
        await until_waiting(engine, 1)
        last = asyncio.create_task(reader.of_leg(three, "c1"))
        await until_waiting(engine, 2)
        await save(one, situation, decide(situation, gone, now))
        await one.commit()
        with pytest.raises(Conflict):
            await asyncio.wait_for(late, 2)
        seen, _ = await asyncio.wait_for(last, 2)
    assert situation.case is not None
    assert seen.case is not None
    assert seen.case.version == situation.case.version + 1
    assert not any(leg.live for leg in seen.legs)


async def test_doubled_facts_change_nothing(engine: AsyncEngine, links: Links, reader: Reader) -> None:
    await ready_seat(engine, "8001")
    for _ in range(3):
        await arrive(links, reader, call())
    async with engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM help_case")) == 1
        assert await connection.scalar(sa.text("SELECT count(*) FROM escalation")) == 1
        assert await connection.scalar(sa.text("SELECT version FROM help_case")) == 2, "opened, and the ladder's first step"
