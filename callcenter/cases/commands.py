"""What people may order about a case, checked at the door: shapes here, rules in the domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import people as directory
from callcenter.db.agents import Session
from callcenter.domain import facts
from callcenter.domain.after_call import DRAFT_LIMIT, TEXT_LIMIT
from callcenter.domain.errors import Refused
from callcenter.domain.names import printable
from callcenter.domain.roles import PHONING
from callcenter.engine.processor import Processor

Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
Short = Annotated[str, StringConstraints(max_length=64)]


class Args(BaseModel):
    """What a command carries; unknown fields are refused, so that a typing error is not silently nothing."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _can_be_read(cls, value: object) -> object:
        return printable(value, lines=True) if isinstance(value, str) else value


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


class CallContact(OnCase):
    target: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class OnAttempt(OnCase):
    attempt_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class NoteReference(OnAttempt):
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class ReportText(Args):
    """What a person adds to what the system knows (R-12)."""

    condition: Text = ""
    actions: Text = ""
    plan: Text = ""
    outcome: Text = ""
    supervision: Text = ""


class WriteReport(OnCase):
    report: ReportText


class SignReport(OnCase):
    signer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


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
        seat, both, supervisor = frozenset({"seat"}), frozenset({"seat", "supervisor"}), frozenset({"supervisor"})
        callers = PHONING - supervisor  # a supervisor who speaks is no seat
        return {
            "decline": (OnCase, seat, self.decline),
            "hang_up": (OnCase, callers, self.hang_up),
            "take": (OnCase, seat, self.take),
            "note": (Note, both, self.note),
            "draft": (Draft, seat, self.draft),
            "choose_member": (ChooseMember, seat, self.choose_member),
            "create_member": (CreateMember, seat, self.create_member),
            "wrap_up": (WrapUp, callers, self.wrap_up),
            "settle": (Settle, both, self.settle),
            "take_task": (OnTask, both, self.take_task),
            "complete_task": (CompleteTask, both, self.complete_task),
            "take_charge": (OnCase, both, self.take_charge),
            "call_contact": (CallContact, both, self.call_contact),
            "join_attempt": (OnAttempt, both, self.join_attempt),
            "drop_attempt": (OnAttempt, both, self.drop_attempt),
            "note_reference": (NoteReference, both, self.note_reference),
            "stop_drill": (OnCase, supervisor, self.stop_drill),
            "write_report": (WriteReport, both, self.write_report),
            "sign_report": (SignReport, supervisor, self.sign_report),
        }

    async def decline(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.OfferDeclined(*by_person(who, args.case_id)))

    async def hang_up(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.HangUpAsked(*by_person(who, args.case_id)))

    async def take(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.CaseTaken(*by_person(who, args.case_id)))

    async def note(self, who: Session, args: Note) -> None:
        await self.processor.ask(facts.NoteWritten(*by_person(who, args.case_id), text=args.text))

    async def draft(self, who: Session, args: Draft) -> None:
        if len(orjson.dumps(args.draft)) > DRAFT_LIMIT:
            raise Refused("draft_too_long", "草稿太长。", "The draft is too long.", remedy_zh="请缩短内容。", status=422)
        await self.processor.ask(facts.DraftSaved(*by_person(who, args.case_id), draft=args.draft))

    async def choose_member(self, who: Session, args: ChooseMember) -> None:
        async with self.engine.connect() as connection:
            query = sa.text("SELECT 1 FROM member WHERE id = :id")
            if await connection.scalar(query, {"id": args.member_id}) is None:
                raise Refused("no_such_member", "没有这位老人的档案。", "There is no such member.", status=404)
        await self.processor.ask(facts.MemberChosen(*by_person(who, args.case_id), member_id=args.member_id))

    async def create_member(self, who: Session, args: CreateMember) -> dict[str, str]:
        """A member in one step, with the number that is calling; the case is theirs at once."""
        number = await self._caller_number(who, args.case_id)
        async with self.engine.begin() as connection:
            member_id = await directory.create_member(
                connection, name=args.name, gender=args.gender, address=args.address, district_name=args.district, number=number
            )
        await self.processor.ask(facts.MemberChosen(*by_person(who, args.case_id), member_id=member_id, created=True))
        return {"member_id": str(member_id)}

    async def wrap_up(self, who: Session, args: WrapUp) -> None:
        values = args.model_dump(exclude={"case_id"})
        await self.processor.ask(facts.WrappedUp(*by_person(who, args.case_id), **values))

    async def settle(self, who: Session, args: Settle) -> None:
        await self.processor.ask(facts.Settled(*by_person(who, args.case_id), outcome=args.outcome, note=args.note))

    async def take_task(self, who: Session, args: OnTask) -> None:
        await self.processor.ask(facts.TaskTaken(*by_person(who, await self._case_of(args.task_id)), task_id=args.task_id))

    async def complete_task(self, who: Session, args: CompleteTask) -> None:
        by = by_person(who, await self._case_of(args.task_id))
        await self.processor.ask(facts.TaskCompleted(*by, task_id=args.task_id, outcome=args.outcome, note=args.note))

    # --- the ladder: nobody is forbidden to help in an emergency; what makes no sense the domain refuses

    async def take_charge(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.ChargeTaken(*by_person(who, args.case_id)))

    async def call_contact(self, who: Session, args: CallContact) -> None:
        await self.processor.ask(facts.ContactCalled(*by_person(who, args.case_id), target=args.target))

    async def join_attempt(self, who: Session, args: OnAttempt) -> None:
        await self.processor.ask(facts.AttemptJoined(*by_person(who, args.case_id), attempt_id=args.attempt_id))

    async def drop_attempt(self, who: Session, args: OnAttempt) -> None:
        await self.processor.ask(facts.AttemptDropped(*by_person(who, args.case_id), attempt_id=args.attempt_id))

    async def note_reference(self, who: Session, args: NoteReference) -> None:
        fact = facts.ReferenceNoted(*by_person(who, args.case_id), attempt_id=args.attempt_id, reference=args.reference)
        await self.processor.ask(fact)

    async def stop_drill(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.DrillStopped(*by_person(who, args.case_id)))

    async def write_report(self, who: Session, args: WriteReport) -> None:
        """A seat writes the report of a case that it handled; a supervisor of any."""
        if who.role == "seat":
            await self._require_handled(who, args.case_id)
        await self.processor.ask(facts.ReportWritten(*by_person(who, args.case_id), report=args.report.model_dump()))

    async def sign_report(self, who: Session, args: SignReport) -> None:
        await self.processor.ask(facts.ReportSigned(*by_person(who, args.case_id), signer=args.signer))

    async def _require_handled(self, who: Session, case_id: UUID) -> None:
        """Handled: theirs now, or once: who answered, took charge, called back or wrote a result stands in the journal."""
        query = sa.text("""
            SELECT 1 FROM help_case c WHERE c.id = :id AND (c.agent_id = :agent
                OR EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.id AND t.owner_id = :agent)
                OR EXISTS (SELECT 1 FROM journal j WHERE j.case_id = c.id AND j.agent_id = :agent
                    AND j.kind IN ('answered', 'acknowledged', 'acknowledged_too', 'wrapped_up', 'settled')))
        """)
        async with self.engine.connect() as connection:
            if await connection.scalar(query, {"id": case_id, "agent": who.agent_id}) is None:
                raise Refused(
                    "not_your_case", "只有处理过此求助件的坐席和值班主任可以写报告。",
                    "Only a seat that handled this case, and the supervisor, may write its report.", rule="W-9", status=403,
                )  # fmt: skip

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


def by_person(who: Session, case_id: UUID) -> tuple[UUID, str, str | None, UUID]:
    return who.agent_id, who.role, who.seat, case_id
