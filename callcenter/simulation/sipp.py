"""SIPp as callers of the centre: real SIP from another program, each step read back from SIPp's own log.

One ``SippCall`` is one SIPp process with one call. It is bounded by SIPp's own time-out and ended by its pid.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.errors import SetupError
from callcenter.setup.processes import bound_to_us, tail
from callcenter.setup.toolchain import Toolchain

SCENARIO = Path(__file__).with_name("scenarios") / "call.xml"
LOOK_EVERY = 0.01  # seconds between two looks at SIPp's log
LONGEST_STAY = 3600.0
SPARE = 15  # seconds SIPp may live longer than its call
HANG_UP_TIMES, HANG_UP_AGAIN = 30, 0.1  # how often SIPp is told, seconds between: what it gets before its INVITE is out it drops


@dataclass(frozen=True)
class Step:
    """One thing that happened to a call: sent, ringing, early, answered, refused, leaving or ended. ``at``: seconds since 1970."""

    what: str
    call_id: str
    at: float
    detail: str


class CallFailed(AssertionError):
    """SIPp ended without the step that was waited for."""


class SippCall:
    """One caller. ``start`` places the call; ``until`` waits for a step; ``hang_up`` ends it."""

    def __init__(
        self,
        toolchain: Toolchain,
        server: tuple[str, int],
        *,
        dialled: str | bytes,
        caller: str | bytes,
        source: str,
        stay: float = 30.0,
        rtp: tuple[str, int] = ("127.0.0.1", 9),
        login: tuple[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """``caller`` is the whole From header; ``source`` our address; ``login`` account and password of a terminal."""
        require_loopback(server[0])
        require_loopback(source)
        self.steps: list[Step] = []
        self._toolchain, self._server, self._source = toolchain, server, source
        self._dialled, self._caller, self._login, self._rtp = dialled, caller, login, rtp
        self._stay = min(stay, LONGEST_STAY)
        self._folder = Path(tempfile.mkdtemp(prefix="sipp-", dir=folder))
        self._port = free_udp_port(source)
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    @property
    def pid(self) -> int | None:
        """SIPp's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def start(self) -> None:
        """Place the call."""
        scenario = self._folder / "call.xml"
        scenario.write_text(SCENARIO.read_text().replace("STAY", str(round(self._stay * 1000))))
        self._spawn(scenario)

    def _spawn(self, scenario: Path) -> None:
        host, port = self._server
        command: list[str | bytes] = [
            *self._toolchain.command("usr/bin/sipp"),
            f"{host}:{port}", "-sf", str(scenario), "-i", self._source, "-p", str(self._port),
            "-m", "1", "-l", "1", "-nostdin", "-timeout", f"{round(self._stay * 2 + SPARE)}s", "-timeout_error",
            "-recv_timeout", str(round(self._stay * 1000 + 5000)), "-default_behaviors", "all,-bye",
            "-trace_logs", "-log_file", str(self._log), "-trace_err", "-error_file", str(self._errors),
            "-key", "dialled", self._dialled, "-key", "from", self._caller,
            "-key", "rtp_host", self._rtp[0], "-key", "rtp_port", str(self._rtp[1]),
        ]  # fmt: skip
        if self._login:
            command += ["-au", self._login[0], "-ap", self._login[1]]
        self._process = subprocess.Popen(
            bound_to_us(command),  # type: ignore[arg-type]
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            start_new_session=True,
        )

    @property
    def _log(self) -> Path:
        return self._folder / "steps.log"

    @property
    def _errors(self) -> Path:
        return self._folder / "errors.log"

    async def until(self, *what: str, timeout: float = 5.0) -> Step:
        """The first step of this kind, waited for at most so long; CallFailed when it cannot come any more."""
        try:
            async with asyncio.timeout(timeout):
                async for step in self._each():
                    if step.what in what:
                        return step
        except TimeoutError:
            raise CallFailed(f"no {'/'.join(what)} within {timeout:g} s: {self._story()}") from None
        raise CallFailed(f"the call ended without {'/'.join(what)}: {self._story()}")

    async def _each(self) -> AsyncIterator[Step]:
        seen = 0
        while True:
            over = self.pid is None
            self._look()
            while seen < len(self.steps):
                yield self.steps[seen]
                seen += 1
            if over:
                return
            await asyncio.sleep(LOOK_EVERY)

    def _look(self) -> None:
        with contextlib.suppress(FileNotFoundError), self._log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                if step := parse_step(line.decode(errors="replace")):
                    self.steps.append(step)

    def _story(self) -> str:
        told = ", ".join(f"{step.what} {step.detail}".strip() for step in self.steps) or "nothing"
        return f"steps: {told}; SIPp: {tail(self._errors, 30) or '-'}"

    async def audio(self, timeout: float = 5.0) -> tuple[str, int]:
        """Where Asterisk wants our sound, once it is known (answer or early media)."""
        step = await self.until("answered", "early", timeout=timeout)
        host, _, port = step.detail.rpartition(":")
        return host.strip(), int(port)

    async def hang_up(self) -> None:
        """End the call: CANCEL before it is answered, BYE after. SIPp is told by a message within the call, until it says so.

        Returns also when the call has ended meanwhile; CallFailed when SIPp heard none of the messages.
        """
        if self.pid is None:
            return
        sent = await self.until("sent")
        if any(step.what == "answered" for step in self.steps):
            with contextlib.suppress(CallFailed):  # it has ended meanwhile, or is told all the same
                await self.until("confirmed", "ended", timeout=HANG_UP_AGAIN)
        lines = [
            f"INFO sip:caller@{self._source}:{self._port} SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-hang-up", "From: <sip:test@127.0.0.1>;tag=1",
            "To: <sip:caller@127.0.0.1>", f"Call-ID: {sent.call_id}", "CSeq: 1 INFO", "Content-Length: 0", "", "",
        ]  # fmt: skip
        for _ in range(HANG_UP_TIMES):
            if self.pid is None:
                return
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.sendto("\r\n".join(lines).encode(), (self._source, self._port))
            with contextlib.suppress(CallFailed):
                await self.until("leaving", "refused", "ended", timeout=HANG_UP_AGAIN)
                return
        if self.pid is not None:
            raise CallFailed(f"SIPp was told {HANG_UP_TIMES} times to hang up and did not: {self._story()}")

    async def ended(self) -> None:
        """Wait until SIPp has ended; bounded by its own time-out."""
        async for _ in self._each():
            pass

    async def close(self, timeout: float = 3.0) -> None:
        """Hang up if it still talks, and see SIPp end; by force after the deadline."""
        process = self._process
        if process is not None and process.poll() is None:
            with contextlib.suppress(CallFailed):
                await self.hang_up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self.ended()
            if process.poll() is None:
                process.kill()
                process.wait(2)
        if self._folder.exists():  # closed before otherwise
            self._look()
            shutil.rmtree(self._folder, ignore_errors=True)


def parse_step(line: str) -> Step | None:
    """A line of SIPp's log; SIPp's time stamp is ``date<tab>time<tab>seconds.microseconds``."""
    parts = line.strip().split("|")
    if len(parts) != 4:
        return None
    return Step(parts[0], parts[1], float(parts[2].split()[-1]), parts[3].replace(" ", ""))


def require_loopback(host: str) -> None:
    """Refuse to call anything but this machine: a simulated emergency must never leave it."""
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if not inside:
        raise SetupError(
            f"模拟呼叫只允许发往本机,{host} 已被拒绝。",
            f"Simulated calls go to this machine only; {host} was refused.",
        )


def free_udp_port(host: str) -> int:
    """A UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def from_header(number: str, name: str = "", host: str = "127.0.0.2") -> str:
    """A From header with this number and name."""
    shown = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}" <sip:{number}@{host}>' if name else f"<sip:{number}@{host}>"
