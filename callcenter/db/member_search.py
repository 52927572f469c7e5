"""Finding members while somebody types, in a table that the database itself keeps up to date (people_tables.py).

The pieces (n-grams) of every name, spelling, number, card and address lie in two GIN indexes; PostgreSQL's own trigram
extension is no help with Chinese names of two characters, and not every server has it. What begins with a word comes from the
indexes on names and numbers, in their order, so that a word that fits thousands costs no more than one that fits ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.people import briefs
from callcenter.db.spelling import syllables
from callcenter.domain.finding import Entry, grams, number_spans, quality, spans, spelling_spans, words_of

SOURCE_LIMIT = 200
"""Candidates taken from each index. A question that fits more is answered with the best of these."""

_BEGINS = """(SELECT {key} AS member_id FROM {table} WHERE {column} ~>=~ :{name}_from AND {column} ~<~ :{name}_to
    ORDER BY {column} USING ~<~ LIMIT {limit})"""
# The inner part is computed on its own, so that a small LIMIT never tempts the planner to walk the whole table.
_WITHIN = """(SELECT member_id FROM (
    SELECT member_id FROM member_search WHERE search_grams(who) @> CAST(:grams AS text[]) OFFSET 0) w LIMIT {limit})"""
_EXACT = """(SELECT member_id FROM card WHERE number = ANY(CAST(:written AS text[])))
    UNION ALL (SELECT id FROM member WHERE external_ref = ANY(CAST(:written AS text[])))"""
_ANYWHERE = "SELECT member_id FROM (SELECT member_id FROM member_search WHERE {conditions} OFFSET 0) w LIMIT {limit}"
_ROWS = """
    SELECT s.member_id, s.name, s.pinyin, s.initials, s.ids, s.address FROM member_search s
    WHERE s.member_id IN (SELECT f.member_id FROM ({found}) f)
"""


Question = tuple[str, dict[str, Any]]
"""A statement and its values."""


async def search(connection: AsyncConnection, text: str, limit: int, today: date) -> list[dict[str, Any]]:
    """Members by name, pinyin, initials, piece of a number, card or address, best first, as ``MemberBrief`` of docs/api.md.

    Several words must all fit. ``limit``: at most so many.
    """
    words = words_of(text)
    if not words:
        return []
    found: dict[UUID, Entry] = {}
    best: list[UUID] = []
    # From what is best and costs least: who begins with it, who holds it, who lives there. Later ones never fit better.
    for question in (_beginning(words), _within(words), _anywhere(words)):
        if question is not None:
            found |= await _candidates(connection, question)
            best = _rank(found, words)
            if len(best) >= limit:
                break
    chosen = best[:limit]
    return [_marked(brief, found[UUID(brief["id"])], words) for brief in await briefs(connection, chosen, today)]


def _rank(found: dict[UUID, Entry], words: Sequence[str]) -> list[UUID]:
    ranked = [(fit, entry.name, str(key), key) for key, entry in found.items() if (fit := quality(entry, words)) is not None]
    return [key for *_, key in sorted(ranked)]


async def _candidates(connection: AsyncConnection, question: Question) -> dict[UUID, Entry]:
    statement, values = question
    rows = await connection.execute(sa.text(statement), values)
    return {row[0]: Entry(row[1], row[2], row[3], tuple(row[4]), row[5]) for row in rows}


def _beginning(words: Sequence[str]) -> Question | None:
    """A single word at the beginning of names, spellings and numbers, at their end, and exactly."""
    if len(words) != 1:
        return None
    word = words[0]
    parts = [_EXACT]
    values: dict[str, Any] = {"written": [word, word.upper()]}
    for name, (table, key, column, start) in enumerate(_beginnings(word)):
        parts.append(_BEGINS.format(table=table, key=key, column=column, name=f"b{name}", limit=SOURCE_LIMIT))
        values |= {f"b{name}_from": start, f"b{name}_to": _after(start)}
    return _ROWS.format(found=" UNION ALL ".join(parts)), values


def _within(words: Sequence[str]) -> Question:
    """Every word somewhere in names, spellings, numbers or cards."""
    return _ROWS.format(found=_WITHIN.format(limit=SOURCE_LIMIT)), {"grams": [gram for word in words for gram in grams(word)]}


def _beginnings(word: str) -> list[tuple[str, str, str, str]]:
    """(table, key, indexed column, beginning)."""
    if not word.isascii():
        return [("member", "id", "name", word)]
    if not word.isdigit():
        return [("member", "id", "pinyin", word), ("member", "id", "initials", word)]
    home = "+86" + (word.removeprefix("0") if len(word) > 1 else word)
    starts = [home, "+" + word] if word.startswith("86") else [home]
    ends = ("member_number", "member_id", "reverse(number)", word[::-1])
    return [ends, *(("member_number", "member_id", "number", start) for start in starts)]


def _anywhere(words: Sequence[str]) -> Question:
    """Every word somewhere, the address included."""
    conditions, values = [], {}
    for place, word in enumerate(words):
        conditions.append(f"(search_grams(who) @> CAST(:g{place} AS text[]) OR search_grams(address) @> CAST(:g{place} AS text[]))")
        values[f"g{place}"] = grams(word)
    return _ROWS.format(found=_ANYWHERE.format(conditions=" AND ".join(conditions), limit=SOURCE_LIMIT)), values


def _after(start: str) -> str:
    """The first text behind all that begin with ``start``."""
    following = ord(start[-1]) + 1
    if 0xD800 <= following <= 0xDFFF:  # no characters live there
        following = 0xE000
    return start[:-1] + chr(min(following, 0x10FFFF))


def _marked(brief: dict[str, Any], entry: Entry, words: Sequence[str]) -> dict[str, Any]:
    """The brief with what of it fits: ``matched``, as [begin, end) in characters; of numbers, in digits."""
    name = spans(brief["name"], words)
    letters = [word for word in words if word.isascii() and not word.isdigit()]
    # How it is spelt costs more than all else here, and matters only for what is typed in letters.
    if not name and letters and len(spelt := syllables(brief["name"])) == len(brief["name"]):
        name = spelling_spans(spelt, letters)
    numbers = [number_spans(number, words) for number in brief["numbers"]]
    shown = {"name": name, "address": spans(brief["address"], words), "numbers": numbers}
    # A card or member number is not in the brief: the one that fits is told.
    written = [each for each in entry.ids if not each.startswith(("86", "0")) and any(word in each for word in words)]
    return {**brief, "matched": {**shown, "id": written[0].upper() if written else None}}
