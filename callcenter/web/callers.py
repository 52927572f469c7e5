"""Who is asking: a person by their cookie, or another system by its key; and from which address."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from aiohttp import hdrs, web

from callcenter.db.agents import Session
from callcenter.domain.errors import Refused
from callcenter.people.login import COOKIE
from callcenter.web.deps import Deps
from callcenter.web.guards import READING
from callcenter.web.problems import forbidden
from callcenter.web.routes import Route

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HOPS_MOST = 20


async def caller(request: web.Request, deps: Deps, route: Route) -> Session:
    """Whoever asks, if they may ask this at all. Raises Refused 401, 403, 429."""
    key = _key(request)
    if key is None:
        person = await deps.log_ins.who(request.cookies.get(COOKIE, ""))
        if person is None:
            raise not_logged_in()
    else:
        system = await deps.clients.who(key, f"{route.method} {route.path}")
        person = system.session
        if route.people_only:
            raise forbidden("这项操作只能由人登录后进行。", "Only a person who is logged in may do this.")
        if ("read" if request.method in READING else "write") not in system.scopes:
            raise forbidden("这个密钥没有所需的权限范围。", "This key does not have the scope for it.")
    if person.role not in route.roles:
        raise forbidden("您的角色没有这项权限。", "Your role may not do this.")
    return person


def _key(request: web.Request) -> str | None:
    kind, _, key = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else None


def address_of(request: web.Request, trusted: str) -> str:
    """From where a request comes: the last address in X-Forwarded-For that is no proxy of ours, told by proxies of ours only."""
    networks = trusted_networks(trusted)
    address = request.remote or ""
    hops = [hop.strip() for line in request.headers.getall(hdrs.X_FORWARDED_FOR, []) for hop in line.split(",")][-HOPS_MOST:]
    while hops and _is_in(address, networks):
        following = _address(hops.pop())
        if following is None:
            break  # rubbish, written by whoever came to our proxy
        address = str(following)
    return address


@lru_cache
def trusted_networks(text: str) -> tuple[Network, ...]:
    """``10.0.0.5, 192.168.7.0/24`` as networks. Raises ValueError for anything else."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = text.strip("[]") if text.startswith("[") else text
    if text.count(":") == 1:  # with a port, as some proxies write it
        text = text.partition(":")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    found = _address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    return found is not None and any((mapped or found) in network for network in networks)


def not_logged_in() -> Refused:
    """There is no valid log-in with this request."""
    return Refused(
        "not_logged_in",
        "您没有登录,或登录已到期。草稿和通话不受影响。",
        "You are not logged in, or your log-in has ended. Drafts and calls are not affected.",
        remedy_zh="请重新登录。",
        remedy_en="Log in again.",
        status=401,
    )
