"""Work orders as figures: who has how much work and how good it was (for domain/providers.py), who gave what to whom (W-7); and who
of the leaders may say yes (F-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import tables
from callcenter.db.assessment import records
from callcenter.db.providers import Load, candidates
from callcenter.domain.assessment import Record
from callcenter.domain.providers import Candidate, Given
from callcenter.today import today_in

# Orders of the last 30 days and those that are not done.
_LOADS = sa.text("""
    WITH orders AS (
        SELECT coalesce(data ->> 'provider_id', data ->> 'worker_id')::uuid AS who, state,
            (data ->> 'assigned_at')::timestamptz AS given_at
        FROM paper WHERE noun = 'work_order' AND opened_at > now() - interval '90 days'
            AND coalesce(data ->> 'provider_id', data ->> 'worker_id') IS NOT NULL
    )
    SELECT who,
        count(*) FILTER (WHERE given_at > now() - interval '30 days' AND state <> 'cancelled') AS given,
        count(*) FILTER (WHERE state IN ('approval', 'assigned', 'printed', 'under_way', 'serving')) AS open,
        max(given_at) AS last
    FROM orders GROUP BY 1
""")


async def loads(connection: AsyncConnection, zone: str) -> dict[UUID, Load]:
    """By provider or worker, of those who have had orders or incidents. ``zone``: the centre's."""
    found = {row.who: Load(row.given, row.open, row.last) for row in await connection.execute(_LOADS)}
    known = await records(connection, today_in(zone), zone)
    return {who: replace(found.get(who, Load()), record=known.get(who, Record())) for who in {*found, *known}}


_GIVEN = sa.text("""
    SELECT (data ->> 'assigned_by')::uuid AS agent, coalesce(data ->> 'provider_id', data ->> 'worker_id')::uuid AS who,
        data ->> 'override_reason' <> '' AS overridden
    FROM paper WHERE noun = 'work_order' AND state <> 'cancelled' AND data ->> 'assigned_by' IS NOT NULL
        AND opened_at >= :since AND opened_at < :until
""")


async def given(connection: AsyncConnection, since: datetime, until: datetime) -> list[Given]:
    """Each order that somebody gave, from ``since`` to before ``until``."""
    rows = await connection.execute(_GIVEN, {"since": since, "until": until})
    return [Given(row.agent, row.who, row.overridden) for row in rows]


async def everybody(connection: AsyncConnection, case_id: UUID, zone: str) -> tuple[tuple[Candidate, ...], UUID | None]:
    """Who may be sent, with their orders of late; and the district of the case's member."""
    district = await connection.scalar(
        sa.select(tables.member.c.district_id)
        .join(tables.case, tables.case.c.member_id == tables.member.c.id)
        .where(tables.case.c.id == case_id)
    )
    return tuple(await candidates(connection, await loads(connection, zone))), district


async def leaders(connection: AsyncConnection, day: date) -> list[dict[str, str]]:
    """Who can say yes aloud (F-5): the head, the duty supervisors, and who is named for today."""
    agent, delegate = tables.agent, tables.delegate
    named = sa.select(delegate.c.agent_id).where(delegate.c.valid_from <= day, delegate.c.valid_until >= day)
    query = sa.select(agent.c.id, agent.c.name, agent.c.role).where(
        agent.c.active, sa.or_(agent.c.role.in_(("department_head", "supervisor")), agent.c.id.in_(named))
    )
    rows = await connection.execute(query.order_by(agent.c.role, agent.c.name))
    return [{"id": str(row.id), "name": row.name, "role": row.role} for row in rows]
