"""What the wall is told: limits judged by the real database, hours beside the usual ones, the last day's test presses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.tables import access, case, probe, threshold
from callcenter.supervision.board import Board
from callcenter.supervision.thresholds import Thresholds
from callcenter.supervision.trends import probes, trend
from tests.escalation.test_policies import boss

ZONE = "Asia/Shanghai"


async def put(
    engine: AsyncEngine,
    opened_at: datetime,
    *,
    waited: float | None,
    state: str = "closed",
    source: str = "hotline",
    opens_at: datetime | None = None,
) -> None:
    answered = None if waited is None else opened_at + timedelta(seconds=waited)
    values = {
        "id": uuid4(), "number": uuid4().hex, "kind": "life_help", "source": source, "line": "1", "state": state,
        "opened_at": opened_at, "pressed_at": opened_at, "answered_at": answered,
        "opens_at": opens_at, "waiting_since": opened_at if state == "waiting" else None,
    }  # fmt: skip
    async with engine.begin() as connection:
        await connection.execute(sa.insert(case).values(**values))


async def alarms(limits: Thresholds) -> set[str]:
    return {one["measure"] for one in await limits.all() if one["alarmed_at"]}


@pytest.fixture
def limits(engine: AsyncEngine) -> Thresholds:
    return Thresholds(engine, ZONE)


async def test_a_limit_that_is_crossed_is_an_alarm_for_as_long_as_it_is(engine: AsyncEngine, limits: Thresholds) -> None:
    by = await boss(engine)
    now = datetime.now(UTC)
    await put(engine, now - timedelta(seconds=90), waited=None, state="waiting")
    await limits.look()
    assert await alarms(limits) == {"longest_wait"}  # no seat is ready either, but that must last a minute
    shown = await limits.change(by, "waiting", limit=0, seconds=0, active=True)
    assert next(one for one in shown if one["measure"] == "waiting")["limit"] == 0
    await limits.look()
    assert await alarms(limits) == {"longest_wait", "waiting"}
    board = Board(engine, ZONE)
    async with engine.connect() as connection:
        told = {noun: data for noun, _, data in await board.changed(connection)}
    assert {one["measure"] for one in told["alarms"]} == {"longest_wait", "waiting"}
    async with engine.begin() as connection:
        await connection.execute(sa.update(case).values(state="closed", waiting_since=None))
    await limits.look()
    assert await alarms(limits) == set()
    async with engine.connect() as connection:
        again = {noun: data for noun, _, data in await board.changed(connection)}
        assert again["alarms"] == []
        kept = [row.subject for row in await connection.execute(sa.select(access).where(access.c.action == "threshold_changed"))]
    assert kept == ["waiting"]


async def test_a_limit_must_last_over_a_restart_too(engine: AsyncEngine, limits: Thresholds) -> None:
    """Since when it is crossed stands in the database, not in a process."""
    await limits.change(await boss(engine), "ready_seats", limit=1, seconds=30, active=True)
    await limits.look()
    assert await alarms(limits) == set()
    async with engine.begin() as connection:
        past = sa.func.clock_timestamp() - timedelta(seconds=31)
        await connection.execute(sa.update(threshold).where(threshold.c.measure == "ready_seats").values(crossed_since=past))
    await Thresholds(engine, ZONE).look()
    assert await alarms(limits) == {"ready_seats"}


async def test_two_instances_judge_at_once(engine: AsyncEngine, limits: Thresholds) -> None:
    await put(engine, datetime.now(UTC) - timedelta(seconds=90), waited=None, state="waiting")
    await asyncio.gather(*(limits.look() for _ in range(8)))
    assert await alarms(limits) == {"longest_wait"}


async def test_a_probe_that_does_not_come_through_is_beyond_every_limit(engine: AsyncEngine, limits: Thresholds) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.insert(probe).values(at=sa.func.now(), instance="main", stage="pop"))
    await limits.look()
    assert await alarms(limits) == {"probe_ms"}


async def test_hours_of_today_beside_the_same_weekdays_median(engine: AsyncEngine) -> None:
    zone = ZoneInfo(ZONE)
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # Two calls in the first hour today: in time, late; what is no call that came in does not count.
    for waited, source in (
        (3.0, "hotline"),
        (40.0, "hotline"),
        (1.0, "drill"),
        (1.0, "probe"),
        (None, "letter"),
        (1.0, "outbound"),
    ):
        await put(engine, midnight + timedelta(minutes=1), waited=waited, source=source)
    # Weeks ago: four, none, two. The week before the first one is not known.
    for weeks, calls in ((1, 4), (3, 2)):
        for _ in range(calls):
            await put(engine, midnight - timedelta(days=7 * weeks) + timedelta(minutes=30), waited=2.0)
    await put(engine, midnight - timedelta(days=6), waited=2.0)  # another weekday
    async with engine.connect() as connection:
        hours = (await trend(connection, ZONE, 15.0))["hours"]
    assert [one["hour"] for one in hours] == list(range(24))
    first = hours[0]
    assert (first["calls"], first["in_time"], first["longest"], first["usual"]) == (2, 1, 40.0, 2.0)
    assert hours[5] == {"hour": 5, "calls": 0, "in_time": 0, "abandoned": 0, "longest": 0.0, "usual": 0.0}


async def test_only_calls_that_came_in_within_hours_can_be_late(engine: AsyncEngine, limits: Thresholds) -> None:
    """A letter that nobody "answered" rings no duty phone; nor does who called outside the hours and was told when it opens."""
    now = datetime.now(UTC)
    for source in ("letter", "walk_in", "web", "assignment", "outbound"):
        await put(engine, now, waited=None, source=source)
    await put(engine, now, waited=None, state="callback", opens_at=now + timedelta(hours=9))
    await limits.change(await boss(engine), "answered_in_time", limit=0.95, seconds=0, active=True)
    await limits.look()
    assert "answered_in_time" not in await alarms(limits)
    counted = ("calls", "answered", "answered_in_15s", "waited", "abandoned")
    assert await day_of(engine, *counted) == (1, 0, 0, 0, 0)
    for waited in (3.0, 40.0, None):
        await put(engine, now, waited=waited, state="open")
    await put(engine, now, waited=None, state="waiting")  # may yet be in time
    assert await day_of(engine, *counted) == (5, 2, 1, 3, 0)
    await limits.look()
    assert "answered_in_time" in await alarms(limits)


async def day_of(engine: AsyncEngine, *names: str) -> tuple[int, ...]:
    """The board's figures of today."""
    async with engine.connect() as connection:
        shown = {noun: data for noun, _, data in await Board(engine, ZONE).changed(connection)}
    return tuple(shown["figures"][name] for name in names)


async def test_an_empty_centre_has_no_usual_day(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert {one["usual"] for one in (await trend(connection, ZONE, 15.0))["hours"]} == {None}
        assert await probes(connection) == {"latest": None, "points": []}


async def test_the_last_day_of_test_presses(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        for ago, stage, pop in ((90_000, None, 5.0), (3000, None, 20.0), (2999.9, None, 30.0), (10, "pop", None)):
            values = {"at": now - timedelta(seconds=ago), "instance": "main", "stage": stage, "pop_ms": pop}
            await connection.execute(sa.insert(probe).values(**values))
        found = await probes(connection)
    assert found["latest"]["stage"] == "pop"
    assert sum(point["pressed"] for point in found["points"]) == 3  # yesterday's is not shown
    assert max(point["pop_ms"] or 0 for point in found["points"]) == 30.0
    assert found["points"][-1]["failed"] == 1
