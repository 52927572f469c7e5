"""Which calls we believe to be under way at a node: what Asterisk itself is compared with (engine/reconcile.py)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


async def live_attempts(connection: AsyncConnection, node: str) -> list[str]:
    """Calls of the ladder that we believe to be under way on ``node`` for some seconds already."""
    query = sa.text("""
        SELECT id FROM attempt WHERE state IN ('claimed', 'ringing', 'answered') AND node = :node
            AND created_at < clock_timestamp() - interval '3 seconds'
    """)
    return list(await connection.scalars(query, {"node": node}))


async def open_attempts(connection: AsyncConnection, node: str) -> dict[str, UUID]:
    """Every call of the ladder that is not over on ``node``, with its case."""
    query = sa.text("SELECT id, case_id FROM attempt WHERE state NOT IN ('done', 'void') AND node = :node")
    return {row.id: row.case_id for row in await connection.execute(query, {"node": node})}


async def closed_attempts(connection: AsyncConnection, node: str) -> dict[str, bool]:
    """Calls of the ladder on ``node`` that were over within the last hours, by id: whether it was given up under them."""
    query = sa.text("""
        SELECT id, coalesce(cause, '') = 'node_lost' AS lost FROM attempt WHERE state IN ('done', 'void') AND node = :node
            AND ended_at BETWEEN clock_timestamp() - interval '3 hours' AND clock_timestamp() - interval '3 seconds'
    """)
    return {row.id: row.lost for row in await connection.execute(query, {"node": node})}


async def live_legs(connection: AsyncConnection, node: str) -> list[dict[str, Any]]:
    """Legs we believe to be up on ``node``: ``{id, case_id, party, state, age, source, case_state}``, age in seconds.

    Callers served by safe mode are left out: the dialplan holds them and its journal tells their end.
    """
    query = sa.text("""
        SELECT l.id, l.case_id, l.party, l.state, c.source, c.state AS case_state,
            extract(epoch FROM clock_timestamp() - l.started_at)::float AS age
        FROM call_leg l JOIN help_case c ON c.id = l.case_id
        WHERE l.state <> 'down' AND l.node = :node AND NOT (c.source = 'safe_mode' AND l.party = 'caller')
    """)
    return [dict(row) for row in (await connection.execute(query, {"node": node})).mappings()]
