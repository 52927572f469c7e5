"""The simulated telephone network behind trunk and drill trunk: families, neighbours, 110 and 120, each with a manner.

It is the truth about double dialling: what it was asked to ring is what rang, whatever anybody's database says.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import structlog

from callcenter.simulation.audio import SILENCE, RtpPeer, tone_frames
from callcenter.simulation.requests import Requests
from callcenter.simulation.sipp import require_loopback
from callcenter.telephony.sipmessage import Message, audio_address, audio_offer, key_type, parse, party, respond

log = structlog.get_logger()

Kind = Literal["answer", "voicemail", "no-answer", "busy", "invalid", "congestion", "reject", "early", "silence"]
REFUSALS: Mapping[Kind, tuple[int, str]] = {
    "busy": (486, "Busy Here"),
    "invalid": (404, "Not Found"),
    "congestion": (503, "Service Unavailable"),
    "reject": (603, "Decline"),
}
VOICEMAIL_TONE, SPEAKING_TONE, EARLY_TONE = 620, 440, 950
BYE_SECONDS = 1.4
HEARD_FRAMES = 15  # 0.3 s of sound: somebody was spoken to
RESEND = (0.5, 1.0, 2.0, 4.0, 4.0, 4.0)  # seconds between two sendings of an answer that nobody confirms


@dataclass(frozen=True)
class Behaviour:
    """What happens when a number is rung. Seconds: ``after`` until it answers, ``keys`` and ``hang_up`` from the answer on."""

    kind: Kind = "no-answer"
    after: float = 0.0
    keys: tuple[tuple[float, str], ...] = ()
    hang_up: float | None = None
    ring: bool = True
    """Whether it says that it rings before it answers or refuses."""

    @classmethod
    def read(cls, text: str) -> Behaviour:
        """``answer:2:1@5:2@8:h@20`` answers after 2 s, presses 1 at 5 s and 2 at 8 s, hangs up at 20 s; ``busy:3`` rings 3 s.

        ``no-answer`` rings until the caller gives up, ``no-answer:30`` until the network does.
        """
        kind, *rest = text.strip().split(":")
        after, keys, hang_up = 0.0, [], None
        for part in rest:
            what, at, seconds = part.partition("@")
            if not at:
                after = float(what)
            elif what == "h":
                hang_up = float(seconds)
            else:
                keys.append((float(seconds), what))
        if kind not in (*REFUSALS, "answer", "voicemail", "no-answer", "early", "silence"):
            raise ValueError(f"没有这种行为:{kind}。There is no such behaviour: {kind}")
        return cls(kind, after, tuple(keys), hang_up)


NO_ANSWER = Behaviour()
PUBLIC = Behaviour("answer", after=2.0, hang_up=60.0)
PUBLIC_NUMBERS = ("110", "119", "120")


@dataclass
class FamilyCall:
    """One INVITE. Times are monotonic seconds; None for what has not happened."""

    number: str
    call_id: str
    caller_number: str
    caller_name: str
    behaviour: Behaviour
    overlapped: bool
    """Another leg of this number was live when this one came: somebody was rung twice."""
    invited_at: float
    ringing_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    ended_by: str = ""
    """us, them, cancelled or refused."""
    resent: int = 0
    """How often the same INVITE came again (retransmissions)."""
    rtp: RtpPeer | None = None
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    _invite: Message = field(default_factory=Message, repr=False)
    _last: Message | None = field(default=None, repr=False)
    _address: tuple[str, int] = field(default=("", 0), repr=False)
    _confirmed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _turn: int = field(default=0, repr=False)

    @property
    def live(self) -> bool:
        """Whether it rings or talks."""
        return self.ended_at is None

    @property
    def was_spoken_to(self) -> bool:
        """Whether something was heard after the answer: an announcement or a person."""
        return self.rtp is not None and self.rtp.loud >= HEARD_FRAMES


class TelephoneNetwork(asyncio.DatagramProtocol):
    """Answers every INVITE that reaches ``host:port`` as ``behaviours`` say, and remembers each of them."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.2",
        default: Behaviour = NO_ANSWER,
        behaviours: Mapping[str, Behaviour] | None = None,
        on_change: Callable[[str, FamilyCall], None] = lambda _what, _call: None,
        look_up: Callable[[str], Behaviour | None] = lambda _number: None,
    ) -> None:
        """``look_up`` is asked at each INVITE, before ``behaviours`` and ``default``; ``on_change`` is told each step."""
        require_loopback(host)
        self.calls: list[FamilyCall] = []
        self.behaviours: dict[str, Behaviour] = {**dict.fromkeys(PUBLIC_NUMBERS, PUBLIC), **(behaviours or {})}
        self.default = default
        self._host, self._port = host, 0
        self._on_change, self._look_up = on_change, look_up
        self._by_id: dict[str, FamilyCall] = {}
        self._requests = Requests()
        self._transport: asyncio.DatagramTransport | None = None
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._waited: dict[str, int] = {}

    # ------------------------------------------------------------------ life

    async def listen(self, port: int) -> None:
        """Be reachable from now on."""
        loop = asyncio.get_running_loop()
        self._gone.clear()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, port))
        self._port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        """Hang up everywhere and give the port back."""
        for call in [one for one in self.calls if one.live]:
            await self.hang_up(call)
        tasks = {task for call in self.calls for task in call._tasks}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for call in self.calls:
            if call.rtp is not None:
                await call.rtp.close()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            async with asyncio.timeout(1.0):
                await self._gone.wait()  # closing only begins there: the port is free when it has come to its end

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone.set()

    def vanish(self) -> None:
        """Be out of reach without a word; nothing is answered until ``listen`` is called again."""
        for call in self.calls:
            for task in call._tasks:
                task.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # ------------------------------------------------------------------ for tests

    def of(self, number: str) -> list[FamilyCall]:
        """Every call to this number, the oldest first."""
        return [call for call in self.calls if call.number == number]

    async def wait_for_invite(self, number: str, timeout: float = 5.0) -> FamilyCall:
        """The next call to this number that was not waited for yet; AssertionError after the deadline."""
        turn = self._waited.get(number, 0)
        await self.until(lambda: len(self.of(number)) > turn, timeout, f"no call to {number}")
        self._waited[number] = turn + 1
        return self.of(number)[turn]

    async def ended(self, call: FamilyCall, timeout: float = 5.0) -> None:
        """Wait until this call is over; AssertionError after the deadline."""
        await self.until(lambda: not call.live, timeout, f"the call to {call.number} is not over")

    async def until(self, reached: Callable[[], bool], timeout: float = 5.0, what: str = "it did not happen") -> None:
        """Wait for something that comes with a change of a call; AssertionError after the deadline."""
        try:
            async with asyncio.timeout(timeout):
                while not reached():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            seen = [(call.number, call.ended_by or "live") for call in self.calls]
            raise AssertionError(f"{what} within {timeout:g} s; calls: {seen}") from None

    # ------------------------------------------------------------------ what a phone does

    async def answer(self, call: FamilyCall) -> None:
        """Pick up."""
        if not call.live or call.answered_at is not None:
            return
        rtp = await self._sound(call)
        if not call.live:
            return
        call.answered_at = time.monotonic()
        self._final(call, self._with_sound(call, 200, "OK", rtp))
        tone = VOICEMAIL_TONE if call.behaviour.kind == "voicemail" else SPEAKING_TONE
        self._play(call, rtp, tone_frames(tone) if call.behaviour.kind == "voicemail" else [SILENCE])
        self._changed("answered", call)

    def press(self, call: FamilyCall, digit: str) -> None:
        """Press a key."""
        if call.rtp is not None and call.live:
            call.rtp.press(digit)
            self._changed(f"key {digit}", call)

    def speak(self, call: FamilyCall, frequency: int = SPEAKING_TONE) -> None:
        """Sound from now on, so that the other side can be shown to hear it."""
        if call.rtp is not None and call.live:
            self._play(call, call.rtp, tone_frames(frequency))

    def refuse(self, call: FamilyCall, status: int = 486, reason: str = "Busy Here") -> None:
        """Do not take it."""
        if call.live and call.answered_at is None:
            self._final(call, respond(call._invite, status, reason, call.tag))
            self._over(call, "refused")

    async def hang_up(self, call: FamilyCall) -> None:
        """End it."""
        if not call.live:
            return
        if call.answered_at is None:
            self.refuse(call, 480, "Temporarily Unavailable")
            return
        self._over(call, "us")
        call._turn += 1
        bye = Message(
            method="BYE",
            uri=call._invite.get("contact").strip("<>").partition(">")[0],
            headers=[
                ("via", f"SIP/2.0/UDP {self._host}:{self._port};rport;branch=z9hG4bK{secrets.token_hex(8)}"),
                ("from", f"{call._invite.get('to')};tag={call.tag}"),
                ("to", call._invite.get("from")),
                ("call-id", call.call_id),
                ("cseq", f"{call._turn} BYE"),
                ("max-forwards", "70"),
            ],
        )
        with contextlib.suppress(TimeoutError):  # Asterisk may be gone: the call is over for us all the same
            await self._requests.ask(bye, lambda message: self._send(message, call._address), BYE_SECONDS)

    async def _live(self, call: FamilyCall) -> None:
        """One call as its behaviour says."""
        behaviour = call.behaviour
        if behaviour.kind == "silence":
            return
        trying = respond(call._invite, 100, "Trying")
        self._send(trying, call._address)
        if behaviour.kind == "early":
            await self._early(call)
        elif behaviour.ring and (behaviour.kind not in REFUSALS or behaviour.after):
            self._ring(call)
        if behaviour.kind in ("no-answer", "early") and not behaviour.after:
            return  # for as long as it is rung
        await asyncio.sleep(behaviour.after)
        if behaviour.kind in ("no-answer", "early"):
            self.refuse(call, 480, "Temporarily Unavailable")
            return
        if behaviour.kind in REFUSALS:
            self.refuse(call, *REFUSALS[behaviour.kind])
            return
        await self.answer(call)
        steps: list[tuple[float, str]] = sorted(behaviour.keys)
        if behaviour.hang_up is not None:
            steps.append((behaviour.hang_up, ""))
        began = asyncio.get_running_loop().time()
        for at, digit in steps:
            await asyncio.sleep(max(0.0, began + at - asyncio.get_running_loop().time()))
            if digit:
                self.press(call, digit)
            else:
                await self.hang_up(call)

    def _ring(self, call: FamilyCall) -> None:
        call._last = respond(call._invite, 180, "Ringing", call.tag)
        call._last.headers.append(("contact", self._contact(call)))
        self._send(call._last, call._address)
        call.ringing_at = time.monotonic()
        self._changed("ringing", call)

    async def _early(self, call: FamilyCall) -> None:
        """Sound before anybody answered, as networks say "the subscriber is not available"."""
        rtp = await self._sound(call)
        call._last = self._with_sound(call, 183, "Session Progress", rtp)
        self._send(call._last, call._address)
        self._play(call, rtp, tone_frames(EARLY_TONE))
        self._changed("early", call)

    async def _sound(self, call: FamilyCall) -> RtpPeer:
        if call.rtp is None:
            call.rtp = await RtpPeer.open(self._host)
            call.rtp.key_type = key_type(call._invite.body)
        return call.rtp

    def _play(self, call: FamilyCall, rtp: RtpPeer, frames: list[bytes]) -> None:
        remote = audio_address(call._invite.body)
        if remote:
            rtp.play(frames, remote)

    def _with_sound(self, call: FamilyCall, status: int, reason: str, rtp: RtpPeer) -> Message:
        answer = respond(call._invite, status, reason, call.tag)
        answer.headers += [("contact", self._contact(call)), ("content-type", "application/sdp")]
        answer.body = audio_offer(*rtp.address, keys=rtp.key_type)
        return answer

    def _contact(self, call: FamilyCall) -> str:
        return f"<sip:{call.number}@{self._host}:{self._port}>"

    # ------------------------------------------------------------------ the wire

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Sort what Asterisk sends."""
        message = parse(data)
        if message is None:
            return
        if message.status:
            self._requests.heard(message)
            return
        call = self._by_id.get(message.call_id)
        if message.method == "INVITE":
            self._invited(message, call, addr)
        elif message.method == "ACK":
            if call is not None:
                call._confirmed.set()
        elif call is None:
            known = message.method == "OPTIONS"
            self._send(respond(message, 200 if known else 481, "OK" if known else "No Such Call", "network"), addr)
        else:
            self._send(respond(message, 200, "OK", call.tag), addr)
            if message.method == "CANCEL" and call.live and call.answered_at is None:
                self._final(call, respond(call._invite, 487, "Request Terminated", call.tag))
                self._over(call, "cancelled")
            elif message.method == "BYE":
                self._over(call, "them")

    def _invited(self, invite: Message, call: FamilyCall | None, addr: tuple[str, int]) -> None:
        if call is None:
            self._new(invite, addr)
        elif invite.cseq == call._invite.cseq:  # the same once more: our answer was lost or is still to come
            call.resent += 1
            if call._last is not None:
                self._send(call._last, addr)
        elif call.rtp is not None and call.live:  # a change within the call, or its session refreshed
            call._invite.headers = invite.headers
            call._invite.body = invite.body or call._invite.body
            self._final(call, self._with_sound(call, 200, "OK", call.rtp))
        else:
            self._send(respond(invite, 481, "No Such Call", call.tag), addr)

    def _new(self, invite: Message, addr: tuple[str, int]) -> None:
        number = party(f"<{invite.uri}>")[1]
        name, caller = party(invite.get("from"))
        behaviour = self._look_up(number) or self.behaviours.get(number, self.default)
        overlapped = any(one.live for one in self.of(number))
        call = FamilyCall(number, invite.call_id, caller, name, behaviour, overlapped, time.monotonic())
        call._invite, call._address = invite, addr
        self.calls.append(call)
        self._by_id[call.call_id] = call
        self._changed("invited", call)
        self._later(call, self._live(call))

    def _final(self, call: FamilyCall, answer: Message) -> None:
        """An answer that must be confirmed: sent until it is."""
        call._last = answer
        call._confirmed = asyncio.Event()
        self._later(call, self._until_confirmed(call, answer, call._confirmed))

    async def _until_confirmed(self, call: FamilyCall, answer: Message, confirmed: asyncio.Event) -> None:
        for pause in RESEND:
            self._send(answer, call._address)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(confirmed.wait(), pause)
                return

    def _send(self, message: Message, addr: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(message.encode(), addr)

    def _over(self, call: FamilyCall, by: str) -> None:
        if call.ended_at is None:
            call.ended_at, call.ended_by = time.monotonic(), by
            if call.rtp is not None:
                self._later(call, call.rtp.close())
            self._changed("ended", call)

    def _changed(self, what: str, call: FamilyCall) -> None:
        self._news.set()
        self._on_change(what, call)

    def _later(self, call: FamilyCall, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        call._tasks.add(task)
        task.add_done_callback(lambda done: self._done(call, done))

    def _done(self, call: FamilyCall, task: asyncio.Task[None]) -> None:
        call._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:  # this phone does nothing more: say why
            log.error("simulated_phone_failed", number=call.number, error=repr(error))
