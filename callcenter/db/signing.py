"""Who signs for the department today: its head, and who is named for the day (R-11)."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import delegate
from callcenter.today import today_in


async def may_sign_today(connection: AsyncConnection, agent_id: UUID, role: str, zone: str) -> bool:
    """``zone``: the centre's, for its day. What is signed is decided anew when it is (``domain/papers/development.py``)."""
    if role == "department_head":
        return True
    today = today_in(zone)
    named = sa.select(delegate.c.id).where(
        delegate.c.agent_id == agent_id, delegate.c.valid_from <= today, delegate.c.valid_until >= today
    )
    return await connection.scalar(named.limit(1)) is not None
