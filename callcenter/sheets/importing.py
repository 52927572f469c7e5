"""Takes over a file: all of it or nothing, in one transaction, as often as somebody likes.

The file is read and checked in another process first (reader.py). What is good is compared with the database
here, batch by batch, so that a call never waits; one bad cell and nothing is written.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.domain.errors import Refused
from callcenter.settings import Settings
from callcenter.sheets.reader import BAD_LIMIT
from callcenter.sheets.sheet import Bad, Row, Sheet
from callcenter.today import today_in

TIMEOUT_SECONDS = 900
LINE_LIMIT = 16 * 1024 * 1024
IMPORT_LOCK = 7_220_260_112

Progress = Callable[[str, int], None]
"""Takes the step (``reading``, ``writing``) and the rows done so far."""

_UNREADABLE = {
    "old_excel": (
        "文件是旧版 Excel(.xls)或设有密码,无法读取。",
        "The file is an old Excel file (.xls) or has a password.",
        "请在 Excel 中取消密码,另存为 .xlsx 后再导入。",
        "Remove the password and save it as .xlsx.",
    ),
    "not_a_table": (
        "文件不是 .xlsx 或 .csv 表格。",
        "The file is neither an .xlsx nor a .csv table.",
        "请下载模板,填好后导入。",
        "Download the template and fill it in.",
    ),
    "no_headings": (
        "前 5 行中没有找到列名。",
        "The first 5 rows hold no headings.",
        "请保留模板的标题行。",
        "Keep the template's row of headings.",
    ),
    "damaged": (
        "文件已损坏,或不是完整的表格。",
        "The file is damaged or not a whole table.",
        "请用 Excel 打开后另存为新的 .xlsx 文件再试。",
        "Open it in Excel and save it as a new .xlsx file.",
    ),
    "too_large_unpacked": (
        "文件解压后过大,为保护系统没有读取。",
        "Unpacked, the file is too large; to protect the service it was not read.",
        "请只保留数据,删除图片和空白格式,或分成几个文件。",
        "Keep the data only, drop pictures and formats, or split the file.",
    ),
    "too_many_rows": (
        "超过 200000 行。",
        "There are more than 200,000 rows.",
        "请分成几个文件导入。",
        "Split the file.",
    ),
    "reader_ended": (
        "读取文件时超出了时间或内存限制。",
        "Reading the file took too much time or memory.",
        "请只保留数据,或分成几个文件再试。",
        "Keep the data only, or split the file.",
    ),
}


@dataclass
class Batch:
    """Rows sorted by what has to be done. Every row carries its ``id`` by now."""

    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: int = 0
    bad: list[Bad] = field(default_factory=list)


class Takes(Protocol):
    """Who compares a batch with the database, and writes it."""

    async def sort(self, connection: AsyncConnection, rows: list[Row], columns: set[str], keys: Collection[str]) -> Batch:
        """Compare. ``keys``: of all rows of the file; what those own may change hands."""
        ...

    async def write(self, connection: AsyncConnection, batch: Batch, columns: set[str], by: UUID) -> None:
        """Write what is new and changed. A column that the file does not have is left as it is."""
        ...


@dataclass
class ImportReport:
    """What a file brings, or would bring: the answer of docs/api.md."""

    file: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[dict[str, Any]] = field(default_factory=list)
    applied: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def import_file(
    engine: AsyncEngine,
    settings: Settings,
    sheet: Sheet,
    takes: Takes,
    path: Path,
    *,
    file_name: str,
    by: UUID,
    dry_run: bool,
    progress: Progress = lambda _step, _rows: None,
) -> ImportReport:
    """Import ``path``. Raises Refused when it is no such table at all or another import runs."""
    report = ImportReport(file_name)
    with tempfile.TemporaryDirectory(prefix=f"{sheet.name}-", dir=path.parent) as folder:
        spool = Path(folder) / "rows"
        end = await _read(sheet, path, spool, settings, progress)
        report.rows, report.bad = end["rows"], end["bad"]
        if end["more"]:
            report.bad.append(_not_shown(end["more"]))
        async with engine.connect() as connection, connection.begin() as transaction:
            await _require_lock(connection)
            await _compare(connection, sheet, takes, spool, set(end["columns"]), report, by=by, dry_run=dry_run, progress=progress)
            if report.bad or dry_run:
                await transaction.rollback()
            else:
                counts = {key: getattr(report, key) for key in ("rows", "added", "changed", "unchanged")}
                await note_access(connection, by, "import", sheet.name, counts)
                report.applied = True
    return report


async def _compare(
    connection: AsyncConnection,
    sheet: Sheet,
    takes: Takes,
    spool: Path,
    columns: set[str],
    report: ImportReport,
    *,
    by: UUID,
    dry_run: bool,
    progress: Progress,
) -> None:
    """Count what is new and changed; write it as long as nothing is bad. Whoever called takes a bad one back."""
    keys: set[str] = set()
    async for rows in _batches(spool):
        keys.update(key for row in rows if (key := sheet.key_of(row)))
    done = 0
    async for rows in _batches(spool):
        batch = await takes.sort(connection, rows, columns, keys)
        report.added += len(batch.added)
        report.changed += len(batch.changed)
        report.unchanged += batch.unchanged
        report.bad = (report.bad + batch.bad)[: BAD_LIMIT + 1]
        if not (report.bad or dry_run):
            await takes.write(connection, batch, columns, by)
        done += len(rows)
        progress("writing", done)


async def lock_import(connection: AsyncConnection) -> bool:
    """One import at a time; False when another one runs. The lock ends with the transaction."""
    return bool(await connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(IMPORT_LOCK))))


async def _require_lock(connection: AsyncConnection) -> None:
    if not await lock_import(connection):
        raise Refused(
            "import_running",
            "另一份文件正在导入,本文件没有导入。",
            "Another import is running; this file was not taken over.",
            remedy_zh="请等它结束后再试。",
            remedy_en="Wait until it has ended and try again.",
        )


async def _batches(spool: Path) -> AsyncIterator[list[dict[str, Any]]]:
    with spool.open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)
            await asyncio.sleep(0)  # calls first


async def _read(sheet: Sheet, path: Path, spool: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Have the file read by another process; its last word is the answer."""
    today = today_in(settings.time_zone).isoformat()
    arguments = [sheet.where, str(path), str(spool), settings.country, settings.area_code, today]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter.sheets.reader", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        limit=LINE_LIMIT,
    )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _last_word(process, progress)
    except TimeoutError:
        raise _unreadable("reader_ended") from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _last_word(process: asyncio.subprocess.Process, progress: Progress) -> dict[str, Any]:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        message: dict[str, Any] = orjson.loads(line)
        if "unreadable" in message:
            raise _unreadable(message["unreadable"])
        if "columns" in message:
            return message
        progress("reading", message["done"])
    raise _unreadable("reader_ended")


def _unreadable(code: str) -> Refused:
    zh, en, remedy_zh, remedy_en = _UNREADABLE[code]
    return Refused(
        f"file_{code}",
        f"{zh}没有导入任何数据,已有数据不受影响。",
        f"{en} Nothing was imported; what was there is as before.",
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
        status=422,
    )


def _not_shown(count: int) -> dict[str, Any]:
    zh = f"另有 {count} 处错误未列出,请先改正以上错误。"
    return {"row": 0, "column": "", "value": "", "zh": zh, "en": f"{count} more are not shown; mend these first."}
