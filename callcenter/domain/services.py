"""What the centre offers, at which price, on which day: versions of a service, and the one in force. Pure.

A version is never changed: an edit is a new version. An order keeps the number of the version of its day, and so what was promised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar


@dataclass(frozen=True)
class Dated:
    """When a version holds: both days counted; ``until`` None: until another one takes its place."""

    version: int
    valid_from: date
    valid_until: date | None = None
    price: Decimal | None = None
    """In yuan; None: by agreement."""


V = TypeVar("V", bound=Dated)


def in_force(versions: Iterable[V], day: date) -> V | None:
    """The version that holds on ``day``; None when the service is not offered then.

    Of versions that begin on one day the newest counts, for it mends the others. Of those that hold, the one that began last.
    """
    newest: dict[date, V] = {}
    for each in versions:
        known = newest.get(each.valid_from)
        if known is None or known.version < each.version:
            newest[each.valid_from] = each
    holding = [each for each in newest.values() if each.valid_from <= day and (each.valid_until is None or day <= each.valid_until)]
    return max(holding, key=lambda each: each.valid_from, default=None)
