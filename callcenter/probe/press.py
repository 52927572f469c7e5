"""The probe's telephone: one call into Asterisk over SIP, from the first INVITE until it is over, and when each step came."""

from __future__ import annotations

import asyncio
import secrets
import socket
from time import monotonic

from callcenter.telephony.sipmessage import Message, audio_offer, authorization, parse, respond

AGAIN_SECONDS = 0.5  # a datagram may be lost
GOODBYE_SECONDS = 1.0


class PressError(Exception):
    """The call did not do what it should; ``stage`` says where: ``sip``, ``answer`` or ``hang_up``."""

    def __init__(self, stage: str, detail: str) -> None:
        super().__init__(detail)
        self.stage, self.detail = stage, detail


class Press(asyncio.DatagramProtocol):
    """One call of ``account`` to ``dialled``. Times are ``time.monotonic``; None: it has not come yet."""

    def __init__(self, account: str, password: str, server: tuple[str, int], dialled: str) -> None:
        self.sent_at: float | None = None
        self.rang_at: float | None = None
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self._account, self._password, self._server, self._dialled = account, password, server, dialled
        self._call_id, self._tag = f"{secrets.token_hex(10)}@probe", secrets.token_hex(4)
        self._turn, self._invite = 0, Message()
        self._news = asyncio.Event()
        self._refused = ""
        self._heard = False
        self._remote = ""
        self._transport: asyncio.DatagramTransport | None = None
        self._sound: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Press:
        loop = asyncio.get_running_loop()
        host = _way_to(self._server)
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        # Whatever sound comes is let in and forgotten: a closed port would be told to Asterisk.
        self._sound, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(host, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.answered_at is not None and self.ended_at is None:
            await self._ask("BYE", until=lambda: self.ended_at is not None)
        elif self._heard and self.answered_at is None and not self._refused:
            await self._ask("CANCEL", until=lambda: bool(self._refused))
        for transport in (self._transport, self._sound):
            if transport is not None:
                transport.close()

    def dial(self) -> None:
        """Send the INVITE; ``until`` says what came of it."""
        self.sent_at = monotonic()
        self._send_invite("")

    async def rung(self, seconds: float) -> float:
        """When Asterisk's dialplan began to ring. Raises PressError when it refuses or is silent."""
        return await self._until("sip", "rang_at", seconds)

    async def answered(self, seconds: float) -> float:
        """When the service answered."""
        return await self._until("answer", "answered_at", seconds)

    async def over(self, seconds: float) -> float:
        """When the service hung up."""
        return await self._until("hang_up", "ended_at", seconds)

    async def _until(self, stage: str, what: str, seconds: float) -> float:
        until = monotonic() + seconds
        while (at := getattr(self, what)) is None:
            left = until - monotonic()
            if self._refused:
                raise PressError(stage, self._refused)
            if left <= 0:
                raise PressError(stage, "no answer")
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(left, AGAIN_SECONDS))
            except TimeoutError:
                if self.rang_at is None and self.answered_at is None:
                    self._send(self._invite)
        return float(at)

    # --- words --------------------------------------------------------------------------------------------------------

    def _request(self, method: str, turn: int) -> Message:
        host, port = self._server
        ours = "{}:{}".format(*self._local())
        return Message(
            method=method, uri=f"sip:{self._dialled}@{host}:{port}",
            headers=[
                ("via", f"SIP/2.0/UDP {ours};rport;branch=z9hG4bK{secrets.token_hex(8)}"),
                ("from", f"<sip:{self._account}@{host}>;tag={self._tag}"),
                ("to", f"<sip:{self._dialled}@{host}>{self._remote}"),
                ("call-id", self._call_id),
                ("cseq", f"{turn} {method}"),
                ("contact", f"<sip:{self._account}@{ours}>"),
                ("max-forwards", "70"),
            ],
        )  # fmt: skip

    def _send_invite(self, challenge: str) -> None:
        self._turn += 1
        self._invite = self._request("INVITE", self._turn)
        if challenge:
            proof = authorization(challenge, "INVITE", self._invite.uri, self._account, self._password)
            self._invite.headers.append(("authorization", proof))
        self._invite.headers.append(("content-type", "application/sdp"))
        assert self._sound is not None
        self._invite.body = audio_offer(*self._sound.get_extra_info("sockname")[:2])
        self._send(self._invite)

    async def _ask(self, method: str, until: object) -> None:
        """BYE or CANCEL, best effort: Asterisk may be the very thing that is gone."""
        request = self._request(method, self._turn + (method == "BYE"))
        if method == "CANCEL":
            request.headers[0] = self._invite.headers[0]  # the same transaction
        end = monotonic() + GOODBYE_SECONDS
        while not until() and monotonic() < end:  # type: ignore[operator]
            self._send(request)
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), 0.3)
            except TimeoutError:
                continue

    def _send(self, message: Message) -> None:
        if self._transport is not None:
            self._transport.sendto(message.encode(), self._server)

    def _local(self) -> tuple[str, int]:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    # --- from the wire ------------------------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = parse(data)
        if message is None or message.call_id != self._call_id:
            return
        self._heard = True
        if message.status:
            self._response(message)
        elif message.method == "BYE":
            self._send(respond(message, 200, "OK"))
            self.ended_at = self.ended_at or monotonic()
        elif message.method != "ACK":
            self._send(respond(message, 200, "OK", self._tag))
        self._news.set()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): the next INVITE or the deadline tells."""

    def _response(self, answer: Message) -> None:
        turn, method = answer.cseq
        if method == "BYE":
            self.ended_at = self.ended_at or monotonic()
        if method != "INVITE" or turn != self._turn:
            return
        now = monotonic()
        if answer.status in (180, 183):
            self.rang_at = self.rang_at or now
        elif answer.status >= 200:
            to = answer.get("to")
            self._remote = ";tag=" + to.partition(";tag=")[2] if ";tag=" in to else ""
            self._acknowledge(answer)
            if answer.status < 300:
                self.rang_at, self.answered_at = self.rang_at or now, self.answered_at or now
            elif answer.status == 401 and self._turn == 1:
                self._remote = ""
                self._send_invite(answer.get("www-authenticate"))
            else:
                self._refused = f"{answer.status} {answer.reason}"

    def _acknowledge(self, answer: Message) -> None:
        ack = self._request("ACK", answer.cseq[0])
        if answer.status >= 300:
            ack.headers[0] = self._invite.headers[0]  # the same transaction
        else:
            contact = answer.get("contact").partition("<")[2].partition(">")[0]
            ack.uri = contact or ack.uri
        self._send(ack)


def _way_to(server: tuple[str, int]) -> str:
    """The address of ours from which ``server`` is reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(server)
        return str(one.getsockname()[0])
