"""What a report is made of: tables with named columns. The screen, the paper and the Excel file show the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from callcenter.sheets.page import Page

Kind = Literal["text", "count", "share", "seconds", "money", "day", "time", "long"]
"""``share``: 0 to 1; ``seconds``: a length; ``money``: fen; ``day``: 2026-11-29; ``time``: ISO 8601."""
Row = dict[str, Any]
FORMATS: Mapping[str, str] = {"share": "0.0%", "seconds": "0.0", "money": "0.00", "count": "0"}


@dataclass(frozen=True)
class Column:
    """``persons``: it may name people, and is left out for who may not read of them."""

    key: str
    zh: str
    en: str
    kind: Kind = "count"
    persons: bool = False


@dataclass(frozen=True)
class Chart:
    """How a table is drawn: ``bars`` (stacked when ``stacked``) and ``lines`` by the column ``x``. Lines are shares."""

    x: str
    bars: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    stacked: bool = True


@dataclass(frozen=True)
class Table:
    """``total``: a last row over all. ``note_zh``, ``note_en``: what is counted, where that is not plain."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    total: Row | None = None
    chart: Chart | None = None
    note_zh: str = ""
    note_en: str = ""

    def without_persons(self) -> Table:
        """The same for who may not read of people."""
        hidden = {column.key for column in self.columns if column.persons}
        if not hidden:
            return self
        rows = [{key: value for key, value in row.items() if key not in hidden} for row in self.rows]
        columns = tuple(column for column in self.columns if not column.persons)
        return Table(self.key, self.zh, self.en, columns, rows, self.total, self.chart, self.note_zh, self.note_en)

    def as_json(self) -> dict[str, Any]:
        chart = self.chart and {
            "x": self.chart.x,
            "bars": self.chart.bars,
            "lines": self.chart.lines,
            "stacked": self.chart.stacked,
        }
        columns = [{"key": one.key, "zh": one.zh, "en": one.en, "kind": one.kind} for one in self.columns]
        return {
            "key": self.key, "zh": self.zh, "en": self.en, "columns": columns, "rows": list(self.rows), "total": self.total,
            "chart": chart, "note_zh": self.note_zh, "note_en": self.note_en,
        }  # fmt: skip

    def page(self) -> Page:
        """The table as a page of an Excel file: figures stay figures."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        return Page(
            self.zh,
            [column.zh for column in self.columns],
            [[_cell(column, row.get(column.key)) for column in self.columns] for row in rows],
            [FORMATS.get(column.kind, "@") for column in self.columns],
        )


@dataclass(frozen=True)
class Report:
    """``first`` and ``last``: days, both counted."""

    kind: str
    zh: str
    en: str
    first: str
    last: str
    tables: Sequence[Table]
    by: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, *, persons: bool) -> dict[str, Any]:
        shown = [table if persons else table.without_persons() for table in self.tables]
        return {
            "kind": self.kind, "zh": self.zh, "en": self.en, "first": self.first, "last": self.last, "by": self.by,
            "tables": [table.as_json() for table in shown], **self.more,
        }  # fmt: skip


def share(part: float, whole: float) -> float | None:
    """Part of a whole, 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None


def _cell(column: Column, value: Any) -> Any:
    if value is None:
        return ""
    if column.kind == "money":
        return value / 100
    return value if column.kind in FORMATS else str(value)
