"""How elders are addressed and found by keyboard."""

from __future__ import annotations

from datetime import date

import pytest

from callcenter.db.spelling import spell
from callcenter.domain.names import Gender, age_on, honorific, surname

TODAY = date(2026, 11, 21)


@pytest.mark.rule("A-5")
@pytest.mark.parametrize(
    ("name", "gender", "age", "addressed"),
    [
        ("王秀英", "f", 85, "王奶奶"),
        ("李国华", "m", 75, "李爷爷"),
        ("李国华", "m", 74, "李叔叔"),
        ("陈静", "f", 66, "陈阿姨"),
        ("陈静", "f", None, "陈阿姨"),
        ("欧阳德福", "m", 80, "欧阳爷爷"),
        ("司马光", "m", 80, "司马爷爷"),
        ("欧阳", "f", 80, "欧奶奶"),
        ("买买提·艾力", "m", 80, "买买提爷爷"),
        ("John Smith", "m", 80, "John Smith爷爷"),
        (" 王芳 ", "f", 80, "王奶奶"),
    ],
)
def test_honorifics(name: str, gender: Gender, age: int | None, addressed: str) -> None:
    assert honorific(name, gender, age) == addressed


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(1941, 11, 21), 85),
        (date(1941, 11, 22), 84),
        (date(1944, 2, 29), 82),
        (date(2026, 11, 21), 0),
        (None, None),
    ],
)
def test_ages(born: date | None, age: int | None) -> None:
    assert age_on(TODAY, born) == age


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王秀英", "wangxiuying", "wxy"),
        ("曾国平", "zengguoping", "zgp"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("欧阳德福", "ouyangdefu", "oydf"),
        ("吕梅", "lvmei", "lm"),
        ("John Smith", "johnsmith", "js"),
        ("买买提·艾力", "maimaitiaili", "mmtal"),
        ("", "", ""),
        ("👵", "", ""),
    ],
)
def test_spelling(name: str, pinyin: str, initials: str) -> None:
    assert spell(name) == (pinyin, initials)


def test_surnames_of_nothing() -> None:
    assert surname("") == ""
