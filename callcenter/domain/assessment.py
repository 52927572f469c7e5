"""How a partner or worker is judged (D-8, R-14): one score from what elders said, what went wrong, and what came late. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BEST, WORST = 5.0, 1.0
MINOR, SERIOUS = 0.2, 1.0
"""What an incident takes off, in points."""
LATE = 1.0
"""What being late with every order takes off, in points; in proportion with some of them."""
REWORK = 0.3
"""What a rework takes off (R-17)."""


@dataclass(frozen=True)
class Record:
    """What is known of somebody in a period. ``satisfaction``: each answer of a follow-up, 1 to 5; ``late``: of ``completed``."""

    satisfaction: tuple[int, ...] = ()
    minor: int = 0
    serious: int = 0
    reworks: int = 0
    completed: int = 0
    late: int = 0


NOTHING = Record()
"""Of whom nothing is known."""


def score(record: Record) -> float | None:
    """1.0 (worst) to 5.0, one decimal; None of who has no answer, order or incident: nobody is judged by nothing. Who was never
    asked about begins at the middle between good and best."""
    if not (record.satisfaction or record.completed or record.minor or record.serious or record.reworks):
        return None
    said = record.satisfaction
    begun = sum(said) / len(said) if said else 4.5
    lateness = record.late / record.completed if record.completed else 0.0
    taken = record.minor * MINOR + record.serious * SERIOUS + record.reworks * REWORK + lateness * LATE
    return round(min(BEST, max(WORST, begun - taken)), 1)


def told(record: Record) -> tuple[str, str] | None:
    """What the score comes from, in Chinese and English; None where nothing is known."""
    if score(record) is None:
        return None
    said = record.satisfaction
    mean = sum(said) / len(said) if said else 0.0
    parts = [
        (f"回访满意 {mean:.1f}({len(said)} 次)", f"elders said {mean:.1f} ({len(said)} times)") if said
        else ("尚无回访", "no follow-up yet"),
    ]  # fmt: skip
    for count, each, zh, en in (
        (record.late, LATE / max(1, record.completed), f"{record.completed} 单中逾期", f"late of {record.completed}"),
        (record.reworks, REWORK, "整改", "reworks"),
        (record.minor, MINOR, "一般事故", "minor incidents"),
        (record.serious, SERIOUS, "严重事故", "serious incidents"),
    ):
        if count:
            parts.append((f"{zh} {count}(−{count * each:.1f})", f"{en}: {count} (−{count * each:.1f})"))
    return "评分依据:" + ",".join(zh for zh, _ in parts), "score from: " + ", ".join(en for _, en in parts)
