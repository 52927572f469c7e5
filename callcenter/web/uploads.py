"""A file that a form sends, kept in a private folder until it is read.

It is received wholly, with its limit and its deadline, before anything is held for it: a slow sender keeps no transaction open, no
lock and no connection of the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from callcenter.domain.errors import Refused
from callcenter.domain.press import SIZE_LIMIT as SCAN_LIMIT
from callcenter.sheets.file import SIZE_LIMIT
from callcenter.web.problems import too_large, too_slow

FILE_HASH: web.RequestKey[str] = web.RequestKey("file_hash", str)
UPLOAD_SECONDS = 300.0
CHUNK = 64 * 1024
BODY_MARGIN = 64 * 1024  # what a form has around the file
MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Received:
    """A form's file in a private folder: under which name it was sent, and its size in bytes."""

    path: Path
    name: str
    size: int


RECEIVED: web.RequestKey[Received | None] = web.RequestKey("received", object)  # type: ignore[arg-type]
"""What was received before the view began; None: the form had no file."""


@asynccontextmanager
async def received_ahead(request: web.Request, folder: Path) -> AsyncIterator[None]:
    """Receive the form's file now, for a view that runs in a transaction. Raises Refused: too large for any view, too slow."""
    limit = max(SIZE_LIMIT, SCAN_LIMIT)
    async with _receiving(request, folder, limit, "file") as found:
        request[RECEIVED] = found
        yield


@asynccontextmanager
async def uploaded(
    request: web.Request, folder: Path, limit: int | None = None, no_file: Refused | None = None, what: str = "table"
) -> AsyncIterator[tuple[Path, str]]:
    """The form's file, of at most ``limit`` bytes (a table's limit without one), in a folder that is gone afterwards; ``no_file``
    is raised without one. ``what`` it is (``problems.too_large``). Open no transaction around it."""
    limit = SIZE_LIMIT if limit is None else limit
    if RECEIVED in request:
        yield _checked(request[RECEIVED], limit, no_file, what)
        return
    async with _receiving(request, folder, limit, what) as found:
        yield _checked(found, limit, no_file, what)


def _checked(found: Received | None, limit: int, no_file: Refused | None, what: str) -> tuple[Path, str]:
    if found is None:
        raise no_file or _no_file()
    if found.size > limit:
        raise too_large(what, limit)
    return found.path, found.name


@asynccontextmanager
async def _receiving(request: web.Request, folder: Path, limit: int, what: str) -> AsyncIterator[Received | None]:
    if (request.content_length or 0) > limit + BODY_MARGIN:
        raise too_large(what, limit)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=folder) as private:
        path = Path(private) / "file"
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                found = await _receive(request, path, too_large(what, limit), limit)
        except TimeoutError:
            raise too_slow() from None
        if found is not None:
            request[FILE_HASH] = await asyncio.to_thread(_digest, path)
        yield found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _receive(request: web.Request, path: Path, too_much: Refused, limit: int) -> Received | None:
    """The file, or None: a form without one, one that is cut off, or rubbish."""
    if request.content_type != MULTIPART:
        return None
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "file":
                size = await _save(part, path, limit, too_much)
                return Received(path, Path(part.filename or "file").name[:120], size)
    except (ValueError, AssertionError, EOFError, HttpProcessingError):
        return None
    return None


async def _save(part: BodyPartReader, path: Path, limit: int, too_much: Refused) -> int:
    size = 0
    with path.open("wb") as file:
        while chunk := await part.read_chunk(CHUNK):
            size += len(chunk)
            if size > limit:
                raise too_much
            file.write(chunk)
    return size


def _no_file() -> Refused:
    return Refused(
        "no_file",
        "没有收到文件,没有导入任何数据。",
        "No file was received; nothing was imported.",
        remedy_zh="请选择 .xlsx 或 .csv 文件后再试。",
        remedy_en="Choose an .xlsx or .csv file and try again.",
        status=422,
    )
