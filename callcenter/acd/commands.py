"""What people may order about seats: their own presence, and the supervisor that of others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from callcenter.acd.pre_emption import PreEmption
from callcenter.acd.seats import Seats
from callcenter.db.agents import Session
from callcenter.domain.errors import Refused
from callcenter.domain.roles import PHONING, SITTING

Short = Annotated[str, StringConstraints(max_length=64)]


class SetPresence(BaseModel):
    model_config = ConfigDict(extra="forbid")
    presence: Literal["ready", "paused"]
    reason: Short | None = None
    emergency_only: bool | None = None


class ForcePresence(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seat: Short
    presence: Literal["ready", "paused"]
    reason: Short | None = None


class SetDevice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    device: Literal["desk", "browser"]


class ReportMicrophone(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ok: bool


class TakeEmergency(BaseModel):
    model_config = ConfigDict(extra="forbid")
    case_id: UUID


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class SeatCommands:
    """Runs commands on seats. ``table`` is what the console's socket may call."""

    seats: Seats
    pre_emption: PreEmption

    @property
    def table(self) -> Mapping[str, tuple[type[BaseModel], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]]:
        """Name → (shape, roles, what runs)."""
        return {
            "set_presence": (SetPresence, SITTING, self.set_presence),
            "take_emergency": (TakeEmergency, SITTING, self.take_emergency),
            "set_device": (SetDevice, PHONING, self.set_device),
            "report_microphone": (ReportMicrophone, PHONING, self.report_microphone),
            "phone_restarted": (Nothing, PHONING, self.phone_restarted),
            "force_presence": (ForcePresence, frozenset({"supervisor"}), self.force_presence),
        }

    async def set_presence(self, who: Session, args: SetPresence) -> None:
        await self.seats.set_presence(_place(who), args.presence, args.reason, args.emergency_only)

    async def take_emergency(self, who: Session, args: TakeEmergency) -> None:
        await self.pre_emption.take(who, _place(who), args.case_id)

    async def set_device(self, who: Session, args: SetDevice) -> None:
        await self.seats.choose_device(_place(who), args.device)

    async def report_microphone(self, who: Session, args: ReportMicrophone) -> None:
        await self.seats.microphone_is(_place(who), args.ok)

    async def phone_restarted(self, who: Session, _: Nothing) -> None:
        await self.seats.browser_restarted(_place(who))

    async def force_presence(self, who: Session, args: ForcePresence) -> None:
        reason = args.reason or "supervisor"
        await self.seats.set_presence(args.seat, args.presence, reason, None, forced_by=who.agent_id)


def _place(who: Session) -> str:
    if who.seat is None:
        raise Refused("no_seat", "请先登录坐席。", "Sign in at a seat first.", status=403)
    return who.seat
