"""Traces that show tampering: each line's hash holds the line before it, so a changed, removed or inserted line breaks the chain.

A chain per case (``journal``) and per person (``access``). Chains alone do not show that their last lines, or a whole chain, are
gone; seals do: each holds the ends of all chains that grew, and the seal before it. Whoever notes a seal's hash on paper can prove
later that everything up to it still stands (W-9: no changing, adding, deleting).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATOR = "\x1f"
"""Unit separator: in none of the fields, so that no two lines read the same."""


@dataclass(frozen=True)
class Line:
    """A line of a chain. ``chain``: whose; ``place``: from 1; ``content``: its fields as text; ``hash``: as it was kept."""

    chain: str
    place: int
    content: tuple[str, ...]
    hash: bytes


@dataclass(frozen=True)
class End:
    """The last line of a chain when a seal was made."""

    chain: str
    place: int
    hash: str


@dataclass(frozen=True)
class Seal:
    """``ends``: of the chains that grew since the seal before it, in their order; ``at``: as text, UTC."""

    place: int
    at: str
    ends: tuple[End, ...]
    hash: bytes


@dataclass(frozen=True)
class Break:
    """Where a trace is not what it was. ``what``: ``changed`` (the line or its hash), ``missing`` (a line before it), ``cut`` (the
    chain ends before a seal saw it end), ``rewritten`` (another line stands where a seal saw one), ``seal`` (a seal itself)."""

    chain: str
    place: int
    what: str


def link(previous: bytes, chain: str, place: int, content: Iterable[str]) -> bytes:
    """SHA-256 of the line before and this one: what the database's trigger writes (db/chains.py)."""
    return hashlib.sha256(previous + SEPARATOR.join((chain, str(place), *content)).encode()).digest()


def seal_hash(previous: bytes, place: int, at: str, ends: Iterable[End]) -> bytes:
    """SHA-256 of the seal before and this one."""
    told = (f"{end.chain}{SEPARATOR}{end.place}{SEPARATOR}{end.hash}" for end in ends)
    return hashlib.sha256(previous + SEPARATOR.join((str(place), at, *told)).encode()).digest()


def broken(lines: Iterable[Line], expected: dict[tuple[str, int], str]) -> Iterator[Break]:
    """Every break of the chains. ``lines``: by chain and place. ``expected``: the hashes that seals saw; what is found goes out.

    One break a line: what follows a changed line is judged by the hash that was kept, so that a page tells where it was.
    """
    chain, place, previous = "", 0, b""
    for line in lines:
        if line.chain != chain:
            chain, place, previous = line.chain, 0, b""
        if line.place != place + 1:
            yield Break(chain, line.place, "missing")
        elif link(previous, chain, line.place, line.content) != line.hash:
            yield Break(chain, line.place, "changed")
        seen = expected.pop((chain, line.place), None)
        if seen is not None and seen != line.hash.hex():
            yield Break(chain, line.place, "rewritten")
        place, previous = line.place, line.hash


def broken_seals(seals: Iterable[Seal]) -> Iterator[Break]:
    """Every seal that is not what it was, or follows one that is gone."""
    place, previous = 0, b""
    for seal in seals:
        if seal.place != place + 1:
            yield Break("seal", seal.place, "missing")
        elif seal_hash(previous, seal.place, seal.at, seal.ends) != seal.hash:
            yield Break("seal", seal.place, "seal")
        place, previous = seal.place, seal.hash


def sealed(seals: Iterable[Seal]) -> dict[tuple[str, int], str]:
    """What the seals saw: hash by chain and place."""
    return {(end.chain, end.place): end.hash for seal in seals for end in seal.ends}


def cut(expected: dict[tuple[str, int], str]) -> Iterator[Break]:
    """Lines that a seal saw and that are not there any more."""
    for chain, place in sorted(expected):
        yield Break(chain, place, "cut")
