"""What other systems are told: which line of a case's journal is which event, how long a message is tried, where none may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from callcenter.domain.errors import Refused

EVENTS: Mapping[str, tuple[str, str]] = {
    "case.opened": ("求助件建立", "a case was opened"),
    "case.changed": ("求助件状态、分类、受理人、老人有变化", "its state, category, owner or elder changed"),
    "case.closed": ("求助件结案", "a case was closed"),
    "escalation.started": ("紧急联系阶梯开始", "a contact ladder began"),
    "escalation.rung": ("联系阶梯到下一级", "a rung began"),
    "escalation.acknowledged": ("有人应答负责", "somebody took charge"),
    "escalation.exhausted": ("所有联系人都已试过", "everybody was tried"),
    "escalation.resolved": ("联系阶梯结束", "the ladder ended"),
    "order.*": ("派工单的每一步", "every step of a work order"),
    "follow_up.*": ("回访的每一步", "every step of a follow-up"),
}
"""What a subscription chooses from. ``family.*``: all that begins so; which there are grows with the papers."""
TEST = "test.ping"

_KINDS: Mapping[str, str] = {
    "policy_frozen": "escalation.started",
    "rung_started": "escalation.rung",
    "acknowledged": "escalation.acknowledged",
    "exhausted": "escalation.exhausted",
    "ladder_ended": "escalation.resolved",
    "drill_ended": "escalation.resolved",
    "followed_up": "follow_up.done",
    "spot_check": "follow_up.spot_check",
}
_FAMILIES = (("order_", "order."), ("follow_up_", "follow_up."))
_CHANGES = frozenset(
    ("reclassified", "owner_changed", "member_chosen", "member_created", "profile_changed", "settled", "press_joined", "relapse")
)

PAUSES = (5.0, 30.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds between two tries; after the last it is dead: some three days, as Standard Webhooks recommends."""
PATIENCE = 5
"""After so many failed tries of one message the later ones of its case no longer wait for it: more than half an hour."""
URL_LIMIT = 500


def events_of(kind: str, seq: int, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What a line of a case's journal is to others; most are nothing."""
    found = [_KINDS[kind]] if kind in _KINDS else []
    found += [family + kind.removeprefix(start) for start, family in _FAMILIES if kind.startswith(start)]
    moves = [each for each in data.get("receipt", ()) if each.get("from") != each.get("to") and "to" in each]
    if seq == 1:
        found.append("case.opened")
    elif any(move["to"] == "closed" for move in moves):
        found.append("case.closed")
    elif moves or kind in _CHANGES:
        found.append("case.changed")
    return tuple(found)


def wants(chosen: Iterable[str], event: str) -> bool:
    """Whether a subscription to these is told of ``event``."""
    family = event.partition(".")[0] + ".*"
    return event == TEST or any(each in (event, family) for each in chosen)


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: str) -> str:
    """The header ``webhook-signature`` of Standard Webhooks: one ``v1,…`` for each secret (``whsec_`` and base64)."""
    content = f"{message_id}.{timestamp}.{body}".encode()
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256)).decode()
        for secret in secrets
    )


def is_public(address: str) -> bool:
    """Whether an address is one of the open Internet: not this machine, not its network, nor another way of writing these."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _CARRIERS):
            return False
    return found.is_global and not found.is_multicast


_CARRIERS = tuple(ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
"""IPv6 addresses that carry an IPv4 address inside."""


def check_url(url: str, *, private: bool) -> str:
    """The address of a receiver. ``private``: the centre's own network, and http without TLS, are allowed. Raises Refused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = None, "", None
    schemes = ("https", "http") if private else ("https",)
    if parts is None or parts.scheme not in schemes or not host or "@" in parts.netloc or len(url) > URL_LIMIT or port == 0:
        raise Refused(
            "bad_webhook_url", "接收地址不可用:须是 https:// 开头的完整网址,不含用户名。",
            "The address is of no use: it must be a whole https:// URL without a user.",
            remedy_zh="本地网络或 http 的地址须先由维护人员设置 CALLCENTER_WEBHOOK_PRIVATE_ADDRESSES。",
            remedy_en="Addresses of the own network, or http, need CALLCENTER_WEBHOOK_PRIVATE_ADDRESSES.", status=422,
        )  # fmt: skip
    literal = _literal(host)
    if not private and (host == "localhost" or host.endswith(".localhost") or (literal and not is_public(literal))):
        raise private_address()
    return url


def _literal(host: str) -> str | None:
    """The host as an address, if it is one and no name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None


def private_address() -> Refused:
    """The address lies in a network that is not to be called."""
    return Refused(
        "private_address", "接收地址在本机或内部网络,不允许。", "The address lies on this machine or in its network.",
        remedy_zh="请使用公网地址;确需内网时由维护人员设置 CALLCENTER_WEBHOOK_PRIVATE_ADDRESSES=true。",
        remedy_en="Use a public one, or have CALLCENTER_WEBHOOK_PRIVATE_ADDRESSES=true set.", status=422,
    )  # fmt: skip
