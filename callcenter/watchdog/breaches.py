"""Alarms of the board that ring the duty phones (T-4): each is claimed once and remembers who heard it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.duty_room_tables import threshold_alarm
from callcenter.domain.thresholds import Measure
from callcenter.watchdog.page import Round

LOST = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
DEADLINE = 2.0
UNPAGED = sa.text("SELECT id, measure FROM threshold_alarm WHERE ended_at IS NULL AND phone AND paged_at IS NULL ORDER BY began_at")


@dataclass(frozen=True)
class Breach:
    """One alarm about which nobody has been phoned."""

    id: UUID
    measure: Measure


async def claim(engine: AsyncEngine, breaches: Sequence[Breach]) -> list[Breach]:
    """Those of them that are ours to phone about: whoever sets the time first does it. Raises database errors."""
    query = (
        sa.update(threshold_alarm)
        .where(threshold_alarm.c.id.in_([one.id for one in breaches]), threshold_alarm.c.paged_at.is_(None))
        .values(paged_at=sa.func.clock_timestamp())
        .returning(threshold_alarm.c.id)
    )
    async with asyncio.timeout(DEADLINE), engine.begin() as connection:
        ours = set((await connection.execute(query)).scalars())
    return [one for one in breaches if one.id in ours]


async def told(engine: AsyncEngine, breaches: Sequence[Breach], made: Round) -> None:
    """What the round came to; if no phone rang, the alarm is free to be phoned about again. Raises database errors."""
    values: dict[str, object] = {"calls": [{"name": name, "result": result} for name, result in made.calls]}
    if not made.rang:
        values["paged_at"] = None
    elif made.heard is not None:
        values |= {"heard_by": made.heard.name, "heard_at": sa.func.clock_timestamp()}
    query = sa.update(threshold_alarm).where(threshold_alarm.c.id.in_([one.id for one in breaches])).values(**values)
    async with asyncio.timeout(DEADLINE), engine.begin() as connection:
        await connection.execute(query)
