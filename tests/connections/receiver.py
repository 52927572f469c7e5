"""Another system, as a real HTTP server: it takes messages, refuses them, is slow, hangs, goes away and comes back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Receiver:
    """``taken``: what it answered with success; ``seen``: every try. ``mood``: taken, refused, hang, or a status."""

    secret: str = ""
    mood: str = "taken"
    seen: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    port: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def ids(self) -> list[str]:
        return [each["id"] for each in self.taken]

    def types(self) -> list[str]:
        return [each["type"] for each in self.taken]

    async def until(self, count: int, timeout: float = 15.0) -> None:
        """Until so many have been taken."""
        await self._wait(self.taken, count, timeout)

    async def until_seen(self, count: int, timeout: float = 15.0) -> None:
        await self._wait(self.seen, count, timeout)

    async def _wait(self, what: list[dict[str, Any]], count: int, timeout: float) -> None:
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: len(what) >= count)

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        message = {"id": request.headers["webhook-id"], **json.loads(body)}
        await self._put(self.seen, message)
        self._verify(request, body)
        if self.mood == "hang":
            await asyncio.sleep(60)
        if self.mood != "taken":
            return web.Response(status=int(self.mood), headers={"Location": "http://127.0.0.1:1/elsewhere"})
        await self._put(self.taken, message)
        return web.Response(status=204)

    async def _put(self, what: list[dict[str, Any]], message: dict[str, Any]) -> None:
        async with self._changed:
            what.append(message)
            self._changed.notify_all()

    def _verify(self, request: web.Request, body: str) -> None:
        """As docs/connections.md shows it."""
        content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.{body}".encode()
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        if not any(hmac.compare_digest(expected, each) for each in request.headers["webhook-signature"].split()):
            self.problems.append("signature")

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        app = web.Application()
        app.router.add_post("/in", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()
