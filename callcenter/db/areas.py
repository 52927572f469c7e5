"""The districts as domain/directory.py asks for them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import department, district
from callcenter.domain.directory import Area


async def areas(connection: AsyncConnection) -> list[Area]:
    """Those in use, with whose they are."""
    query = sa.select(district, department.c.ours).join(department).where(district.c.active, department.c.active)
    return [
        Area(row.id, row.name, tuple(row.places), row.department_id, row.ours)
        for row in await connection.execute(query.order_by(district.c.name))
    ]
