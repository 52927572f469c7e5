"""Reads about ladders for people: a case's ladder with all that is shown of it, and its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.ladders import stored_ladder
from callcenter.db.profiles import profiles
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.escalation import render
from callcenter.escalation.render import Picture
from callcenter.today import today_in

_REPORTED = sa.text("""
    SELECT kind, settled_at, (SELECT min(number) FROM member_number m WHERE m.member_id = c.member_id) AS phone
    FROM help_case c WHERE id = :case
""")


@dataclass(frozen=True)
class LadderQueries:
    """``zone``: IANA name of the centre's time zone (ages change at its midnight)."""

    engine: AsyncEngine
    zone: str

    async def picture(self, connection: AsyncConnection, case_id: UUID) -> Picture | None:
        """A case's ladder with all that is shown of it; None where there is none."""
        stored = await stored_ladder(connection, case_id)
        if stored is None:
            return None
        member_id = stored.case.member_id
        known = await profiles(connection, [member_id], today_in(self.zone)) if member_id else {}
        return Picture(
            stored.case,
            stored.escalation,
            stored.attempts,
            stored.around,
            stored.legs,
            known.get(member_id) if member_id else None,
            await names_of(connection, render.agents_of(stored.escalation)),
            stored.report,
        )

    async def case_part(self, case_id: UUID) -> Mapping[str, Any]:
        """What an emergency adds to ``CaseDetail``."""
        async with self.engine.connect() as connection:
            picture = await self.picture(connection, case_id)
        return render.NO_LADDER if picture is None else render.case_part(picture, datetime.now(UTC))

    async def report(self, case_id: UUID, detail: Mapping[str, Any]) -> Mapping[str, Any]:
        """``Report`` (R-12). ``detail``: the case's ``CaseDetail``."""
        async with self.engine.connect() as connection:
            row = (await connection.execute(_REPORTED, {"case": case_id})).one_or_none()
            if row is None or row.kind != "emergency":
                raise Refused(
                    "no_report", "只有紧急求助件有书面报告。", "Only emergencies have a written report.", rule="R-12", status=404
                )
            picture = await self.picture(connection, case_id)
            written_by = picture.report.written_by if picture is not None and picture.report is not None else None
            names = await names_of(connection, [written_by] if written_by else [])
        phone = row.phone or detail["caller"]["number"] or detail["caller"]["display"]
        return render.report_json(detail, picture, phone=phone, names=names, settled_at=iso(row.settled_at), now=datetime.now(UTC))


async def names_of(connection: AsyncConnection, agents: Iterable[UUID]) -> dict[UUID, str]:
    """How these people are called."""
    wanted = list(agents)
    if not wanted:
        return {}
    query = sa.text("SELECT id, name FROM agent WHERE id = ANY(CAST(:ids AS uuid[]))")
    return {row.id: row.name for row in await connection.execute(query, {"ids": wanted})}
