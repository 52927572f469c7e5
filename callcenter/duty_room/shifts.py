"""Shifts, their hand-over, and the duty log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.duty_room_tables import duty_entry, duty_shift
from callcenter.db.duty_rows import shift_from, shift_to, unfinished_shifts
from callcenter.db.tables import agent
from callcenter.domain import duty_shift as rules
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.duty_room.facts import facts_between
from callcenter.duty_room.open_items import open_items

PAGE = 50


@dataclass(frozen=True)
class Shifts:
    """``zone``: the centre's time zone; ``words``: how warnings are called."""

    engine: AsyncEngine
    zone: str
    words: dict[str, tuple[str, str]]

    async def now(self) -> dict[str, Any]:
        """``{shifts}``: those that run or wait for the next, the oldest first, each whole but for its log."""
        async with self.engine.connect() as connection:
            now = await _clock(connection)
            names = await _names(connection)
            return {"shifts": [_json(shift, names, now) for shift in await unfinished_shifts(connection)]}

    async def page(self, before: datetime | None) -> list[dict[str, Any]]:
        """Shifts that are over, the latest first."""
        query = sa.select(duty_shift).where(duty_shift.c.state == "acknowledged").order_by(duty_shift.c.began_at.desc()).limit(PAGE)
        if before is not None:
            query = query.where(duty_shift.c.began_at < before)
        async with self.engine.connect() as connection:
            now, names = await _clock(connection), await _names(connection)
            return [_json(shift_from(row), names, now) for row in (await connection.execute(query)).mappings()]

    async def begin(self, by: Session, place: str) -> dict[str, Any]:
        """A new shift at ``place``. Raises Refused while one runs there."""
        async with self.engine.begin() as connection:
            shift = rules.Shift(uuid4(), place, by.agent_id, "open", await _clock(connection))
            try:
                async with connection.begin_nested():
                    await connection.execute(sa.insert(duty_shift).values(**shift_to(shift)))
            except IntegrityError:
                raise Refused(
                    "shift_runs", f"{place}已有人值班,没有开始新的一班。", f"There is a shift at {place} already; none was begun.",
                    remedy_zh="请先交班;值班人已离开的,可代为交班并写明原因。",
                    remedy_en="Hand it over first; of somebody who has gone, on their behalf and saying why.", rule="T-1",
                ) from None  # fmt: skip
            await note_access(connection, by.agent_id, "shift_begun", str(shift.id))
            return await self._whole(connection, shift.id, by)

    async def hand_over(self, by: Session, shift_id: UUID, *, signer: str, note: str) -> dict[str, Any]:
        """The note is signed, and what the system knows is frozen beside it."""
        async with self.engine.begin() as connection:
            now = await _clock(connection)
            shift = rules.hand_over(await _locked(connection, shift_id), by.agent_id, signer, note, now)
            values = shift_to(shift) | {
                "open_items": await open_items(connection, shift.began_at, self.words),
                "facts": await facts_between(connection, shift.began_at, now, ZoneInfo(self.zone)),
            }
            await self._keep(connection, shift, values, by, "shift_handed_over")
            return await self._whole(connection, shift_id, by)

    async def acknowledge(self, by: Session, shift_id: UUID, *, receiver: str, remark: str) -> dict[str, Any]:
        """The next person has read it."""
        async with self.engine.begin() as connection:
            now = await _clock(connection)
            shift = rules.acknowledge(await _locked(connection, shift_id), by.agent_id, receiver, remark, now)
            await self._keep(connection, shift, shift_to(shift), by, "shift_acknowledged")
            return await self._whole(connection, shift_id, by)

    async def write(
        self, by: Session, shift_id: UUID, *, kind: rules.Kind, text: str, at: datetime | None, corrects: int | None
    ) -> dict[str, Any]:
        """One more entry. Nothing is changed: a correction names the entry that it corrects."""
        async with self.engine.begin() as connection:
            now = await _clock(connection)
            shift = await _locked(connection, shift_id)
            if corrects is None and shift.state != "open":
                raise Refused(
                    "shift_is_over", "本班已经交班,不能再新增记录。没有写入。", "This shift is handed over; nothing was written.",
                    remedy_zh="请写在当前的班次里;写错的可以更正。",
                    remedy_en="Write into the shift that runs; what is wrong can be corrected.",
                    rule="T-6",
                )  # fmt: skip
            if corrects is not None:
                old = sa.select(duty_entry.c.id).where(duty_entry.c.id == corrects, duty_entry.c.shift_id == shift_id)
                if await connection.scalar(old) is None:
                    raise Refused("not_found", "本班没有这条记录。", "This shift has no such entry.", rule="T-6", status=404)
            values = {"shift_id": shift_id, "agent_id": by.agent_id, "kind": kind, "text": text, "corrects": corrects}
            await connection.execute(sa.insert(duty_entry).values(**values, at=rules.entry_time(shift, at, now), written_at=now))
            return await self._whole(connection, shift_id, by)

    async def whole(self, by: Session, shift_id: UUID) -> dict[str, Any]:
        """The shift with its log; the reading of a signed page is journalled."""
        async with self.engine.begin() as connection:
            return await self._whole(connection, shift_id, by)

    async def _whole(self, connection: AsyncConnection, shift_id: UUID, by: Session) -> dict[str, Any]:
        row = (await connection.execute(sa.select(duty_shift).where(duty_shift.c.id == shift_id))).mappings().one_or_none()
        if row is None:
            raise _no_shift()
        now, names, shift = await _clock(connection), await _names(connection), shift_from(row)
        running = shift.state == "open"
        facts = await facts_between(connection, shift.began_at, now, ZoneInfo(self.zone)) if running else row["facts"] or []
        items = await open_items(connection, shift.began_at, self.words) if running else row["open_items"]
        found = await connection.execute(sa.select(duty_entry).where(duty_entry.c.shift_id == shift_id).order_by(duty_entry.c.id))
        entries = [
            {
                "id": one.id, "at": iso(one.at), "written_at": iso(one.written_at), "by": names.get(one.agent_id, ""),
                "kind": one.kind, "text": one.text, "corrects": one.corrects,
            }
            for one in found
        ]  # fmt: skip
        # Who runs the system need not know about whom people called.
        nameless = by.role == "administrator"
        facts, items = ([{**one, "who": None} if nameless else one for one in some] for some in (facts, items))
        return _json(shift, names, now) | {
            "facts": facts,
            "open_items": items,
            "entries": entries,
            "own": shift.person == by.agent_id,
        }

    async def _keep(
        self, connection: AsyncConnection, shift: rules.Shift, values: Mapping[str, Any], by: Session, action: str
    ) -> None:
        await connection.execute(sa.update(duty_shift).where(duty_shift.c.id == shift.id).values(**values))
        await note_access(connection, by.agent_id, action, str(shift.id))


def _json(shift: rules.Shift, names: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    return {
        "id": str(shift.id), "place": shift.place, "state": shift.state, "name": names.get(shift.person, ""),
        "began_at": iso(shift.began_at), "handed_over_at": iso(shift.handed_over_at), "signer": shift.signer, "note": shift.note,
        "handed_over_by": names.get(shift.handed_over_by) if shift.handed_over_by else None,
        "acknowledged_at": iso(shift.acknowledged_at), "receiver": shift.receiver, "remark": shift.remark,
        "acknowledged_by": names.get(shift.acknowledged_by) if shift.acknowledged_by else None,
        "late": rules.waits_too_long(shift, now),
    }  # fmt: skip


async def _locked(connection: AsyncConnection, shift_id: UUID) -> rules.Shift:
    query = sa.select(duty_shift).where(duty_shift.c.id == shift_id).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise _no_shift()
    return shift_from(row)


async def _names(connection: AsyncConnection) -> dict[UUID, str]:
    return {row.id: row.name for row in await connection.execute(sa.select(agent.c.id, agent.c.name))}


async def _clock(connection: AsyncConnection) -> datetime:
    now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    return now


def _no_shift() -> Refused:
    return Refused("not_found", "没有这个班次。", "There is no such shift.", rule="T-1", status=404)
