"""A seat's presence as one visible table: who may be offered a call, and what each move leads to.

offline → paused (signed in) → ready → offered → talking → wrap_up → ready. The supervisor and the system may pause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from callcenter.domain.catalogue import pause_limit
from callcenter.domain.errors import IllegalMove, Refused
from callcenter.domain.queues import Skill

Presence = Literal["offline", "ready", "offered", "talking", "wrap_up", "paused"]
Device = Literal["desk", "browser"]

# state → move → next state. A move that is not here is refused and changes nothing.
MOVES: dict[Presence, dict[str, Presence]] = {
    "offline": {"sign_in": "paused"},
    "paused": {
        "ready": "ready",
        "pause": "paused",
        "sign_out": "offline",
        "sign_in": "paused",
        "take": "offered",
        "begin": "talking",
    },
    "ready": {
        "ready": "ready",
        "pause": "paused",
        "offer": "offered",
        "sign_out": "offline",
        "sign_in": "ready",
        "take": "offered",
        "begin": "talking",
    },
    "offered": {"answer": "talking", "release": "ready", "miss": "paused", "sign_in": "offered"},
    "talking": {"hang_up": "wrap_up", "release": "ready", "sign_in": "talking", "miss": "paused"},
    "wrap_up": {
        "ready": "ready",
        "release": "ready",
        "pause": "paused",
        "sign_out": "offline",
        "sign_in": "wrap_up",
        "begin": "talking",
    },
}
BUSY: frozenset[Presence] = frozenset({"offered", "talking", "wrap_up"})


@dataclass(frozen=True)
class Seat:
    """A place with a phone and a console. ``since``: when this presence began; ``version`` grows with each change."""

    extension: str
    name: str
    presence: Presence
    since: datetime
    idle_since: datetime | None = None
    """When its last work ended: the longest idle is offered first. An offer that was withdrawn takes nothing of it."""
    agent_id: UUID | None = None
    pause_reason: str | None = None
    case_id: UUID | None = None
    takes_emergency: bool = True
    takes_life_help: bool = True
    emergency_only: bool = False
    missed_offers: int = 0
    console_until: datetime | None = None
    registered: bool = False
    reachable: bool = False
    """Registered and reachable: of the phone that rings."""
    version: int = 1
    device: Device = "desk"
    microphone: bool = False
    """Whether the browser's microphone works, as its console says. A phone on the desk has its own."""
    queues: tuple[UUID, ...] = ()
    """The queues it serves; none: all of them."""
    skills: frozenset[Skill] = frozenset()
    """Of the person who sits there."""
    pause_until: datetime | None = None
    """When the limit of this pause is reached (W-6)."""
    pause_long: bool = False
    """It is, and the supervisor has been told."""

    @property
    def answers(self) -> bool:
        """Whether calls are offered here at all. A place that takes no kind is a telephone to call others by: it is never ready."""
        return self.takes_emergency or self.takes_life_help

    @property
    def can_speak(self) -> bool:
        """A registered phone is not yet one that can be spoken into (trap 9)."""
        return self.registered and (self.device == "desk" or self.microphone)

    def may_be_alarmed(self, now: datetime) -> bool:
        """Free for an emergency that no emergency seat takes: any seat that is ready, whatever it serves otherwise."""
        leased = self.console_until is not None and self.console_until > now
        return self.presence == "ready" and self.can_speak and leased

    def may_be_offered(self, kind: str, now: datetime) -> bool:
        """Ready needs presence, a console whose lease is fresh, and a registered phone with a microphone (trap 9)."""
        if not self.may_be_alarmed(now):
            return False
        return self.takes_emergency if kind == "emergency" else self.takes_life_help and not self.emergency_only


def move(seat: Seat, name: str, now: datetime, *, case_id: UUID | None = None, pause_reason: str | None = None) -> Seat:
    """``seat`` after the move. Raises IllegalMove when the table has no such move from its presence."""
    following = MOVES[seat.presence].get(name)
    if following is None:
        raise IllegalMove(f"坐席{seat.extension}", f"seat {seat.extension}", seat.presence, name)
    if following == "ready" and not seat.answers:
        following, pause_reason = "paused", "calls_out"
    reason = (pause_reason or seat.pause_reason) if following == "paused" else None
    # Asking for ready again keeps its place among the idle, and asking for the same pause again makes it no longer.
    same = following == seat.presence and (name in ("ready", "sign_in") or (name == "pause" and reason == seat.pause_reason))
    limit = pause_limit(reason)
    return replace(
        seat,
        presence=following,
        since=seat.since if same else now,
        pause_until=seat.pause_until if same else now + timedelta(minutes=limit) if limit else None,
        pause_long=seat.pause_long and same,
        idle_since=now
        if following == "ready" and seat.presence in ("talking", "wrap_up", "paused", "offline")
        else seat.idle_since,
        case_id=(case_id or seat.case_id) if following in BUSY else None,
        pause_reason=reason,
        missed_offers=0 if name in ("answer", "ready") else seat.missed_offers,
        version=seat.version + 1,
    )


def sign_in(seat: Seat, agent_id: UUID, now: datetime) -> Seat:
    """An agent sits down. Another agent in the seat refuses it; the same agent finds what they left (page reload)."""
    if seat.agent_id is not None and seat.agent_id != agent_id:
        raise Refused(
            "seat_taken", f"坐席{seat.extension}已有人登录。", f"Somebody is signed in at seat {seat.extension}.",
            remedy_zh="请换一个坐席,或请对方先退出。", remedy_en="Choose another seat, or ask them to sign out.",
        )  # fmt: skip
    moved = move(seat, "sign_in", now, pause_reason="signed_in" if seat.presence == "offline" else None)
    return replace(moved, agent_id=agent_id)


def sign_out(seat: Seat, now: datetime) -> Seat:
    """The agent leaves. Refused while a caller is offered or on the line."""
    if seat.presence in ("offered", "talking"):
        raise Refused(
            "on_a_call", "通话或来电进行中,不能退出。", "A call is ringing or under way: you cannot sign out now.",
            remedy_zh="请先结束当前来电。", remedy_en="End the call first.", rule="W-6",
        )  # fmt: skip
    if seat.presence == "offline":
        return replace(seat, agent_id=None, version=seat.version + 1)
    return replace(move(seat, "sign_out", now), agent_id=None)


def set_presence(
    seat: Seat,
    presence: str,
    reason: str | None,
    emergency_only: bool | None,
    now: datetime,
    *,
    reasons: frozenset[str],
) -> Seat:
    """What the agent or the supervisor asks for: ``ready``, or ``paused`` with a reason from the list (W-6).

    Equipment that does not work is found before it is needed (A-3): without a microphone nobody is ready."""
    if seat.agent_id is None:
        raise Refused(
            "not_signed_in",
            f"坐席{seat.extension}没有人登录。",
            f"Nobody is signed in at seat {seat.extension}.",
        )
    if presence == "ready":
        if not seat.answers:
            raise Refused(
                "calls_out_only", f"座位{seat.extension}只用来外呼,不接来电,不能就绪。",
                f"Place {seat.extension} is for calling out only: no calls are offered there, it is never ready.",
                remedy_zh="要接来电,请换一个座位登录。", remedy_en="To answer calls, log in at another place.",
            )  # fmt: skip
        if seat.device == "browser" and not seat.microphone:
            raise Refused(
                "no_microphone", "浏览器没有可用的麦克风,不能就绪。", "The browser has no working microphone: you cannot be ready.",
                remedy_zh="请插好耳机、允许使用麦克风,或改用桌上的话机。",
                remedy_en="Plug the headset in and allow the microphone, or choose the desk phone.", rule="A-3",
            )  # fmt: skip
        moved = move(seat, "ready", now)
    elif presence == "paused":
        if reason not in reasons:
            raise Refused(
                "reason_needed", "暂停必须选择原因。", "A pause needs a reason from the list.",
                remedy_zh="请选择小休、用餐等原因。", remedy_en="Choose a reason, e.g. rest or meal.", rule="W-6", status=422,
            )  # fmt: skip
        moved = move(seat, "pause", now, pause_reason=reason)
    else:
        raise Refused("unknown_presence", "没有这种状态。", "There is no such presence.", status=422)
    return moved if emergency_only is None else replace(moved, emergency_only=emergency_only)


def pause_is_long(seat: Seat, now: datetime) -> Seat | None:
    """The seat, marked as paused for longer than the limit of its reason (W-6); None while there is nothing to tell."""
    due = seat.presence == "paused" and seat.pause_until is not None and seat.pause_until <= now
    return replace(seat, pause_long=True, version=seat.version + 1) if due and not seat.pause_long else None


def microphone_is(seat: Seat, ok: bool, now: datetime) -> Seat:
    """The console tells whether the browser's microphone works. A seat whose phone cannot be spoken into is not ready;
    ready again is what the agent says, not the plug."""
    told = replace(seat, microphone=ok, version=seat.version + 1)
    if ok or seat.device != "browser" or seat.presence != "ready":
        return told
    return move(told, "pause", now, pause_reason="microphone")
