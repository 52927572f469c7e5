"""The columns of a member file: what each is called, what may stand in it, and what is said when it may not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from callcenter.telephony.numbers import normalise

CONTACTS = 4
EXAMPLE_REF = "示例"
TEXT_LIMIT = 200
RELATION_ZH = "决定紧急时谁先接到电话:含“邻”的按邻居,含“社区、社工、网格、楼长、物业、村、居委”的按社区人员,其余(如女儿)按家属。"
RELATION_EN = "Decides who is phoned when in an emergency: 邻 neighbour; 社区 社工 网格 楼长 物业 村 居委 community; else family."


class BadCell(Exception):
    """A cell that cannot be taken over: what is wrong and what should stand there, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Dialling:
    """The country and area in which local numbers are read."""

    country: str
    area_code: str
    today: date


@dataclass(frozen=True)
class Column:
    """One column. ``parse`` gets the cell's text, never empty, and gives what JSON can carry; ``empty`` is for no text."""

    key: str
    heading: str
    parse: Callable[[str, Dialling], Any]
    example: str
    note_zh: str
    note_en: str
    empty: Any = ""
    required: bool = False
    also: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def _text(limit: int = TEXT_LIMIT) -> Callable[[str, Dialling], str]:
    def parse(text: str, _: Dialling) -> str:
        if len(text) > limit:
            raise BadCell(f"太长:最多 {limit} 个字,现在是 {len(text)} 个。", f"Too long: {len(text)} of {limit} characters.")
        return text

    return parse


def _list(text: str, _: Dialling) -> list[str]:
    if text in ("无", "没有", "-", "—", "/"):
        return []
    return [_text(60)(part.strip(), _) for part in re.split(r"[、,,;;\n]", text) if part.strip()]


def _one_of(words: dict[str, Any]) -> Callable[[str, Dialling], Any]:
    shown_zh = "、".join(word for word in words if not word.isascii()) or "、".join(words)

    def parse(text: str, _: Dialling) -> Any:
        try:
            return words[text.lower()]
        except KeyError:
            raise BadCell(f"只能填:{shown_zh}。", f"Only one of these: {shown_zh}.") from None

    return parse


def _day(text: str, _: Dialling) -> date:
    digits = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text) or re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?", text
    )
    try:
        return date(*(int(part) for part in digits.groups())) if digits else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise BadCell("不是有效日期,请写成 1941-03-05 或 1941年3月5日。", "Not a date; write it as 1941-03-05.") from None


def _birthday(text: str, dialling: Dialling) -> str:
    day = _day(text, dialling)
    if not date(1900, 1, 1) <= day <= dialling.today:
        raise BadCell("出生日期应在 1900 年与今天之间。", "A birth date lies between 1900 and today.")
    return day.isoformat()


def _until(text: str, dialling: Dialling) -> str:
    day = _day(text, dialling)
    if not 2000 <= day.year <= 2200:
        raise BadCell("有效期的年份不合理。", "The year of the date is implausible.")
    return day.isoformat()


def _number(text: str, dialling: Dialling) -> str:
    number = normalise(text, dialling.country, dialling.area_code)
    if number is None:
        raise BadCell(
            f"不是有效电话号码。手机写 11 位,座机写区号加号码(如 {dialling.area_code}-6221234)。",
            f"Not a telephone number. Mobiles have 11 digits, fixed lines an area code ({dialling.area_code}-6221234).",
        )
    return number


def _numbers(text: str, dialling: Dialling) -> list[str]:
    parts = [part.strip() for part in re.split(r"[、,,;;/\n]", text) if part.strip()]
    return list(dict.fromkeys(_number(part, dialling) for part in parts))


def _serial(text: str, _: Dialling) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{4,32}", text):
        raise BadCell("序列号只含字母、数字和“-”,4–32 位。", "A serial has 4–32 letters, digits or “-”.")
    return text.upper()


_GENDERS = {"女": "f", "男": "m", "女性": "f", "男性": "m", "f": "f", "m": "m"}
_EARS = {"左": "left", "右": "right", "双": "both", "左耳": "left", "右耳": "right", "双耳": "both", "两耳": "both"}
_YES = {"是": True, "否": False, "独居": True, "不独居": False, "y": True, "n": False}
_BLOOD = {f"{kind}{tail}".lower(): kind for kind in ("A", "B", "AB", "O") for tail in ("", "型", "+", "型+")}
_BLOOD |= {f"{kind}{tail}".lower(): f"{kind}-" for kind in ("A", "B", "AB", "O") for tail in ("-", "型-")}
_BLOOD |= {"不详": "", "未知": ""}


def _contact(place: int) -> tuple[Column, ...]:
    names = (("王芳", "女儿", "14007970001"), ("李强", "女婿", "14007970002"), ("刘婶", "邻居", "14007970003"), ("", "", ""))
    name, relation, number = names[place - 1]
    order_zh, order_en = f"按此顺序拨打,第 {place} 位。", f"Called in this order; number {place}."
    return (
        Column(f"contact{place}_name", f"联系人{place}姓名", _text(40), name, order_zh, order_en),
        Column(f"contact{place}_relation", f"联系人{place}关系", _text(20), relation, RELATION_ZH, RELATION_EN),
        Column(f"contact{place}_number", f"联系人{place}电话", _number, number, "有姓名就要有电话。", "Needed with a name."),
    )


COLUMNS = (
    Column("ref", "编号", _text(64), EXAMPLE_REF + "001", "必填,每人唯一;再次导入时按编号更新。",
           "Required, unique: the key of re-imports.", required=True, also=("会员编号", "老人编号")),
    Column("name", "姓名", _text(40), "王秀英", "必填。", "Required.", required=True),
    Column("gender", "性别", _one_of(_GENDERS), "女", "必填:女、男。", "Required: 女 (f), 男 (m).", required=True,
           choices=("女", "男")),
    Column("birth_date", "出生日期", _birthday, "1941-03-05", "写成 1941-03-05。", "As 1941-03-05.", empty=None),
    Column("numbers", "电话", _numbers, "0797-1000101、14007970000", "多个号码用“、”分开。", "Several are separated by 、.",
           empty=[], also=("电话号码", "联系电话")),
    Column("address", "小区/地址", _text(), "书香园小区3栋2单元501室", "上门用的完整地址。", "The full address.",
           also=("地址", "小区、地址", "住址")),
    Column("district", "区域", _text(60), "书香园小区", "没有的区域会自动新建。", "An unknown one is made.", empty=None),
    Column("dialect", "方言", _text(20), "客家话", "如普通话、客家话。", "The dialect spoken."),
    Column("better_ear", "较好耳", _one_of(_EARS), "左", "左、右、双。", "左 left, 右 right, 双 both.", empty=None,
           choices=("左", "右", "双")),
    Column("door_code", "门禁码", _text(40), "1357#", "只在求助时显示。", "Shown during a call only."),
    Column("key_holder", "钥匙保管人", _text(60), "邻居刘婶", "", ""),
    Column("lives_alone", "独居", _one_of(_YES), "是", "是、否。", "是 yes, 否 no.", empty=False, choices=("是", "否")),
    Column("illnesses", "病史", _list, "高血压、冠心病", "用“、”分开;没有写“无”。", "Separated by 、; 无 for none.", empty=[]),
    Column("medication", "用药", _list, "硝苯地平缓释片 每日1次", "用“、”分开。", "Separated by 、.", empty=[]),
    Column("allergies", "过敏", _list, "青霉素", "用“、”分开;没有写“无”。", "Separated by 、; 无 for none.", empty=[]),
    Column("hospital", "医院", _text(60), "市人民医院", "常去的医院。", "Usual hospital."),
    Column("blood_type", "血型", _one_of(_BLOOD), "O", "A、B、AB、O,阴性加“-”。", "A, B, AB, O; “-” for Rh negative.",
           choices=("A", "B", "AB", "O", "A-", "B-", "AB-", "O-")),
    Column("card", "服务卡号", _text(32), "YL36070001", "养老服务卡,每人唯一。", "Service card, unique.", empty=None),
    Column("card_until", "卡有效期", _until, "2028-12-31", "有卡号才填。", "With a card only.", empty=None),
    Column("terminal", "终端序列号", _serial, "YJT36079001", "一键通机身上的序列号。", "On the terminal's label.", empty=None),
    Column("terminal_number", "终端号码", _number, "0797-1000101", "终端呼出时显示的号码。", "The number it calls from.",
           empty=None),
    *(column for place in range(1, CONTACTS + 1) for column in _contact(place)),
)  # fmt: skip

_BY_HEADING = {heading: column for column in COLUMNS for heading in (column.heading, *column.also)}


def column_of(heading: str) -> Column | None:
    """The column of a heading, however it is decorated (＊姓名, 姓名(必填))."""
    plain = re.sub(r"[\s*]|\(.*?\)", "", unicodedata.normalize("NFKC", heading))
    return _BY_HEADING.get(plain) or _BY_HEADING.get(heading.strip())
