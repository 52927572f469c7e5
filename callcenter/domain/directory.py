"""The lists of the directory, which district an address lies in (C-5), and who ought to have a card (C-4). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from callcenter.domain.catalogue import CATEGORIES, Choice
from callcenter.domain.names import age_on

CARD_AGE = 60  # from this age on an elder of our districts may have a card (老年人权益保障法: 老年人 are those of 60 and more)

KEY_KINDS = (
    Choice("property", "小区物业", "Property management"),
    Choice("hospital", "医院", "Hospital"),
    Choice("clinic", "社区卫生", "Community clinic"),
    Choice("police", "派出所", "Police station"),
    Choice("fire", "消防", "Fire brigade"),
    Choice("power", "供电", "Electricity"),
    Choice("water", "供水", "Water"),
    Choice("gas", "燃气", "Gas"),
    Choice("community", "社区居委会", "Residents' committee"),
    Choice("street", "街道、民政", "Street office"),
    Choice("pharmacy", "药店", "Pharmacy"),
    Choice("complaint", "投诉、消协", "Complaints"),
    Choice("transport", "交通出行", "Transport"),
    Choice("other", "其他", "Other"),
)
SERVICE_CATEGORIES: tuple[Choice, ...] = next(each for each in CATEGORIES if each.id == "life_help").children
RESOURCE_KINDS = (
    Choice("resource", "整合资源", "Partner resource"),
    Choice("course", "老年大学课程", "Senior-college course"),
    Choice("helper", "家庭助理", "Home helper"),
)


@dataclass(frozen=True)
class Area:
    """A district: its name, the estates and roads in it, the department that cares for it, and whether that is one of ours."""

    id: UUID
    name: str
    places: tuple[str, ...]
    department_id: UUID
    ours: bool


def area_of(address: str, areas: Iterable[Area]) -> Area | None:
    """The district that an address names. The longest name counts: 红井路 is not 红井. None when it names none, or two alike."""
    text = "".join(address.split())
    fits = [(len(name), area) for area in areas for name in (area.name, *area.places) if name and name in text]
    longest = max((length for length, _ in fits), default=0)
    found = {area.id: area for length, area in fits if length == longest}
    return next(iter(found.values())) if len(found) == 1 else None


@dataclass(frozen=True)
class Holder:
    """What is known of somebody who asks for a service. ``card_until`` None: the card does not end."""

    birth_date: date | None
    ours: bool | None
    """Whether they live in one of our districts; None: not known."""
    has_card: bool
    card_until: date | None = None


def card_advice(holder: Holder, today: date) -> str:
    """``valid``, ``expired``, ``enrol`` (fits and has none, C-4), ``ask`` (age or home unknown), ``not_ours``, ``too_young``."""
    if holder.has_card:
        return "expired" if holder.card_until is not None and holder.card_until < today else "valid"
    age = age_on(today, holder.birth_date)
    if holder.ours is False:
        return "not_ours"
    if age is not None and age < CARD_AGE:
        return "too_young"
    return "ask" if age is None or holder.ours is None else "enrol"


def as_choices(choices: Sequence[Choice]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Chinese word → id, and the English words in the same order."""
    return {each.zh: each.id for each in choices}, tuple(each.en for each in choices)
