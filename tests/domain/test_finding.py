"""How well a member fits what somebody typed, and what is highlighted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain import finding
from callcenter.domain.finding import Entry, fit, grams, number_spans, quality, spans, spelling_spans, words_of

WANG = Entry("王秀英", "wangxiuying", "wxy", ("867976221234", "07976221234", "yl0042", "8613970700001"), "书香园3栋2单元501室")


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("王秀英", finding.EXACT), ("13970700001", finding.EXACT), ("07976221234", finding.EXACT), ("yl0042", finding.EXACT),
        ("王秀", finding.NAME_BEGINS), ("wangxiuying", finding.SPELT), ("wxy", finding.SPELT),
        ("wangx", finding.SPELLING_BEGINS), ("wx", finding.SPELLING_BEGINS), ("1234", finding.NUMBER_ENDS_OR_BEGINS),
        ("1397", finding.NUMBER_ENDS_OR_BEGINS), ("0797", finding.NUMBER_ENDS_OR_BEGINS), ("秀", finding.WITHIN),
        ("xiu", finding.WITHIN), ("221", finding.WITHIN), ("3栋", finding.ADDRESS), ("李", None),
    ],
)  # fmt: skip
def test_how_a_word_fits(word: str, wanted: int | None) -> None:
    assert fit(WANG, word) == wanted


def test_all_words_must_fit_and_the_worst_counts() -> None:
    assert quality(WANG, words_of("王 书香园")) == (finding.ADDRESS, finding.NAME_BEGINS + finding.ADDRESS)
    assert quality(WANG, words_of("李 书香园")) is None
    assert quality(WANG, []) is None


def test_words_are_made_narrow_and_numbers_become_digits() -> None:
    assert words_of(" ０７９７－6221234 +86-797 WANG a-b \x00 ") == ["07976221234", "86797", "wang", "a-b"]


@given(st.text("王秀英wx13栋", min_size=1, max_size=9), st.text("王秀英wx13栋", max_size=5), st.text("王秀英wx13栋", max_size=5))
def test_the_index_never_misses(word: str, before: str, after: str) -> None:
    """Every piece by which a word is looked up is a piece of every text that holds the word."""
    text = before + word + after
    pieces = {text[i : i + n] for n in (1, 2, 3) for i in range(len(text))}
    assert set(grams(word)) <= pieces
    assert all(len(gram) < 3 or gram.isascii() for gram in grams(word))


def test_what_is_highlighted() -> None:
    assert spans("书香园小区3栋", words_of("小区 香园")) == [[1, 5]]
    assert number_spans("+8613970700001", ["0001"]) == [[9, 13]]
    assert number_spans("+867976221234", ["07976"]) == [[2, 6]]
    assert number_spans("+867976221234", ["wang"]) == []
    assert spelling_spans(["wang", "xiu", "ying"], ["xiuy"]) == [[1, 3]]
    assert spelling_spans(["wang", "xiu", "ying"], ["wx"]) == [[0, 2]]
    assert spelling_spans(["wang", "xiu", "ying"], ["zhao"]) == []
