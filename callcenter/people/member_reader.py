"""Checks a member file in a process of its own, so that 200,000 rows never hold up a call.

``python -m callcenter.people.member_reader FILE SPOOL COUNTRY AREA_CODE TODAY`` writes the rows that can be taken
over to SPOOL, a JSON list of some hundred per line, and tells on standard output how far it is, what is bad, and
the end. Memory and time are limited: what a hostile file can cost is this process.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson

from callcenter.people.member_columns import COLUMNS, CONTACTS, EXAMPLE_REF, BadCell, Column, Dialling, column_of
from callcenter.people.member_file import FORMULA, ROW_LIMIT, UnreadableFile, rows_of

MEMORY_LIMIT = 2 * 1024**3
CPU_SECONDS = 600
BATCH = 200
BAD_LIMIT = 1000
HEADING_ROWS = 5
UNIQUE = {"ref": "编号", "card": "服务卡号", "terminal": "终端序列号"}

Headings = dict[int, Column]
Bad = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Check one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    os.nice(10)
    file, spool, country, area_code, today = arguments
    dialling = Dialling(country, area_code, date.fromisoformat(today))
    try:
        with Path(spool).open("wb") as out:
            end = check(Path(file), out, dialling)
    except UnreadableFile as error:
        _tell({"unreadable": error.code})
    except (MemoryError, RecursionError):
        _tell({"unreadable": "too_large_unpacked"})
    else:
        _tell(end)


def check(path: Path, out: IO[bytes], dialling: Dialling) -> dict[str, Any]:
    """Write the good rows to ``out``; what was read, which columns there are, and what is bad."""
    rows = rows_of(path)
    headings, bad = _read_headings(rows)
    seen: dict[str, dict[str, int]] = {key: {} for key in UNIQUE}
    batch: list[dict[str, Any]] = []
    count = more = 0
    for number, cells in rows:
        if not any(cell.strip() for cell in cells) or _is_example(headings, cells):
            continue
        count += 1
        if count > ROW_LIMIT:
            raise UnreadableFile("too_many_rows")
        row, wrong = read_row(number, cells, headings, dialling)
        wrong += _repeated(number, row, seen)
        more += max(0, len(bad) + len(wrong) - BAD_LIMIT)
        bad = (bad + wrong)[:BAD_LIMIT] if wrong else bad
        batch.append(row)
        if len(batch) == BATCH:
            _flush(batch, out)
            _tell({"done": count})
    _flush(batch, out)
    columns = [column.key for column in headings.values()]
    return {"rows": count, "columns": columns, "bad": bad, "more": more}


def read_row(number: int, cells: list[str], headings: Headings, dialling: Dialling) -> tuple[dict[str, Any], list[Bad]]:
    """A row as values by column key, and everything that is wrong with it."""
    row: dict[str, Any] = {"row": number}
    bad: list[Bad] = []
    for place, column in headings.items():
        text = cells[place] if place < len(cells) else ""
        try:
            row[column.key] = _read_cell(text, column, dialling)
        except BadCell as error:
            row[column.key] = column.empty
            bad.append(_bad(number, column.heading, text, error))
    broken = {each["column"] for each in bad}
    bad += [each for each in _together(number, row) if each["column"] not in broken]
    return row, bad


def _read_cell(text: str, column: Column, dialling: Dialling) -> Any:
    if text == FORMULA:
        raise BadCell("单元格是公式。请复制后“选择性粘贴→数值”。", "The cell is a formula; paste it as a value.")
    plain = "".join(ch for ch in text.replace("\r\n", "\n") if ch.isprintable() or ch in "\n\t").strip()
    if column.empty != []:  # only in a list does a new line mean something
        plain = " ".join(plain.split())
    if not plain:
        if column.required:
            raise BadCell("不能为空。", "Must not be empty.")
        return column.empty
    return column.parse(plain, dialling)


def _together(number: int, row: dict[str, Any]) -> Iterator[Bad]:
    """What is only wrong in company: a contact without a number, a date without a card."""
    for place in range(1, CONTACTS + 1):
        name, relation, phone = (row.get(f"contact{place}_{part}") for part in ("name", "relation", "number"))
        if (name or relation) and not phone:
            error = BadCell("填了联系人就要填电话。", "A contact needs a telephone number.")
            yield _bad(number, f"联系人{place}电话", "", error)
        if phone and not name:
            yield _bad(number, f"联系人{place}姓名", "", BadCell("有电话就要填姓名。", "A number needs a name."))
    if row.get("card_until") and not row.get("card"):
        error = BadCell("填了有效期就要填服务卡号。", "A date of expiry needs a card number.")
        yield _bad(number, "服务卡号", "", error)
    if row.get("terminal_number") and not row.get("terminal"):
        error = BadCell("填了终端号码就要填终端序列号。", "A terminal's number needs its serial.")
        yield _bad(number, "终端序列号", "", error)


def _repeated(number: int, row: dict[str, Any], seen: dict[str, dict[str, int]]) -> list[Bad]:
    bad = []
    for key, heading in UNIQUE.items():
        value = row.get(key)
        if not value:
            continue
        first = seen[key].setdefault(value, number)
        if first != number:
            error = BadCell(f"与第 {first} 行重复,必须唯一。", f"The same as in row {first}; it must be unique.")
            bad.append(_bad(number, heading, value, error))
    return bad


def _read_headings(rows: Iterator[tuple[int, list[str]]]) -> tuple[Headings, list[Bad]]:
    """The first row that looks like headings, and what is wrong with them."""
    for number, cells in rows:
        found = [(place, cell.strip(), column_of(cell)) for place, cell in enumerate(cells) if cell.strip()]
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
            bad.append(_bad(number, heading, heading, error))
        elif column in headings.values():
            bad.append(_bad(number, heading, heading, BadCell("这一列出现了两次。", "This column stands here twice.")))
        else:
            headings[place] = column
    for column in COLUMNS:
        if column.required and column not in headings.values():
            bad.append(
                _bad(number, column.heading, "", BadCell("缺少这一列,它是必填的。", "This column is missing; it is required."))
            )
    return headings, bad


def _is_example(headings: Headings, cells: list[str]) -> bool:
    return any(
        column.key == "ref" and place < len(cells) and cells[place].strip().startswith(EXAMPLE_REF)
        for place, column in headings.items()
    )


def _bad(number: int, heading: str, value: str, error: BadCell) -> Bad:
    shown = "" if value == FORMULA else value[:64]
    return {"row": number, "column": heading, "value": shown, "zh": error.zh, "en": error.en}


def _flush(batch: list[dict[str, Any]], out: IO[bytes]) -> None:
    if batch:
        out.write(orjson.dumps(batch) + b"\n")
        batch.clear()


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
