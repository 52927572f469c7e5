"""Facts: what happened, in the past tense, whoever tells it: Asterisk, a timer, a person, or the check against Asterisk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from callcenter.domain.case import Kind, Manner
from callcenter.domain.escalation import Target

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
    beside: tuple[str, ...] = ()
    """A call that was found again: the seats' legs that are in a conversation with it."""


@dataclass(frozen=True)
class SeatAnswered:
    """A seat's phone was picked up: its leg is in our hands."""

    leg_id: str


@dataclass(frozen=True)
class SeatRang:
    """A seat's phone really rings (180), not only was asked to."""

    leg_id: str


LOST, NODE_LOST = "lost", "node_lost"  # in place of a cause; of a given-up node's phone nobody knows whether it still rings


@dataclass(frozen=True)
class LegEnded:
    """A leg is gone. ``cause`` is the Q.850 number as text, ``lost`` when Asterisk no longer knows it, ``node_lost`` when its node
    was given up: then it may still be there when the node is back."""

    leg_id: str
    cause: str
    holder: str | None = None
    """The instance that was told that the leg left it. When another one adopted the leg meanwhile, that says nothing."""


@dataclass(frozen=True)
class AttemptRang:
    """The phone of somebody whom the ladder calls really rings (180)."""

    leg_id: str


@dataclass(frozen=True)
class AttemptAnswered:
    """Somebody whom the ladder calls picked up; any instance may claim the leg."""

    leg_id: str
    claimed: bool = False
    holder: str = ""
    """The instance that holds it now."""


@dataclass(frozen=True)
class AttemptFoundLive:
    """Somebody whom the ladder called is on the line and held by ``holder``, who was away or has just taken them over: what they
    heard meanwhile, and whether they heard the end of it, is not known."""

    leg_id: str
    holder: str


@dataclass(frozen=True)
class AttemptEnded:
    """The dialplan is done with an attempt. ``status``: Asterisk's DIALSTATUS, or ``VOID``; ``cause``: Q.850 as text."""

    leg_id: str
    status: str
    cause: str


@dataclass(frozen=True)
class KeyPressed:
    """A key on somebody's phone."""

    leg_id: str
    digit: str


Seen = Literal["live", "answered", "finished", "claimed", "unclaimed", "voided", "older_than_node", "node_lost"]


@dataclass(frozen=True)
class AttemptSeen:
    """What the node knows of an attempt whose fate we doubt.

    ``live`` it rings, ``answered`` it is up and held by ``holder``, ``finished`` with ``status`` and ``cause`` (and the ``key``
    that the dialplan took while no service lived), ``claimed`` the dialplan began it and nothing is left of it,
    ``unclaimed`` it never reached the dialplan, ``voided``, ``older_than_node`` Asterisk started after it was ordered,
    ``node_lost`` the node is given up and another one lives.
    ``begun``: when this was asked we knew that it had begun. Else an answer "it is not here" may be older than its beginning.
    """

    leg_id: str
    seen: Seen
    status: str = ""
    cause: str = ""
    key: str = ""
    holder: str = ""
    begun: bool = False


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
class SafeModeAttempt:
    """Somebody whom the dialplan phoned while no service answered. ``status``: DIALSTATUS; ``key``: what they pressed."""

    id: str
    number: str
    status: str
    key: str
    started_at: datetime
    ended_at: datetime | None


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
    attempts: tuple[SafeModeAttempt, ...] = ()


# --- told by our own clock, our own checks and orders that failed -------------------------------------------------


@dataclass(frozen=True)
class TimerDue:
    """A durable timer came due, or is about to (``ahead.py``). ``data`` is what was stored with it."""

    case_id: UUID
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True)
class SeatMatched:
    """Routing found a seat for a waiting case."""

    case_id: UUID
    seat: str


@dataclass(frozen=True)
class CallBackMatched:
    """Routing found a free seat for a call-back that is owed."""

    case_id: UUID
    task_id: UUID
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
    taken_over: bool = False
    """They were another instance's: what rings for it answers into nothing, and is rung anew."""


# --- told by people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByPerson:
    """Who acts: the agent, their role, and the seat they sit at."""

    agent_id: UUID
    role: str
    seat: str | None
    case_id: UUID


@dataclass(frozen=True)
class PaperFact(ByPerson):
    """Something a person does with a case's paperwork; what exactly stands with the noun (``domain/papers``)."""


@dataclass(frozen=True)
class OfferDeclined(ByPerson):
    """The seat passes the offer on."""


@dataclass(frozen=True)
class HangUpAsked(ByPerson):
    """The seat ends the conversation from the console."""


@dataclass(frozen=True)
class HoldAsked(ByPerson):
    """The seat puts the caller on hold, or takes them back."""

    on: bool = True


@dataclass(frozen=True)
class CallOutAsked(ByPerson):
    """The seat phones somebody: for a case of its own, for a call-back it has taken, or for ``member_id`` in a new case."""

    target: Target | None = None
    member_id: UUID | None = None


@dataclass(frozen=True)
class DigitsAsked(ByPerson):
    digits: str = ""


@dataclass(frozen=True)
class ListenAsked(ByPerson):
    """A supervisor listens, whispers to the seat, or speaks with everybody; again with another manner: changes to it."""

    manner: Manner = "listen"
    name: str = ""


@dataclass(frozen=True)
class ListenStopped(ByPerson):
    """The supervisor leaves the conversation."""


@dataclass(frozen=True)
class TransferAsked(ByPerson):
    """The seat hands the conversation to another seat, or to ``target`` outside; ``attended``: and speaks with them first."""

    to_seat: str = ""
    manner: Literal["blind", "attended"] = "blind"
    target: Target | None = None


@dataclass(frozen=True)
class TransferCompleted(ByPerson):
    """The first seat leaves; the second handles the case."""


@dataclass(frozen=True)
class TransferCancelled(ByPerson):
    """The caller comes back to the first seat."""


@dataclass(frozen=True)
class TakeOverAsked(ByPerson):
    """The supervisor's own seat gets the conversation."""


@dataclass(frozen=True)
class PartyWanted(ByPerson):
    """The seat brings somebody into the conversation."""

    target: Target | None = None


@dataclass(frozen=True)
class PartyDropped(ByPerson):
    """The seat lets one of the conversation go. ``leg``: their channel."""

    leg: str = ""


@dataclass(frozen=True)
class CaseTaken(ByPerson):
    """The seat wants this waiting or red case now. ``at_once``: its own phone, where it can, picks up by itself."""

    at_once: bool = False


@dataclass(frozen=True)
class CallParked(ByPerson):
    """The seat leaves its routine caller for an emergency that nobody takes."""


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
class ProfileChanged(ByPerson):
    """The profile of a member whom this case shows was saved anew: which fields of it."""

    member_id: UUID | None = None
    fields: tuple[str, ...] = ()


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
class CallBackDeclined(ByPerson):
    """The seat passes an offered call-back on."""

    task_id: UUID | None = None


@dataclass(frozen=True)
class TaskCompleted(ByPerson):
    task_id: UUID | None = None
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChargeTaken(ByPerson):
    """A person at the centre takes charge of a red case: this acknowledges."""


@dataclass(frozen=True)
class ContactCalled(ByPerson):
    """Phone this one now: a target's key (``contact:<id>``, ``120``, ``terminal`` …); see domain/escalation.py."""

    target: str = ""


@dataclass(frozen=True)
class AttemptJoined(ByPerson):
    """Bring somebody who answered into the conversation."""

    attempt_id: str = ""


@dataclass(frozen=True)
class AttemptDropped(ByPerson):
    """Let somebody go: out of the conversation, or stop ringing them."""

    attempt_id: str = ""


@dataclass(frozen=True)
class ReferenceNoted(ByPerson):
    """The reference number that 110 or 120 gave."""

    attempt_id: str = ""
    reference: str = ""


@dataclass(frozen=True)
class DrillAsked:
    """A supervisor starts a drill of the ladder for a member. Everybody is called by the drill trunk only."""

    case_id: UUID
    agent_id: UUID
    member_id: UUID


@dataclass(frozen=True)
class DrillStopped(ByPerson):
    """The drill ends here."""


@dataclass(frozen=True)
class ReportWritten(ByPerson):
    """The written report of an emergency (R-12): what the person adds to what the system knows."""

    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportSigned(ByPerson):
    """The department's head signs the report; after it nothing in it changes."""

    signer: str = ""


Fact = (
    CallArrived | SeatAnswered | SeatRang | LegEnded | AudioEnded | RecordingEnded | SafeModeCall | TimerDue | SeatMatched
    | OrderFailed | CaseFoundLive | OfferDeclined | HangUpAsked | CaseTaken | NoteWritten | DraftSaved | MemberChosen
    | WrappedUp | Settled | TaskTaken | TaskCompleted | AttemptRang | AttemptAnswered | AttemptFoundLive | AttemptEnded
    | KeyPressed | AttemptSeen
    | ChargeTaken | ContactCalled | AttemptJoined | AttemptDropped | ReferenceNoted | DrillAsked | DrillStopped
    | ReportWritten | ReportSigned | ProfileChanged
    | HoldAsked | CallOutAsked | DigitsAsked | ListenAsked | ListenStopped | TransferAsked | TransferCompleted
    | TransferCancelled | TakeOverAsked | PartyWanted | PartyDropped | PaperFact
    | CallParked | CallBackMatched | CallBackDeclined
)  # fmt: skip

__all__ = ["Fact", "Kind"]
