"""The demo centre's one subscription: switched off, and leading nowhere."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.connections.webhooks import HORIZON, new_secret
from callcenter.db.tables import agent, member
from callcenter.db.webhook_tables import webhook

SUBSCRIPTION = UUID("5e0c1f4e-8f0b-4a8e-9a51-0f3f5d1a7d10")
NOWHERE = "https://platform.invalid/callcenter/events"  # .invalid resolves nowhere (RFC 2606)


async def load_demo_connections(engine: AsyncEngine) -> bool:
    """Put it beside the demo's members, once. True when it was put now."""
    async with engine.begin() as connection:
        is_demo = await connection.scalar(sa.select(member.c.id).where(member.c.external_ref.like("DEMO-%")).limit(1))
        by = await connection.scalar(sa.select(agent.c.id).where(agent.c.role == "administrator", agent.c.active).limit(1))
        if is_demo is None or by is None or await connection.scalar(sa.select(webhook.c.id).limit(1)) is not None:
            return False
        values = {
            "id": SUBSCRIPTION, "name": "街道养老平台(演示)", "url": NOWHERE, "secret": new_secret(), "persons": False,
            "active": False,
            "events": ["case.opened", "case.closed", "escalation.exhausted", "order.*"], "created_by": by,
            "horizon": await connection.scalar(HORIZON),
        }  # fmt: skip
        await connection.execute(insert(webhook).values(values).on_conflict_do_nothing())
    return True
