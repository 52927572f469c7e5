"""AMI through panoramisk, with what panoramisk leaves to its user: deadlines, order, a checked pulse, one reconnect.

Each connection gets a panoramisk manager of its own and throws it away at the end: nothing that was waiting can be
sent again by a reconnect, and no timer of the old one is left behind.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from callcenter.settings import Settings
from callcenter.telephony.circuit import Circuit
from callcenter.telephony.ports import TelephonyDown, TelephonyError

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
REFUSED_PAUSE = 2.0
LOGIN_TIMEOUT = 2.0
PULSE_SECONDS = 2.0
PULSE_TIMEOUT = 1.5
NEVER = 10 * 365 * 86400  # panoramisk's own pings: not wanted, their answers are not looked at

log = structlog.get_logger(__name__)

AmiEvent = Mapping[str, str]


class WholeLines(AMIProtocol):  # type: ignore[misc]
    """Hands on whole lines only: a Chinese name split over two TCP reads would lose a character."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Keep what follows the last line break for the next read."""
        whole, line_break, self._rest = (self._rest + data).rpartition(b"\n")
        if line_break:
            super().data_received(whole + line_break)


class OneConnection(Manager):  # type: ignore[misc]
    """A panoramisk manager for one connection: enqueues every event, tells its end, never reconnects."""

    def __init__(self, events: asyncio.Queue[AmiEvent], **config: Any) -> None:
        super().__init__(ping_delay=NEVER, ping_interval=NEVER, **config)
        self.events = events
        self.lost = asyncio.Event()

    def dispatch(self, event: Any) -> list[str]:
        """Enqueue; handlers run elsewhere, in order."""
        self.events.put_nowait({str(key).lower(): _text(event[key]) for key in event})
        return []

    def connection_lost(self, exc: object) -> None:
        """Tell the owner. The base class would reconnect by itself and send open actions again."""
        self.awaiting_actions.clear()
        self.close()
        self.lost.set()

    async def open(self) -> bool:
        """Connect and log in; whether Asterisk accepted the password. OSError when it is not there."""
        loop = asyncio.get_running_loop()
        self.loop = loop
        made: asyncio.Future[Any] = loop.create_future()
        made.set_result(await loop.create_connection(WholeLines, self.config["host"], self.config["port"]))
        self.connection_made(made)
        answer = await self.authenticated_future
        return bool(answer.success)

    def forget(self, future: asyncio.Future[Any]) -> None:
        """Drop an action whose deadline has passed: panoramisk would keep it for ever."""
        kept = self.protocol.responses
        for key in [key for key, action in kept.items() if action.future is future]:
            del kept[key]


async def _nothing() -> None:
    return None


class AmiConnection:
    """Holds the AMI connection as long as it is wanted. ``on_event`` is called for one event after the other."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_event: Callable[[AmiEvent], None],
        on_up: Callable[[], Awaitable[None]] = _nothing,
        on_down: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        assert settings.ami_password is not None, "read_settings() fills in the password"
        self.problem: str | None = None
        """Why there is no connection, for people; None when there is one."""
        self.connects = 0
        self._settings = settings
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._circuit = Circuit()
        self._manager: OneConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether we are logged in."""
        return self._manager is not None

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="ami")

    async def until_connected(self, timeout: float) -> None:
        """Wait for the connection, at most so many seconds; raises TelephonyDown."""
        try:
            await asyncio.wait_for(self._up.wait(), timeout)
        except TimeoutError:
            raise TelephonyDown(self.problem or "没有连接到 Asterisk (AMI)。No AMI connection.") from None

    async def close(self) -> None:
        """End it and wait until nothing of it runs."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def action(self, fields: Mapping[str, str], timeout: float | None = None) -> dict[str, str]:
        """One action with one answer. Refusals raise TelephonyError, silence TelephonyDown. Sent once, never again."""
        answer = await self._send(fields, as_list=False, timeout=timeout)
        return _checked(fields, _fields(answer))

    async def rows(self, fields: Mapping[str, str], timeout: float | None = None) -> list[dict[str, str]]:
        """An action that answers with a list; an empty list when Asterisk says there is nothing."""
        answer = await self._send(fields, as_list=None, timeout=timeout)
        if not isinstance(answer, list):
            first = _fields(answer)
            if first.get("response") == "Success" or _says_nothing(first.get("message", "")):
                return []
            _checked(fields, first)
            return []
        return [_fields(message) for message in answer[1:-1]]

    async def _send(self, fields: Mapping[str, str], *, as_list: bool | None, timeout: float | None) -> Any:
        for key, value in fields.items():
            if any(char in key + value for char in "\r\n\0"):
                raise TelephonyError(f"AMI 参数含有换行。A line break in an AMI value is refused ({key}).")
        manager = self._manager
        if manager is None or self._circuit.open:
            raise TelephonyDown(self.problem or "Asterisk (AMI) 没有响应。AMI does not answer.", retryable=True)
        future = manager.send_action(dict(fields), as_list=as_list)
        lost = asyncio.ensure_future(manager.lost.wait())
        try:
            limit = timeout or self._settings.ami_timeout
            await asyncio.wait({future, lost}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            if not future.done():
                manager.forget(future)
        if future.done():
            self._circuit.succeeded()
            return future.result()
        self._circuit.failed()
        raise TelephonyDown("Asterisk (AMI) 超时未答。AMI did not answer in time.", retryable=True)

    # ------------------------------------------------------------------ life

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            events: asyncio.Queue[AmiEvent] = asyncio.Queue()
            assert self._settings.ami_password is not None
            manager = OneConnection(
                events,
                host=self._settings.asterisk_host,
                port=self._settings.ami_port,
                username=self._settings.ami_user,
                secret=self._settings.ami_password.get_secret_value(),
            )
            try:
                if await self._log_in(manager):
                    pause = FIRST_PAUSE
                    await self._serve(manager, events)
                elif self.problem and "AMI password" in self.problem:
                    pause = REFUSED_PAUSE
            finally:
                manager.lost.set()
                manager.close()
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _log_in(self, manager: OneConnection) -> bool:
        try:
            async with asyncio.timeout(LOGIN_TIMEOUT):
                accepted = await manager.open()
        except (OSError, TimeoutError) as error:
            self._report("没有连接到 Asterisk (AMI)。No AMI connection to Asterisk.", "ami_unreachable", error)
            return False
        if not accepted:
            self._report("Asterisk 拒绝了 AMI 密码。Asterisk refused the AMI password.", "ami_login_refused")
        return accepted

    def _report(self, problem: str, event: str, error: BaseException | None = None) -> None:
        if self.problem != problem:  # once, not at every attempt
            log.error(event, error=repr(error) if error else None)
        self.problem = problem

    async def _serve(self, manager: OneConnection, events: asyncio.Queue[AmiEvent]) -> None:
        self._manager = manager
        self.connects += 1
        tasks = {
            asyncio.create_task(self._consume(events), name="ami events"),
            asyncio.create_task(self._pulse(), name="ami pulse"),
            asyncio.create_task(_until(manager.lost), name="ami lost"),
        }
        greeting = asyncio.create_task(self._greet(), name="ami up")
        try:
            done, _ = await asyncio.wait(tasks | {greeting}, return_when=asyncio.FIRST_COMPLETED)
            if done == {greeting} and greeting.exception() is None:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._manager = None
            self._up.clear()
            for task in tasks | {greeting}:
                task.cancel()
            await asyncio.wait(tasks | {greeting})
        self.problem = "与 Asterisk (AMI) 的连接中断。The AMI connection was lost."
        for task in tasks | {greeting}:
            error = None if task.cancelled() else task.exception()
            if error is not None:  # the connection is made anew, and with it everything is listed anew
                log.error("ami_connection_dropped", part=task.get_name(), exc_info=error)
        log.warning("ami_connection_lost")
        await self._on_down()

    async def _greet(self) -> None:
        self.problem = None
        log.info("ami_connected")
        await self._on_up()
        self._up.set()

    async def _consume(self, events: asyncio.Queue[AmiEvent]) -> None:
        while True:
            self._on_event(await events.get())

    async def _pulse(self) -> None:
        """Ends when Asterisk no longer answers, although the line is up."""
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            answer = await self.action({"Action": "Ping"}, timeout=PULSE_TIMEOUT)
            if answer.get("ping") != "Pong":
                raise TelephonyDown("AMI 心跳应答异常。A strange answer to an AMI ping.")


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _fields(message: Any) -> dict[str, str]:
    return {str(key).lower(): _text(message[key]) for key in message}


def _says_nothing(message: str) -> bool:
    return any(words in message.lower() for words in ("not found", "no contacts"))


def _checked(fields: Mapping[str, str], answer: dict[str, str]) -> dict[str, str]:
    if answer.get("response") in ("Success", "Follows", "Goodbye"):
        return answer
    said = answer.get("message", "")
    raise TelephonyError(f"Asterisk (AMI) 拒绝了 {fields.get('Action')}:{said}。AMI refused {fields.get('Action')}: {said}")
