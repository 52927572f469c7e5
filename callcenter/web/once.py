"""``Idempotency-Key``: a command that is sent twice happens once, and is answered both times alike.

The key, what the command does and its answer are kept by one commit (``db/unit.py``). What a case's lane does is kept by itself,
and noted there. A refusal changes nothing and is not kept: the same key may be tried again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from aiohttp import web

from callcenter.db import once
from callcenter.db.once import Kept, Sending, StillRunning
from callcenter.db.unit import Engine
from callcenter.domain.errors import Refused
from callcenter.web.bodies import read_raw
from callcenter.web.deps import Deps
from callcenter.web.guards import READING
from callcenter.web.uploads import FILE_HASH, MULTIPART, received_ahead

log = structlog.get_logger()

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Run = Callable[[], Awaitable[web.StreamResponse]]


async def once_only(request: web.Request, deps: Deps, agent_id: UUID, run: Run) -> web.StreamResponse:
    """What ``run`` answers, or what it answered when this key came first."""
    key = request.headers.get(HEADER)
    if key is None or request.method in READING:
        return await run()
    if not _KEY.fullmatch(key):
        raise _bad_key()
    what = Sending(agent_id, key)
    if request.content_type == MULTIPART:
        async with received_ahead(request, deps.settings.data_dir.absolute() / "imports"):
            return await _once(request, deps, what, run)
    return await _once(request, deps, what, run)


async def _once(request: web.Request, deps: Deps, what: Sending, run: Run) -> web.StreamResponse:
    """All that is sent is here: only now a transaction begins."""
    fingerprint = await _fingerprint(request)
    engine = deps.engine
    assert isinstance(engine, Engine)
    refused: Exception | None = None
    response: web.StreamResponse | None = None
    try:
        async with engine.unit() as unit:
            kept = await once.claim(unit.connection, what, fingerprint, deps.settings.idempotency_hours)
            if kept is None:
                try:
                    with once.sending(what):
                        response = await run()
                except (Refused, web.HTTPException, ValueError) as error:
                    refused = error
                if isinstance(response, web.Response) and response.status < 400:
                    body = response.body if isinstance(response.body, bytes) else None
                    media, file = response.headers.get("Content-Type", ""), request.get(FILE_HASH)
                    await once.keep(unit.connection, what, response.status, media, body, file)
                else:
                    await once.give_up(unit.connection, what)
    except StillRunning:
        raise _still_running() from None
    if refused is not None:
        raise refused
    return response if response is not None else _again(request, kept, fingerprint)


def _again(request: web.Request, kept: Kept | None, fingerprint: str) -> web.Response:
    """The first answer once more, to the same command only."""
    assert kept is not None
    if kept.fingerprint != fingerprint or kept.file != request.get(FILE_HASH):
        raise _other_command()
    log.info("sent_again", status=kept.status)
    headers = {REPLAYED: "true"} | ({"Content-Type": kept.media} if kept.media else {})
    return web.Response(body=kept.body, status=kept.status, headers=headers)


async def _fingerprint(request: web.Request) -> str:
    """Method, address and body. An uploaded file is compared by itself."""
    digest = hashlib.sha256(f"{request.method} {request.raw_path}\n{request.content_type}\n".encode())
    if request.content_type != MULTIPART:
        digest.update(await read_raw(request))
    return digest.hexdigest()


def _bad_key() -> Refused:
    return Refused(
        "bad_idempotency_key", "Idempotency-Key 须为1至200个可见的英文字符,没有执行。",
        "An Idempotency-Key has 1 to 200 visible ASCII characters; nothing was done.",
        remedy_zh="请为每个操作生成一个 UUID,重发时使用同一个。", remedy_en="Make a UUID for each command, for sending it again.",
        status=400,
    )  # fmt: skip


def _other_command() -> Refused:
    return Refused(
        "idempotency_key_reused", "这个 Idempotency-Key 已用于另一个操作,没有执行。",
        "This Idempotency-Key was used for another command; nothing was done.",
        remedy_zh="新的操作请用新的键。", remedy_en="Use a new key for a new command.", status=422,
    )  # fmt: skip


def _still_running() -> Refused:
    return Refused(
        "still_running", "同一操作正在执行,请稍后用同一个键再问结果。", "The same command is being carried out at this moment.",
        remedy_zh="几秒后用同一个键重发。", remedy_en="Send it again in a few seconds, with the same key.", status=409,
    )  # fmt: skip
