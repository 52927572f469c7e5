"""What a run of a benchmark says: percentiles in milliseconds, and how many calls got no frame at all."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """One run. ``lost``: calls that were sent and never seen at the other end."""

    name: str
    rate: float
    calls: int
    lost: int
    p50: float
    p90: float
    p99: float
    worst: float

    def __str__(self) -> str:
        return (
            f"{self.name:<10} {self.rate:>5g}/s  {self.calls:>6} calls  lost {self.lost}  "
            f"p50 {self.p50:.2f}  p90 {self.p90:.2f}  p99 {self.p99:.2f}  worst {self.worst:.2f} ms"
        )


def figures(name: str, rate: float, sent: Mapping[str, float], seen: Mapping[str, float]) -> Figures:
    """Match what was sent with what was seen, by key (the SIP Call-ID, or the caller's number)."""
    took = sorted((seen[key] - at) * 1000 for key, at in sent.items() if key in seen)
    return Figures(
        name=name,
        rate=rate,
        calls=len(sent),
        lost=len(sent) - len(took),
        p50=percentile(took, 50),
        p90=percentile(took, 90),
        p99=percentile(took, 99),
        worst=took[-1] if took else float("nan"),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def machine() -> str:
    """Where it was measured: figures of a shared machine mean little without it."""
    load = os.getloadavg()
    return f"{platform.machine()}, {os.cpu_count()} cores, load {load[0]:.1f}, Python {platform.python_version()}"
