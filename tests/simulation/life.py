"""The life of one Asterisk: it is killed, starts again, is out of somebody's reach; and what it tells to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.store import START

from callcenter.domain import facts
from simulation.stage import SECOND, Stage
from simulation.truth import Channel, Rang, Truth

if TYPE_CHECKING:
    from simulation.service import Service

SYNC = SECOND  # AstDB writes to disk this often: a kill loses what came after


@dataclass
class Life:
    """``manner(number, way)`` says how whoever has this number behaves this time."""

    stage: Stage
    manner: Callable[[str, str], str]
    name: str = "node1"
    truth: Truth = field(default_factory=Truth)
    services: list[Service] = field(default_factory=list)
    public_numbers: bool = False
    up: bool = True
    vanished: bool = False
    """Not up, and its machine does not say so: whoever asks hears nothing at all."""
    several: bool = False
    """Another node is there: phones that this one leaves ringing count on."""
    cut: dict[str, int] = field(default_factory=dict)
    """By instance: until when nothing passes between it and this node."""
    generation: int = 0
    slow_until: int = 0
    """Until then each order takes its time to arrive: a crowded network, or a machine out of breath."""
    started: int = -86_400 * SECOND
    channels: dict[str, Channel] = field(default_factory=dict)
    marks: dict[str, tuple[int, bool]] = field(default_factory=dict)
    ends: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)
    safe_mode: dict[str, facts.SafeModeCall] = field(default_factory=dict)
    bridges: dict[str, set[str]] = field(default_factory=dict)
    refused: int = 0
    _live: dict[str, Rang] = field(default_factory=dict)

    # --- telling ----------------------------------------------------------------------------------------------------

    def tell(self, fact: facts.Fact, *names: str | None) -> None:
        """To the instances of these names; without names to all."""
        for service in self.services:
            if not names or service.name in names:
                service.hear(fact, self)

    def cut_until(self, instance: str) -> int:
        """0 where it is in reach of this instance."""
        until = self.cut.get(instance, 0)
        return until if until > self.stage.now else 0

    def _later(self, least: float, most: float, what: Callable[..., None], *args: Any) -> None:
        generation = self.generation
        self.stage.after(self.stage.between(least, most), self._if_same, generation, what, *args)

    def _if_same(self, generation: int, what: Callable[..., None], *args: Any) -> None:
        if generation == self.generation and self.up:
            what(*args)

    # --- its own life -----------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Killed: every channel dies without a word, the last second of marks is lost. A phone that rang rings on for its time,
        which matters where another node could ring it."""
        now, lost = self.stage.now, self.stage.now - self.stage.random.randrange(SYNC)
        self.stage.note(self.name, f"killed, marks since {lost / SECOND:.3f} lost")
        self.up = False
        self.generation += 1
        for table in (self.marks, self.ends, self.keys):
            for key in [key for key, entry in table.items() if entry[0] > lost]:
                del table[key]
        for rang in self._live.values():
            rang.died = now
            rings_on = self.several and rang.answered is None
            rang.end = max(now, rang.start + int(rang.ring_seconds * SECOND)) if rings_on else now
        self._live.clear()
        self.channels.clear()
        self.bridges.clear()
        for key, call in list(self.safe_mode.items()):
            self._safe_mode_over(key, call, None)

    def start(self) -> None:
        self.up, self.vanished, self.started = True, False, self.stage.now
        self.stage.note(self.name, "started")
        for service in self.services:
            service.connect(self)

    @property
    def started_at(self) -> float:
        return START.timestamp() + self.started / SECOND

    # --- callers whom nobody serves ---------------------------------------------------------------------------------

    def serve_alone(self, channel: Channel) -> None:
        """Safe mode: the dialplan keeps the caller and journals the call. (Its own walk through the contacts is not modelled.)"""
        channel.offered, channel.app = False, None
        at = self.stage.utcnow()
        self.safe_mode[channel.id] = facts.SafeModeCall(
            channel.id, self.name, "96601", channel.number, None, channel.number, False, "TIMEOUT", arrived_at=at, answered_at=None,
            answered_by=None, ended_at=None, recording=None, live=True,
        )  # fmt: skip

    def _safe_mode_over(self, key: str, call: facts.SafeModeCall, ended: int | None) -> None:
        at = None if ended is None else self.stage.utcnow()
        self.safe_mode[key] = facts.SafeModeCall(**{**call.__dict__, "live": False, "ended_at": at})
