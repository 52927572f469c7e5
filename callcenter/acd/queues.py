"""The centre's queues, who serves them, what people can: changed by the administrator; a seat is moved by the supervisor too.

Every change is written down. What changes binds from the next matching pass on, which is at most a second away; nobody who waits
loses their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import tables
from callcenter.db.access import note_access
from callcenter.db.queues import seat_event
from callcenter.db.save import CHANNEL
from callcenter.domain.errors import Refused
from callcenter.domain.roles import SITTING

QUEUES_MOST, SKILLS_MOST = 50, 50
EVERY_INSTANCE = "-"  # a notice that no instance takes for its own: each shows the seat anew


@dataclass(frozen=True)
class Queues:
    """Reads and changes. Every change of a queue gives back all of them."""

    engine: AsyncEngine

    async def all(self) -> dict[str, Any]:
        """``{queues, seats: [{extension, name, queues}], agents: [{id, name, role, skills}], lines, values}``: the whole page.

        ``values``: dialects and districts that members have, and services that are in use, for choosing from.
        """
        async with self.engine.connect() as connection:
            return await _all(connection)

    async def add(self, by: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        """A new queue. Raises Refused ``queue_name_taken``, ``line_taken``, ``unknown_line``, ``too_many_queues``."""
        async with self.engine.begin() as connection:
            count = await connection.scalar(sa.select(sa.func.count()).select_from(tables.queue)) or 0
            if count >= QUEUES_MOST:
                raise Refused(
                    "too_many_queues", f"最多{QUEUES_MOST}个队列。", f"There are at most {QUEUES_MOST} queues.", status=422
                )
            await _check_lines(connection, None, values["kind"], values["lines"])
            queue_id = uuid4()
            await _named(connection.execute(sa.insert(tables.queue).values(id=queue_id, **values)))
            await note_access(connection, by, "queue_added", str(queue_id))
            return await _all(connection)

    async def change(self, by: UUID, queue_id: UUID, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """All of a queue anew. Raises Refused as ``add``, ``no_such_queue``, ``queue_changed`` for an old version."""
        queue = tables.queue
        async with self.engine.begin() as connection:
            today = await connection.scalar(sa.select(queue.c.version).where(queue.c.id == queue_id).with_for_update())
            if today is None:
                raise _no_queue()
            if today != version:
                raise Refused(
                    "queue_changed", "这个队列刚被别人修改过,您的修改没有保存。",
                    "Somebody else has just changed this queue; yours was not saved.",
                    remedy_zh="请刷新后再改。", remedy_en="Reload, then change it.",
                )  # fmt: skip
            await _check_lines(connection, queue_id, values["kind"], values["lines"])
            await _named(connection.execute(sa.update(queue).where(queue.c.id == queue_id).values(version=version + 1, **values)))
            await note_access(connection, by, "queue_changed", str(queue_id))
            return await _all(connection)

    async def remove(self, by: UUID, queue_id: UUID) -> dict[str, Any]:
        """Its calls wait on in the built-in queue of their kind; a seat that served nothing else serves all."""
        async with self.engine.begin() as connection:
            served = sa.select(tables.queue_seat.c.extension).where(tables.queue_seat.c.queue_id == queue_id)
            seats = list(await connection.scalars(served))
            gone = await connection.execute(sa.delete(tables.queue).where(tables.queue.c.id == queue_id))
            if not gone.rowcount:
                raise _no_queue()
            for extension in seats:
                await _show(connection, extension)
            await note_access(connection, by, "queue_removed", str(queue_id))
            return await _all(connection)

    async def move_seat(self, by: UUID, extension: str, queues: Sequence[UUID]) -> dict[str, Any]:
        """The queues that this seat serves from now on; none: all of them. The seat sees it, and who did it."""
        wanted = list(dict.fromkeys(queues))
        member, seat = tables.queue_seat, tables.seat
        async with self.engine.begin() as connection:
            row = (
                await connection.execute(sa.select(seat.c.agent_id).where(seat.c.extension == extension).with_for_update())
            ).one_or_none()
            if row is None:
                raise Refused("no_such_seat", f"没有坐席{extension}。", f"There is no seat {extension}.", status=404)
            known = set(await connection.scalars(sa.select(tables.queue.c.id).where(tables.queue.c.id.in_(wanted))))
            if known != set(wanted):
                raise _no_queue()
            before = sorted(
                str(each) for each in await connection.scalars(sa.select(member.c.queue_id).where(member.c.extension == extension))
            )
            if before == sorted(str(each) for each in wanted):
                return await _all(connection)
            await connection.execute(sa.delete(member).where(member.c.extension == extension))
            if wanted:
                await connection.execute(sa.insert(member), [{"queue_id": q, "extension": extension} for q in wanted])
            data = {"before": before, "queues": [str(each) for each in wanted]}
            await seat_event(connection, extension, "moved", row.agent_id, by, data)
            await _show(connection, extension)
            return await _all(connection)

    async def set_skills(self, by: UUID, agent_id: UUID, skills: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """What this person can, from now on. Raises Refused ``no_such_agent``."""
        skill, wanted = tables.agent_skill, list(dict.fromkeys(skills))
        async with self.engine.begin() as connection:
            query = sa.select(tables.agent.c.role).where(tables.agent.c.id == agent_id).with_for_update()
            if await connection.scalar(query) not in SITTING:
                raise Refused("no_such_agent", "没有这位座席人员。", "There is no such person at a seat.", status=404)
            await connection.execute(sa.delete(skill).where(skill.c.agent_id == agent_id))
            if wanted:
                values = [{"agent_id": agent_id, "kind": kind, "value": value} for kind, value in wanted]
                await connection.execute(insert(skill).on_conflict_do_nothing(), values)
            await note_access(connection, by, "skills_changed", str(agent_id))
            return await _all(connection)

    async def events(self, extension: str, limit: int) -> list[dict[str, Any]]:
        """What happened at a seat, newest first: ``[{at, kind, agent, by, data}]``."""
        query = sa.text("""
            SELECT e.at, e.kind, a.name AS agent, b.name AS by, e.data FROM seat_event e
            LEFT JOIN agent a ON a.id = e.agent_id LEFT JOIN agent b ON b.id = e.by_id
            WHERE e.extension = :extension ORDER BY e.id DESC LIMIT :limit
        """)
        async with self.engine.connect() as connection:
            found = await connection.execute(query, {"extension": extension, "limit": limit})
            return [{**row, "at": row["at"].isoformat()} for row in found.mappings()]


async def _all(connection: AsyncConnection) -> dict[str, Any]:
    queues = await connection.execute(sa.select(tables.queue).order_by(tables.queue.c.kind, tables.queue.c.name_zh))
    seats = await connection.execute(
        sa.text("""
            SELECT s.extension, s.name, coalesce(json_agg(b.queue_id) FILTER (WHERE b.queue_id IS NOT NULL), '[]') AS queues
            FROM seat s LEFT JOIN queue_seat b ON b.extension = s.extension GROUP BY s.extension, s.name ORDER BY s.extension
        """)
    )
    agents = await connection.execute(
        sa.text("""
            SELECT a.id, a.name, a.role, coalesce(json_agg(json_build_object('kind', k.kind, 'value', k.value)
                ORDER BY k.kind, k.value) FILTER (WHERE k.kind IS NOT NULL), '[]') AS skills
            FROM agent a LEFT JOIN agent_skill k ON k.agent_id = a.id
            WHERE a.active AND a.role IN ('seat', 'supervisor') GROUP BY a.id ORDER BY a.name
        """)
    )
    lines = await connection.execute(sa.select(tables.line).order_by(tables.line.c.number))
    values = await connection.execute(
        sa.text("""
            SELECT (SELECT coalesce(json_agg(DISTINCT dialect), '[]') FROM (SELECT dialect FROM member WHERE dialect <> ''
                    UNION SELECT value FROM agent_skill WHERE kind = 'dialect') d) AS dialect,
                (SELECT coalesce(json_agg(name ORDER BY name), '[]') FROM district) AS district,
                (SELECT coalesce(json_agg(DISTINCT service), '[]') FROM (SELECT service FROM queue WHERE service <> ''
                    UNION SELECT value FROM agent_skill WHERE kind = 'service') s) AS service
        """)
    )
    return {
        "queues": [{str(key): value for key, value in row.items()} | {"id": str(row["id"])} for row in queues.mappings()],
        "seats": [dict(row) for row in seats.mappings()],
        "agents": [{**row, "id": str(row["id"])} for row in agents.mappings()],
        "lines": [{"number": row["number"], "kind": row["kind"], "name": row["name"]} for row in lines.mappings()],
        "values": dict(values.mappings().one()),
    }


async def _check_lines(connection: AsyncConnection, queue_id: UUID | None, kind: str, lines: Sequence[str]) -> None:
    """A line leads into one queue, of its own kind."""
    known = {row.number: row.kind for row in await connection.execute(sa.select(tables.line.c.number, tables.line.c.kind))}
    for number in lines:
        if known.get(number) != kind:
            raise Refused(
                "unknown_line", f"{number}不是这一类的线路。", f"{number} is no line of this kind.", status=422,
                remedy_zh="请从列表中选择线路。", remedy_en="Choose lines from the list.",
            )  # fmt: skip
    queue = tables.queue.c
    others = await connection.execute(sa.select(queue.name_zh, queue.lines).where(queue.id != queue_id, queue.kind == kind))
    if queue_id is None:
        others = await connection.execute(sa.select(queue.name_zh, queue.lines).where(queue.kind == kind))
    for row in others:
        taken = sorted(set(row.lines) & set(lines))
        if taken or (not row.lines and not lines):
            what = "、".join(taken) or "其余线路"
            raise Refused(
                "line_taken", f"{what}已属于队列“{row.name_zh}”。", f"These lines lead into another queue: {row.name_zh}.",
                remedy_zh="一条线路只能进入一个队列。", remedy_en="A line leads into one queue.", status=409,
            )  # fmt: skip


async def _named(statement: Any) -> None:
    try:
        await statement
    except IntegrityError as error:
        raise Refused("queue_name_taken", "已有同名队列。", "There is a queue of this name.", status=409) from error


async def _show(connection: AsyncConnection, extension: str) -> None:
    seat = tables.seat
    await connection.execute(sa.update(seat).where(seat.c.extension == extension).values(version=seat.c.version + 1))
    await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, f"{EVERY_INSTANCE} seat {extension}")))


def _no_queue() -> Refused:
    return Refused("no_such_queue", "没有这个队列。", "There is no such queue.", status=404)
