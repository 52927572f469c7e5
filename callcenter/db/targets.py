"""Whom a seat may phone for a case or a member: their contacts, their own telephones, the people on duty."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.ladder_rows import around_from
from callcenter.domain.escalation import Target

_AROUND = sa.text("""
    SELECT json_build_object('policy', NULL, 'person', NULL, 'in_use', json_build_array(),
        'contacts', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'relation', t.relation,
            'number', t.number) ORDER BY t.position), '[]') FROM contact t WHERE t.member_id = c.member_id),
        'duty', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'name', d.name, 'number', d.number)
            ORDER BY d.position), '[]') FROM duty_phone d WHERE d.active),
        'account', (SELECT t.account FROM terminal t WHERE t.account IS NOT NULL
            AND (t.serial = c.terminal OR (c.terminal IS NULL AND t.member_id = c.member_id)) LIMIT 1),
        'numbers', (SELECT coalesce(json_agg(n.number ORDER BY n.place, n.number), '[]') FROM (
            SELECT number, min(place) AS place FROM (
                SELECT t.number, 1 AS place FROM terminal t WHERE t.number IS NOT NULL
                    AND (t.serial = c.terminal OR (c.terminal IS NULL AND t.member_id = c.member_id))
                UNION ALL SELECT m.number, 2 FROM member_number m WHERE m.member_id = c.member_id
                UNION ALL SELECT c.caller_number, 3 WHERE c.caller_number IS NOT NULL) every GROUP BY number) n)
    ) FROM (
        SELECT member_id, terminal, caller_number FROM help_case WHERE id = CAST(:case AS uuid)
        UNION ALL SELECT id, NULL, NULL FROM member WHERE id = CAST(:member AS uuid)
    ) c
""")


async def targets_of(connection: AsyncConnection, *, case_id: UUID | None, member_id: UUID | None) -> list[Target] | None:
    """Everybody who may be phoned for this case, or for this member; None when there is neither."""
    found = await connection.scalar(_AROUND, {"case": case_id, "member": member_id})
    if found is None:
        return None
    around = around_from(found)
    return [*around.own, *around.contacts, *around.duty]
