"""What orders cost and whether it was paid (D-5): figures only, no elder is named."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.reports.periods import Period
from callcenter.reports.tables import Chart, Column, Report, Table

_FEES = sa.text("""
    SELECT to_char(o.opened_at AT TIME ZONE CAST(:zone AS text), 'YYYY-MM') AS month,
        coalesce(o.data->>'service', '') AS service, coalesce(o.data->>'fee_state', '') AS fee_state,
        count(*) AS orders, coalesce(sum((o.data->>'fee')::bigint), 0)::bigint AS price
    FROM paper o WHERE o.noun = 'work_order' AND o.state <> 'cancelled'
        AND o.opened_at >= :begins AND o.opened_at < :ends GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")
_STATES = {"": ("未定", "not set"), "none": ("免费", "free"), "posted": ("待收", "to be paid"), "paid": ("已收", "paid")}
_COLUMNS = (
    Column("month", "月", "Month", "text"), Column("service", "服务项目", "Service", "text"),
    Column("fee_state", "收费状态", "State of the fee", "text"), Column("orders", "派工单", "Orders"),
    Column("price", "金额(元)", "Amount (yuan)", "money"),
)  # fmt: skip


async def fees(connection: AsyncConnection, over: Period) -> Report:
    found = (await connection.execute(_FEES, over.parameters)).mappings()
    rows = [{**row, "fee_state": _STATES[row["fee_state"]][0], "fee_state_en": _STATES[row["fee_state"]][1]} for row in found]
    total = {"month": "合计", "orders": sum(row["orders"] for row in rows), "price": sum(row["price"] for row in rows)}
    table = Table("fees", "服务收费", "Fees", _COLUMNS, rows, total, Chart("service", ("orders",)))
    return Report("fees", "服务收费", "Fees", str(over.first), str(over.last), (table,))
