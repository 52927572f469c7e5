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


class EventWord(Shape):
    id: str
    zh: str
    en: str


class WebhookShape(Shape):
    """A subscription, and how its messages fare."""

    id: Id
    name: str
    url: str
    events: list[str]
    persons: bool
    active: bool
    off_reason: str
    version: int
    pending: int
    dead: int
    created_at: Iso
    created_by: str
    failing_since: Iso | None
    delivered_at: Iso | None
    old_secret_until: Iso | None


class WebhookPage(Shape):
    webhooks: list[WebhookShape]
    events: list[EventWord]
    private: bool


class WebhookSaved(WebhookPage):
    """``secret``: told in this answer only."""

    secret: str | None


class Delivery(Shape):
    """A message on its way."""

    id: str
    event: str
    case_id: Id | None
    seq: int
    state: Literal["pending", "delivered", "dead"]
    tries: int
    created_at: Iso
    next_at: Iso | None
    tried_at: Iso | None
    delivered_at: Iso | None
    status: int | None
    error: str


class MessageCase(Shape):
    id: Id
    number: str
    kind: str
    source: str
    state: str
    red: bool


class MessageLine(Shape):
    seq: int
    kind: str


class MessagePaper(Shape):
    id: Id
    noun: str
    state: str


class MessageMember(Shape):
    name: str
    address: str
    numbers: list[str]


class MessageData(Shape):
    """States are those when the message was made; the line says what happened. ``member``: if the subscription has the right."""

    case: MessageCase | None = None
    member_id: Id | None = None
    line: MessageLine | None = None
    paper: MessagePaper | None = None
    rung: int | None = None
    member: MessageMember | None = None


class OutgoingMessage(Shape):
    """What a subscription's address receives, signed by Standard Webhooks' headers."""

    type: str
    timestamp: Iso
    data: MessageData
