"""A private apt: resolves and downloads packages into a folder of ours, without root.

It shares with the machine's apt only what leads to the mirror: its address, its keys, and proxy or
certificate settings. Nothing of the system is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.mirrors import Source

# What apt says when the archive has no such suite, cannot be reached, or sends something wrong.
NO_SUCH_SUITE = ("does not have a Release file", "404 ", "no longer has a Release file", "File not found")
UNREACHABLE = (
    "Could not resolve", "Could not connect", "Connection failed", "Connection timed out",
    "Cannot initiate", "Temporary failure", "Unable to connect", "Connection refused",
    "Network is unreachable", "Could not handshake", "Certificate verification failed",
    "Bad header", "502 ", "503 ", "407 ", "403 ", "Undetermined Error",
)  # fmt: skip
BROKEN = (
    "Hash Sum mismatch", "igned file isn't valid", "isn't signed", "not signed", "signature",
    "unexpected size", "GPG error",
)  # fmt: skip
UNKNOWN_KEY = ("NO_PUBKEY", "Missing key")
FULL = ("No space left", "enough free space", "Disk quota")


class NoSuchSuiteError(Exception):
    """The archive is there and does not know this suite: try the next."""


class PrivateApt:
    """One folder with its own lists, cache and settings for one suite of one archive."""

    def __init__(self, folder: Path, source: Source, suite: str, components: tuple[str, ...]) -> None:
        self.folder = folder
        self._source = source
        self._suite = suite
        self._components = components

    @property
    def archives(self) -> Path:
        """Where the downloaded packages lie."""
        return self.folder / "cache/archives"

    def update(self) -> None:
        """Fetch the suite's package list."""
        self._prepare()
        self._run("update", "-o", "APT::Update::Error-Mode=any")

    def candidate(self, package: str) -> str | None:
        """The version the suite offers, as Debian writes it, or None."""
        text = self._apt("apt-cache", "show", "--no-all-versions", package).stdout
        return next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("Version:")), None)

    def download(self, packages: tuple[str, ...], on_progress: Callable[[float], None]) -> list[Path]:
        """Fetch packages and all they need. A broken download goes on where it stopped."""
        reading, writing = os.pipe()
        arguments = ["install", "-y", "--download-only", "-o", f"APT::Status-Fd={writing}", *packages]
        with os.fdopen(reading, encoding="utf-8", errors="replace") as status:
            try:
                process = subprocess.Popen(
                    ["apt-get", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=(self.folder / "error.log").open("w"),
                    env=self._environment(),
                    pass_fds=(writing,),
                )
            finally:
                os.close(writing)
            with process:
                for line in status:  # dlstatus:<index>:<percent>:<text>
                    parts = line.split(":", 3)
                    if parts[0] == "dlstatus" and len(parts) == 4:
                        on_progress(min(float(parts[2]) / 100, 1.0))
        if process.returncode:
            raise self._sentence((self.folder / "error.log").read_text(errors="replace"))
        return sorted(self.archives.glob("*.deb"))

    def _prepare(self) -> None:
        for name in ("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        # Lists of another suite, left by an earlier try, would offer versions that this suite does not have.
        fields = {
            "Types": "deb",
            "URIs": " ".join(self._source.uris),
            "Suites": self._suite,
            "Components": " ".join(self._components),
            **self._source.options,
        }
        (self.folder / "etc/archive.sources").write_text(
            "".join(f"{name}: {value}\n" for name, value in fields.items()), encoding="utf-8"
        )
        architecture = _output("dpkg", "--print-architecture").strip()
        settings = {
            "Dir::State": self.folder / "state",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc": self.folder / "etc",
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self.folder / "etc",
            "Dir::Etc::trusted": "/etc/apt/trusted.gpg",
            "Dir::Etc::trustedparts": "/etc/apt/trusted.gpg.d",
            "Dir::Etc::netrc": "/etc/apt/auth.conf",
            "Dir::Etc::netrcparts": "/etc/apt/auth.conf.d",
            "APT::Architecture": architecture,
            "APT::Install-Recommends": "false",
            "Acquire::Check-Valid-Until": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "20",
            "Acquire::https::Timeout": "20",
        }
        lines = [*_machine_settings(), *(f'{name} "{value}";' for name, value in settings.items())]
        lines += ["#clear APT::Architectures;", f'APT::Architectures {{ "{architecture}"; }};']
        if os.geteuid() == 0:
            lines.append('APT::Sandbox::User "root";')  # the user _apt could not write into a private folder
        (self.folder / "apt.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "APT_CONFIG": str(self.folder / "apt.conf"),
            "LC_ALL": "C",
            "DEBIAN_FRONTEND": "noninteractive",
        }

    def _apt(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
        )

    def _run(self, *arguments: str) -> None:
        done = self._apt("apt-get", *arguments)
        if done.returncode:
            raise self._sentence(done.stderr)

    def _sentence(self, errors: str) -> Exception:
        # apt says in lines of their own what is wrong; hashes and dates in between help nobody.
        told = [line for line in errors.splitlines() if line.startswith(("E:", "W:"))]
        details = "\n".join(told[:6]) or last_lines(errors)
        again = (
            "已下载的部分会保留,请修复后再次运行同一命令。",
            "What was fetched is kept; mend it and run the same command again.",
        )
        if any(sign in errors for sign in FULL):
            return SetupError(
                f"磁盘已满,软件包没有下载完。{again[0]}",
                f"The disk is full; the download is not complete. {again[1]}",
                details,
            )
        if any(sign in errors for sign in UNKNOWN_KEY):
            return SetupError(
                "本机不认识该软件源的签名密钥(系统密钥包太旧);没有安装任何东西。"
                "请运行 sudo apt-get install --only-upgrade debian-archive-keyring(Ubuntu:ubuntu-keyring)后重试。",
                "This machine does not know the key that signs the mirror's newer suites; nothing was installed. "
                "Run sudo apt-get install --only-upgrade debian-archive-keyring (Ubuntu: ubuntu-keyring) "
                "and try again.",
                details,
            )
        if any(sign in errors for sign in BROKEN):
            # A proxy's wrong answer must not be met again from our own cache.
            shutil.rmtree(self.folder, ignore_errors=True)
            return SetupError(
                "软件源返回的内容与其签名或校验和不符,已全部丢弃,系统没有任何改动。"
                "请稍后再试;若仍如此,请检查代理,或在 /etc/apt 中换一个软件源。",
                "What the mirror sent does not match its signature or checksum; it was thrown away "
                "and nothing was changed. "
                "Try again later; if it stays so, look at the proxy or choose another mirror in /etc/apt.",
                details,
            )
        if any(sign in errors for sign in UNREACHABLE):
            return SetupError(
                f"连接不上本机的 Debian/Ubuntu 软件源。请检查网络和代理(apt-get update 应能成功)。{again[0]}",
                f"This machine's Debian/Ubuntu mirror cannot be reached. Check network and proxy "
                f"(apt-get update must work). {again[1]}",
                details,
            )
        if any(sign in errors for sign in NO_SUCH_SUITE):
            return NoSuchSuiteError(details)
        return SetupError(
            f"apt 没有完成下载,系统没有任何改动。{again[0]}",
            f"apt did not finish; nothing was changed. {again[1]}",
            details,
        )


def require_programs() -> None:
    """apt-get, apt-cache, apt-config, dpkg and dpkg-deb must be there; a slim image may lack one."""
    missing = [name for name in ("apt-get", "apt-cache", "apt-config", "dpkg", "dpkg-deb") if not shutil.which(name)]
    if missing:
        raise SetupError(
            f"这台机器缺少 {'、'.join(missing)},不能自动安装 Asterisk。请安装 apt 和 dpkg,"
            "或设置 CALLCENTER_ASTERISK=external 使用已有的 Asterisk ≥ 22.10。",
            f"This machine lacks {', '.join(missing)}, so Asterisk cannot be installed for you. "
            "Install apt and dpkg, "
            "or set CALLCENTER_ASTERISK=external to use an Asterisk ≥ 22.10 that you have.",
        )


def is_newer(version: str, wanted: str) -> bool:
    """Whether a Debian version is at least the wanted one, by Debian's own rules."""
    done = subprocess.run(["dpkg", "--compare-versions", version, "ge", wanted], check=False)
    return done.returncode == 0


def _machine_settings() -> list[str]:
    """Proxy, certificate and time-out settings of the machine, as apt itself reads them."""
    lines = _output("apt-config", "dump", "Acquire").splitlines()
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Proxy", "Acquire::ForceIPv4", "Acquire::ForceIPv6")
    return [line for line in lines if line.startswith(wanted) and not line.endswith('"";')]


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
