"""Builds the browser console: npm packages, then ``console/dist``; again only when its source changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.node import Node, find_node
from callcenter.setup.progress import Report

PROJECT = Path(__file__).resolve().parents[2]
CONSOLE = PROJECT / "console"
SOURCES = (
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig*.json",
)


def is_built(console: Path = CONSOLE) -> bool:
    """Whether ``dist`` is there and of today's source."""
    stamp = console / "dist/.stamp"
    return stamp.is_file() and stamp.read_text() == _source_hash(console, SOURCES)


def install_modules(progress: Report, console: Path = CONSOLE) -> Node:
    """Fetch the npm packages that the lock file names."""
    node = find_node()
    stamp = console / "node_modules/.callcenter-stamp"
    wanted = _source_hash(console, ("package.json", "package-lock.json"))
    if stamp.is_file() and stamp.read_text() == wanted:
        return node
    progress("npm ci")
    done = _npm(["ci", "--no-audit", "--no-fund"], node, console)
    # A lock made where the registry lacked packages of other platforms is refused as a whole by "ci";
    # "install" takes the versions it does name and leaves the file as it is.
    if done.returncode and "EUSAGE" in done.stderr:
        progress("npm install")
        done = _npm(["install", "--no-save", "--no-audit", "--no-fund"], node, console)
    _require_success(done, "npm 包没有装好", "npm did not install")
    stamp.write_text(_source_hash(console, ("package.json", "package-lock.json")))
    return node


def build_console(progress: Report, console: Path = CONSOLE) -> None:
    """Build ``dist`` if the source is newer."""
    if is_built(console):
        return
    node = install_modules(progress, console)
    before = _source_hash(console, SOURCES)
    progress("npm run build")
    _require_success(_npm(["run", "build"], node, console), "控制台没有构建成功", "The console was not built")
    (console / "dist/.stamp").write_text(before)


def _npm(arguments: list[str], node: Node, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node.npm, *arguments],
        cwd=folder,
        env=node.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _require_success(done: subprocess.CompletedProcess[str], chinese: str, english: str) -> None:
    if done.returncode:
        # npm says first what is wrong and then at length how it is used.
        told = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("npm warn")]
        raise SetupError(
            f"{chinese};其余部分不受影响。请看下面的原因(常见:网络、磁盘),改正后再次运行。",
            f"{english}; nothing else is touched. Mend what is said below (often network or disk) and run again.",
            "\n".join([last_lines(done.stdout, 12), *told[:12]]),
        )


def _source_hash(console: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in _files(console, patterns):
        digest.update(str(path.relative_to(console)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(console: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        for found in sorted(console.glob(pattern)):
            if found.is_file():
                yield found
            else:
                yield from sorted(path for path in found.rglob("*") if path.is_file())
