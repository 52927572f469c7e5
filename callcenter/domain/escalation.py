"""The contact ladder's state on a case: who is to be reached, who was tried, who has taken charge. Data and small questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from callcenter.domain.effects import Way
from callcenter.domain.policy import Policy

# Rungs that are not on the policy: phoning the elder back, what a person ordered, paging after the end of the ladder.
CALL_BACK, ASKED, PAGE, SAFE_MODE = -1, -2, -3, -4

EscalationState = Literal["running", "acknowledged", "exhausted", "ended"]
AttemptState = Literal["intent", "claimed", "ringing", "answered", "done", "void"]
Result = Literal[
    # somebody spoke or pressed a key
    "going", "cannot", "joined", "connected", "reached", "no_key", "hung_up",
    # nobody was reached, and why
    "busy", "no_answer", "rejected", "invalid_number", "congestion", "trunk_down", "interrupted",
    # it was not to be
    "withdrawn", "voided", "removed", "in_use", "refused",
]  # fmt: skip
# After these the same target is not tried again in this round: it would be useless, or has succeeded.
NO_MORE: frozenset[str] = frozenset({"going", "cannot", "joined", "connected", "reached", "invalid_number", "removed", "refused"})
OPEN: frozenset[str] = frozenset({"intent", "claimed", "ringing", "answered"})
PERSONAL: frozenset[str] = frozenset({"family", "neighbour", "terminal", "landline"})
CallKind = Literal["family", "neighbour", "community", "supervisor", "110", "119", "120", "terminal", "landline"]


@dataclass(frozen=True)
class Target:
    """Somebody who can be phoned. ``key`` is stable: ``contact:<id>``, ``duty:<id>``, ``120``, ``terminal``, ``landline:<number>``.

    ``shared``: several cases may ring it at once (a duty phone, a community's desk, 120), unless it is somebody's own telephone
    beside (``Around.personal``); a personal number never rings twice.
    """

    key: str
    kind: CallKind
    name: str
    number: str
    relation: str = ""
    way: Way = "trunk"

    @property
    def shared(self) -> bool:
        return self.kind not in PERSONAL


@dataclass(frozen=True)
class Person:
    """What an announcement may say of the elder."""

    name: str = ""
    honorific: str = ""
    age: int | None = None
    gender: str = ""
    address: str = ""
    door_code: str = ""
    illnesses: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What the ladder needs to know beside the case: as it is now, but for what was frozen."""

    policy: Policy | None = None
    """The centre's policy of today: read when the ladder starts, never after."""
    contacts: tuple[Target, ...] = ()
    duty: tuple[Target, ...] = ()
    own: tuple[Target, ...] = ()
    """The elder's own terminal and telephones."""
    in_use: frozenset[str] = frozenset()
    """Numbers with a live leg for another case at this moment, whoever wanted it."""
    personal: frozenset[str] = frozenset()
    """Of the shared numbers, those that are somebody's own telephone too: a neighbour who serves the community as well."""
    person: Person = Person()
    centre: str = ""


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody has taken charge. ``active`` until they left again, or it brought no resolution in time."""

    kind: Literal["going", "joined", "seat", "supervisor"]
    name: str
    at: datetime
    attempt_id: str | None = None
    agent_id: UUID | None = None
    active: bool = True


@dataclass(frozen=True)
class Escalation:
    """One ladder a case. ``rung`` is the last one that began in this ``round`` (-1: none)."""

    case_id: UUID
    state: EscalationState
    started_at: datetime
    drill: bool = False
    policy: Policy | None = None
    """None until the first step froze it."""
    member_id: UUID | None = None
    """Whose contacts were frozen."""
    frozen: tuple[Target, ...] = ()
    round: int = 1
    rung: int = -1
    rung_at: datetime | None = None
    passed: tuple[int, ...] = ()
    """Rungs whose time came while a seat had the case."""
    acknowledgements: tuple[Acknowledgement, ...] = ()
    level: int = 1
    """Presses that it knows of."""
    next_at: datetime | None = None
    """When the next thing is due; it is also the case's timer ``ladder``."""
    exhausted_at: datetime | None = None
    paged_at: datetime | None = None
    pages: int = 0
    assisted: tuple[str, ...] = ()
    """Public numbers that a person is asked to call with one click."""
    ended_at: datetime | None = None
    outcome: str | None = None

    @property
    def owner(self) -> Acknowledgement | None:
        """Who took charge first and still has it."""
        return next((a for a in self.acknowledgements if a.active), None)

    @property
    def over(self) -> bool:
        return self.state == "ended"


@dataclass(frozen=True)
class Attempt:
    """One call to one number. ``id`` is the channel's id in Asterisk, so that it is dialled once, whoever asks how often."""

    id: str
    case_id: UUID
    round: int
    rung: int
    target: str
    kind: CallKind
    name: str
    relation: str
    number: str
    way: Way
    count: int
    state: AttemptState
    created_at: datetime
    ring_seconds: float
    sentence: str
    check_at: datetime | None = None
    """When we next act on it: ask the node, say it again, give it up. Once it is over: until when its phone may still ring, for a
    lost node cannot be told to stop it."""
    node: str = ""
    holder: str = ""
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: Result | None = None
    key: str | None = None
    cause: str | None = None
    said: int = 0
    joined: bool = False
    closing: bool = False
    """It hangs up when what it hears now is over."""
    asked_by: UUID | None = None
    reference: str | None = None
    personal: bool = False
    """It must not ring twice at once, over all cases."""

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def rings_on_until(self) -> datetime | None:
        """It is over for us, and its phone may ring until then (a lost node's)."""
        return None if self.open else self.check_at

    @property
    def public(self) -> bool:
        return self.kind in ("110", "119", "120")


def attempt_id(case_id: UUID, target: str, count: int) -> str:
    """The same decision taken again names the same attempt."""
    return str(uuid5(case_id, f"attempt {target} {count}"))


NEIGHBOUR, COMMUNITY = ("邻",), ("社区", "社工", "网格", "楼长", "物业", "村", "居委")


def kind_of_relation(relation: str) -> Literal["family", "neighbour", "community"]:
    """Which rung of the ladder a contact stands on, read from the relation that was written down."""
    if any(word in relation for word in NEIGHBOUR):
        return "neighbour"
    if any(word in relation for word in COMMUNITY):
        return "community"
    return "family"
