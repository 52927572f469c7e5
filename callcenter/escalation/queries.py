"""Reads about ladders for people: a case's ladder with all that is shown of it, and whom a member's ladder would phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import ladder_rows, rows
from callcenter.db.profiles import profiles
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Around
from callcenter.escalation import render
from callcenter.escalation.render import Picture

# Contacts, duty phones and the elder's own numbers, as the engine reads them for a ladder; see db/situations.py.
_AROUND = sa.text("""
    SELECT
        (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'relation', t.relation, 'number', t.number)
            ORDER BY t.position), '[]') FROM contact t WHERE t.member_id = :member) AS contacts,
        (SELECT coalesce(json_agg(json_build_object('id', d.id, 'name', d.name, 'number', d.number)
            ORDER BY d.position), '[]') FROM duty_phone d WHERE d.active) AS duty,
        (SELECT account FROM terminal WHERE serial = :serial) AS account,
        (SELECT coalesce(json_agg(n.number ORDER BY n.place, n.number), '[]') FROM (
            SELECT number, min(place) AS place FROM (
                SELECT t.number, 1 AS place FROM terminal t WHERE t.serial = :serial AND t.number IS NOT NULL
                UNION ALL SELECT m.number, 2 FROM member_number m WHERE m.member_id = :member
                UNION ALL SELECT CAST(:caller AS text), 3 WHERE CAST(:caller AS text) IS NOT NULL
            ) every GROUP BY number) n) AS numbers
""")
_PICTURE = sa.text("""
    SELECT to_jsonb(c) AS the_case, to_jsonb(e) AS escalation, c.settled_at,
        (SELECT coalesce(json_agg(to_jsonb(a) ORDER BY a.created_at, a.id), '[]') FROM attempt a WHERE a.case_id = c.id)
            AS attempts,
        (SELECT coalesce(json_agg(to_jsonb(l)), '[]') FROM call_leg l WHERE l.case_id = c.id) AS legs,
        (SELECT to_jsonb(r) FROM emergency_report r WHERE r.case_id = c.id) AS report
    FROM help_case c LEFT JOIN escalation e ON e.case_id = c.id WHERE c.id = :case
""")
_LIVE = sa.text("""
    SELECT e.case_id FROM escalation e WHERE e.state <> 'ended'
        OR EXISTS (SELECT 1 FROM attempt a WHERE a.case_id = e.case_id AND a.state IN ('intent', 'claimed', 'ringing', 'answered'))
    ORDER BY e.started_at
""")
_TERMINAL = sa.text("SELECT serial FROM terminal WHERE member_id = :member ORDER BY account IS NULL, serial LIMIT 1")


async def around_member(connection: AsyncConnection, member_id: UUID) -> Around:
    """Whom a ladder of this member would phone today."""
    serial = await connection.scalar(_TERMINAL, {"member": member_id})
    return await _around(connection, member_id, serial, None)


async def _around(connection: AsyncConnection, member_id: UUID | None, serial: str | None, caller: str | None) -> Around:
    row = (await connection.execute(_AROUND, {"member": member_id, "serial": serial, "caller": caller})).one()
    found: Mapping[str, Any] = {**row._mapping, "policy": None, "person": None, "in_use": ()}
    return ladder_rows.around_from(found)


@dataclass(frozen=True)
class LadderQueries:
    """``zone``: IANA name of the centre's time zone (ages change at its midnight)."""

    engine: AsyncEngine
    zone: str

    async def live(self, connection: AsyncConnection) -> list[Picture]:
        """Every ladder that is to be on the screens."""
        found = [await self.picture(connection, row.case_id) for row in await connection.execute(_LIVE)]
        return [picture for picture in found if picture is not None]

    async def picture(self, connection: AsyncConnection, case_id: UUID) -> Picture | None:
        """A case's ladder with all that is shown of it; None where there is none."""
        row = (await connection.execute(_PICTURE, {"case": case_id})).one_or_none()
        return None if row is None or row.escalation is None else await self._picture(connection, row)

    async def _picture(self, connection: AsyncConnection, row: sa.Row[Any]) -> Picture:
        case = rows.case_from(row.the_case)
        escalation = ladder_rows.escalation_from(row.escalation)
        known = await profiles(connection, [case.member_id], self._today()) if case.member_id else {}
        return Picture(
            case,
            escalation,
            [ladder_rows.attempt_from(each) for each in row.attempts],
            await _around(connection, case.member_id, case.terminal, case.caller_number),
            [rows.leg_from(each) for each in row.legs],
            known.get(case.member_id) if case.member_id else None,
            await names_of(connection, render.agents_of(escalation)),
            ladder_rows.report_from(row.report) if row.report else None,
        )

    async def case_part(self, case_id: UUID) -> Mapping[str, Any]:
        """What an emergency adds to ``CaseDetail``."""
        async with self.engine.connect() as connection:
            picture = await self.picture(connection, case_id)
        return render.NO_LADDER if picture is None else render.case_part(picture, datetime.now(UTC))

    async def report(self, case_id: UUID, detail: Mapping[str, Any]) -> Mapping[str, Any]:
        """``Report`` (R-12). ``detail``: the case's ``CaseDetail``."""
        now = datetime.now(UTC)
        async with self.engine.connect() as connection:
            row = (await connection.execute(_PICTURE, {"case": case_id})).one_or_none()
            if row is None or row.the_case["kind"] != "emergency":
                raise Refused(
                    "no_report", "只有紧急求助件有书面报告。", "Only emergencies have a written report.", rule="R-12", status=404
                )
            picture = await self._picture(connection, row) if row.escalation is not None else None
            written = ladder_rows.report_from(row.report) if row.report else None
            numbers = await connection.scalars(
                sa.text("SELECT number FROM member_number WHERE member_id = :member ORDER BY number"),
                {"member": row.the_case["member_id"]},
            )
            phone = next(iter(numbers), None) or detail["caller"]["number"] or detail["caller"]["display"]
            names = await names_of(connection, [written.written_by] if written and written.written_by else [])
        return render.report_json(detail, picture, written, phone=phone, names=names, settled_at=iso(row.settled_at), now=now)

    def _today(self) -> Any:
        return datetime.now(ZoneInfo(self.zone)).date()


async def names_of(connection: AsyncConnection, agents: Iterable[UUID]) -> dict[UUID, str]:
    """How these people are called."""
    wanted = list(agents)
    if not wanted:
        return {}
    query = sa.text("SELECT id, name FROM agent WHERE id = ANY(CAST(:ids AS uuid[]))")
    return {row.id: row.name for row in await connection.execute(query, {"ids": wanted})}
