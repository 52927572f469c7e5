"""Checking by sample (V-5, W-4): which follow-ups and recordings are looked at again, and where two answers differ. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
WHOLE = 2**64


@dataclass(frozen=True)
class Difference:
    """A field in which the second answer is not the first."""

    field: str
    first: str
    second: str


def lot(seed: str, item: object) -> float:
    """A number in [0, 1) that follows from both: the same seed draws the same sample, on any machine, in any order."""
    digest = hashlib.sha256(f"{seed}\0{item}".encode()).digest()
    return int.from_bytes(digest[:8]) / WHOLE


def drawn(seed: str, item: object, percent: float) -> bool:
    """Whether this one is in the sample of ``percent`` (0 to 100) of all. More per cent never leave one out that fewer drew."""
    return lot(seed, item) * 100 < percent


def sample(items: Iterable[T], count: int, seed: str) -> list[T]:
    """``count`` of the items, or all when there are fewer; in the order of their lots."""
    return sorted(set(items), key=lambda item: (lot(seed, item), str(item)))[: max(0, count)]


def compared(first: dict[str, object], second: dict[str, object]) -> tuple[Difference, ...]:
    """Every field of the first whose value the second answers otherwise."""
    return tuple(Difference(name, str(value), str(second.get(name))) for name, value in first.items() if second.get(name) != value)
