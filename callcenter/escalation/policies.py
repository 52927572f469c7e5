"""The centre's escalation policy: read, changed, and tried out.

A policy is never changed in place: each saving is a new version, and ladders that run keep the one they began with.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.tables import agent, policy, seat
from callcenter.db.targets import around_of
from callcenter.domain import policy as rules
from callcenter.domain.clock import iso
from callcenter.domain.decision import Figures
from callcenter.domain.errors import Refused
from callcenter.domain.policy import DEFAULT
from callcenter.domain.preview import NAMES, Line, notes, preview
from callcenter.escalation.shapes import PolicyShape, PreviewShape
from callcenter.settings import Settings


@dataclass(frozen=True)
class Policies:
    """Reads, saves and tries out policies."""

    engine: AsyncEngine
    settings: Settings
    figures: Figures

    @property
    def public_enabled(self) -> bool:
        return self.settings.public_numbers == "enabled"

    async def today(self) -> dict[str, Any]:
        """The centre's policy of today, and who saved it."""
        async with self.engine.connect() as connection:
            return await self._today(connection)

    async def save(self, by: UUID, shape: PolicyShape) -> dict[str, Any]:
        """A new version. Raises Refused where the rules forbid it, or somebody else saved meanwhile."""
        made = replace(shape.to_policy(), version=shape.version + 1)
        rules.check(made, public_enabled=self.public_enabled)
        try:
            async with self.engine.begin() as connection:
                today = await connection.scalar(sa.select(sa.func.coalesce(sa.func.max(policy.c.version), DEFAULT.version)))
                if today != shape.version:
                    raise _changed()
                row = {"version": made.version, "data": rules.as_json(made), "saved_by": by}
                await connection.execute(sa.insert(policy).values(**row))
                await note_access(connection, by, "policy_saved", str(made.version))
                return await self._today(connection)
        except IntegrityError as error:  # another one of the same version was committed between our reading and our writing
            raise _changed() from error

    async def _today(self, connection: AsyncConnection) -> dict[str, Any]:
        query = (
            sa.select(policy.c.data, policy.c.saved_at, agent.c.name)
            .outerjoin(agent, agent.c.id == policy.c.saved_by)
            .order_by(policy.c.version.desc())
            .limit(1)
        )
        row = (await connection.execute(query)).one_or_none()
        return {
            "policy": row.data if row else rules.as_json(DEFAULT),
            "saved_by": row.name if row else None,
            "saved_at": iso(row.saved_at) if row else None,
            "public_enabled": self.public_enabled,
        }

    async def preview(self, shape: PreviewShape) -> dict[str, Any]:
        """Who would be phoned when, for this member, as contacts and seats are now."""
        tried = shape.policy.to_policy()
        rules.check(tried, public_enabled=self.public_enabled)
        async with self.engine.connect() as connection:
            around = await around_of(connection, member_id=shape.member_id)
            if around is None:
                raise Refused("no_such_member", "没有这位老人的档案。", "There is no such member.", status=404)
            ready = sa.select(sa.func.count()).where(
                seat.c.presence == "ready", seat.c.registered, seat.c.console_until > sa.func.clock_timestamp()
            )
            free_seats = await connection.scalar(ready.select_from(seat)) or 0
        # In a thread: a long ladder takes tens of milliseconds, and calls come first.
        lines = await asyncio.to_thread(
            preview, tried, around, start=shape.at, free_seats=free_seats, figures=self.figures,
            seat_answers_after=shape.seat_answers_after,
        )  # fmt: skip
        found = notes(tried, around, free_seats=free_seats)
        return {"lines": [_line_json(line) for line in lines], "notes": [{"zh": zh, "en": en} for zh, en in found]}


def _line_json(line: Line) -> dict[str, Any]:
    """What is no target is said by the note alone; a line of no rung has rung 0."""
    named = all(target in NAMES for target in line.what.split(","))
    return {**asdict(line), "at": iso(line.at), "rung": line.rung or 0, "what": line.what if named else ""}


def _changed() -> Refused:
    return Refused(
        "policy_changed", "策略刚被他人修改,您的改动没有保存。", "Somebody else has just changed the policy; yours was not saved.",
        remedy_zh="请刷新,核对后再保存。", remedy_en="Reload, compare and save again.",
    )  # fmt: skip
