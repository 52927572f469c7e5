"""Queues read from their rows, and the pieces of SQL by which situation_sql.py asks about queues, skills and calendars."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import queue_tables, rows
from callcenter.db.link import statement
from callcenter.db.queue_tables import queue
from callcenter.domain.queues import Queue

# A seat with what routing asks of it; ``s`` is the row.
SEAT = """to_jsonb(s) - 'password' - 'browser_password' || jsonb_build_object(
    'queues', (SELECT coalesce(jsonb_agg(b.queue_id), '[]') FROM queue_seat b WHERE b.extension = s.extension),
    'skills', (SELECT coalesce(jsonb_agg(jsonb_build_array(k.kind, k.value)), '[]') FROM agent_skill k
        WHERE k.agent_id = s.agent_id))"""

# Whether the agent ``{agent}`` is at a seat and speaks, is rung, or writes.
BUSY = """EXISTS (SELECT 1 FROM seat f WHERE f.agent_id = {agent} AND f.presence IN ('offered', 'talking', 'wrap_up')
    AND f.console_until > clock_timestamp())"""

# Weight of a waiting call, as domain/queues.py counts it: only the order of what is read depends on it, never who is served.
WEIGHT = """LEAST(100, coalesce(q.priority, 0) + coalesce(q.ageing, 10)
    * extract(epoch FROM clock_timestamp() - coalesce(c.waiting_since, c.opened_at)) / 60)"""

# What the call of the case in ``h`` asks of a seat.
WANTED_BY = """
    SELECT h.queue_id AS queue, m.dialect, d.name AS district, h.familiar, q.service FROM h
    LEFT JOIN queue q ON q.id = h.queue_id LEFT JOIN member m ON m.id = h.member_id LEFT JOIN district d ON d.id = m.district_id
"""

# Seats that suit the call in ``wanted`` best: they must not be missed because others are idle for longer.
FITTING = """x.agent_id = (SELECT familiar FROM wanted)
    OR EXISTS (SELECT 1 FROM queue_seat b, wanted WHERE b.extension = x.extension AND b.queue_id = wanted.queue)
    OR EXISTS (SELECT 1 FROM agent_skill k, wanted WHERE k.agent_id = x.agent_id
        AND (k.kind = 'dialect' AND k.value = wanted.dialect OR k.kind = 'district' AND k.value = wanted.district
        OR k.kind = 'service' AND k.value = wanted.service))"""


async def seat_event(
    connection: AsyncConnection, extension: str, kind: str, agent: UUID | None, by: UUID | None, data: dict[str, Any]
) -> None:
    """What happened at a seat, for the record: who sat there, and who did it if it was somebody else."""
    await connection.execute(
        sa.insert(queue_tables.seat_event).values(extension=extension, kind=kind, agent_id=agent, by_id=by, data=data)
    )


SEAT_EVENT = statement("""
    INSERT INTO seat_event (extension, kind, agent_id, by_id, data)
    VALUES (:extension, :kind, CAST(:agent AS uuid), CAST(:by AS uuid), CAST(:data AS jsonb))
""")
"""The same for who speaks to the database by a Link."""


async def load_queues(connection: AsyncConnection) -> dict[UUID, Queue]:
    """All queues of the centre by id."""
    found = await connection.execute(sa.select(queue))
    return {row["id"]: rows.queue_from(dict(row)) for row in found.mappings()}
