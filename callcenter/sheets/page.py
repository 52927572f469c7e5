"""What a page of a written table holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page of figures: headings, rows, and each column's number format (``@``: text)."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    formats: Sequence[str]
