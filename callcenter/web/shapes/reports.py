"""Reports: tables with named columns, and the weekly meeting."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from callcenter.web.shapes.base import Day, Id, Iso, Shape, Words


class ReportColumn(Words):
    key: str
    kind: Literal["text", "count", "share", "seconds", "money", "day", "time", "long"] = Field(
        description="share: 0 to 1; seconds: a length; money: fen"
    )


class ReportChart(Shape):
    x: str
    bars: list[str]
    lines: list[str]
    stacked: bool


class ReportTable(Words):
    key: str
    columns: list[ReportColumn]
    rows: list[dict[str, Any]] = Field(description="by the columns' keys; <key>_en where a word has an English one")
    total: dict[str, Any] | None
    chart: ReportChart | None
    note_zh: str
    note_en: str


class Figures(Words):
    """One report over some days, both counted."""

    kind: str
    first: Day
    last: Day
    by: str
    tables: list[ReportTable]
    goals: dict[str, float] = Field(default={}, description="column → the share that the field demands")


class WeekRemark(Shape):
    agent_id: Id
    name: str
    text: str
    at: Iso


class WeekSigned(Shape):
    signer: str
    at: Iso
    remark: str


class WeekProof(Shape):
    days: int
    seen: int
    orphans: int
    ownerless: int


class WeekDigest(Shape):
    """The weekly meeting's paper (S-8)."""

    week: str
    first: Day
    last: Day
    quota: int
    goals: dict[str, float] = Field(default={}, description="column → the share that is demanded")
    proof: WeekProof
    tables: list[ReportTable]
    remarks: list[WeekRemark]
    signed: WeekSigned | None
    may_sign: bool
