"""Which district an address lies in, and who ought to have a card."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from callcenter.domain.directory import Area, Holder, area_of, card_advice

TODAY = date(2026, 11, 21)
OURS, THEIRS = UUID(int=1), UUID(int=2)
ROAD = Area(UUID(int=11), "红井路", ("红井",), OURS, ours=True)
GARDEN = Area(UUID(int=12), "书香园小区", ("书香路",), OURS, ours=True)
AWAY = Area(UUID(int=13), "叶坪新区", ("红井路北段", "马山岗"), THEIRS, ours=False)
AREAS = (ROAD, GARDEN, AWAY)


@pytest.mark.rule("C-5")
@pytest.mark.parametrize(
    ("address", "area"),
    [
        ("红井路 12 号", ROAD), ("红井老街", ROAD), ("红井路北段3号", AWAY), ("书香路9号", GARDEN), ("马山岗", AWAY), ("", None),
        ("月球", None), ("书香园小区(红井路口)", GARDEN), ("叶坪新区旁书香路与马山岗", AWAY), ("书香路马山岗", None),
    ],
)  # fmt: skip
def test_the_longest_name_in_an_address_counts(address: str, area: Area | None) -> None:
    assert area_of(address, AREAS) == area
    assert area_of(address, AREAS[::-1]) == area


@pytest.mark.rule("C-4")
@pytest.mark.parametrize(
    ("born", "ours", "has_card", "until", "advice"),
    [
        (date(1941, 3, 5), True, False, None, "enrol"), (date(1966, 11, 21), True, False, None, "enrol"),
        (date(1966, 11, 22), True, False, None, "too_young"), (None, True, False, None, "ask"),
        (date(1941, 3, 5), None, False, None, "ask"), (date(1941, 3, 5), False, False, None, "not_ours"),
        (date(1941, 3, 5), True, True, None, "valid"), (date(1941, 3, 5), True, True, TODAY, "valid"),
        (date(1941, 3, 5), True, True, date(2026, 11, 20), "expired"), (None, None, True, None, "valid"),
    ],
)  # fmt: skip
def test_who_ought_to_have_a_card(born: date | None, ours: bool | None, has_card: bool, until: date | None, advice: str) -> None:
    assert card_advice(Holder(born, ours, has_card, until), TODAY) == advice
