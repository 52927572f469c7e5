"""What may stand in a profile that is edited by hand: the same rules as in a member file, told field by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from callcenter.domain.errors import Refused
from callcenter.people.member_columns import COLUMNS, CONTACTS_MOST
from callcenter.sheets.cells import BadCell, Dialling

REMARKS_LIMIT = 2000
_COLUMNS = {column.key: column for column in COLUMNS}

TEXTS = ("name", "address", "dialect", "door_code", "key_holder", "hospital")
LISTS = ("illnesses", "medication", "allergies")
LABELS = {
    "name": ("姓名", "name"), "gender": ("性别", "gender"), "birth_date": ("出生日期", "birth date"),
    "dialect": ("方言", "dialect"),
    "better_ear": ("较好耳", "better ear"), "address": ("住址", "address"), "door_code": ("门禁码", "door code"),
    "key_holder": ("钥匙保管人", "key holder"), "lives_alone": ("独居", "lives alone"), "illnesses": ("病史", "illnesses"),
    "medication": ("用药", "medication"), "allergies": ("过敏", "allergies"), "hospital": ("医院", "hospital"),
    "blood_type": ("血型", "blood type"), "remarks": ("备注", "remarks"), "district": ("区域", "district"),
    "numbers": ("电话", "numbers"), "card": ("服务卡", "card"), "contacts": ("联系人", "contacts"),
    "terminals": ("终端", "terminals"),
}  # fmt: skip


def read_changes(changes: dict[str, Any], dialling: Dialling) -> dict[str, Any]:
    """The changes as they are stored. Raises Refused ``bad_field`` that names the field and says what may stand there."""
    read = {}
    for field, value in changes.items():
        try:
            read[field] = _READERS.get(field, _text)(field, value, dialling)
        except BadCell as bad:
            zh, en = LABELS[field]
            raise Refused(
                "bad_field", f"{zh}:{bad.zh}", f"{en}: {bad.en}", status=422,
                remedy_zh="请改正后再保存,其他内容没有丢失。", remedy_en="Mend it and save again; nothing else was lost.",
            ) from None  # fmt: skip
    return read


def _text(field: str, value: Any, dialling: Dialling) -> Any:
    column, text = _COLUMNS[field], (value or "").strip()
    if not text:
        if column.required:
            raise BadCell("不能为空。", "It must not be empty.")
        return column.empty
    return column.cell.parse(text, dialling)


def _gender(_: str, value: Any, __: Dialling) -> Any:
    return value  # the schema has the list already


def _list(field: str, value: list[str], dialling: Dialling) -> list[str]:
    parse = _COLUMNS[field].cell.parse
    return [piece for text in value if text.strip() for piece in parse(text.strip(), dialling)]


def _remarks(_: str, value: str, __: Dialling) -> str:
    text = value.strip()
    if len(text) > REMARKS_LIMIT:
        raise BadCell(f"太长:最多 {REMARKS_LIMIT} 个字。", f"Too long: {REMARKS_LIMIT} characters at most.")
    return text


def _numbers(_: str, value: list[str], dialling: Dialling) -> list[str]:
    parse = _COLUMNS["terminal_number"].cell.parse
    return sorted({parse(text.strip(), dialling) for text in value if text.strip()})


def _card(_: str, value: dict[str, Any] | None, dialling: Dialling) -> dict[str, Any] | None:
    if value is None or not value["number"].strip():
        return None
    until = (value.get("valid_until") or "").strip()
    return {
        "number": _COLUMNS["card"].cell.parse(value["number"].strip(), dialling),
        "valid_until": _COLUMNS["card_until"].cell.parse(until, dialling) if until else None,
    }


def _contacts(_: str, value: list[dict[str, Any]], dialling: Dialling) -> list[dict[str, Any]]:
    """In the order in which they are called. Who has an id stays the same one, whatever is changed of them."""
    if len(value) > CONTACTS_MOST:
        raise BadCell(f"最多 {CONTACTS_MOST} 位。", f"{CONTACTS_MOST} at most.")
    read = []
    for place, each in enumerate(value, 1):
        if not each["name"].strip() or not each["number"].strip():
            raise BadCell(f"第 {place} 位须有姓名和电话。", f"Number {place} needs a name and a number.")
        try:
            number = _COLUMNS["contact1_number"].cell.parse(each["number"].strip(), dialling)
        except BadCell as bad:
            raise BadCell(f"第 {place} 位的{bad.zh}", f"Number {place}: {bad.en}") from None
        key = str(each.get("id") or uuid4())
        read.append({"id": key, "name": each["name"].strip(), "relation": each["relation"].strip(), "number": number})
    if len({each["id"] for each in read}) != len(read):
        raise BadCell("同一联系人出现两次。", "One contact stands there twice.")
    return read


def _terminals(_: str, value: list[str], dialling: Dialling) -> list[str]:
    parse = _COLUMNS["terminal"].cell.parse
    return sorted({parse(text.strip(), dialling) for text in value if text.strip()})


_READERS: dict[str, Callable[[str, Any, Dialling], Any]] = {
    "gender": _gender, "better_ear": _gender, "lives_alone": _gender, "remarks": _remarks, "numbers": _numbers, "card": _card,
    "contacts": _contacts, "terminals": _terminals, **dict.fromkeys(LISTS, _list),
}  # fmt: skip


def to_columns(profile: dict[str, Any]) -> dict[str, Any]:
    """JSON's values as the member's columns take them."""
    day = profile.get("birth_date")
    return {**profile, **({"birth_date": date.fromisoformat(day) if day else None} if "birth_date" in profile else {})}
