"""The search's entries for what was in the tables before there was a search."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.catalogue import directory
from callcenter.catalogue.stores import stores
from callcenter.db.catalogue_tables import directory_search

LOCK = 7_220_260_115


async def prepare_search(engine: AsyncEngine, zone: str) -> None:
    """Fill each kind that has no entry yet. Every save writes its own (``directory.put``), so later there is nothing to do.

    A service that comes back in the middle of a ladder must not first read a whole catalogue. A migration that changes what an
    entry holds empties the table.
    """
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        there = set(await connection.scalars(sa.select(directory_search.c.noun).distinct()))
        if missing := [noun for noun, kind in directory.KINDS.items() if kind not in there]:
            await directory.fill(connection, stores(zone), missing)
