"""All calls and cases (S-2, D-7): by day, channel and category, the paperwork, and the proof that no call is without a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.catalogue import CATEGORIES
from callcenter.domain.clock import iso
from callcenter.domain.papers.nouns import BY_NOUN
from callcenter.domain.papers.work_order import STATES_ZH
from callcenter.domain.period import Period
from callcenter.reports.tables import Chart, Column, Report, Row, Table

SOURCES: Mapping[str, tuple[str, str]] = {
    "terminal": ("一键通", "Terminal"), "hotline": ("热线", "Hotline"), "safe_mode": ("安全模式", "Safe mode"),
    "outbound": ("呼出", "Called out"), "web": ("网络", "Web"), "letter": ("来信", "Letter"), "walk_in": ("来访", "Walk-in"),
    "assignment": ("领导交办", "Assigned"),
}  # fmt: skip
"""R-2; drills and test presses are no cases of anybody."""
CATEGORY_WORDS = {
    (category.id, child.id): (f"{category.zh} / {child.zh}", f"{category.en} / {child.en}")
    for category in CATEGORIES
    for child in category.children
}
SHOWN = 30  # names in a line of the proof
_REAL = "source NOT IN ('drill', 'probe')"
_DAY = "(CAST({} AS timestamptz) AT TIME ZONE CAST(:zone AS text))::date"

_DAYS = sa.text(f"""
    WITH days AS (SELECT generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day')::date AS day),
    opened AS (
        SELECT {_DAY.format("opened_at")} AS day, count(*) AS opened, count(*) FILTER (WHERE kind = 'emergency') AS emergencies,
            count(*) FILTER (WHERE unreasonable IS NOT NULL) AS unreasonable
        FROM help_case WHERE opened_at >= :begins AND opened_at < :ends AND {_REAL} GROUP BY 1
    ),
    closed AS (
        SELECT {_DAY.format("closed_at")} AS day, count(*) AS closed
        FROM help_case WHERE closed_at >= :begins AND closed_at < :ends AND {_REAL} GROUP BY 1
    ),
    legs AS (
        SELECT {_DAY.format("l.started_at")} AS day,
            count(*) FILTER (WHERE l.party = 'caller' AND c.source <> 'outbound') AS calls_in,
            count(*) FILTER (WHERE l.party IN ('contact', 'consult') OR (l.party = 'caller' AND c.source = 'outbound')) AS calls_out
        FROM call_leg l JOIN help_case c ON c.id = l.case_id
        WHERE l.started_at >= :begins AND l.started_at < :ends AND {_REAL} GROUP BY 1
    ),
    attempts AS (
        SELECT {_DAY.format("a.created_at")} AS day, count(*) AS attempts FROM attempt a JOIN help_case c ON c.id = a.case_id
        WHERE c.opened_at >= :begins - interval '1 day' AND c.opened_at < :ends AND a.created_at >= :begins AND a.created_at < :ends
            AND {_REAL} GROUP BY 1
    )
    SELECT days.day, coalesce(calls_in, 0) AS calls_in, coalesce(calls_out, 0) + coalesce(attempts, 0) AS calls_out,
        coalesce(opened, 0) AS opened, coalesce(emergencies, 0) AS emergencies, coalesce(unreasonable, 0) AS unreasonable,
        coalesce(closed, 0) AS closed
    FROM days LEFT JOIN opened USING (day) LEFT JOIN closed USING (day) LEFT JOIN legs USING (day) LEFT JOIN attempts USING (day)
    ORDER BY days.day
""")  # noqa: S608 - words of ours
_SOURCES = sa.text(f"""
    SELECT source, count(*) AS opened, count(*) FILTER (WHERE state = 'closed') AS closed,
        count(*) FILTER (WHERE state <> 'closed') AS open
    FROM help_case WHERE opened_at >= :begins AND opened_at < :ends AND {_REAL} GROUP BY 1
""")  # noqa: S608
_CATEGORIES = sa.text(f"""
    SELECT category, subcategory, count(*) AS opened, count(*) FILTER (WHERE unreasonable IS NULL) AS reasonable,
        count(*) FILTER (WHERE unreasonable IS NOT NULL) AS unreasonable, count(*) FILTER (WHERE state = 'closed') AS closed,
        count(*) FILTER (WHERE state <> 'closed') AS open
    FROM help_case WHERE opened_at >= :begins AND opened_at < :ends AND {_REAL} GROUP BY 1, 2 ORDER BY 3 DESC
""")  # noqa: S608
_ORDERS = sa.text("""
    SELECT coalesce(data->>'service', '') AS service, state, count(*) AS orders
    FROM paper WHERE noun = 'work_order' AND opened_at >= :begins AND opened_at < :ends GROUP BY 1, 2 ORDER BY 1, 2
""")
_PAPERS = sa.text("""
    SELECT noun, count(*) AS opened, count(*) FILTER (WHERE NOT unfinished) AS done, count(*) FILTER (WHERE unfinished) AS open,
        count(*) FILTER (WHERE overdue) AS late
    FROM paper WHERE opened_at >= :begins AND opened_at < :ends GROUP BY 1 ORDER BY 2 DESC
""")
_PROOF = sa.text("SELECT * FROM reconciliation WHERE day BETWEEN CAST(:first AS date) AND CAST(:last AS date) ORDER BY day")


async def calls_and_cases(connection: AsyncConnection, over: Period) -> Report:
    span = {**over.parameters, "first": over.first, "last": over.last}

    async def read(query: sa.TextClause) -> list[Row]:
        return [dict(row) for row in (await connection.execute(query, span)).mappings()]

    days = [{**row, "day": str(row["day"])} for row in await read(_DAYS)]
    sources = await read(_SOURCES)
    categories = await read(_CATEGORIES)
    proof = await read(_PROOF)
    orders = await read(_ORDERS)
    papers = await read(_PAPERS)
    tables = [
        Table("days", "来电和求助件", "Calls and cases", _DAY_COLUMNS, days, _sum(days, "day", _DAY_COLUMNS[1:]),
              Chart("day", ("opened", "closed"), (), stacked=False)),
        proof_table(proof),
        Table("sources", "受理渠道", "Channels", _COUNTS, [_source(row) for row in sources], _sum(sources, "name", _COUNTS[1:]),
              Chart("name", ("closed", "open"))),
        Table("categories", "类别", "Categories", _CATEGORY_COLUMNS, [_category(row) for row in categories],
              _sum(categories, "name", _CATEGORY_COLUMNS[1:])),
        Table("papers", "文书", "Paperwork", _PAPER_COLUMNS, [_paper(row) for row in papers],
              _sum(papers, "name", _PAPER_COLUMNS[1:])),
    ]  # fmt: skip
    if orders:
        tables.append(
            Table(
                "orders",
                "派工单",
                "Work orders",
                _ORDER_COLUMNS,
                [_order(row) for row in orders],
                _sum(orders, "service", _ORDER_COLUMNS[2:]),
            )
        )
    return Report("calls", "来电与求助件统计", "Calls and cases", str(over.first), str(over.last), tables)


_DAY_COLUMNS = (
    Column("day", "日期", "Day", "day"), Column("calls_in", "呼入", "Calls in"), Column("calls_out", "呼出", "Calls out"),
    Column("opened", "受理求助件", "Cases opened"), Column("emergencies", "其中紧急", "Emergencies"),
    Column("unreasonable", "其中不合理", "Unreasonable"), Column("closed", "结案", "Closed"),
)  # fmt: skip
_COUNTS = (
    Column("name", "渠道", "Channel", "text"), Column("opened", "受理", "Opened"), Column("closed", "已结", "Closed"),
    Column("open", "未结", "Open"),
)  # fmt: skip
_CATEGORY_COLUMNS = (
    Column("name", "类别", "Category", "text"), Column("opened", "受理", "Opened"), Column("reasonable", "合理", "Reasonable"),
    Column("unreasonable", "不合理", "Unreasonable"), Column("closed", "已结", "Closed"), Column("open", "未结", "Open"),
)  # fmt: skip
_ORDER_COLUMNS = (
    Column("service", "服务项目", "Service", "text"), Column("state", "状态", "State", "text"), Column("orders", "单数", "Orders"),
)  # fmt: skip
_PAPER_COLUMNS = (
    Column("name", "文书", "Paper", "text"), Column("opened", "新开", "Opened"), Column("done", "办结", "Done"),
    Column("open", "未办结", "Open"), Column("late", "逾期", "Late"),
)  # fmt: skip
_PROOF_COLUMNS = (
    Column("day", "日期", "Day", "day"), Column("seen", "电话交换记录的来电", "Calls that Asterisk saw"),
    Column("legs", "有求助件的", "With a case"), Column("cases", "所属求助件", "Their cases"),
    Column("placed", "电话交换记录的呼出", "Calls out that Asterisk noted"),
    Column("placed_known", "有呼叫记录或求助件的", "With an attempt or a case"),
    Column("lost_count", "节点中断时在线", "Up when the node died"),
    Column("orphan_count", "无求助件", "Without a case"), Column("ownerless_count", "无受理人", "Without an owner"),
    Column("named", "名单", "By name", "long", persons=True), Column("checked_at", "核对时间", "Checked", "time"),
)  # fmt: skip


def proof_table(rows: list[Row]) -> Table:
    """The daily proof (S-2)."""
    shown = [
        {
            "day": str(row["day"]), "seen": row["seen"], "legs": row["legs"], "cases": row["cases"],
            "placed": row["placed"], "placed_known": row["placed_known"], "lost_count": len(row["lost"]),
            "orphan_count": row["seen"] - row["legs"] + row["placed"] - row["placed_known"],
            "ownerless_count": len(row["ownerless"]),
            "checked_at": iso(row["checked_at"]),
            "named": _named([*(_orphan(one) for one in row["orphans"]), *(f"{one} 无受理人" for one in row["ownerless"]),
                             *(f"{one['number']} 节点中断" for one in row["lost"])]),
        }
        for row in rows
    ]  # fmt: skip
    counted = tuple(column for column in _PROOF_COLUMNS if column.kind == "count")
    return Table(
        "proof", "来电对账", "Calls against cases", _PROOF_COLUMNS, shown, _sum(shown, "day", counted), None,
        "电话交换机自己记录的每一路来电和呼出,与求助件和呼叫记录逐一核对;每天核对一次并保存,无求助件的应为零。"
        "节点中断时在线的来电没有交换机记录,但都有求助件,单独列出。",
        "Every call in and out that Asterisk noted by itself, compared with cases and attempts; each day is checked and kept. "
        "There should be none without a case. Calls that were up when their node died have a case and no note.",
    )  # fmt: skip


def _named(names: list[str]) -> str:
    """What fits into a line of a table; the rest is counted."""
    more = len(names) - SHOWN
    return ";".join([*names[:SHOWN], *([f"另有{more}项"] if more > 0 else [])])


def _orphan(one: Mapping[str, Any]) -> str:
    return " ".join(part for part in (one["at"], one["line"], one["number"], one["terminal"], one["id"]) if part)


def _source(row: Row) -> Row:
    zh, en = SOURCES.get(row["source"], (row["source"], row["source"]))
    return {**row, "name": zh, "name_en": en}


def _category(row: Row) -> Row:
    if row["category"] is None:
        return {**row, "name": "未分类", "name_en": "None yet"}
    unknown = " / ".join(part for part in (row["category"], row["subcategory"]) if part)
    zh, en = CATEGORY_WORDS.get((row["category"], row["subcategory"]), (unknown, unknown))
    return {**row, "name": zh, "name_en": en}


def _order(row: Row) -> Row:
    return {**row, "state": STATES_ZH.get(row["state"], row["state"]), "state_en": str(row["state"]).replace("_", " ")}


def _paper(row: Row) -> Row:
    noun = BY_NOUN.get(row["noun"])
    return {**row, "name": noun.zh if noun else row["noun"], "name_en": row["noun"].replace("_", " ")}


def _sum(rows: list[Row], name: str, columns: tuple[Column, ...]) -> Row:
    return {name: "合计", **{column.key: sum(row[column.key] for row in rows) for column in columns}}
