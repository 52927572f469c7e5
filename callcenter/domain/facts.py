"""Facts: what happened, in the past tense, whoever tells it: Asterisk, a timer, a person, or the check against Asterisk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.domain.case import Kind

# --- told by Asterisk ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CallArrived:
    """A call came in on ``line``. ``account`` is the SIP account of a registered terminal, else None."""

    leg_id: str
    node: str
    line: str
    account: str | None
    number: str | None
    display: str
    anonymous: bool
    claimed: bool = False
    """False: it was broadcast and must be claimed before anything is remembered."""


@dataclass(frozen=True)
class SeatAnswered:
    """A seat's phone was picked up: its leg is in our hands."""

    leg_id: str


@dataclass(frozen=True)
class SeatRang:
    """A seat's phone really rings (180), not only was asked to."""

    leg_id: str


@dataclass(frozen=True)
class LegEnded:
    """A leg is gone. ``cause`` is the Q.850 number as text, or ``lost`` when Asterisk no longer knows it."""

    leg_id: str
    cause: str


@dataclass(frozen=True)
class AudioEnded:
    """An announcement to a waiting caller is over: which one, since a later one may have begun."""

    leg_id: str
    playback_id: str


@dataclass(frozen=True)
class RecordingEnded:
    """A recording was closed, with its length in seconds, or failed."""

    name: str
    seconds: float
    ok: bool


@dataclass(frozen=True)
class SafeModeCall:
    """A call that the dialplan served alone. Times are true ones, told by the PBX."""

    leg_id: str
    node: str
    line: str
    account: str | None
    number: str | None
    display: str
    anonymous: bool
    reason: str
    arrived_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    ended_at: datetime | None
    recording: str | None
    live: bool


# --- told by our own clock, our own checks and orders that failed -------------------------------------------------


@dataclass(frozen=True)
class TimerDue:
    """A durable timer came due. ``data`` is what was stored with it."""

    case_id: UUID
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SeatMatched:
    """Routing found a seat for a waiting case."""

    case_id: UUID
    seat: str


@dataclass(frozen=True)
class OrderFailed:
    """An order to Asterisk was not carried out."""

    case_id: UUID
    order: str
    leg_id: str
    reason: str


@dataclass(frozen=True)
class CaseFoundLive:
    """After a reconnect or restart: Asterisk still holds this case's legs; bring what they hear in line with our state."""

    case_id: UUID
    instance: str


# --- told by people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByPerson:
    """Who acts: the agent, their role, and the seat they sit at."""

    agent_id: UUID
    role: str
    seat: str | None
    case_id: UUID


@dataclass(frozen=True)
class OfferDeclined(ByPerson):
    """The seat passes the offer on."""


@dataclass(frozen=True)
class HangUpAsked(ByPerson):
    """The seat ends the conversation from the console."""


@dataclass(frozen=True)
class CaseTaken(ByPerson):
    """The seat wants this waiting or red case now."""


@dataclass(frozen=True)
class NoteWritten(ByPerson):
    text: str = ""


@dataclass(frozen=True)
class DraftSaved(ByPerson):
    draft: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MemberChosen(ByPerson):
    member_id: UUID | None = None
    created: bool = False


@dataclass(frozen=True)
class WrappedUp(ByPerson):
    category: str = ""
    subcategory: str | None = None
    unreasonable: str | None = None
    explanation: str | None = None
    disposition: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Settled(ByPerson):
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True)
class TaskTaken(ByPerson):
    task_id: UUID | None = None


@dataclass(frozen=True)
class TaskCompleted(ByPerson):
    task_id: UUID | None = None
    outcome: str = ""
    note: str = ""


Fact = (
    CallArrived | SeatAnswered | SeatRang | LegEnded | AudioEnded | RecordingEnded | SafeModeCall | TimerDue | SeatMatched
    | OrderFailed | CaseFoundLive | OfferDeclined | HangUpAsked | CaseTaken | NoteWritten | DraftSaved | MemberChosen
    | WrappedUp | Settled | TaskTaken | TaskCompleted
)  # fmt: skip

__all__ = ["Fact", "Kind"]
