"""A model of one Asterisk with our dialplan, and of every phone behind it. It keeps the truth: which phone rang, when, who pressed.

Modelled as ``dialplan/extensions.conf`` does it: the dialled-once mark is set under a lock, it survives a restart but for the
last second before a kill; who picks up is offered to every instance for half a second, then the dialplan asks for the key itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.store import START

from callcenter.domain import facts
from callcenter.telephony.ports import AttemptEvidence
from simulation.stage import SECOND, Stage

if TYPE_CHECKING:
    from simulation.service import Service

CLAIM = 500_000
SYNC = SECOND  # AstDB writes to disk this often: a kill loses what came after
SPOKEN = (2.5, 6.0)  # seconds of one announcement
GAP = 4.0  # the dialplan waits so long for a key after each
SPARE_RING = 10.0


@dataclass(slots=True)
class Channel:
    id: str
    party: str
    """``caller``, ``seat``, ``attempt``."""
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


@dataclass
class Node:
    """The PBX. ``manner(number, way)`` says how whoever has this number behaves this time."""

    stage: Stage
    manner: Callable[[str, str], str]
    services: list[Service] = field(default_factory=list)
    public_numbers: bool = False
    up: bool = True
    generation: int = 0
    slow_until: int = 0
    """Until then each order takes its time to arrive: a crowded network, or a machine out of breath."""
    started: int = -86_400 * SECOND
    channels: dict[str, Channel] = field(default_factory=dict)
    marks: dict[str, tuple[int, bool]] = field(default_factory=dict)
    ends: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)
    safe_mode: dict[str, facts.SafeModeCall] = field(default_factory=dict)
    # the truth
    legs: list[Rang] = field(default_factory=list)
    pressed: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    played: list[tuple[int, str, str, int]] = field(default_factory=list)
    """When, to whom, what, and until when it was heard."""
    refused: int = 0
    hung_up_by_phone: dict[str, int] = field(default_factory=dict)
    _live: dict[str, Rang] = field(default_factory=dict)
    _serial: int = 0

    # --- telling ----------------------------------------------------------------------------------------------------

    def tell(self, fact: facts.Fact, *names: str | None) -> None:
        """To the instances of these names; without names to all."""
        for service in self.services:
            if not names or service.name in names:
                service.hear(fact)

    def _later(self, least: float, most: float, what: Callable[..., None], *args: Any) -> None:
        generation = self.generation
        self.stage.after(self.stage.between(least, most), self._if_same, generation, what, *args)

    def _if_same(self, generation: int, what: Callable[..., None], *args: Any) -> None:
        if generation == self.generation and self.up:
            what(*args)

    # --- its own life -----------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Killed: every channel dies without a word, the last second of marks is lost."""
        now, lost = self.stage.now, self.stage.now - self.stage.random.randrange(SYNC)
        self.stage.note("node", f"killed, marks since {lost / SECOND:.3f} lost")
        self.up = False
        self.generation += 1
        for table in (self.marks, self.ends, self.keys):
            for key in [key for key, entry in table.items() if entry[0] > lost]:  # type: ignore[attr-defined]
                del table[key]  # type: ignore[attr-defined]
        for rang in self._live.values():
            rang.end = now
        self._live.clear()
        self.channels.clear()
        for key, call in list(self.safe_mode.items()):
            self._safe_mode_over(key, call, None)

    def start(self) -> None:
        self.up, self.started = True, self.stage.now
        self.stage.note("node", "started")
        for service in self.services:
            service.connect()

    # --- callers ----------------------------------------------------------------------------------------------------

    def call_in(self, leg_id: str, account: str, hold: float) -> None:
        """A terminal calls; its elder hangs up after ``hold`` seconds."""
        if not self.up:
            return
        self.channels[leg_id] = Channel(
            leg_id, "caller", account, self.stage.now, offered=True, up=True, args=("in", "96601", account)
        )
        self.tell(facts.CallArrived(leg_id, "node1", "96601", account, None, account, False))
        self._later(0.5, 0.5, self._unclaimed_caller, leg_id)
        self._later(hold, hold, self.end, leg_id, "ANSWER", "16")

    def _unclaimed_caller(self, leg_id: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and channel.offered:
            self.serve_alone(channel)

    def serve_alone(self, channel: Channel) -> None:
        """Safe mode: the dialplan keeps the caller and journals the call. (Its own walk through the contacts is not modelled.)"""
        channel.offered, channel.app = False, None
        at = self.stage.utcnow()
        self.safe_mode[channel.id] = facts.SafeModeCall(
            channel.id, "node1", "96601", channel.number, None, channel.number, False, "TIMEOUT", arrived_at=at, answered_at=None,
            answered_by=None, ended_at=None, recording=None, live=True,
        )  # fmt: skip

    def _safe_mode_over(self, key: str, call: facts.SafeModeCall, ended: int | None) -> None:
        at = None if ended is None else self.stage.utcnow()
        self.safe_mode[key] = facts.SafeModeCall(**{**call.__dict__, "live": False, "ended_at": at})

    # --- seats ------------------------------------------------------------------------------------------------------

    def ring_seat(self, leg_id: str, extension: str, ring_seconds: float, app: str) -> None:
        if leg_id in self.channels:
            return
        self.channels[leg_id] = Channel(leg_id, "seat", extension, self.stage.now, followers={app})
        manner = self.manner(extension, "seat")
        if manner == "offline":
            self._later(0.05, 0.2, self.end, leg_id, "CHANUNAVAIL", "20")
            return
        self._later(0.1, 0.6, self._seat_rings, leg_id)
        if manner == "decline":
            self._later(1.0, 4.0, self.end, leg_id, "BUSY", "21")
        elif manner == "answer":
            self._later(1.0, 6.0, self._seat_answers, leg_id, app)
        self._later(ring_seconds, ring_seconds, self._not_answered, leg_id)

    def _seat_rings(self, leg_id: str) -> None:
        if leg_id in self.channels:
            self.tell(facts.SeatRang(leg_id), *self.channels[leg_id].followers)

    def _seat_answers(self, leg_id: str, app: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is None or channel.up:
            return
        if not any(service.name == app and service.listening for service in self.services):
            self.end(leg_id, "ANSWER", "16")  # no such application: the dialplan goes on, and ends
            return
        channel.up, channel.app, channel.args = True, app, ("seat", channel.number)
        self.tell(facts.SeatAnswered(leg_id), app)

    def _not_answered(self, leg_id: str) -> None:
        channel = self.channels.get(leg_id)
        if channel is not None and not channel.up:
            self.end(leg_id, "NOANSWER", "19")

    # --- the ladder's calls -----------------------------------------------------------------------------------------

    def dial(self, order: Order) -> None:
        """``Originate`` with the attempt's id: a live one of that id makes it a success without a second leg."""
        channel = self.channels.get(order.id)
        if channel is not None:
            channel.followers.add(order.by)
            return
        self.channels[order.id] = Channel(
            order.id, "attempt", order.number, self.stage.now, followers={order.by}, way=order.way,
        )  # fmt: skip
        self._later(0.001, 0.02, self._begin, order)
        self._later(order.ring_seconds + SPARE_RING, order.ring_seconds + SPARE_RING, self._cancelled, order.id, self.stage.now)

    def _begin(self, order: Order) -> None:
        """The dialplan's half: the locked check-and-set, then the phone."""
        channel = self.channels.get(order.id)
        if channel is None:
            return
        if order.id in self.marks:
            self.refused += 1
            del self.channels[order.id]
            self.tell(facts.LegEnded(order.id, "21"), *channel.followers)
            return
        self.marks[order.id] = (self.stage.now, False)
        if order.way == "trunk" and order.number in ("110", "119", "120") and not self.public_numbers:
            self.end(order.id, "REFUSED", "21")
            return
        rang = Rang(order.id, order.number, order.way, self.stage.now, order.decided, order.checked)
        self.legs.append(rang)
        self._live[order.id] = rang
        self.stage.note("node", f"dials {order.number} by {order.way}, id {order.id[:8]}")
        self._phone(order, channel)

    def _phone(self, order: Order, channel: Channel) -> None:
        manner = channel.manner = self.manner(order.number, order.way)
        quick = {
            "busy": ("BUSY", "17"), "rejected": ("CHANUNAVAIL", "21"), "invalid": ("CHANUNAVAIL", "1"),
            "congestion": ("CONGESTION", "34"), "trunk_down": ("CHANUNAVAIL", "3"),
        }.get(manner)  # fmt: skip
        if quick is not None:
            self._later(0.1, 1.5, self.end, order.id, *quick)
            return
        if not self.stage.chance(0.1):  # not every network tells that it rings
            self._later(0.2, 2.0, self._rings, order.id)
        if manner == "no_answer":
            self._later(order.ring_seconds, order.ring_seconds, self._not_answered, order.id)
            return
        latest = min(order.ring_seconds - 0.5, 20.0)
        self._later(2.0, max(2.5, latest), self._picked_up, order)
        self._later(order.ring_seconds, order.ring_seconds, self._not_answered, order.id)

    def _rings(self, attempt_id: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and not channel.up:
            self.tell(facts.AttemptRang(attempt_id), *channel.followers)

    def _cancelled(self, attempt_id: str, born: int) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and not channel.up and channel.born == born:
            self.end(attempt_id, "CANCEL", "0")

    def _picked_up(self, order: Order) -> None:
        channel = self.channels.get(order.id)
        if channel is None or channel.up:
            return
        channel.up = channel.offered = True
        self._live[order.id].answered = self.stage.now
        self.stage.note("node", f"{order.number} picks up ({channel.manner}), id {order.id[:8]}")
        for service in self.services:
            service.hear(facts.AttemptAnswered(order.id, holder=service.name))
        self._later(0.5, 0.5, self._unclaimed_answer, order.id)
        if channel.manner == "hangs_up":
            self._later(0.1, 4.0, self._leaves, order.id)
        # A machine speaks for half a minute; a person who hears nothing at all gives up.
        self._later(*((20.0, 40.0) if channel.manner == "voicemail" else (8.0, 14.0)), self._hears_nothing, order.id)

    def _hears_nothing(self, attempt_id: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and (channel.manner == "voicemail" or (channel.heard == 0 and channel.app is not None)):
            self._leaves(attempt_id)

    def _leaves(self, channel_id: str) -> None:
        """Whoever is there hangs up."""
        self.hung_up_by_phone[channel_id] = self.stage.now
        self.end(channel_id, "ANSWER", "16")

    def ask_alone(self, attempt_id: str) -> None:
        """A service gives somebody back whom it cannot remember."""
        channel = self.channels[attempt_id]
        channel.app, channel.offered = None, True
        self._unclaimed_answer(attempt_id)

    def _unclaimed_answer(self, attempt_id: str) -> None:
        """No service: the dialplan says why it calls, three times, and takes the key."""
        channel = self.channels.get(attempt_id)
        if channel is None or not channel.offered:
            return
        channel.offered = False
        digit = {"going": "1", "cannot": "2", "joins": "0", "joins_and_goes": "0", "both_keys": "1"}.get(channel.manner)
        if digit is not None:
            self._later(1.0, 12.0, self._dialplan_key, attempt_id, digit)
        elif channel.manner != "voicemail":
            self._later(3 * (SPOKEN[0] + GAP), 3 * (SPOKEN[1] + GAP), self.end, attempt_id, "ANSWER", "16")

    def _dialplan_key(self, attempt_id: str, digit: str) -> None:
        if attempt_id in self.channels:
            self._press(attempt_id, digit)
            self.keys[attempt_id] = (self.stage.now, digit)
            self._later(1.0, 3.0, self.end, attempt_id, "ANSWER", "16")

    def _press(self, attempt_id: str, digit: str) -> None:
        self.pressed.setdefault(attempt_id, []).append((self.stage.now, digit))
        self.stage.note("node", f"key {digit} on {attempt_id[:8]}")

    def _key(self, attempt_id: str, digit: str) -> None:
        channel = self.channels.get(attempt_id)
        if channel is not None and channel.app is not None:
            self._press(attempt_id, digit)
            self.tell(facts.KeyPressed(attempt_id, digit), channel.app)

    # --- orders -----------------------------------------------------------------------------------------------------

    def claim(self, channel_id: str, app: str) -> bool:
        channel = self.channels.get(channel_id)
        if channel is None or not channel.offered:
            return False
        channel.offered, channel.app = False, app
        channel.followers = {app}
        if channel.party == "attempt":
            channel.args = ("attempt", channel_id)
        return True

    def play(self, channel_id: str, playback: str, media: str) -> None:
        channel = self.channels[channel_id]
        channel.playing, channel.heard = playback, channel.heard + 1
        spoken = self.stage.between(*SPOKEN)
        place = channel.place = len(self.played)
        self.played.append((self.stage.now, channel_id, media, self.stage.now + int(spoken * SECOND)))
        self._later(spoken, spoken, self._said, channel_id, playback, place)
        if channel.party == "attempt":
            self._reacts(channel)

    def _said(self, channel_id: str, playback: str, place: int) -> None:
        channel = self.channels.get(channel_id)
        if channel is not None and channel.playing == playback and channel.place == place:
            channel.playing = ""
            if channel.app is not None:
                self.tell(facts.AudioEnded(channel_id, playback), channel.app)

    def silence(self, playback: str) -> None:
        """What is stopped is told as ended, too."""
        channel = self.channels.get(playback.removeprefix("say-").rpartition("~")[0])
        if channel is None or channel.playing != playback:
            return
        channel.playing = ""
        at, who, media, until = self.played[channel.place]
        self.played[channel.place] = (at, who, media, min(until, self.stage.now))
        if channel.app is not None:
            self.tell(facts.AudioEnded(channel.id, playback), channel.app)

    def _reacts(self, channel: Channel) -> None:
        """What a person does who hears a sentence for the first time, or again without having been understood."""
        keys = {
            "going": ("1",), "cannot": ("2",), "joins": ("0",), "joins_and_goes": ("0", "1"), "both_keys": ("2", "1"),
            "wrong_key": ("7",),
        }.get(channel.manner, ())  # fmt: skip
        pressed = self.pressed.get(channel.id, [])
        if len(pressed) < len(keys) and channel.heard <= 3:
            wait = 0.0
            for digit in keys[len(pressed) :]:
                wait += self.stage.between(0.5, 9.0)
                self._later(wait, wait, self._key, channel.id, digit)
        if channel.manner in ("joins", "joins_and_goes", "listens", "elder") and not channel.leaves:
            channel.leaves = True
            self._later(8.0, 60.0, self._leaves, channel.id)
        elif channel.manner == "hangs_up_later" and not channel.leaves:
            channel.leaves = True
            self._later(0.5, 8.0, self._leaves, channel.id)

    def joined(self, channel_ids: tuple[str, ...]) -> None:
        """In a bridge: whoever talks stops talking some time."""
        for channel_id in channel_ids:
            channel = self.channels.get(channel_id)
            if channel is not None and channel.party == "attempt" and not channel.leaves:
                channel.leaves = True
                self._later(8.0, 60.0, self._leaves, channel_id)

    def hang_up(self, channel_id: str) -> None:
        channel = self.channels.get(channel_id)
        if channel is not None:
            self.end(channel_id, "ANSWER" if channel.up else "CANCEL", "16")

    def end(self, channel_id: str, status: str, cause: str) -> None:
        """A channel is over, whoever ended it; the dialplan's half of an attempt writes down how."""
        channel = self.channels.pop(channel_id, None)
        if channel is None:
            return
        if channel_id in self.safe_mode:
            self._safe_mode_over(channel_id, self.safe_mode[channel_id], self.stage.now)
        if channel.party == "attempt":
            self._attempt_over(channel, status, cause)
        elif channel.app is not None and channel.party == "caller":
            self.tell(facts.LegEnded(channel_id, "16", channel.app), channel.app)
        elif channel.party == "seat":
            self.tell(facts.LegEnded(channel_id, cause), *(channel.followers | ({channel.app} if channel.app else set())))

    def _attempt_over(self, channel: Channel, status: str, cause: str) -> None:
        attempt_id = channel.id
        begun = attempt_id in self._live or attempt_id in self.marks
        rang = self._live.pop(attempt_id, None)
        if rang is not None:
            rang.end = self.stage.now
        if channel.app is not None:
            self.tell(facts.LegEnded(attempt_id, "16", channel.app), channel.app)
        self.tell(facts.LegEnded(attempt_id, cause), *(channel.followers or {"nobody"}))
        if begun:
            key = self.keys.get(attempt_id, (0, ""))[1]
            self.ends[attempt_id] = (self.stage.now, status, cause)
            if key:  # as app.py reads the event
                self.tell(facts.AttemptSeen(attempt_id, "finished", status, cause, key))
            else:
                self.tell(facts.AttemptEnded(attempt_id, status, cause))

    def void(self, attempt_id: str) -> None:
        """The same lock, the same mark."""
        if attempt_id not in self.marks:
            self.marks[attempt_id] = (self.stage.now, True)
        if self.marks[attempt_id][1]:
            self.tell(facts.AttemptEnded(attempt_id, "VOID", "0"))

    def evidence(self, attempt_id: str) -> AttemptEvidence | None:
        mark = self.marks.get(attempt_id)
        if mark is None:
            return None
        if mark[1]:
            return AttemptEvidence(attempt_id, None, voided=True)
        end = self.ends.get(attempt_id)
        key = self.keys.get(attempt_id, (0, ""))[1]
        if end is None:
            return AttemptEvidence(attempt_id, mark[0] / SECOND, key=key)
        return AttemptEvidence(attempt_id, mark[0] / SECOND, status=end[1], cause=end[2], key=key, ended_at=end[0] / SECOND)

    @property
    def started_at(self) -> float:
        return START.timestamp() + self.started / SECOND
