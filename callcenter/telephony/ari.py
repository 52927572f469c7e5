"""The one ARI connection of this instance: events in, requests out, and a reconnect that is ours.

Requests go over the websocket that brings the events (Asterisk >= 22.5), which is quicker than HTTP and keeps one
order; binary bodies, and everything while the websocket is down, go by HTTP.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
import structlog

from callcenter.settings import Settings
from callcenter.telephony.circuit import Circuit
from callcenter.telephony.ports import TelephonyDown, TelephonyError

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
REPLACED_PAUSE = 5.0  # somebody else uses our name: do not fight over it
STEADY_SECONDS = 5.0  # a connection that lived so long is forgiven its first pause
# A ping every so many seconds, its answer within half of that: a dead line is noticed in 1.5 times this.
HEARTBEAT = 2.0
CONNECT_TIMEOUT = 3.0
LARGEST_MESSAGE = 64 * 1024 * 1024  # the list of all channels of a busy PBX

# Events that Asterisk would send for every channel of ours and that nobody reads: a quarter of the traffic.
UNREAD_EVENTS = (
    "ChannelVarset",
    "ChannelDialplan",
    "ChannelConnectedLine",
    "ChannelCallerId",
    "DeviceStateChanged",
    "EndpointStateChange",
    "PeerStatusChange",
    "ContactStatusChange",
    "CallClaimed",
)

log = structlog.get_logger(__name__)

Event = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What ARI answered. ``body`` is the decoded JSON, or None."""

    status: int
    body: Any = None

    @property
    def ok(self) -> bool:
        """Whether the order was carried out."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """ARI's own words for a refusal."""
        if isinstance(self.body, dict):
            return str(self.body.get("message") or self.body.get("error") or "")
        return ""


async def _nothing() -> None:
    return None


class AriConnection:
    """Holds the connection as long as it is wanted.

    ``on_event`` is called in the reader, in the order of arrival, and must only enqueue. ``on_up`` runs after every
    connect, while events already flow: what happened meanwhile is gone and must be listed anew. ``on_down`` runs
    after every loss. A failing ``on_up`` (TelephonyError) drops the connection, so that it is tried again.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_event: Callable[[Event], None],
        on_up: Callable[[], Awaitable[None]] = _nothing,
        on_down: Callable[[], Awaitable[None]] = _nothing,
        app: str | None = None,
    ) -> None:
        assert settings.ari_password is not None, "read_settings() fills in the password"
        self.app = app or settings.ari_app
        self.problem: str | None = None
        """Why there is no connection, for people; None when there is one."""
        self.lag_ms = 0.0
        """How old the last event was when we read it (smoothed), as far as both clocks agree."""
        self.longest_lag_ms = 0.0
        self.connects = 0
        self._settings = settings
        self._base = f"http://{settings.asterisk_host}:{settings.asterisk_http_port}/ari/"
        login = f"{settings.ari_user}:{settings.ari_password.get_secret_value()}"
        self._login = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._circuit = Circuit()
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._pending: dict[str, asyncio.Future[Event]] = {}
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._replaced = False

    # ------------------------------------------------------------------ life

    @property
    def connected(self) -> bool:
        """Whether events flow now."""
        return self._socket is not None and not self._socket.closed

    @property
    def circuit_open(self) -> bool:
        """Whether requests are refused at once, because Asterisk did not answer the last ones."""
        return self._circuit.open

    async def start(self) -> None:
        """Begin to connect; returns at once. ``until_connected`` waits."""
        if self._task is None:
            self._http = aiohttp.ClientSession(
                headers=self._login,
                connector=aiohttp.TCPConnector(limit=32, keepalive_timeout=10),
                json_serialize=lambda value: orjson.dumps(value).decode(),
            )
            self._task = asyncio.create_task(self._run(), name=f"ari {self.app}")

    async def until_connected(self, timeout: float) -> None:
        """Wait for the connection, at most so many seconds; raises TelephonyDown."""
        try:
            await asyncio.wait_for(self._up.wait(), timeout)
        except TimeoutError:
            raise TelephonyDown(self.problem or "没有连接到 Asterisk。No connection to Asterisk.") from None

    async def close(self) -> None:
        """End the connection and wait until nothing of it runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            socket = await self._connect()
            if socket is not None:
                await self._serve(socket)
                if time.monotonic() - began > STEADY_SECONDS:
                    pause = FIRST_PAUSE
            if self._replaced:
                self._replaced, pause = False, REPLACED_PAUSE
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _connect(self) -> aiohttp.ClientWebSocketResponse | None:
        assert self._http is not None
        query = urlencode({"app": self.app, "subscribeAll": "false"})
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await self._http.ws_connect(
                    f"{self._base}events?{query}",
                    heartbeat=HEARTBEAT,
                    compress=0,
                    max_msg_size=LARGEST_MESSAGE,
                )
        except aiohttp.WSServerHandshakeError as error:
            if error.status == 401:
                self._report("Asterisk 拒绝了 ARI 密码。Asterisk refused the ARI password.", "ari_login_refused")
            else:
                self._report(f"Asterisk 的 ARI 回答 {error.status}。ARI answered {error.status}.", "ari_refused")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._report("没有连接到 Asterisk (ARI)。No connection to Asterisk (ARI).", "ari_unreachable", error)
        return None

    def _report(self, problem: str, event: str, error: BaseException | None = None) -> None:
        if self.problem != problem:  # once, not at every attempt
            log.warning(event, app=self.app, error=repr(error) if error else None)
        self.problem = problem

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Read until the connection ends; run ``on_up`` beside the reader."""
        self._socket = socket
        self.connects += 1
        reader = asyncio.create_task(self._read(socket), name=f"ari reader {self.app}")
        greeting = asyncio.create_task(self._greet(), name=f"ari up {self.app}")
        try:
            await asyncio.wait({reader, greeting}, return_when=asyncio.FIRST_COMPLETED)
            if not reader.done() and greeting.exception() is None:
                await asyncio.wait({reader})
        finally:
            self._socket = None
            self._up.clear()
            await _end(greeting)
            await _end(reader)
            self._fail_pending()
            await socket.close()
        for task in (reader, greeting):
            error = None if task.cancelled() else task.exception()
            if error is not None:  # the connection is made anew, and with it everything is listed anew
                log.error("ari_connection_dropped", part=task.get_name(), exc_info=error)
        log.warning("ari_connection_lost", app=self.app, code=socket.close_code)
        self.problem = "与 Asterisk 的连接中断。The connection to Asterisk was lost."
        await self._on_down()

    async def _greet(self) -> None:
        unread = [{"type": name} for name in UNREAD_EVENTS]
        answer = await self.request("PUT", f"applications/{self.app}/eventFilter", body={"disallowed": unread})
        if not answer.ok:
            log.warning("ari_event_filter_refused", status=answer.status)
        self.problem = None
        log.info("ari_connected", app=self.app)
        await self._on_up()
        self._up.set()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            event = _decoded(message.data)
            if not isinstance(event, dict):
                # The call it was about is found by the next sweep.
                log.error("ari_event_unreadable", length=len(message.data))
                continue
            kind = event.get("type")
            if kind == "RESTResponse":
                waiting = self._pending.pop(str(event.get("request_id")), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(event)
                continue
            self._measure_lag(event)
            if kind == "ApplicationReplaced":
                # Two instances with one name: from now on we would hear nothing.
                self._replaced = True
                log.error("ari_application_replaced", app=self.app)
                return
            self._on_event(event)

    def _measure_lag(self, event: Event) -> None:
        try:
            sent = datetime.fromisoformat(event["timestamp"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return
        lag = max(0.0, (time.time() - sent) * 1000)
        self.lag_ms += (lag - self.lag_ms) / 16
        self.longest_lag_ms = max(self.longest_lag_ms, lag)

    def _fail_pending(self) -> None:
        pending, self._pending = self._pending, {}
        for waiting in pending.values():
            if not waiting.done():
                waiting.set_exception(aiohttp.ClientConnectionError("websocket lost"))

    # ------------------------------------------------------------------ requests

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """One order within its deadline; refusals come back as an Answer, silence as TelephonyDown.

        ``path`` is below /ari/, with every part already quoted.
        """
        uri = f"{path}?{urlencode(params)}" if params else path
        async with self._guarded(timeout):
            if self.connected:
                return await self._by_socket(method, uri, body)
            return await self._by_http(method, uri, body)

    @asynccontextmanager
    async def _guarded(self, timeout: float | None = None) -> AsyncIterator[None]:
        if self._circuit.open:
            raise TelephonyDown("Asterisk 没有响应,稍后重试。Asterisk does not answer; try again soon.", retryable=True)
        try:
            async with asyncio.timeout(timeout or self._settings.ari_timeout):
                yield
        except TimeoutError:
            self._circuit.failed()
            raise TelephonyDown("Asterisk 超时未答。Asterisk did not answer in time.", retryable=True) from None
        except (aiohttp.ClientError, OSError) as error:
            self._circuit.failed()
            raise TelephonyDown("无法连接 Asterisk。Asterisk is out of reach.", retryable=True) from error
        self._circuit.succeeded()

    async def _by_socket(self, method: str, uri: str, body: Mapping[str, Any] | None) -> Answer:
        assert self._socket is not None
        number = str(next(self._numbers))
        order: dict[str, Any] = {"type": "RESTRequest", "request_id": number, "method": method, "uri": uri}
        if body is not None:
            order["content_type"] = "application/json"
            order["message_body"] = orjson.dumps(body).decode()
        waiting: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._pending[number] = waiting
        try:
            await self._socket.send_str(orjson.dumps(order).decode())
            answer = await waiting
        finally:
            self._pending.pop(number, None)
        return Answer(int(answer["status_code"]), _decoded(answer.get("message_body")))

    async def _by_http(self, method: str, uri: str, body: Mapping[str, Any] | None) -> Answer:
        if self._http is None:
            raise TelephonyDown("电话服务已停止。The telephony service is stopped.")
        async with self._http.request(method, self._base + uri, json=body) as answer:
            return Answer(answer.status, _decoded(await answer.read()))

    async def download(self, path: str, chunk: int = 65536) -> AsyncIterator[bytes]:
        """The bytes of a binary answer, piece by piece; each piece has its own deadline."""
        if self._http is None:
            raise TelephonyDown("电话服务已停止。The telephony service is stopped.")
        limit = aiohttp.ClientTimeout(total=None, connect=self._settings.ari_timeout, sock_read=self._settings.ari_timeout)
        try:
            async with self._http.get(self._base + path, timeout=limit) as answer:
                if answer.status != 200:
                    raise TelephonyError(f"Asterisk 回答 {answer.status}。Asterisk answered {answer.status}.", status=answer.status)
                async for piece in answer.content.iter_chunked(chunk):
                    yield piece
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TelephonyDown("无法从 Asterisk 读取录音。Reading from Asterisk failed.", retryable=True) from error


def _decoded(body: str | bytes | None) -> Any:
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


async def _end(task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
