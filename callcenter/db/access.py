"""The trace of who read what about whom. It is written before the answer leaves: no reading without a line here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import access

ONE_READING = timedelta(minutes=10)


async def note_access(
    connection: AsyncConnection, agent_id: UUID, action: str, subject: str, data: Mapping[str, Any] | None = None
) -> None:
    """Journal one reading or change: ``action`` of ``agent_id`` on ``subject`` (an id, never a name)."""
    await connection.execute(sa.insert(access).values(agent_id=agent_id, action=action, subject=subject, data=dict(data or {})))


async def note_access_once(
    connection: AsyncConnection, agent_id: UUID, action: str, subject: str, data: Mapping[str, Any] | None = None
) -> None:
    """As note_access, but what one person does with one subject within ten minutes is one line."""
    already = sa.select(access.c.id).where(
        access.c.agent_id == agent_id,
        access.c.action == action,
        access.c.subject == subject,
        access.c.at > sa.func.now() - ONE_READING,
    )
    if await connection.scalar(already.limit(1)) is None:
        await note_access(connection, agent_id, action, subject, data)
