"""A kind of table: its columns, what makes a row one of its own, what is only wrong in company."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from callcenter.sheets.cells import BadCell, Column

EXAMPLE = "示例"
"""A row whose first key column begins with it is the template's own, and left out."""

Row = dict[str, Any]
Bad = dict[str, Any]
"""``{row, column, value, zh, en}``: which cell cannot be taken over, and why."""


@dataclass(frozen=True)
class Sheet:
    """``key``: the columns that name a row in re-imports. ``unique``: other columns that a file holds once.

    ``together`` gives (heading, error) for what is wrong between cells of a row. ``notes``: further lines of the explanation.
    """

    name: str
    title: str
    title_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: tuple[str, ...] = ()
    together: Callable[[Row], Iterable[tuple[str, BadCell]]] = lambda _: ()
    notes: tuple[tuple[str, str, str], ...] = ()
    where: str = ""
    """``module:name`` of this sheet: the process that reads a file finds it by that."""

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def _by_heading(self) -> dict[str, Column]:
        return {heading: column for column in self.columns for heading in (column.heading, *column.also)}

    def column_of(self, heading: str) -> Column | None:
        """The column of a heading, however it is decorated (＊姓名, 姓名(必填))."""
        plain = re.sub(r"[\s*]|\(.*?\)", "", unicodedata.normalize("NFKC", heading))
        return self._by_heading.get(plain) or self._by_heading.get(heading.strip())

    def key_of(self, row: Row) -> str:
        """What names a row. Values of keys have no spaces at their ends, so none is taken for another."""
        return "\x1f".join(str(row.get(key) or "") for key in self.key)


def bad(number: int, heading: str, value: Any, error: BadCell) -> Bad:
    """A line of the report."""
    return {"row": number, "column": heading, "value": str(value)[:64], "zh": error.zh, "en": error.en}
