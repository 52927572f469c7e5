"""A case (求助件): one need, from the first ring to closure. Its states stand in one table; an illegal move changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from callcenter.domain.effects import Way
from callcenter.domain.errors import IllegalMove

Kind = Literal["emergency", "life_help"]
Source = Literal["terminal", "hotline", "safe_mode", "drill", "probe", "outbound", "web", "letter", "walk_in", "assignment"]
"""R-2: how it came. The last four come to a desk and never ring: 网络、来信、来访、领导交办."""
CALLED_SOURCES: frozenset[Source] = frozenset({"terminal", "hotline", "safe_mode"})
"""Somebody called us, in earnest."""
DESK_SOURCES: frozenset[Source] = frozenset({"web", "letter", "walk_in", "assignment"})
CaseState = Literal["waiting", "talking", "wrap_up", "callback", "open", "closed"]
Party = Literal["caller", "seat", "contact", "consult", "supervisor"]
LegState = Literal["intent", "ringing", "up", "down"]
Manner = Literal["listen", "whisper", "barge"]

# state → move → next state.
#   waiting   somebody waits; an offer may ring
#   talking   caller and seat are bridged; or the seat phones somebody for it (Case.calling)
#   wrap_up   the seat writes down what was said
#   callback  the caller is gone and is owed a call
#   open      nobody is on the line; work remains
#   closed    final (R-20: what comes back is a new case)
MOVES: dict[CaseState, dict[str, CaseState]] = {
    "waiting": {"answer": "talking", "abandon": "callback", "press": "waiting", "end": "open"},
    "talking": {
        "hang_up": "wrap_up",
        "lose_seat": "waiting",
        "park": "waiting",
        "press": "talking",
        "end": "open",
        "not_reached": "callback",
    },
    "wrap_up": {
        "finish": "open",
        "close": "closed",
        "expire": "open",
        "press": "waiting",
        "call_out": "talking",
        "resume": "talking",
    },
    "callback": {"press": "waiting", "called_back": "open", "call_out": "talking"},
    "open": {"press": "waiting", "finish": "open", "close": "closed", "call_out": "talking"},
    "closed": {},
}
LIVE: frozenset[CaseState] = frozenset({"waiting", "talking", "wrap_up", "callback"})


def after(state: CaseState, move: str) -> CaseState:
    """The state after ``move``. Raises IllegalMove when the table has none."""
    following = MOVES[state].get(move)
    if following is None:
        raise IllegalMove("求助件", "case", state, move)
    return following


@dataclass(frozen=True)
class Offer:
    """One ring of one seat. ``leg`` is the channel id of the seat's leg, derived from case and count: never two."""

    seat: str
    leg: str
    since: datetime
    ring_until: datetime


@dataclass(frozen=True)
class Calling:
    """The seat phones somebody, and they have not answered yet. First the seat's own phone, then theirs (``leg``)."""

    target: str
    name: str
    relation: str
    number: str
    way: Way
    own: bool
    """The elder's own number: who answers is the caller of this case."""
    seat_leg: str
    before: CaseState
    leg: str | None = None
    paused: str | None = None
    """Why the seat was paused before, if it was."""


@dataclass(frozen=True)
class Listener:
    """A supervisor in a conversation of others. They hear it once their own phone (``leg``) is picked up."""

    seat: str
    agent_id: UUID
    name: str
    manner: Manner
    leg: str
    paused: str | None = None


@dataclass(frozen=True)
class Transfer:
    """A conversation on its way to somebody else; the caller hears music. ``leg``: the other one's channel. ``outside``: it
    has been put through to somebody who is not of the centre (``seat`` is None then), and no seat speaks in it."""

    to: str
    name: str
    manner: Literal["blind", "attended"]
    state: Literal["ringing", "talking", "outside"]
    since: datetime
    leg: str
    seat: str | None = None
    paused: str | None = None


@dataclass(frozen=True)
class Overflow:
    """No seat came: the duty mobiles are phoned, one after the other, until one of them takes the call."""

    tried: tuple[str, ...] = ()
    """Targets of this round."""
    leg: str | None = None
    """Whose phone rings, or who listens to why we call."""
    taken: bool = False
    """They pressed the key, and speak with the caller."""


@dataclass(frozen=True)
class Case:
    """A case as the database holds it (``help_case``)."""

    id: UUID
    number: str
    kind: Kind
    source: Source
    line: str
    state: CaseState
    opened_at: datetime
    pressed_at: datetime
    terminal: str | None = None
    caller_number: str | None = None
    caller_display: str = ""
    anonymous: bool = False
    member_id: UUID | None = None
    candidates: tuple[UUID, ...] = ()
    red: bool = False
    level: int = 1
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    settled_at: datetime | None = None
    closed_at: datetime | None = None
    seat: str | None = None
    agent_id: UUID | None = None
    """受理人: whose case it is (R-1)."""
    offer: Offer | None = None
    alarms: tuple[Offer, ...] = ()
    """Further seats whose phones ring for an emergency."""
    offers: int = 0
    passed_seats: tuple[str, ...] = ()
    wrap_up_until: datetime | None = None
    draft: dict[str, Any] | None = None
    category: str | None = None
    subcategory: str | None = None
    unreasonable: str | None = None
    disposition: str | None = None
    summary: str | None = None
    held_since: datetime | None = None
    """Since when the caller hears music, and the seat nothing of them."""
    calling: Calling | None = None
    transfer: Transfer | None = None
    listeners: tuple[Listener, ...] = ()
    relapse_of: UUID | None = None
    """The closed case that came back in this one (R-20)."""
    queue_id: UUID | None = None
    """The queue it waits in; None: the built-in one."""
    familiar: UUID | None = None
    """The agent whom this member spoke with last before this call."""
    opens_at: datetime | None = None
    """The line is closed till then; the caller hears so and has not said yet that it is an emergency."""
    parked_at: datetime | None = None
    """Its seat left it for an emergency; the caller waits."""
    overflow: Overflow | None = None
    version: int = 0

    @property
    def takes_presses(self) -> bool:
        """Whether a press of its terminal joins it: an emergency until it is settled, however long ago it began."""
        return self.kind == "emergency" and self.state != "closed" and (self.red or self.state in ("waiting", "talking"))

    @property
    def bridge_id(self) -> str:
        """The one bridge of this case in Asterisk."""
        return f"case-{self.id}"

    def offer_to(self, seat: str | None) -> Offer | None:
        """The ring of this seat for this case, if there is one."""
        return next((o for o in self.rings if o.seat == seat), None)

    @property
    def rings(self) -> tuple[Offer, ...]:
        """Every seat that rings for it."""
        return ((self.offer,) if self.offer else ()) + self.alarms

    def offer_leg_id(self, count: int) -> str:
        """Channel id of the ``count``-th offer's leg: the same decision asked twice rings one phone once."""
        return f"seat-{uuid5(self.id, f'offer-{count}')}"


@dataclass(frozen=True)
class Leg:
    """One party's channel. ``id`` is the channel id in Asterisk."""

    id: str
    case_id: UUID
    party: Party
    state: LegState
    node: str
    started_at: datetime
    seat: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str | None = None
    holder: str = ""
    """The service instance whose ARI application holds it."""
    name: str = ""
    """Whom we phoned, or who listens."""
    number: str = ""

    @property
    def live(self) -> bool:
        return self.state != "down"


@dataclass(frozen=True)
class Task:
    """Something a person owes: here the call-back to a caller who hung up while waiting."""

    id: UUID
    case_id: UUID
    created_at: datetime
    due_at: datetime
    kind: Literal["call_back"] = "call_back"
    state: Literal["open", "taken", "done"] = "open"
    owner_id: UUID | None = None
    done_at: datetime | None = None
    outcome: str | None = None
    note: str | None = None
    version: int = 1
    offer_from: datetime | None = None
    """From when on it is offered to free seats; None: it is not."""
    offer_seat: str | None = None
    offer_until: datetime | None = None
    offer_passed: tuple[str, ...] = ()
    """Seats that passed it on in this round."""


@dataclass(frozen=True)
class Entry:
    """A line of the case's journal. ``kind`` is one of docs/api.md's timeline kinds; ``data`` fills its sentence."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    agent_id: UUID | None = None
    at: datetime | None = None
    """None: the time of the transaction; safe mode's import gives the true time."""
