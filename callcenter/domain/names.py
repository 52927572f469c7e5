"""How an elder is addressed. The first words on the telephone are “王奶奶,您好”: they must be right, also for 欧阳."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

Gender = Literal["f", "m"]

# From this age on somebody is a grandmother or grandfather to the seat, below an aunt or uncle.
GRANDPARENT_AGE = 75

COMPOUND_SURNAMES = frozenset(
    re.findall(
        r"\S+",
        "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 宇文 长孙 慕容 司徒 司空 夏侯 端木 独孤 南宫 西门 百里 "
        "呼延 轩辕 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 拓跋 赫连 万俟 闻人 公羊 "
        "东郭 南门 左丘 梁丘 谷梁 羊舌 微生 东门 第五",
    )
)


def surname(name: str) -> str:
    """The surname of a Chinese name; of other names the part people use as one."""
    name = name.strip()
    if not name or not _is_han(name[0]):
        return name
    if "·" in name:  # 买买提·艾力: the first part is the name people use
        return name.split("·", 1)[0]
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1]


def honorific(name: str, gender: Gender, age: int | None) -> str:
    """How the seat addresses an elder (A-5, C-V1): 王奶奶, 欧阳爷爷, 李阿姨. An unknown age never makes anybody older."""
    if age is not None and age >= GRANDPARENT_AGE:
        title = "奶奶" if gender == "f" else "爷爷"
    else:
        title = "阿姨" if gender == "f" else "叔叔"
    return surname(name) + title


def age_on(today: date, birth_date: date | None) -> int | None:
    """Full years; None when the birthday is unknown."""
    if birth_date is None:
        return None
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def printable(text: str, *, lines: bool = False) -> str:
    """The text, if people can read all of it; ``lines``: it may have several. Raises ValueError: what comes from outside may hold
    anything, and what no table and no page can show is kept by nobody."""
    allowed = "\n\r\t" if lines else ""
    if any(unicodedata.category(ch) in ("Cc", "Cs", "Co", "Cn") and ch not in allowed for ch in text):
        raise ValueError("control characters are not allowed")
    return text
