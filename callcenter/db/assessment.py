"""What is known of how partners and workers serve (D-8), read once for both who asks: the report, and the rule that chooses who is
sent. Counted by ``domain/assessment.py``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.assessment import Record
from callcenter.domain.period import Period, last_days

RANKED_DAYS = 180
"""Who is sent is chosen by what came of the last half year."""
Row = dict[str, Any]

_ORDERS = sa.text("""
    SELECT o.id, coalesce(o.data->>'provider_id', o.data->>'worker_id') AS provider, o.data->>'assigned_by' AS assigned_by,
        coalesce(o.data->>'service', '') AS service,
        coalesce(o.data->>'override_reason', '') <> '' AS overridden, o.state, o.unfinished,
        o.data->>'completed_at' IS NOT NULL AS completed,
        coalesce(o.data->>'late_pick_up', '') = 'true' OR coalesce(o.data->>'late_arrive', '') = 'true' AS late
    FROM paper o WHERE o.noun = 'work_order' AND o.state <> 'cancelled' AND o.opened_at >= :begins AND o.opened_at < :ends
""")
_ANSWERS = sa.text("""
    SELECT f.data->>'order_id' AS order_id, (f.data->>'satisfaction')::int AS satisfaction FROM paper f
    WHERE f.noun = 'follow_up' AND f.data->>'order_id' IS NOT NULL AND f.data->>'satisfaction' IS NOT NULL
        AND f.data->>'spot_check_of' IS NULL AND f.opened_at >= :begins
""")
_REWORKS = sa.text("""
    SELECT f.data->>'order_id' AS order_id, count(*) AS reworks FROM paper f
    WHERE f.noun = 'follow_up' AND f.data->>'order_id' IS NOT NULL AND f.data->>'rework_id' IS NOT NULL AND f.opened_at >= :begins
    GROUP BY 1
""")
_INCIDENTS = sa.text("""
    SELECT provider_id, count(*) FILTER (WHERE severity = 'minor') AS minor, count(*) FILTER (WHERE severity = 'serious') AS serious
    FROM provider_incident WHERE day BETWEEN CAST(:first AS date) AND CAST(:last AS date) GROUP BY 1
""")


@dataclass(frozen=True)
class Judged:
    """``orders`` of a period, each with what was ``said`` of it (1 to 5) and its ``reworks``; ``incidents`` by provider."""

    orders: list[Row]
    incidents: dict[UUID, Row]


async def judged(connection: AsyncConnection, over: Period) -> Judged:
    """What happened in the period."""
    span = {"begins": over.begins, "ends": over.ends, "first": over.first, "last": over.last}

    async def read(query: sa.TextClause) -> list[Row]:
        wanted = {name: value for name, value in span.items() if f":{name}" in query.text}
        return [dict(row) for row in (await connection.execute(query, wanted)).mappings()]

    answers: dict[str, list[int]] = defaultdict(list)
    for row in await read(_ANSWERS):
        answers[row["order_id"]].append(row["satisfaction"])
    reworks = {row["order_id"]: row["reworks"] for row in await read(_REWORKS)}
    orders = [
        {**row, "said": answers.get(str(row["id"]), []), "reworks": reworks.get(str(row["id"]), 0)} for row in await read(_ORDERS)
    ]
    return Judged(orders, {row["provider_id"]: row for row in await read(_INCIDENTS)})


def record_of(orders: Iterable[Row], incidents: Row | None) -> Record:
    """What the orders and incidents of somebody come to."""
    orders = list(orders)
    completed = [order for order in orders if order["completed"]]
    record = Record(
        tuple(said for order in orders for said in order["said"]), reworks=sum(order["reworks"] for order in orders),
        completed=len(completed), late=sum(order["late"] for order in completed),
    )  # fmt: skip
    return replace(record, minor=incidents["minor"], serious=incidents["serious"]) if incidents else record


async def records(connection: AsyncConnection, today: date, zone: str) -> dict[UUID, Record]:
    """Of everybody who is known of anything, over the days that the ranking looks at."""
    found = await judged(connection, last_days(today, RANKED_DAYS, zone))
    theirs: dict[UUID, list[Row]] = defaultdict(list)
    for order in found.orders:
        if order["provider"]:
            theirs[UUID(order["provider"])].append(order)
    return {one: record_of(theirs.get(one, []), found.incidents.get(one)) for one in {*theirs, *found.incidents}}
