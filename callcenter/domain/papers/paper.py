"""What every piece of paperwork shares: it belongs to a case, stands in one state of its own table, and may be due.

A noun is a frozen dataclass below ``Paper`` with a table of moves. Its fields beyond these are plain data (text, numbers, times,
ids), kept as JSON in the row. It is decided like everything else: a fact, a pure function, one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from callcenter.domain.errors import IllegalMove
from callcenter.domain.roles import Role

Moves = dict[str, dict[str, str]]
"""State → move → next state. A state without moves is final."""
GIVEN: Moves = {"given": {}}
"""A paper that is complete when it is written."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A row of ``paper``. ``version``: 0 until it is saved."""

    noun: ClassVar[str]
    zh: ClassVar[str]
    moves: ClassVar[Moves]
    blocks: ClassVar[str | None] = None
    """The rule that refuses to close the case while this is unfinished."""
    remedy: ClassVar[tuple[str, str]] = ("请先办结。", "Finish it first.")
    """What would satisfy that rule, in Chinese and English."""
    desks: ClassVar[frozenset[Role]] = frozenset()
    """Roles whose inbox shows it while it is unfinished, besides its owner's and its case's owner's."""

    id: UUID
    case_id: UUID
    state: str
    opened_at: datetime
    opened_by: UUID | None = None
    owner_id: UUID | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: UUID | None = None
    overdue: bool = False
    version: int = 0

    @property
    def unfinished(self) -> bool:
        """Whether something is still to be done with it."""
        return bool(self.moves[self.state])

    @property
    def urgent(self) -> bool:
        """Whether a leader must look at it now."""
        return False

    def moved(self, move: str, now: datetime, by: UUID | None, **changes: Any) -> Self:
        """This paper after ``move``. Raises IllegalMove when its table has none."""
        following = self.moves[self.state].get(move)
        if following is None:
            raise IllegalMove(self.zh, self.noun.replace("_", " "), self.state, move)
        if not self.moves[following]:
            changes = {"done_at": now, "done_by": by, **changes}
        return replace(self, state=following, **changes)

    def timer(self, what: str) -> str:
        """The kind of one of its timers: ``what`` is the noun's own word for it."""
        return f"{self.noun}:{what}:{self.id}"
