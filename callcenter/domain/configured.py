"""What a setting may say: each check takes the text, gives nothing back, and raises ValueError in Chinese and English."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcenter.domain.roles import ROLES

_HOST = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?")
_ICE = re.compile(r"(stuns?:[^\s|]+|turns?:[^\s|]+\|[^|\s]+\|[^|\s]+)")
_NODE = re.compile(r"([a-z0-9][a-z0-9-]{0,30})=([0-9A-Za-z.-]+)(?::(\d{1,5}):(\d{1,5}):(\d{1,5}))?")
TRIES_MOST = 30
LONGEST_PAUSE = 7 * 86_400.0


def parts_of(text: str) -> list[str]:
    """A comma list."""
    return [part.strip() for part in text.split(",") if part.strip()]


def check_zone(name: str) -> None:
    """An IANA time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"没有名为 {name!r} 的时区,应如 Asia/Shanghai。There is no time zone {name!r}; one is Asia/Shanghai."
        ) from None


def check_networks(text: str) -> None:
    """Addresses or networks."""
    for part in parts_of(text):
        if not is_network(part):
            raise ValueError(
                f"应为地址或网段(如 10.0.0.0/8),不是 {part!r}。Addresses or networks (10.0.0.0/8) are meant, not {part!r}."
            )


def check_sources(text: str) -> None:
    """Addresses, networks or host names, at least one."""
    if not parts_of(text) or not all(is_network(part) or _HOST.fullmatch(part) for part in parts_of(text)):
        raise ValueError(
            f"应为逗号分隔的地址、网段或主机名,不是 {text!r}。"
            f"Addresses, networks or host names with commas are meant, not {text!r}."
        )


def check_listening(address: str) -> None:
    """An IP address to listen on, or a host name."""
    if not is_network(address) and not _HOST.fullmatch(address):
        raise ValueError(
            f"应为监听地址(如 127.0.0.1 或 0.0.0.0),不是 {address!r}。An address to listen on is meant, not {address!r}."
        )


def check_target(text: str) -> None:
    """``host:port``"""
    host, _, port = text.rpartition(":")
    known = is_network(host.strip("[]")) or _HOST.fullmatch(host)
    if not known or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"应为 主机:端口,不是 {text!r}。host:port is meant, not {text!r}.")


def check_drill(text: str) -> None:
    """``host:port`` of this machine."""
    if not is_on_this_machine(text):
        raise ValueError(
            f"演练线路只能指向本机(127.x.x.x:端口),不能是 {text!r}:演练绝不能拨到真实号码。"
            f"The drill trunk must be a loopback address (127.x.x.x:port), not {text!r}: "
            "a drill must never reach a real number."
        )


def check_pauses(text: str) -> None:
    """Seconds with commas."""
    try:
        pauses = [float(part) for part in text.split(",")]
    except ValueError:
        pauses = []
    if not 0 < len(pauses) <= TRIES_MOST or not all(math.isfinite(one) and 0 < one <= LONGEST_PAUSE for one in pauses):
        raise ValueError(
            f"应为逗号分隔的秒数,最多 {TRIES_MOST} 个,每个大于 0 且不超过 7 天。"
            f"Seconds with commas are meant, at most {TRIES_MOST}, each above 0 and no more than seven days."
        )


def check_roles(text: str) -> None:
    """Roles that there are."""
    for part in text.split(","):
        if part not in ROLES:
            raise ValueError(f"没有身份 {part!r},可用:{', '.join(ROLES)}。There is no role {part!r}; there are {', '.join(ROLES)}.")


def check_ice(text: str) -> None:
    """``stun:host:port`` and ``turn:host:port|user|password``."""
    for part in parts_of(text):
        if not _ICE.fullmatch(part):
            raise ValueError(
                "应为 stun:主机:端口 或 turn:主机:端口|用户|密码,用逗号分隔。"
                "stun:host:port or turn:host:port|user|password are meant, with commas."
            )


def check_advertised(text: str) -> None:
    """``local=public`` pairs of addresses."""
    for part in parts_of(text):
        local, _, public = part.partition("=")
        if not (_is_address(local) and _is_address(public)):
            raise ValueError(f"应为 本机地址=公网地址,不是 {part!r}。local=public pairs of IP addresses are meant, not {part!r}.")


def check_ports(ports: Mapping[str, int], audio: tuple[int, int]) -> None:
    """Ports of one machine, each used once. ``audio``: the first and last UDP port for it; SIP takes none of these."""
    if audio[1] - audio[0] < 20:
        raise ValueError(
            "音频端口太少:rtp_end 至少要比 rtp_start 大 20。rtp_end must be at least 20 above rtp_start: every leg needs two ports."
        )
    if audio[0] <= ports["sip_port"] <= audio[1]:
        raise ValueError(
            "sip_port 在 rtp_start 与 rtp_end 之间,会与音频冲突。sip_port lies among the ports for audio (rtp_start to rtp_end)."
        )
    for port in ports.values():
        same = [name for name in ports if ports[name] == port]
        if len(same) > 1:
            raise ValueError(
                f"{' 和 '.join(same)} 用了同一个端口 {port},请改其中一个。{' and '.join(same)} have one port, {port}: change one."
            )


def other_nodes(text: str) -> list[dict[str, Any]]:
    """The setting of that name, read: fields of ``Settings`` for each node. Raises ValueError."""
    found = []
    for part in parts_of(text):
        read = _NODE.fullmatch(part)
        if read is None or any(port and not 0 < int(port) < 65536 for port in read.groups()[2:]):
            raise ValueError(
                f"other_nodes 应为 名称=地址 或 名称=地址:http端口:ami端口:sip端口,不是 {part!r}。"
                f"other_nodes takes name=host or name=host:http:ami:sip, not {part!r}."
            )
        name, host, *ports = read.groups()
        one: dict[str, Any] = {"node": name, "asterisk_host": host}
        if ports[0]:
            one |= dict(zip(("asterisk_http_port", "ami_port", "sip_port"), map(int, ports), strict=True))
        found.append(one)
    return found


def check_nodes(nodes: Sequence[tuple[str, str, int]]) -> None:
    """Name, host and HTTP port of each node of the centre: names and places are all different."""
    names, places = [node[0] for node in nodes], [node[1:] for node in nodes]
    if len(set(names)) < len(names):
        raise ValueError(f"other_nodes 中节点名重复:{names}。Two nodes have one name: {names}.")
    if len(set(places)) < len(places):
        raise ValueError(
            "other_nodes 中有节点与另一个是同一台(地址和 HTTP 端口相同)。Two nodes of other_nodes are one and the same Asterisk."
        )


def is_network(text: str) -> bool:
    """Whether it is an IP address or a network."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    return "/" not in text and is_network(text.strip())


def is_on_this_machine(target: str) -> bool:
    """Whether ``host:port`` is a loopback address. A name is not: who knows where it leads tomorrow."""
    host, _, port = target.rpartition(":")
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback and 0 < int(port) < 65536
    except ValueError:
        return False


CHECKS: Mapping[str, Callable[[str], object]] = {
    "time_zone": check_zone, "trusted_proxies": check_networks, "trunk_match": check_sources, "trunk_target": check_target,
    "drill_target": check_drill, "webhook_pauses": check_pauses, "follow_up_roles": check_roles, "ice_servers": check_ice,
    "ice_advertised": check_advertised, "other_nodes": other_nodes, "http_host": check_listening, "sip_host": check_listening,
    "asterisk_host": check_listening,
}  # fmt: skip
"""By the setting's name."""
