"""The private Asterisk and SIPp: from the distribution's archive into a folder of ours, without root.

Debian 12 and 13 ship no usable Asterisk; the later suites do. Its packages are unpacked, not installed:
nothing of the system changes, several versions can stand side by side, and removing the folder removes
everything. The programs are started through the loader and the libraries that were unpacked with them, so
the machine's own libc does not matter.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.apt import NoSuchSuiteError, PrivateApt, is_newer, require_programs
from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.mirrors import Source, main_source, read_distribution
from callcenter.setup.progress import Report

PACKAGES = ("asterisk", "sip-tester")
# 22.10 is what everything here is tried on; StasisBroadcast, which claims calls, is not in the older ones.
LEAST_VERSION = "1:22.10"
COMPONENTS = {"debian": ("main",), "ubuntu": ("main", "universe")}
STAMP = ".callcenter-toolchain.json"
NEEDED_BYTES = 700 * 1024**2  # lists, packages and the unpacked files stand side by side for a moment


@dataclass(frozen=True)
class Toolchain:
    """An unpacked file system with Asterisk and SIPp in it."""

    root: Path
    triplet: str

    @property
    def libraries(self) -> Path:
        """The folder of the shared libraries."""
        return self.root / "usr/lib" / self.triplet

    @property
    def modules(self) -> Path:
        """The folder of Asterisk's modules."""
        return self.libraries / "asterisk/modules"

    def command(self, program: str) -> list[str]:
        """How to start a program of this root, e.g. ``command("usr/sbin/asterisk")``."""
        loader = next(iter(sorted(self.libraries.glob("ld-linux*.so.*"))))
        return [str(loader), "--library-path", str(self.libraries), str(self.root / program)]

    @property
    def version(self) -> str:
        """Debian's version of the Asterisk package; unknown when the root was made by somebody else."""
        stamp = self.root / STAMP
        return str(json.loads(stamp.read_text())["asterisk"]) if stamp.is_file() else "unknown"


def find_toolchain(data_dir: Path) -> Toolchain | None:
    """The toolchain that is there already; ``CALLCENTER_TOOLCHAIN`` names one made elsewhere."""
    given = os.environ.get("CALLCENTER_TOOLCHAIN")
    if given:
        return _toolchain_at(Path(given).absolute())
    root = data_dir.absolute() / "toolchain/root"
    return _toolchain_at(root) if (root / STAMP).is_file() else None


def install_toolchain(data_dir: Path, progress: Report) -> Toolchain:
    """Install it if it is not there. What is half done stays aside and is never taken for whole."""
    if found := find_toolchain(data_dir):
        return found
    home = data_dir.absolute() / "toolchain"
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home, progress):
        if found := find_toolchain(data_dir):  # somebody else finished while we waited
            return found
        require_programs()
        _require_space(home)
        try:
            return _install(home, progress)
        except OSError as error:
            raise SetupError(
                f"写入 {home} 失败({error.strerror})。已下载的部分会保留;请检查磁盘空间和权限后再次运行。",
                f"Writing into {home} failed ({error.strerror}). What was fetched is kept; "
                "check disk space and permissions and run again.",
            ) from error


def _install(home: Path, progress: Report) -> Toolchain:
    apt, version, suite = _first_good_suite(home, progress)
    progress(f"Asterisk {version} ({suite})", 0.0)
    # The download is most of the waiting, so it gets most of the bar.
    packages = apt.download(PACKAGES, lambda done: progress("下载 downloading", done * 0.7))
    fresh = home / "root.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for index, package in enumerate(packages):
        _unpack(package, fresh)
        progress("解包 unpacking", 0.7 + 0.3 * (index + 1) / len(packages))
    toolchain = _checked(fresh)
    (fresh / STAMP).write_text(json.dumps({"asterisk": version, "suite": suite, "packages": len(packages)}))
    root = home / "root"
    shutil.rmtree(root, ignore_errors=True)  # without a stamp it is no toolchain: nothing of worth is removed
    fresh.rename(root)
    shutil.rmtree(apt.folder, ignore_errors=True)
    return Toolchain(root, toolchain.triplet)


def _first_good_suite(home: Path, progress: Report) -> tuple[PrivateApt, str, str]:
    """Try the suites from the steadiest to the newest; take the first whose Asterisk is new enough."""
    here = read_distribution()
    source = main_source()
    suites = ("forky", "testing", "sid") if here.family == "debian" else ("devel", here.codename)
    seen: list[str] = []
    for suite in suites:
        progress(f"读取软件目录 reading the package list: {suite}")
        apt = _apt_for(home, source, suite, here.family)
        try:
            apt.update()
        except NoSuchSuiteError:
            seen.append(f"{suite}: -")
            continue
        version = apt.candidate(PACKAGES[0])
        seen.append(f"{suite}: asterisk {version or '-'}")
        if version and is_newer(version, LEAST_VERSION) and apt.candidate(PACKAGES[1]):
            return apt, version, suite
        shutil.rmtree(apt.folder, ignore_errors=True)
    raise SetupError(
        "软件源里没有足够新的 Asterisk(需要 ≥ 22.10);系统没有任何改动。"
        "请在 /etc/apt 换一个完整的软件源,或设置 CALLCENTER_ASTERISK=external 使用已有的 Asterisk ≥ 22.10。",
        "The mirror has no Asterisk that is new enough (≥ 22.10 is needed); nothing was changed. "
        "Choose a complete mirror in /etc/apt, "
        "or set CALLCENTER_ASTERISK=external to use an Asterisk ≥ 22.10 that you have.",
        "\n".join(seen),
    )


def _apt_for(home: Path, source: Source, suite: str, family: str) -> PrivateApt:
    return PrivateApt(home / f"apt-{suite}", source, suite, COMPONENTS[family])


def _unpack(package: Path, root: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "-x", str(package), str(root)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if not done.returncode:
        return
    if "No space left" in done.stderr:
        raise SetupError(
            "磁盘已满,Asterisk 没有解包完;已下载的软件包会保留。请腾出 1 GB 空间后再次运行。",
            "The disk is full; Asterisk is not unpacked. The packages are kept: free 1 GB and run again.",
            last_lines(done.stderr),
        )
    package.unlink(missing_ok=True)  # apt fetches just this one anew
    raise SetupError(
        f"软件包 {package.name} 已损坏,已删除,其余下载会保留。请再次运行同一命令。",
        f"The package {package.name} is broken and was removed; the others are kept. Run the same command again.",
        last_lines(done.stderr),
    )


def _checked(root: Path) -> Toolchain:
    """Start the unpacked Asterisk once: a root that cannot run here must not be stamped as good."""
    toolchain = _toolchain_at(root)
    command = [*toolchain.command("usr/sbin/asterisk"), "-V"] if toolchain else ["/nonexistent"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        good = done.returncode == 0 and "Asterisk" in done.stdout
        problem = "" if good else last_lines(done.stderr + done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
        done = None
    if toolchain is None or done is None or problem:
        raise SetupError(
            f"解包后的 Asterisk 在本机不能运行。若 {root.parent} 所在磁盘以 noexec 挂载,"
            "请把 CALLCENTER_DATA_DIR 设到别处后再次运行。",
            f"The unpacked Asterisk does not run here. If the disk of {root.parent} is mounted noexec, "
            "set CALLCENTER_DATA_DIR to another place and run again.",
            problem,
        )
    return toolchain


def _toolchain_at(root: Path) -> Toolchain | None:
    loaders = sorted(root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"))
    if not loaders or not (root / "usr/sbin/asterisk").is_file():
        return None
    return Toolchain(root, loaders[0].parent.name)


def _require_space(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < NEEDED_BYTES:
        raise SetupError(
            f"{home} 所在磁盘只剩 {free // 1024**2} MB,安装 Asterisk 需要 {NEEDED_BYTES // 1024**2} MB。"
            "什么也没有下载;请腾出空间,或用 CALLCENTER_DATA_DIR 换一个地方。",
            f"The disk of {home} has {free // 1024**2} MB left; Asterisk needs {NEEDED_BYTES // 1024**2} MB. "
            "Nothing was fetched; free some space or set CALLCENTER_DATA_DIR to another place.",
        )


@contextmanager
def _alone(home: Path, progress: Report) -> Iterator[None]:
    """Two installations at once into one folder would unpack over each other; the second waits."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("等待另一个安装进程 waiting for another installation")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
