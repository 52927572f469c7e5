"""``callcenter doctor``: is everything in order, in plain words, and if not, what to do.

Each check answers with findings; nothing here changes anything. It works as well while nothing runs: what can
only be asked of a running centre is then said to be skipped.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from rich.console import Console

from callcenter.settings import Settings
from callcenter.setup.doctor_ladder import LADDER_CHECKS
from callcenter.setup.doctor_machine import MACHINE_CHECKS
from callcenter.setup.doctor_running import RUNNING_CHECKS
from callcenter.setup.findings import Finding, Level


async def examine(settings: Settings, console: Console) -> int:
    """Make every check, print it, and return how many things are wrong."""
    running = is_running(settings.data_dir)
    count = dict.fromkeys(Level, 0)
    for check in (*MACHINE_CHECKS, *RUNNING_CHECKS, *LADDER_CHECKS):
        for finding in await check(settings, running):
            count[finding.level] += 1
            _show(finding, console)
    console.print(
        f"\n{count[Level.GOOD]} 项正常,{count[Level.WARNING]} 项提醒,{count[Level.WRONG]} 项错误 / "
        f"{count[Level.GOOD]} in order, {count[Level.WARNING]} to look at, {count[Level.WRONG]} wrong",
        highlight=False,
    )
    return count[Level.WRONG]


def is_running(data_dir: Path) -> bool:
    """Whether ``callcenter run`` is at work on this folder."""
    try:
        with (data_dir / "run.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _show(finding: Finding, console: Console) -> None:
    console.print(f"{finding.level.value} {finding.chinese}", highlight=False)
    console.print(f"  [dim]{finding.english}[/dim]", highlight=False)
    if finding.advice:
        for sentence in finding.advice:
            console.print(f"  → {sentence}", highlight=False, markup=False)
