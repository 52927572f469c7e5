"""What a decision is given and what it gives back: plain data on both sides, so that a test needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from callcenter.domain.calendar import Calendar
from callcenter.domain.case import Case, Entry, Kind, Leg, Task
from callcenter.domain.effects import Effect
from callcenter.domain.escalation import Around, Attempt, Escalation, Target
from callcenter.domain.papers.paper import Paper
from callcenter.domain.queues import Queue, Skill
from callcenter.domain.receipt import Finding
from callcenter.domain.regulations import limits
from callcenter.domain.routing import Waiting
from callcenter.domain.seat import Seat

P = TypeVar("P", bound=Paper)


@dataclass(frozen=True)
class Figures:
    """The centre's own figures, in seconds (settings; defaults name their source there)."""

    ring_seconds: float = 15.0
    wrap_up_seconds: float = 60.0
    announce_every_seconds: float = 30.0
    callback_due_seconds: float = 300.0
    missed_offers_pause: int = 2
    public_numbers: bool = False
    """Whether 110, 119 and 120 may be dialled for real."""
    hold_seconds: float = 60.0
    """After so long on hold the seat and the supervisor are told (W-6)."""


@dataclass(frozen=True)
class Delegate:
    """Who may sign for the head of the department, on which days, both counted (R-11)."""

    agent_id: UUID
    name: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class Office:
    """What decisions about paperwork look at beside the case: the centre's own limits, who may sign, which days are worked."""

    overrides: tuple[limits.Override, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    callers: frozenset[str] = frozenset({"seat", "dispatcher"})
    """Roles that make follow-ups (V-1, F-6), besides a case's owner and the leaders."""

    def limit(self, rule: str, name: str, now: datetime) -> float:
        """A rule's figure as it counts today."""
        return limits.value(self.overrides, rule, name, self.calendar.day_of(now))

    def span(self, rule: str, name: str, now: datetime) -> timedelta:
        """The same as a time."""
        return limits.span(self.overrides, rule, name, self.calendar.day_of(now))


@dataclass(frozen=True)
class Arrival:
    """What the directory knows of a call that arrives."""

    case_id: UUID
    """Id for the case, should one open."""
    number: str
    """Number for the case, should one open."""
    kind: Kind
    terminal: str | None = None
    """Serial of the terminal that pressed."""
    members: tuple[UUID, ...] = ()
    """Members this terminal or number belongs to; several may share one number."""
    earlier_state: str | None = None
    """State of the case that is said to have come back in this one (R-20); None: there is no such."""
    familiar: UUID | None = None
    """The agent whom the member spoke with last."""
    opens_at: datetime | None = None
    """The line that was called is closed till then (domain/calendar.py); None: it is served."""


@dataclass(frozen=True)
class Situation:
    """Everything a decision may look at. ``seats``: those that can be offered a call, and those the case names."""

    figures: Figures
    instance: str
    case: Case | None = None
    legs: tuple[Leg, ...] = ()
    seats: Mapping[str, Seat] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    """The other cases that wait without an offer."""
    arrival: Arrival | None = None
    task: Task | None = None
    """The open call-back of this case, if there is one."""
    escalation: Escalation | None = None
    attempts: tuple[Attempt, ...] = ()
    around: Around = field(default_factory=Around)
    report: Report | None = None
    node: str = ""
    """The Asterisk where calls are made that belong to no other."""
    lost: frozenset[str] = frozenset()
    """Nodes that are given up: nothing is ordered there until they are heard again."""
    due: AbstractSet[str] = frozenset()
    """Kinds of the case's timers that are due."""
    papers: tuple[Paper, ...] = ()
    """The case's paperwork, oldest first."""
    office: Office = field(default_factory=Office)
    """Read for facts about paperwork only."""
    queue: Queue | None = None
    """The queue of the case, or of the call that arrives."""
    skills: frozenset[Skill] = frozenset()
    """The member's dialect and district."""
    familiar_busy: bool = False
    duty: tuple[Target, ...] = ()
    """The duty mobiles, for a call that no seat takes: whoever is on duty first."""
    keepers: Mapping[str, UUID] = field(default_factory=dict)
    """Who answers for what is taken on a duty mobile, by its target's key; read while one is phoned."""
    calendar: Calendar = field(default_factory=Calendar)
    recordings: Mapping[str, str] = field(default_factory=dict)
    """The case's recordings: name → state."""
    unrecorded: frozenset[UUID] = frozenset()
    """Of the members whom the case may be about: those who have said that their calls are not to be recorded."""
    carded: frozenset[str] = frozenset()
    """Seats that have a call-back on their screen."""

    def papers_of(self, kind: type[P]) -> tuple[P, ...]:
        """The case's papers of one noun, oldest first."""
        return tuple(paper for paper in self.papers if isinstance(paper, kind))

    def without(self, taken: AbstractSet[str]) -> Situation:
        """The same without those free seats that somebody else is giving away at this moment."""
        if not taken & self.seats.keys():
            return self
        return replace(self, seats={k: seat for k, seat in self.seats.items() if k not in taken or seat.presence != "ready"})


@dataclass(frozen=True)
class SetTimer:
    kind: str
    due_at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    lane: Literal["call", "desk"] = "call"
    """Who looks for it: what waits for hours must never stand before what waits for a second."""


@dataclass(frozen=True)
class NewRecording:
    name: str
    seat: str


@dataclass(frozen=True)
class RecordingClosed:
    name: str
    seconds: float
    ok: bool


@dataclass(frozen=True)
class Report:
    """The written report of an emergency (R-12). ``data``: what a person wrote; the rest is read from the case."""

    data: dict[str, Any]
    written_by: UUID | None
    written_at: datetime
    signed_by: UUID | None = None
    signer: str | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class PageLeaders:
    """A message of the duty room (T-2) to everybody with one of these roles: to be acknowledged until ``due_at``, or it warns."""

    roles: tuple[str, ...]
    text: str
    due_at: datetime


@dataclass
class Decision:
    """What one transaction will remember, and what goes out after it. Built step by step by the pure functions."""

    now: datetime
    case: Case | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    timers: dict[str, SetTimer | None] = field(default_factory=dict)
    """By kind; None cancels."""
    tasks: dict[UUID, Task] = field(default_factory=dict)
    new_recordings: list[NewRecording] = field(default_factory=list)
    closed_recordings: list[RecordingClosed] = field(default_factory=list)
    discarded_recordings: list[str] = field(default_factory=list)
    terminal_tested: str | None = None
    effects: list[Effect] = field(default_factory=list)
    escalation: Escalation | None = None
    attempts: dict[str, Attempt] = field(default_factory=dict)
    report: Report | None = None
    papers: dict[UUID, Paper] = field(default_factory=dict)
    receipt: list[Finding] = field(default_factory=list)
    """What rules were looked at for this; it is kept in the journal."""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    """Kind and account: what the supervisor is warned of."""
    pages: list[PageLeaders] = field(default_factory=list)
    fired: str | None = None
    """Kind of the timer that led to this; it is used up unless it is set again."""

    def note(self, kind: str, agent_id: UUID | None = None, at: datetime | None = None, **data: Any) -> None:
        self.entries.append(Entry(kind, data, agent_id, at))

    def set_timer(self, kind: str, seconds: float, **data: Any) -> None:
        self.timers[kind] = SetTimer(kind, self.now + timedelta(seconds=seconds), data)

    def set_deadline(self, paper: Paper, what: str, at: datetime) -> None:
        """A timer of a paper, read by the slow lane; its kind says whose it is."""
        kind = paper.timer(what)
        self.timers[kind] = SetTimer(kind, at, {"paper": str(paper.id)}, "desk")

    def page(self, roles: tuple[str, ...], text: str, due_at: datetime) -> None:
        """Tell leaders at once, in writing; each of them acknowledges it."""
        self.pages.append(PageLeaders(roles, text, due_at))

    def cancel_timer(self, kind: str) -> None:
        self.timers[kind] = None

    def put(self, paper: P) -> P:
        """Keep this paper, new or changed."""
        self.papers[paper.id] = paper
        return paper

    def change(self, **fields: Any) -> Case:
        """The case with these fields changed, kept as the decision's result."""
        assert self.case is not None
        self.case = replace(self.case, **fields)
        return self.case

    def found(self, rule: str, zh: str, en: str, *, ok: bool = True) -> None:
        """A rule that was looked at, and what it says: part of the receipt."""
        self.receipt.append(Finding(rule, ok, zh, en))

    @property
    def nothing(self) -> bool:
        """True when there is nothing to remember and nothing to do."""
        return not (
            self.case or self.legs or self.seats or self.entries or self.timers or self.tasks
            or self.new_recordings or self.closed_recordings or self.discarded_recordings or self.effects or self.escalation
            or self.attempts or self.report or self.papers
        )  # fmt: skip
