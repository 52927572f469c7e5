"""The due table, read by the lanes that carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Timer:
    """A timer of the due table. ``wait``: seconds until it is due, negative when it is late."""

    case_id: UUID
    kind: str
    data: dict[str, Any]
    due_at: datetime
    wait: float


async def due_timers(connection: AsyncConnection, ahead: float, lane: str) -> list[Timer]:
    """Timers of a lane that are due within ``ahead`` seconds, earliest first."""
    query = sa.text("""
        SELECT case_id, kind, data, due_at, extract(epoch FROM due_at - clock_timestamp())::float AS wait FROM timer
        WHERE lane = :lane AND due_at <= clock_timestamp() + make_interval(secs => :ahead) ORDER BY due_at LIMIT 200
    """)
    return [Timer(*row) for row in await connection.execute(query, {"ahead": ahead, "lane": lane})]
