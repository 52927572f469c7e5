"""One console's websocket: hello, snapshot or resume, changes out, commands in. What comes in may be rubbish, or too much."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel, ValidationError

from callcenter.db.agents import Session
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.needs import needs
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.websockets.feed import (
    AUDIENCE,
    CUT_OFF,
    PROBES,
    Entity,
    Hub,
    encode,
    seat_audience,
    snapshot,
)  # fmt: skip

log = structlog.get_logger()

NOT_LOGGED_IN, TOO_SLOW, OTHER_TAB, TOO_MUCH = 4001, 4008, 4009, 4010
LARGEST_FRAME = 64 * 1024  # bytes
HELLO_SECONDS = 10.0
SILENCE_SECONDS = 35.0  # a console pings every 10 s; three missed are one too many
FRAMES_PER_SECOND, BURST = 40.0, 120.0
RUBBISH_ALLOWED = 10
COMMANDS_AT_ONCE = 8
STUCK_SECONDS, HARD_LIMIT = 1.0, 8
REMEMBERED_SECONDS, REMEMBERED = 600.0, 5000

Run = Callable[[Session, Any], Awaitable[Any]]
CommandTable = Mapping[str, tuple[type[BaseModel], frozenset[str], Run]]


def problem(refusal: Refused) -> dict[str, Any]:
    """docs/api.md's ``Problem``."""
    return {
        "code": refusal.code, "status": refusal.status, "zh": refusal.zh, "en": refusal.en,
        "remedy_zh": refusal.remedy_zh, "remedy_en": refusal.remedy_en, "rule": refusal.rule, **getattr(refusal, "more", {}),
    }  # fmt: skip


@dataclass
class Answers:
    """Results of commands by the client's own id: a command sent again after a lost connection runs once."""

    _kept: OrderedDict[tuple[UUID, str], tuple[float, asyncio.Task[dict[str, Any]]]] = field(default_factory=OrderedDict)

    def run(self, who: UUID, command: str, start: Callable[[], asyncio.Task[dict[str, Any]]]) -> asyncio.Task[dict[str, Any]]:
        now = monotonic()
        while self._kept and (len(self._kept) > REMEMBERED or next(iter(self._kept.values()))[0] < now - REMEMBERED_SECONDS):
            self._kept.popitem(last=False)
        known = self._kept.get((who, command))
        if known is None:
            known = self._kept[(who, command)] = (now, start())
        return known[1]


class Console:
    """A connected browser tab. Frames leave by one writer, so that a slow one blocks only itself."""

    def __init__(self, session: Session, ws: web.WebSocketResponse, limit: int) -> None:
        self.session = session
        self.ws = ws
        own = (seat_audience(session.seat),) if session.seat else ()
        role = PROBES if session.role == "probe" else AUDIENCE[session.role]
        self.audiences: tuple[str, ...] = (*own, role)
        self._limit = limit
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._queued = 0
        self._sending_since: float | None = None
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def send(self, frame: bytes) -> None:
        self._queue.put_nowait(frame)
        self._queued += len(frame)
        # A burst is no fault of the reader; a send that hangs while more and more is queued is.
        stuck = self._sending_since is not None and monotonic() - self._sending_since > STUCK_SECONDS
        if (self._queued > self._limit and stuck) or self._queued > self._limit * HARD_LIMIT:
            if not self.closing.done():
                CUT_OFF.inc()
                log.warning("console_too_slow", agent=str(self.session.agent_id), seat=self.session.seat, queued=self._queued)
            self.close(TOO_SLOW)

    async def flushed(self) -> None:
        await self._queue.join()

    def close(self, code: int) -> None:
        """Ask for the end of this connection with ``code``; the first one asked for counts."""
        if not self.closing.done():
            self.closing.set_result(code)

    async def write(self, first: list[bytes]) -> None:
        """Send ``first``, then everything queued, until cancelled or until the line is gone."""
        try:
            for frame in first:
                await self._send_now(frame)
            while True:
                frame = await self._queue.get()
                try:
                    await self._send_now(frame)
                finally:
                    self._queued -= len(frame)
                    self._queue.task_done()
        except ConnectionError:
            self.close(WSCloseCode.GOING_AWAY)

    async def _send_now(self, frame: bytes) -> None:
        self._sending_since = monotonic()
        await self.ws.send_frame(frame, WSMsgType.TEXT)
        self._sending_since = None


class Budget:
    """Frames a console may send: a steady rate with room for a burst."""

    def __init__(self) -> None:
        self._left, self._at = BURST, monotonic()

    def take(self) -> bool:
        now = monotonic()
        self._left = min(BURST, self._left + (now - self._at) * FRAMES_PER_SECOND)
        self._at = now
        self._left -= 1
        return self._left >= 0


@dataclass
class Sockets:
    """All consoles of this instance. ``handle`` is the web application's view for ``/ws``."""

    hub: Hub
    who: Callable[[str], Awaitable[Session | None]]
    everything: Callable[[], Awaitable[list[Entity]]]
    commands: CommandTable
    present: Callable[[list[str]], Awaitable[None]]
    gone: Callable[[str], Awaitable[None]]
    cookie: str
    queue_limit: int
    _answers: Answers = field(default_factory=Answers)
    _open: set[Console] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if not _same_origin(request):
            return web.Response(status=403)
        ws = web.WebSocketResponse(max_msg_size=LARGEST_FRAME, timeout=2.0, compress=False)
        await ws.prepare(request)
        token = request.cookies.get(self.cookie, "")
        try:
            session = await self.who(token)
        except DATABASE_ERRORS:
            await ws.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return ws
        if session is None:
            await ws.close(code=NOT_LOGGED_IN)
            return ws
        console = Console(session, ws, self.queue_limit)
        with structlog.contextvars.bound_contextvars(agent=str(session.agent_id), seat=session.seat):
            await self._serve(console, token)
        return ws

    async def _serve(self, console: Console, token: str) -> None:
        reader = asyncio.create_task(self._read(console), name="console reader")
        check = asyncio.create_task(self._check_session(console, token), name="console session")
        self._open.add(console)
        try:
            ends: set[asyncio.Future[Any]] = {reader, check, console.closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(console)
            self.hub.leave(console)
            code = console.closing.result() if console.closing.done() else WSCloseCode.OK
            with contextlib.suppress(TimeoutError, ConnectionError):
                await asyncio.wait_for(console.ws.close(code=code), 2.0)
            for task in (reader, check):
                task.cancel()
            await asyncio.gather(reader, check, return_exceptions=True)
            seat = console.session.seat
            if seat is not None and all(other.session.seat != seat for other in self._open):
                with contextlib.suppress(*DATABASE_ERRORS):  # the lease runs out by itself
                    await self.gone(seat)

    async def _check_session(self, console: Console, token: str) -> None:
        """A log-in that ended, here or in another tab, ends the socket too."""
        while True:
            await asyncio.sleep(15.0)
            with contextlib.suppress(*DATABASE_ERRORS):
                if await self.who(token) is None:
                    console.close(NOT_LOGGED_IN)
                    return

    # --- reading ----------------------------------------------------------------------------------------------------

    async def _read(self, console: Console) -> None:
        writer: asyncio.Task[None] | None = None
        commands: set[asyncio.Task[None]] = set()
        budget, rubbish = Budget(), 0
        try:
            while True:
                patience = SILENCE_SECONDS if writer else HELLO_SECONDS
                message = await console.ws.receive(timeout=patience)
                if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                    return
                frame = _frame(message.data if message.type is WSMsgType.TEXT else None)
                if frame is None or not budget.take():
                    rubbish += 1
                    if rubbish > RUBBISH_ALLOWED or frame is not None:
                        log.warning("console_sent_too_much" if frame is not None else "console_sent_rubbish")
                        console.close(TOO_MUCH)
                        return
                    console.send(encode({"type": "error", "problem": problem(RUBBISH)}))
                    continue
                kind = frame.get("type")
                if kind == "hello" and writer is None:
                    writer = asyncio.create_task(console.write(await self._greet(console, frame)), name="console writer")
                elif kind == "ping":
                    console.send(encode({"type": "pong", "at": iso(datetime.now(UTC))}))
                elif kind == "command" and writer is not None:
                    if len(commands) >= COMMANDS_AT_ONCE:
                        console.send(encode({"type": "result", "id": frame.get("id"), "ok": False, "problem": problem(BUSY)}))
                        continue
                    task = asyncio.create_task(self._command(console, frame), name="console command")
                    commands.add(task)
                    task.add_done_callback(commands.discard)
                else:
                    rubbish += 1
                    console.send(encode({"type": "error", "problem": problem(RUBBISH)}))
        except (TimeoutError, ConnectionError):
            return
        finally:
            if commands:
                await asyncio.wait(set(commands), timeout=6.0)  # what was ordered is carried out, heard or not
            if writer is not None:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)

    async def _greet(self, console: Console, hello: Mapping[str, Any]) -> list[bytes]:
        """The first frames. The console joins before anything is read, so that no change falls between."""
        seat, agent = console.session.seat, str(console.session.agent_id)
        if seat is not None:
            for other in list(self._open):
                if other is not console and other.session.seat == seat:
                    other.close(OTHER_TAB)
            await self.present([seat])
        epoch, seq = hello.get("epoch"), hello.get("seq")
        # The number stands for what this person was shown: another person at the same seat begins anew.
        own = f"{self.hub.epoch}.{agent}"
        if epoch == own and isinstance(seq, int):
            missed = self.hub.since(self.hub.epoch, seq, console.audiences)
            if missed is not None:
                self.hub.join(console)
                return [encode({"type": "resumed", "epoch": own, "seq": seq}), *missed]
        at = self.hub.seq
        self.hub.join(console)
        return [snapshot(own, at, await self.everything(), console.audiences)]

    # --- commands ---------------------------------------------------------------------------------------------------

    async def _command(self, console: Console, frame: Mapping[str, Any]) -> None:
        command_id = frame.get("id")
        if not isinstance(command_id, str) or not 1 <= len(command_id) <= 64:
            console.send(encode({"type": "error", "problem": problem(RUBBISH)}))
            return
        who = console.session
        task = self._answers.run(who.agent_id, command_id, lambda: asyncio.create_task(self._run(who, frame), name="command"))
        result = await asyncio.shield(task)
        console.send(encode({"type": "result", "id": command_id, **result}))

    async def _run(self, who: Session, frame: Mapping[str, Any]) -> dict[str, Any]:
        name = str(frame.get("name"))
        entry = self.commands.get(name)
        if entry is None:
            return _refused(UNKNOWN)
        shape, roles, run = entry
        if who.role not in roles:
            return _refused(NOT_YOUR_ROLE)
        try:
            data = await run(who, shape.model_validate(frame.get("args")))
        except ValidationError as error:
            return _refused(_bad_arguments(error))
        except Refused as refusal:
            return _refused(refusal)
        except (TimeoutError, *DATABASE_ERRORS) as error:
            log.warning("command_not_done", command=name, error=type(error).__name__)
            return _refused(NOT_DONE)
        except Exception:  # a mistake of ours must not leave a person without an answer; it is logged whole
            log.exception("command_failed", command=name)
            return _refused(NOT_DONE)
        log.info("command_done", command=name)
        return {"ok": True, "data": data}

    # --- life -------------------------------------------------------------------------------------------------------

    async def renew_leases(self) -> None:
        """Seats whose console is open here stay offerable."""
        await self.present(sorted({c.session.seat for c in self._open if c.session.seat is not None}))

    async def close_all(self) -> None:
        """The service stops: consoles come back and resume."""
        for console in list(self._open):
            console.close(WSCloseCode.SERVICE_RESTART)


def _bad_arguments(error: ValidationError) -> Refused:
    """Which are wrong, and what each must be."""
    named, zh, en = [], [], []
    for each in error.errors(include_input=False)[:5]:
        field = ".".join(map(str, each["loc"]))[:80] or "args"
        words = needs(each["type"], each.get("ctx", {}), each["msg"])
        named.append(field)
        zh.append(f"{field} {words[0]}")
        en.append(f"{field} {words[1]}")
    return Refused(
        "bad_arguments", f"内容有误:{'、'.join(named)}。没有执行。", f"Wrong: {', '.join(named)}; nothing was done.",
        remedy_zh=f"{';'.join(zh)}。请改正后再试。", remedy_en=f"{'; '.join(en)}. Mend it and try again.", status=422,
    )  # fmt: skip


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"ok": False, "problem": problem(refusal)}


def _frame(data: str | None) -> dict[str, Any] | None:
    if data is None:
        return None
    try:
        frame = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return frame if isinstance(frame, dict) else None


def _same_origin(request: web.Request) -> bool:
    """Browsers always say where a page came from; a page of somebody else may not use our cookie."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


RUBBISH = Refused("unreadable", "无法识别的消息,已忽略。", "The message cannot be read and was ignored.", status=400)
BUSY = Refused("too_many_commands", "操作太快,请稍候。", "Too many commands at once; wait a moment.", status=429)
UNKNOWN = Refused("unknown_command", "没有这个命令。", "There is no such command.", status=404)
NOT_YOUR_ROLE = Refused(
    "not_your_role", "您的角色不能执行此操作。", "Your role may not do this.",
    remedy_zh="请联系值班主任。", remedy_en="Ask the supervisor on duty.", rule="W-9", status=403,
)  # fmt: skip
NOT_DONE = Refused(
    "not_done", "暂时无法确认操作是否完成,通话不受影响。", "It is not certain that this was done; the call is not affected.",
    remedy_zh="请看界面上的最新状态,必要时再试一次。",
    remedy_en="Look at the latest state on screen and try again if needed.", status=503,
)  # fmt: skip
