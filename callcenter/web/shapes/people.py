"""Who people are: log-ins, lists, elders and what is kept of them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from callcenter.domain.consent import How, Kind
from callcenter.domain.roles import Role
from callcenter.web.shapes.base import Day, Id, Iso, NumberedLine, SeatName, Shape


class Me(Shape):
    agent_id: Id
    user: str
    name: str
    role: Role
    seat: str | None
    may_sign: bool = Field(description="signs for the department today: its head, or who is named for the day (R-11, F-5)")


class Labelled(Shape):
    id: str
    zh: str
    en: str


class Category(Labelled):
    children: list[Labelled]


CaseKind = Literal["emergency", "life_help"]


class Disposition(Labelled):
    kinds: list[CaseKind]
    closes: bool


class PauseReason(Labelled):
    limit_minutes: float | None


class MetaFigures(Shape):
    ring_seconds: float
    wrap_up_seconds: float
    answer_within_seconds: float
    answer_target: float


class Centre(Shape):
    name_zh: str
    name_en: str
    time_zone: str


class MetaCentre(Centre):
    lines: list[NumberedLine]


class Meta(Shape):
    centre: MetaCentre
    seats: list[SeatName]
    categories: list[Category]
    unreasonable: list[Labelled]
    dispositions: list[Disposition]
    settle_outcomes: list[Labelled]
    pause_reasons: list[PauseReason]
    system_pauses: list[Labelled]
    task_outcomes: list[Labelled]
    figures: MetaFigures


class SeatChoice(Shape):
    extension: str
    name: str
    taken: bool


CaseState = Literal["waiting", "talking", "wrap_up", "open", "closed", "callback"]


class Contact(Shape):
    id: Id
    name: str
    relation: str
    number: str
    order: int
    answer_rate: float | None


class MemberTerminal(Shape):
    serial: str
    model: str
    battery_percent: int | None
    last_seen_at: Iso | None
    last_test_at: Iso | None


class RecentCase(Shape):
    id: Id
    number: str
    opened_at: Iso
    kind: CaseKind
    disposition: str | None


class Matched(Shape):
    name: list[list[int]]
    address: list[list[int]]
    numbers: list[list[list[int]]]
    id: str | None


class MemberBrief(Shape):
    id: Id
    name: str
    honorific: str
    age: int | None
    district: str | None
    address: str | None
    numbers: list[str]
    matched: Matched | None = None


class HeldCard(Shape):
    number: str
    valid_until: Day | None


class MemberProfile(Shape):
    id: Id
    version: int
    numbers: list[str]
    name: str
    honorific: str
    gender: Literal["f", "m"]
    birth_date: Day | None
    age: int | None
    dialect: str | None
    better_ear: Literal["left", "right", "both"] | None
    photo: str | None
    district: str | None
    department: str | None
    department_phone: str | None
    address: str | None
    door_code: str | None
    key_holder: str | None
    lives_alone: bool | None
    illnesses: list[str]
    medication: list[str]
    allergies: list[str]
    hospital: str | None
    blood_type: str | None
    card: HeldCard | None
    contacts: list[Contact]
    terminals: list[MemberTerminal]
    recent_cases: list[RecentCase]
    remarks: str | None
    consents: dict[Kind, bool] = Field(description="what was last said of each kind; a kind that is not here was never asked")


class Script(Shape):
    id: str
    rule: str
    title_zh: str
    title_en: str
    zh: str
    en: str
    states: list[CaseState]
    kinds: list[CaseKind]
    needs: Literal["member", "nobody", "card", "no_card"] | None
    first: bool


class ChangedField(Shape):
    field: str
    before: Any
    after: Any


class ProfileVersion(Shape):
    version: int
    at: Iso
    kind: Literal["found", "edit", "import", "link", "restore"]
    restored: int | None
    by: str | None
    changed: list[ChangedField]


class ConsentVersion(Shape):
    """What was said once of one kind; it stays."""

    id: int
    kind: Kind
    version: int
    given: bool
    at: Iso
    by_whom: str
    how: How
    note: str
    scan: str | None
    recorded_by: str
    recorded_at: Iso


class ConsentPage(Shape):
    kinds: list[Labelled]
    ways: list[Labelled]
    history: list[ConsentVersion]


class ScanKept(Shape):
    scan: str
