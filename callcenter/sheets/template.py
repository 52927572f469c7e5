"""Tables that we write: the one that people fill in (headings, an example, lists to choose from, what each column means), and what
is there already, in the same columns, so that it can be changed and sent back; and figures of reports."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from callcenter.sheets.cells import Column
from callcenter.sheets.page import Page
from callcenter.sheets.sheet import EXAMPLE, Row, Sheet

CHOICES = "选项"
NOTES = "说明"
LAST_ROW = 5000
REQUIRED = PatternFill("solid", fgColor="FFE0E0")
OPTIONAL = PatternFill("solid", fgColor="E8EEF7")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def make_template(sheet: Sheet, offered: Mapping[str, Sequence[str]]) -> bytes:
    """The template as .xlsx. ``offered``: what may be chosen, by the columns' ``offers``; other words may be written there."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = sheet.title
    choices = book.create_sheet(CHOICES)
    for place, column in enumerate((one for one in sheet.columns if one.in_template), 1):
        _head(page, place, column)
        words = tuple(offered.get(column.offers, ())) if column.offers else column.cell.words
        if words and column.cell.kind != "list":
            _offer(page, choices, place, column, words)
    page.freeze_panes = "C2"
    _explain(book.create_sheet(NOTES), sheet)
    return _bytes(book)


def make_export(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """These rows as .xlsx; a column beyond the template's stands there only when somebody has something in it."""
    rows = list(rows)
    columns = [
        one for one in sheet.columns if one.in_template or any(row.get(one.key) not in (None, "", one.empty) for row in rows)
    ]
    book = Workbook(write_only=True)
    page = _page(
        book, sheet.title, "C2", [(column.heading, _width(column), REQUIRED if column.required else OPTIONAL) for column in columns]
    )
    for row in rows:
        page.append([_written(page, column.text_of(row.get(column.key))) for column in columns])
    return _bytes(book)


def make_book(pages: Iterable[Page]) -> bytes:
    """Figures as .xlsx, a page for each table: what is a number can be reckoned with, what is text is never a formula."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for one in pages:
        page = _page(
            book, _title(one.title, taken), "B2", [(each, _room(one, place), OPTIONAL) for place, each in enumerate(one.headings)]
        )
        for row in one.rows:
            page.append([_figure(page, value, shape) for value, shape in zip(row, one.formats, strict=True)])
    return _bytes(book)


def _page(book: Workbook, title: str, freeze: str, head: Sequence[tuple[str, float, PatternFill]]) -> WriteOnlyWorksheet:
    """A page with its headings: text, width, colour."""
    page = book.create_sheet(title)
    assert isinstance(page, WriteOnlyWorksheet)
    page.freeze_panes = freeze
    for place, (_, width, _) in enumerate(head, 1):
        page.column_dimensions[get_column_letter(place)].width = width  # type: ignore[attr-defined]  # the stubs lack it
    cells = []
    for heading, _, fill in head:
        cell = WriteOnlyCell(page, heading)
        cell.font, cell.fill = Font(bold=True), fill
        cells.append(cell)
    page.append(cells)
    return page


def _title(title: str, taken: set[str]) -> str:
    """A name that Excel takes: 31 characters, none of its own signs, each once."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", title)[:28] or "表"
    name = plain if plain not in taken else next(each for place in count(2) if (each := f"{plain} {place}") not in taken)
    taken.add(name)
    return name


def _room(page: Page, place: int) -> float:
    longest = max((len(str(row[place])) for row in page.rows[:200]), default=0)
    return min(60.0, max(10.0, 2.0 * len(page.headings[place]) + 2, 1.6 * longest))


def _figure(page: WriteOnlyWorksheet, value: Any, shape: str) -> Cell:
    if shape == "@" or isinstance(value, str):
        return _written(page, str(value))
    cell = WriteOnlyCell(page, value)
    cell.number_format = shape
    return cell


def _written(page: WriteOnlyWorksheet, text: str) -> Cell:
    """As text, whatever it looks like: a leading 0 stays, and what begins with = is no formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)  # one line that no program can show must not take the whole table away
    cell = WriteOnlyCell(page, text)
    cell.number_format = "@"
    if text.startswith(FORMULA_STARTS):
        cell.data_type, cell.quotePrefix = "s", True
    return cell


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(column: Column) -> float:
    return min(60.0, max(10, 2 * len(column.heading) + 2, 1.2 * len(column.example)))


def _head(page: Worksheet, place: int, column: Column) -> None:
    cell = page.cell(1, place, column.heading)
    cell.font = Font(bold=True)
    cell.fill = REQUIRED if column.required else OPTIONAL
    page.cell(2, place, column.example).font = Font(italic=True, color="808080")
    page.column_dimensions[get_column_letter(place)].width = _width(column)
    for row in range(2, 202):
        page.cell(row, place).number_format = "@"  # text: Excel keeps the leading 0 of a number


def _offer(page: Worksheet, choices: Worksheet, place: int, column: Column, offered: Sequence[str]) -> None:
    letter = get_column_letter(place)
    choices.cell(1, place, column.heading).font = Font(bold=True)
    for row, word in enumerate(offered, 2):
        choices.cell(row, place, word)
    source = f"{CHOICES}!${letter}$2:${letter}${len(offered) + 1}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    rule.errorStyle = "warning" if column.offers else "stop"
    rule.error = f"请从列表中选择。{column.note_zh}"[:250]
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _explain(page: Worksheet, sheet: Sheet) -> None:
    for place, (heading, width) in enumerate((("列", 18), ("说明", 48), ("Column", 48)), 1):
        page.cell(1, place, heading).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = width
    key = sheet.by_key[sheet.key[0]].heading
    names = "、".join(sheet.by_key[each].heading for each in sheet.key)
    rows = [(column.heading, column.note_zh, column.note_en) for column in sheet.columns if column.in_template]
    rows += [
        ("示例行", f"{key}以“{EXAMPLE}”开头的行不会导入。", f"Rows whose {key} begins with {EXAMPLE} are left out."),
        (
            "再次导入",
            f"按{names}更新;文件中没有的列保持不变,空单元格会清空原内容。",
            f"Updates by {names}; absent columns stay, empty cells clear.",
        ),
        *sheet.notes,
        ("出错", "只要有一处错误,整个文件都不导入。", "One mistake, and nothing of the file is taken over."),
    ]
    for number, row in enumerate(rows, 2):
        for place, text in enumerate(row, 1):
            page.cell(number, place, text).alignment = Alignment(wrap_text=True, vertical="top")
