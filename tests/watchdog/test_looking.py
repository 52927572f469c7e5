"""What the watchdog reads from a real database: late ladders, missing timers, heartbeats, duty phones; silence in time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.engine import create_engine
from callcenter.settings import Settings
from callcenter.telephony.ari_requests import Answer
from callcenter.telephony.ports import TelephonyDown
from callcenter.watchdog.duty import Duty, DutyFile, DutyPhone
from callcenter.watchdog.looking import DEADLINE, Watcher
from callcenter.watchdog.wrong import NEVER, Look, Wrong, what_is_wrong


class Pbx:
    """Answers a ping, or does not."""

    def __init__(self) -> None:
        self.there = True

    async def request(self, *_: Any, **__: Any) -> Answer:
        if not self.there:
            raise TelephonyDown("no")
        return Answer(200, {"ping": "pong"})


def watcher(engine: AsyncEngine, pbx: Pbx | None = None) -> Watcher:
    return Watcher(engine, pbx or Pbx(), "node1", "", Look(monotonic() - 100.0, 0.0))  # type: ignore[arg-type]


async def execute(engine: AsyncEngine, query: str, **values: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.text(query), values)


async def emergency(engine: AsyncEngine, number: str, *, due: float | None, state: str = "running", drill: bool = False) -> None:
    """A case with its ladder, whose timer is due in so many seconds."""
    case = uuid4()
    await execute(
        engine,
        """INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at)
        VALUES (:id, :number, 'emergency', 'hotline', '1', 'waiting', now(), now())""",
        id=case, number=number,
    )  # fmt: skip
    await execute(
        engine,
        """INSERT INTO escalation (case_id, state, drill, started_at, round, rung, level, pages)
        VALUES (:id, :state, :drill, now(), 1, 0, 1, 0)""",
        id=case, state=state, drill=drill,
    )  # fmt: skip
    if due is not None:
        query = "INSERT INTO timer (case_id, kind, due_at) VALUES (:id, 'ladder', now() + make_interval(secs => :due))"
        await execute(engine, query, id=case, due=due)


async def instance(engine: AsyncEngine, name: str, seen: str, node: str = "node1") -> None:
    query = f"""INSERT INTO instance (name, app, node, started_at, seen_at) VALUES (:name, :app, :node, now(), {seen})
        ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"""  # noqa: S608 - our own words
    await execute(engine, query, name=name, app=f"callcenter-{name}", node=node)


async def seen_wrong(watching: Watcher) -> list[Wrong]:
    return what_is_wrong(await watching.see(), monotonic())


async def test_late_ladders_and_those_that_nobody_will_look_at(engine: AsyncEngine) -> None:
    await instance(engine, "one", "clock_timestamp()")
    watching = watcher(engine)
    watching.look = replace(await watching.see(), database_since=NEVER)
    await emergency(engine, "in-time", due=5)
    await emergency(engine, "a-little", due=-2)
    await emergency(engine, "over", due=-60, state="ended")
    await emergency(engine, "drill", due=-60, drill=True)
    assert await seen_wrong(watching) == []
    await emergency(engine, "late", due=-4)
    await emergency(engine, "forgotten", due=None, state="exhausted")
    assert set(await seen_wrong(watching)) == {Wrong("watchdog_late", "late"), Wrong("watchdog_late", "forgotten")}


async def test_heartbeats(engine: AsyncEngine) -> None:
    watching = watcher(engine)
    await instance(engine, "one", "clock_timestamp() - interval '4 seconds'")
    await instance(engine, "other-node", "clock_timestamp()", "node2")
    look = await watching.see()
    assert monotonic() - look.beat_at == pytest.approx(4.0, abs=0.5)
    assert watching.living == {"callcenter-one"}
    await instance(engine, "one", "clock_timestamp()")
    assert monotonic() - (await watching.see()).beat_at < 1
    await instance(engine, "two", "'-infinity'")  # another one left long ago
    assert not (await watching.see()).left
    await instance(engine, "one", "'-infinity'")
    look = await watching.see()
    assert look.left
    assert monotonic() - look.beat_at < 5  # when it was seen last is remembered
    assert watching.living == frozenset()


async def test_whom_to_phone_and_what_they_see(engine: AsyncEngine, tmp_path: Path) -> None:
    await execute(engine, "INSERT INTO line (number, kind, name) VALUES ('0797', 'emergency', 'x'), ('1', 'life_help', 'y')")
    for place, (number, active) in enumerate((("+862", True), ("+863", False), ("+861", True)), 1):
        query = """INSERT INTO duty_phone (id, name, number, position, active)
            VALUES (gen_random_uuid(), 'N', :number, :place, :active)"""
        await execute(engine, query, number=number, place=place, active=active)
    watching = watcher(engine)
    await watching.see()
    assert watching.duty == Duty((DutyPhone("N", "+862"), DutyPhone("N", "+861")), "0797")
    kept = DutyFile(tmp_path)
    kept.learn(watching.duty)
    assert DutyFile(tmp_path).duty == watching.duty
    (tmp_path / "watchdog-duty.json").write_text("{broken")
    assert DutyFile(tmp_path).duty == Duty()


async def test_a_silent_database_and_asterisk_are_noticed_and_hold_nothing_up(engine: AsyncEngine) -> None:
    pbx = Pbx()
    watching = watcher(engine, pbx)
    look = await watching.see()
    assert look.database_at > NEVER
    async with engine.begin() as other:
        await other.execute(sa.text("LOCK TABLE escalation IN ACCESS EXCLUSIVE MODE"))
        pbx.there = False
        began = monotonic()
        after = await watching.see()
        assert monotonic() - began < DEADLINE + 1.0
        assert (after.database_at, after.asterisk_at) == (look.database_at, look.asterisk_at)
        assert watching.living is None
        silent = [Wrong("watchdog_database"), Wrong("watchdog_asterisk")]
        assert what_is_wrong(after, look.database_at + 5.1) == silent
    pbx.there = True
    again = await watching.see()  # the connection that hung is not used again
    assert again.database_at > after.database_at
    assert again.asterisk_at > after.asterisk_at


async def test_a_database_that_refuses_is_noticed_too(settings: Settings) -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:1/nothing", settings)
    watching = watcher(engine)
    look = await watching.see()
    assert what_is_wrong(look, monotonic()) == [Wrong("watchdog_database")]
    await engine.dispose()
