"""What may stand in a cell, how it is read and how it is written back: the same by file and by hand.

``parse`` gets text that is not empty and gives what JSON can carry, or raises BadCell. ``show`` gives text that ``parse`` reads as
the same value: what is exported can be imported again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from callcenter.domain.dialled import PUBLIC_NUMBER
from callcenter.telephony.numbers import normalise

TEXT_LIMIT = 200
MONEY_MOST = Decimal("99999999.99")
LIST_SPLIT = r"[、,,;;\n]"

Kind = Literal["text", "long", "list", "choice", "yes", "day", "number", "money", "count"]


class BadCell(Exception):
    """A cell that cannot be taken over: what is wrong and what should stand there, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Dialling:
    """The country and area in which local numbers are read, and the centre's day."""

    country: str
    area_code: str
    today: date


@dataclass(frozen=True)
class Cell:
    """A kind of cell. ``empty``: the value of no text. ``words``: what a choice offers, as written."""

    kind: Kind
    parse: Callable[[str, Dialling], Any]
    show: Callable[[Any], str] = str
    empty: Any = ""
    words: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    """The words, for who reads English."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet. ``also``: other headings that mean it. ``fixed``: by hand it is set once, when the row is made."""

    key: str
    heading: str
    cell: Cell
    example: str
    note_zh: str
    note_en: str
    required: bool = False
    also: tuple[str, ...] = ()
    label_en: str = ""
    fixed: bool = False
    offers: str = ""
    """What the row's store offers to choose from (``districts`` …), besides writing."""
    in_template: bool = True
    wide: bool = False
    """Not shown in the console's table, only in its form."""

    @property
    def empty(self) -> Any:
        return self.cell.empty

    def text_of(self, value: Any) -> str:
        """``value`` as it is written into a file."""
        return "" if value is None or value == self.cell.empty else self.cell.show(value)


def read_cell(text: str, column: Column, dialling: Dialling) -> Any:
    """The value of a cell's text, however it was typed. Raises BadCell."""
    plain = "".join(ch for ch in text.replace("\r\n", "\n") if ch.isprintable() or ch in "\n\t").strip()
    if column.cell.kind not in ("list", "long"):  # only there does a new line mean something
        plain = " ".join(plain.split())
    if not plain:
        if column.required:
            raise BadCell("不能为空。", "Must not be empty.")
        return column.empty
    return column.cell.parse(plain, dialling)


# --- kinds of cells -------------------------------------------------------------------------------------------------------


def text(limit: int = TEXT_LIMIT, *, empty: Any = "") -> Cell:
    return Cell("text", _limited(limit), empty=empty)


def long(limit: int = 2000) -> Cell:
    return Cell("long", _limited(limit))


def ref() -> Cell:
    """The centre's own number of something."""

    def parse(given: str, _: Dialling) -> str:
        if not re.fullmatch(r"[^\s、,;,;::]{1,32}", given):
            raise BadCell("编号最多 32 位,不含空格和逗号、分号、冒号。", "At most 32 characters without space, comma or colon.")
        return given

    return Cell("text", parse)


def words(limit: int = 60, *, none: bool = True) -> Cell:
    """Several, separated by 、. ``none``: 无 means there are none."""

    def parse(given: str, dialling: Dialling) -> list[str]:
        if none and given in ("无", "没有", "-", "—", "/"):
            return []
        each = _limited(limit)
        return list(dict.fromkeys(each(part.strip(), dialling) for part in re.split(LIST_SPLIT, given) if part.strip()))

    return Cell("list", parse, "、".join, empty=[])


def one_of(
    choices: Mapping[str, Any], *, empty: Any = "", also: Mapping[str, Any] | None = None, english: tuple[str, ...] = ()
) -> Cell:
    """One of these words; ``also``: other spellings of them."""
    known = {word.lower(): value for word, value in {**(also or {}), **choices}.items()}
    shown = "、".join(choices)
    back = {value: word for word, value in reversed(list(choices.items()))}

    def parse(given: str, _: Dialling) -> Any:
        try:
            return known[given.lower()]
        except KeyError:
            raise BadCell(f"只能填:{shown}。", f"Only one of these: {shown}.") from None

    return Cell("choice", parse, lambda value: back.get(value, str(value)), empty, tuple(choices), english)


def yes(
    yes_word: str = "是", no_word: str = "否", *, empty: bool = False, also: Mapping[str, bool] | None = None,
    english: tuple[str, str] = ("Yes", "No"),
) -> Cell:  # fmt: skip
    known = {**(also or {}), "是": True, "否": False, "y": True, "n": False, yes_word.lower(): True, no_word.lower(): False}

    def parse(given: str, _: Dialling) -> bool:
        try:
            return known[given.lower()]
        except KeyError:
            raise BadCell(f"只能填:{yes_word}、{no_word}。", f"Only {yes_word} (yes) or {no_word} (no).") from None

    return Cell("yes", parse, lambda value: yes_word if value else no_word, empty, (yes_word, no_word), english)


def day(first: int = 2000, last: int = 2200) -> Cell:
    """A day as 2028-12-31, in the years from ``first`` to ``last``."""

    def parse(given: str, _: Dialling) -> str:
        found = read_day(given)
        if not first <= found.year <= last:
            raise BadCell("日期的年份不合理。", "The year of the date is implausible.")
        return found.isoformat()

    return Cell("day", parse, empty=None)


def read_day(given: str) -> date:
    """A day however people here write it. Raises BadCell."""
    digits = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", given) or re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?", given
    )
    try:
        return date(*(int(part) for part in digits.groups())) if digits else _no_day()
    except ValueError:
        return _no_day()


def phone(*, codes: bool = False, empty: Any = "") -> Cell:
    """A telephone number, kept in E.164. ``codes``: short ones (95598, 12345) and public ones (120) as they are dialled, too."""

    def parse(given: str, dialling: Dialling) -> str:
        plain = re.sub(r"[\s\-]", "", given)
        if codes and (PUBLIC_NUMBER.fullmatch(plain) or re.fullmatch(r"1\d{4}|9[56]\d{3,4}", plain)):
            return plain
        number = normalise(given, dialling.country, dialling.area_code)
        if number is None:
            raise BadCell(
                f"不是有效电话号码。手机写 11 位,座机写区号加号码(如 {dialling.area_code}-6221234)。",
                f"Not a telephone number. Mobiles have 11 digits, fixed lines an area code ({dialling.area_code}-6221234).",
            )
        return number

    return Cell("number", parse, empty=empty)


def money() -> Cell:
    """Yuan with two places, as text; nothing: by agreement."""

    def parse(given: str, _: Dialling) -> str:
        return str(read_money(given))

    return Cell("money", parse, empty=None)


def read_money(given: str) -> Decimal:
    plain = re.sub(r"[¥¥元,\s]", "", given)
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not re.fullmatch(r"\d{1,8}(\.\d{1,2})?", plain) or not amount.is_finite() or amount > MONEY_MOST:
        raise BadCell("不是有效金额,请写成 80 或 80.50(元)。", "Not an amount; write 80 or 80.50 (yuan).")
    return amount.quantize(Decimal("0.01"))


def count(least: int, most: int) -> Cell:
    def parse(given: str, _: Dialling) -> int:
        if not re.fullmatch(r"\d{1,6}", given) or not least <= int(given) <= most:
            raise BadCell(f"请填 {least} 到 {most} 的整数。", f"A whole number from {least} to {most}.")
        return int(given)

    return Cell("count", parse, empty=None)


def pattern(expression: str, zh: str, en: str, *, upper: bool = False, empty: Any = "") -> Cell:
    """Text of one form."""

    def parse(given: str, _: Dialling) -> str:
        if not re.fullmatch(expression, given):
            raise BadCell(zh, en)
        return given.upper() if upper else given

    return Cell("text", parse, empty=empty)


def _limited(limit: int) -> Callable[[str, Dialling], str]:
    def parse(given: str, _: Dialling) -> str:
        if len(given) > limit:
            raise BadCell(f"太长:最多 {limit} 个字,现在是 {len(given)} 个。", f"Too long: {len(given)} of {limit} characters.")
        return given

    return parse


def _no_day() -> date:
    raise BadCell("不是有效日期,请写成 1941-03-05 或 1941年3月5日。", "Not a date; write it as 1941-03-05.") from None
