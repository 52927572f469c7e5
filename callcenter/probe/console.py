"""The probe's console: a websocket like a seat's, that must be told of the press."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import aiohttp
import orjson

COOKIE = "cc_session"  # people/login.py names it; the probe is no person and comes from outside


class ConsoleError(Exception):
    """The console could not be opened, or was not told."""


class ProbeConsole:
    """One connection, opened before the press and closed after it. ``base``: the service's address."""

    def __init__(self, base: str, token: str) -> None:
        self._base, self._token = base, token
        self._http: aiohttp.ClientSession | None = None
        self._ws: aiohttp.ClientWebSocketResponse | None = None

    async def open(self, seconds: float) -> None:
        """Connect, and have the snapshot. Raises ConsoleError."""
        try:
            async with asyncio.timeout(seconds):
                self._http = aiohttp.ClientSession(headers={"Cookie": f"{COOKIE}={self._token}"})
                self._ws = await self._http.ws_connect(self._base + "/ws")
                await self._ws.send_json({"type": "hello", "epoch": None, "seq": 0})
                while (await self._frame()).get("type") != "snapshot":
                    pass
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise ConsoleError(_said(error)) from None

    async def popped(self, line: str, seconds: float) -> float:
        """When the case that was called by ``line`` is on the screen (``time.monotonic``). Raises ConsoleError."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frame = await self._frame()
                    changes = [frame] if frame.get("type") == "change" else frame.get("changes", [])
                    if any(one["noun"] == "case" and (one["data"] or {}).get("line") == line for one in changes):
                        return monotonic()
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise ConsoleError(_said(error)) from None

    async def close(self) -> None:
        if self._ws is not None:
            await self._ws.close()
        if self._http is not None:
            await self._http.close()

    async def _frame(self) -> dict[str, Any]:
        assert self._ws is not None
        message = await self._ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConsoleError(f"closed with {self._ws.close_code}")
        frame = orjson.loads(message.data)
        if not isinstance(frame, dict):
            raise ConsoleError("not a frame")
        return frame


def _said(error: Exception) -> str:
    return "no answer" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"[:160]
