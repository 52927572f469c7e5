"""Follow-ups: the desk's lists, one in full, and coverage."""

from __future__ import annotations

from callcenter.cases.follow_up_queries import View
from callcenter.web.shapes.base import Day, Id, Iso, Shape
from callcenter.web.shapes.papers import InboxPaper


class FollowUpRow(InboxPaper):
    """A follow-up with its case; ``data`` has the paper's own fields (``kind``, ``attempts``, the six of V-2 …)."""

    order_number: str | None
    service: str | None
    district: str | None
    asked_by: str | None
    decided_by: str | None
    in_loop: bool


class FollowUpPage(Shape):
    """One view, the most urgent first; ``counts`` says how many each view has."""

    items: list[FollowUpRow]
    counts: dict[View, int]


class FormBegin(Shape):
    """What the form of a follow-up begins with."""

    name: str
    address: str
    content: str


class LinkedCase(Shape):
    """``kind``: ``need`` (V-4), ``relapse`` (R-20) or ``call``, the case of the call itself."""

    kind: str
    id: Id
    number: str
    state: str


class WholeFollowUp(Shape):
    """``first``: for a spot check that is over, what was said first."""

    follow_up: FollowUpRow
    member_id: Id | None
    honorific: str
    numbers: list[str]
    form: FormBegin
    first: FollowUpRow | None
    linked: list[LinkedCase]


class Miss(Shape):
    """A case that nobody followed up in time."""

    case_id: Id
    number: str
    who: str
    owner: str
    opened_at: Iso
    closed: bool


class CoverageGroup(Shape):
    """Of one category: ``total`` is ``done`` and ``pending`` and ``missed``; ``share`` of those that were due (0-1)."""

    group: str
    rule: str
    total: int
    done: int
    pending: int
    missed: int
    share: float | None
    misses: list[Miss]


class CoverageAnswer(Shape):
    since: Day
    until: Day
    target: float
    groups: list[CoverageGroup]


class MadeCase(Shape):
    id: Id
    number: str


class Answered(Shape):
    """``cases``: those that came out of the follow-up."""

    paper_id: Id
    cases: list[MadeCase]
