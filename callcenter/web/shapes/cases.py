"""Cases as they are answered: rows, the whole, and what belongs to one."""

from __future__ import annotations

from typing import Any, Literal

from callcenter.domain.case import Source
from callcenter.web.shapes.base import Id, Iso, Shape
from callcenter.web.shapes.ladder import Attempt, Ladder, LadderState, Owner
from callcenter.web.shapes.people import CaseKind, CaseState, MemberProfile


class Leg(Shape):
    id: str
    party: Literal["caller", "seat", "contact", "consult", "supervisor"]
    name: str | None = None
    seat: str | None
    state: Literal["intent", "ringing", "up", "down"]
    started_at: Iso
    answered_at: Iso | None
    ended_at: Iso | None
    cause: str | None


class Recording(Shape):
    id: Id
    started_at: Iso
    seconds: float | None
    state: Literal["recording", "stored", "lost", "discarded"]


class TimelineEntry(Shape):
    seq: int
    at: Iso
    kind: str
    by: str | None
    data: dict[str, Any]


class TaskOffer(Shape):
    seat: str
    until: Iso | None


class Task(Shape):
    id: Id
    case_id: Id
    case_number: str
    kind: Literal["call_back"]
    red: bool
    who: str
    caller_display: str
    created_at: Iso
    due_at: Iso
    state: Literal["open", "taken", "done"]
    owner: str | None
    outcome: str | None
    offer: TaskOffer | None = None
    promised: bool | None = None


class Offer(Shape):
    id: str
    seat: str
    since: Iso
    ring_until: Iso
    count: int


class Caller(Shape):
    number: str | None
    anonymous: bool
    display: str


class ReportState(Shape):
    written_at: Iso | None
    signed_at: Iso | None
    signer: str | None


class Held(Shape):
    since: Iso


class TransferState(Shape):
    to: str
    name: str
    manner: Literal["blind", "attended"]
    state: Literal["ringing", "talking", "outside"]
    since: Iso


class Listener(Shape):
    name: str
    manner: Literal["listen", "whisper", "barge"]


class CaseDetail(Shape):
    id: Id
    number: str
    kind: CaseKind
    source: Source
    line: str
    line_name: str
    state: CaseState
    red: bool
    level: int
    opened_at: Iso
    waiting_since: Iso | None
    answered_at: Iso | None
    ended_at: Iso | None
    caller: Caller
    member_id: Id | None
    candidates: list[MemberProfile]
    member: MemberProfile | None
    offer: Offer | None
    seat: str | None
    agent: str | None
    wrap_up_until: Iso | None
    draft: dict[str, Any] | None
    category: str | None
    subcategory: str | None
    unreasonable: str | None
    disposition: str | None
    summary: str | None
    legs: list[Leg]
    recordings: list[Recording]
    timeline: list[TimelineEntry]
    tasks: list[Task]
    version: int
    ladder: Ladder | None = None
    attempts: list[Attempt] | None = None
    alarms: list[Offer] | None = None
    report: ReportState | None = None
    held: Held | None = None
    transfer: TransferState | None = None
    listeners: list[Listener] | None = None


class LadderLine(Shape):
    state: LadderState
    rung: int
    rungs: int
    next_at: Iso | None
    owner: Owner | str | None


class CallRow(Shape):
    id: Id
    number: str
    kind: CaseKind
    state: CaseState
    red: bool
    level: int
    who: str
    district: str | None
    caller_display: str
    opened_at: Iso
    waiting_since: Iso | None
    position: int | None
    seat: str | None
    agent: str | None
    source: Source | None = None
    opens_at: Iso | None = None
    parked_at: Iso | None = None
    alarm: bool | None = None
    ladder: LadderLine | None = None


class CaseRow(CallRow):
    category: str | None
    subcategory: str | None
    disposition: str | None
    ended_at: Iso | None
