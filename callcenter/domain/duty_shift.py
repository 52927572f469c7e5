"""A duty shift (T-1) and its log (T-6): which moves there are, who may make them, and when a hand-over has waited too long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from callcenter.domain.errors import IllegalMove, Refused

State = Literal["open", "handed_over", "acknowledged"]
Move = Literal["hand_over", "acknowledge"]
MOVES: Mapping[tuple[State, Move], State] = {
    ("open", "hand_over"): "handed_over",
    ("handed_over", "acknowledge"): "acknowledged",
}
"""What is not here is refused and changes nothing."""
_STATES_ZH = {"open": "值班中", "handed_over": "已交班,待接班确认", "acknowledged": "已接班"}
_MOVES_ZH = {"hand_over": "交班", "acknowledge": "接班确认"}

Kind = Literal["visit", "order", "equipment", "staff", "complaint", "other"]
"""来访, 领导交办, 设备, 人员, 投诉, 其他: what people write by hand."""
ENTRY_KINDS: Mapping[Kind, tuple[str, str]] = {
    "visit": ("来访", "Visit"),
    "order": ("领导交办", "Order of a leader"),
    "equipment": ("设备", "Equipment"),
    "staff": ("人员", "Staff"),
    "complaint": ("投诉", "Complaint"),
    "other": ("其他", "Other"),
}

ACKNOWLEDGED_WITHIN = timedelta(minutes=30)
SHIFT_LASTS = timedelta(hours=14)  # a night of twelve hours, and the hand-over
BACK_DATED = timedelta(hours=1)  # an entry about what happened shortly before the shift began


@dataclass(frozen=True)
class Shift:
    """One shift. Texts that people signed are kept as they wrote them."""

    id: UUID
    place: str
    person: UUID
    state: State
    began_at: datetime
    handed_over_at: datetime | None = None
    handed_over_by: UUID | None = None
    signer: str | None = None
    note: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    receiver: str | None = None
    remark: str = ""


def hand_over(shift: Shift, by: UUID, signer: str, note: str, now: datetime) -> Shift:
    """The shift with its note. Whoever hands over for somebody who has gone says why. Raises Refused."""
    state = _move(shift, "hand_over")
    if by != shift.person and not note:
        raise Refused(
            "note_needed", "代他人交班时必须写明原因。班次没有改动。",
            "Whoever hands over for somebody else says why. The shift was not changed.",
            remedy_zh="请在交班说明中写明。", remedy_en="Write it into the note.", rule="T-1", status=422,
        )  # fmt: skip
    return replace(shift, state=state, handed_over_at=now, handed_over_by=by, signer=signer, note=note)


def acknowledge(shift: Shift, by: UUID, receiver: str, remark: str, now: datetime) -> Shift:
    """The shift taken over. Nobody takes over from themselves. Raises Refused."""
    state = _move(shift, "acknowledge")
    if by in (shift.person, shift.handed_over_by):
        raise Refused(
            "own_hand_over", "交班须由接班人确认,不能由交班人本人确认。班次没有改动。",
            "A hand-over is acknowledged by the next person, not by whoever handed over. The shift was not changed.",
            remedy_zh="请接班人用自己的账号确认;没有接班人时由部门负责人或管理员确认。",
            remedy_en="The next person does it under their own log-in; without one, the department head or an administrator does.",
            rule="T-1",
        )  # fmt: skip
    return replace(shift, state=state, acknowledged_at=now, acknowledged_by=by, receiver=receiver, remark=remark)


def entry_time(shift: Shift, at: datetime | None, now: datetime) -> datetime:
    """When what is written happened: now, or what the writer says, within the shift and not in the future. Raises Refused."""
    if at is None:
        return now
    if at > now + timedelta(minutes=1) or at < shift.began_at - BACK_DATED:
        raise Refused(
            "bad_entry_time", "记录的时间不在本班内。没有写入。", "The time lies outside this shift. Nothing was written.",
            remedy_zh="请填写本班内已经发生的时间。", remedy_en="Give a time within this shift that has passed.",
            rule="T-6", status=422,
        )  # fmt: skip
    return at


def waits_too_long(shift: Shift, now: datetime) -> bool:
    """Handed over and not acknowledged, or never handed over: it warns."""
    if shift.state == "handed_over" and shift.handed_over_at is not None:
        return now - shift.handed_over_at > ACKNOWLEDGED_WITHIN
    return shift.state == "open" and now - shift.began_at > SHIFT_LASTS


def _move(shift: Shift, move: Move) -> State:
    state = MOVES.get((shift.state, move))
    if state is None:
        raise IllegalMove("值班班次", f"duty shift ({move})", _STATES_ZH[shift.state], _MOVES_ZH[move])
    return state
