"""A policy as a browser sends it: shapes are checked here, rules in domain/policy.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from callcenter.db.schema import INTEGER_MOST
from callcenter.domain.period import as_moment
from callcenter.domain.policy import (
    DEFAULT,
    Condition,
    Order,
    Policy,
    PublicCode,
    PublicMode,
    PublicNumber,
    PublicWay,
    Rung,
    TargetKind,
)

CODES: tuple[PublicCode, ...] = ("110", "119", "120")
ANSWERS_MOST = 3600.0
# Strict reading takes no text for an id; a browser has only text.
Id = Annotated[UUID, BeforeValidator(lambda value: UUID(value) if isinstance(value, str) else value)]


class Shape(BaseModel):
    """Unknown fields are mistakes, and a number is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RungShape(Shape):
    targets: Annotated[list[TargetKind], Field(max_length=12)]
    delay_seconds: float
    condition: Condition = "until_acknowledged"
    order: Order = "in_order"
    tries: int = 1
    ring_seconds: float = 25.0

    def to_rung(self) -> Rung:
        return Rung(tuple(self.targets), self.delay_seconds, self.condition, self.order, self.tries, self.ring_seconds)


class PublicShape(Shape):
    code: PublicCode
    mode: PublicMode = "assisted"
    way: PublicWay = "drill"


class PolicyShape(Shape):
    """``Policy`` of docs/api.md. Numbers that are left out are as in the built-in policy."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
    version: Annotated[int, Field(ge=0, le=INTEGER_MOST)]
    rungs: Annotated[list[RungShape], Field(max_length=50)]
    public: Annotated[list[PublicShape], Field(max_length=3)] = []
    key_seconds: float = DEFAULT.key_seconds
    announcements: int = DEFAULT.announcements
    retry_seconds: float = DEFAULT.retry_seconds
    resolve_seconds: float = DEFAULT.resolve_seconds
    page_seconds: float = DEFAULT.page_seconds
    call_back_tries: int = DEFAULT.call_back_tries

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [each.code for each in self.public]
        if len(codes) != len(set(codes)):
            raise ValueError("a public number stands twice")
        return self

    def to_policy(self) -> Policy:
        given = {each.code: PublicNumber(each.code, each.mode, each.way) for each in self.public}
        figures = self.model_dump(exclude={"rungs", "public"})
        return Policy(
            rungs=tuple(rung.to_rung() for rung in self.rungs),
            public=tuple(given.get(code, PublicNumber(code)) for code in CODES),
            **figures,
        )


class PreviewShape(Shape):
    """``POST /api/policy/preview``"""

    policy: PolicyShape
    member_id: Id
    at: Annotated[datetime, BeforeValidator(as_moment)]
    seat_answers_after: Annotated[float, Field(ge=0, le=ANSWERS_MOST)] | None = None
