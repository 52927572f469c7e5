"""Callers, terminals and seats in tests. Callers are SIPp; seats are phones in Python, which a test can command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from callcenter.simulation.audio import RtpPeer, tone_frames
from callcenter.simulation.phone import Manner, Phone
from callcenter.simulation.sipp import SippCall, from_header
from harness.asterisk import RealAsterisk
from harness.rtp import CALLER_TONE, SEAT_TONE

TRUNK = "127.0.0.2"


@dataclass
class Caller:
    """A caller with a voice: ``sipp`` speaks SIP, ``rtp`` the sound."""

    sipp: SippCall
    rtp: RtpPeer
    tone: int = CALLER_TONE

    async def answered(self, timeout: float = 5.0) -> float:
        """Wait until answered and begin to sound; when it was (seconds since 1970)."""
        step = await self.sipp.until("answered", timeout=timeout)
        self.rtp.play(tone_frames(self.tone), await self.sipp.audio())
        return step.at

    async def until(self, *what: str, timeout: float = 5.0) -> float:
        """Wait for sent, ringing, early, answered, refused or ended; when it was."""
        return (await self.sipp.until(*what, timeout=timeout)).at

    async def hang_up(self) -> None:
        """End the call from the caller's side."""
        await self.sipp.hang_up()
        await self.sipp.until("ended", timeout=3)

    async def close(self) -> None:
        """End whatever is left."""
        await self.sipp.close()
        await self.rtp.close()


@dataclass
class Telephones:
    """Makes callers and phones for one test, and takes them all away at its end."""

    asterisk: RealAsterisk
    _open: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)

    async def caller(
        self,
        dialled: str | bytes = "075512345678",
        *,
        number: str = "13800138000",
        name: str = "",
        header: str | bytes | None = None,
        stay: float = 20.0,
        tone: int = CALLER_TONE,
    ) -> Caller:
        """A call from the telephone network. ``header`` is a whole From header, for callers of a strange kind."""
        return await self._call(dialled, header or from_header(number, name), TRUNK, stay, tone, None)

    async def terminal(
        self, account: str, password: str, dialled: str = "1", *, stay: float = 20.0, tone: int = CALLER_TONE
    ) -> Caller:
        """A press of a one-key terminal (or a seat that dials), which proves its password."""
        header = from_header(account, host="127.0.0.1")
        return await self._call(dialled, header, "127.0.0.1", stay, tone, (account, password))

    async def _call(
        self,
        dialled: str | bytes,
        header: str | bytes,
        source: str,
        stay: float,
        tone: int,
        login: tuple[str, str] | None,
    ) -> Caller:
        rtp = await RtpPeer.open(source)
        sipp = SippCall(
            self.asterisk.toolchain,
            self.asterisk.sip,
            dialled=dialled,
            caller=header,
            source=source,
            stay=stay,
            rtp=rtp.address,
            login=login,
        )
        caller = Caller(sipp, rtp, tone)
        self._open.append(caller.close)
        await sipp.start()
        return caller

    async def seat(
        self,
        account: str,
        password: str,
        *,
        manner: Manner = "answer",
        answer_after: float = 0.0,
        tone: int = SEAT_TONE,
    ) -> Phone:
        """A registered seat phone. Its account must have been put there by Provisioning."""
        phone = Phone(account, password, self.asterisk.sip, manner=manner, answer_after=answer_after, tone=tone)
        self._open.append(phone.close)
        await phone.register()
        return phone

    async def close(self) -> None:
        """Take everything away, the last first."""
        while self._open:
            await self._open.pop()()


@pytest_asyncio.fixture
async def telephones(asterisk: RealAsterisk) -> AsyncIterator[Telephones]:
    """Callers and phones on the Asterisk of this run."""
    made = Telephones(asterisk)
    try:
        yield made
    finally:
        await made.close()
