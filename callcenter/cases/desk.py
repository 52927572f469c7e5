"""The desk as the doors see it: commands on paperwork, questions about it, and what the rules say of closing a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.follow_up_commands import FollowUpCommands
from callcenter.cases.follow_up_queries import FollowUpQueries
from callcenter.cases.intake import IntakeCommands
from callcenter.cases.order_figures import OrderFigures
from callcenter.cases.orders import OrderQueries
from callcenter.cases.paper_commands import CARE, Entry, PaperCommands
from callcenter.cases.papers import PaperQueries, paper_json
from callcenter.cases.queries import names_of
from callcenter.cases.rules import Rules
from callcenter.db import tables
from callcenter.db.link import Links
from callcenter.db.papers import paper_from
from callcenter.db.situations import Reader
from callcenter.domain import closure
from callcenter.domain.papers.feedback import word_of
from callcenter.engine.processor import Processor


@dataclass(frozen=True)
class Desk:
    """Everything of the desk. ``commands``: name → (shape, roles, what runs)."""

    engine: AsyncEngine
    papers: PaperQueries
    rules: Rules
    intake: IntakeCommands
    follow_ups: FollowUpQueries
    follow_up_commands: FollowUpCommands
    commands: Mapping[str, Entry]
    links: Links
    reader: Reader
    orders: OrderQueries
    order_figures: OrderFigures

    @classmethod
    def build(cls, engine: AsyncEngine, processor: Processor, zone: str, more: Mapping[str, Entry] | None = None) -> Self:
        """With one processor. ``more``: commands of others that concern a case's paperwork."""
        intake = IntakeCommands(engine, processor)
        follow_ups = FollowUpCommands(engine, processor)
        commands = {**PaperCommands(processor).table, **intake.table, **follow_ups.table, **(more or {})}
        queries = FollowUpQueries(engine, zone, processor.reader.callers)
        return cls(
            engine, PaperQueries(engine), Rules(engine, zone), intake, queries, follow_ups, commands, processor.links,
            processor.reader, OrderQueries(engine, zone), OrderFigures(engine, zone),
        )  # fmt: skip

    async def closing(self, case_id: UUID) -> dict[str, Any]:
        """What each rule would say of closing this case now, and whether it may be closed; nothing is changed."""
        async with self.links.use() as link:
            situation, now = await self.reader.with_office(link, await self.reader.of_case(link, case_id))
            if situation.case is None or situation.case.state == "closed":
                return {"open": False, "may": False, "findings": []}
            found = closure.findings(situation, now)
            if word_of(situation) is None and any(f.rule == "R-17" and not f.ok for f in found):
                without = closure.findings(situation, now, not_followed_up=True)
                found = without if all(f.ok for f in without if f.rule == "R-18") else found
        return {"open": True, "may": all(f.ok for f in found), "findings": [f.as_json() for f in found]}

    async def colleagues(self) -> list[dict[str, str]]:
        """Who may own a case."""
        agent = tables.agent
        query = sa.select(agent.c.id, agent.c.name, agent.c.role).where(agent.c.active, agent.c.role.in_(CARE))
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query.order_by(agent.c.role, agent.c.name))).all()
        return [{"id": str(row.id), "name": row.name, "role": row.role} for row in rows]

    async def collection(self, week: str) -> list[dict[str, Any]]:
        """《典型案例集》: what was nominated in an ISO week (``2026-W48``), or everything chosen when no week is given."""
        paper, case = tables.paper, tables.case
        query = sa.select(paper, case.c.number.label("case_number")).join(case).where(paper.c.noun == "typical_case")
        query = query.where(paper.c.data["week"].astext == week) if week else query.where(paper.c.state == "selected")
        async with self.engine.connect() as connection:
            found = [dict(row) for row in (await connection.execute(query.order_by(paper.c.opened_at))).mappings()]
            names = await names_of(connection, [row["opened_by"] for row in found if row["opened_by"]])
        return [{**paper_json(paper_from(row), names), "case_number": row["case_number"]} for row in found]

    async def unowned(self) -> list[dict[str, Any]]:
        """Cases that nobody owns yet, the oldest first."""
        case = tables.case
        query = (
            sa.select(case.c.id, case.c.number, case.c.source, case.c.opened_at, case.c.caller_display)
            .where(case.c.agent_id.is_(None), case.c.state.in_(("open", "callback")), case.c.source.not_in(("probe", "drill")))
            .order_by(case.c.opened_at)
            .limit(200)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            {"id": str(row.id), "number": row.number, "source": row.source, "opened_at": row.opened_at.isoformat()} for row in rows
        ]
