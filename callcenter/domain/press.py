"""A clipping from the press (T-5): filed, sent to the department head, received; and which files are taken as its scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.errors import IllegalMove, Refused
from callcenter.domain.roles import Role

State = Literal["filed", "sent", "received"]
Move = Literal["send", "receive"]
MOVES: Mapping[tuple[State, Move], State] = {
    ("filed", "send"): "sent",
    ("sent", "receive"): "received",
}
"""What is not here is refused and changes nothing."""
_STATES_ZH = {"filed": "已归档", "sent": "已送达待签收", "received": "已签收"}
_MOVES_ZH = {"send": "送部门负责人", "receive": "签收"}
RECEIVES: Role = "department_head"

SIZE_LIMIT = 20 * 1024 * 1024
SIGNATURES: Mapping[bytes, tuple[str, str]] = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
"""How a file begins → its media type and its ending with us. What a browser says of it counts nothing."""


@dataclass(frozen=True)
class Clipping:
    """How it stands."""

    id: UUID
    state: State
    sent_to: UUID | None = None
    sent_by: UUID | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None


def type_of(beginning: bytes, rule: str | None = "T-5") -> tuple[str, str]:
    """``(media type, ending)`` of a scan by its first bytes. Raises Refused; ``rule`` is what asks for the scan."""
    for signature, kind in SIGNATURES.items():
        if beginning.startswith(signature):
            return kind
    raise Refused(
        "bad_scan", "扫描件不是 PDF、PNG 或 JPEG 文件。没有归档。", "The scan is no PDF, PNG or JPEG. Nothing was filed.",
        remedy_zh="请扫描或拍照后再上传。", remedy_en="Scan or photograph it and try again.", rule=rule, status=422,
    )  # fmt: skip


def send(clipping: Clipping, to: UUID, role: Role, by: UUID, now: datetime) -> Clipping:
    """Sent to a department head. Raises Refused."""
    if role != RECEIVES:
        raise Refused(
            "not_a_head", "报刊只能送部门负责人。没有送出。", "Clippings are sent to a department head. It was not sent.",
            remedy_zh="请选择部门负责人。", remedy_en="Choose a department head.", rule="T-5", status=422,
        )  # fmt: skip
    return replace(clipping, state=_move(clipping, "send"), sent_to=to, sent_by=by, sent_at=now)


def receive(clipping: Clipping, by: UUID, now: datetime) -> Clipping:
    """The head's receipt. Raises Refused."""
    state = _move(clipping, "receive")
    if by != clipping.sent_to:
        raise Refused(
            "not_your_clipping", "只有收件的部门负责人可以签收。没有改动。",
            "Only the head it was sent to signs for it. Nothing was changed.",
            remedy_zh="请收件人登录签收。", remedy_en="The recipient logs in and does it.", rule="T-5", status=403,
        )  # fmt: skip
    return replace(clipping, state=state, received_at=now)


def _move(clipping: Clipping, move: Move) -> State:
    state = MOVES.get((clipping.state, move))
    if state is None:
        raise IllegalMove("报刊资料", f"clipping ({move})", _STATES_ZH[clipping.state], _MOVES_ZH[move])
    return state
