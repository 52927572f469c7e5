"""Inspection of 内务卫生 and 劳动纪律 (T-3), and so of how equipment and place are kept (A-4): what is looked at,
how many points it has, and the trend: data and sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from callcenter.domain.errors import Refused

Rubric = Literal["hygiene", "discipline"]


@dataclass(frozen=True)
class Item:
    """One thing that is looked at, and its most points."""

    id: str
    most: int
    zh: str
    en: str


# A hundred points each. The regulation (职责 三) names both subjects and no items: these are ours, to be agreed with the centre.
RUBRICS: Mapping[Rubric, tuple[Item, ...]] = {
    "hygiene": (
        Item("floor", 20, "地面、门窗清洁", "Floor, doors, windows"),
        Item("desk", 20, "台面整齐,无杂物", "Desks tidy"),
        Item("equipment", 20, "话机、电脑、耳机清洁摆放", "Telephones, computers, headsets clean and in place"),
        Item("shared", 20, "公共区域、茶水间、垃圾清理", "Shared rooms, kitchen, waste"),
        Item("safety", 20, "用电、消防通道安全", "Electricity and escape routes safe"),
    ),
    "discipline": (
        Item("punctual", 25, "按时到岗、交接班", "On time, also at the hand-over"),
        Item("presence", 25, "不擅自离岗、串岗", "At their place (W-6)"),
        Item("calls", 25, "接听及时,不长时间搁置电话", "Answers in time, keeps nobody on hold (W-6)"),
        Item("conduct", 15, "上班期间不做与工作无关的事", "Nothing but work at work"),
        Item("records", 10, "记录完整,不擅自改动", "Records complete and untouched (W-9)"),
    ),
}
AREAS = ("呼叫大厅", "值班室", "办公区", "会议室", "茶水间", "机房")
"""The rooms of a usual centre; another may be written."""


def total(rubric: Rubric, scores: Mapping[str, int]) -> tuple[int, int]:
    """``(points, most points)`` of an inspection. Raises Refused."""
    return points(RUBRICS[rubric], scores, "T-3")


def points(rubric: Iterable[Item], scores: Mapping[str, int], rule: str) -> tuple[int, int]:
    """``(points, most points)``. Every item is scored, from 0 to its most. Raises Refused, by ``rule``."""
    items = {item.id: item for item in rubric}
    wrong = [items[key].zh if key in items else key for key in sorted(scores.keys() ^ items.keys())]
    wrong += [items[key].zh for key, points in scores.items() if key in items and not 0 <= points <= items[key].most]
    if wrong:
        names = "、".join(wrong)
        raise Refused(
            "bad_scores", f"评分不完整或超出分值:{names}。没有保存。",
            f"Not scored, or beyond the item's points: {names}. Nothing was saved.",
            remedy_zh="请给每一项评分,不超过该项分值。", remedy_en="Score every item, within its points.",
            rule=rule, status=422,
        )  # fmt: skip
    return sum(scores.values()), sum(item.most for item in items.values())


@dataclass(frozen=True)
class Score:
    """What one inspection came to."""

    day: date
    rubric: Rubric
    subject: str
    total: int
    most: int


def trend(scores: Iterable[Score]) -> list[tuple[date, Rubric, float]]:
    """The mean share (0-1) of each rubric on each day that has one, in order of days."""
    shares: dict[tuple[date, Rubric], list[float]] = {}
    for score in scores:
        shares.setdefault((score.day, score.rubric), []).append(score.total / score.most)
    return [(day, rubric, sum(found) / len(found)) for (day, rubric), found in sorted(shares.items())]
