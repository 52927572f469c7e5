"""Service processes of their own, born with their modules loaded.

A start from nothing takes two seconds of processor time for its imports alone, and the suite starts some three hundred services.
Each here is a process as ``callcenter serve`` makes it, with its own environment, log, number and end; only it is forked from one
that has imported everything already and done nothing else. Starts from nothing are tests/setup's (``callcenter run``).
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

LOADED = [
    "callcenter.app.service",
    "callcenter.watchdog.watchdog",
    "callcenter.web.openapi",
    "pypinyin",
    "callcenter.cases.demo",
    "callcenter.catalogue.demo",
    "callcenter.connections.demo",
    "callcenter.reports.demo",
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LOADED)


class Child:
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


async def born(command: str, environment: Mapping[str, str], log: Path) -> Child:
    """A process that does ``command`` (``serve``, ``watchdog``) with this environment and writes to the end of ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    process = _context.Process(target=_live, args=(command, dict(environment), str(log)), daemon=True)
    await asyncio.to_thread(process.start)  # the first one waits for the imports
    return Child(process)


async def from_nothing(command: str, environment: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
    """The same as its users start it: for what is measured. Whoever is forked pays for each page of memory when it first writes."""
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter", command, env=dict(environment), stdout=out, stderr=out
        )


def _live(command: str, environment: dict[str, str], log: str) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(environment)
    from callcenter.settings import read_settings

    if command == "serve":
        from callcenter.app import serve

        serve(read_settings())
    else:
        from callcenter.watchdog.watchdog import watch

        settings = read_settings()
        assert settings.database_url is not None
        watch(settings, settings.database_url.get_secret_value(), grace=0.0)
