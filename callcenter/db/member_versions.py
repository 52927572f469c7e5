"""Every version of a member's profile, whole: who saved it, when, and what it held. Nothing is deleted, everything comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.clock import iso

Kind = Literal["found", "edit", "import", "link", "restore"]
Profile = dict[str, Any]
"""What people edit of a member: the member's own columns, ``district`` by name, ``numbers`` and ``terminals`` sorted, ``card``
(``{number, valid_until}`` or None), ``contacts`` in order (``{id, name, relation, number}``)."""

COLUMNS = (
    "name", "gender", "birth_date", "dialect", "better_ear", "address", "door_code", "key_holder", "lives_alone", "illnesses",
    "medication", "allergies", "hospital", "blood_type", "remarks",
)  # fmt: skip
FIELDS = (*COLUMNS, "district", "numbers", "card", "contacts", "terminals")

_PAIRS = ", ".join(f"'{column}', m.{column}" for column in COLUMNS)
_PROFILE = f"""
    jsonb_build_object({_PAIRS},
        'district', (SELECT d.name FROM district d WHERE d.id = m.district_id),
        'numbers', (SELECT coalesce(jsonb_agg(n.number ORDER BY n.number), '[]') FROM member_number n WHERE n.member_id = m.id),
        'card', (SELECT jsonb_build_object('number', c.number, 'valid_until', c.valid_until) FROM card c
            WHERE c.member_id = m.id ORDER BY c.valid_until DESC NULLS FIRST, c.number LIMIT 1),
        'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'relation', t.relation,
            'number', t.number) ORDER BY t.position), '[]') FROM contact t WHERE t.member_id = m.id),
        'terminals', (SELECT coalesce(jsonb_agg(x.serial ORDER BY x.serial), '[]') FROM terminal x WHERE x.member_id = m.id))
"""  # noqa: S608 - our own columns
_LOCKED = sa.text(f"SELECT m.version, {_PROFILE} AS data FROM member m WHERE m.id = :member FOR UPDATE OF m")  # noqa: S608
_KEEP = sa.text(f"""
    INSERT INTO member_version (member_id, version, at, agent_id, kind, restored, data)
    SELECT m.id, m.version, CASE WHEN :kind = 'found' THEN m.updated_at ELSE now() END, CAST(:by AS uuid), :kind,
        CAST(:restored AS integer), {_PROFILE}
    FROM member m WHERE m.id = ANY(CAST(:members AS uuid[])) ON CONFLICT (member_id, version) DO NOTHING
""")  # noqa: S608 - our own columns
_HISTORY = sa.text("""
    SELECT v.version, v.at, v.kind, v.restored, v.data, a.name AS by FROM member_version v LEFT JOIN agent a ON a.id = v.agent_id
    WHERE v.member_id = :member AND v.version >= :since ORDER BY v.version
""")
_CASES = sa.text("""
    SELECT id FROM help_case WHERE (member_id = :member OR candidates @> jsonb_build_array(CAST(:member AS text)))
        AND (red OR state IN ('waiting', 'talking', 'wrap_up', 'callback'))
""")


async def lock_profile(connection: AsyncConnection, member_id: UUID) -> tuple[int, Profile] | None:
    """Version and profile as they are now, locked until the transaction ends; None when there is no such member."""
    row = (await connection.execute(_LOCKED, {"member": member_id})).one_or_none()
    return None if row is None else (row.version, row.data)


async def keep_versions(
    connection: AsyncConnection, members: Sequence[UUID], kind: Kind, by: UUID | None = None, restored: int | None = None
) -> None:
    """Keep these members' profiles as they are now, under their present version; one that is kept already stays."""
    if members:
        await connection.execute(_KEEP, {"members": list(members), "kind": kind, "by": by, "restored": restored})


async def history(connection: AsyncConnection, member_id: UUID, since: int = 0) -> list[dict[str, Any]]:
    """Versions from ``since`` on, newest first: ``{version, at, kind, restored, by, changed: [{field, before, after}]}``.

    The oldest has nothing before it, and so no change.
    """
    rows = (await connection.execute(_HISTORY, {"member": member_id, "since": since})).mappings().all()
    found: list[dict[str, Any]] = []
    before: Profile | None = None
    for row in rows:
        changed: list[dict[str, Any]] = differences(before, row["data"]) if before is not None else []
        found.append({**{key: row[key] for key in ("version", "kind", "restored", "by")}, "at": iso(row["at"]), "changed": changed})
        before = row["data"]
    return found[::-1]


async def profile_of(connection: AsyncConnection, member_id: UUID, version: int) -> Profile | None:
    """A profile as it was; None when that version was never kept."""
    query = sa.text("SELECT data FROM member_version WHERE member_id = :member AND version = :version")
    data: Profile | None = await connection.scalar(query, {"member": member_id, "version": version})
    return data


async def cases_of(connection: AsyncConnection, member_id: UUID) -> list[UUID]:
    """The live and the red cases that show this member to somebody."""
    return list(await connection.scalars(_CASES, {"member": member_id}))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``{field, before, after}`` of every field that is not the same."""
    return [
        {"field": key, "before": before.get(key), "after": after.get(key)}
        for key in FIELDS
        if before.get(key) != after.get(key)
    ]  # fmt: skip
