"""A whole centre for a test: the real service as a process of its own, on real PostgreSQL and real Asterisk, with the demo data."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.engine import create_lone_engine
from callcenter.domain.policy import Policy, Rung, as_json
from callcenter.settings import Settings
from callcenter.simulation.phone import Manner, Phone
from harness.asterisk import RealAsterisk, free_tcp_port
from harness.demo_rows import furnish
from harness.homes import nobody_at_home
from harness.phones import Telephones
from harness.processes import Process, forked, spawned

READY_SECONDS = 30.0
RUNNING: list[Centre] = []
FAILED_LOGS: list[tuple[str, str]] = []


class ConsoleClient:
    """A console without a screen: holds the entities its socket tells, sends commands, and counts what it got."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.me: dict[str, Any] = {}
        self.entities: dict[tuple[str, str], dict[str, Any]] = {}
        self.versions: dict[tuple[str, str], int] = {}
        self.frames: list[dict[str, Any]] = []
        self.epoch: str | None = None
        self.seq = 0
        self.close_code: int | None = None
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._results: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def log_in(self, user: str, password: str, seat: str | None = None) -> None:
        body = {"user": user, "password": password} | ({"seat": seat} if seat else {})
        async with self.http.post("/api/login", json=body) as answer:
            self.me = await answer.json(content_type=None)
            assert answer.status == 200, self.me

    async def connect(self, *, resume: bool = False) -> None:
        """Open the socket and wait for snapshot or resume."""
        self._ws = await self.http.ws_connect("/ws")
        self.close_code = None
        hello = {"type": "hello", "epoch": self.epoch if resume else None, "seq": self.seq if resume else 0}
        await self._ws.send_json(hello)
        before = len(self.frames)
        self._reader = asyncio.create_task(self._read(self._ws))
        await self.until(lambda: len(self.frames) > before or self.close_code is not None)

    async def drop(self) -> None:
        """Lose the connection without a word."""
        assert self._ws is not None
        assert self._reader is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._transport().abort()
        await self._ws.close()

    def _transport(self) -> asyncio.Transport:
        """The bare connection: aiohttp hides it, and only below it can a network be bad."""
        assert self._ws is not None
        transport: asyncio.Transport = self._ws._writer.transport
        return transport

    async def stop_reading(self) -> None:
        """Keep the connection and read no more, as a browser that hangs."""
        assert self._ws is not None
        assert self._reader is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._transport().pause_reading()

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            frame = json.loads(message.data) | {"_at": time.time()}
            self.frames.append(frame)
            self._apply(frame)
            self._news.set()
        self.close_code = ws.close_code
        self._news.set()

    def _apply(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "snapshot":
            self.entities.clear()
            self.versions.clear()
            for entity in frame["entities"]:
                self._put(entity)
            self.epoch, self.seq = frame["epoch"], frame["seq"]
        elif kind == "change":
            self.seq = frame["seq"]
            self._put(frame)
        elif kind == "changes":
            self.seq = frame["seq"]
            for change in frame["changes"]:
                self._put(change)
        elif kind == "result":
            future = self._results.pop(frame["id"], None)
            if future is not None and not future.done():
                future.set_result(frame)

    def _put(self, entity: dict[str, Any]) -> None:
        key = (entity["noun"], entity["id"])
        if entity["version"] < self.versions.get(key, 0):
            return
        self.versions[key] = entity["version"]
        if entity["data"] is None:
            self.entities.pop(key, None)
        else:
            self.entities[key] = entity["data"]

    def all(self, noun: str) -> list[dict[str, Any]]:
        return [data for (kind, _), data in self.entities.items() if kind == noun]

    def one(self, noun: str, name: str) -> dict[str, Any] | None:
        return self.entities.get((noun, name))

    async def until(self, reached: Callable[[], Any], timeout: float = 6.0) -> Any:
        """Wait until something told makes this true; gives it back."""
        try:
            async with asyncio.timeout(timeout):
                while not (value := reached()):
                    self._news.clear()
                    await self._news.wait()
                return value
        except TimeoutError:
            shown = {f"{noun} {name}": data for (noun, name), data in self.entities.items() if noun in ("case", "call", "task")}
            raise AssertionError(f"not within {timeout:g} s; shown: {json.dumps(shown, ensure_ascii=False)[:3000]}") from None

    async def case(self, state: str | None = None, timeout: float = 6.0) -> dict[str, Any]:
        """The case that is popped on this console, in ``state``."""
        found: dict[str, Any] = await self.until(
            lambda: next((case for case in self.all("case") if state is None or case["state"] == state), None), timeout
        )
        return found

    async def call(self, state: str | None = None, timeout: float = 6.0) -> dict[str, Any]:
        """A line of the board in ``state``."""
        found: dict[str, Any] = await self.until(
            lambda: next((call for call in self.all("call") if state is None or call["state"] == state), None), timeout
        )
        return found

    async def order(self, name: str, command_id: str | None = None, /, **args: Any) -> dict[str, Any]:
        """Send a command; its result frame."""
        assert self._ws is not None
        command_id = command_id or str(uuid4())
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._results[command_id] = future
        await self._ws.send_json({"type": "command", "id": command_id, "name": name, "args": args})
        return await asyncio.wait_for(future, 8.0)

    async def must(self, name: str, /, **args: Any) -> Any:
        """A command that has to be carried out; its data."""
        result = await self.order(name, **args)
        assert result["ok"], result
        return result.get("data")

    async def ready(self) -> None:
        await self.must("set_presence", presence="ready")

    async def send_text(self, text: str) -> None:
        assert self._ws is not None
        await self._ws.send_str(text)

    async def detail(self, case_id: str) -> dict[str, Any]:
        async with self.http.get(f"/api/cases/{case_id}") as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found

    async def close(self) -> None:
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.http.close()


@dataclass
class Centre:
    """A running service and everything around it."""

    asterisk: RealAsterisk
    database: str
    settings: Settings
    telephones: Telephones
    process: Process | None = None
    consoles: list[ConsoleClient] = field(default_factory=list)
    log: Path = Path()
    others: tuple[RealAsterisk, ...] = ()
    """Its further nodes."""
    measured: bool = False
    """By a bench: its process is spawned, not forked."""
    _engine: AsyncEngine | None = None
    _opened: bool = False

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.settings.http_port}"

    @property
    def engine(self) -> AsyncEngine:
        """The test's own look into the database."""
        if self._engine is None:
            self._engine = create_lone_engine(self.database, self.settings)
        return self._engine

    async def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(sa.text(query), parameters)).mappings()]

    async def until_row(self, query: str, timeout: float = 8.0, **parameters: Any) -> dict[str, Any]:
        """Look until the query has a row; the database does not tell, so it is asked every 50 ms."""
        async with asyncio.timeout(timeout):
            while True:
                found = await self.rows(query, **parameters)
                if found:
                    return found[0]
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def without_database(self, name: str) -> AsyncIterator[None]:
        """The database refuses and has dropped every connection, for as long as this lasts."""
        if self._engine is not None:
            await self._engine.dispose()
        admin = create_lone_engine(sa.make_url(self.database).set(database="postgres").render_as_string(False), self.settings)
        try:
            async with admin.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
                ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                await connection.execute(sa.text(ended), {"name": name})
                try:
                    yield
                finally:
                    await connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        finally:
            await admin.dispose()

    def _environment(self) -> dict[str, str]:
        values = {
            f"CALLCENTER_{name.upper()}": str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
            for name, value in self.settings.__dict__.items()
            if value is not None and name in type(self.settings).model_fields and name != "database_url"
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        return kept | values | {"DATABASE_URL": self.database, "CALLCENTER_DEMO": "true"}

    async def start(self) -> None:
        """Start the service and wait until it says that it can serve a press."""
        self.log = Path(self.settings.data_dir) / f"service-{self.settings.instance}.log"
        if self.settings.demo and not self._opened:
            await furnish(self.database, self.settings)
        self.process = await (spawned if self.measured else forked)(["serve"], self._environment(), self.log)
        await self.until_ready()
        if not self._opened:  # at whatever hour the tests run; who tests the hours sets some
            self._opened = True
            async with self.engine.begin() as connection:
                await connection.execute(sa.text("DELETE FROM line_hours"))
                await connection.execute(sa.text("DELETE FROM roster_turn"))

    async def until_ready(self) -> None:
        async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as http:
            while True:
                assert self.process is not None
                assert self.process.returncode is None, f"the service ended:\n{self.tail()}"
                try:
                    async with http.get(f"{self.base}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 12)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
                raise AssertionError(f"the service did not stop by itself:\n{self.tail()}") from None

    def logins(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((Path(self.settings.data_dir) / "demo-logins.json").read_text())
        return found

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((Path(self.settings.data_dir) / "demo-centre.json").read_text())
        return found

    def seat_password(self, extension: str) -> str:
        return next(str(seat["password"]) for seat in self.data()["seats"] if seat["extension"] == extension)

    async def console(self, role: str = "seat", seat: str | None = None, *, connect: bool = True) -> ConsoleClient:
        """A logged-in console of the demo's person at ``seat``, or of this role."""
        login = next(entry for entry in self.logins() if entry["role"] == role and (seat is None or entry["seat"] == seat))
        console = ConsoleClient(self.base)
        self.consoles.append(console)
        await console.log_in(login["user"], login["password"], seat)
        if connect:
            await console.connect()
        return console

    async def seat(self, extension: str, manner: Manner = "answer", **phone: Any) -> tuple[ConsoleClient, Phone]:
        """A console with its phone registered, ready for calls."""
        telephone = await self.telephones.seat(extension, self.seat_password(extension), manner=manner, **phone)
        console = await self.console("seat", extension)
        await console.until(lambda: (console.one("seat", extension) or {}).get("phone", {}).get("registered"))
        await console.ready()
        return console, telephone

    async def policy(self, *rungs: Rung, **figures: Any) -> Policy:
        """The ladder that the next emergencies get. Without rungs: nobody but the supervisor, half an hour later."""
        chosen = rungs or (Rung(("supervisor",), 1800.0),)
        policy = Policy("测试", tuple(chosen), **figures)
        query = """INSERT INTO escalation_policy (version, data)
            SELECT coalesce(max(version), 0) + 1, CAST(:data AS jsonb) FROM escalation_policy"""
        async with self.engine.begin() as connection:
            await connection.execute(sa.text(query), {"data": orjson.dumps(as_json(policy)).decode()})
        return policy

    async def close(self) -> None:
        for console in self.consoles:
            await console.close()
        await self.telephones.close()
        try:
            await self.stop()
        finally:
            if self._engine is not None:
                await self._engine.dispose()


@asynccontextmanager
async def running_centre(
    asterisk: RealAsterisk, database: str, *, start: bool = True, measured: bool = False, **overrides: object
) -> AsyncIterator[Centre]:
    """A centre on this Asterisk and database. ``overrides``: settings, e.g. ``ring_seconds=2``. ``measured``: by a bench."""
    values = {"http_port": free_tcp_port(), "demo": True, "demo_history": False, **overrides}
    settings = asterisk.settings_for(f"t{uuid4().hex[:8]}", **values)
    centre = Centre(asterisk, database, settings, Telephones(asterisk), measured=measured)
    RUNNING.append(centre)
    # Calls of another test are not this centre's: neither those that the dialplan served, nor those that the node has noted.
    for family in ("safe-journal", "seen"):
        await asterisk.process.cli(f"database deltree {family}")
    async with nobody_at_home(asterisk):
        try:
            if start:
                await centre.start()
            yield centre
        except BaseException:
            FAILED_LOGS.append((centre.settings.instance, centre.tail()))
            raise
        finally:
            RUNNING.remove(centre)
            await centre.close()  # callers hang up, and their ladders phone them back: somebody must still be there


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A running centre with short times, so that tests of waiting are quick."""
    async with running_centre(asterisk, database, ring_seconds=3.0, wrap_up_seconds=20.0, announce_every_seconds=4.0) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test shows the end of the service's log: that is where the reason stands."""
    report = yield
    if report.when == "call" and report.failed:
        logs = FAILED_LOGS + [(made.settings.instance, made.tail()) for made in RUNNING]
        report.sections += [(f"service log of {name}", text) for name, text in logs]
        FAILED_LOGS.clear()
    return report
