"""The file of every partner and worker (D-8): orders, punctuality, what elders said, incidents, score; who favours whom (W-7)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.assessment import judged, record_of
from callcenter.domain.assessment import score
from callcenter.domain.papers.follow_up import LEAST_SATISFIED
from callcenter.domain.period import Period
from callcenter.domain.providers import Given, concentration
from callcenter.reports.tables import Chart, Column, Report, Row, Table, share

_PROVIDERS = sa.text("SELECT id, ref, name, kind, active FROM provider ORDER BY kind, ref")

_COLUMNS = (
    Column("orders", "派工单", "Orders"), Column("open", "未完成", "Open"), Column("completed", "已完成", "Completed"),
    Column("late", "逾期", "Late"), Column("late_share", "逾期率", "Late, share", "share"),
    Column("asked", "回访", "Followed up"), Column("satisfaction", "满意度(1–5)", "Satisfaction (1–5)", "seconds"),
    Column("dissatisfied", "不满意", "Dissatisfied"), Column("reworks", "整改", "Reworks"),
    Column("minor", "一般事故", "Minor incidents"), Column("serious", "严重事故", "Serious incidents"),
    Column("score", "评分(1–5)", "Score (1–5)", "seconds"),
)  # fmt: skip


async def assessment(connection: AsyncConnection, over: Period) -> Report:
    """The report. Providers without anything in the period stand there too: nothing is a finding as well."""
    found = await judged(connection, over)
    orders = found.orders
    providers = [dict(row) for row in (await connection.execute(_PROVIDERS)).mappings()]
    by_provider: dict[str, list[Row]] = defaultdict(list)
    by_service: dict[str, list[Row]] = defaultdict(list)
    for order in orders:
        by_provider[order["provider"] or ""].append(order)
        by_service[order["service"]].append(order)
    rows = [
        {
            "ref": one["ref"], "name": one["name"] + ("" if one["active"] else "(停用)"),
            "kind": "加盟单位" if one["kind"] == "partner" else "服务人员",
            **_figures(by_provider.get(str(one["id"]), []), found.incidents.get(one["id"])),
        }
        for one in providers
    ]  # fmt: skip
    services = [{"name": name or "—", **_figures(theirs, None)} for name, theirs in sorted(by_service.items())]
    head = (
        Column("ref", "编号", "No.", "text"),
        Column("name", "单位或人员", "Provider", "text"),
        Column("kind", "类型", "Kind", "text"),
    )
    tables = (
        Table("providers", "加盟单位和服务人员考核", "Partners and workers", (*head, *_COLUMNS), rows, None,
              Chart("name", ("score",), (), stacked=False),
              "评分:回访满意度的平均值,减去一般事故0.2、严重事故1、整改0.3和逾期率;没有任何记录的不评分。",
              "Score: mean of what elders said, less 0.2 for a minor and 1 for a serious incident, 0.3 for a rework, and the share"
              " that was late. Who has no record has no score."),
        Table("services", "按服务项目", "By service", (Column("name", "服务项目", "Service", "text"), *_COLUMNS), services),
        await _favours(connection, orders, providers),
    )  # fmt: skip
    return Report("providers", "加盟单位考核", "Providers", str(over.first), str(over.last), tables)


def _figures(orders: list[Row], incidents: Row | None) -> Row:
    record = record_of(orders, incidents)
    said = record.satisfaction
    return {
        "orders": len(orders), "open": sum(order["unfinished"] and not order["completed"] for order in orders),
        "completed": record.completed, "late": record.late, "late_share": share(record.late, record.completed),
        "asked": len(said), "satisfaction": round(sum(said) / len(said), 1) if said else None,
        "dissatisfied": sum(each < LEAST_SATISFIED for each in said), "reworks": record.reworks, "minor": record.minor,
        "serious": record.serious, "score": score(record),
    }  # fmt: skip


async def _favours(connection: AsyncConnection, orders: list[Row], providers: list[Row]) -> Table:
    """W-7: how much of what somebody gives goes to one provider, and how much others give them."""
    given = [
        Given(UUID(order["assigned_by"]), UUID(order["provider"]), order["overridden"])
        for order in orders
        if order["assigned_by"] and order["provider"]
    ]
    names: dict[UUID, Any] = {row.id: row.name for row in await connection.execute(sa.text("SELECT id, name FROM agent"))}
    names |= {one["id"]: one["name"] for one in providers}
    rows = [
        {
            "agent": names.get(one.agent_id, ""), "provider": names.get(one.provider_id, ""), "count": one.count,
            "overridden": one.overridden, "share": round(one.share, 4), "usual": None if one.usual is None else round(one.usual, 4),
            "finding": "集中,请核查" if one.suspicious else "",
        }
        for one in concentration(given)
    ]  # fmt: skip
    columns = (
        Column("agent", "派工人", "Who gave", "text"), Column("provider", "单位或人员", "To whom", "text"),
        Column("count", "派工单", "Orders"), Column("overridden", "改派", "Against the rule"),
        Column("share", "占本人", "Of theirs", "share"),
        Column("usual", "他人占比", "Of others'", "share"), Column("finding", "核查", "Finding", "text"),
    )  # fmt: skip
    return Table("favours", "派工集中度", "Who gives to whom", columns, rows)
