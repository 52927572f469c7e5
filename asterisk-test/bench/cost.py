"""What a run costs: processor time of each part, from the kernel's own count, and the service's memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(pid: str) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: state, parent, …; empty when it is gone."""
    try:
        return (Path("/proc") / pid / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and everything it has started has used, the ended ones that it waited for too."""
    parents = {name: stat for name in os.listdir("/proc") if name.isdigit() and (stat := _stat(name))}
    family, grown = {str(pid)}, True
    while grown:
        more = {name for name, stat in parents.items() if stat[1] in family} - family
        family |= more
        grown = bool(more)
    return sum(sum(map(int, parents[name][11:15])) for name in family if name in parents) / TICK


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) * PAGE


@dataclass(frozen=True)
class Cost:
    """Processor seconds of each part since ``begin``."""

    pids: Mapping[str, int]
    before: Mapping[str, float]

    @classmethod
    def begin(cls, **pids: int) -> Cost:
        return cls(pids, {name: cpu_seconds(pid) for name, pid in pids.items()})

    def each(self, count: int) -> str:
        """Milliseconds for each of ``count``, by part."""
        spent = {name: (cpu_seconds(pid) - self.before[name]) * 1000 / max(1, count) for name, pid in self.pids.items()}
        return ", ".join(f"{name} {ms:.1f}" for name, ms in spent.items()) + f", together {sum(spent.values()):.1f} ms"
