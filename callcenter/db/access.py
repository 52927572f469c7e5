"""The trace of who read what about whom. It is written before the answer leaves: no reading without a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import access


async def note_access(
    connection: AsyncConnection, agent_id: UUID, action: str, subject: str, data: Mapping[str, Any] | None = None
) -> None:
    """Journal one reading or change: ``action`` of ``agent_id`` on ``subject`` (an id, never a name)."""
    await connection.execute(sa.insert(access).values(agent_id=agent_id, action=action, subject=subject, data=dict(data or {})))
