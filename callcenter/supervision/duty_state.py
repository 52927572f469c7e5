"""What the board shows of duty: who is on it, gaps ahead (S-9), hand-overs nobody took (T-1), overdue messages (T-2)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.duty_rows import turns_between, unfinished_shifts
from callcenter.domain import duty_shift
from callcenter.domain.clock import iso
from callcenter.domain.duty_roster import AHEAD, gaps, on_duty

_NOW = sa.text("""
    SELECT clock_timestamp() AS now, (SELECT array_agg(id) FROM duty_phone WHERE active) AS phones,
        (SELECT count(*) FROM duty_message WHERE state <> 'acknowledged' AND due_at < clock_timestamp()) AS overdue
""")
_NAMES = sa.text("SELECT id, name FROM agent WHERE id = ANY(CAST(:ids AS uuid[]))")


async def duty_state(connection: AsyncConnection) -> dict[str, Any]:
    """``{on_duty, gaps, shifts, overdue_messages}``. A gap that has begun has no beginning: it would be another one each second."""
    row = (await connection.execute(_NOW)).one()
    turns = await turns_between(connection, row.now, row.now + AHEAD)
    shifts = await unfinished_shifts(connection)
    people = [turn.person for turn in turns] + [shift.person for shift in shifts]
    names = {each.id: each.name for each in await connection.execute(_NAMES, {"ids": people})}
    return {
        "on_duty": [
            {"post": turn.post, "name": names.get(turn.person, ""), "seat": turn.seat, "until": iso(turn.ends)}
            for turn in (*on_duty(turns, row.now), *on_duty(turns, row.now, "seat"))
        ],
        "gaps": [
            {
                "begins_at": None if gap.begins <= row.now else iso(gap.begins),
                "ends_at": None if gap.ends >= row.now + AHEAD else iso(gap.ends),
                "no_phone": gap.no_phone,
            }
            for gap in gaps(turns, row.now, row.now + AHEAD, row.phones or ())
        ],
        "shifts": [
            {
                "id": str(shift.id), "place": shift.place, "name": names.get(shift.person, ""), "state": shift.state,
                "since": iso(shift.handed_over_at or shift.began_at), "late": duty_shift.waits_too_long(shift, row.now),
            }
            for shift in shifts
        ],
        "overdue_messages": row.overdue,
    }  # fmt: skip
