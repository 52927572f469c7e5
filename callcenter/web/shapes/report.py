"""The written report of an emergency (R-12)."""

from __future__ import annotations

from typing import Literal

from callcenter.web.shapes.base import Iso, Shape
from callcenter.web.shapes.cases import CaseRow, TimelineEntry
from callcenter.web.shapes.ladder import Attempt, Card, Ladder

ReportText = dict[Literal["condition", "actions", "plan", "outcome", "supervision"], str]


class ReportCase(CaseRow):
    answered_at: Iso | None
    settled_at: Iso | None


class ReportPerson(Card):
    phone: str | None


class Report(Shape):
    case: ReportCase
    person: ReportPerson | None
    ladder: Ladder | None
    attempts: list[Attempt]
    timeline: list[TimelineEntry]
    data: ReportText
    written_by: str | None
    written_at: Iso | None
    signer: str | None
    signed_at: Iso | None
