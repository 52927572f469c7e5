"""A case's paperwork, the rules, and who may sign."""

from __future__ import annotations

from typing import Any

from callcenter.domain.roles import Role
from callcenter.web.shapes.base import Day, Finding, Id, Iso, Shape
from callcenter.web.shapes.cases import CaseRow


class CasePage(Shape):
    items: list[CaseRow]
    next: str | None


class PaperShape(Shape):
    """A paper; ``data`` has the noun's own fields."""

    id: Id
    case_id: Id
    noun: str
    state: str
    unfinished: bool
    opened_at: Iso
    due_at: Iso | None
    done_at: Iso | None
    overdue: bool
    version: int
    owner_id: Id | None
    owner: str | None
    opened_by: str | None
    done_by: str | None
    data: dict[str, Any]


class InboxPaper(PaperShape):
    case_number: str
    case_state: str
    who: str
    category: str | None
    subcategory: str | None
    source: str
    case_owner: str | None


class TypicalCase(PaperShape):
    case_number: str


class Closing(Shape):
    """What each rule would say of closing the case now."""

    open: bool
    may: bool
    findings: list[Finding]


class UnownedCase(Shape):
    id: Id
    number: str
    source: str
    opened_at: Iso


class LimitChange(Shape):
    value: float
    valid_from: Day
    reason: str
    by: str
    at: Iso


class RuleLimit(Shape):
    name: str
    zh: str
    en: str
    unit: str
    default: float
    value: float
    least: float
    most: float
    changes: list[LimitChange]


class RuleRow(Shape):
    id: str
    zh: str
    en: str
    valid_from: Day
    limits: list[RuleLimit]


class Delegate(Shape):
    """Who may sign for the head on these days (R-11)."""

    id: Id
    agent_id: Id
    name: str
    valid_from: Day
    valid_until: Day
    reason: str
    by: str
    at: Iso


class Done(Shape):
    """A command was carried out: the paper it made or changed, if it concerns one, and what else it says."""

    paper_id: Id | None = None


class Registered(Done):
    case_id: Id
    number: str


class HandedOver(Shape):
    batch: str
    count: int


class Requested(Shape):
    """The number that the public page shows; empty for a robot."""

    number: str


class Seal(Shape):
    place: int
    at: Iso
    hash: str


class AuditState(Shape):
    seal: Seal | None
    open_reviews: int


class Break(Shape):
    chain: str
    place: int
    what: str


class Verdict(Shape):
    whole: bool
    lines: int
    seals: int
    count: int
    breaks: list[Break]
    seal: str | None
    known: bool | None


class Reading(Shape):
    id: int
    at: Iso
    user: str
    name: str
    role: Role
    action: str
    subject: str
    data: dict[str, Any]


class Readings(Shape):
    items: list[Reading]
    next: int | None
    actions: list[str]


class Opened(Shape):
    id: int
    until: Iso


class Opening(Shape):
    """A profile read in an emergency, and what was said of it afterwards."""

    id: int
    at: Iso
    until: Iso
    agent_id: Id
    who: str
    member_id: Id
    member: str
    reason: str
    reviewed_at: Iso | None
    reviewer: str | None
    justified: bool | None
    note: str
