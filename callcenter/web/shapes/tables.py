"""Tables of the catalogue, queues, hours, staff and files taken over."""

from __future__ import annotations

from typing import Any, Literal

from callcenter.domain.roles import Role
from callcenter.domain.thresholds import Measure
from callcenter.web.shapes.base import Day, Id, Iso, NumberedLine, Shape, Words
from callcenter.web.shapes.people import CaseKind


class Threshold(Shape):
    measure: Measure
    below: bool
    limit: float
    seconds: float
    active: bool
    phone: bool
    alarmed_at: Iso | None


class Agent(Shape):
    id: Id
    user: str
    name: str
    role: Role
    seat: str | None
    active: bool


class SeatCredentials(Shape):
    extension: str
    password: str
    server: str
    port: int
    transport: str


class BadCell(Shape):
    row: int
    column: str
    value: str
    zh: str
    en: str


class ImportReport(Shape):
    file: str
    rows: int
    added: int
    changed: int
    unchanged: int
    bad: list[BadCell]
    applied: bool


class RecordColumn(Shape):
    key: str
    zh: str
    en: str
    kind: Literal["text", "long", "list", "choice", "yes", "day", "number", "money", "count"]
    required: bool
    fixed: bool
    wide: bool
    offers: str
    note_zh: str
    note_en: str
    words: list[Words]


class RecordItem(Shape):
    id: str
    version: int
    cells: dict[str, str]
    extra: dict[str, Any] | None


class RecordTable(Shape):
    title: str
    title_en: str
    columns: list[RecordColumn]
    items: list[RecordItem]
    offers: dict[str, list[str]]
    may_edit: bool


class ChangedCell(Shape):
    field: str
    before: str
    after: str


class RecordVersion(Shape):
    version: int
    at: str
    by: str | None
    kind: Literal["found", "add", "edit", "import"]
    changed: list[ChangedCell]


DirectoryKind = Literal["service", "key_number", "resource", "partner", "department"]


class OfferedService(Shape):
    name: str
    price: str | None
    unit: str


class DirectoryEntry(Shape):
    kind: DirectoryKind
    id: Id
    ref: str
    name: str
    matched: list[list[int]]
    category: str | None = None
    number: str | None = None
    second_number: str | None = None
    district: str | None = None
    districts: list[str] | None = None
    address: str | None = None
    hours: str | None = None
    remarks: str | None = None
    price: str | None = None
    unit: str | None = None
    standards: str | None = None
    process: str | None = None
    eligibility: str | None = None
    special: bool | None = None
    minutes: int | None = None
    changes_on: str | None = None
    owner: str | None = None
    place: str | None = None
    schedule: str | None = None
    description: str | None = None
    contact: str | None = None
    services: list[OfferedService] | None = None
    under_contract: bool | None = None
    ours: bool | None = None


class AreaDepartment(Shape):
    id: Id
    name: str
    number: str
    address: str


class Area(Shape):
    district: str
    ours: bool
    department: AreaDepartment


Need = Literal["none", "preferred", "required"]


SkillKind = Literal["dialect", "district", "service"]


class Queue(Shape):
    id: Id
    version: int
    kind: CaseKind
    name_zh: str
    name_en: str
    lines: list[str]
    priority: float
    ageing: float
    dialect: Need
    district: Need
    service: str
    service_need: Need
    required_seconds: float
    familiar_seconds: float
    seats_after: float
    duty_after: float | None


class Skill(Shape):
    kind: SkillKind
    value: str


class AgentSkills(Shape):
    id: Id
    name: str
    role: Role
    skills: list[Skill]


class SeatQueues(Shape):
    extension: str
    name: str
    queues: list[str]


class QueuePage(Shape):
    queues: list[Queue]
    seats: list[SeatQueues]
    agents: list[AgentSkills]
    lines: list[NumberedLine]
    values: dict[SkillKind, list[str]]


class Hours(Shape):
    days: Literal["every", "work", "off"]
    opens: int
    closes: int


class LineHours(Shape):
    number: str
    kind: CaseKind
    name: str
    hours: list[Hours]


class CalendarDay(Shape):
    day: Day
    works: bool
    own: bool
    name: str


class CalendarPage(Shape):
    year: int
    known: bool
    days: list[CalendarDay]
    lines: list[LineHours]


class PhoneBookEntry(Shape):
    """Whom call out, bring in and transfer may be given."""

    target: str
    kind: Literal["own", "contact", "duty"]
    name: str
    relation: str
    number: str


class SoftPhone(Shape):
    uri: str
    user: str
    password: str
    websocket: str
    ice_servers: list[dict[str, Any]]


class SeatEvent(Shape):
    at: Iso
    kind: str
    agent: str | None
    by: str | None
    data: dict[str, Any]


class Reason(Shape):
    code: str
    zh: str
    en: str
    stops: bool


class ProviderChoice(Shape):
    """Who is sent by rule, and why (W-7)."""

    id: Id
    ref: str
    name: str
    kind: Literal["partner", "worker"]
    place: int | None
    possible: bool
    reasons: list[Reason]


class Incident(Shape):
    id: Id
    day: Day
    severity: Literal["minor", "serious"]
    text: str
    measures: str
    by: str
    at: Iso


class DrillStarted(Shape):
    case_id: Id
