"""Reads .xlsx and .csv files that people send, whatever they are called, and trusts nothing in them.

The content decides what a file is, not its name. This runs in a process of its own (reader.py).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

SIZE_LIMIT = 20 * 1024 * 1024
ROW_LIMIT = 200_000
UNPACKED_LIMIT = 600 * 1024 * 1024
ENTRIES_LIMIT = 2_000
FORMULA = "\x00formula"
"""Stands for a cell with a formula: its value was computed elsewhere, by nobody we know."""


class UnreadableFile(Exception):
    """The file as a whole cannot be read. ``code`` names the sentence in importing.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows_of(path: Path, title: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number as the person sees it, cells as text. ``title``: the sheet to read, else the first one."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        return _xlsx_rows(path, title)
    if start.startswith(b"\xd0\xcf\x11\xe0"):  # .xls of old, and .xlsx with a password
        raise UnreadableFile("old_excel")
    return _csv_rows(path)


def _xlsx_rows(path: Path, title: str) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            # zipfile stops at the size an entry declares, so these sums cannot be lied about.
            if len(entries) > ENTRIES_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
                raise UnreadableFile("too_large_unpacked")
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableFile("not_a_table")
        with path.open("rb") as file:  # a path would be judged by its ending
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            sheet = book[title] if title in book.sheetnames else book.worksheets[0]
            for number, cells in enumerate(sheet.iter_rows(), 1):
                yield number, [_as_text(cell.value, cell.data_type) for cell in cells]
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, EOFError) as error:
        raise UnreadableFile("damaged") from error


def _as_text(value: Any, data_type: str) -> str:
    if value is None:
        return ""
    if data_type == "f":
        return FORMULA
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a telephone number that Excel took for a quantity
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decode(path.read_bytes())
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, [FORMULA if cell.startswith("=") else cell for cell in row]
    except csv.Error as error:
        raise UnreadableFile("damaged") from error


def _decode(data: bytes) -> str:
    """UTF-8 or GB18030, told by the bytes: Excel in China writes the latter."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise UnreadableFile("not_a_table")
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile("not_a_table")
