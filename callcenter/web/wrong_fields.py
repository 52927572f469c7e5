"""What is wrong with what was sent, field by field and in words: which field, and what it must be. The content is not repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from callcenter.domain.errors import Refused
from callcenter.people.passwords import LEAST_LENGTH

SHOWN = 3  # fields that a sentence names; the list has them all


class WrongFields(Refused):
    """``more``: what the answer holds besides."""

    def __init__(self, fields: list[dict[str, str]], *, query: bool) -> None:
        super().__init__(
            "invalid",
            f"{'查询条件' if query else '内容'}不符合要求:{_joined([_name(each) for each in fields], '、')}。没有改动任何数据。",
            f"Not as it should be: {_joined([each['field'] for each in fields], ', ')}. Nothing was changed.",
            remedy_zh=_joined([f"{_name(each)}{each['zh']}" for each in fields], ";") + "。请改正后再试。",
            remedy_en=_joined([f"{each['field']} {each['en']}" for each in fields], "; ") + ". Mend it and try again.",
            status=400 if query else 422,
        )
        self.more = {"fields": fields}


def wrong_fields(error: ValidationError, *, query: bool = False) -> WrongFields:
    """``query``: what stands in the address (400); else in the body (422)."""
    fields = []
    for each in error.errors(include_url=False, include_input=False):
        zh, en = _needs(each["type"], each.get("ctx", {}), each["msg"])
        fields.append({"field": ".".join(str(part) for part in each["loc"]) or ("query" if query else "body"), "zh": zh, "en": en})
    return WrongFields(fields, query=query)


def _needs(kind: str, limits: Mapping[str, Any], message: str) -> tuple[str, str]:
    words = _NEEDS.get(kind) or next((found for start, found in _FAMILIES.items() if kind.startswith(start)), None)
    if words is None:
        return "不符合要求", f"is not as it should be ({message})"
    return words[0].format_map(limits), words[1].format_map(limits)


def _name(field: Mapping[str, str]) -> str:
    return _FIELDS.get(field["field"], field["field"])


def _joined(words: list[str], between: str) -> str:
    different = list(dict.fromkeys(words))
    return between.join(different[:SHOWN]) + ("…" if len(different) > SHOWN else "")


_NEEDS = {
    "missing": ("必须填写", "is missing"),
    "extra_forbidden": ("不是这里的内容,请删去", "is not known here: leave it out"),
    "greater_than_equal": ("最小为 {ge}", "is {ge} or more"),
    "less_than_equal": ("最大为 {le}", "is {le} or less"),
    "greater_than": ("须大于 {gt}", "is more than {gt}"),
    "less_than": ("须小于 {lt}", "is less than {lt}"),
    "finite_number": ("须为数字", "is a number"),
    "literal_error": ("须为其中之一:{expected}", "is one of {expected}"),
    "string_too_long": ("最多 {max_length} 字", "has at most {max_length} characters"),
    "string_too_short": ("至少 {min_length} 字", "has at least {min_length} characters"),
    "string_pattern_mismatch": ("格式不对", "has another form: {pattern}"),
    "string_unicode": ("含有不能保存的字符", "has characters that cannot be kept"),
    "too_long": ("最多 {max_length} 项", "has at most {max_length} items"),
    "too_short": ("至少 {min_length} 项", "has at least {min_length} items"),
    "timezone_aware": ("须带时区,如 2026-11-29T08:00:00+08:00", "needs a time zone, as in 2026-11-29T08:00:00+08:00"),
    "value_error": ("不符合要求:{error}", "is not as it should be: {error}"),
}
_FAMILIES = {
    "int_": ("须为整数", "is a whole number"),
    "float_": ("须为数字", "is a number"),
    "bool_": ("须为 true 或 false", "is true or false"),
    "date_": ("须为日期,如 2026-11-29", "is a day such as 2026-11-29"),
    "datetime_": ("须为带时区的时间,如 2026-11-29T08:00:00+08:00", "is a time such as 2026-11-29T08:00:00+08:00"),
    "uuid_": ("须为编号(UUID)", "is a UUID"),
    "string_type": ("须为文字", "is text"),
    "list_type": ("须为列表", "is a list"),
    "dict_type": ("须为对象", "is an object"),
    "model_": ("须为对象", "is an object"),
}
"""By the beginning of the error's type."""
_FIELDS = {
    "user": "工号(字母或数字开头,2至40位)",
    "name": "姓名(1至40字)",
    "password": f"密码(至少{LEAST_LENGTH}位)",
    "seat": "坐席",
    "role": "身份",
    "number": "电话号码",
    "position": "呼叫次序(从1起)",
    "member_id": "老人",
    "q": "查询内容(最多64字)",
    "days": "天数",
    "first": "开始日期",
    "last": "结束日期",
    "since": "开始日期",
    "until": "结束日期",
    "day": "日期",
    "month": "月份",
    "limit": "条数",
}
"""What the page calls a field, and what it may hold."""
