"""A real Asterisk for tests: one for the whole run, on ports of its own, with the shipped dialplan unchanged."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from callcenter.settings import Settings
from callcenter.setup.asterisk import AsteriskProcess
from callcenter.setup.toolchain import Toolchain, find_toolchain

REPOSITORY = Path(__file__).resolve().parents[2]
PASSWORD = "for-tests-only"
QUIET_SECONDS = 10.0


def free_tcp_port() -> int:
    """A TCP port that nobody uses now, and whose UDP twin is free too."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def rtp_ports(first: int, count: int) -> dict[str, object]:
    """``count`` ports for sound, ``first`` after those where this process of the test run begins."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    begin = 24000 - 8000 * worker + first
    return {"rtp_start": begin, "rtp_end": begin + count - 1}


def asterisk_settings(data_dir: Path, **overrides: object) -> Settings:
    """Settings for an Asterisk of its own: free ports, short claim time-out, known passwords."""
    values: dict[str, object] = {
        "data_dir": data_dir,
        "instance": "test",
        "asterisk_http_port": free_tcp_port(),
        "ami_port": free_tcp_port(),
        "sip_port": free_tcp_port(),
        **rtp_ports(0, 2000),
        "ari_password": SecretStr(PASSWORD),
        "ami_password": SecretStr(PASSWORD),
        "trunk_target": f"127.0.0.2:{free_tcp_port()}",
        "drill_target": f"127.0.0.2:{free_tcp_port()}",
    }
    return Settings(_env_file=None, **(values | overrides))  # type: ignore[arg-type]


@dataclass
class RealAsterisk:
    """A running Asterisk, how to reach it, and what to start beside it."""

    settings: Settings
    process: AsteriskProcess
    toolchain: Toolchain

    @property
    def sip(self) -> tuple[str, int]:
        """Where it listens for SIP."""
        return self.settings.sip_host, self.settings.sip_port

    async def become_quiet(self) -> None:
        """End every call. What the node and safe mode wrote down, whom it may phone: no other test's. Raises TimeoutError."""
        async with asyncio.timeout(QUIET_SECONDS):
            while not (await self.process.cli("core show channels count")).startswith("0 active channels"):
                await self.process.cli("channel request hangup all")
                await asyncio.sleep(0.05)
            for family in ("safe-journal", "safe-contact", "seen"):
                await self.process.cli(f"database deltree {family}")

    def settings_for(self, instance: str, **overrides: object) -> Settings:
        """Settings of another service instance on the same Asterisk."""
        return self.settings.model_copy(update={"instance": instance, **overrides})


def require_toolchain() -> Toolchain:
    """The private Asterisk and SIPp, or the test fails with a sentence."""
    found = find_toolchain(REPOSITORY / "var")
    if found is None:
        pytest.fail("no private Asterisk here: run 'make setup', or set CALLCENTER_TOOLCHAIN")
    return found


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The private Asterisk and SIPp."""
    return require_toolchain()


@pytest.fixture(scope="session")
def asterisk(toolchain: Toolchain) -> Iterator[RealAsterisk]:
    """The Asterisk of this test run; after each test it is as it was before. Restart only one of your own."""
    with module_asterisk(toolchain) as made:
        yield made


SPOKEN = tempfile.TemporaryDirectory(prefix="cc-said-")
"""What was spoken once in this run: a sentence's file is named by its voice and words, whoever needs it next."""


def _a_folder() -> Path:
    """Of one Asterisk and its service. Short: a socket's name is limited."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    (folder / "prompts").mkdir()
    (folder / "prompts" / "said").symlink_to(SPOKEN.name, target_is_directory=True)
    return folder


@contextmanager
def module_asterisk(toolchain: Toolchain, **overrides: object) -> Iterator[RealAsterisk]:
    """An Asterisk for many tests, which each begins in an event loop of its own. It must live when they are over."""
    folder = _a_folder()
    settings = asterisk_settings(folder, **overrides)
    process = AsteriskProcess(toolchain, settings)
    try:
        asyncio.run(process.start())
        yield RealAsterisk(settings, process, toolchain)
        assert process.alive, "Asterisk ended during the tests"
    finally:
        asyncio.run(process.stop(3))
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(autouse=True)
async def as_found(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """What a test leaves on the Asterisk of this run is gone before the next begins: calls, and what safe mode wrote down."""
    shared: RealAsterisk | None = request.getfixturevalue("asterisk") if "asterisk" in request.fixturenames else None
    yield
    if shared is not None:
        await shared.become_quiet()


@asynccontextmanager
async def own_asterisk(toolchain: Toolchain, **overrides: object) -> AsyncIterator[RealAsterisk]:
    """An Asterisk for one test: to be stopped, killed and restarted at will."""
    folder = _a_folder()
    settings = asterisk_settings(folder, **(rtp_ports(2000, 1000) | overrides))
    process = AsteriskProcess(toolchain, settings)
    try:
        await process.start()
        yield RealAsterisk(settings, process, toolchain)
    finally:
        await process.stop(3)
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)
