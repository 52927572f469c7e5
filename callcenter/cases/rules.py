"""The centre's own limits of rules and its delegates: dated rows, never changed, each with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.db.access import note_access
from callcenter.db.agents import Session, agent_of
from callcenter.db.papers import overrides_from
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.regulations import limits
from callcenter.domain.regulations.book import RULES
from callcenter.today import today_in


@dataclass(frozen=True)
class Rules:
    """Reads and writes. ``zone``: IANA name, for what day it is."""

    engine: AsyncEngine
    zone: str

    async def table(self) -> list[dict[str, Any]]:
        """Every rule with its figures as they count today, and the centre's own rows of them, newest first."""
        table, today = tables.rule_limit, today_in(self.zone)
        query = sa.select(table, tables.agent.c.name.label("by")).join(tables.agent, tables.agent.c.id == table.c.set_by)
        async with self.engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(query.order_by(table.c.valid_from, table.c.id))).mappings()]
        own = overrides_from(rows)
        return [
            {
                "id": rule.id, "zh": rule.zh, "en": rule.en, "valid_from": rule.valid_from.isoformat(),
                "limits": [
                    {
                        "name": limit.name, "zh": limit.zh, "en": limit.en, "unit": limit.unit, "default": limit.value,
                        "value": limits.value(own, rule.id, limit.name, today), "least": limit.least, "most": limit.most,
                        "changes": [
                            {
                                "value": row["limit_value"], "valid_from": row["valid_from"].isoformat(), "reason": row["reason"],
                                "by": row["by"], "at": iso(row["set_at"]),
                            }
                            for row in reversed(rows)
                            if (row["rule"], row["name"]) == (rule.id, limit.name)
                        ],
                    }
                    for limit in rule.limits
                ],
            }
            for rule in RULES
        ]  # fmt: skip

    async def set_limit(self, who: Session, rule: str, name: str, value: float, valid_from: date, reason: str) -> None:
        """A figure of the centre's own from a day on, today or later: what was decided on before stays as it was."""
        limits.check(rule, name, value)
        if valid_from < today_in(self.zone):
            raise Refused(
                "not_backwards", "限值不能追溯生效,没有改动。", "A limit does not count backwards; nothing was changed.",
                remedy_zh="请选择今天或以后的日期。", remedy_en="Choose today or later.", rule=rule, status=422,
            )  # fmt: skip
        async with self.engine.begin() as connection:
            await connection.execute(
                sa.insert(tables.rule_limit).values(
                    rule=rule, name=name, limit_value=value, valid_from=valid_from, reason=reason, set_by=who.agent_id
                )
            )
            await note_access(connection, who.agent_id, "limit_set", f"{rule}.{name}", {"value": value, "from": str(valid_from)})

    async def delegates(self) -> list[dict[str, Any]]:
        """The register of delegates, newest first."""
        table, person, by = tables.delegate, tables.agent.alias(), tables.agent.alias()
        query = (
            sa.select(table, person.c.name.label("name"), by.c.name.label("by"))
            .join(person, person.c.id == table.c.agent_id)
            .join(by, by.c.id == table.c.named_by)
            .order_by(table.c.named_at.desc())
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            {
                "id": str(row["id"]), "agent_id": str(row["agent_id"]), "name": row["name"],
                "valid_from": row["valid_from"].isoformat(), "valid_until": row["valid_until"].isoformat(),
                "reason": row["reason"], "by": row["by"], "at": iso(row["named_at"]),
            }
            for row in rows
        ]  # fmt: skip

    async def name_delegate(self, who: Session, agent_id: UUID, valid_from: date, valid_until: date, reason: str) -> None:
        """Who may sign for the head on these days (R-11)."""
        if valid_until < valid_from or valid_from < today_in(self.zone):
            raise Refused(
                "delegate_days", "代理日期须从今天或以后开始,且不早于开始日结束。",
                "The days begin today or later, and end after they begin.",
                rule="R-11", status=422,
            )  # fmt: skip
        async with self.engine.begin() as connection:
            person = await agent_of(connection, agent_id)
            if person is None or not person.active or person.role in ("administrator", "auditor"):
                raise Refused("no_such_colleague", "没有这位同事。", "There is no such colleague.", rule="R-11", status=422)
            await connection.execute(
                sa.insert(tables.delegate).values(
                    id=uuid4(), agent_id=agent_id, valid_from=valid_from, valid_until=valid_until, reason=reason,
                    named_by=who.agent_id,
                )
            )  # fmt: skip
            await note_access(connection, who.agent_id, "delegate_named", str(agent_id), {"from": str(valid_from)})
