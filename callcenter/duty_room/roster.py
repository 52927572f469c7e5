"""The roster (S-9): who is on duty when, by the week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.duty_room_tables import roster_turn
from callcenter.db.duty_rows import turn_to, turns_between
from callcenter.db.tables import agent, duty_phone, seat
from callcenter.domain.clock import iso
from callcenter.domain.duty_roster import Turn, checked, clashes, gaps, moved, week_of
from callcenter.domain.errors import Refused
from callcenter.domain.roles import ON_CALL


@dataclass(frozen=True)
class Roster:
    """Reads and changes it; every change gives back the week it lies in. ``zone``: the centre's."""

    engine: AsyncEngine
    zone: str

    async def week(self, day: date | None) -> dict[str, Any]:
        """``{monday, turns, gaps, clashes, people, phones, seats}`` of the week of ``day`` (today's without one)."""
        async with self.engine.connect() as connection:
            return await self._week(connection, day)

    async def put(self, by: UUID, turn_id: UUID | None, turn: Turn) -> dict[str, Any]:
        """A new turn, or another in place of ``turn_id``. Raises Refused."""
        turn = checked(replace(turn, id=turn_id or uuid4()))
        async with self.engine.begin() as connection:
            if turn_id is not None:
                await _remove(connection, turn_id)
            try:
                await connection.execute(sa.insert(roster_turn).values(**turn_to(turn, by)))
            except IntegrityError:
                raise Refused(
                    "not_found", "没有这个人或这部值班电话。没有改动排班。",
                    "There is no such person or duty phone. The roster was not changed.", rule="S-9", status=404,
                ) from None  # fmt: skip
            await note_access(connection, by, "roster_changed", str(turn.id))
            return await self._week(connection, turn.begins.astimezone(ZoneInfo(self.zone)).date())

    async def remove(self, by: UUID, turn_id: UUID) -> dict[str, Any]:
        """Without it; the duty phones ring in their order."""
        async with self.engine.begin() as connection:
            began = await _remove(connection, turn_id)
            await note_access(connection, by, "roster_removed", str(turn_id))
            return await self._week(connection, began.astimezone(ZoneInfo(self.zone)).date())

    async def copy_week(self, by: UUID, source: date, target: date) -> dict[str, Any]:
        """Every turn that begins in the week of ``source`` once more in that of ``target``, which must be empty. Raises Refused."""
        zone = ZoneInfo(self.zone)
        old, new = week_of(source, zone), week_of(target, zone)
        days = (new[0].date() - old[0].date()).days
        async with self.engine.begin() as connection:
            await connection.execute(sa.text("LOCK TABLE roster_turn IN SHARE ROW EXCLUSIVE MODE"))
            turns = [turn for turn in await turns_between(connection, *old) if turn.begins >= old[0]]
            if any(turn.begins >= new[0] for turn in await turns_between(connection, *new)):
                raise Refused(
                    "week_not_empty", "目标周已有排班,没有复制。", "That week has turns already; nothing was copied.",
                    remedy_zh="请先删除目标周的班次。", remedy_en="Remove its turns first.", rule="S-9",
                )  # fmt: skip
            for turn in turns:
                await connection.execute(sa.insert(roster_turn).values(**turn_to(moved(turn, days, zone, uuid4()), by)))
            await note_access(
                connection, by, "roster_copied", target.isoformat(), {"from": source.isoformat(), "turns": len(turns)}
            )
            return await self._week(connection, target)

    async def _week(self, connection: AsyncConnection, day: date | None) -> dict[str, Any]:
        now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
        zone = ZoneInfo(self.zone)
        begins, ends = week_of(day or now.astimezone(zone).date(), zone)
        turns = await turns_between(connection, begins, ends)
        phones = list(await connection.execute(sa.select(duty_phone).order_by(duty_phone.c.position)))
        people = list(
            await connection.execute(sa.select(agent.c.id, agent.c.name, agent.c.role, agent.c.active).order_by(agent.c.name))
        )
        seats = await connection.execute(sa.select(seat.c.extension, seat.c.name).order_by(seat.c.extension))
        names = {row.id: row.name for row in people}
        ahead = max(begins, min(now, ends))  # what is over needs nobody any more
        return {
            "monday": begins.date().isoformat(),
            "turns": [_json(turn, names) for turn in turns],
            "gaps": [
                {"begins_at": iso(gap.begins), "ends_at": iso(gap.ends), "no_phone": gap.no_phone}
                for gap in (gaps(turns, ahead, ends, [phone.id for phone in phones if phone.active]) if ahead < ends else ())
            ],
            "clashes": [{"why": clash.why, "turns": [str(clash.first), str(clash.second)]} for clash in clashes(turns)],
            "people": [
                {"id": str(row.id), "name": row.name, "role": row.role} for row in people if row.active and row.role in ON_CALL
            ],
            "phones": [{"id": str(row.id), "name": row.name, "active": row.active} for row in phones],
            "seats": [{"extension": row.extension, "name": row.name} for row in seats],
        }


def _json(turn: Turn, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(turn.id), "post": turn.post, "agent_id": str(turn.person), "name": names.get(turn.person, ""),
        "phone_id": str(turn.phone) if turn.phone else None, "seat": turn.seat, "begins_at": iso(turn.begins),
        "ends_at": iso(turn.ends),
    }  # fmt: skip


async def _remove(connection: AsyncConnection, turn_id: UUID) -> datetime:
    query = sa.delete(roster_turn).where(roster_turn.c.id == turn_id).returning(roster_turn.c.begins_at)
    began: datetime | None = await connection.scalar(query)
    if began is None:
        raise Refused("not_found", "没有这个班次。", "There is no such turn.", rule="S-9", status=404)
    return began
