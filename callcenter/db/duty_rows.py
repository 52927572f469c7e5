"""Rows of the duty supervisor's tables to domain objects and back; see rows.py for the manner."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.duty_room_tables import duty_shift, roster_turn
from callcenter.domain.duty_roster import Turn
from callcenter.domain.duty_shift import Shift

Row = sa.RowMapping


async def turns_between(connection: AsyncConnection, begins: datetime, ends: datetime) -> list[Turn]:
    """Every turn that touches the time between the two, in order."""
    query = sa.select(roster_turn).where(roster_turn.c.ends_at > begins, roster_turn.c.begins_at < ends)
    found = await connection.execute(query.order_by(roster_turn.c.begins_at, roster_turn.c.id))
    return [turn_from(row) for row in found.mappings()]


def turn_from(row: Row) -> Turn:
    return Turn(row["id"], row["post"], row["agent_id"], row["begins_at"], row["ends_at"], row["phone_id"], row["seat"])


def turn_to(turn: Turn, by: UUID) -> dict[str, Any]:
    return {
        "id": turn.id, "post": turn.post, "agent_id": turn.person, "phone_id": turn.phone, "seat": turn.seat,
        "begins_at": turn.begins, "ends_at": turn.ends, "set_by": by,
    }  # fmt: skip


def shift_from(row: Row) -> Shift:
    plain = {field.name: row[field.name] for field in fields(Shift) if field.name != "person"}
    return Shift(person=row["agent_id"], **plain)


def shift_to(shift: Shift) -> dict[str, Any]:
    plain = {field.name: getattr(shift, field.name) for field in fields(Shift) if field.name != "person"}
    return plain | {"agent_id": shift.person}


async def unfinished_shifts(connection: AsyncConnection) -> list[Shift]:
    """Those that run and those that nobody has taken over, the oldest first."""
    query = sa.select(duty_shift).where(duty_shift.c.state != "acknowledged").order_by(duty_shift.c.began_at)
    return [shift_from(row) for row in (await connection.execute(query)).mappings()]
