"""Questions about follow-ups: what is due, late, mine, done; one in full with what its form begins with; coverage. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.papers import paper_json
from callcenter.cases.queries import names_of
from callcenter.db.agents import Session
from callcenter.db.follow_ups import followed
from callcenter.db.papers import paper_from
from callcenter.domain.clock import iso
from callcenter.domain.coverage import RULE, TARGET, coverage
from callcenter.domain.names import age_on, honorific
from callcenter.domain.papers.common import LEADERS
from callcenter.domain.papers.follow_up import LOOP, FollowUp
from callcenter.domain.period import Period
from callcenter.today import today_in

Json = dict[str, Any]
View = Literal["today", "late", "mine", "open", "loop", "checks", "done"]
VIEWS: tuple[View, ...] = ("today", "late", "mine", "open", "loop", "checks", "done")
SEE_ALL = LEADERS | {"auditor"}

_FROM = """
    FROM paper p JOIN help_case c ON c.id = p.case_id LEFT JOIN member m ON m.id = c.member_id
        LEFT JOIN district d ON d.id = m.district_id LEFT JOIN paper o ON o.id = (p.data->>'order_id')::uuid
    WHERE p.noun = 'follow_up' AND p.state <> 'not_needed'
        AND (CAST(:every AS boolean) OR p.owner_id = CAST(:agent AS uuid) OR c.agent_id = CAST(:agent AS uuid))
"""
_DUE_TODAY = """p.state = 'due' AND p.due_at < (date_trunc('day', now() AT TIME ZONE CAST(:zone AS text)) + interval '1 day')
    AT TIME ZONE CAST(:zone AS text)"""
# Who asked first is not shown what they may not check.
_WHERE: Mapping[View, str] = {
    "today": f"{_DUE_TODAY} AND (p.data->>'first_by')::uuid IS DISTINCT FROM CAST(:agent AS uuid)",
    "late": "p.unfinished AND p.overdue",
    "mine": "p.unfinished AND (p.owner_id = CAST(:agent AS uuid) OR (p.owner_id IS NULL AND c.agent_id = CAST(:agent AS uuid)))",
    "open": "p.state = 'due' AND (p.data->>'first_by')::uuid IS DISTINCT FROM CAST(:agent AS uuid)",
    "loop": "p.state IN ('reported', 'handling', 'escalated')",
    "checks": "p.data->>'spot_check_of' IS NOT NULL AND (p.data->>'first_by')::uuid IS DISTINCT FROM CAST(:agent AS uuid)",
    "done": "NOT p.unfinished AND p.done_at > now() - interval '30 days'",
}
_COLUMNS = """
    SELECT p.*, c.number AS case_number, c.state AS case_state, c.category, c.subcategory, c.source, c.agent_id AS case_owner,
        m.name AS who, d.name AS district, o.data->>'number' AS order_number, o.data->>'service' AS service
"""
_ONE = sa.text("""
    SELECT p.*, c.number AS case_number, c.state AS case_state, c.category, c.subcategory, c.source, c.agent_id AS case_owner,
        coalesce(nullif(c.summary, ''), (SELECT i.data->>'text' FROM paper i WHERE i.case_id = c.id AND i.noun = 'intake'
            ORDER BY i.opened_at LIMIT 1)) AS summary,
        c.member_id, c.caller_number, m.name AS who, m.gender, m.birth_date, m.address, d.name AS district,
        o.data->>'number' AS order_number, o.data->>'service' AS service, o.data AS the_order,
        (SELECT coalesce(json_agg(n.number ORDER BY n.number), '[]') FROM member_number n WHERE n.member_id = m.id) AS numbers
    FROM paper p JOIN help_case c ON c.id = p.case_id LEFT JOIN member m ON m.id = c.member_id
        LEFT JOIN district d ON d.id = m.district_id LEFT JOIN paper o ON o.id = (p.data->>'order_id')::uuid
    WHERE p.id = :id AND p.noun = 'follow_up'
""")


@dataclass(frozen=True)
class FollowUpQueries:
    """Reads for the follow-up desk. ``callers``: the roles that make follow-ups; others see their own."""

    engine: AsyncEngine
    zone: str
    callers: frozenset[str]

    async def page(self, who: Session, view: View, limit: int, offset: int = 0) -> Json:
        """``{items, counts}``: one view, the most urgent first, ``limit`` from ``offset``, and how many there are in each."""
        values = {"every": who.role in SEE_ALL | self.callers, "agent": who.agent_id, "zone": self.zone, "most": limit,
                  "offset": offset}  # fmt: skip
        order = "p.done_at DESC, p.id" if view == "done" else "p.overdue DESC, p.due_at, p.opened_at, p.id"
        counts = ", ".join(f'count(*) FILTER (WHERE {_WHERE[one]}) AS "{one}"' for one in VIEWS)
        async with self.engine.connect() as connection:
            query = sa.text(f"{_COLUMNS}{_FROM} AND {_WHERE[view]} ORDER BY {order} LIMIT :most OFFSET :offset")
            found = [dict(row) for row in (await connection.execute(query, values)).mappings()]
            counted = (await connection.execute(sa.text(f"SELECT {counts}{_FROM}"), values)).mappings().one()
            names = await _names(connection, found)
        return {"items": [_row(row, names) for row in found], "counts": dict(counted)}

    async def one(self, paper_id: UUID) -> Json | None:
        """``{follow_up, form, numbers, first, linked}``: what the form begins with, whom to phone, and for a check that is over
        what the first said; before that it is kept back. ``None``: there is no such."""
        async with self.engine.connect() as connection:
            row = (await connection.execute(_ONE, {"id": paper_id})).mappings().one_or_none()
            if row is None:
                return None
            names = await _names(connection, [dict(row)])
            shown = _row(dict(row), names)
            data = shown["data"]
            linked = await self._linked(connection, data)
            first = await self._first(connection, data["spot_check_of"]) if not shown["unfinished"] else None
        name = row["who"] or ""
        content = f"{row['service']}({row['order_number']})" if row["service"] else (row["summary"] or "")
        title = honorific(name, row["gender"], age_on(today_in(self.zone), row["birth_date"])) if name else ""
        return {
            "follow_up": shown, "member_id": str(row["member_id"]) if row["member_id"] else None, "honorific": title,
            "numbers": row["numbers"] or _known(row["caller_number"]),
            "form": {"name": name, "address": row["address"] or "", "content": content}, "first": first, "linked": linked,
        }  # fmt: skip

    async def coverage(self, over: Period) -> Json:
        """R-14 and R-15 of the cases opened then."""
        async with self.engine.connect() as connection:
            cases = [case for case, _ in await followed(connection, over, "opened_at")]
        return {
            "since": over.first.isoformat(), "until": over.last.isoformat(), "target": TARGET,
            "groups": [
                {
                    "group": one.group, "rule": RULE[one.group], "total": one.total, "done": one.done, "pending": one.pending,
                    "missed": one.missed, "share": one.share,
                    "misses": [
                        {
                            "case_id": str(case.case_id), "number": case.number, "who": case.who, "owner": case.owner,
                            "opened_at": iso(case.opened_at), "closed": case.closed,
                        }
                        for case in one.misses
                    ],
                }
                for one in coverage(cases)
            ],
        }  # fmt: skip

    async def _linked(self, connection: AsyncConnection, data: Json) -> list[Json]:
        wanted = {kind: data[f"{kind}_case"] for kind in ("need", "relapse", "call") if data[f"{kind}_case"]}
        query = sa.text("SELECT id, number, state FROM help_case WHERE id = ANY(CAST(:ids AS uuid[]))")
        rows = {str(row.id): row for row in await connection.execute(query, {"ids": list(wanted.values())})}
        return [
            {"kind": kind, "id": case, "number": rows[case].number, "state": rows[case].state}
            for kind, case in wanted.items()
            if case in rows
        ]

    async def _first(self, connection: AsyncConnection, paper_id: str | None) -> Json | None:
        if paper_id is None:
            return None
        row = (await connection.execute(_ONE, {"id": paper_id})).mappings().one()
        return _row(dict(row), await _names(connection, [dict(row)]))


def _known(number: str | None) -> list[str]:
    return [number] if number else []


def _row(row: Json, names: Mapping[UUID, str]) -> Json:
    paper = paper_from(row)
    assert isinstance(paper, FollowUp)
    extra = {
        key: row[key]
        for key in ("case_number", "case_state", "category", "subcategory", "source", "order_number", "service", "district")
    }
    return {
        **paper_json(paper, names), **extra, "who": row["who"] or "", "case_owner": names.get(row["case_owner"]),
        "asked_by": names.get(paper.asked_by) if paper.asked_by else None, "in_loop": paper.state in LOOP,
        "decided_by": names.get(paper.decided_by) if paper.decided_by else None,
    }  # fmt: skip


async def _names(connection: AsyncConnection, rows: list[Json]) -> dict[UUID, str]:
    people = {row[key] for row in rows for key in ("owner_id", "opened_by", "done_by", "case_owner") if row[key]}
    people |= {UUID(row["data"][key]) for row in rows for key in ("asked_by", "decided_by") if row["data"].get(key)}
    return await names_of(connection, list(people))
