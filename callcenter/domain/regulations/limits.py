"""The figures in the rules. A centre may change one from a day on (``rule_limit``), never that the rule is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.errors import Refused


@dataclass(frozen=True)
class Limit:
    """One figure of a rule. ``least`` and ``most`` bound what a centre may set, both allowed."""

    rule: str
    name: str
    value: float
    unit: str
    zh: str
    en: str
    least: float
    most: float


@dataclass(frozen=True)
class Override:
    """A centre's own figure, valid from a day on until a later one replaces it."""

    rule: str
    name: str
    value: float
    valid_from: date


LIMITS: tuple[Limit, ...] = (
    Limit(
        "R-1", "ownerless_minutes", 10, "min", "多久无受理人即由系统指定", "without an owner until the system names one", 1, 1440
    ),
    Limit("R-6", "weekly_cases", 1, "n", "每人每周典型案例数", "typical cases for each person and week", 0, 20),
    Limit("R-9", "answer_hours", 24, "h", "待答复的期限", "until a pending answer is overdue", 1, 240),
    Limit("R-10", "batch_days", 7, "d", "未满足需求移交业务发展部的间隔", "between two hand-overs of unmet needs", 1, 31),
    Limit(
        "R-10", "tell_hours", 24, "h", "找到服务单位后回电老人的期限", "until the elder is called once somebody offers it", 1, 240
    ),
    Limit("R-11", "transfer_hours", 24, "h", "业务发展部接收的期限", "until business development takes a transfer", 1, 240),
    Limit("R-13", "service_hours", 24, "h", "服务完成后多久内回访", "after a service, until its follow-up is due", 1, 240),
    Limit("R-13", "before_closure_hours", 48, "h", "结案前回访的期限", "until the follow-up before closure is due", 1, 720),
    Limit("R-13", "rescue_hours", 24, "h", "紧急救援回访的期限", "until the follow-up of a rescue is due", 1, 240),
    Limit("R-13", "retry_hours", 4, "h", "未接通后多久再次回访", "after a failed attempt, until the next", 1, 72),
    Limit("S-7", "days", 7, "d", "结案后多久内再次回访", "after closure, until its follow-up is due", 1, 90),
    Limit("S-7", "attempts", 3, "n", "结案后几次未接通计为未回访", "failed attempts after closure until it is a miss", 1, 10),
    Limit(
        "V-3", "leader_minutes", 15, "min", "调度组长多久未决定即自动上报", "until an undecided dissatisfaction is reported", 1, 240
    ),
    Limit("D-6", "days", 3, "d", "不满意处理结果的期限", "until the outcome of a dissatisfaction is overdue", 1, 30),
    Limit("V-5", "percent", 5, "pct", "抽查回访的比例", "share of follow-ups that are checked", 0, 100),
    Limit("V-5", "days", 3, "d", "抽查的期限", "until a spot check is due", 1, 30),
    Limit("R-17", "rework_days", 3, "d", "整改的期限", "for a rework", 1, 30),
    Limit("R-18", "days", 3, "d", "未回访且无投诉多久可结案", "without follow-up or complaint until it may close", 3, 30),
    Limit("R-18", "attempts", 2, "n", "结案前至少回访未接通次数", "failed attempts that must be recorded first", 1, 10),
    Limit("C-2", "warn_minutes", 10, "min", "承诺到期前多久提醒先致电", "before a promise is due, to call first", 1, 240),
    Limit("C-2", "immediate_minutes", 30, "min", "“马上到”的期限", "what “at once” means", 5, 240),
    Limit("F-3", "assign_minutes", 15, "min", "调度组派工的期限", "until the dispatch group has assigned an order", 1, 1440),
    Limit("D-3", "pick_up_minutes", 30, "min", "派工后领单的期限", "until an order is picked up", 5, 1440),
    Limit("D-4", "measures_minutes", 10, "min", "紧急异常多久无措施即再次报告", "until an urgent incident is told again", 1, 240),
    Limit("D-5", "return_hours", 24, "h", "派工单和费用交回的期限", "until copies and fee are back", 1, 240),
    Limit("D-5", "most_fee_yuan", 5000, "yuan", "每单收费的上限", "the most that one order may cost", 100, 100_000),
    Limit("D-9", "back_fill_hours", 24, "h", "先服务后补单的期限", "to write the order of what was served first", 1, 72),
    Limit("W-4", "weekly_reviews", 2, "n", "每人每周抽查录音数", "recordings of each person reviewed a week", 0, 20),
    Limit("S-4", "handover_hours", 4, "h", "交接个案的处理期限", "until a handed-over case is overdue", 1, 72),
)
_BY_NAME = {(limit.rule, limit.name): limit for limit in LIMITS}


def of_rule(rule: str) -> tuple[Limit, ...]:
    """The figures of one rule."""
    return tuple(limit for limit in LIMITS if limit.rule == rule)


def value(overrides: Iterable[Override], rule: str, name: str, day: date) -> float:
    """The figure that counts on ``day``. Raises KeyError for a figure that no rule has."""
    limit = _BY_NAME[rule, name]
    own = [o for o in overrides if (o.rule, o.name) == (rule, name) and o.valid_from <= day]
    return max(own, key=lambda o: o.valid_from).value if own else limit.value


def span(overrides: Iterable[Override], rule: str, name: str, day: date) -> timedelta:
    """The figure as a time. Raises KeyError when it is none."""
    number = value(overrides, rule, name, day)
    return {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[_BY_NAME[rule, name].unit] * number


def check(rule: str, name: str, number: float) -> Limit:
    """The limit, if a centre may set it to ``number``. Raises Refused otherwise."""
    limit = _BY_NAME.get((rule, name))
    if limit is None:
        raise Refused("no_such_limit", f"{rule} 没有这项限值。", f"{rule} has no such limit.", status=404)
    if not limit.least <= number <= limit.most:
        raise Refused(
            "limit_out_of_range",
            f"{limit.zh}须在 {limit.least:g} 至 {limit.most:g} 之间,没有改动。",
            f"{limit.en} must lie between {limit.least:g} and {limit.most:g}; nothing was changed.",
            remedy_zh="限值可以调整,规章本身不能取消。", remedy_en="A limit may be moved; a rule cannot be switched off.",
            rule=rule, status=422,
        )  # fmt: skip
    return limit
