"""What a rule is: an entry of data. Its clause is the centre's own text; code only points to it by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callcenter.domain.regulations.limits import Limit, of_rule

FIRST_DAY = date(2026, 1, 1)
"""The regulations bear no date; they count from the first year of this software."""


@dataclass(frozen=True)
class Rule:
    """One row. Which functions carry it out is read from the code (``callcenter rules``), as which tests prove it."""

    id: str
    zh: str
    en: str
    valid_from: date = FIRST_DAY

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Its figures, which a centre may change."""
        return of_rule(self.id)
