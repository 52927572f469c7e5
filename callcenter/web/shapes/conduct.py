"""Quality reviews, contributions, the rules' text."""

from __future__ import annotations

from callcenter.domain.roles import Role
from callcenter.web.shapes.base import Day, Id, Iso, Shape


class RubricItemShape(Shape):
    id: str
    most: int
    zh: str
    en: str


class Rubric(Shape):
    """``saved_at`` null: the one we come with, not used yet."""

    version: int
    items: list[RubricItemShape]
    note: str
    saved_at: Iso | None


class Review(Shape):
    """A score sheet; ``scores``: points of each item of its rubric's version."""

    id: Id
    recording_id: Id
    case_id: Id
    case_number: str
    agent_id: Id
    agent: str
    rubric_version: int
    scores: dict[str, int]
    total: int
    most: int
    comment: str
    reviewer: str
    reviewed_at: Iso
    answer: str
    answered_at: Iso | None
    started_at: Iso
    seconds: float | None


class QualityWeek(Shape):
    """Mean share (0-1) of one person's reviews of an ISO week."""

    agent_id: Id
    agent: str
    week: str
    share: float
    count: int


class ToReview(Shape):
    """A recording of the week's sample."""

    recording_id: Id
    case_id: Id
    case_number: str
    kind: str
    agent_id: Id
    agent: str
    started_at: Iso
    seconds: float


class QualityPage(Shape):
    rubric: Rubric
    reviews: list[Review]
    trend: list[QualityWeek]
    to_review: list[ToReview]


class Contribution(Shape):
    """``record``: the number of the catalogue's row that was made of it."""

    id: Id
    kind: str
    title: str
    text: str
    number: str
    state: str
    by: str
    at: Iso
    decided_by: str | None
    decided_at: Iso | None
    reason: str
    record: str


class RulesVersion(Shape):
    version: int
    title: str
    text: str
    valid_from: Day
    by: str
    at: Iso
    signatures: int


class Unsigned(Shape):
    id: Id
    name: str
    role: Role


class RulesTextPage(Shape):
    """``current``: the version that counts today; ``missing``: who has not signed it, for leaders."""

    current: int | None
    signed_at: Iso | None
    versions: list[RulesVersion]
    missing: list[Unsigned]
