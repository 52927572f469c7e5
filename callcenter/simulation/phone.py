"""A seat's telephone in Python: registers, rings, answers, talks, hangs up, and tells when each of it happened."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from callcenter.simulation.audio import RtpPeer, tone_frames
from callcenter.simulation.requests import Requests
from callcenter.simulation.sipp import require_loopback
from callcenter.telephony.sipmessage import (
    Message,
    audio_address,
    audio_offer,
    authorization,
    parse,
    respond,
)

REGISTER_SECONDS = 120
REFUSALS = {"busy": (486, "Busy Here"), "decline": (603, "Decline"), "unavailable": (480, "Unavailable")}

Manner = Literal["answer", "never", "busy", "decline", "unavailable"]


class PhoneError(Exception):
    """The phone could not do what was asked; the sentence says what Asterisk answered."""


@dataclass
class PhoneCall:
    """One call that came in. Times are seconds since 1970, as everywhere."""

    invite: Message
    rtp: RtpPeer
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    rang_at: float = field(default_factory=time.time)
    answered_at: float | None = None
    ended_at: float | None = None
    ended_by: str = ""
    """us, them, cancelled or refused."""
    last: Message | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def caller(self) -> str:
        """The From header: what the phone's display shows."""
        return self.invite.get("from")

    def header(self, name: str) -> str:
        """A header of the INVITE, e.g. Alert-Info."""
        return self.invite.get(name.lower())

    async def answered(self, timeout: float = 5.0) -> None:
        """Wait until it is answered."""
        await self._until(lambda: self.answered_at is not None, "answered", timeout)

    async def ended(self, timeout: float = 5.0) -> None:
        """Wait until it is over."""
        await self._until(lambda: self.ended_at is not None, "ended", timeout)

    async def _until(self, reached: Callable[[], bool], what: str, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not reached():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise PhoneError(f"the call was not {what} within {timeout:g} s") from None

    def tell(self) -> None:
        """Wake those who wait."""
        self._changed.set()


class Phone(asyncio.DatagramProtocol):
    """A phone of one account. Set ``manner`` and ``answer_after`` before it rings, or answer each call by hand."""

    def __init__(
        self,
        account: str,
        password: str,
        server: tuple[str, int],
        *,
        manner: Manner = "answer",
        answer_after: float = 0.0,
        tone: int | None = 440,
        host: str = "127.0.0.1",
        on_change: Callable[[str, PhoneCall | None], None] = lambda _what, _call: None,
    ) -> None:
        require_loopback(server[0])
        require_loopback(host)
        self.account, self.manner, self.answer_after = account, manner, answer_after
        self.sound = tone_frames(tone) if tone is not None else []  # none: silent
        self.calls: list[PhoneCall] = []
        self.options = 0
        self._password, self._server, self._host = password, server, host
        self._on_change = on_change
        self._incoming: asyncio.Queue[PhoneCall] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._port = 0
        self._registered = False
        self._requests = Requests()
        self._register_id, self._turn = f"{secrets.token_hex(8)}@phone", 0
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ life

    async def register(self, timeout: float = 3.0) -> None:
        """Open the phone and register it; PhoneError when Asterisk refuses."""
        await self.listen()
        self._registered = True
        await self._register(REGISTER_SECONDS, timeout)
        self._later(self._stay_registered())
        self._on_change("registered", None)

    async def listen(self, port: int = 0) -> None:
        """Open the phone without registering: the far end of a trunk does not register."""
        if self._transport is None:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, port))
            self._port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        """Hang up, unregister, and give the port back."""
        for call in self.calls:
            if call.ended_at is None:
                await self.hang_up(call)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._transport is not None:
            with contextlib.suppress(PhoneError):  # Asterisk is gone or has forgotten us: it comes to the same
                if self._registered:
                    await self._register(0, 1.0)
            self._transport.close()
            self._transport = None

    def vanish(self) -> None:
        """Be gone without a word, as when the cable is pulled."""
        for call in self.calls:
            call.rtp.mute()
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _later(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stay_registered(self) -> None:
        while True:
            await asyncio.sleep(REGISTER_SECONDS / 2)
            try:
                await self._register(REGISTER_SECONDS, 3.0)
            except PhoneError as error:
                self._on_change(f"lost: {error}", None)

    async def _register(self, seconds: int, timeout: float) -> None:
        challenge = ""
        for _ in range(2):
            answer = await self._ask(self._registration(seconds, challenge), timeout)
            if answer.status == 200:
                return
            challenge = answer.get("www-authenticate")
            if answer.status != 401 or not challenge:
                break
        raise PhoneError(f"{self.account}: registration refused with {answer.status} {answer.reason}")

    def _registration(self, seconds: int, challenge: str) -> Message:
        host, port = self._server
        uri = f"sip:{host}:{port}"
        self._turn += 1
        request = Message(
            method="REGISTER",
            uri=uri,
            headers=[
                ("via", self._via()),
                ("from", f"<sip:{self.account}@{host}>;tag={self._register_id[:8]}"),
                ("to", f"<sip:{self.account}@{host}>"),
                ("call-id", self._register_id),
                ("cseq", f"{self._turn} REGISTER"),
                ("contact", f"<sip:{self.account}@{self._host}:{self._port}>"),
                ("expires", str(seconds)),
                ("max-forwards", "70"),
            ],
        )
        if challenge:
            proof = authorization(challenge, "REGISTER", uri, self.account, self._password)
            request.headers.append(("authorization", proof))
        return request

    def _via(self) -> str:
        return f"SIP/2.0/UDP {self._host}:{self._port};rport;branch=z9hG4bK{secrets.token_hex(8)}"

    async def _ask(self, request: Message, timeout: float) -> Message:
        """Send a request, again every half second, until its answer comes."""
        try:
            return await self._requests.ask(request, self._send, timeout)
        except TimeoutError:
            raise PhoneError(f"{self.account}: no answer to {request.method} within {timeout:g} s") from None

    def _send(self, message: Message) -> None:
        if self._transport is not None:
            self._transport.sendto(message.encode(), self._server)

    # ------------------------------------------------------------------ calls

    async def ringing(self, timeout: float = 5.0) -> PhoneCall:
        """The next call that rings here."""
        try:
            return await asyncio.wait_for(self._incoming.get(), timeout)
        except TimeoutError:
            raise PhoneError(f"{self.account} did not ring within {timeout:g} s") from None

    @property
    def talking(self) -> PhoneCall | None:
        """The call that is answered and not over."""
        return next((c for c in self.calls if c.answered_at is not None and c.ended_at is None), None)

    def answer(self, call: PhoneCall) -> None:
        """Pick up: sound flows both ways from now on."""
        if call.ended_at is not None or call.answered_at is not None:
            return
        ok = respond(call.invite, 200, "OK", call.tag)
        ok.headers += [("contact", self._contact()), ("content-type", "application/sdp")]
        ok.body = audio_offer(*call.rtp.address)
        call.last = ok
        call.answered_at = time.time()
        self._send(ok)
        remote = audio_address(call.invite.body)
        if remote and self.sound:
            call.rtp.play(self.sound, remote)
        self._changed("answered", call)

    def refuse(self, call: PhoneCall, status: int = 486, reason: str = "Busy Here") -> None:
        """Decline the call."""
        call.last = respond(call.invite, status, reason, call.tag)
        self._send(call.last)
        self._over(call, "refused")

    async def hang_up(self, call: PhoneCall | None = None) -> None:
        """End this call, or the one that is being talked on."""
        call = call or self.talking
        if call is None or call.ended_at is not None:
            return
        if call.answered_at is None:
            self.refuse(call, 480, "Temporarily Unavailable")
            return
        bye = Message(
            method="BYE",
            uri=call.invite.get("contact").strip("<>").partition(">")[0],
            headers=[
                ("via", self._via()),
                ("from", f"{call.invite.get('to')};tag={call.tag}"),
                ("to", call.invite.get("from")),
                ("call-id", call.invite.call_id),
                ("cseq", "1 BYE"),
                ("max-forwards", "70"),
            ],
        )
        self._over(call, "us")
        with contextlib.suppress(PhoneError):  # Asterisk is gone: the call is over for us all the same
            await self._ask(bye, 1.5)

    def _contact(self) -> str:
        return f"<sip:{self.account}@{self._host}:{self._port}>"

    def _changed(self, what: str, call: PhoneCall) -> None:
        call.tell()
        self._on_change(what, call)

    def _over(self, call: PhoneCall, by: str) -> None:
        if call.ended_at is None:
            call.ended_at, call.ended_by = time.time(), by
            self._later(call.rtp.close())
            self._changed("ended", call)

    # ------------------------------------------------------------------ from the wire

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Sort what Asterisk sends."""
        message = parse(data)
        if message is None:
            return
        if message.status:
            self._requests.heard(message)
            return
        call = next((one for one in self.calls if one.invite.call_id == message.call_id), None)
        if message.method == "INVITE":
            self._invited(message, call)
        elif message.method == "CANCEL":
            self._send(respond(message, 200, "OK"))
            if call is not None and call.answered_at is None and call.ended_at is None:
                call.last = respond(call.invite, 487, "Request Terminated", call.tag)
                self._send(call.last)
                self._over(call, "cancelled")
        elif message.method == "BYE":
            self._send(respond(message, 200, "OK"))
            if call is not None:
                self._over(call, "them")
        elif message.method != "ACK":
            self.options += message.method == "OPTIONS"
            self._send(respond(message, 200, "OK", "phone"))

    def _invited(self, invite: Message, call: PhoneCall | None) -> None:
        if call is None:
            self._later(self._ring(invite))
        elif invite.cseq == call.invite.cseq:  # sent again: our answer was lost
            if call.last is not None:
                self._send(call.last)
        else:  # a change within the call
            call.invite.headers = invite.headers
            ok = respond(invite, 200, "OK", call.tag)
            ok.headers += [("contact", self._contact()), ("content-type", "application/sdp")]
            ok.body = audio_offer(*call.rtp.address)
            call.last = ok
            self._send(ok)
            remote = audio_address(invite.body)
            if remote and self.sound:
                call.rtp.play(self.sound, remote)

    async def _ring(self, invite: Message) -> None:
        arrived = time.time()
        call = PhoneCall(invite, await RtpPeer.open(self._host), rang_at=arrived)
        self.calls.append(call)
        if self.manner in REFUSALS:
            self._incoming.put_nowait(call)
            self.refuse(call, *REFUSALS[self.manner])
            return
        call.last = respond(invite, 180, "Ringing", call.tag)
        call.last.headers.append(("contact", self._contact()))
        self._send(call.last)
        self._incoming.put_nowait(call)
        self._on_change("ringing", call)
        if self.manner == "answer":
            await asyncio.sleep(self.answer_after)
            self.answer(call)
