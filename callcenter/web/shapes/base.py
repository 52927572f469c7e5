"""What all answers share. A field that is not named here may be added later: whoever reads an answer leaves it aside."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callcenter.domain.roles import Role

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Iso = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="UTC with milliseconds")]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Shape(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(populate_by_name=True)


class Nothing(Shape):
    """It was done, and there is nothing to tell."""


class Words(Shape):
    """The same in Chinese and English."""

    zh: str
    en: str


class Named(Shape):
    """Something by its id and name."""

    id: Id
    name: str


class Colleague(Named):
    role: Role


class SeatName(Shape):
    extension: str
    name: str


class NumberedLine(Shape):
    """A telephone line of the centre."""

    number: str
    kind: str
    name: str


class Finding(Shape):
    """What one rule says."""

    rule: str
    ok: bool
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


class WrongField(Shape):
    """Its name, and what it must be."""

    field: str
    zh: str
    en: str


class Problem(Shape):
    """Every refusal: what happened, what to do, and which rule says so. ``application/problem+json``"""

    code: str
    status: int
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    rule: str | None
    findings: list[Finding] | None = Field(None, description="of a refusal by several rules: what each found")
    fields: list[WrongField] | None = Field(None, description="with invalid (400: address, 422: body): which fields are wrong")
    error_id: str | None = Field(None, description="with 500 internal: the number that stands in the log")


class Alive(Shape):
    alive: bool


class Ready(Shape):
    """Each part: true, or in words what is wrong with it. ``nodes``, ``instances`` where there are several."""

    ready: bool
    parts: dict[str, bool | str]
    nodes: dict[str, bool | str] | None = None
    instances: dict[str, bool | str] | None = None
