"""The rules as a text that everybody has signed (W-10): published in versions, signed once by each person for each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.agents import Session
from callcenter.db.conduct_tables import rules_signature, rules_text
from callcenter.db.tables import agent
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.today import today_in

Json = dict[str, Any]
LEADERS = frozenset({"supervisor", "department_head", "administrator", "auditor"})
"""They see who has not signed."""


@dataclass(frozen=True)
class RulesText:
    """Reads, publishes, signs. ``zone``: IANA name, for which day it is."""

    engine: AsyncEngine
    zone: str

    async def page(self, who: Session) -> Json:
        """``{current, signed_at, versions, missing}``: the version that counts today, when this person signed it, and for leaders
        who has not."""
        async with self.engine.connect() as connection:
            return await self._page(connection, who)

    async def publish(self, who: Session, title: str, text: str, valid_from: date) -> Json:
        """A new version, from today or later. Raises Refused."""
        if valid_from < today_in(self.zone):
            raise Refused("not_backwards", "制度不能追溯生效。没有发布。", "Rules do not count backwards; nothing was published.",
                          rule="W-10", status=422)  # fmt: skip
        async with self.engine.begin() as connection:
            version = (await connection.scalar(sa.select(sa.func.max(rules_text.c.version))) or 0) + 1
            values = {"version": version, "title": title, "text": text, "valid_from": valid_from, "published_by": who.agent_id}
            try:
                await connection.execute(sa.insert(rules_text).values(values))
            except IntegrityError:
                raise Refused(
                    "published_meanwhile", "别人刚发布了新版本。", "Somebody has just published one.", rule="W-10"
                ) from None
            return await self._page(connection, who)

    async def sign(self, who: Session, version: int, name: str) -> Json:
        """This person has read it. Signed twice it is one signature. Raises Refused for what is not the version of today."""
        async with self.engine.begin() as connection:
            current = await self._current(connection)
            if current is None or current["version"] != version:
                raise Refused("other_version", "这不是现行的制度版本。", "It is not the version that counts today.",
                              remedy_zh="请阅读现行版本后签收。", remedy_en="Sign the current one.", rule="W-10")  # fmt: skip
            if name != who.name:
                raise Refused("sign_with_name", f"请签本人姓名:{who.name}。", f"Sign with your own name: {who.name}.", rule="W-10",
                              status=422)  # fmt: skip
            values = {"version": version, "agent_id": who.agent_id, "name": name}
            await connection.execute(insert(rules_signature).values(values).on_conflict_do_nothing())
            return await self._page(connection, who)

    async def _page(self, connection: AsyncConnection, who: Session) -> Json:
        current = await self._current(connection)
        signed_at, missing = None, []
        if current is not None:
            own = (rules_signature.c.version == current["version"], rules_signature.c.agent_id == who.agent_id)
            signed_at = iso(await connection.scalar(sa.select(rules_signature.c.signed_at).where(*own)))
            if who.role in LEADERS:
                missing = await _missing(connection, current["version"])
        count = sa.select(sa.func.count()).where(rules_signature.c.version == rules_text.c.version).scalar_subquery()
        query = sa.select(rules_text, agent.c.name.label("by"), count.label("signatures")).join(agent)
        rows = (await connection.execute(query.order_by(rules_text.c.version.desc()))).mappings()
        return {
            "current": current["version"] if current else None, "signed_at": signed_at, "missing": missing,
            "versions": [
                {
                    "version": row["version"], "title": row["title"], "text": row["text"],
                    "valid_from": row["valid_from"].isoformat(), "by": row["by"], "at": iso(row["published_at"]),
                    "signatures": row["signatures"],
                }
                for row in rows
            ],
        }  # fmt: skip

    async def _current(self, connection: AsyncConnection) -> sa.RowMapping | None:
        query = sa.select(rules_text).where(rules_text.c.valid_from <= today_in(self.zone))
        latest = query.order_by(rules_text.c.valid_from.desc(), rules_text.c.version.desc()).limit(1)
        return (await connection.execute(latest)).mappings().one_or_none()


async def _missing(connection: AsyncConnection, version: int) -> list[Json]:
    signed = sa.select(rules_signature.c.agent_id).where(rules_signature.c.version == version)
    query = sa.select(agent.c.id, agent.c.name, agent.c.role).where(agent.c.active, agent.c.id.not_in(signed))
    rows = await connection.execute(query.order_by(agent.c.role, agent.c.name))
    return [{"id": str(row.id), "name": row.name, "role": row.role} for row in rows]
