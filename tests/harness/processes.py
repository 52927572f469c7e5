"""Processes of the product for tests, each with its own environment, log, number and end.

``forked``: from a process that has imported everything already and done nothing else. A start from nothing takes two seconds of
processor time for its imports alone, and the suite starts some three hundred services. ``spawned``: as users start them, for what
is measured: a forked process pays for each page of memory when it first writes to it. tests/setup starts all from nothing, too.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

PRELOADED = [
    "callcenter.cli", "callcenter.app.service", "callcenter.watchdog.watchdog", "callcenter.web.openapi", "pypinyin",
    "callcenter.cases.demo", "callcenter.catalogue.demo", "callcenter.connections.demo", "callcenter.reports.demo",
]  # fmt: skip
FORK_SECONDS = 60.0  # the first one waits until everything is imported
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(PRELOADED)


class Forked:
    """One process; as much of ``asyncio.subprocess.Process`` as a test uses."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self._process, self.pid = process, process.pid

    @property
    def returncode(self) -> int | None:
        """As of a subprocess: None while it lives, below zero for the signal that ended it."""
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Until it has ended; its return code. The caller sets the deadline."""
        while (code := self.returncode) is None:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self._process.sentinel, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._process.sentinel)
        return code


Process = Forked | asyncio.subprocess.Process


async def forked(arguments: list[str], environment: Mapping[str, str], log: Path) -> Forked:
    """``callcenter`` with these arguments and this environment, writing to the end of ``log``. Raises TimeoutError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    process = _context.Process(target=_run, args=(arguments, dict(environment), str(log)), daemon=True)
    await asyncio.wait_for(asyncio.to_thread(process.start), FORK_SECONDS)
    return Forked(process)


async def spawned(arguments: list[str], environment: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
    """The same from nothing."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter", *arguments, env=dict(environment), stdout=out, stderr=out
        )


def _run(arguments: list[str], environment: dict[str, str], log: str) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["callcenter", *arguments]
    from callcenter.cli import main

    main()
