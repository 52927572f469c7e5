"""The weekly meeting on paper (S-8): what each seat did, what is open and how it stands, what was unreasonable (R-8), what could
not be met (R-10), what came late, who was not followed up (R-14, R-15), and the typical cases (R-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.follow_ups import followed
from callcenter.db.papers import overrides_from
from callcenter.domain.catalogue import UNREASONABLE
from callcenter.domain.clock import iso
from callcenter.domain.coverage import TARGET, Coverage, coverage
from callcenter.domain.papers.nouns import BY_NOUN
from callcenter.domain.period import Period
from callcenter.domain.regulations import limits
from callcenter.reports.calls import CATEGORY_WORDS, SOURCES
from callcenter.reports.digest_columns import (
    COVERAGE_COLUMNS,
    LATE_COLUMNS,
    MISS_COLUMNS,
    NEED_COLUMNS,
    OPEN_COLUMNS,
    PEOPLE_COLUMNS,
    REFUSED_COLUMNS,
    TYPICAL_COLUMNS,
)
from callcenter.reports.service_level import service_level
from callcenter.reports.tables import Row, Table

MOST = 500  # lines of a list; more are counted
STATES = {
    "waiting": ("等待接听", "waiting"), "talking": ("通话中", "talking"), "wrap_up": ("整理中", "being written up"),
    "callback": ("待回拨", "a call is owed"), "open": ("办理中", "open"), "closed": ("已结案", "closed"),
}  # fmt: skip
_UNREASONABLE = {choice.id: (choice.zh, choice.en) for choice in UNREASONABLE}
_TEXTS = ("text", "question", "title", "demand", "reason", "content", "note")
"""Fields of papers that say what it is about, the best first."""
_REAL = "c.source NOT IN ('drill', 'probe')"

_PEOPLE = sa.text(f"""
    WITH mine AS (
        SELECT c.agent_id, count(*) FILTER (WHERE c.opened_at >= :begins AND c.opened_at < :ends) AS opened,
            count(*) FILTER (WHERE c.closed_at >= :begins AND c.closed_at < :ends) AS closed,
            count(*) FILTER (WHERE c.opened_at < :ends AND (c.closed_at IS NULL OR c.closed_at >= :ends)) AS open
        FROM help_case c WHERE c.agent_id IS NOT NULL AND {_REAL}
            AND ((c.opened_at >= :begins AND c.opened_at < :ends) OR (c.closed_at >= :begins AND c.closed_at < :ends)
                OR (c.state <> 'closed' AND c.opened_at < :ends))
        GROUP BY 1
    ), spoken AS (
        SELECT j.agent_id, count(*) AS answered FROM journal j
        WHERE j.written_at >= :begins AND j.written_at < :ends + interval '1 day' AND j.at >= :begins AND j.at < :ends
            AND j.kind = 'answered' AND j.agent_id IS NOT NULL GROUP BY 1
    ), papers AS (
        SELECT coalesce(p.owner_id, p.opened_by) AS agent_id,
            count(*) FILTER (WHERE p.noun = 'promise' AND p.opened_at >= :begins) AS promises,
            count(*) FILTER (WHERE p.noun = 'promise' AND (p.overdue OR p.data->>'late' = 'true') AND p.due_at >= :begins
                AND p.due_at < :ends) AS promises_late,
            count(*) FILTER (WHERE p.noun = 'pending_answer' AND p.overdue AND p.due_at >= :begins AND p.due_at < :ends)
                AS answers_late,
            count(*) FILTER (WHERE p.noun = 'hand_over' AND p.overdue AND p.due_at >= :begins AND p.due_at < :ends)
                AS hand_overs_late
        FROM paper p WHERE p.opened_at < :ends AND (p.opened_at >= :begins OR p.due_at >= :begins) GROUP BY 1
    ), asked AS (
        SELECT CAST(p.data->>'asked_by' AS uuid) AS agent_id, count(*) AS followed_up FROM paper p
        WHERE p.noun = 'follow_up' AND p.data->>'spot_check_of' IS NULL
            AND p.data->>'asked_by' IS NOT NULL AND CAST(p.data->>'asked_at' AS timestamptz) >= :begins
            AND CAST(p.data->>'asked_at' AS timestamptz) < :ends GROUP BY 1
    ), typical AS (
        SELECT p.opened_by AS agent_id, count(*) AS nominated, count(*) FILTER (WHERE p.state = 'selected') AS selected
        FROM paper p WHERE p.noun = 'typical_case' AND p.data->>'week' = :week GROUP BY 1
    )
    SELECT a.id, a.name, a.role, coalesce(answered, 0) AS answered, coalesce(opened, 0) AS opened, coalesce(closed, 0) AS closed,
        coalesce(open, 0) AS open, coalesce(promises, 0) AS promises, coalesce(promises_late, 0) AS promises_late,
        coalesce(answers_late, 0) AS answers_late, coalesce(hand_overs_late, 0) AS hand_overs_late,
        coalesce(followed_up, 0) AS followed_up, coalesce(nominated, 0) AS nominated, coalesce(selected, 0) AS selected
    FROM agent a LEFT JOIN mine ON mine.agent_id = a.id LEFT JOIN spoken ON spoken.agent_id = a.id
        LEFT JOIN papers ON papers.agent_id = a.id LEFT JOIN asked ON asked.agent_id = a.id
        LEFT JOIN typical ON typical.agent_id = a.id
    WHERE (a.role = 'seat' AND a.active) OR opened > 0 OR closed > 0 OR open > 0 OR answered > 0 OR followed_up > 0
    ORDER BY a.role <> 'seat', a.user
""")  # noqa: S608 - words of ours
_CASE = """
    c.id, c.number, c.opened_at, c.closed_at, c.category, c.subcategory, c.source, c.state, c.agent_id, m.name AS who,
    a.name AS owner
"""
_PEOPLE_OF = "LEFT JOIN member m ON m.id = c.member_id LEFT JOIN agent a ON a.id = c.agent_id"
_FROM = f"help_case c {_PEOPLE_OF}"
_PAPER = f"paper p JOIN help_case c ON c.id = p.case_id {_PEOPLE_OF}"
_OPEN = sa.text(f"""
    SELECT {_CASE}, coalesce(c.summary, '') AS summary FROM {_FROM}
    WHERE c.state <> 'closed' AND c.opened_at < :ends AND {_REAL} ORDER BY c.opened_at LIMIT :most
""")  # noqa: S608
_OPEN_PAPERS = sa.text("""
    SELECT p.case_id, p.noun, p.due_at, p.overdue, p.data FROM paper p
    WHERE p.unfinished AND p.case_id = ANY(CAST(:cases AS uuid[])) ORDER BY p.due_at NULLS LAST, p.opened_at
""")
_REFUSED = sa.text(f"""
    SELECT {_CASE}, c.unreasonable, coalesce(
        (SELECT coalesce(j.data->>'explanation', j.data->>'text') FROM journal j WHERE j.case_id = c.id
            AND j.kind IN ('wrapped_up', 'judged_unreasonable') ORDER BY j.seq DESC LIMIT 1), c.summary, '') AS text
    FROM {_FROM} WHERE c.unreasonable IS NOT NULL AND c.opened_at >= :begins AND c.opened_at < :ends AND {_REAL}
    ORDER BY c.opened_at LIMIT :most
""")  # noqa: S608
_NEEDS = sa.text(f"""
    SELECT {_CASE}, p.state AS paper_state, p.overdue, p.data FROM {_PAPER}
    WHERE p.noun = 'unmet_need' AND p.opened_at < :ends AND (p.unfinished OR p.opened_at >= :begins OR p.done_at >= :begins)
    ORDER BY p.opened_at LIMIT :most
""")  # noqa: S608
_LATE = sa.text(f"""
    SELECT {_CASE}, p.noun, p.due_at, p.done_at, p.unfinished, p.data, o.name AS answers
    FROM {_PAPER}
        LEFT JOIN agent o ON o.id = coalesce(p.owner_id, p.opened_by)
    WHERE (p.overdue OR (p.noun = 'promise' AND p.data->>'late' = 'true')) AND p.due_at < :ends
        AND (p.due_at >= :begins OR p.unfinished) ORDER BY p.due_at LIMIT :most
""")  # noqa: S608
_TYPICAL = sa.text("""
    SELECT p.id, p.state, p.data, c.number, a.name AS by FROM paper p JOIN help_case c ON c.id = p.case_id
        LEFT JOIN agent a ON a.id = p.opened_by WHERE p.noun = 'typical_case' AND p.data->>'week' = :week ORDER BY p.opened_at
""")
_REMARKS = sa.text("""
    SELECT DISTINCT ON (r.agent_id) r.agent_id, a.name, r.text, r.written_at FROM weekly_remark r JOIN agent a ON a.id = r.agent_id
    WHERE r.week = :week ORDER BY r.agent_id, r.id DESC
""")
_PROOF = sa.text("""
    SELECT count(*) AS days, coalesce(sum(seen), 0)::int AS seen,
        coalesce(sum(seen - legs + placed - placed_known), 0)::int AS orphans,
        coalesce(sum(jsonb_array_length(ownerless)), 0)::int AS ownerless
    FROM reconciliation WHERE day BETWEEN CAST(:first AS date) AND CAST(:last AS date)
""")
_GROUPS = {"service": ("服务咨询", "About services"), "life_help": ("生活帮助", "Life help"), "rescue": ("紧急救援", "Rescues")}


async def digest(connection: AsyncConnection, over: Period, week: str) -> dict[str, Any]:
    """Everything of the week as tables, with ``remarks`` by person. ``tables`` are those of ``reports/tables.py``, as JSON."""
    zone = ZoneInfo(over.zone)
    span = {**over.parameters, "first": over.first, "last": over.last, "week": week, "most": MOST}

    async def read(query: sa.TextClause) -> list[Row]:
        return [dict(row) for row in (await connection.execute(query, span)).mappings()]

    quota = await _quota(connection, over)
    people = [
        {**row, "id": str(row["id"]), "quota": quota, "short": max(0, quota - row["nominated"])} for row in await read(_PEOPLE)
    ]
    open_cases = await read(_OPEN)
    papers: dict[UUID, list[Row]] = defaultdict(list)
    found = await connection.execute(_OPEN_PAPERS, {"cases": [row["id"] for row in open_cases]})
    for row in found.mappings():
        papers[row["case_id"]].append(dict(row))
    level = await service_level(connection, over, "day")
    covered = await followed(connection, over, "closed_at")
    groups = coverage([case for case, _ in covered])
    missed = {case.case_id for group in groups for case in group.misses}
    misses = [_head(dict(row)) for case, row in covered if case.case_id in missed]
    typical = [
        {"id": str(row["id"]), "number": row["number"], "by": row["by"], "state": row["state"], "title": row["data"]["title"],
         "chosen": {"selected": "入选", "declined": "未入选"}.get(row["state"], "待选")}
        for row in await read(_TYPICAL)
    ]  # fmt: skip
    tables = [
        Table("people", "各坐席一周工作", "What each did", PEOPLE_COLUMNS, people),
        level.tables[0],
        level.tables[1],
        Table("open", "未结求助件及进展", "Open cases and how they stand", OPEN_COLUMNS,
              [_open(row, papers[row["id"]], zone) for row in open_cases]),
        Table("unreasonable", "不合理求助件", "Unreasonable cases", REFUSED_COLUMNS,
              [_refused(row) for row in await read(_REFUSED)],
              note_zh="周例会反映(R-8)", note_en="Told at the weekly meeting (R-8)"),
        Table("needs", "未满足的需求", "Needs that nobody could meet", NEED_COLUMNS, [_need(row) for row in await read(_NEEDS)],
              note_zh="周例会交流(R-10)", note_en="Told at the weekly meeting (R-10)"),
        Table("late", "逾期事项", "What came late", LATE_COLUMNS, [_late(row, zone) for row in await read(_LATE)]),
        Table("coverage", "回访率", "Followed up", COVERAGE_COLUMNS, _coverage(groups),
              note_zh="本周结案的服务咨询、生活帮助、紧急救援,应为100%(R-14、R-15);未到期的不计入",
              note_en="Of what was closed this week and is due; 100 % is demanded (R-14, R-15)"),
        Table("misses", "未回访名单", "Not followed up", MISS_COLUMNS, misses[:MOST]),
        Table("typical", "典型案例", "Typical cases", TYPICAL_COLUMNS, typical,
              note_zh=f"每人每周{quota}件(R-6)", note_en=f"{quota} for each person and week (R-6)"),
    ]  # fmt: skip
    remarks = [
        {"agent_id": str(row["agent_id"]), "name": row["name"], "text": row["text"], "at": iso(row["written_at"])}
        for row in await read(_REMARKS)
    ]
    proof = (await read(_PROOF))[0]
    return {
        "week": week, "first": str(over.first), "last": str(over.last), "quota": quota,
        "goals": {**level.more["goals"], "share": TARGET}, "proof": proof, "remarks": remarks,
        "tables": [table.as_json() for table in tables],
        "hidden": {table.key: [column.key for column in table.columns if column.persons] for table in tables},
    }  # fmt: skip


def shown_to(whole: Mapping[str, Any], *, persons: bool, only: str | None) -> dict[str, Any]:
    """The digest as somebody may read it: without people, or only their own lines (``only``: the agent's id)."""
    tables = []
    for table in whole["tables"]:
        hidden = set(whole["hidden"].get(table["key"], ())) if not persons else set[str]()
        columns = [column for column in table["columns"] if column["key"] not in hidden]
        rows = [{key: value for key, value in row.items() if key not in hidden} for row in table["rows"]]
        if only is not None:
            if table["key"] not in ("people", "open"):
                continue
            rows = [row for row in rows if only in (row.get("id"), row.get("agent_id"))]
        tables.append({**table, "columns": columns, "rows": rows})
    remarks = [one for one in whole["remarks"] if only in (None, one["agent_id"])] if persons or only else []
    return {**{key: value for key, value in whole.items() if key != "hidden"}, "tables": tables, "remarks": remarks}


async def _quota(connection: AsyncConnection, over: Period) -> int:
    rows = (await connection.execute(sa.text("SELECT * FROM rule_limit WHERE rule = 'R-6' ORDER BY valid_from, id"))).mappings()
    return int(limits.value(overrides_from([dict(row) for row in rows]), "R-6", "weekly_cases", over.last))


def _head(row: Row) -> Row:
    zh, en = CATEGORY_WORDS.get((row["category"], row["subcategory"]), ("未分类", "none yet"))
    return {
        "number": row["number"], "who": row["who"] or "", "category": zh, "category_en": en, "owner": row["owner"] or "—",
        "source": SOURCES.get(row["source"], (row["source"],))[0], "opened_at": iso(row["opened_at"]),
        "closed_at": iso(row["closed_at"]), "case_id": str(row["id"]),
        "agent_id": str(row["agent_id"]) if row["agent_id"] else None,
    }  # fmt: skip


def _open(row: Row, papers: list[Row], zone: ZoneInfo) -> Row:
    parts = [":".join(part for part in (_noun(paper), _about(paper)) if part) + _until(paper, zone) for paper in papers]
    zh, en = STATES[row["state"]]
    standing = ";".join([zh, *parts]) if row["state"] != "open" or not parts else ";".join(parts)
    return {**_head(row), "state": zh, "state_en": en, "standing": f"{standing}。{row['summary']}".strip("。") + "。"}


def _noun(paper: Row) -> str:
    noun = BY_NOUN.get(paper["noun"])
    return noun.zh if noun else str(paper["noun"])


def _about(paper: Row) -> str:
    return next((str(paper["data"][key]) for key in _TEXTS if paper["data"].get(key)), "")


def _until(paper: Row, zone: ZoneInfo) -> str:
    due: datetime | None = paper["due_at"]
    if due is None:
        return ""
    local = due.astimezone(zone)
    return f"({local.month}月{local.day}日{local:%H:%M}前{',已逾期' if paper['overdue'] else ''})"


def _refused(row: Row) -> Row:
    zh, en = _UNREASONABLE.get(row["unreasonable"], (row["unreasonable"], row["unreasonable"]))
    return {**_head(row), "reason": zh, "reason_en": en, "text": row["text"]}


def _need(row: Row) -> Row:
    data = row["data"]
    late = "(逾期)" if row["overdue"] else ""
    state: str = row["paper_state"]
    words = {"open": "待交业务发展部", "handed_over": "业务发展部寻源", "to_tell": "已有单位,待回电", "told": "已告知老人"}
    return {
        **_head(row), "text": data.get("text", ""), "referral": data.get("referral", ""), "batch": data.get("batch", ""),
        "provider": data.get("provider", ""), "state": words.get(state, state) + late,
    }  # fmt: skip


def _late(row: Row, zone: ZoneInfo) -> Row:
    done = "" if row["unfinished"] or row["done_at"] is None else f"{row['done_at'].astimezone(zone):%m-%d %H:%M} 办结"
    return {
        **_head(row), "paper": _noun(row), "text": _about(row), "due_at": iso(row["due_at"]),
        "answers": row["answers"] or row["owner"] or "—",
        "done": done or "仍未办结",
    }  # fmt: skip


def _coverage(groups: list[Coverage]) -> list[Row]:
    return [
        {
            "name": _GROUPS[one.group][0], "name_en": _GROUPS[one.group][1], "closed": one.total, "reached": one.done,
            "pending": one.pending, "missed": one.missed, "share": None if one.share is None else round(one.share, 4),
        }
        for one in groups
    ]  # fmt: skip
