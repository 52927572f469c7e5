"""What people may order about a case, checked at the door: shapes here, rules in the domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import people as directory
from callcenter.db.agents import Session
from callcenter.domain import facts
from callcenter.domain.after_call import DRAFT_LIMIT, TEXT_LIMIT
from callcenter.domain.errors import Refused
from callcenter.engine.processor import Processor

Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
Short = Annotated[str, StringConstraints(max_length=64)]


class Args(BaseModel):
    """What a command carries; unknown fields are refused, so that a typing error is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class OnCase(Args):
    case_id: UUID


class Note(OnCase):
    text: Text


class Draft(OnCase):
    draft: dict[str, Any]


class ChooseMember(OnCase):
    member_id: UUID


class CreateMember(OnCase):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    gender: Literal["f", "m"]
    address: Annotated[str, StringConstraints(max_length=200)] = ""
    district: Annotated[str, StringConstraints(max_length=60)] = ""


class WrapUp(OnCase):
    category: Short
    subcategory: Short | None = None
    unreasonable: Short | None = None
    explanation: Text | None = None
    disposition: Short
    summary: Text


class Settle(OnCase):
    outcome: Short
    note: Text


class OnTask(Args):
    task_id: UUID


class CompleteTask(OnTask):
    outcome: Short
    note: Text = Field(min_length=1)


@dataclass(frozen=True)
class CaseCommands:
    """Runs a person's commands on cases. ``table`` is what the console's socket may call."""

    engine: AsyncEngine
    processor: Processor

    @property
    def table(self) -> Mapping[str, tuple[type[Args], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]]:
        """Name → (shape, roles, what runs)."""
        seat, both = frozenset({"seat"}), frozenset({"seat", "supervisor"})
        return {
            "decline": (OnCase, seat, self.decline),
            "hang_up": (OnCase, seat, self.hang_up),
            "take": (OnCase, seat, self.take),
            "note": (Note, both, self.note),
            "draft": (Draft, seat, self.draft),
            "choose_member": (ChooseMember, seat, self.choose_member),
            "create_member": (CreateMember, seat, self.create_member),
            "wrap_up": (WrapUp, seat, self.wrap_up),
            "settle": (Settle, both, self.settle),
            "take_task": (OnTask, both, self.take_task),
            "complete_task": (CompleteTask, both, self.complete_task),
        }

    async def decline(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.OfferDeclined(*_by(who, args.case_id)))

    async def hang_up(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.HangUpAsked(*_by(who, args.case_id)))

    async def take(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.CaseTaken(*_by(who, args.case_id)))

    async def note(self, who: Session, args: Note) -> None:
        await self.processor.ask(facts.NoteWritten(*_by(who, args.case_id), text=args.text))

    async def draft(self, who: Session, args: Draft) -> None:
        if len(orjson.dumps(args.draft)) > DRAFT_LIMIT:
            raise Refused("draft_too_long", "草稿太长。", "The draft is too long.", remedy_zh="请缩短内容。", status=422)
        await self.processor.ask(facts.DraftSaved(*_by(who, args.case_id), draft=args.draft))

    async def choose_member(self, who: Session, args: ChooseMember) -> None:
        async with self.engine.connect() as connection:
            query = sa.text("SELECT 1 FROM member WHERE id = :id")
            if await connection.scalar(query, {"id": args.member_id}) is None:
                raise Refused("no_such_member", "没有这位老人的档案。", "There is no such member.", status=404)
        await self.processor.ask(facts.MemberChosen(*_by(who, args.case_id), member_id=args.member_id))

    async def create_member(self, who: Session, args: CreateMember) -> dict[str, str]:
        """A member in one step, with the number that is calling; the case is theirs at once."""
        number = await self._caller_number(who, args.case_id)
        async with self.engine.begin() as connection:
            member_id = await directory.create_member(
                connection, name=args.name, gender=args.gender, address=args.address, district_name=args.district, number=number
            )
        await self.processor.ask(facts.MemberChosen(*_by(who, args.case_id), member_id=member_id, created=True))
        return {"member_id": str(member_id)}

    async def wrap_up(self, who: Session, args: WrapUp) -> None:
        values = args.model_dump(exclude={"case_id"})
        await self.processor.ask(facts.WrappedUp(*_by(who, args.case_id), **values))

    async def settle(self, who: Session, args: Settle) -> None:
        await self.processor.ask(facts.Settled(*_by(who, args.case_id), outcome=args.outcome, note=args.note))

    async def take_task(self, who: Session, args: OnTask) -> None:
        await self.processor.ask(facts.TaskTaken(*_by(who, await self._case_of(args.task_id)), task_id=args.task_id))

    async def complete_task(self, who: Session, args: CompleteTask) -> None:
        by = _by(who, await self._case_of(args.task_id))
        await self.processor.ask(facts.TaskCompleted(*by, task_id=args.task_id, outcome=args.outcome, note=args.note))

    async def _case_of(self, task_id: UUID) -> UUID:
        async with self.engine.connect() as connection:
            case_id: UUID | None = await connection.scalar(sa.text("SELECT case_id FROM task WHERE id = :id"), {"id": task_id})
        if case_id is None:
            raise Refused("no_such_task", "没有这个任务。", "There is no such task.", status=404)
        return case_id

    async def _caller_number(self, who: Session, case_id: UUID) -> str | None:
        query = sa.text("SELECT caller_number, offer_seat, seat FROM help_case WHERE id = :id")
        async with self.engine.connect() as connection:
            found = (await connection.execute(query, {"id": case_id})).one_or_none()
        # Asked before anything is written: the domain refuses a stranger too, but after the member would exist.
        if found is None or who.seat is None or who.seat not in (found.offer_seat, found.seat):
            raise Refused("not_your_case", "这个求助件不在您手上。", "This case is not in your hands.", rule="W-9", status=403)
        number: str | None = found.caller_number
        return number


def _by(who: Session, case_id: UUID) -> tuple[UUID, str, str | None, UUID]:
    return who.agent_id, who.role, who.seat, case_id
