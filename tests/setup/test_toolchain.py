"""A download that goes wrong ends in one sentence and leaves nothing that looks like an Asterisk."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from callcenter.setup import apt, toolchain
from callcenter.setup.errors import SetupError
from callcenter.setup.mirrors import Distribution, Source
from callcenter.setup.progress import silent
from callcenter.setup.toolchain import STAMP, find_toolchain, install_toolchain

pytestmark = pytest.mark.skipif(not shutil.which("apt-get"), reason="needs apt")


class Garbage(BaseHTTPRequestHandler):
    """Answers everything with a page, as a hotel's network does."""

    def do_GET(self) -> None:
        body = b"<html>please log in</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Silent."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Silent."""


@pytest.fixture
def serve() -> Iterator[object]:
    servers = []

    def start(handler: object) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/debian"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLCENTER_TOOLCHAIN", raising=False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(apt, "_machine_settings", lambda: ['Acquire::Retries::Delay "false";'])
    monkeypatch.setattr(toolchain, "read_distribution", lambda: Distribution("debian", "bookworm"))


def fail(monkeypatch: pytest.MonkeyPatch, folder: Path, uri: str) -> SetupError:
    source = Source((uri,), ("bookworm",), ("main",), {"Trusted": "yes"})
    monkeypatch.setattr(toolchain, "main_source", lambda: source)
    with pytest.raises(SetupError) as caught:
        install_toolchain(folder, silent)
    assert find_toolchain(folder) is None
    assert not (folder / "toolchain/root").exists()
    assert caught.value.chinese
    return caught.value


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        number = one.getsockname()[1]
    error = fail(monkeypatch, tmp_path, f"http://127.0.0.1:{number}/debian")
    assert "cannot be reached" in error.english
    assert str(number) in error.details


def test_somebody_else_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: object) -> None:
    assert callable(serve)
    error = fail(monkeypatch, tmp_path, serve(Garbage))
    assert "thrown away" in error.english, error.details


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tiny archive with two packages, as a mirror would serve it."""
    root = tmp_path / "www"
    for suite in ("forky", "testing", "sid"):
        (root / f"debian/dists/{suite}/main/binary-{_architecture()}").mkdir(parents=True)
    for name in ("asterisk", "sip-tester"):
        control = tmp_path / name / "DEBIAN/control"
        control.parent.mkdir(parents=True)
        control.write_text(f"Package: {name}\nVersion: 1:22.99-1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: a test\n")
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", tmp_path / name, root / f"debian/{name}.deb"],
            check=True,
            capture_output=True,
        )
    return root


def publish(root: Path, version: str = "1:22.99-1", digest: str | None = None) -> None:
    stanzas = []
    for name in ("asterisk", "sip-tester"):
        body = (root / f"debian/{name}.deb").read_bytes()
        found = digest or hashlib.sha256(body).hexdigest()
        stanzas.append(
            f"Package: {name}\nVersion: {version}\nArchitecture: all\nFilename: {name}.deb\n"
            f"Size: {len(body)}\nSHA256: {found}\nMaintainer: a <a@b.c>\nDescription: a test\n"
        )
    packages = "\n".join(stanzas)
    for suite in (root / "debian/dists").iterdir():
        place = f"main/binary-{_architecture()}/Packages"
        (suite / place).write_text(packages)
        found = hashlib.sha256(packages.encode()).hexdigest()
        (suite / "Release").write_text(
            f"Origin: Debian\nSuite: {suite.name}\nCodename: {suite.name}\nComponents: main\n"
            f"Architectures: {_architecture()}\nDate: Sat, 01 Nov 2025 00:00:00 UTC\n"
            f"SHA256:\n {found} {len(packages.encode())} {place}\n"
        )


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def test_a_package_that_was_changed_on_the_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: object, archive: Path
) -> None:
    assert callable(serve)
    publish(archive, digest="0" * 64)
    error = fail(monkeypatch, tmp_path / "data", serve(partial(Quiet, directory=str(archive))))
    assert "checksum" in error.english
    assert "asterisk" in error.details


def test_a_mirror_whose_asterisk_is_too_old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: object, archive: Path) -> None:
    assert callable(serve)
    publish(archive, version="1:22.5.2-1")
    error = fail(monkeypatch, tmp_path / "data", serve(partial(Quiet, directory=str(archive))))
    assert "≥ 22.10" in error.english
    assert error.details.count("1:22.5.2-1") == 3


def test_packages_that_do_not_hold_a_working_asterisk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: object, archive: Path
) -> None:
    assert callable(serve)
    publish(archive)
    error = fail(monkeypatch, tmp_path / "data", serve(partial(Quiet, directory=str(archive))))
    assert "does not run here" in error.english


def test_a_half_unpacked_root_is_not_taken(tmp_path: Path) -> None:
    root = tmp_path / "toolchain/root"
    (root / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    (root / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2").touch()
    (root / "usr/sbin").mkdir()
    (root / "usr/sbin/asterisk").touch()
    assert find_toolchain(tmp_path) is None
    (root / STAMP).write_text('{"asterisk": "1:22.10.1"}')
    found = find_toolchain(tmp_path)
    assert found is not None
    assert found.triplet == "x86_64-linux-gnu"
    assert found.command("usr/sbin/asterisk")[0].endswith("/ld-linux-x86-64.so.2")
    assert found.version == "1:22.10.1"
