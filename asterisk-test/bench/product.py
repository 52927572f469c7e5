"""The product's side of press to pop: the real service, real PostgreSQL with its durability on, real phones, one console a seat.

The frame counts when it reaches the console's socket; the case behind it was committed before it was sent, and is counted in
the database afterwards.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import orjson
import sqlalchemy as sa
from cost import Cost
from figures import Figures, figures
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from load import run_load
from phones import registered
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import tables
from callcenter.db.engine import create_lone_engine
from callcenter.domain.prompts import every_sentence
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.setup.processes import bound_to_us
from callcenter.simulation.phone import Phone

FIRST_SEAT = 20001
READY_TIMEOUT = 90.0
PHONES = Path(__file__).parent / "phones.py"


@asynccontextmanager
async def bench_database(asterisk: RealAsterisk) -> AsyncIterator[str]:
    """The address of an empty database of its own, with PostgreSQL's durability on."""
    server = EmbeddedPostgres(asterisk.settings.data_dir / "bench")
    admin = create_lone_engine(server.start(), asterisk.settings)
    try:
        async with admin.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(sa.text("CREATE DATABASE bench"))
        yield admin.url.set(database="bench").render_as_string(hide_password=False)
    finally:
        await admin.dispose()
        server.stop()


@asynccontextmanager
async def product(
    asterisk: RealAsterisk, seats: int, *, answer: bool = False, ready: bool = True, together: bool = False, **overrides: object
) -> AsyncIterator[Bench]:
    """A running centre with so many seats, each with a registered phone and a console that watches.

    ``answer``: the phones pick up at once, else they ring. ``ready``: the seats take calls from the beginning. ``together``: the
    phones live in the process that reads the consoles, so that the order of pop and INVITE is the order in which they came and
    not that of two processes on a busy machine. ``overrides``: settings of the service.
    """
    values = {"ring_seconds": 30.0, **overrides}
    async with bench_database(asterisk) as url, running_centre(asterisk, url, start=False, measured=True, **values) as centre:
        await centre.start()  # migrates and loads the demo centre
        await _spoken(centre)
        await centre.stop()
        places = await _furnish(centre, seats)
        await centre.start()  # gives the new seats their accounts
        async with AsyncExitStack() as stack:
            bench = Bench(centre, places)
            stack.push_async_callback(bench.close)
            await bench.open(answer=answer, ready=ready, together=together)
            yield bench


async def _spoken(centre: Centre) -> None:
    """Wait until every sentence is a file (nobody tells): made once for each installation, and not what is measured."""
    folder = centre.settings.prompts_dir / "said"
    deadline = time.monotonic() + 120
    while len(list(folder.glob("*.wav"))) < len(every_sentence()):
        assert time.monotonic() < deadline, "the sentences are not made"
        await asyncio.sleep(0.2)


async def _furnish(centre: Centre, seats: int) -> list[Place]:
    """Seats with their people already logged in: logging in is not what is measured."""
    places = [Place(str(FIRST_SEAT + number), secrets.token_urlsafe(9), secrets.token_urlsafe(24)) for number in range(seats)]
    async with centre.engine.begin() as connection:
        for place in places:
            await _seat(connection, place)
    return places


class Place:
    """A seat of the bench: its phone's password and its console's session."""

    def __init__(self, extension: str, password: str, token: str) -> None:
        self.extension, self.password, self.token = extension, password, token


async def _seat(connection: AsyncConnection, place: Place) -> None:
    agent = uuid4()
    now = datetime.now(UTC)
    await connection.execute(
        sa.insert(tables.agent).values(
            id=agent, user=f"bench{place.extension}", name=place.extension, role="seat", password_hash="-", seat=place.extension
        )
    )
    await connection.execute(
        sa.insert(tables.seat).values(
            extension=place.extension, name=place.extension, password=place.password, agent_id=agent, presence="paused"
        )
    )
    await connection.execute(
        sa.insert(tables.session).values(
            token_hash=hashlib.sha256(place.token.encode()).hexdigest(), agent_id=agent, seat=place.extension,
            expires_at=now + timedelta(hours=2),
        )
    )  # fmt: skip


class Bench:
    """Consoles and phones of all seats, and when which call's pop arrived."""

    def __init__(self, centre: Centre, places: Sequence[Place]) -> None:
        self.centre, self.places = centre, places
        self.popped: dict[str, float] = {}
        self.rang: dict[str, float] = {}
        """When which phone's display first showed this number (a case's, without the dash)."""
        self.rang_at: dict[str, list[float]] = {}
        """When each seat's phone rang."""
        self.case_of: dict[str, str] = {}
        """The case's number as a phone shows it, by the caller's."""
        self.frames = self.characters = 0
        self.twice = 0
        self._phones: asyncio.subprocess.Process | None = None
        self._own_phones: list[Phone] = []
        self._http: aiohttp.ClientSession | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._sockets: dict[str, aiohttp.ClientWebSocketResponse] = {}

    async def open(self, *, answer: bool, ready: bool, together: bool) -> None:
        accounts = [(place.extension, place.password) for place in self.places]
        if together:
            self._own_phones = await registered(accounts, self.centre.asterisk.sip, self._rang, answer=answer)
        else:
            await self._start_phones(accounts, answer)
        query = "SELECT 1 WHERE (SELECT count(*) FROM seat WHERE registered AND extension >= :first) = :all"
        await self.centre.until_row(query, timeout=READY_TIMEOUT, first=str(FIRST_SEAT), all=len(self.places))
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._sockets = {place.extension: await self._connect(place) for place in self.places}
        self._readers = [asyncio.create_task(self._watch(socket)) for socket in self._sockets.values()]
        if self._phones is not None:
            self._readers.append(asyncio.create_task(self._listen(self._phones)))
        if not ready:
            return
        for place in self.places:
            await self.ready(place)
        query = "SELECT 1 WHERE (SELECT count(*) FROM seat WHERE presence = 'ready' AND extension >= :first) = :all"
        await self.centre.until_row(query, timeout=READY_TIMEOUT, first=str(FIRST_SEAT), all=len(self.places))

    async def _start_phones(self, accounts: Sequence[tuple[str, str]], answer: bool) -> None:
        host, port = self.centre.asterisk.sip
        self._phones = await asyncio.create_subprocess_exec(
            *bound_to_us([sys.executable, str(PHONES), host, str(port), "answer" if answer else "ring"]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._phones.stdin is not None
        self._phones.stdin.write(orjson.dumps(accounts) + b"\n")
        await self._phones.stdin.drain()

    async def _connect(self, place: Place) -> aiohttp.ClientWebSocketResponse:
        assert self._http is not None
        headers = {"Cookie": f"cc_session={place.token}"}
        socket = await self._http.ws_connect(f"{self.centre.base}/ws", headers=headers, compress=0)
        await socket.send_json({"type": "hello", "epoch": None, "seq": 0})
        return socket

    async def ready(self, place: Place) -> None:
        """Have a seat take calls, by its console."""
        command = {"type": "command", "id": str(uuid4()), "name": "set_presence", "args": {"presence": "ready"}}
        await self._sockets[place.extension].send_json(command)

    async def _listen(self, phones: asyncio.subprocess.Process) -> None:
        assert phones.stdout is not None
        async for line in phones.stdout:
            self._rang(*orjson.loads(line))

    def _rang(self, account: str, at: float, shown: str) -> None:
        self.rang.setdefault(shown, at)
        self.rang_at.setdefault(account, []).append(at)

    async def _watch(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        pings = asyncio.create_task(self._ping(socket))
        try:
            async for message in socket:
                arrived = time.time()
                self.frames += 1
                self.characters += len(message.data)
                if '"noun":"case"' not in message.data[:80]:
                    continue
                case = orjson.loads(message.data)["data"]
                if case and case["state"] == "waiting":
                    number = case["caller"]["display"]
                    self.twice += case["version"] == 1 and number in self.popped
                    self.popped.setdefault(number, arrived)
                    self.case_of[number] = case["number"].replace("-", "")
        finally:
            pings.cancel()

    async def _ping(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await asyncio.sleep(10)
            await socket.send_str('{"type":"ping"}')

    def cost(self) -> Cost:
        """Begin to count the processor time of service, PostgreSQL and Asterisk."""
        postmaster = self.centre.asterisk.settings.data_dir / "bench/postgres/postmaster.pid"
        service, asterisk = self.centre.process, self.centre.asterisk.process
        assert service is not None
        assert asterisk.pid is not None
        return Cost.begin(service=service.pid, postgres=int(postmaster.read_text().split()[0]), asterisk=asterisk.pid)

    async def measure(self, rate: float, numbers: Sequence[str], stay: float = 1.0) -> Figures:
        """INVITE sent → the pop's frame at a console's socket, for each of these callers."""
        line = str(self.centre.data()["lines"]["life_help"])
        asterisk = self.centre.asterisk
        self.popped.clear()
        calls = await run_load(asterisk.toolchain, asterisk.sip, rate=rate, line=line, numbers=numbers, stay=stay)
        return figures("product", rate, {call.number: call.sent_at for call in calls}, self.popped)

    async def remembered(self, numbers: Sequence[str], timeout: float = 40.0) -> int:
        """How many of these callers have a case in the end: also those whom the dialplan served because we were too slow."""
        deadline = time.monotonic() + timeout
        while True:
            found = await self.centre.rows(
                "SELECT count(DISTINCT caller_display) AS n FROM help_case WHERE caller_display = ANY(:numbers)",
                numbers=list(numbers),
            )
            if found[0]["n"] == len(numbers) or time.monotonic() > deadline:
                return int(found[0]["n"])
            await asyncio.sleep(0.5)

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
        for phone in self._own_phones:
            await phone.close()
        if self._phones is not None:
            self._phones.terminate()
            await self._phones.wait()
