"""What a line of the interface's table holds: which address, which view, who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from callcenter.db.agents import Role, Session
from callcenter.web.deps import Deps

Open = Callable[[web.Request, Deps], Awaitable[web.StreamResponse]]
View = Callable[[web.Request, Deps, Session], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class OpenRoute:
    """A view for anyone."""

    method: str
    path: str
    view: Open


@dataclass(frozen=True)
class Route:
    """A view for people who are logged in and have one of these roles, and for other systems whose key has one."""

    method: str
    path: str
    view: View
    roles: frozenset[Role]
    people_only: bool = False
    """What no other system may do, whatever its key; such answers may hold passwords and are kept for nobody."""
