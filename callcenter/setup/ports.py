"""Which ports we need, and who has them: asked before anything is started, told by name.

"Address already in use" in the middle of a log is the most frequent way in which a first start fails.
"""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.processes import describe


@dataclass(frozen=True)
class Port:
    """One port we are going to listen on."""

    what: str
    setting: str
    protocol: Literal["tcp", "udp"]
    host: str
    number: int


def service_ports(settings: Settings) -> list[Port]:
    """Ports of the service itself."""
    return [Port("控制台 console", "CALLCENTER_HTTP_PORT", "tcp", settings.http_host, settings.http_port)]


def asterisk_ports(settings: Settings) -> list[Port]:
    """Ports of the private Asterisk; an external one has its own."""
    if settings.asterisk == "external":
        return []
    host, sip = settings.asterisk_host, settings.sip_host
    return [
        Port("Asterisk ARI", "CALLCENTER_ASTERISK_HTTP_PORT", "tcp", host, settings.asterisk_http_port),
        Port("Asterisk AMI", "CALLCENTER_AMI_PORT", "tcp", host, settings.ami_port),
        Port("SIP", "CALLCENTER_SIP_PORT", "udp", sip, settings.sip_port),
        Port("SIP", "CALLCENTER_SIP_PORT", "tcp", sip, settings.sip_port),
    ]


def require_free(ports: list[Port]) -> None:
    """Raise one sentence that names every port that cannot be used, the setting, and who has it."""
    problems = [problem for port in ports if (problem := _problem(port))]
    if problems:
        raise SetupError(
            "还没有启动任何东西:\n" + "\n".join(chinese for chinese, _ in problems),
            "Nothing was started yet:\n" + "\n".join(english for _, english in problems),
        )


def is_free(port: Port) -> bool:
    """Whether we could listen there now."""
    return _problem(port) is None


def _problem(port: Port) -> tuple[str, str] | None:
    place = f"{port.protocol.upper()} {port.host}:{port.number}"
    try:
        _try(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            holder = holder_of(port.number, port.protocol)
            by, von = (f",占用者:进程 {holder}", f" by process {holder}") if holder else ("", "")
            return (
                f"{port.what} 的端口 {place} 已被占用{by}。请结束该程序,或把 {port.setting} 设为别的端口。",
                f"The port {place} ({port.what}) is taken{von}. End that program or set {port.setting}.",
            )
        if error.errno == errno.EACCES:
            return (
                f"没有权限使用端口 {place}({port.what})。请把 {port.setting} 设为 1024 以上。",
                f"We may not use the port {place} ({port.what}). Set {port.setting} to 1024 or above.",
            )
        return (
            f"本机没有地址 {port.host}({port.what},{error.strerror})。请检查 {port.setting} 对应的地址。",
            f"Cannot listen on {port.host} ({port.what}: {error.strerror}). Check the address of {port.setting}.",
        )
    return None


def _try(port: Port) -> None:
    kind = socket.SOCK_STREAM if port.protocol == "tcp" else socket.SOCK_DGRAM
    family, _, _, _, address = socket.getaddrinfo(port.host, port.number, type=kind)[0]
    with socket.socket(family, kind) as trial:
        if port.protocol == "tcp":  # ending connections hold nothing; for UDP this would hide a holder
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
        if port.protocol == "tcp":
            trial.listen(1)


def holder_of(number: int, protocol: Literal["tcp", "udp"]) -> str | None:
    """The program that holds a port, where /proc lets us see it."""
    inodes = set()
    for version in ("", "6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{protocol}{version}").read_text().splitlines()[1:]:
                fields = line.split()
                listening = protocol == "udp" or fields[3] == "0A"
                if listening and int(fields[1].rsplit(":", 1)[1], 16) == number:
                    inodes.add(f"socket:[{fields[9]}]")
    if not inodes:
        return None
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):  # ended meanwhile, or of another user
            for descriptor in os.scandir(f"/proc/{pid}/fd"):
                with suppress(OSError):
                    if os.readlink(descriptor.path) in inodes:
                        return describe(int(pid))
    return None
