"""The duty room's papers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from callcenter.web.shapes.base import Colleague, Day, Id, Iso, Named, SeatName, Shape


class Fact(Shape):
    at: Iso
    kind: str
    zh: str
    en: str
    who: str | None
    case_id: Id | None
    number: str | None


class OpenItem(Shape):
    at: Iso | None
    kind: str
    zh: str
    en: str
    who: str | None
    case_id: Id | None
    number: str | None


EntryKind = Literal["visit", "order", "equipment", "staff", "complaint", "other"]


class LogEntry(Shape):
    id: int
    at: Iso
    written_at: Iso
    by: str
    kind: EntryKind
    text: str
    corrects: int | None


class Shift(Shape):
    id: Id
    place: str
    state: Literal["open", "handed_over", "acknowledged"]
    name: str
    began_at: Iso
    handed_over_at: Iso | None
    handed_over_by: str | None
    signer: str | None
    note: str
    acknowledged_at: Iso | None
    acknowledged_by: str | None
    receiver: str | None
    remark: str
    late: bool


class WholeShift(Shift):
    facts: list[Fact]
    open_items: list[OpenItem]
    entries: list[LogEntry]
    own: bool


class Turn(Shape):
    id: Id
    post: Literal["supervisor", "seat"]
    agent_id: Id
    name: str
    phone_id: Id | None
    seat: str | None
    begins_at: Iso
    ends_at: Iso


class Gap(Shape):
    begins_at: Iso
    ends_at: Iso
    no_phone: bool


class Clash(Shape):
    why: Literal["person", "seat"]
    turns: tuple[str, str]


class NamedPhone(Shape):
    id: Id
    name: str
    active: bool


class Week(Shape):
    monday: Day
    turns: list[Turn]
    gaps: list[Gap]
    clashes: list[Clash]
    people: list[Colleague]
    phones: list[NamedPhone]
    seats: list[SeatName]


class Message(Shape):
    id: Id
    written_at: Iso
    from_: str = Field(alias="from")
    to: str
    text: str
    due_at: Iso
    state: Literal["sent", "read", "acknowledged"]
    read_at: Iso | None
    read_by: str | None
    acknowledged_at: Iso | None
    acknowledged_by: str | None
    reply: str
    overdue: bool
    mine: bool


class Messages(Shape):
    messages: list[Message]
    departments: list[Named]
    people: list[Colleague]


RubricId = Literal["hygiene", "discipline"]


class RubricItem(Shape):
    id: str
    most: int
    zh: str
    en: str


class RubricItems(Shape):
    id: RubricId
    items: list[RubricItem]


class Score(Shape):
    id: int
    day: Day
    rubric: RubricId
    subject: str
    total: int
    most: int
    remark: str
    by: str


class DayShare(Shape):
    day: Day
    rubric: RubricId
    share: float


class Inspections(Shape):
    rubrics: list[RubricItems]
    areas: list[str]
    people: list[Named]
    scores: list[Score]
    trend: list[DayShare]


class Clipping(Shape):
    id: Id
    newspaper: str
    published_on: Day
    title: str
    page: str
    media_type: str
    bytes: int
    state: Literal["filed", "sent", "received"]
    added_by: str
    added_at: Iso
    sent_to: str | None
    sent_at: Iso | None
    received_at: Iso | None
    mine: bool


class Press(Shape):
    clippings: list[Clipping]
    heads: list[Named]


class Shifts(Shape):
    shifts: list[Shift]
