"""What the engine asks of telephony, as Protocols: the one place that says which orders exist and how they fail.

Ids are chosen by the caller (leg id = channel id), so that an order can be repeated after a doubt without a second call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

FAR_HALF = "-2"
"""Behind a channel's id: the half of its Local channel that runs the dialplan."""


class TelephonyError(Exception):
    """An order to Asterisk failed; ``reason`` is for people, ``retryable`` says whether asking again can help."""

    def __init__(self, reason: str, *, retryable: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.status = status


class TelephonyDown(TelephonyError):
    """Asterisk cannot be reached within the deadline, or the circuit is open. Nothing was changed by us."""


class ChannelGone(TelephonyError):
    """The channel, bridge or playback no longer exists. For hang-up, stop and destroy this is success, not an error."""


@dataclass(frozen=True)
class LiveChannel:
    """A channel as Asterisk sees it now. ``app`` is the ARI app that holds it, or None when the dialplan does."""

    id: str
    name: str
    state: str
    caller: str
    dialled: str
    app: str | None
    app_args: tuple[str, ...]
    protocol_id: str = ""

    @property
    def of_the_ladder(self) -> bool:
        """Somebody whom the ladder called and who picked up: the dialplan says so (extensions.conf, escalation-answered)."""
        return self.app_args[:1] == ("attempt",)


@dataclass(frozen=True)
class LiveBridge:
    """A bridge as Asterisk sees it now."""

    id: str
    channels: tuple[str, ...]


class Calls(Protocol):
    """Call control (ARI). Every order has a deadline of its own (``settings.ari_timeout``).

    Raises TelephonyDown when Asterisk is out of reach, ChannelGone when the object is gone, TelephonyError otherwise.
    Idempotent by nature or by 404/409 handling: hang_up, stop_*, destroy_bridge, unbridge never raise ChannelGone.
    """

    @property
    def connected(self) -> bool: ...

    async def claim(self, channel_id: str) -> bool:
        """Claim a broadcast call for this instance. False: another instance has it, or it is gone."""
        ...

    async def answer(self, channel_id: str) -> None: ...
    async def hang_up(self, channel_id: str, reason: str = "normal") -> None: ...

    async def originate(
        self,
        channel_id: str,
        endpoint: str,
        *,
        caller_name: str,
        caller_number: str,
        args: Sequence[str],
        variables: dict[str, str],
        ring_seconds: float,
        originator: str | None = None,
    ) -> None:
        """Ring ``endpoint`` (e.g. ``PJSIP/8001``). On answer the leg enters this app: ``StasisStart`` with ``args``.

        Asking again with the same ``channel_id`` while it lives is success (409), never a second leg.
        """
        ...  # fmt: skip

    async def create_bridge(self, bridge_id: str) -> None: ...
    async def bridge(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        """Put legs into a bridge; retries for a short while legs that are not in Stasis yet (409/422)."""
        ...

    async def unbridge(self, bridge_id: str, channel_id: str) -> None: ...
    async def destroy_bridge(self, bridge_id: str) -> None: ...

    async def play(self, channel_id: str, playback_id: str, media: Sequence[str]) -> None:
        """Play media URIs one after the other, e.g. ``sound:<absolute path without .wav>`` or ``tone:ring``."""
        ...

    async def stop_playback(self, playback_id: str) -> None: ...
    async def play_bridge(self, bridge_id: str, playback_id: str, media: str) -> None: ...
    async def send_digits(self, channel_id: str, digits: str) -> None: ...
    async def snoop(self, channel_id: str, snoop_id: str, *, whisper: bool) -> None:
        """A channel that hears both sides of a leg; with ``whisper`` its person hears it, and nobody else."""
        ...

    async def start_music(self, channel_id: str) -> None: ...
    async def stop_music(self, channel_id: str) -> None: ...

    async def record_bridge(self, bridge_id: str, name: str) -> None:
        """Record what the bridge hears as WAV under ``name``; ``RecordingFinished``/``RecordingFailed`` follows."""
        ...

    def fetch_recording(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of a stored recording, chunk by chunk. Raises ChannelGone when there is none of that name."""
        ...

    async def delete_recording(self, name: str) -> None: ...

    async def channels(self, of: str = "") -> list[LiveChannel]:
        """Every channel; with ``of`` (a leg, an attempt) those of the node that carries it, and of no other."""
        ...

    async def bridges(self) -> list[LiveBridge]: ...
    async def hand_back(self, channel_id: str, context: str = "arrive") -> None:
        """Give a claimed call back to the dialplan, which serves it without us: we cannot remember it.

        ``context``: ``arrive`` for a caller, ``escalation-answered`` for somebody whom the ladder called.
        """
        ...

    async def dial_attempt(self, order: AttemptOrder) -> bool:
        """Have the dialplan dial for the ladder. Giving the same order again never makes a second leg; that is also success.

        True: it rings already, before we could be told of it.
        """
        ...

    async def void_attempt(self, attempt_id: str) -> None:
        """Have an attempt marked as never to be dialled, by the same locked section of the dialplan that dials.

        Returns when the dialplan has done it; whether it came in time is told by ``attempt_evidence(…).voided``.
        """
        ...

    async def node_started_at(self, of: str = "") -> float:
        """When the Asterisk that carries ``of`` (a leg, an attempt) started, in seconds since 1970."""
        ...

    def learn(self, what: str, node: str) -> None:
        """A leg, an attempt or a bridge is at this node: orders about it go there."""
        ...

    async def move(self, channel_id: str, app: str, args: Sequence[str] = (), leaving: str | None = None) -> None:
        """Take a channel from one ARI app to another: how an instance adopts a call that another one left."""
        ...


@dataclass(frozen=True)
class AttemptOrder:
    """One call of the ladder. ``attempt_id`` is the channel id of the half we hold; ``<id>-2`` runs the dialplan.

    ``way``: ``trunk`` the telephone network, ``drill`` the drill trunk (loopback, cannot reach anybody real), ``account`` a
    phone that registers with us. ``announcement``: media path without ending, said by the dialplan if nobody claims the answer.
    """

    attempt_id: str
    number: str
    way: Literal["trunk", "drill", "account"]
    ring_seconds: float
    announcement: str = ""
    caller_name: str = ""
    caller_number: str = ""
    via: str = ""
    """Endpoint of the trunk to the node where this account's phone is registered; empty: at the dialling node itself."""
    good_for: float | None = None
    """Seconds from now after which the dialplan does not dial any more: an order may lie in a node that stands still."""
    starts_in: float = 0.0
    """Seconds from now before which it does not dial."""


@dataclass(frozen=True)
class AttemptEvidence:
    """What AstDB keeps of an attempt; an attempt that has none never reached the dialplan."""

    attempt_id: str
    claimed_at: float | None
    """Seconds since 1970; None when it was voided before it began."""
    voided: bool = False
    status: str = ""
    """As in AttemptOver, once it is over."""
    cause: str = ""
    key: str = ""
    """Digit that the dialplan took while no service answered."""
    ended_at: float | None = None


@dataclass(frozen=True)
class SafeModeContact:
    """Somebody whom safe mode phones for a terminal, in this order."""

    number: str
    announcement: str
    """Media path without ending."""


@dataclass(frozen=True)
class SipAccount:
    """A phone that may register: a seat (``8001``, ``8001-web`` in the browser) or a terminal (``t10001``)."""

    id: str
    password: str
    context: str
    """``from-seat`` or ``from-terminal``."""
    display: str = ""
    webrtc: bool = False


BROWSER = "-web"


def account_of(extension: str, device: str) -> str:
    """The SIP account of one of a seat's phones: ``8001`` on the desk, ``8001-web`` in the browser."""
    return f"{extension}{BROWSER}" if device == "browser" else extension


class Provisioning(Protocol):
    """Accounts on the PBX, without restart, surviving one (sorcery → astdb)."""

    async def put_account(self, account: SipAccount) -> None: ...
    async def remove_account(self, account_id: str) -> None: ...


@dataclass(frozen=True)
class ContactStatus:
    """Whether a phone is registered and reachable, as AMI tells it. ``rtt_ms`` from qualify, when known."""

    account: str
    registered: bool
    reachable: bool
    rtt_ms: float | None = None
    address: str = ""


@dataclass(frozen=True)
class SecurityWarning:
    """A wrong password, an unknown account, a scan. ``kind`` is Asterisk's event name."""

    kind: str
    account: str
    remote: str
    service: str


HUNG_UP = "HUNG_UP"


@dataclass(frozen=True)
class SafeModeRecord:
    """What the dialplan did for one call while no service answered. Times are seconds since 1970 (UTC)."""

    channel_id: str
    line: str
    caller: str
    terminal: str
    reason: str
    """Why safe mode took it: TIMEOUT (nobody claimed) or FAILED; HUNG_UP: it was over before either could."""
    arrived_at: float
    answered_at: float | None
    answered_by: str
    """Account of the seat that answered, or empty."""
    ended_at: float | None
    recording: str
    """Name of the recording in Asterisk's recording folder, or empty."""
    attempts: tuple[SafeModeAttemptRecord, ...] = ()
    """Whom the dialplan phoned for it, in that order."""
    walker: str = ""
    """Id of the channel that phones the contacts, until it has done so: while it lives the record is not complete."""


@dataclass(frozen=True)
class SafeModeAttemptRecord:
    """Somebody whom the dialplan phoned. ``status``: as in AttemptOver, or ``ALREADY``: the number was being rung by others."""

    id: str
    number: str
    status: str
    """Empty while it rings."""
    key: str
    started_at: float
    ended_at: float | None


@dataclass(frozen=True)
class AttemptOver:
    """The dialplan is done with an attempt.

    ``status``: Asterisk's DIALSTATUS (ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL), ``REFUSED`` (a public number, or
    nothing to dial), ``VOID``. ``cause``: Q.850 as text. ``key``: what the dialplan took while no service answered.
    """

    attempt_id: str
    status: str
    cause: str
    key: str = ""


@dataclass(frozen=True)
class SafeModeLine:
    """How the dialplan serves a called number without us."""

    number: str
    kind: Literal["emergency", "life_help"]


class Evidence(Protocol):
    """What is left of calls that were dialled."""

    async def attempt_evidence(self, attempt_id: str) -> AttemptEvidence | None:
        """What AstDB knows of an attempt; None when it never reached the dialplan."""
        ...


@dataclass(frozen=True)
class CallSeen:
    """A call as the node itself noted it when it was over. Times in seconds since 1970; ``number`` as it came."""

    channel_id: str
    arrived_at: float
    ended_at: float | None
    line: str
    terminal: str
    number: str


@dataclass(frozen=True)
class CallPlaced:
    """A call out as the node itself noted it before it rang. ``at`` in seconds since 1970."""

    channel_id: str
    at: float
    belongs_to: str
    """The leg or the attempt that it is, or the call of safe mode for which a duty phone was rung."""


class Watch(Evidence, Protocol):
    """What only AMI tells: who is registered, who attacks, and what safe mode needs and did."""

    @property
    def connected(self) -> bool: ...

    async def contacts(self) -> list[ContactStatus]: ...
    async def push_safe_mode(
        self, lines: Sequence[SafeModeLine], emergency_seats: Sequence[str], life_help_seats: Sequence[str]
    ) -> None:
        """Make the PBX's persistent safe-mode data equal to this (lines in AstDB, members of the two queues)."""
        ...

    async def safe_mode_records(self) -> list[SafeModeRecord]:
        """Everything the dialplan has journalled and we have not yet taken over."""
        ...

    async def forget_safe_mode_record(self, channel_id: str) -> None: ...

    async def calls_seen(self) -> list[CallSeen]:
        """Calls that came in and are over, as the dialplan noted them, whoever served them; not yet taken over."""
        ...

    async def forget_call_seen(self, channel_id: str) -> None: ...

    async def calls_placed(self) -> list[CallPlaced]:
        """Calls out of the last day, as the dialplan noted each before it rang; the watchdog's own are none of these."""
        ...

    async def push_contacts(self, contacts: Mapping[str, Sequence[SafeModeContact]]) -> None:
        """Whom safe mode phones, by terminal (its account, or the number it calls from). Only differences are sent."""
        ...

    async def forget_attempts(self, before: float) -> int:
        """Remove what AstDB keeps of attempts from before this time (seconds since 1970); returns how many."""
        ...


class Speech(Protocol):
    """Announcements made from text, kept as files, ready before they are needed."""

    async def say(self, text: str) -> str:
        """Media URI of ``text`` spoken (made once, then from the cache): ``sound:<path without ending>``."""
        ...

    def media_of(self, text: str) -> str:
        """The path, without ending, that ``text`` will have once it is spoken: at hand before it is made."""
        ...

    def is_spoken(self, text: str) -> bool:
        """Whether the file is there already."""
        ...
