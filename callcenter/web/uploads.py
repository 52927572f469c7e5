"""A file that a form sends, kept in a private folder until it is read."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from callcenter.domain.errors import Refused
from callcenter.sheets.file import SIZE_LIMIT
from callcenter.web.problems import too_large

FILE_HASH: web.RequestKey[str] = web.RequestKey("file_hash", str)
UPLOAD_SECONDS = 300.0
CHUNK = 64 * 1024
BODY_MARGIN = 64 * 1024  # what a form has around the file


@asynccontextmanager
async def uploaded(
    request: web.Request, folder: Path, limit: int | None = None, no_file: Refused | None = None, what: str = "table"
) -> AsyncIterator[tuple[Path, str]]:
    """The form's file, of at most ``limit`` bytes (a table's limit without one), in a folder that is gone afterwards; ``no_file``
    is raised without one. ``what`` it is (``problems.too_large``)."""
    limit = SIZE_LIMIT if limit is None else limit
    if (request.content_length or 0) > limit + BODY_MARGIN:
        raise too_large(what, limit)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=folder) as private:
        path = Path(private) / "file"
        async with asyncio.timeout(UPLOAD_SECONDS):
            name = await _receive(request, path, too_large(what, limit), limit, no_file or _no_file())
        request[FILE_HASH] = await asyncio.to_thread(_digest, path)
        yield path, name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _receive(request: web.Request, path: Path, too_much: Refused, limit: int, no_file: Refused) -> str:
    if request.content_type != "multipart/form-data":
        raise no_file
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "file":
                await _save(part, path, limit, too_much)
                return Path(part.filename or "file").name[:120]
    except (ValueError, AssertionError, EOFError, HttpProcessingError):  # a form that is cut off or made of rubbish
        raise no_file from None
    raise no_file


async def _save(part: BodyPartReader, path: Path, limit: int, too_much: Refused) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := await part.read_chunk(CHUNK):
            size += len(chunk)
            if size > limit:
                raise too_much
            file.write(chunk)


def _no_file() -> Refused:
    return Refused(
        "no_file",
        "没有收到文件,没有导入任何数据。",
        "No file was received; nothing was imported.",
        remedy_zh="请选择 .xlsx 或 .csv 文件后再试。",
        remedy_en="Choose an .xlsx or .csv file and try again.",
        status=422,
    )
