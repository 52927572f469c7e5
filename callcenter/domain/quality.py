"""Quality of calls (W-3, W-4): what is listened for, how many points it has, and how somebody's calls get better. Data and sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from callcenter.domain.errors import Refused
from callcenter.domain.inspection import Item
from callcenter.domain.period import week_of

# A hundred points. The regulation (守则 三、四) names warmth, patience, standard and quality, and no items: these are ours, and the
# supervisor changes them: each change is a new version, and a review keeps the version by which it was made.
DEFAULT: tuple[Item, ...] = (
    Item("greeting", 10, "问候规范,报部门和姓名", "Greets with department and name"),
    Item("warmth", 20, "热情、耐心,称呼得当", "Warm and patient, addresses the elder rightly"),
    Item("listening", 15, "倾听不打断,复述确认", "Listens, does not interrupt, repeats to confirm"),
    Item("knowledge", 20, "解答准确,熟悉服务和价格", "Answers rightly, knows services and prices"),
    Item("no_no", 15, "不说“不”字,不能办的给出去处", "Never a plain no: names somebody who can help"),
    Item("promise", 10, "承诺明确时间,说明下一步", "Promises a time, says what happens next"),
    Item("record", 10, "记录完整,类别正确", "Written down fully, in the right category"),
)
MOST_ITEMS, MOST_POINTS = 20, 100


def rubric(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items of a new version. Raises Refused for what is none: no items, twice the same, no points, not a hundred together."""
    found = tuple(items)
    ids = [item.id for item in found]
    if (
        not 1 <= len(found) <= MOST_ITEMS
        or len(set(ids)) != len(ids)
        or any(item.most < 1 or not item.zh.strip() for item in found)
    ):
        raise _bad("每一项须有名称、编号和分值,编号不能重复", "Each item needs a name, an id of its own and points")
    if sum(item.most for item in found) != MOST_POINTS:
        raise _bad(f"各项分值合计须为 {MOST_POINTS} 分", f"The points of all items must be {MOST_POINTS} together")
    return found


@dataclass(frozen=True)
class Reviewed:
    """What one review came to."""

    agent_id: UUID
    day: date
    total: int
    most: int


@dataclass(frozen=True)
class Week:
    """The mean of one person's reviews of one ISO week (``2026-W48``), as a share (0-1)."""

    agent_id: UUID
    week: str
    share: float
    count: int


def trend(reviews: Iterable[Reviewed]) -> list[Week]:
    """Of each person and week with reviews, weeks in order."""
    shares: dict[tuple[str, UUID], list[float]] = {}
    for one in reviews:
        shares.setdefault((week_of(one.day), one.agent_id), []).append(one.total / one.most)
    ordered = sorted(shares.items(), key=lambda entry: (entry[0][0], str(entry[0][1])))
    return [Week(agent, week, sum(found) / len(found), len(found)) for (week, agent), found in ordered]


def _bad(zh: str, en: str) -> Refused:
    return Refused(
        "bad_rubric", f"{zh}。没有保存。", f"{en}; nothing was saved.", remedy_zh="请改好后再保存。",
        remedy_en="Mend it and save again.", rule="W-4", status=422,
    )  # fmt: skip
