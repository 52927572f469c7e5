"""Checks a file in a process of its own, so that 200,000 rows never hold up a call.

``python -m callcenter.sheets.reader SHEET FILE SPOOL COUNTRY AREA_CODE TODAY`` (SHEET: ``module:name``) writes the rows that
can be taken over to SPOOL, a JSON list of some hundred per line, and tells on standard output how far it is, what is bad, and
the end. Memory and time are limited: what a hostile file can cost is this process.
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson

from callcenter.sheets.cells import BadCell, Column, Dialling, read_cell
from callcenter.sheets.file import FORMULA, ROW_LIMIT, UnreadableFile, rows_of
from callcenter.sheets.sheet import EXAMPLE, Bad, Row, Sheet
from callcenter.sheets.sheet import bad as bad_cell

MEMORY_LIMIT = 2 * 1024**3
CPU_SECONDS = 600
BATCH = 200
BAD_LIMIT = 1000
HEADING_ROWS = 5

Headings = dict[int, Column]


def main(arguments: list[str]) -> None:
    """Check one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    os.nice(10)
    where, file, spool, country, area_code, today = arguments
    module, _, name = where.partition(":")
    sheet: Sheet = getattr(importlib.import_module(module), name)
    dialling = Dialling(country, area_code, date.fromisoformat(today))
    try:
        with Path(spool).open("wb") as out:
            end = check(sheet, Path(file), out, dialling)
    except UnreadableFile as error:
        _tell({"unreadable": error.code})
    except (MemoryError, RecursionError):
        _tell({"unreadable": "too_large_unpacked"})
    else:
        _tell(end)


def check(sheet: Sheet, path: Path, out: IO[bytes], dialling: Dialling) -> dict[str, Any]:
    """Write the good rows to ``out``; what was read, which columns there are, and what is bad."""
    rows = rows_of(path, sheet.title)
    headings, bad = _read_headings(sheet, rows)
    seen: dict[tuple[str, ...], dict[str, int]] = {keys: {} for keys in (sheet.key, *((key,) for key in sheet.unique))}
    batch: list[dict[str, Any]] = []
    count = more = 0
    for number, cells in rows:
        if not any(cell.strip() for cell in cells) or _is_example(sheet, headings, cells):
            continue
        count += 1
        if count > ROW_LIMIT:
            raise UnreadableFile("too_many_rows")
        row, wrong = read_row(sheet, number, cells, headings, dialling)
        wrong += _repeated(sheet, number, row, seen)
        more += max(0, len(bad) + len(wrong) - BAD_LIMIT)
        bad = (bad + wrong)[:BAD_LIMIT] if wrong else bad
        batch.append(row)
        if len(batch) == BATCH:
            _flush(batch, out)
            _tell({"done": count})
    _flush(batch, out)
    columns = [column.key for column in headings.values()]
    return {"rows": count, "columns": columns, "bad": bad, "more": more}


def read_row(sheet: Sheet, number: int, cells: list[str], headings: Headings, dialling: Dialling) -> tuple[Row, list[Bad]]:
    """A row as values by column key, and everything that is wrong with it."""
    row: Row = {"row": number}
    bad: list[Bad] = []
    for place, column in headings.items():
        text = cells[place] if place < len(cells) else ""
        try:
            row[column.key] = _read(text, column, dialling)
        except BadCell as error:
            row[column.key] = column.empty
            bad.append(bad_cell(number, column.heading, "" if text == FORMULA else text, error))
    broken = {each["column"] for each in bad}
    bad += [bad_cell(number, heading, "", error) for heading, error in sheet.together(row) if heading not in broken]
    return row, bad


def _read(text: str, column: Column, dialling: Dialling) -> Any:
    if text == FORMULA:
        raise BadCell("单元格是公式。请复制后“选择性粘贴→数值”。", "The cell is a formula; paste it as a value.")
    return read_cell(text, column, dialling)


def _repeated(sheet: Sheet, number: int, row: Row, seen: dict[tuple[str, ...], dict[str, int]]) -> list[Bad]:
    bad = []
    for keys, rows in seen.items():
        values = [str(row[key]) for key in keys if row.get(key)]
        if len(values) < len(keys):
            continue
        first = rows.setdefault("\x1f".join(values), number)
        if first != number:
            error = BadCell(f"与第 {first} 行重复,必须唯一。", f"The same as in row {first}; it must be unique.")
            bad.append(bad_cell(number, sheet.by_key[keys[0]].heading, " ".join(values), error))
    return bad


def _read_headings(sheet: Sheet, rows: Iterator[tuple[int, list[str]]]) -> tuple[Headings, list[Bad]]:
    """The first row that looks like headings, and what is wrong with them."""
    for number, cells in rows:
        found = [(place, cell.strip(), sheet.column_of(cell)) for place, cell in enumerate(cells) if cell.strip()]
        if sum(column is not None for _, _, column in found) >= 2:
            break
        if number >= HEADING_ROWS:
            raise UnreadableFile("no_headings")
    else:
        raise UnreadableFile("no_headings")
    headings: Headings = {}
    bad = []
    for place, heading, column in found:
        if column is None:
            error = BadCell(
                "没有这一列。请用模板中的列名,或删除这一列。", "No such column: use the template's headings, or delete it."
            )
            bad.append(bad_cell(number, heading, heading, error))
        elif column in headings.values():
            bad.append(bad_cell(number, heading, heading, BadCell("这一列出现了两次。", "This column stands here twice.")))
        else:
            headings[place] = column
    for column in sheet.columns:
        if column.required and column not in headings.values():
            bad.append(
                bad_cell(number, column.heading, "", BadCell("缺少这一列,它是必填的。", "This column is missing; it is required."))
            )
    return headings, bad


def _is_example(sheet: Sheet, headings: Headings, cells: list[str]) -> bool:
    return any(
        column.key == sheet.key[0] and place < len(cells) and cells[place].strip().startswith(EXAMPLE)
        for place, column in headings.items()
    )


def _flush(batch: list[dict[str, Any]], out: IO[bytes]) -> None:
    if batch:
        out.write(orjson.dumps(batch) + b"\n")
        batch.clear()


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
