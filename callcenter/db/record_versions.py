"""Every state of a row that people edit, whole: who saved it, when, what it held. Members have their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.catalogue_tables import record_version
from callcenter.db.tables import agent
from callcenter.domain.clock import iso


async def versions_now(connection: AsyncConnection, noun: str, keys: Collection[str] | None = None) -> dict[str, int]:
    """The newest version of each of these rows (all: None); a row that nobody has saved yet is not in it and counts as 0."""
    query = sa.select(record_version.c.key, sa.func.max(record_version.c.version)).where(record_version.c.noun == noun)
    if keys is not None:
        query = query.where(record_version.c.key.in_(keys))
    return {row[0]: row[1] for row in await connection.execute(query.group_by(record_version.c.key))}


async def keep(
    connection: AsyncConnection, noun: str, rows: Mapping[str, Mapping[str, Any]], kind: str, by: UUID | None
) -> dict[str, int]:
    """Keep these rows as their next versions; the numbers."""
    if not rows:
        return {}
    now = await versions_now(connection, noun, rows.keys())
    kept = {key: now.get(key, 0) + 1 for key in rows}
    await connection.execute(
        insert(record_version),
        [
            {"noun": noun, "key": key, "version": kept[key], "agent_id": by, "kind": kind, "data": dict(row)}
            for key, row in rows.items()
        ],
    )
    return kept


async def history(connection: AsyncConnection, noun: str, key: str) -> list[dict[str, Any]]:
    """Newest first: ``{version, at, by, kind, changed: [{field, before, after}]}``."""
    query = (
        sa.select(record_version, agent.c.name.label("by"))
        .outerjoin(agent)
        .where(record_version.c.noun == noun, record_version.c.key == key)
        .order_by(record_version.c.version)
    )
    found: list[dict[str, Any]] = []
    before: Mapping[str, Any] | None = None
    for row in (await connection.execute(query)).mappings():
        data = row["data"]
        changed = [
            {"field": field, "before": before.get(field), "after": data.get(field)}
            for field in data
            if before is not None and before.get(field) != data.get(field)
        ]
        found.append({"version": row["version"], "at": iso(row["at"]), "by": row["by"], "kind": row["kind"], "changed": changed})
        before = data
    return found[::-1]
