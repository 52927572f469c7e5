"""Whom a seat may phone for a case or a member: their contacts, their own telephones, the people on duty."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.around import PEOPLE
from callcenter.db.ladder_rows import around_from
from callcenter.domain.escalation import Around, Target

_AROUND = sa.text(f"""
    SELECT json_build_object({PEOPLE}) FROM (
        SELECT member_id, terminal, caller_number FROM help_case WHERE id = CAST(:case AS uuid)
        UNION ALL SELECT id, NULL, NULL FROM member WHERE id = CAST(:member AS uuid)
    ) c
""")  # noqa: S608 - a piece of our own


async def around_of(connection: AsyncConnection, *, case_id: UUID | None = None, member_id: UUID | None = None) -> Around | None:
    """The people around this case, or this member: whom a ladder of theirs would phone today. None when there is neither."""
    found = await connection.scalar(_AROUND, {"case": case_id, "member": member_id})
    return None if found is None else around_from(found)


async def targets_of(connection: AsyncConnection, *, case_id: UUID | None, member_id: UUID | None) -> list[Target] | None:
    """Everybody who may be phoned for this case, or for this member; None when there is neither."""
    around = await around_of(connection, case_id=case_id, member_id=member_id)
    return None if around is None else [*around.own, *around.contacts, *around.duty]
