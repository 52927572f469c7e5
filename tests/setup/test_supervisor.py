"""The promise of ``callcenter run``: what dies comes back, and at the end nothing is left."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from callcenter.setup.postmaster import postmaster

HERE = Path(__file__).parent
DEADLINE = 30.0


class Centre:
    """One supervisor as a process of its own."""

    def __init__(self, folder: Path, port: int, *more: str) -> None:
        self.folder, self.port = folder, port
        environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "fake_centre.py"), str(folder), str(port), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            cwd=HERE.parents[1],
        )

    def service(self) -> int | None:
        """The number of the service that answers now."""
        with suppress(OSError, http.client.HTTPException):
            return int(self._get("/readyz"))
        return None

    def database(self) -> int | None:
        return postmaster(self.folder / "postgres")

    def watchdog(self) -> int | None:
        with suppress(OSError, ValueError):
            return int((self.folder / "fake-watchdog").read_text())
        return None

    def let_service_die(self) -> None:
        with suppress(OSError, http.client.HTTPException):
            self._get("/die")

    def wait_until_up(self) -> int:
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if "The call centre is up" in line:
                service = self.service()
                assert service is not None
                return service
        raise AssertionError("it did not come up:\n" + "".join(seen))

    def end(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, output

    def _get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def centre(tmp_path: Path, port: int) -> Iterator[Centre]:
    one = Centre(tmp_path, port)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.communicate()


def test_what_dies_comes_back_and_ctrl_c_leaves_nothing(centre: Centre) -> None:
    first = centre.wait_until_up()
    centre.let_service_die()
    until(lambda: centre.service() not in (None, first))
    second = centre.service()

    database = centre.database()
    assert database is not None
    os.kill(database, signal.SIGKILL)
    until(lambda: centre.database() not in (None, database))
    new_database = centre.database()

    until(lambda: centre.watchdog() is not None)
    watchdog = centre.watchdog()
    assert watchdog is not None
    os.kill(watchdog, signal.SIGKILL)
    until(lambda: centre.watchdog() not in (None, watchdog))

    centre.process.send_signal(signal.SIGINT)
    status, output = centre.end()
    assert status == 0, output
    assert output.count("started again") == 3
    assert all(is_gone(pid) for pid in (first, second, database, new_database, watchdog, centre.watchdog()) if pid)


def test_even_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(centre: Centre, port: int) -> None:
    service, database = centre.wait_until_up(), centre.database()
    centre.process.kill()
    until(lambda: is_gone(service) and (database is None or is_gone(database)))

    again = Centre(centre.folder, port)
    again.wait_until_up()
    again.process.send_signal(signal.SIGTERM)
    assert again.end()[0] == 0


def test_a_second_supervisor_says_that_there_is_one(centre: Centre, port: int) -> None:
    centre.wait_until_up()
    status, output = Centre(centre.folder, port).end()
    assert status == 1
    assert f"runs already (process {centre.process.pid}" in output
    assert "已在运行" in output
    assert centre.service() is not None


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        status, output = Centre(tmp_path, number).end()
    assert status == 1
    assert f"127.0.0.1:{number}" in output
    assert "CALLCENTER_HTTP_PORT" in output
    assert str(os.getpid()) in output
    assert not (tmp_path / "postgres").exists()


def test_a_service_that_never_gets_ready_is_told_with_its_last_words(tmp_path: Path, port: int) -> None:
    one = Centre(tmp_path, port, "broken")
    status, output = one.end()
    assert status == 1
    assert "did not become ready" in output
    assert "this service never starts" in output
    assert one.database() is None
