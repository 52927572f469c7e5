"""Follow-up coverage (R-14, R-15: 100 %): how many cases that call for a follow-up got one, and which did not, by name. Pure.

The unit is the case: it is followed up once anybody reached the elder. A case that closed without a word (R-18), or whose
follow-up is late, is a miss; what is not due yet is neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from callcenter.domain.papers.follow_up import REACHED

Group = Literal["service", "life_help", "rescue"]
GROUPS: tuple[Group, ...] = ("service", "life_help", "rescue")
RULE: dict[Group, str] = {"service": "R-14", "life_help": "R-14", "rescue": "R-15"}
Standing = Literal["done", "pending", "missed"]
TARGET = 1.0
"""R-14, R-15."""


@dataclass(frozen=True)
class CaseFollowed:
    """A case that calls for a follow-up. ``states``: of its follow-ups, spot checks and dropped ones left out; ``late``: one of
    them is due and overdue."""

    case_id: UUID
    number: str
    group: Group
    who: str
    owner: str
    opened_at: datetime
    closed: bool
    states: tuple[str, ...] = ()
    late: bool = False


@dataclass
class Coverage:
    """Of one group: ``total`` = ``done`` + ``pending`` + ``missed``."""

    group: Group
    total: int = 0
    done: int = 0
    pending: int = 0
    missed: int = 0
    misses: list[CaseFollowed] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """Followed up of those for which it was due (0-1); None when none was due yet."""
        due = self.done + self.missed
        return self.done / due if due else None


def standing(case: CaseFollowed) -> Standing:
    """How it stands with one case."""
    if any(state in REACHED for state in case.states):
        return "done"
    if "missed" in case.states or case.late or (case.closed and not case.states):
        return "missed"
    return "pending"


def coverage(cases: Iterable[CaseFollowed]) -> list[Coverage]:
    """Of each group, in the order of the rules; misses oldest first."""
    found = {group: Coverage(group) for group in GROUPS}
    for case in sorted(cases, key=lambda one: (one.opened_at, one.number)):
        one, how = found[case.group], standing(case)
        one.total += 1
        setattr(one, how, getattr(one, how) + 1)
        if how == "missed":
            one.misses.append(case)
    return list(found.values())
