"""The lists people choose from, each with the regulation row it comes from. Data, not code: the console asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One entry of a list. ``closes``: the case may close with it at once (the rule is in ``rule``)."""

    id: str
    zh: str
    en: str
    children: tuple[Choice, ...] = ()
    kinds: tuple[str, ...] = ("emergency", "life_help")
    closes: bool = False
    rule: str | None = None
    limit_minutes: int | None = None
    also: dict[str, Any] = field(default_factory=dict)


# three categories by content; consultation has four kinds.
CATEGORIES = (
    Choice(
        "consultation", "咨询", "Consultation",
        children=(
            Choice("service", "服务咨询", "About services"),
            Choice("affairs", "事务咨询", "About affairs"),
            Choice("legal", "法律咨询", "Legal"),
            Choice("other", "其他咨询", "Other"),
        ),
    ),
    Choice(
        "rescue", "紧急救援", "Emergency rescue",
        children=(
            Choice("illness", "突发疾病", "Sudden illness"),
            Choice("fall", "跌倒受伤", "Fall or injury"),
            Choice("missing", "走失", "Missing person"),
            Choice("fire", "火情、燃气", "Fire or gas"),
            Choice("other", "其他紧急情况", "Other emergency"),
        ),
    ),
    Choice(
        "life_help", "生活帮助", "Help in daily life",
        children=(
            Choice("cleaning", "家政保洁", "Housekeeping"),
            Choice("repair", "维修", "Repairs"),
            Choice("meals", "配餐送餐", "Meals"),
            Choice("shopping", "代购代办", "Shopping and errands"),
            Choice("care", "陪护照料", "Care and company"),
            Choice("other", "其他帮助", "Other help"),
        ),
    ),
)  # fmt: skip

# the closed list of what is not reasonable. Anything else is reasonable.
UNREASONABLE = (
    Choice("illegal", "违背法律法规", "Against law", rule="R-5"),
    Choice("harassment", "骚扰", "Harassment", rule="R-5"),
    Choice("false", "含虚假信息", "False information", rule="R-5"),
    Choice("demanding", "索要财物", "Demanding money or goods", rule="R-5"),
    Choice("unclear", "信息不明确太多", "Too little information to act on", rule="R-5"),
)

# How a conversation ended. ``closes`` only where the rules let a case close at once: R-16 (consultation other than about
# services), R-8 (unreasonable, explained). Everything else stays open for follow-up.
DISPOSITIONS = (
    Choice("answered", "已当场答复", "Answered on the spot", closes=True, rule="R-16"),
    Choice("pending_answer", "待查后答复", "To be answered after looking it up", rule="R-9"),
    Choice("service_needed", "需派工服务", "A service is needed", rule="R-10"),
    Choice(
        "helped",
        "已联系救援、家属到场",
        "Rescue or family is with the elder",
        kinds=("emergency",),
        rule="R-12",
    ),
    Choice("in_progress", "救援进行中", "Rescue under way", kinds=("emergency",), rule="R-12"),
    Choice(
        "false_alarm",
        "误触,老人平安",
        "Pressed by mistake, the elder is well",
        kinds=("emergency",),
        rule="R-19",
    ),
    Choice("transferred", "已移送其他部门", "Handed over to another department", rule="R-19"),
    Choice("follow_up", "回访通话", "Follow-up call", kinds=("life_help",), closes=True, rule="R-13"),
    Choice("explained", "不合理求助,已说明", "Unreasonable, explained", closes=True, rule="R-8"),
    Choice("no_voice", "无人应答,需回拨", "Nobody spoke: to be called back"),
    Choice("test", "设备测试", "Test of the equipment", kinds=("emergency",)),
)

# What ends a red case: a person states it. R-19 names the grounds.
SETTLE_OUTCOMES = (
    Choice("safe", "已确认老人平安", "The elder is confirmed safe", rule="R-19"),
    Choice("false_alarm", "误触,老人平安", "Pressed by mistake, the elder is well", rule="R-19"),
    Choice("handed_over", "120/110 或家属已接手", "Ambulance, police or family has taken over", rule="R-19"),
    Choice("test", "设备测试", "Test of the equipment"),
)

# W-6: no leaving the seat without a reason; limits are the centre's.
PAUSE_REASONS = (
    Choice("rest", "小休", "Short rest", limit_minutes=15, rule="W-6"),
    Choice("meal", "用餐", "Meal", limit_minutes=45, rule="W-6"),
    Choice("meeting", "开会培训", "Meeting or training", limit_minutes=90, rule="W-6"),
    Choice("paperwork", "处理工单", "Paperwork", limit_minutes=60, rule="W-6"),
)
# Reasons the system gives; a person cannot choose them.
SYSTEM_PAUSES = (
    Choice("signed_in", "刚登录,尚未就绪", "Signed in, not ready yet"),
    Choice("no_answer", "连续未接,已自动暂停", "Missed offers in a row, paused by the system"),
    Choice("supervisor", "值班主任安排", "Set by the supervisor"),
    Choice("microphone", "麦克风断开,已自动暂停", "Microphone lost, paused by the system"),
    Choice("calls_out", "只外呼,不接来电", "Calls out only"),
    Choice("taking_emergency", "正在接紧急来电", "Taking an emergency"),
)

TASK_OUTCOMES = (
    Choice("reached", "已联系上", "Reached"),
    Choice("not_reached", "多次未接通", "Could not be reached"),
    Choice("called_again", "对方已再次来电", "They called again"),
    Choice("emergency", "已转为紧急求助", "It became an emergency"),
)


def pause_limit(reason: str | None) -> int | None:
    """Minutes that a pause for this reason may last (W-6; the figures are the centre's), or None."""
    return next((choice.limit_minutes for choice in PAUSE_REASONS if choice.id == reason), None)


def ids(choices: tuple[Choice, ...]) -> frozenset[str]:
    """The ids of a list, for checks."""
    return frozenset(choice.id for choice in choices)


def _as_json(choice: Choice, *keys: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": choice.id, "zh": choice.zh, "en": choice.en, "rule": choice.rule}
    for key in keys:
        value = getattr(choice, key)
        entry[key] = [_as_json(child) for child in value] if key == "children" else value
    return entry


META: dict[str, list[dict[str, Any]]] = {
    "categories": [_as_json(c, "children") for c in CATEGORIES],
    "unreasonable": [_as_json(c) for c in UNREASONABLE],
    "dispositions": [_as_json(c, "kinds", "closes") for c in DISPOSITIONS],
    "settle_outcomes": [_as_json(c) for c in SETTLE_OUTCOMES],
    "pause_reasons": [_as_json(c, "limit_minutes") for c in PAUSE_REASONS],
    "system_pauses": [_as_json(c) for c in SYSTEM_PAUSES],
    "task_outcomes": [_as_json(c) for c in TASK_OUTCOMES],
}
"""What ``GET /api/meta`` hands to the console."""
