"""Effects: orders that go out after the transaction has remembered why. Each is safe to give twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class AnswerLeg:
    leg_id: str


@dataclass(frozen=True)
class Say:
    """Speak to a waiting caller. ``prompt`` is a key of domain/prompts.py, ``position`` the place in the queue."""

    leg_id: str
    prompt: str
    position: int = 0


@dataclass(frozen=True)
class StartMusic:
    """Music after an announcement; not if a later announcement has begun meanwhile."""

    leg_id: str
    after: str


@dataclass(frozen=True)
class QuietLeg:
    """Stop announcement and music before two people are joined."""

    leg_id: str


@dataclass(frozen=True)
class RingSeat:
    """Ring a seat's phone. After ``expires_at`` it is not sent at all: a restart never rings late."""

    leg_id: str
    seat: str
    case_number: str
    kind: str
    ring_seconds: float
    expires_at: datetime
    device: str = "desk"
    """Which of the seat's phones rings: ``desk`` or ``browser``."""
    auto_answer: bool = False
    """Its person has just asked for it: a softphone picks up by itself."""


@dataclass(frozen=True)
class Hold:
    """Out of the bridge, and music: who is on hold hears nobody, and nobody hears them."""

    bridge_id: str
    leg_ids: tuple[str, ...]


@dataclass(frozen=True)
class RingBack:
    """The bridge hears ringing while the other phone rings; ``on`` False ends it."""

    bridge_id: str
    on: bool = True


@dataclass(frozen=True)
class SendDigits:
    leg_id: str
    digits: str


@dataclass(frozen=True)
class Overhear:
    """``leg_id`` hears both sides of ``seat_leg``; ``whisper``: and is heard by that seat, by nobody else."""

    leg_id: str
    seat_leg: str
    bridge_id: str
    whisper: bool


@dataclass(frozen=True)
class StopOverhearing:
    leg_id: str
    bridge_id: str


@dataclass(frozen=True)
class Connect:
    """Join legs in the case's bridge, and record it under ``recording`` if one is named."""

    bridge_id: str
    leg_ids: tuple[str, ...]
    recording: str | None = None


@dataclass(frozen=True)
class DiscardRecording:
    """Stop it where it runs, and delete what there is of it; whoever keeps recordings does so again until it is gone."""

    name: str


@dataclass(frozen=True)
class HangUp:
    leg_id: str
    reason: str = "normal"


@dataclass(frozen=True)
class DestroyBridge:
    bridge_id: str


Way = Literal["trunk", "drill", "account"]


@dataclass(frozen=True)
class DialAttempt:
    """Phone somebody of the ladder, once for this id, ever. After ``expires_at`` it is not sent; the ladder asks the node.

    ``number``: E.164, a public short code, or the SIP account of a terminal (``way`` account). ``sentence`` is what they will
    hear: it is spoken to a file before the phone is picked up, and the dialplan says it if no service lives then.
    """

    leg_id: str
    number: str
    way: Way
    ring_seconds: float
    sentence: str
    expires_at: datetime
    public: bool = False
    not_before: datetime | None = None
    """Their phone does not ring earlier, though the order comes before (``ahead.py``)."""


@dataclass(frozen=True)
class VoidAttempt:
    """Make sure that an attempt that was never begun never begins."""

    leg_id: str


@dataclass(frozen=True)
class AskNode:
    """Find out from the node what became of an attempt; the answer is an AttemptSeen. ``begun``: we know that it was begun."""

    leg_id: str
    ordered_at: datetime
    begun: bool = False


@dataclass(frozen=True)
class SayTo:
    """Say a sentence to somebody of the ladder."""

    leg_id: str
    sentence: str


Effect = (
    AnswerLeg | Say | StartMusic | QuietLeg | RingSeat | Connect | HangUp | DestroyBridge | DialAttempt | VoidAttempt | AskNode
    | SayTo | Hold | RingBack | SendDigits | Overhear | StopOverhearing | DiscardRecording
)  # fmt: skip
