"""How well a member fits what somebody typed: the order of a search's answers, and what of them is highlighted. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WORDS_LIMIT = 5

# How a word fits, best first. A search's answer is ordered by its worst word, then by all of them, then by name.
EXACT, NAME_BEGINS, SPELT, SPELLING_BEGINS, NUMBER_ENDS_OR_BEGINS, WITHIN, ADDRESS = range(7)


@dataclass(frozen=True)
class Entry:
    """What of a member is searched, in lower case. ``ids``: telephone numbers in digits (a fixed line also as dialled at
    home), card and member number."""

    name: str
    pinyin: str
    initials: str
    ids: tuple[str, ...]
    address: str


def words_of(text: str) -> list[str]:
    """The words of a question, ready to compare: wide letters made narrow, numbers in digits."""
    words = unicodedata.normalize("NFKC", text).lower().replace("\x00", "").split()[:WORDS_LIMIT]
    return [_digits(word) or word for word in words]


def quality(entry: Entry, words: Sequence[str]) -> tuple[int, int] | None:
    """(worst word, sum of all); smaller is better, None when a word does not fit at all."""
    fits = [fit(entry, word) for word in words]
    if not fits or None in fits:
        return None
    known = [each for each in fits if each is not None]
    return max(known), sum(known)


def fit(entry: Entry, word: str) -> int | None:
    """How one word fits, None when it does not."""
    if word == entry.name or any(word in forms(each) for each in entry.ids):
        return EXACT
    if entry.name.startswith(word):
        return NAME_BEGINS
    if word in (entry.pinyin, entry.initials):
        return SPELT
    if entry.pinyin.startswith(word) or entry.initials.startswith(word):
        return SPELLING_BEGINS
    numbers = [each for each in entry.ids if each.isdigit()]
    if word.isdigit() and any(each.endswith(word) or any(f.startswith(word) for f in forms(each)) for each in numbers):
        return NUMBER_ENDS_OR_BEGINS
    if any(word in text for text in (entry.name, entry.pinyin, entry.initials, *entry.ids)):
        return WITHIN
    return ADDRESS if word in entry.address else None


def forms(number: str) -> tuple[str, ...]:
    """A number with and without the country code."""
    return (number, number[2:]) if number.startswith("86") and len(number) > 10 else (number,)


def grams(word: str) -> list[str]:
    """The pieces by which the index finds a word: three letters or digits, two of any characters, one if it is only one."""
    if len(word) == 1:
        return [word]
    found, covered = [], set()
    for at in range(len(word) - 2):
        if word[at : at + 3].isascii():
            found.append(word[at : at + 3])
            covered |= {at, at + 1}
    found += [word[at : at + 2] for at in range(len(word) - 1) if at not in covered]
    return list(dict.fromkeys(found))


def spans(text: str, words: Sequence[str]) -> list[list[int]]:
    """[begin, end) of every word in a text, merged; the text as people see it."""
    lower = text.lower()
    if len(lower) != len(text):
        return []
    return merge([[at, at + len(word)] for word in words if (at := lower.find(word)) >= 0])


def number_spans(number: str, words: Sequence[str]) -> list[list[int]]:
    """[begin, end) of the words in a number, counted in its digits: however it is written, those are the same."""
    digits = re.sub(r"\D", "", number)
    found = []
    for word in words:
        piece = word.removeprefix("0") if word not in digits else word
        # Elders tell the last digits.
        if piece.isdigit() and (at := digits.rfind(piece)) >= 0:
            found.append([at, at + len(piece)])
    return merge(found)


def spelling_spans(syllables: Sequence[str], words: Sequence[str]) -> list[list[int]]:
    """[begin, end) of the characters that the words spell, ``syllables`` being one for each character."""
    starts = [sum(len(each) for each in syllables[:place]) for place in range(len(syllables) + 1)]
    pinyin, initials = "".join(syllables), "".join(each[:1] for each in syllables)
    found = []
    for word in words:
        if (at := pinyin.find(word)) >= 0:
            touched = [i for i in range(len(syllables)) if starts[i] < at + len(word) and starts[i + 1] > at]
            found.append([touched[0], touched[-1] + 1])
        elif (at := initials.find(word)) >= 0:
            found.append([at, at + len(word)])
    return merge(found)


def merge(found: list[list[int]]) -> list[list[int]]:
    """The same pieces without overlaps, in order."""
    merged: list[list[int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([begin, end])
    return merged


def _digits(word: str) -> str:
    """The digits of a number however it is written; empty when the word is no piece of a number."""
    return re.sub(r"[+\-()]", "", word) if word.isascii() and re.fullmatch(r"\+?[\d\-()]*\d{2}[\d\-()]*", word) else ""
