"""What is wrong, and when somebody has to be phoned about it. Pure: what was seen and the time are arguments.

All times are seconds of one clock that never goes back (``time.monotonic``); ages told by the database are put onto it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "watchdog_late", "watchdog_silent", "watchdog_database", "watchdog_asterisk", "watchdog_node", "watchdog_instance",
    "watchdog_probe",
]  # fmt: skip
"""An emergency's ladder stands still; no service lives; the database, Asterisk do not answer, or one Asterisk node of several; one
service instance of several has no heartbeat; test presses fail and nothing else says why. The gravest first."""

LATE_SECONDS = 3.0
AWAY_SECONDS = 5.0
NAMED: frozenset[Kind] = frozenset({"watchdog_node", "watchdog_instance"})
"""Kinds of which there may be several at once, told by their names."""
INSTANCE_SECONDS = 60.0  # the others have its calls after two, and whoever keeps it running starts it within some seconds
LEFT_SECONDS = 30.0  # a service that was stopped in good order is being restarted by a person
GRACE_SECONDS = 15.0  # at our start, so that everything may start together
AGAIN_SECONDS = 60.0  # between two rounds of calls
CALM_SECONDS = 60.0  # what comes back within this is the same fault, and who knows of it is not phoned again
NEVER = float("-inf")


@dataclass(frozen=True)
class OpenLadder:
    """A ladder that has not ended. ``due_at`` None: no timer is set, so nobody will ever look at it again."""

    case: str
    """The case's number, as people know it."""
    due_at: float | None


@dataclass(frozen=True)
class Look:
    """What was seen until now."""

    started_at: float
    grace: float = GRACE_SECONDS
    database_at: float = NEVER
    """Its last answer."""
    database_since: float = NEVER
    """The first answer after a silence: what stood still meanwhile was nobody's fault but the database's."""
    asterisk_at: float = NEVER
    """The last answer of any Asterisk node."""
    nodes_at: tuple[tuple[str, float], ...] = ()
    """The last answer of each, in a centre that has several."""
    beat_at: float = NEVER
    """The newest heartbeat of any instance of our node."""
    beats: tuple[tuple[str, float], ...] = ()
    """The last heartbeat of each instance of our nodes; none of those that stopped in good order, or long ago."""
    left: bool = False
    """The instance that had it stopped in good order."""
    ladders: tuple[OpenLadder, ...] = ()
    probes_failed: int = 0
    """Test presses that failed in a row while everything else seemed well."""
    probe_failed_at: float = NEVER
    """The first of them."""
    probes_allowed: int = 3


@dataclass(frozen=True, order=True)
class Wrong:
    """One thing that is wrong. ``about``: a ladder's case by its number; a node or an instance by its name."""

    kind: Kind
    about: str = ""


@dataclass(frozen=True)
class Fault:
    """A wrong thing, for as long as it is remembered."""

    wrong: Wrong
    since: float
    seen_at: float
    paged_at: float | None = None
    heard: bool = False
    """Somebody on duty pressed 1."""


def what_is_wrong(look: Look, now: float) -> list[Wrong]:
    """Everything that is wrong now, the gravest first."""
    settled = look.started_at + look.grace
    wrong = []
    if now - max(look.database_at, settled) > AWAY_SECONDS:
        # What it said before is old: of ladders and instances nothing is known.
        wrong.append(Wrong("watchdog_database"))
    else:
        floor = max(settled, look.database_since)
        wrong += [Wrong("watchdog_late", ladder.case) for ladder in look.ladders if _is_late(ladder, floor, now)]
        if now - max(look.beat_at, floor) > (LEFT_SECONDS if look.left else AWAY_SECONDS):
            wrong.append(Wrong("watchdog_silent"))
        elif now - look.beat_at <= AWAY_SECONDS:
            wrong += [Wrong("watchdog_instance", name) for name, at in look.beats if now - max(at, floor) > INSTANCE_SECONDS]
    if now - max(look.asterisk_at, settled) > AWAY_SECONDS:
        wrong.append(Wrong("watchdog_asterisk"))
    else:
        wrong += [Wrong("watchdog_node", name) for name, at in look.nodes_at if now - max(at, settled) > AWAY_SECONDS]
    # What explains it shows itself soon; only what nothing explains is told as this.
    if not wrong and look.probes_failed >= look.probes_allowed and now - look.probe_failed_at > 2 * AWAY_SECONDS:
        wrong.append(Wrong("watchdog_probe"))
    return wrong


def _is_late(ladder: OpenLadder, floor: float, now: float) -> bool:
    return now - max(floor if ladder.due_at is None else ladder.due_at, floor) > LATE_SECONDS


def follow(faults: Mapping[Wrong, Fault], wrong: Iterable[Wrong], now: float) -> dict[Wrong, Fault]:
    """The faults of before with what is wrong now; what has been over for a while is forgotten."""
    present = list(wrong)
    kept = {one: fault for one, fault in faults.items() if one in present or now - fault.seen_at <= CALM_SECONDS}
    for one in present:
        kept[one] = replace(kept[one], seen_at=now) if one in kept else Fault(one, now, now)
    return kept


def to_page(faults: Mapping[Wrong, Fault], now: float) -> list[Wrong]:
    """What somebody has to be phoned about now, the gravest first: nobody has pressed 1, and the last round is a minute ago.

    Of Asterisk's absence nobody can be told before a node answers; then it still is told once, for it has cost calls.
    """
    return [
        fault.wrong
        for fault in faults.values()
        if not fault.heard
        and (fault.seen_at == now or (fault.wrong.kind == "watchdog_asterisk" and fault.paged_at is None))
        and (fault.paged_at is None or now - fault.paged_at >= AGAIN_SECONDS)
    ]


def paged(faults: Mapping[Wrong, Fault], told: Iterable[Wrong], at: float, *, heard: bool) -> dict[Wrong, Fault]:
    """The faults after a round of calls that began at ``at``."""
    done = {one: replace(faults[one], paged_at=at, heard=faults[one].heard or heard) for one in told if one in faults}
    return {**faults, **done}
