"""What orders cost and whether it was paid (D-5): figures only, no elder is named."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.period import Period
from callcenter.reports.tables import Chart, Column, Report, Row, Table

_FEES = sa.text("""
    SELECT to_char(o.opened_at AT TIME ZONE CAST(:zone AS text), 'YYYY-MM') AS month, coalesce(o.data->>'service', '') AS service,
        count(*) AS orders, count(*) FILTER (WHERE o.data->>'fee_state' = 'none') AS free,
        coalesce(sum((o.data->>'fee')::bigint) FILTER (WHERE o.data->>'fee_state' = 'paid'), 0)::bigint AS paid,
        coalesce(sum((o.data->>'fee')::bigint) FILTER (WHERE o.data->>'fee_state' = 'posted'), 0)::bigint AS posted
    FROM paper o WHERE o.noun = 'work_order' AND o.state <> 'cancelled'
        AND o.opened_at >= :begins AND o.opened_at < :ends GROUP BY 1, 2 ORDER BY 1, 2
""")
_FIGURES = (
    Column("orders", "派工单", "Orders"), Column("free", "其中免费", "Free"), Column("paid", "已收(元)", "Paid (yuan)", "money"),
    Column("posted", "待收(元)", "To be paid (yuan)", "money"), Column("total", "合计(元)", "Total (yuan)", "money"),
)  # fmt: skip
_CHART = ("paid", "posted")


async def fees(connection: AsyncConnection, over: Period) -> Report:
    """By service and by month; what has no fee yet counts as an order only."""
    found = [dict(row) for row in (await connection.execute(_FEES, over.parameters)).mappings()]
    tables = (
        _table("services", "按服务项目", "By service", Column("service", "服务项目", "Service", "text"), found),
        _table("months", "按月", "By month", Column("month", "月", "Month", "text"), found),
    )
    return Report("fees", "服务收费", "Fees", str(over.first), str(over.last), tables)


def _table(name: str, zh: str, en: str, head: Column, found: list[Row]) -> Table:
    sums: dict[str, Row] = {}
    for row in found:
        one = sums.setdefault(row[head.key], {head.key: row[head.key], **dict.fromkeys(("orders", "free", "paid", "posted"), 0)})
        for key in ("orders", "free", "paid", "posted"):
            one[key] += row[key]
    rows = [{**one, "total": one["paid"] + one["posted"]} for one in sums.values()]
    total = {head.key: "合计", **{column.key: sum(row[column.key] for row in rows) for column in _FIGURES}}
    return Table(name, zh, en, (head, *_FIGURES), rows, total, Chart(head.key, _CHART))
