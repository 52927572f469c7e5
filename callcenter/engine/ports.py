"""What the engine needs from the floors above it, as Protocols: somebody who shows changes, and somebody who routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from callcenter.domain.decision import Decision, Situation


@dataclass(frozen=True)
class Changed:
    """What a committed transaction touched. With ``decision`` everything new of one case is at hand, unread from the database."""

    case_ids: tuple[UUID, ...] = ()
    seats: tuple[str, ...] = ()
    situation: Situation | None = None
    decision: Decision | None = None
    opened: bool = False
    """The case was opened by this very transaction: the decision holds its whole story."""


class Feed(Protocol):
    """Shows committed changes to consoles."""

    async def publish(self, changed: Changed) -> None:
        """Returns when the frames are handed to the sockets of this instance: the pop is out before the phone rings."""
        ...

    def about_to_show(self, members: Sequence[UUID]) -> None:
        """These members' profiles will be needed in a moment: begin to read them."""
        ...


class Router(Protocol):
    """Pairs waiting cases with free seats."""

    def wake(self) -> None:
        """Something changed that may make a pair."""
        ...
