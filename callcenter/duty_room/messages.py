"""Messages between departments (T-2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.duty_room_tables import duty_message
from callcenter.db.tables import agent, department
from callcenter.domain import duty_message as rules
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

SHOWN = 200


@dataclass(frozen=True)
class Messages:
    """Everybody sees what they wrote and what is for them; leaders see all."""

    engine: AsyncEngine

    async def all(self, who: Session) -> dict[str, Any]:
        """``{messages, departments, people}``, what is not acknowledged first, then the latest."""
        async with self.engine.connect() as connection:
            return await self._all(connection, who)

    async def send(
        self, by: Session, *, department_id: UUID | None, agent_id: UUID | None, text: str, hours: float
    ) -> dict[str, Any]:
        """To one department or one person, to be acknowledged within ``hours``."""
        async with self.engine.begin() as connection:
            now = await _clock(connection)
            values = {
                "id": uuid4(), "written_at": now, "written_by": by.agent_id, "department_id": department_id, "agent_id": agent_id,
                "text": text, "due_at": now + timedelta(hours=hours), "state": "sent",
            }  # fmt: skip
            try:
                await connection.execute(sa.insert(duty_message).values(**values))
            except IntegrityError:
                raise Refused(
                    "not_found", "没有这个部门或人员。没有发送。",
                    "There is no such department or person; nothing was sent.", rule="T-2", status=404,
                ) from None  # fmt: skip
            await note_access(connection, by.agent_id, "message_sent", str(values["id"]))
            return await self._all(connection, by)

    async def read(self, by: Session, message_id: UUID) -> dict[str, Any]:
        """Seen by its recipient."""
        return await self._move(by, message_id, "message_read", lambda m, now: rules.read(m, by.agent_id, _role(by), now))

    async def acknowledge(self, by: Session, message_id: UUID, reply: str) -> dict[str, Any]:
        """Taken over by its recipient, with what they say."""
        move = lambda m, now: rules.acknowledge(m, by.agent_id, _role(by), reply, now)  # noqa: E731 - one line, one use
        return await self._move(by, message_id, "message_acknowledged", move)

    async def _move(
        self, by: Session, message_id: UUID, action: str, move: Callable[[rules.Message, datetime], rules.Message]
    ) -> dict[str, Any]:
        async with self.engine.begin() as connection:
            query = sa.select(duty_message).where(duty_message.c.id == message_id).with_for_update()
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                raise Refused("not_found", "没有这条消息。", "There is no such message.", rule="T-2", status=404)
            before = _from(row)
            after = move(before, await _clock(connection))
            if after != before:
                changes = {field.name: getattr(after, field.name) for field in fields(after) if field.name not in _OTHER_NAMES}
                await connection.execute(sa.update(duty_message).where(duty_message.c.id == message_id).values(**changes))
                await note_access(connection, by.agent_id, action, str(message_id))
            return await self._all(connection, by)

    async def _all(self, connection: AsyncConnection, who: Session) -> dict[str, Any]:
        now, role = await _clock(connection), _role(who)
        people = list(
            await connection.execute(sa.select(agent.c.id, agent.c.name, agent.c.role, agent.c.active).order_by(agent.c.name))
        )
        departments = list(await connection.execute(sa.select(department.c.id, department.c.name).order_by(department.c.name)))
        names = {row.id: row.name for row in (*people, *departments)}
        query = (
            sa.select(duty_message).order_by(duty_message.c.state == "acknowledged", duty_message.c.written_at.desc()).limit(SHOWN)
        )
        if role not in rules.FOR_DEPARTMENTS:
            query = query.where(sa.or_(duty_message.c.agent_id == who.agent_id, duty_message.c.written_by == who.agent_id))
        found = []
        for row in (await connection.execute(query)).mappings():
            one = _from(row)
            found.append(
                {
                    "id": str(one.id),
                    "written_at": iso(row["written_at"]),
                    "from": names.get(one.written_by, ""),
                    "to": names.get(one.department or one.person, ""),
                    "text": one.text,
                    "due_at": iso(one.due_at),
                    "state": one.state,
                    "read_at": iso(one.read_at),
                    "read_by": names.get(one.read_by),
                    "acknowledged_at": iso(one.acknowledged_at),
                    "acknowledged_by": names.get(one.acknowledged_by),
                    "reply": one.reply,
                    "overdue": rules.overdue(one, now),
                    "mine": rules.is_for(one, who.agent_id, role),
                }
            )
        return {
            "messages": found,
            "departments": [{"id": str(row.id), "name": row.name} for row in departments],
            "people": [{"id": str(row.id), "name": row.name, "role": row.role} for row in people if row.active],
        }


_OTHER_NAMES = ("id", "department", "person", "written_by", "text", "due_at")


def _from(row: Any) -> rules.Message:
    plain = {field.name: row[field.name] for field in fields(rules.Message) if field.name not in ("department", "person")}
    return rules.Message(department=row["department_id"], person=row["agent_id"], **plain)


def _role(who: Session) -> Any:
    return who.role


async def _clock(connection: AsyncConnection) -> datetime:
    now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    return now
