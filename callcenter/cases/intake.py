"""Cases that come to a desk: what staff register, what the public page sends, and hand-overs, which need the other person's name.

The public page is open to the whole world: a trap for robots, and limits per address and for the whole centre, counted in the
database, so that several instances and a restart count together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from pydantic import AwareDatetime, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.commands import Args, by_person
from callcenter.cases.paper_commands import CARE, LEADING, Entry, NewPaper, Short, Text
from callcenter.db import tables
from callcenter.db.agents import Session, agent_of
from callcenter.domain.errors import Refused
from callcenter.domain.intake import CaseRegistered
from callcenter.domain.papers.hand_over import HandOverOffered
from callcenter.domain.papers.need import NeedHandedOver
from callcenter.engine.by_itself import ask_by_itself
from callcenter.engine.processor import Processor

CASES = UUID("6f2a3f1e-0f0e-4f5c-9c83-1c0b3a0c6a11")
"""Ids of registered cases follow from their intake's: sent twice, it is one case."""
PER_HOUR, PER_DAY, PER_CENTRE = 5, 15, 300
"""Requests from one address in an hour and a day, and of everybody in a day. A family with three elders writes three."""
WEB = "web"


class RegisterCase(Args):
    paper_id: UUID | None = None
    source: Literal["letter", "walk_in", "assignment"]
    member_id: UUID | None = None
    name: Short = ""
    phone: Short = ""
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    text: Text
    reference: Short = ""
    category: Short
    subcategory: Short
    owner_id: UUID | None = None
    leader: Short = ""
    due_at: AwareDatetime | None = None
    earlier: UUID | None = None


class PublicRequest(Args):
    """``website`` is the trap: people do not see it."""

    request_id: UUID
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9+() -]{5,24}$")]
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=2000)]
    website: Annotated[str, StringConstraints(max_length=400)] = ""


class HandOverCase(NewPaper):
    to_id: UUID
    reason: Text


class HandOverNeeds(Args):
    paper_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class IntakeCommands:
    """Runs them. ``table``: name → (shape, roles, what runs)."""

    engine: AsyncEngine
    processor: Processor

    @property
    def table(self) -> Mapping[str, Entry]:
        return {
            "register_case": (RegisterCase, CARE, self.register),
            "hand_over_case": (HandOverCase, CARE, self.hand_over),
            "hand_over_needs": (HandOverNeeds, CARE, self.hand_over_needs),
        }

    async def register(self, who: Session, args: RegisterCase) -> dict[str, str]:
        if args.owner_id is not None:
            if who.role not in LEADING and args.owner_id != who.agent_id:
                raise Refused(
                    "only_leaders_assign", "只有领导可以指定受理人。", "Only leaders name another owner.",
                    remedy_zh="请登记后再交接。", remedy_en="Register it, then hand it over.", rule="R-1", status=403,
                )  # fmt: skip
            await self._colleague(args.owner_id)
        if args.member_id is not None:
            async with self.engine.connect() as connection:
                if await connection.scalar(sa.select(tables.member.c.id).where(tables.member.c.id == args.member_id)) is None:
                    raise Refused("no_such_member", "没有这位老人的档案。", "There is no such member.", status=404)
        paper_id = args.paper_id or uuid4()
        case_id = uuid5(CASES, str(paper_id))
        values: dict[str, Any] = args.model_dump(exclude={"paper_id"})
        await self.processor.ask(CaseRegistered(*by_person(who, case_id), paper_id=paper_id, **values))
        return {"case_id": str(case_id), "paper_id": str(paper_id), "number": await self._number(case_id)}

    async def public(self, args: PublicRequest, address: str) -> dict[str, str]:
        """A request of the public page. A robot that fell into the trap is thanked, and nothing is kept."""
        if args.website:
            return {"number": ""}
        remote = hashlib.sha256(address.encode()).hexdigest()[:16]
        case_id = uuid5(CASES, str(args.request_id))
        async with self.engine.connect() as connection:
            if await connection.scalar(sa.select(tables.case.c.id).where(tables.case.c.id == case_id)) is None:
                await _not_too_many(connection, remote)
        nobody = UUID(int=0)
        await self.processor.ask(
            CaseRegistered(
                nobody, "public", None, case_id, paper_id=args.request_id, source="web", name=args.name, phone=args.phone,
                address=args.address, text=args.text, reference=remote, nobody=True,
            )
        )  # fmt: skip
        return {"number": await self._number(case_id)}

    async def hand_over(self, who: Session, args: HandOverCase) -> dict[str, str]:
        name = await self._colleague(args.to_id)
        paper_id = args.paper_id or uuid4()
        await self.processor.ask(
            HandOverOffered(*by_person(who, args.case_id), paper_id=paper_id, to_id=args.to_id, to_name=name, reason=args.reason)
        )
        return {"paper_id": str(paper_id)}

    async def hand_over_needs(self, who: Session, args: HandOverNeeds) -> dict[str, Any]:
        """R-10: unmet needs go to business development together. Each is kept by itself: what fails leaves the others handed
        over."""
        paper = tables.paper
        query = sa.select(paper.c.id, paper.c.case_id).where(
            paper.c.id.in_(args.paper_ids), paper.c.noun == "unmet_need", paper.c.state == "open"
        )
        async with self.engine.connect() as connection:
            found = (await connection.execute(query)).all()
            batch = await connection.scalar(sa.text("SELECT to_char(now(), 'YYYYMMDD-HH24MISS')"))
        done = 0
        for row in found:
            fact = NeedHandedOver(*by_person(who, row.case_id), paper_id=row.id, batch=str(batch))
            done += await ask_by_itself(self.processor, fact)
        return {"batch": batch, "count": done}

    async def _colleague(self, agent_id: UUID) -> str:
        async with self.engine.connect() as connection:
            person = await agent_of(connection, agent_id)
        if person is None or not person.active or person.role not in CARE:
            raise Refused(
                "no_such_colleague", "没有这位可以受理求助件的同事。", "There is no such colleague who takes cases.",
                remedy_zh="请从名单中选择。", remedy_en="Choose from the list.", rule="R-1", status=422,
            )  # fmt: skip
        return person.name

    async def _number(self, case_id: UUID) -> str:
        async with self.engine.connect() as connection:
            return str(await connection.scalar(sa.select(tables.case.c.number).where(tables.case.c.id == case_id)))


async def _not_too_many(connection: AsyncConnection, remote: str) -> None:
    paper = tables.paper
    of_page = sa.and_(paper.c.noun == "intake", paper.c.data["channel"].astext == WEB)
    theirs = paper.c.data["reference"].astext == remote
    hour = paper.c.opened_at > sa.func.now() - timedelta(hours=1)
    query = sa.select(
        sa.func.count().filter(theirs, hour), sa.func.count().filter(theirs), sa.func.count()
    ).where(of_page, paper.c.opened_at > sa.func.now() - timedelta(days=1))  # fmt: skip
    in_hour, in_day, of_all = (await connection.execute(query)).one()
    if in_hour >= PER_HOUR or in_day >= PER_DAY or of_all >= PER_CENTRE:
        raise Refused(
            "too_many_requests", "提交过于频繁,本次没有登记。", "Too many requests; this one was not taken.",
            remedy_zh="请稍后再试,或拨打服务热线。紧急情况请按一键通或拨打120。",
            remedy_en="Try later, or call us. In an emergency press the button or dial 120.", rule="R-2", status=429,
        )  # fmt: skip
