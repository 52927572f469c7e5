"""The demo's invented history is such as the service itself could have left, and every report has something to show of it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.catalogue.demo import load_demo_catalogue
from callcenter.db.papers import paper_from
from callcenter.db.tables import case, paper
from callcenter.domain.period import last_days
from callcenter.people.demo import load_demo
from callcenter.reports.demo import load_demo_weeks
from callcenter.reports.services import MAY_READ, Reports
from callcenter.settings import Settings


async def test_every_report_has_something_to_show(engine: AsyncEngine, settings: Settings) -> None:
    assert not await load_demo_weeks(engine, settings)  # nobody is invented for a real centre
    await load_demo(engine, settings)
    await load_demo_catalogue(engine, settings)
    assert await load_demo_weeks(engine, settings)
    assert not await load_demo_weeks(engine, settings)
    async with engine.connect() as connection:
        for row in (await connection.execute(sa.select(paper))).mappings():
            paper_from(dict(row))
        today = datetime.now(ZoneInfo(settings.time_zone)).date()
        newest = await connection.scalar(sa.select(sa.func.max(case.c.opened_at)))
        assert newest is not None
        assert newest.astimezone(ZoneInfo(settings.time_zone)).date() < today
    reports = Reports.build(engine, engine, settings.time_zone)
    for kind in MAY_READ:
        report = await reports.report(kind, last_days(today, 21, settings.time_zone))
        for table in report.tables:
            assert table.rows or table.key in ("proof",), (kind, table.key)
