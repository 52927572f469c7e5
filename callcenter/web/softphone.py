"""The browser's way to the telephone: its account, and SIP over a websocket of our own address.

Asterisk's HTTP port carries call control too and stays on loopback. What passes here is passed on as it is; who may
register is Asterisk's question, by the password that only this log-in was given.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from aiohttp import WSMsgType, web

from callcenter.db.agents import Session
from callcenter.domain.errors import Refused
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.people.login import COOKIE
from callcenter.telephony.ports import account_of
from callcenter.web.bodies import answer
from callcenter.web.deps import Deps

log = structlog.get_logger()

DOMAIN = "callcenter.invalid"  # a name for SIP's sake: everything goes by the websocket
SOCKET = "/sip"
LARGEST_MESSAGE = 64 * 1024  # bytes
HEARTBEAT_SECONDS = 15.0  # a browser that vanished is unregistered within half a minute
CHECK_SECONDS = 15.0
CONNECT_SECONDS = 3.0
NOT_LOGGED_IN, AWAY, RESTART = 4001, 1013, 1012  # as on /ws


async def credentials(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/softphone``: the phone of the seat where this person is logged in; the password dies with the log-in."""
    if person.seat is None:
        raise Refused("no_seat", "请先登录坐席。", "Sign in at a seat first.", status=403)
    account = await deps.softphones.open(person.seat, person.agent_id)
    return answer(
        {
            "uri": f"sip:{account_of(person.seat, 'browser')}@{DOMAIN}",
            "user": account.id,
            "password": account.password,
            "websocket": SOCKET,
            "ice_servers": ice_servers(deps.settings.ice_servers),
        }
    )


def ice_servers(text: str) -> list[dict[str, Any]]:
    """``stun:a,turn:b|user|password`` as the browser's RTCIceServer objects."""
    servers: list[dict[str, Any]] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        url, *login = entry.split("|")
        servers.append({"urls": url} | (dict(zip(("username", "credential"), login, strict=True)) if login else {}))
    return servers


@dataclass
class SipDoor:
    """Passes SIP between browsers of logged-in seats and Asterisk. ``handle`` is the view for ``/sip``."""

    place: Callable[[], tuple[str, int]]
    """Host and HTTP port of an Asterisk that lives."""
    who: Callable[[str], Awaitable[Session | None]]
    _open: dict[web.WebSocketResponse, asyncio.Future[int]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One browser's SIP connection, until either end closes it or the log-in ends."""
        browser = web.WebSocketResponse(
            protocols=("sip",), max_msg_size=LARGEST_MESSAGE, heartbeat=HEARTBEAT_SECONDS, timeout=2.0, compress=False
        )
        await browser.prepare(request)
        token = request.cookies.get(COOKIE, "")
        closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._open[browser] = closing
        try:
            code = await self._serve(browser, token, closing)
        finally:
            del self._open[browser]
        with contextlib.suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(browser.close(code=code), 2.0)
        return browser

    async def _serve(self, browser: web.WebSocketResponse, token: str, closing: asyncio.Future[int]) -> int:
        try:
            person = await self.who(token)
        except DATABASE_ERRORS:
            return AWAY
        if person is None or person.seat is None:
            return NOT_LOGGED_IN
        host, port = self.place()
        url = f"http://{host}:{port}/ws"
        try:
            async with aiohttp.ClientSession() as http:
                async with asyncio.timeout(CONNECT_SECONDS):
                    asterisk = await http.ws_connect(
                        url, protocols=("sip",), max_msg_size=LARGEST_MESSAGE, timeout=aiohttp.ClientWSTimeout(ws_close=2.0)
                    )
                log.info("softphone_connected", seat=person.seat)
                try:
                    return await self._until_over(browser, asterisk, token, closing)
                finally:
                    with contextlib.suppress(TimeoutError, ConnectionError):
                        await asyncio.wait_for(asterisk.close(), 2.0)
        except (TimeoutError, aiohttp.ClientError) as error:
            log.warning("softphone_has_no_asterisk", seat=person.seat, error=type(error).__name__)
            return AWAY

    async def _until_over(
        self, browser: web.WebSocketResponse, asterisk: aiohttp.ClientWebSocketResponse, token: str, closing: asyncio.Future[int]
    ) -> int:
        tasks: set[asyncio.Future[int]] = {
            asyncio.create_task(_pass_on(browser, asterisk, 1000), name="sip to asterisk"),
            asyncio.create_task(_pass_on(asterisk, browser, AWAY), name="sip to browser"),
            asyncio.create_task(self._log_in_ends(token), name="sip log-in"),
        }
        try:
            done, _ = await asyncio.wait({*tasks, closing}, return_when=asyncio.FIRST_COMPLETED)
            return closing.result() if closing in done else next(iter(done)).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _log_in_ends(self, token: str) -> int:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            with contextlib.suppress(*DATABASE_ERRORS):
                if await self.who(token) is None:
                    return NOT_LOGGED_IN

    async def close_all(self) -> None:
        """The service stops: browsers come back. What is spoken goes on: the sound does not pass here."""
        for closing in self._open.values():
            if not closing.done():
                closing.set_result(RESTART)


async def _pass_on(
    source: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    target: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    code: int,
) -> int:
    """Hand over every message until one end is gone; then ``code``."""
    try:
        while True:
            message = await source.receive()
            if message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)
            else:
                return code
    except ConnectionError:
        return code
