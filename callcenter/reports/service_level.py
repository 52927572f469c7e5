"""How quickly calls are answered (T-4, GB/T 33358, NFPA 1225, TSA), who gave up, and whether they were called back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.called_in import ANSWER_TARGET, CALLED_IN, IN_HOURS
from callcenter.domain.period import Period
from callcenter.reports.tables import Chart, Column, Report, Row, Table, share

By = Literal["day", "week", "month", "hour", "line", "seat", "person"]
CALLS = f"""
    calls AS (
        SELECT c.id, c.kind, c.line, c.seat, c.agent_id, c.opened_at, c.state,
            (c.opened_at AT TIME ZONE CAST(:zone AS text)) AS local,
            CASE WHEN t.at IS NULL OR t.at > c.answered_at THEN extract(epoch FROM c.answered_at - c.opened_at) END AS wait,
            t.at IS NOT NULL AND (c.answered_at IS NULL OR t.at <= c.answered_at) AS owed,
            t.done AS called_back,
            NOT c.{IN_HOURS} AS out_of_hours
        FROM help_case c LEFT JOIN LATERAL (
            SELECT min(created_at) AS at, bool_and(state = 'done') AS done FROM task WHERE case_id = c.id
        ) t ON true
        WHERE c.opened_at >= :begins AND c.opened_at < :ends AND c.{CALLED_IN}
    )
"""  # noqa: S608 - words of ours
"""Calls that came in. ``wait``: seconds until a person answered, null when nobody did; ``owed``: who called gave up, or was
promised a call; ``out_of_hours``: the line was closed, and they were told when it opens (R-2)."""

_SUMS = """
    count(*) FILTER (WHERE NOT out_of_hours) AS calls,
    count(*) FILTER (WHERE out_of_hours) AS out_of_hours,
    count(wait) AS answered,
    count(*) FILTER (WHERE wait <= 15) AS in_15,
    count(*) FILTER (WHERE NOT out_of_hours AND wait IS NULL AND state <> 'waiting') AS missed,
    count(*) FILTER (WHERE owed AND NOT out_of_hours) AS abandoned,
    count(*) FILTER (WHERE owed AND NOT out_of_hours AND called_back) AS called_back,
    count(*) FILTER (WHERE kind = 'emergency') AS emergencies,
    count(*) FILTER (WHERE kind = 'emergency' AND wait <= 10) AS e_10,
    count(*) FILTER (WHERE kind = 'emergency' AND wait <= 60) AS e_60,
    count(*) FILTER (WHERE kind = 'emergency' AND wait <= 180) AS e_180,
    avg(wait)::float AS wait, percentile_cont(0.95) WITHIN GROUP (ORDER BY wait)::float AS wait_95, max(wait)::float AS longest
"""
_KEYS: Mapping[By, str] = {
    "day": "to_char(local, 'YYYY-MM-DD')",
    "week": "to_char(local, 'IYYY-\"W\"IW')",
    "month": "to_char(local, 'YYYY-MM')",
    "hour": "to_char(local, 'HH24')",
    "line": "line",
    "seat": "coalesce(seat, '')",
    "person": "coalesce(agent_id::text, '')",
}
_NAMES: Mapping[By, str] = {
    "line": "SELECT number AS key, name FROM line",
    "seat": "SELECT extension AS key, name FROM seat",
    "person": "SELECT id::text AS key, name FROM agent",
}
_HEADS: Mapping[By, tuple[str, str]] = {
    "day": ("日期", "Day"), "week": ("周", "Week"), "month": ("月", "Month"), "hour": ("时段", "Hour"), "line": ("线路", "Line"),
    "seat": ("坐席", "Seat"), "person": ("人员", "Person"),
}  # fmt: skip
COLUMNS = (
    Column("calls", "来电", "Calls"),
    Column("answered", "接听", "Answered"),
    Column("in_15", "15秒内接听", "In 15 s"),
    Column("share_15", "15秒内接听率", "Share in 15 s", "share"),
    Column("abandoned", "放弃", "Given up"),
    Column("called_back", "已回拨", "Called back"),
    Column("missed", "未接", "Not answered"),
    Column("out_of_hours", "非服务时间", "Out of hours"),
    Column("wait", "平均等待(秒)", "Mean wait (s)", "seconds"),
    Column("wait_95", "95%等待不超过(秒)", "95 % wait at most (s)", "seconds"),
    Column("longest", "最长等待(秒)", "Longest wait (s)", "seconds"),
)
EMERGENCY = (
    Column("emergencies", "紧急来电", "Emergencies"),
    Column("share_10", "10秒内", "In 10 s", "share"),
    Column("share_60", "60秒内", "In 60 s", "share"),
    Column("share_180", "180秒内", "In 180 s", "share"),
)
GOALS = {"share_15": ANSWER_TARGET, "share_10": 0.90, "share_60": 0.975, "share_180": 0.99}
NOTE = (
    "来电:呼入的电话(不含测试、演练、呼出);接听率以来电数为分母。非服务时间的来电另计,已承诺开线后回电。",
    "Calls that came in, without tests, drills and calls out; shares are of all of them. Calls to a closed line are counted apart.",
)


async def service_level(connection: AsyncConnection, over: Period, by: By) -> Report:
    """The report; ``more.goals`` are the figures the field measures itself by."""
    key = _KEYS[by]
    keys = f"SELECT {key} AS key, {_SUMS} FROM calls GROUP BY GROUPING SETS (({key}), ()) ORDER BY 1 NULLS LAST"  # noqa: S608
    query = sa.text(f"WITH {CALLS} {keys}")
    found = [dict(row) for row in (await connection.execute(query, over.parameters)).mappings()]
    names: dict[str, str] = {}
    if by in _NAMES:
        names = {row.key: row.name for row in await connection.execute(sa.text(_NAMES[by]))}
    rows = [_row(row, _named(by, row["key"], names)) for row in found if row["key"] is not None]
    total = next((_row(row, "合计") for row in found if row["key"] is None), None)
    head = Column("key", *_HEADS[by], kind="text")
    chart = Chart("key", ("answered", "abandoned"), ("share_15",))
    tables = (
        Table("service_level", "接听服务水平", "Calls answered", (head, *COLUMNS), rows, total, chart, *NOTE),
        Table(
            "emergencies", "紧急来电接听", "Emergencies answered", (head, *EMERGENCY),
            [row for row in rows if row["emergencies"]], total, Chart("key", (), ("share_10", "share_60", "share_180")),
        ),
    )  # fmt: skip
    return Report("service", "服务水平", "Service level", str(over.first), str(over.last), tables, by, {"goals": GOALS})


def _named(by: By, key: str, names: Mapping[str, str]) -> str:
    if by == "hour":
        return f"{key}:00"
    if by in _NAMES:
        name = names.get(key, "")
        return "—" if not key else name if by == "person" else " ".join(part for part in (key, name) if part)
    return key


def _row(row: Mapping[str, Any], name: str) -> Row:
    def figure(value: float | None) -> float | None:
        return None if value is None else round(value, 1)

    return {
        **{key: row[key] for key in ("calls", "answered", "in_15", "abandoned", "called_back", "missed", "out_of_hours")},
        "key": name, "share_15": share(row["in_15"], row["calls"]), "wait": figure(row["wait"]), "wait_95": figure(row["wait_95"]),
        "longest": figure(row["longest"]), "emergencies": row["emergencies"], "share_10": share(row["e_10"], row["emergencies"]),
        "share_60": share(row["e_60"], row["emergencies"]), "share_180": share(row["e_180"], row["emergencies"]),
    }  # fmt: skip
