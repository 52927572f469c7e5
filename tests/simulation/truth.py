"""What really happened at the telephones, at whichever node: the checks count by it, never by what the ladder thinks."""

from __future__ import annotations

from dataclasses import dataclass, field

SPOKEN = (2.5, 6.0)  # seconds of one announcement


@dataclass(slots=True)
class Channel:
    id: str
    party: str
    """``caller``, ``seat``, ``attempt``; ``link`` between two nodes."""
    number: str
    born: int
    app: str | None = None
    """The instance whose ARI application holds it."""
    args: tuple[str, ...] = ()
    up: bool = False
    offered: bool = False
    """Broadcast, and nobody has claimed it yet."""
    followers: set[str] = field(default_factory=set)
    playing: str = ""
    place: int = -1
    """Where ``played`` tells of what it hears now: ids of playbacks come again."""
    way: str = ""
    heard: int = 0
    manner: str = ""
    leaves: bool = False
    """Its person has a time of their own to hang up."""


@dataclass(slots=True)
class Rang:
    """One leg that the dialplan dialled: a phone that rang, or was asked to."""

    id: str
    number: str
    way: str
    start: int
    decided: int
    checked: int
    end: int | None = None
    answered: int | None = None
    node: str = "node1"
    ring_seconds: float = 0.0
    died: int | None = None
    """Its node was killed under it, and nobody told the phone to stop ringing."""


@dataclass
class Order:
    """An order to dial, as the instance that sends it knows it."""

    id: str
    number: str
    way: str
    ring_seconds: float
    announcement: str
    checked: int
    decided: int
    by: str
    until: int | None = None
    """The node begins it not after this (ATT_UNTIL); None where there is one node only, and nobody else who could dial."""
    begins: int = 0
    """The phone does not ring before this (ATT_FROM)."""


@dataclass
class Truth:
    """Of all nodes together."""

    legs: list[Rang] = field(default_factory=list)
    pressed: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    played: list[tuple[int, str, str, int]] = field(default_factory=list)
    """When, to whom, what, and until when it was heard."""
    hung_up_by_phone: dict[str, int] = field(default_factory=dict)

    def engaged(self, number: str) -> bool:
        """Somebody speaks on this telephone: it does not ring for another call."""
        return any(rang.number == number and rang.answered is not None and rang.end is None for rang in self.legs)
