"""What a seat orders about a member while a case runs: link the number that calls to somebody who is known already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from callcenter.db.agents import Session
from callcenter.db.people import held_caller
from callcenter.domain.errors import Refused
from callcenter.domain.facts import MemberChosen
from callcenter.people.profiles import Profiles


class LinkNumber(BaseModel):
    """Unknown fields are refused, so that a typing error is not silently nothing."""

    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    member_id: UUID


@dataclass(frozen=True)
class MemberCommands:
    """``table`` is what the console's socket may call."""

    profiles: Profiles

    @property
    def table(self) -> Mapping[str, tuple[type[BaseModel], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]]:
        """Name → (shape, roles, what runs)."""
        return {"link_number": (LinkNumber, frozenset({"seat"}), self.link_number)}

    async def link_number(self, who: Session, args: LinkNumber) -> None:
        """The caller's number is this member's from now on, and the case is theirs."""
        async with self.profiles.engine.connect() as connection:
            number = await held_caller(connection, args.case_id, who.seat)
        if number is None:
            raise Refused(
                "no_number", "对方没有显示号码,没有可登记的号码。", "The caller showed no number; there is none to keep.",
                remedy_zh="请直接选择这位老人。", remedy_en="Choose the member without it.",
            )  # fmt: skip
        await self.profiles.link_number(who, args.member_id, number)
        await self.profiles.processor.ask(MemberChosen(who.agent_id, who.role, who.seat, args.case_id, member_id=args.member_id))
