"""What people may order about a call: hold, phone somebody, keys, listening. Shapes and numbers here, rules in the domain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.commands import Args, OnCase, by_person
from callcenter.cases.directory_commands import number_of
from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.targets import targets_of
from callcenter.domain import facts
from callcenter.domain.dialled import PUBLIC_NUMBER
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Target
from callcenter.domain.roles import PHONING, SITTING
from callcenter.engine.processor import Processor
from callcenter.telephony.numbers import normalise

TargetKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Digits = Annotated[str, StringConstraints(max_length=64)]


class HoldArgs(OnCase):
    on: bool


class CallOut(Args):
    target: TargetKey
    case_id: UUID | None = None
    member_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> CallOut:
        if (self.case_id is None) == (self.member_id is None):
            raise ValueError("case_id or member_id")
        return self


class SendDigits(OnCase):
    digits: Digits


class Listen(OnCase):
    manner: Literal["listen", "whisper", "barge"]


class TransferTo(OnCase):
    to: TargetKey
    manner: Literal["blind", "attended"]


class BringIn(OnCase):
    to: TargetKey


class OnTask(Args):
    task_id: UUID


class DropParty(OnCase):
    leg_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


@dataclass(frozen=True)
class CallCommands:
    """Runs commands on calls. ``country`` and ``area_code``: how a number that is typed by hand is read."""

    engine: AsyncEngine
    processor: Processor
    country: str
    area_code: str

    @property
    def table(self) -> Mapping[str, tuple[type[Args], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]]:
        """Name → (shape, roles, what runs)."""
        both, supervisor = SITTING, frozenset({"supervisor"})
        return {
            "hold": (HoldArgs, PHONING, self.hold),
            "call_out": (CallOut, PHONING, self.call_out),
            "send_digits": (SendDigits, PHONING, self.send_digits),
            "listen": (Listen, supervisor, self.listen),
            "stop_listening": (OnCase, supervisor, self.stop_listening),
            "transfer": (TransferTo, both, self.transfer),
            "complete_transfer": (OnCase, both, self.complete_transfer),
            "cancel_transfer": (OnCase, both, self.cancel_transfer),
            "take_over": (OnCase, supervisor, self.take_over),
            "bring_in": (BringIn, both, self.bring_in),
            "drop_party": (DropParty, both, self.drop_party),
            "accept_call_back": (OnTask, both, self.accept_call_back),
            "decline_call_back": (OnTask, both, self.decline_call_back),
        }

    async def hold(self, who: Session, args: HoldArgs) -> None:
        await self.processor.ask(facts.HoldAsked(*by_person(who, args.case_id), on=args.on))

    async def send_digits(self, who: Session, args: SendDigits) -> None:
        await self.processor.ask(facts.DigitsAsked(*by_person(who, args.case_id), digits=args.digits))

    async def call_out(self, who: Session, args: CallOut) -> dict[str, str]:
        """For a member: opens a case, whose id is the answer."""
        target = await self._target(args.target, args.case_id, args.member_id)
        case_id = args.case_id or uuid4()
        await self.processor.ask(facts.CallOutAsked(*by_person(who, case_id), target=target, member_id=args.member_id))
        return {"case_id": str(case_id)}

    async def listen(self, who: Session, args: Listen) -> None:
        await self.processor.ask(facts.ListenAsked(*by_person(who, args.case_id), manner=args.manner, name=who.name))

    async def stop_listening(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.ListenStopped(*by_person(who, args.case_id)))

    async def transfer(self, who: Session, args: TransferTo) -> None:
        kind, _, seat = args.to.partition(":")
        if kind == "seat":
            fact = facts.TransferAsked(*by_person(who, args.case_id), to_seat=seat, manner=args.manner)
        else:
            target = await self._target(args.to, args.case_id, None)
            fact = facts.TransferAsked(*by_person(who, args.case_id), manner=args.manner, target=target)
        await self.processor.ask(fact)

    async def complete_transfer(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.TransferCompleted(*by_person(who, args.case_id)))

    async def cancel_transfer(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.TransferCancelled(*by_person(who, args.case_id)))

    async def take_over(self, who: Session, args: OnCase) -> None:
        await self.processor.ask(facts.TakeOverAsked(*by_person(who, args.case_id)))

    async def bring_in(self, who: Session, args: BringIn) -> None:
        target = await self._target(args.to, args.case_id, None)
        await self.processor.ask(facts.PartyWanted(*by_person(who, args.case_id), target=target))

    async def drop_party(self, who: Session, args: DropParty) -> None:
        await self.processor.ask(facts.PartyDropped(*by_person(who, args.case_id), leg=args.leg_id))

    async def accept_call_back(self, who: Session, args: OnTask) -> dict[str, str]:
        """The task is theirs, their phone rings, then the caller's. What cannot be dialled stays theirs, with the reason."""
        case_id = await self._case_of(args.task_id)
        async with self.engine.connect() as connection:
            known = await targets_of(connection, case_id=case_id, member_id=None) or []
            caller = await connection.scalar(sa.select(tables.case.c.caller_number).where(tables.case.c.id == case_id))
        own = [target for target in known if target.kind in ("terminal", "landline")]
        target = next((t for t in own if t.number == caller), own[0] if own else None)
        await self.processor.ask(facts.TaskTaken(*by_person(who, case_id), task_id=args.task_id))
        if target is None:
            raise Refused(
                "no_number", "来电没有号码,档案中也没有电话;任务已归您。",
                "The call had no number, and no profile has one; the task is yours.",
                remedy_zh="请与值班主任商量如何联系。", remedy_en="Ask the supervisor how to reach them.",
            )  # fmt: skip
        await self.processor.ask(facts.CallOutAsked(*by_person(who, case_id), target=target))
        return {"case_id": str(case_id)}

    async def decline_call_back(self, who: Session, args: OnTask) -> None:
        case_id = await self._case_of(args.task_id)
        await self.processor.ask(facts.CallBackDeclined(*by_person(who, case_id), task_id=args.task_id))

    async def _case_of(self, task_id: UUID) -> UUID:
        async with self.engine.connect() as connection:
            case_id: UUID | None = await connection.scalar(
                sa.select(tables.task.c.case_id).where(tables.task.c.id == task_id, tables.task.c.state != "done")
            )
        if case_id is None:
            raise Refused("task_gone", "这个回拨任务已完成。", "This call-back is done already.")
        return case_id

    async def _target(self, key: str, case_id: UUID | None, member_id: UUID | None) -> Target:
        async with self.engine.connect() as connection:
            known = await targets_of(connection, case_id=case_id, member_id=member_id)
        if known is None:
            raise Refused("no_such_case", "没有这个求助件或档案。", "There is no such case or member.", status=404)
        kind, _, number = key.partition(":")
        if kind == "number":
            return self._typed(number)
        if kind == "directory":
            return await self._of_directory(number)
        # "own:<number>" is the elder's own number, whether we know it as their terminal's or as their telephone.
        found = next((t for t in known if t.key == key or (kind == "own" and number == t.number)), None)
        if found is None:
            raise Refused("no_such_contact", "没有这个联系人。", "There is no such contact.", status=404)
        return found

    async def _of_directory(self, entry: str) -> Target:
        """``<kind>:<id>`` of the directory: a warm transfer to whom the caller is told to ask (C-3, C-5)."""
        kind, _, ident = entry.partition(":")
        async with self.engine.connect() as connection:
            found = await number_of(connection, kind, ident)
        if found is None:
            raise Refused("no_such_entry", "目录中没有这一条,或它没有电话。", "The directory has no such entry.", status=404)
        return Target(f"number:{found[1]}", "community", found[0], found[1])

    def _typed(self, raw: str) -> Target:
        plain = raw.strip().replace(" ", "").replace("-", "")
        number = plain if PUBLIC_NUMBER.fullmatch(plain) else normalise(raw, self.country, self.area_code)
        if number is None:
            raise Refused(
                "bad_number", "这不是有效的电话号码。", "This is not a valid telephone number.",
                remedy_zh="请输入含区号的完整号码。", remedy_en="Type the whole number with its area code.", status=422,
            )  # fmt: skip
        return Target(f"number:{number}", "family", number, number)
