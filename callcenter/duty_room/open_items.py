"""What is open at a hand-over (T-1): listed by the system, so that the note cannot leave it out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.clock import iso

WARNINGS_MOST = 30
_RED = sa.text("""
    SELECT c.id::text AS case_id, c.number, m.name AS who, c.opened_at AS at, c.seat FROM help_case c
    LEFT JOIN member m ON m.id = c.member_id WHERE c.red AND c.source <> 'drill' ORDER BY c.opened_at
""")
_CALL_BACKS = sa.text("""
    SELECT c.id::text AS case_id, c.number, m.name AS who, t.due_at AS at FROM task t JOIN help_case c ON c.id = t.case_id
    LEFT JOIN member m ON m.id = c.member_id WHERE t.state <> 'done' ORDER BY t.due_at
""")
_PAPERS = sa.text("SELECT count(*) AS n, count(*) FILTER (WHERE overdue) AS late FROM paper WHERE unfinished")
_ORPHANS = sa.text("""
    SELECT s.arrived_at AS at, concat_ws(' ', nullif(s.number, ''), nullif(s.terminal, '')) AS who FROM call_seen s
    WHERE s.told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call_leg l WHERE l.id = s.id)
    UNION ALL
    SELECT p.placed_at, p.id FROM call_placed p
    WHERE p.told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call_leg l WHERE l.id = p.belongs_to)
        AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = p.belongs_to)
    ORDER BY 1
""")
_MESSAGES = sa.text("""
    SELECT g.due_at AS at, coalesce(d.name, a.name) AS name FROM duty_message g LEFT JOIN department d ON d.id = g.department_id
    LEFT JOIN agent a ON a.id = g.agent_id WHERE g.state <> 'acknowledged' ORDER BY g.due_at
""")
_WARNINGS = sa.text("""
    SELECT kind, max(at) AS at, sum(count)::int AS n FROM warning WHERE at >= :begins GROUP BY kind ORDER BY 2 DESC LIMIT :most
""")


async def open_items(connection: AsyncConnection, begins: datetime, words: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """``[{kind, zh, en, at, who, case_id, number}]``, the gravest first. ``begins``: of the shift; ``words``: names of warnings."""
    found: list[dict[str, Any]] = []

    def put(kind: str, zh: str, en: str, row: Any) -> None:
        about = {key: row.get(key) for key in ("who", "case_id", "number")}
        found.append({"kind": kind, "zh": zh, "en": en, "at": iso(row.get("at")), **about})

    for row in (await connection.execute(_RED)).mappings():
        put("red", "紧急求助未了结", "Emergency not settled", row)
    for row in (await connection.execute(_CALL_BACKS)).mappings():
        put("call_back", "待回拨", "A call is owed", row)
    for row in (await connection.execute(_ORPHANS)).mappings():
        put("orphan", "电话没有求助件", "A call without a case", row)
    papers = (await connection.execute(_PAPERS)).mappings().one()
    if papers["n"]:
        put("inbox", f"待办文书{papers['n']}份,逾期{papers['late']}份", f"{papers['n']} papers to do, {papers['late']} overdue", {})
    for row in (await connection.execute(_MESSAGES)).mappings():
        put("message", f"发给{row['name']}的消息未确认", f"A message to {row['name']} is not acknowledged", row)
    for row in (await connection.execute(_WARNINGS, {"begins": begins, "most": WARNINGS_MOST})).mappings():
        zh, en = words.get(row["kind"], ("电话系统的安全警告", "A security warning of the telephone system"))
        put("warning", f"{zh}({row['n']}次)", f"{en} ({row['n']} times)", row)
    return found
