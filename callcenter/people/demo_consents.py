"""What some of the demo's elders agreed to, and what one of them took back."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.consent_tables import consent
from callcenter.db.tables import agent, member

# Place among the demo's members → kind, given, how, days ago, note.
SAID: tuple[tuple[int, str, bool, str, int, str], ...] = (
    (0, "home_entry", True, "paper", 40, "邻居保管钥匙"),
    (0, "public_help", True, "paper", 40, ""),
    (0, "recording", True, "spoken", 40, ""),
    (1, "recording", False, "spoken", 12, "本人不愿录音"),
    (1, "family", True, "spoken", 12, ""),
    (2, "home_entry", True, "spoken", 60, ""),
    (2, "home_entry", False, "spoken", 5, "已换锁"),
    (3, "location", True, "electronic", 30, ""),
)


async def load_demo_consents(engine: AsyncEngine) -> bool:
    """Put them beside the demo's members, once. True when they were put now."""
    async with engine.begin() as connection:
        await connection.execute(sa.text("LOCK TABLE consent IN SHARE ROW EXCLUSIVE MODE"))
        query = sa.select(member.c.id, member.c.name).where(member.c.external_ref.like("DEMO-%")).order_by(member.c.external_ref)
        people = (await connection.execute(query.limit(4))).all()
        by = await connection.scalar(sa.select(agent.c.id).where(agent.c.role == "supervisor", agent.c.active).limit(1))
        if len(people) < 4 or by is None or await connection.scalar(sa.select(consent.c.id).limit(1)) is not None:
            return False
        versions: dict[tuple[int, str], int] = {}
        for place, kind, given, how, days, note in SAID:
            versions[place, kind] = versions.get((place, kind), 0) + 1
            values = {
                "member_id": people[place].id, "kind": kind, "version": versions[place, kind], "given": given, "how": how,
                "at": sa.func.now() - timedelta(days=days), "by_whom": people[place].name, "note": note, "agent_id": by,
            }  # fmt: skip
            await connection.execute(sa.insert(consent).values(**values))
    return True
