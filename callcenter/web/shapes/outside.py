"""Other systems: their keys, and what they are told."""

from __future__ import annotations

from typing import Literal

from callcenter.domain.roles import Role
from callcenter.web.shapes.base import Id, Iso, Shape


class Key(Shape):
    """A system's key; the key itself is never told again."""

    id: Id
    name: str
    role: Role
    hint: str
    scopes: list[Literal["read", "write"]]
    per_minute: int
    expires_at: Iso | None
    created_at: Iso
    created_by: str
    revoked_at: Iso | None
    last_used_at: Iso | None


class NewKeyMade(Shape):
    key: str
    keys: list[Key]
