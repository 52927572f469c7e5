"""What a rule is: an entry of data. Its clause is the centre's own text; code only points to it by its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from callcenter.domain.decision import Situation
from callcenter.domain.receipt import Finding
from callcenter.domain.regulations.limits import Limit, of_rule

FIRST_DAY = date(2026, 1, 1)
"""The regulations bear no date; they count from the first year of this software."""
Check = Callable[[Situation, datetime], Finding]
"""Looks at a case with its paperwork, and says what the rule finds. Pure."""


@dataclass(frozen=True)
class Rule:
    """One row. ``check``: the function that says whether a case satisfies it, where one function can say that."""

    id: str
    zh: str
    en: str
    valid_from: date = FIRST_DAY
    check: Check | None = None

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Its figures, which a centre may change."""
        return of_rule(self.id)
