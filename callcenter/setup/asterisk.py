"""The private Asterisk as a process: configured, started, known to be ready, stopped, never left behind.

Not tied to one event loop, because a test session starts one Asterisk and uses it from many loops.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import aiohttp

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.processes import bound_to_us, open_log, tail
from callcenter.setup.toolchain import Toolchain
from callcenter.telephony.config import ConfigError, Folders, render, render_external

__all__ = ["AsteriskProcess", "render_external"]

# A unix socket's name has 108 bytes; Asterisk appends "/asterisk.ctl" to the folder.
LONGEST_RUN_DIR = 107 - len("/asterisk.ctl") - 1
STARTED_EVERY = 0.02  # seconds between two looks whether the control socket is there


class AsteriskProcess:
    """One private Asterisk. ``start`` returns when it is fully booted and answers ARI with our password."""

    def __init__(self, toolchain: Toolchain, settings: Settings, run_dir: Path | None = None) -> None:
        self._toolchain = toolchain
        self._settings = settings
        self.folder = (run_dir or settings.data_dir / "asterisk").absolute()
        self.folders = Folders.below(
            self.folder, toolchain.modules, toolchain.root / "usr/share/asterisk", _short_run_dir(self.folder)
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """What the process wrote to its standard output and error."""
        return self.folders.log / "process.log"

    @property
    def messages(self) -> Path:
        """Asterisk's own log of warnings and errors."""
        return self.folders.log / "messages.log"

    async def start(self, timeout: float = 20.0) -> None:
        """Write the configuration, start, and wait until it is ready."""
        if self.alive:
            return
        try:
            render(self._settings, self.folders, self.folders.etc)
        except ConfigError as error:
            chinese, _, english = str(error).partition("。")
            raise SetupError(chinese + "。", english) from error
        except OSError as error:
            raise SetupError(
                f"无法写入 Asterisk 目录 {self.folder}({error.strerror})。请检查磁盘空间和权限。",
                f"Cannot write to Asterisk's folder {self.folder} ({error.strerror}). Check space and permissions.",
            ) from error
        self._spawn()
        try:
            async with asyncio.timeout(timeout):
                await self._until_ready()
        except TimeoutError:
            self.kill()
            raise self._failed(f"{timeout:g} 秒内没有就绪", f"was not ready within {timeout:g} s") from None
        except BaseException:
            self.kill()
            raise

    async def stop(self, timeout: float = 8.0) -> None:
        """End it in good order (calls hung up, database written); after the deadline by force."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(timeout):
                await self.wait()
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(5)

    async def wait(self) -> int:
        """Wait until it has ended; the exit status, negative for a signal."""
        process = self._process
        if process is None:
            return 0
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        try:
            watch = os.pidfd_open(process.pid)
        except ProcessLookupError:
            return process.wait(1)
        try:
            loop.add_reader(watch, ended.set)
            if process.poll() is None:
                await ended.wait()
        finally:
            loop.remove_reader(watch)
            os.close(watch)
        return process.wait(1)

    async def cli(self, command: str, timeout: float = 10.0) -> str:
        """What Asterisk's command line answers, without its colours and without the last line break."""
        process = await asyncio.create_subprocess_exec(
            *self._command("-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            out, _ = await asyncio.wait_for(process.communicate(), timeout)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        return out.decode(errors="replace").rstrip()

    def _command(self, *arguments: str) -> list[str]:
        program = self._toolchain.command("usr/sbin/asterisk")
        return [*program, "-C", str(self.folders.etc / "asterisk.conf"), *arguments]

    def _spawn(self) -> None:
        (self.folders.run / "asterisk.ctl").unlink(missing_ok=True)
        out = open_log(self.log)
        try:
            self._process = subprocess.Popen(
                bound_to_us(self._command("-f", "-n")),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                start_new_session=True,
            )
        finally:
            os.close(out)

    async def _until_ready(self) -> None:
        socket = self.folders.run / "asterisk.ctl"
        while not socket.exists():
            self._require_alive()
            await asyncio.sleep(STARTED_EVERY)
        # The socket is there before anything is loaded; this command returns when everything is.
        while "fully booted" not in await self.cli("core waitfullybooted"):
            self._require_alive()
            await asyncio.sleep(STARTED_EVERY)
        self._require_alive()
        await self._require_ari()

    async def _require_ari(self) -> None:
        settings = self._settings
        assert settings.ari_password is not None
        login = f"{settings.ari_user}:{settings.ari_password.get_secret_value()}"
        headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
        url = f"http://{settings.asterisk_host}:{settings.asterisk_http_port}/ari/asterisk/ping"
        async with aiohttp.ClientSession(headers=headers) as http:
            while True:
                self._require_alive()
                try:
                    async with http.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                        if answer.status == 200:
                            return
                        raise self._failed(
                            f"启动了,但 HTTP 端口 {settings.asterisk_http_port} 上的回答不对({answer.status}),"
                            "可能另一个程序占用了该端口",
                            f"started, but the answer on HTTP port {settings.asterisk_http_port} is wrong "
                            f"({answer.status}); another program may hold the port",
                        )
                except (aiohttp.ClientError, TimeoutError):
                    await asyncio.sleep(STARTED_EVERY)

    def _require_alive(self) -> None:
        if not self.alive:
            raise self._failed("启动时退出了", "ended while starting")

    def _failed(self, chinese: str, english: str) -> SetupError:
        details = last_lines(tail(self.messages) + "\n" + tail(self.log))
        return SetupError(
            f"Asterisk {chinese}。数据没有改动;日志在 {self.folders.log}。",
            f"Asterisk {english}. No data was changed; its logs are in {self.folders.log}.",
            details,
        )


def _short_run_dir(folder: Path) -> Path:
    """The folder of the control socket: below ours, or, where that name is too long for a socket, a short one."""
    usual = folder / "run"
    if len(os.fsencode(usual)) <= LONGEST_RUN_DIR:
        return usual
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"callcenter-{os.getuid()}-{key}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        # Somebody put it there before us: whoever owns the folder could talk to our Asterisk.
        raise SetupError(
            f"{short} 属于别的用户,不能使用。请删除它,或把 CALLCENTER_DATA_DIR 设为较短的路径。",
            f"{short} belongs to somebody else and is not used. Remove it, or set CALLCENTER_DATA_DIR to a shorter path.",
        )
    return short


if sys.platform != "linux":  # pragma: no cover
    raise ImportError("Asterisk is run on Linux only. 仅支持在 Linux 上运行 Asterisk。")
