"""The contact ladder, its policy, and the report of an emergency."""

from __future__ import annotations

from typing import Literal

from callcenter.web.shapes.base import Id, Iso, Shape, Words

LadderState = Literal["running", "acknowledged", "exhausted", "ended"]


RungState = Literal["done", "running", "passed", "next", "later"]


PublicCode = Literal["110", "119", "120"]


RungTarget = Literal["emergency_seats", "all_seats", "family", "neighbour", "community", "supervisor"] | PublicCode


Condition = Literal["always", "until_acknowledged", "until_seat_answers"]


Order = Literal["in_order", "parallel"]


AttemptKind = Literal["family", "neighbour", "community", "supervisor", "terminal", "landline"] | PublicCode


AttemptResult = Literal[
    "going",
    "cannot",
    "joined",
    "connected",
    "reached",
    "no_key",
    "hung_up",
    "busy",
    "no_answer",
    "rejected",
    "invalid_number",
    "congestion",
    "trunk_down",
    "interrupted",
    "withdrawn",
    "voided",
    "removed",
    "in_use",
    "refused",
]


class Rung(Shape):
    targets: list[RungTarget]
    delay_seconds: float
    condition: Condition
    order: Order
    tries: int
    ring_seconds: float


class LadderRung(Rung):
    place: int
    state: RungState
    starts_at: Iso | None


class Owner(Shape):
    kind: Literal["going", "joined", "seat", "supervisor"]
    name: str
    at: Iso


class Callee(Shape):
    target: str
    kind: AttemptKind
    name: str
    relation: str
    number: str


class Card(Shape):
    name: str | None
    age: int | None
    gender: Literal["f", "m", ""] | None
    address: str | None
    door_code: str | None
    key_holder: str | None
    illnesses: list[str]
    medication: list[str]
    allergies: list[str]
    blood_type: str | None
    hospital: str | None
    state_zh: str
    state_en: str


class Acknowledgement(Owner):
    active: bool


class PolicyName(Shape):
    name: str
    version: int


class Ladder(Shape):
    case_id: Id
    state: LadderState
    drill: bool
    round: int
    rung: int
    rungs: list[LadderRung]
    next_at: Iso | None
    started_at: Iso
    owner: Owner | None
    acknowledgements: list[Acknowledgement]
    resolve_by: Iso | None
    pages: int
    exhausted_at: Iso | None
    assisted: list[PublicCode]
    ended_at: Iso | None
    outcome: str | None
    policy: PolicyName | None
    can_call: list[Callee] | None = None
    card: Card | None = None


class Attempt(Shape):
    id: str
    rung: int
    round: int
    target: str
    kind: AttemptKind
    name: str
    relation: str
    number: str
    way: Literal["trunk", "drill", "account"]
    state: Literal["intent", "claimed", "ringing", "answered", "done", "void"]
    joined: bool
    key: str | None
    result: AttemptResult | None
    cause: str | None
    created_at: Iso
    rang_at: Iso | None
    answered_at: Iso | None
    ended_at: Iso | None
    reference: str | None
    asked: bool


PublicMode = Literal["drill", "assisted", "automatic"]


class PublicNumber(Shape):
    code: PublicCode
    mode: PublicMode
    way: Literal["drill", "trunk"]


class Policy(Shape):
    name: str
    version: int
    key_seconds: float
    announcements: int
    retry_seconds: float
    resolve_seconds: float
    page_seconds: float
    call_back_tries: int
    rungs: list[Rung]
    public: list[PublicNumber]


class SavedPolicy(Shape):
    policy: Policy
    saved_by: str | None
    saved_at: Iso | None
    public_enabled: bool


class PreviewLine(Shape):
    at: Iso
    after_seconds: float
    rung: int
    kind: Literal["rung", "call", "seats", "assisted", "end"]
    what: str | None
    who: str | None
    relation: str | None
    number: str | None
    ring_seconds: float | None
    note_zh: str | None
    note_en: str | None


class Preview(Shape):
    lines: list[PreviewLine]
    notes: list[Words]


class DutyPhone(Shape):
    id: Id
    name: str
    number: str
    position: int
    active: bool
