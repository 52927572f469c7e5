"""Questions about cases: one in full, those on the board, a page of them, the open call-backs. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases import render
from callcenter.db import rows, tables
from callcenter.db.agents import Session
from callcenter.db.profiles import profiles
from callcenter.domain.case import Case, Task
from callcenter.domain.clock import iso
from callcenter.domain.papers.nouns import NOUNS
from callcenter.domain.queues import Queue
from callcenter.domain.routing import Waiting, order
from callcenter.today import today_in

PAGE_LIMIT = 100
SEE_ALL = frozenset({"supervisor", "group_leader", "department_head", "auditor"})

_STORY = sa.text("""
    SELECT to_jsonb(c) AS the_case,
        (SELECT name FROM line WHERE number = c.line) AS line_name,
        (SELECT name FROM agent WHERE id = c.agent_id) AS agent,
        (SELECT coalesce(json_agg(to_jsonb(l)), '[]') FROM call_leg l WHERE l.case_id = c.id) AS legs,
        (SELECT coalesce(json_agg(to_jsonb(t)), '[]') FROM task t WHERE t.case_id = c.id) AS tasks,
        (SELECT coalesce(json_agg(to_jsonb(r) ORDER BY r.started_at), '[]') FROM recording r WHERE r.case_id = c.id) AS recordings,
        (SELECT coalesce(json_agg(json_build_object('seq', j.seq, 'at', j.at, 'kind', j.kind, 'data', j.data,
            'by', (SELECT a.name FROM agent a WHERE a.id = j.agent_id)) ORDER BY j.seq), '[]')
         FROM journal j WHERE j.case_id = c.id) AS lines
    FROM help_case c WHERE c.id = :case
""")


@dataclass(frozen=True)
class CaseQueries:
    """Reads for the console. ``zone``: IANA name of the centre's time zone (ages change at its midnight)."""

    engine: AsyncEngine
    zone: str

    async def story(self, connection: AsyncConnection, case_id: UUID) -> render.Story | None:
        found = (await connection.execute(_STORY, {"case": case_id})).one_or_none()
        if found is None:
            return None
        lines = [
            render.Line(row["seq"], _moment(row["at"]), row["kind"], row["by"], row["data"])
            for row in found.lines
        ]  # fmt: skip
        recordings = [render.recording_json({**row, "started_at": rows.time(row["started_at"])}) for row in found.recordings]
        tasks = [rows.task_from(row) for row in found.tasks]
        owners = await names_of(connection, [task.owner_id for task in tasks if task.owner_id])
        legs = [rows.leg_from(row) for row in found.legs]
        return render.Story(
            rows.case_from(found.the_case), legs, lines, recordings, tasks, found.agent, owners, found.line_name or ""
        )

    async def case_detail(self, case_id: UUID) -> Mapping[str, Any] | None:
        """``CaseDetail`` with the profiles it names; None when there is no such case."""
        async with self.engine.connect() as connection:
            story = await self.story(connection, case_id)
            if story is None:
                return None
            return render.case_detail(story, await self.people(connection, [story.case]))

    async def people(self, connection: AsyncConnection, cases: Sequence[Case]) -> dict[UUID, dict[str, Any]]:
        """Profiles of everybody these cases name."""
        return await profiles(connection, render.members_of(cases), today_in(self.zone))

    async def may_see(self, agent: Session, case_id: UUID) -> bool:
        """Leaders and the auditor; the seat it is offered to or that handles it; the agent who handled it or took charge of it;
        whoever owns a paper of it, or has one on their desk."""
        if agent.role in SEE_ALL:
            return True
        query = sa.text("""
            SELECT 1 FROM help_case WHERE id = :case AND (agent_id = :agent
                OR (CAST(:seat AS text) IS NOT NULL AND (offer_seat = :seat
                    OR alarms @> jsonb_build_array(jsonb_build_object('seat', CAST(:seat AS text)))))
                OR EXISTS (SELECT 1 FROM journal j WHERE j.case_id = help_case.id AND j.agent_id = :agent
                    AND j.kind IN ('acknowledged', 'settled', 'contact_called', 'report_written', 'answered'))
                OR EXISTS (SELECT 1 FROM task WHERE case_id = help_case.id AND owner_id = :agent)
                OR EXISTS (SELECT 1 FROM paper p WHERE p.case_id = help_case.id
                    AND (p.owner_id = :agent OR p.opened_by = :agent OR p.noun = ANY(:nouns))))
        """)
        nouns = [noun.noun for noun in NOUNS if agent.role in noun.desks]
        async with self.engine.connect() as connection:
            return (
                await connection.scalar(query, {"case": case_id, "agent": agent.agent_id, "seat": agent.seat, "nouns": nouns})
                is not None
            )

    async def case_page(
        self, agent: Session, *, state: str | None, red: bool | None, text: str, before: str | None, limit: int
    ) -> Mapping[str, Any]:
        """Newest first. ``before``: the number of the last case of the page before."""
        case, member = tables.case, tables.member
        query = (
            sa.select(case, tables.agent.c.name.label("agent_name"))
            .outerjoin(member, member.c.id == case.c.member_id)
            .outerjoin(tables.agent, tables.agent.c.id == case.c.agent_id)
            .where(case.c.source != "probe")
            .order_by(case.c.opened_at.desc(), case.c.number.desc())
            .limit(max(1, min(limit, PAGE_LIMIT)) + 1)
        )
        if agent.role not in SEE_ALL:
            paper = tables.paper
            on_desk = sa.select(paper.c.case_id).where(
                sa.or_(
                    paper.c.owner_id == agent.agent_id, paper.c.noun.in_([noun.noun for noun in NOUNS if agent.role in noun.desks])
                )
            )
            query = query.where(sa.or_(case.c.agent_id == agent.agent_id, case.c.id.in_(on_desk)))
        if state:
            query = query.where(case.c.state == state)
        if red is not None:
            query = query.where(case.c.red == red)
        if text.strip():
            like = "%" + text.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
            query = query.where(
                sa.or_(case.c.number.ilike(like), member.c.name.ilike(like), case.c.caller_number.ilike(like),
                       member.c.address.ilike(like))
            )  # fmt: skip
        if before:
            opened = sa.select(case.c.opened_at).where(case.c.number == before).scalar_subquery()
            query = query.where(sa.tuple_(case.c.opened_at, case.c.number) < sa.tuple_(opened, before))
        async with self.engine.connect() as connection:
            found = [dict(row) for row in (await connection.execute(query)).mappings()]
            more = len(found) > limit
            cases = [rows.case_from(row) for row in found[:limit]]
            people = await self.people(connection, cases)
        items = [
            {
                **render.call_row(case, people.get(case.member_id or UUID(int=0)), None, row["agent_name"], masked=False),
                "category": case.category, "subcategory": case.subcategory, "disposition": case.disposition,
                "ended_at": iso(case.ended_at), "source": case.source,
            }
            for case, row in zip(cases, found, strict=False)
        ]  # fmt: skip
        return {"items": items, "next": cases[-1].number if more and cases else None}

    async def waiting(self, connection: AsyncConnection) -> list[Case]:
        """Cases that wait."""
        query = sa.text("SELECT * FROM help_case WHERE state = 'waiting'")
        return [rows.case_from(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def on_rows(self, connection: AsyncConnection, cases: Sequence[Case]) -> dict[UUID, dict[str, Any]]:
        """Of everybody these cases name what a line of the board shows: name and district."""
        members = {case.member_id for case in cases if case.member_id}
        if not members:
            return {}
        query = sa.text("""
            SELECT m.id, m.name, d.name AS district FROM member m LEFT JOIN district d ON d.id = m.district_id
            WHERE m.id = ANY(CAST(:members AS uuid[]))
        """)
        return {
            row.id: {"name": row.name, "district": row.district} for row in await connection.execute(query, {"members": members})
        }

    async def board(self, connection: AsyncConnection) -> tuple[list[Case], dict[UUID, dict[str, Any]], dict[UUID, str]]:
        """Live and red cases, the people in them, and the names of the agents at work on them."""
        query = sa.text("SELECT * FROM help_case WHERE red OR state IN ('waiting', 'talking', 'wrap_up', 'callback')")
        cases = [rows.case_from(dict(row)) for row in (await connection.execute(query)).mappings()]
        people = await self.people(connection, cases)
        return cases, people, await names_of(connection, [case.agent_id for case in cases if case.agent_id])

    async def open_tasks(self, connection: AsyncConnection) -> list[tuple[Task, Case]]:
        """Call-backs that are still owed, with their cases."""
        query = sa.text("""
            SELECT to_jsonb(t) AS the_task, to_jsonb(c) AS the_case
            FROM task t JOIN help_case c ON c.id = t.case_id WHERE t.state <> 'done'
        """)
        return [(rows.task_from(row.the_task), rows.case_from(row.the_case)) for row in await connection.execute(query)]


def positions(cases: Sequence[Case], queues: Mapping[UUID, Queue], now: datetime) -> dict[UUID, int]:
    """Place in the queue of every waiting case, 1 = next. Who is told that the line is closed stands in none."""
    waiting = [
        Waiting(
            case.id, case.kind, case.level, case.waiting_since or case.opened_at,
            queue=queues.get(case.queue_id) if case.queue_id else None, parked=case.parked_at is not None,
        )
        for case in cases
        if case.state == "waiting" and case.opens_at is None
    ]  # fmt: skip
    return {entry.case_id: place for place, entry in enumerate(order(waiting, now), start=1)}


async def names_of(connection: AsyncConnection, agents: Sequence[UUID]) -> dict[UUID, str]:
    """Names of these agents."""
    if not agents:
        return {}
    query = sa.select(tables.agent.c.id, tables.agent.c.name).where(tables.agent.c.id.in_(set(agents)))
    return {row.id: row.name for row in await connection.execute(query)}


def _moment(value: Any) -> datetime:
    moment = rows.time(value)
    assert moment is not None
    return moment
