"""``callcenter ladder``: what the ladders of open emergencies do, read from the database while the centre runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.engine import create_lone_engine
from callcenter.db.ladders import live_ladders, stored_ladder
from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.ladder_lines import Entry, Line, Story, summary
from callcenter.setup.postgres import running_url

LOOK_SECONDS = 0.5
LOST = (SQLAlchemyError, OSError, TimeoutError)

_JOURNAL = sa.text("""
    SELECT j.case_id, j.seq, j.at, j.kind, j.data, c.number FROM journal j JOIN help_case c ON c.id = j.case_id
    WHERE j.case_id = ANY(CAST(:cases AS uuid[])) AND j.at >= :since ORDER BY j.at, j.case_id, j.seq
""")
_NOW = sa.text("SELECT clock_timestamp()")


def engine_of(settings: Settings) -> AsyncEngine:
    """The centre's database, wherever it runs."""
    given = settings.database_url
    url = given.get_secret_value() if given is not None else running_url(settings.data_dir)
    if url is None:
        raise SetupError("数据库没有运行。请先运行 make run。", "The database does not run. Run 'make run' first.")
    return create_lone_engine(url, settings)


@dataclass
class Follower:
    """Tells each journal entry of the ladders once, from ``since`` on."""

    since: datetime
    story: Story = field(default_factory=Story)
    known: set[UUID] = field(default_factory=set)
    _told: set[tuple[UUID, int]] = field(default_factory=set)

    async def news(self, connection: AsyncConnection) -> list[tuple[str, Line]]:
        """What is new, with the number of its case."""
        self.known |= set(await live_ladders(connection))
        rows = list(await connection.execute(_JOURNAL, {"cases": list(self.known), "since": self.since}))
        new = [row for row in rows if (row.case_id, row.seq) not in self._told]
        self._told |= {(row.case_id, row.seq) for row in new}
        lines = [(row.number, self.story.line(Entry(row.number, row.at, row.kind, row.data))) for row in new]
        return [(number, line) for number, line in lines if line is not None]


async def follow_ladders(settings: Settings, console: Console, *, for_ever: bool) -> None:
    """Show every open ladder as it stands; with ``for_ever`` go on with what happens."""
    engine = engine_of(settings)
    try:
        async with engine.connect() as connection:
            now = await connection.scalar(_NOW)
            assert now is not None
            cases = await live_ladders(connection)
            ladders = [found for case in cases if (found := await stored_ladder(connection, case)) is not None]
        for ladder in ladders:
            show(console, [(ladder.case.number, line) for line in summary(ladder, now)], bare=True)
        if not ladders:
            console.print("没有未了结的紧急求助  [dim]no emergency is open[/dim]", highlight=False)
        if for_ever:
            follower = Follower(now, known=set(cases))
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                await tell_news(engine, follower, lambda lines: show(console, lines))
    except LOST as error:
        raise SetupError("连接不上数据库。", "The database is out of reach.", str(error)[:300]) from error
    finally:
        await engine.dispose()


async def follow_from_now(settings: Settings, console: Console) -> None:
    """Tell what happens on any ladder from now on, until cancelled; silently nothing where there is no database."""
    try:
        engine = engine_of(settings)
    except SetupError:
        return
    try:
        async with engine.connect() as connection:
            now = await connection.scalar(_NOW)
        assert now is not None
        follower = Follower(now)
        while True:
            await tell_news(engine, follower, lambda lines: show(console, lines))
            await asyncio.sleep(LOOK_SECONDS)
    except LOST:
        return
    finally:
        await engine.dispose()


async def tell_news(engine: AsyncEngine, follower: Follower, tell: Callable[[list[tuple[str, Line]]], None]) -> None:
    """One look."""
    async with engine.connect() as connection:
        tell(await follower.news(connection))


def show(console: Console, lines: Iterable[tuple[str, Line]], *, bare: bool = False) -> None:
    """Print them; ``bare`` without the case's number, which a heading has said."""
    for number, line in lines:
        time = f"{line.at.astimezone():%H:%M:%S}" if line.at is not None else "        "
        head = "" if bare else f"…{number[-3:]} "
        console.print(f"[dim]{time}[/dim] {head}{line.chinese}  [dim]{line.english}[/dim]", highlight=False, soft_wrap=True)
