"""A profile's changes as a browser sends them: shapes here, what may stand in a field in profile_fields.py."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from callcenter.db.schema import INTEGER_MOST
from callcenter.domain.names import printable

Text = Annotated[str, StringConstraints(max_length=400), AfterValidator(printable)]
Long = Annotated[str, StringConstraints(max_length=8000), AfterValidator(lambda text: printable(text, lines=True))]
# Strict reading takes no text for an id; a browser has only text.
Id = Annotated[UUID, BeforeValidator(lambda value: UUID(value) if isinstance(value, str) else value)]


class Shape(BaseModel):
    """Unknown fields are mistakes, and a number is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CardShape(Shape):
    number: Text
    valid_until: Text | None = None


class ContactShape(Shape):
    id: Id | None = None
    name: Text
    relation: Text = ""
    number: Text


class Changes(Shape):
    """Only what stands here is changed."""

    name: Text = ""
    gender: Literal["f", "m"] = "f"
    birth_date: Text | None = None
    dialect: Text = ""
    better_ear: Literal["left", "right", "both"] | None = None
    district: Text | None = None
    address: Text = ""
    door_code: Text = ""
    key_holder: Text = ""
    lives_alone: bool = False
    illnesses: Annotated[list[Text], Field(max_length=40)] = []
    medication: Annotated[list[Text], Field(max_length=40)] = []
    allergies: Annotated[list[Text], Field(max_length=40)] = []
    hospital: Text = ""
    blood_type: Text = ""
    remarks: Long = ""
    numbers: Annotated[list[Text], Field(max_length=20)] = []
    card: CardShape | None = None
    contacts: Annotated[list[ContactShape], Field(max_length=40)] = []
    terminals: Annotated[list[Text], Field(max_length=20)] = []


class ProfileChange(Shape):
    """``PATCH /api/members/{id}``. ``version``: of the profile that the person saw."""

    version: Annotated[int, Field(ge=1, le=INTEGER_MOST)]
    changes: Changes

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.changes.model_fields_set:
            raise ValueError("nothing to change")
        return self

    def given(self) -> dict[str, Any]:
        """What the browser sent, and no defaults."""
        return self.changes.model_dump(exclude_unset=True) | (
            {"contacts": [each.model_dump() for each in self.changes.contacts]}
            if "contacts" in self.changes.model_fields_set
            else {}
        )


class ProfileRestore(Shape):
    """``POST /api/members/{id}/restore``. ``to``: the version whose content comes back, as a new one."""

    version: Annotated[int, Field(ge=1, le=INTEGER_MOST)]
    to: Annotated[int, Field(ge=1, le=INTEGER_MOST)]
