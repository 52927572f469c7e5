"""What people contribute (W-5): anybody proposes a key number, a resource or a script; the supervisor takes it over or says why
not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.agents import Session
from callcenter.db.conduct_tables import contribution as table
from callcenter.db.tables import agent
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

Json = dict[str, Any]
Kind = Literal["key_number", "resource", "script"]
AddRecord = Callable[[str, Mapping[str, str], UUID], Awaitable[dict[str, Any]]]
"""``(noun, cells, by)``: a new row of the catalogue; raises Refused."""
SHOWN = 200


@dataclass(frozen=True)
class Contributions:
    """Reads, adds, decides. ``add_record``: how a row of the catalogue is made."""

    engine: AsyncEngine
    add_record: AddRecord

    async def all(self) -> list[Json]:
        """What waits first, then the latest."""
        async with self.engine.connect() as connection:
            return await _all(connection)

    async def scripts(self) -> list[Json]:
        """Accepted scripts as the console's script card shows them: in any conversation, below the centre's own."""
        async with self.engine.connect() as connection:
            query = sa.select(table).where(table.c.kind == "script", table.c.state == "accepted").order_by(table.c.decided_at)
            rows = (await connection.execute(query)).mappings().all()
        return [
            {
                "id": f"own {row['id']}", "rule": "W-5", "title_zh": row["title"], "title_en": row["title"], "zh": row["text"],
                "en": row["text"], "states": ["talking"], "kinds": ["emergency", "life_help"], "needs": None, "first": False,
            }
            for row in rows
        ]  # fmt: skip

    async def propose(self, who: Session, kind: Kind, title: str, text: str, number: str) -> list[Json]:
        """One more. Raises Refused: a key number needs its number, the others their text."""
        if not (number if kind == "key_number" else text):
            raise Refused(
                "contribution_empty", "请填写电话或内容。没有提交。", "A number or a text is needed; nothing was sent.", rule="W-5",
                status=422,
            )  # fmt: skip
        values = {"id": uuid4(), "kind": kind, "title": title, "text": text, "number": number, "proposed_by": who.agent_id}
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(table).values(**values, state="proposed"))
            return await _all(connection)

    async def decide(self, who: Session, ident: UUID, *, accept: bool, reason: str, category: str) -> list[Json]:
        """Taken over into the catalogue (``category``: its kind there) or the scripts; or not, with the reason. Raises Refused."""
        if not accept and not reason:
            raise Refused("reason_needed", "请写明不采纳的原因。", "Say why it is not taken over.", rule="W-5", status=422)
        async with self.engine.begin() as connection:
            query = sa.select(table).where(table.c.id == ident).with_for_update()
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                raise Refused("not_found", "没有这条资料。", "There is no such contribution.", status=404)
            if row["state"] != "proposed":
                raise Refused("decided_already", "这条资料已经处理。", "It was decided already.", rule="W-5")
            record = await self._take_over(row, category, who) if accept else ""
            values = {
                "state": "accepted" if accept else "refused", "decided_by": who.agent_id, "reason": reason, "record": record,
                "decided_at": sa.func.clock_timestamp(),
            }  # fmt: skip
            await connection.execute(sa.update(table).where(table.c.id == ident).values(values))
            return await _all(connection)

    async def _take_over(self, row: sa.RowMapping, category: str, who: Session) -> str:
        if row["kind"] == "script":
            return ""
        # Its own number in the catalogue follows from its id: taken over twice, the second is refused there.
        ref = f"ZL{UUID(str(row['id'])).hex[:8].upper()}"
        cells = {"ref": ref, "name": row["title"], "kind": category, "number": row["number"]}
        if row["kind"] == "key_number":
            await self.add_record("key_numbers", {**cells, "remarks": row["text"]}, who.agent_id)
        else:
            more = {"owner": who.name, "published": "是", "description": row["text"]}
            await self.add_record("resources", {**cells, **more}, who.agent_id)
        return ref


async def _all(connection: AsyncConnection) -> list[Json]:
    by = agent.alias()
    query = (
        sa.select(table, agent.c.name.label("proposer"), by.c.name.label("decider"))
        .join(agent, agent.c.id == table.c.proposed_by)
        .outerjoin(by, by.c.id == table.c.decided_by)
        .order_by(table.c.state != "proposed", table.c.proposed_at.desc())
        .limit(SHOWN)
    )
    return [
        {
            "id": str(row["id"]), "kind": row["kind"], "title": row["title"], "text": row["text"], "number": row["number"],
            "state": row["state"], "by": row["proposer"], "at": iso(row["proposed_at"]), "decided_by": row["decider"],
            "decided_at": iso(row["decided_at"]), "reason": row["reason"], "record": row["record"],
        }
        for row in (await connection.execute(query)).mappings()
    ]  # fmt: skip
