"""Child processes that never outlive us, and what /proc tells about the others.

Every child gets its own session (Ctrl-C in the terminal reaches us alone; we stop the children in order) and
a parent-death signal, set by setpriv: even ``kill -9`` of the supervisor takes them along. The kernel binds
that signal to the thread that started the child, so children are started from the main thread only.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

LOG_LIMIT = 10 * 1024**2


def bound_to_us(command: list[str], death: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command, started so that it gets the signal when we die."""
    return ["setpriv", "--pdeathsig", death.name.removeprefix("SIG"), "--", *command]


def open_log(path: Path) -> int:
    """A descriptor to append to; a log that grew over 10 MB is set aside first, one generation is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)


def tail(path: Path, count: int = 12) -> str:
    """The last lines of a log."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 16_384))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def processes_in(folder: Path) -> list[int]:
    """The processes that have this folder as their working directory."""
    target = os.path.realpath(folder)
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):  # it ended meanwhile, or it is somebody else's
            if os.readlink(f"/proc/{name}/cwd") == target:
                found.append(int(name))
    return found


def describe(pid: int) -> str:
    """A process in words: its number and its command."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        command = ""
    return f"{pid} ({command[:80]})" if command else str(pid)


class ChildProcess:
    """One program of ours: started, awaited, stopped with a deadline. Its output goes to its log."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = dict(environment) if environment is not None else None
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self, timeout: float = 10.0) -> None:
        """Start it; readiness is asked over its own interface, not here."""
        out = open_log(self.log)
        try:
            self._process = await asyncio.wait_for(
                asyncio.create_subprocess_exec(
                    *bound_to_us(self._command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    env=self._environment,
                    cwd=self._folder,
                    start_new_session=True,
                ),
                timeout,
            )
        finally:
            os.close(out)

    async def wait(self) -> int:
        """Wait for its end; the exit status, negative for a signal."""
        return await self._process.wait() if self._process else 0

    async def stop(self, timeout: float) -> None:
        """Ask it to end; after the deadline end it and whatever it started."""
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), timeout)
        finally:
            self.kill()
        await self._process.wait()

    def kill(self) -> None:
        """End it at once, with everything it started: they share its process group."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
