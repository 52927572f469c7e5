"""What is wrong with what was sent, field by field and in words: which field, and what it must be. The content is not repeated."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from callcenter.domain.errors import Refused
from callcenter.domain.needs import needs
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
        zh, en = needs(each["type"], each.get("ctx", {}), each["msg"])
        fields.append({"field": ".".join(str(part) for part in each["loc"]) or ("query" if query else "body"), "zh": zh, "en": en})
    return WrongFields(fields, query=query)


def _name(field: Mapping[str, str]) -> str:
    return _FIELDS.get(field["field"], field["field"])


def _joined(words: list[str], between: str) -> str:
    different = list(dict.fromkeys(words))
    return between.join(different[:SHOWN]) + ("…" if len(different) > SHOWN else "")


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
