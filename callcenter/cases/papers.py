"""Questions about paperwork: a case's papers, and what lies in whose inbox and since when. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.queries import names_of
from callcenter.db import papers as rows
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.domain.clock import iso
from callcenter.domain.papers.follow_up import FollowUp
from callcenter.domain.papers.nouns import NOUNS
from callcenter.domain.papers.paper import Paper

Json = dict[str, Any]
PAGE_LIMIT = 200


def desks_of(role: str) -> list[str]:
    """The nouns that lie on the desk of everybody with this role."""
    return [noun.noun for noun in NOUNS if role in noun.desks]


def paper_json(paper: Paper, names: Mapping[UUID, str]) -> Json:
    """A paper as screens show it: the common fields, and the noun's own under ``data``."""
    return {
        "id": str(paper.id), "case_id": str(paper.case_id), "noun": paper.noun, "state": paper.state,
        "unfinished": paper.unfinished, "opened_at": iso(paper.opened_at), "due_at": iso(paper.due_at),
        "done_at": iso(paper.done_at), "overdue": paper.overdue, "version": paper.version,
        "owner_id": str(paper.owner_id) if paper.owner_id else None,
        "owner": names.get(paper.owner_id) if paper.owner_id else None,
        "opened_by": names.get(paper.opened_by) if paper.opened_by else None,
        "done_by": names.get(paper.done_by) if paper.done_by else None, "data": dict(rows.own_fields(paper)),
    }  # fmt: skip


@dataclass(frozen=True)
class PaperQueries:
    """Reads for desks."""

    engine: AsyncEngine

    async def of_case(self, case_id: UUID) -> list[Json]:
        """All papers of a case, oldest first."""
        table = tables.paper
        query = sa.select(table).where(table.c.case_id == case_id).order_by(table.c.opened_at, table.c.id)
        async with self.engine.connect() as connection:
            return await self._shown(connection, [dict(row) for row in (await connection.execute(query)).mappings()])

    async def inbox(self, who: Session, *, noun: str | None, mine: bool, unfinished: bool, limit: int) -> list[Json]:
        """Papers with their cases, the most urgent first: due ones by their time, then the oldest.

        A person sees what they own, what belongs to their own cases, and what lies on their role's desk; leaders see all.
        """
        paper, case, member = tables.paper, tables.case, tables.member
        query = (
            sa.select(
                paper, case.c.number.label("case_number"), case.c.state.label("case_state"), member.c.name.label("who"),
                case.c.category, case.c.subcategory, case.c.source, case.c.agent_id.label("case_owner"),
            )
            .join(case, case.c.id == paper.c.case_id)
            .outerjoin(member, member.c.id == case.c.member_id)
            .order_by(sa.nulls_last(paper.c.due_at), paper.c.opened_at)
            .limit(max(1, min(limit, PAGE_LIMIT)))
        )  # fmt: skip
        theirs = sa.or_(paper.c.owner_id == who.agent_id, case.c.agent_id == who.agent_id)
        if mine:
            query = query.where(theirs)
        elif who.role not in ("supervisor", "group_leader", "department_head", "auditor"):
            query = query.where(sa.or_(theirs, paper.c.noun.in_(desks_of(who.role))))
        # Follow-ups have a desk of their own: they are shown here when they are asked for.
        query = query.where(paper.c.noun == noun if noun else paper.c.noun != FollowUp.noun)
        if unfinished:
            query = query.where(paper.c.unfinished)
        async with self.engine.connect() as connection:
            found = [dict(row) for row in (await connection.execute(query)).mappings()]
            shown = await self._shown(connection, found)
            owners = await names_of(connection, [row["case_owner"] for row in found if row["case_owner"]])
        return [
            {
                **entry, "case_number": row["case_number"], "case_state": row["case_state"], "who": row["who"] or "",
                "category": row["category"], "subcategory": row["subcategory"], "source": row["source"],
                "case_owner": owners.get(row["case_owner"]),
            }
            for entry, row in zip(shown, found, strict=True)
        ]  # fmt: skip

    async def _shown(self, connection: AsyncConnection, found: Sequence[Json]) -> list[Json]:
        papers = [rows.paper_from(row) for row in found]
        people = [one for paper in papers for one in (paper.owner_id, paper.opened_by, paper.done_by) if one]
        names = await names_of(connection, people)
        return [paper_json(paper, names) for paper in papers]
