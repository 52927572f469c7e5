"""Follow-ups where one fact is not enough: a need or a relapse becomes a case of its own (V-4, R-20), and the call that was made
for it is written up and closed.

What follows is promised by the follow-up itself: it carries the ids of the cases that must exist. Whoever wrote it down makes
them; should the service die between, the keeper makes them a minute later, under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid5

import sqlalchemy as sa
import structlog
from pydantic import AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.commands import by_person
from callcenter.cases.paper_commands import CARE, Entry, OnPaper, Short, Text, TryFollowUp
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.papers import paper_from
from callcenter.domain.errors import Refused
from callcenter.domain.facts import WrappedUp
from callcenter.domain.intake import CaseRegistered
from callcenter.domain.papers.feedback import FeedbackGiven
from callcenter.domain.papers.follow_up import FollowUp
from callcenter.domain.papers.follow_up_call import FollowUpAnswered, FollowUpTried
from callcenter.engine.by_itself import ask_by_itself
from callcenter.engine.looks import look_again
from callcenter.engine.processor import Processor

log = structlog.get_logger()
LOOK_SECONDS = 60.0

# Any fifty: what is refused at every look must not stand before the others for ever.
_UNWRITTEN = sa.text("""
    SELECT c.id, c.agent_id FROM help_case c WHERE c.source = 'outbound' AND c.state = 'open' AND c.category IS NULL
        AND c.ended_at < clock_timestamp() - interval '2 minutes' AND c.agent_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM paper p WHERE p.noun = 'follow_up' AND (p.data->>'call_case' = c.id::text
            OR p.data->'attempts' @> jsonb_build_array(jsonb_build_object('call_case', c.id::text))))
    ORDER BY random() LIMIT 50
""")
_MISSING = sa.text("""
    SELECT p.id FROM paper p, unnest(ARRAY[p.data->>'need_case', p.data->>'relapse_case']) AS wanted(id)
    WHERE p.noun = 'follow_up' AND wanted.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM help_case c WHERE c.id = wanted.id::uuid
        AND (c.state = 'closed' OR wanted.id IS DISTINCT FROM p.data->>'relapse_case'
            OR EXISTS (SELECT 1 FROM paper w WHERE w.case_id = c.id AND w.noun = 'feedback')))
    ORDER BY random() LIMIT 50
""")


class AnswerFollowUp(OnPaper):
    """V-2's six and V-4's question. What is missing is refused by the rule's own words, not by the shape."""

    asked_at: AwareDatetime | None = None
    name: Short = ""
    address: Text = ""
    content: Text = ""
    quality: Literal["good", "fair", "poor"] | None = None
    satisfaction: int | None = None
    remark: Text = ""
    way: Literal["phone", "visit"] = "phone"
    visited_by: tuple[Short, ...] = Field((), max_length=20)
    signer: Short = ""
    other_need: bool | None = None
    need: Text = ""
    introduced: Text = ""
    need_category: Short = "life_help"
    need_subcategory: Short = "other"
    call_case: UUID | None = None


@dataclass(frozen=True)
class FollowUpCommands:
    """Runs them, and looks again after what was left undone. ``table``: name → (shape, roles, what runs)."""

    engine: AsyncEngine
    processor: Processor

    @property
    def table(self) -> Mapping[str, Entry]:
        return {
            "answer_follow_up": (AnswerFollowUp, CARE, self.answer),
            "try_follow_up": (TryFollowUp, CARE, self.tried),
        }

    async def answer(self, who: Session, args: AnswerFollowUp) -> dict[str, Any]:
        """``{paper_id, cases: [{id, number}]}``: the cases that came out of it."""
        await self._require_call(args.call_case)
        await self.processor.ask(FollowUpAnswered(*by_person(who, args.case_id), **args.model_dump(exclude={"case_id"})))
        made = await self.follow(args.paper_id)
        await self._write_up(who, args.call_case, "回访通话")
        return {"paper_id": str(args.paper_id), "cases": made}

    async def tried(self, who: Session, args: TryFollowUp) -> dict[str, Any]:
        """``{paper_id}``"""
        await self._require_call(args.call_case)
        await self.processor.ask(FollowUpTried(*by_person(who, args.case_id), **args.model_dump(exclude={"case_id"})))
        await self._write_up(who, args.call_case, "回访电话未接通")
        return {"paper_id": str(args.paper_id)}

    async def follow(self, paper_id: UUID) -> list[dict[str, str]]:
        """Make the cases that this follow-up calls for and that are not there yet; all of them, with their numbers."""
        paper, case = tables.paper, tables.case
        async with self.engine.connect() as connection:
            row = (await connection.execute(sa.select(paper).where(paper.c.id == paper_id))).mappings().one_or_none()
            found = paper_from(dict(row)) if row is not None else None
            if not isinstance(found, FollowUp) or found.asked_by is None:
                return []
            query = sa.select(case.c.member_id, case.c.caller_number, case.c.category, case.c.subcategory)
            earlier = (await connection.execute(query.where(case.c.id == found.case_id))).one()
        common = {
            "source": "outbound", "member_id": earlier.member_id, "name": found.name, "address": found.address,
            "phone": earlier.caller_number or "",
        }  # fmt: skip
        by = (found.asked_by, "system", None)
        if found.need_case is not None:
            await self.processor.ask(
                CaseRegistered(
                    *by, found.need_case, paper_id=uuid5(found.need_case, "intake"), text=found.need, linked_case=found.case_id,
                    category=found.need_category, subcategory=found.need_subcategory, **common,
                )
            )  # fmt: skip
        if found.relapse_case is not None:
            await self.processor.ask(
                CaseRegistered(
                    *by, found.relapse_case, paper_id=uuid5(found.relapse_case, "intake"), text=found.remark,
                    earlier=found.case_id, category=earlier.category, subcategory=earlier.subcategory, **common,
                )
            )  # fmt: skip
            complaint = FeedbackGiven(
                *by, found.relapse_case, paper_id=uuid5(found.relapse_case, "word"), result="dissatisfied", text=found.remark,
                by_whom=found.name, complaint=True,
            )  # fmt: skip
            await self.processor.ask(complaint)
        wanted = [one for one in (found.need_case, found.relapse_case) if one is not None]
        async with self.engine.connect() as connection:
            rows = await connection.execute(sa.select(case.c.id, case.c.number).where(case.c.id.in_(wanted)))
            return [{"id": str(one.id), "number": one.number} for one in rows]

    async def _require_call(self, call_case: UUID | None) -> None:
        """Only the case of a call that we made is written up as such a one: never an elder's own. Raises Refused."""
        if call_case is None:
            return
        async with self.engine.connect() as connection:
            source = await connection.scalar(sa.select(tables.case.c.source).where(tables.case.c.id == call_case))
        if source != "outbound":
            raise Refused(
                "not_a_call_out", "所填的通话不是呼出的回访电话。没有登记。", "That is no call that we made; nothing was recorded.",
                remedy_zh="请从回访页面拨打,或不填通话。", remedy_en="Phone from the follow-up's page, or leave the call out.",
                rule="V-1", status=422,
            )  # fmt: skip

    async def _write_up(self, who: Session, call_case: UUID | None, summary: str) -> None:
        """Close the call's own case. While it is still spoken that is refused: the keeper does it later."""
        if call_case is None:
            return
        try:
            await self.processor.ask(_written(*by_person(who, call_case), summary))
        except Refused as refused:
            log.info("call_not_written_up", case=str(call_case), why=refused.code)

    async def run(self) -> None:
        """Look for what was left undone. Runs until cancelled."""
        await look_again("follow-ups", self.look, LOOK_SECONDS)

    async def look(self) -> int:
        """One look; how much was put right. What is refused is logged, and holds up nothing else."""
        async with self.engine.connect() as connection:
            missing = list(await connection.scalars(_MISSING))
            unwritten = (await connection.execute(_UNWRITTEN)).all()
        done = 0
        for paper_id in missing:
            try:
                await self.follow(paper_id)
                done += 1
            except Refused as error:
                log.warning("follow_up_not_followed", paper=str(paper_id), why=error.code)
        for row in unwritten:
            written = _written(row.agent_id, "supervisor", None, row.id, "回访通话")
            done += await ask_by_itself(self.processor, written)
        return done


def _written(agent_id: UUID, role: str, seat: str | None, case_id: UUID, summary: str) -> WrappedUp:
    return WrappedUp(
        agent_id, role, seat, case_id, category="consultation", subcategory="other", disposition="follow_up", summary=summary
    )
