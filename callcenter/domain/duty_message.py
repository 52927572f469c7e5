"""A message between departments (T-2): sent, read, acknowledged, each with its time; what is overdue warns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.errors import IllegalMove, Refused
from callcenter.domain.roles import Role

State = Literal["sent", "read", "acknowledged"]
Move = Literal["read", "acknowledge"]
MOVES: Mapping[tuple[State, Move], State] = {
    ("sent", "read"): "read",
    ("sent", "acknowledge"): "acknowledged",
    ("read", "acknowledge"): "acknowledged",
}
"""What is not here is refused and changes nothing."""
_STATES_ZH = {"sent": "未读", "read": "已读", "acknowledged": "已确认"}
_MOVES_ZH = {"read": "阅读", "acknowledge": "确认"}
FOR_DEPARTMENTS: frozenset[Role] = frozenset({"department_head", "supervisor", "administrator"})
"""They receive for a department; the supervisor writes down what was told by telephone."""


@dataclass(frozen=True)
class Message:
    """To one department or one person. ``due_at``: acknowledged until then, or it warns."""

    id: UUID
    written_by: UUID
    text: str
    due_at: datetime
    state: State = "sent"
    department: UUID | None = None
    person: UUID | None = None
    read_at: datetime | None = None
    read_by: UUID | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    reply: str = ""


def is_for(message: Message, person: UUID, role: Role) -> bool:
    """Whether this person receives it."""
    if message.person is not None:
        return message.person == person
    return role in FOR_DEPARTMENTS


def read(message: Message, by: UUID, role: Role, now: datetime) -> Message:
    """Read; a second reading changes nothing. Raises Refused."""
    _require(message, by, role)
    if message.state != "sent":
        return message
    return replace(message, state=MOVES["sent", "read"], read_at=now, read_by=by)


def acknowledge(message: Message, by: UUID, role: Role, reply: str, now: datetime) -> Message:
    """Acknowledged, with what came of it. Raises Refused."""
    _require(message, by, role)
    state = MOVES.get((message.state, "acknowledge"))
    if state is None:
        raise IllegalMove("消息", "message (acknowledge)", _STATES_ZH[message.state], _MOVES_ZH["acknowledge"])
    return replace(
        message,
        state=state,
        read_at=message.read_at or now,
        read_by=message.read_by or by,
        acknowledged_at=now,
        acknowledged_by=by,
        reply=reply,
    )


def overdue(message: Message, now: datetime) -> bool:
    """Not acknowledged, and the time is over."""
    return message.state != "acknowledged" and now > message.due_at


def _require(message: Message, person: UUID, role: Role) -> None:
    if not is_for(message, person, role):
        raise Refused(
            "not_your_message", "只有收件人可以确认这条消息。消息没有改动。",
            "Only its recipient acknowledges a message. It was not changed.",
            remedy_zh="请收件人登录确认。", remedy_en="The recipient logs in and does it.", rule="T-2", status=403,
        )  # fmt: skip
