"""The one ARI connection of this instance: events in, requests out, and a reconnect that is ours.

What arrives when a call comes in, as seen with Asterisk 22.10.1:

* ``CallBroadcast``: ``channel`` (the whole snapshot: id, name, state, ``caller.number`` and ``caller.name``, creation
  time, SIP Call-ID as ``protocol_id``, ``dialplan.app_data`` = ``500,^callcenter-,in:<line>:<terminal>``), ``caller``
  (the number again) and ``called``, which is the *extension* at that moment (``s`` with our dialplan) and not the line.
* ``StasisStart`` after the claim: ``args`` = ``["in", "<line>", "<terminal or empty>"]`` and the same snapshot. Neither
  it nor a list of channels names the app that won; the list of applications does.
* A name that is no UTF-8 comes as text without the broken bytes; a number that is none would suppress the broadcast,
  so the dialplan reduces numbers to what a number may hold.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import structlog

from callcenter.settings import Settings
from callcenter.telephony.ari_requests import Answer, AriRequests, Event, decoded
from callcenter.telephony.ports import TelephonyDown

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
    "Dial",
    "BridgeCreated",
    "BridgeDestroyed",
    "RecordingStarted",
)

log = structlog.get_logger(__name__)


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
        self.app = app or settings.ari_app
        self.problem: str | None = None
        """Why there is no connection, for people; None when there is one."""
        self.lag_ms = 0.0
        """How old the last event was when we read it (smoothed), as far as both clocks agree."""
        self.longest_lag_ms = 0.0
        self.connects = 0
        self._requests = AriRequests(settings)
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._replaced = False

    # ------------------------------------------------------------------ life

    @property
    def connected(self) -> bool:
        """Whether events flow now."""
        socket = self._requests.socket
        return socket is not None and not socket.closed

    @property
    def circuit_open(self) -> bool:
        """Whether requests are refused at once, because Asterisk did not answer the last ones."""
        return self._requests.circuit.open

    async def start(self) -> None:
        """Begin to connect; returns at once. ``until_connected`` waits."""
        if self._task is None:
            self._requests.open()
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
        await self._requests.close()

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
        http = self._requests.http
        assert http is not None
        query = urlencode({"app": self.app, "subscribeAll": "false"})
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await http.ws_connect(
                    f"{self._requests.base}events?{query}",
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
        self._requests.socket = socket
        self.connects += 1
        reader = asyncio.create_task(self._read(socket), name=f"ari reader {self.app}")
        greeting = asyncio.create_task(self._greet(), name=f"ari up {self.app}")
        try:
            await asyncio.wait({reader, greeting}, return_when=asyncio.FIRST_COMPLETED)
            if not reader.done() and greeting.exception() is None:
                await asyncio.wait({reader})
        finally:
            self._requests.lost()
            self._up.clear()
            await _end(greeting)
            await _end(reader)
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
            event = decoded(message.data)
            if not isinstance(event, dict):
                # The call it was about is found by the next sweep.
                log.error("ari_event_unreadable", length=len(message.data))
                continue
            kind = event.get("type")
            if kind == "RESTResponse":
                self._requests.answered(event)
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

    # ------------------------------------------------------------------ requests

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        apart: bool = False,
    ) -> Answer:
        """One order within its deadline; refusals come back as an Answer, silence as TelephonyDown.

        ``apart``: not on the websocket, because it may wait for its channel.
        """
        return await self._requests.request(method, path, params, body, timeout, apart)

    def download(self, path: str) -> AsyncGenerator[bytes, None]:
        """The bytes of a binary answer, piece by piece."""
        return self._requests.download(path)


async def _end(task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
