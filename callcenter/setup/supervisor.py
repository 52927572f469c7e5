"""``callcenter run``: the whole centre on one machine as one process to start and to stop.

It starts PostgreSQL, Asterisk, the service and its watchdog, with the demo also a simulated telephone network, starts again
what dies, and at the end stops the watchdog first (nobody is phoned about a stop), then the service (calls are handed over
cleanly), then Asterisk, then the database. However it ends, no process is left.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console

from callcenter.domain.configured import is_on_this_machine
from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.keeper import Keeper
from callcenter.setup.ports import Port, asterisk_ports, is_free, require_free, service_ports
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.setup.processes import ChildProcess, bound_to_us, open_log, tail
from callcenter.setup.toolchain import find_toolchain
from callcenter.setup.welcome import address, show_welcome

READY_TIMEOUT = 60.0
DAY_SECONDS = 30.0  # the demo's orders; it takes two or three
ASTERISK_TIMEOUT = 30.0
TOO_MANY_DEATHS = 3
STOP_ORDER = ("watchdog", "service", "telephone network", "Asterisk", "PostgreSQL")  # whoever depends on another before it


class PostgresChild:
    """The embedded database as a keeper wants it.

    Its start blocks for a second on purpose: a child belongs to the thread that started it, which must be
    the main one.
    """

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    @property
    def pid(self) -> int | None:
        """The server's process id."""
        return self._server.pid

    async def start(self, timeout: float = 0.0) -> None:
        """Start it, or find it running."""
        self._server.kill_immediate()  # after a death: reap the dead one and give its lock back
        self._server.start()

    async def wait(self) -> str:
        """Wait until the server's head is gone."""
        pid = self._server.pid
        if pid is not None:
            await _ended(pid)
        return "PostgreSQL"

    async def stop(self, timeout: float) -> None:
        """Stop it cleanly."""
        self._server.stop("fast", timeout)

    def kill(self) -> None:
        """As if the power failed; nothing that was committed is lost."""
        self._server.kill_immediate()


class Supervisor:
    """The parts of one centre, in the order of their start."""

    def __init__(
        self,
        settings: Settings,
        console: Console,
        *,
        demo: bool,
        family: bool | None = None,
        service: list[str] | None = None,
        watchdog: list[str] | None = None,
    ) -> None:
        """``family``: whether the simulated telephone network is started; without a word it is with the demo."""
        # Children run in folders of their own: the path must mean the same everywhere.
        self._settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
        self._console = console
        self._demo = demo
        self._family = demo if family is None else family
        ours = [sys.executable, "-m", "callcenter"]
        self._service, self._watchdog = service or [*ours, "serve"], watchdog or [*ours, "watchdog"]
        self._network, self._day = [*ours, "family"], [*ours, "demo-day"]
        self._logs = self._settings.data_dir / "log"
        self._keepers: list[Keeper] = []
        self._plays = False
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Start everything, stay until told to stop, stop everything."""
        began = time.monotonic()
        self._listen_to_signals()
        with only_one(self._settings.data_dir):
            starting = asyncio.create_task(self._start())
            told = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
                if not told.done():
                    starting.result()
                    show_welcome(self._console, self._settings, time.monotonic() - began, family=self._plays)
                    await told
            finally:
                for task in (starting, told):
                    task.cancel()
                await asyncio.gather(starting, told, return_exceptions=True)
                await self._stop()

    # --- start

    async def _start(self) -> None:
        settings = self._settings
        require_free(service_ports(settings) + asterisk_ports(settings))
        if settings.database_url is None:
            server = EmbeddedPostgres(settings.data_dir, self._logs / "postgres.log")
            await self._keep("PostgreSQL", PostgresChild(server))
            url = server.url
        else:
            url = settings.database_url.get_secret_value()
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "CALLCENTER_DATA_DIR": str(settings.data_dir),
            "CALLCENTER_DEMO": str(self._demo).lower(),
        }

        def child(name: str, command: list[str]) -> ChildProcess:
            return ChildProcess(name, command, self._logs / f"{name}.log", environment=environment)

        if self._family:
            await self._start_family(child("family", self._network))
        # The service connects to Asterisk whenever it comes up, so neither waits for the other.
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._start_asterisk())
                group.create_task(self._keep("service", child("service", self._service)))
        except* SetupError as errors:
            raise errors.exceptions[0] from None
        await self._wait_until_ready()
        await self._keep("watchdog", child("watchdog", self._watchdog))
        if self._demo and self._plays:
            await self._play_a_day(environment)

    async def _play_a_day(self, environment: dict[str, str]) -> None:
        """Orders in every state, once, for whoever looks for the first time. A centre without them is a centre all the same."""
        with (self._logs / "demo-day.log").open("ab") as log:
            try:
                day = await asyncio.create_subprocess_exec(
                    *bound_to_us(self._day), env=environment, stdout=log, stderr=log, start_new_session=True
                )
            except OSError as error:
                self._say(f"演示派工没有载入 / no demo orders: {error}")
                return
            try:
                async with asyncio.timeout(DAY_SECONDS):
                    await day.wait()
            except TimeoutError:
                day.kill()
            finally:
                if day.returncode is None:
                    day.kill()
                await day.wait()
        if day.returncode:
            self._say(f"演示派工没有载入,见 {self._logs / 'demo-day.log'} / the demo has no orders: see there")

    async def _start_family(self, network: ChildProcess) -> None:
        """Whom the centre phones, played on this machine: only where a trunk ends on this machine, and nobody plays it yet."""
        settings = self._settings
        targets = {target for target in (settings.trunk_target, settings.drill_target) if is_on_this_machine(target)}
        for target in sorted(targets):
            host, _, port = target.rpartition(":")
            if not is_free(Port("模拟电话网", "CALLCENTER_TRUNK_TARGET", "udp", host.strip("[]"), int(port))):
                self._say(f"{target} 已有程序接听,不再启动模拟电话网 / in use: no simulated telephone network is started")
                return
        if targets:
            await self._keep("telephone network", network)
            self._plays = True

    async def _start_asterisk(self) -> None:
        if self._settings.asterisk == "external":
            return
        toolchain = find_toolchain(self._settings.data_dir)
        if toolchain is None:
            raise SetupError(
                "还没有安装 Asterisk。请先运行 make setup(或 callcenter setup)。",
                "Asterisk is not installed yet. Run make setup (or callcenter setup) first.",
            )
        from callcenter.setup.asterisk import AsteriskProcess

        await self._keep("Asterisk", AsteriskProcess(toolchain, self._settings))

    async def _keep(self, name: str, child: object) -> None:
        keeper = Keeper(name, child, self._say)  # type: ignore[arg-type]
        self._keepers.append(keeper)  # before the start: what is half started is stopped as well
        await keeper.start(ASTERISK_TIMEOUT)

    async def _wait_until_ready(self) -> None:
        url = address(self._settings) + "/readyz"
        deadline = time.monotonic() + READY_TIMEOUT
        answer = ""
        service = next(keeper for keeper in self._keepers if keeper.name == "service")
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session:
            while time.monotonic() < deadline and service.deaths < TOO_MANY_DEATHS:
                try:
                    async with session.get(url) as response:
                        answer = (await response.text())[:500]
                        if response.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError) as error:
                    answer = str(error)
                await asyncio.sleep(0.1)
        raise SetupError(
            f"服务没有就绪,现在全部停止;数据保留。请看 {self._logs},或运行 callcenter doctor。",
            "The service did not become ready; everything is stopped now and all data is kept. "
            f"See {self._logs} or run callcenter doctor.",
            f"/readyz: {answer}\n--- service.log\n{tail(self._logs / 'service.log')}",
        )

    # --- stop

    async def _stop(self) -> None:
        if self._keepers:
            self._say("正在停止 / stopping")
        self._stopping.clear()  # from here on it means: the person pressed Ctrl-C again
        for keeper in sorted(self._keepers, key=lambda one: STOP_ORDER.index(one.name)):
            stopping = asyncio.create_task(keeper.stop(self._settings.shutdown_timeout))
            again = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({stopping, again}, return_when=asyncio.FIRST_COMPLETED)
            if not stopping.done():
                stopping.cancel()
            for result in await asyncio.gather(stopping, return_exceptions=True):
                if isinstance(result, BaseException):
                    await keeper.kill()
            again.cancel()
        if self._keepers:
            self._say("已停止 / stopped")
        self._keepers.clear()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)

    def _say(self, text: str) -> None:
        now = datetime.now(UTC).astimezone()
        self._console.print(f"[dim]{now:%H:%M:%S}[/dim] {text}", highlight=False)
        log = open_log(self._logs / "supervisor.log")
        try:
            os.write(log, f"{now.isoformat(timespec='milliseconds')} {text}\n".encode())
        finally:
            os.close(log)


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two supervisors on one folder would fight for its database; the second says so."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip() or "?"
            raise SetupError(
                f"呼叫中心已在运行(进程 {other},目录 {data_dir})。请直接打开控制台,或先停止它。",
                f"The call centre runs already (process {other}, folder {data_dir}). Open its console, or stop it first.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def _ended(pid: int) -> None:
    """Wait for the end of any process, child or not, without a thread."""
    loop = asyncio.get_running_loop()
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    try:
        loop.add_reader(descriptor, ended.set)
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
