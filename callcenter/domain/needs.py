"""What something that was sent or set must be, in words: a request's field, a command's argument, a setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def needs(kind: str, limits: Mapping[str, Any], message: str) -> tuple[str, str]:
    """Chinese and English words for what was wrong, from the validator's type of error, its limits and its own words."""
    words = _NEEDS.get(kind) or next((found for start, found in _FAMILIES.items() if kind.startswith(start)), None)
    if words is None:
        return "不符合要求", f"is not as it should be ({message})"
    return words[0].format_map(limits), words[1].format_map(limits)


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
