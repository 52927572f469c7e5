"""What every console shows, kept equal to the database: snapshot, then numbered changes, resume without a gap.

A change is the whole new state of one entity, so that applying it twice, or over a newer snapshot, does no harm. Each goes
out in variants: the seat that handles a case gets the person, everybody else only what their task needs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import orjson
from prometheus_client import Counter, Gauge

from callcenter.domain.roles import ROLES, Role

CHANGES = Counter("callcenter_feed_changes_total", "Changes published to consoles", ["noun"])
CONSOLES = Gauge("callcenter_consoles", "Consoles connected to this instance")
CUT_OFF = Counter("callcenter_consoles_cut_off_total", "Consoles cut off because they did not read")

SEATS, SUPERVISORS, ADMINISTRATORS = "seats", "supervisors", "administrators"
AUDIENCE: dict[Role, str] = {role: f"{role}s" for role in ROLES}
"""What everybody of one role is told."""
PROBES = "probes"
"""The press-to-pop probe's consoles: they are told of its own presses and of nothing else."""
SHARED = frozenset(AUDIENCE.values())
GATHER_SECONDS = 0.25  # the eye on a board does not see it; the pop does not wait for it


def seat_audience(extension: str) -> str:
    """The audience of one seat's own console."""
    return f"seat {extension}"


@dataclass(frozen=True)
class Entity:
    """The state of one thing for each audience; None: gone for them."""

    noun: str
    id: str
    version: int
    variants: Mapping[str, Any]

    def for_any(self, audiences: Iterable[str]) -> tuple[bool, Any]:
        """Whether one of these audiences gets it, and what: the first that matches, so the most specific comes first."""
        for audience in audiences:
            if audience in self.variants:
                return True, self.variants[audience]
        return False, None


@dataclass(frozen=True)
class Numbered:
    """A numbered frame for each audience, encoded once."""

    seq: int
    frames: Mapping[str, bytes]

    def frame(self, audiences: Iterable[str]) -> list[bytes]:
        return [self.frames[audience] for audience in audiences if audience in self.frames]


class Console(Protocol):
    """A connected console, as the feed sees it."""

    @property
    def audiences(self) -> tuple[str, ...]: ...

    def send(self, frame: bytes) -> None:
        """Queue a frame; a console that does not read is cut off here, and harms nobody."""
        ...

    async def flushed(self) -> None:
        """Returns when every queued frame was handed to the network."""
        ...


def encode(message: Mapping[str, Any]) -> bytes:
    return orjson.dumps(message)


@dataclass
class Hub:
    """Numbers changes and hands them to consoles. ``history``: how many are kept for those who resume."""

    history: int
    epoch: str = field(default_factory=lambda: uuid4().hex[:12])
    seq: int = 0
    consoles: set[Console] = field(default_factory=set)
    _kept: deque[Numbered] = field(default_factory=deque)
    _audience: dict[str, set[Console]] = field(default_factory=dict)
    _gathered: dict[str, dict[tuple[str, str], dict[str, Any]]] = field(default_factory=dict)

    def join(self, console: Console) -> None:
        self.consoles.add(console)
        for audience in console.audiences:
            self._audience.setdefault(audience, set()).add(console)
        CONSOLES.set(len(self.consoles))

    def leave(self, console: Console) -> None:
        self.consoles.discard(console)
        for audience in console.audiences:
            self._audience.get(audience, set()).discard(console)
        CONSOLES.set(len(self.consoles))

    def publish(self, entity: Entity) -> None:
        """What is meant for one seat goes out at once; what many share is gathered, so that a hundred calls a second with two
        hundred consoles are not twenty thousand frames a second."""
        CHANGES.labels(entity.noun).inc()
        at_once: dict[str, bytes] = {}
        for audience, data in entity.variants.items():
            change = {"noun": entity.noun, "id": entity.id, "version": entity.version, "data": data}
            if audience in SHARED:
                waiting = self._gathered.setdefault(audience, {})
                known = waiting.get((entity.noun, entity.id))
                if known is None or known["version"] <= entity.version:
                    waiting[entity.noun, entity.id] = change
            else:
                at_once[audience] = encode({"type": "change", "seq": self.seq + 1, **change})
        if at_once:
            self._number(at_once)

    def send_gathered(self) -> None:
        """One frame for each shared audience with the latest state of everything that changed since the last one."""
        if self._gathered:
            gathered, self._gathered = self._gathered, {}
            self._number(
                {
                    audience: encode({"type": "changes", "seq": self.seq + 1, "changes": list(changes.values())})
                    for audience, changes in gathered.items()
                }
            )

    def _number(self, frames: dict[str, bytes]) -> None:
        self.seq += 1
        numbered = Numbered(self.seq, frames)
        self._kept.append(numbered)
        while len(self._kept) > self.history:
            self._kept.popleft()
        for audience, frame in frames.items():
            for console in list(self._audience.get(audience, ())):
                console.send(frame)

    async def run(self) -> None:
        """Send what was gathered, four times a second, for ever."""
        while True:
            await asyncio.sleep(GATHER_SECONDS)
            self.send_gathered()

    async def flush(self, audience: str, timeout: float) -> None:
        """Wait until this audience's consoles have been sent all that is queued, at most ``timeout`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                for console in list(self._audience.get(audience, ())):
                    await console.flushed()

    def since(self, epoch: str | None, seq: int, audiences: tuple[str, ...]) -> list[bytes] | None:
        """Frames after ``seq`` for these audiences; None when they are not all known any more: a snapshot is needed."""
        if epoch != self.epoch or seq > self.seq:
            return None
        oldest = self._kept[0].seq if self._kept else self.seq + 1
        if seq + 1 < oldest:
            return None
        return [frame for kept in self._kept if kept.seq > seq for frame in kept.frame(audiences)]


def snapshot(epoch: str, seq: int, entities: Iterable[Entity], audiences: tuple[str, ...]) -> bytes:
    """The first frame of a console that cannot resume."""
    visible = []
    for entity in entities:
        found, data = entity.for_any(audiences)
        if found and data is not None:
            visible.append({"noun": entity.noun, "id": entity.id, "version": entity.version, "data": data})
    return encode({"type": "snapshot", "epoch": epoch, "seq": seq, "entities": visible})
