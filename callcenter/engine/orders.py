"""Effects become orders to Asterisk. Each may be given twice; one that fails becomes a fact again, never silence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from callcenter.domain import effects, prompts
from callcenter.domain.facts import AttemptRang, AttemptSeen, LegEnded, OrderFailed
from callcenter.telephony.ports import AttemptOrder, Calls, ChannelGone, Evidence, Speech, TelephonyError, account_of

Told = OrderFailed | LegEnded | AttemptSeen | AttemptRang

log = structlog.get_logger()
FAILED = Counter("callcenter_orders_failed_total", "Orders to Asterisk that failed, by order", ["order"])

TURNS_KEPT = 10_000
NORMAL_CLEARING = "16"
APP_PREFIX = "callcenter-"

# What telephones understand as "pick up by yourself": they do it each in its own dialect.
AUTO_ANSWER = {
    "PJSIP_HEADER(add,Call-Info)": "<sip:callcenter>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)": "<http://callcenter>;info=alert-autoanswer;delay=0",
}

KIND_ZH = {"emergency": "紧急求助", "life_help": "生活帮助"}


@dataclass
class Orders:
    """Performs effects, in order, for one case at a time."""

    calls: Calls
    speech: Speech
    watch: Evidence
    outgoing: Callable[[], tuple[str, str]] = lambda: ("", "")
    """Name and number that the phones of contacts show."""
    utcnow: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock_offset: float = 0.0
    """Seconds the database's clock is ahead of this machine's: expiry is stated in the database's time."""
    to_be_said: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Sentences that somebody will hear in some seconds: made ready by ``speak_ahead``."""
    tell: Callable[[Told], None] = lambda _told: None
    """Where what becomes known after ``perform`` has returned is told."""
    _unsaid: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """By leg: a sentence that is still being spoken to its file."""
    _turn: dict[str, int] = field(default_factory=dict)

    async def speak_ahead(self) -> None:
        """Make ready what will be heard soon. Runs until cancelled."""
        while True:
            sentence = await self.to_be_said.get()
            try:
                await self.speech.say(sentence)
            except TelephonyError as error:
                log.warning("sentence_not_ready", reason=error.reason)  # it is made again when it is to be heard

    async def perform(self, case_id: UUID, todo: Sequence[effects.Effect]) -> list[Told]:
        """Do what was decided; give back what could not be done, for the case's lane to decide anew."""
        failed: list[Told] = []
        for effect in todo:
            name = type(effect).__name__
            leg_id = getattr(effect, "leg_id", "")
            try:
                told = await _HOW[type(effect)](self, effect)
                if told is not None:
                    failed.append(told)
            except ChannelGone:
                # The party hung up meanwhile. Who does so in the very moment of being claimed is not told of by any event.
                log.debug("order_to_gone_leg", order=name, leg=leg_id, case=str(case_id))
                if isinstance(effect, effects.AnswerLeg | effects.Say | effects.SayTo):
                    failed.append(LegEnded(leg_id, NORMAL_CLEARING))
                if isinstance(effect, effects.RingSeat):
                    failed.append(OrderFailed(case_id, name, leg_id, "gone"))
            except TelephonyError as error:
                FAILED.labels(name).inc()
                log.warning("order_failed", order=name, leg=leg_id, case=str(case_id), reason=error.reason)
                failed.append(OrderFailed(case_id, name, leg_id, error.reason))
        return failed

    async def _answer(self, effect: effects.AnswerLeg) -> None:
        # Asterisk carries out an answer only when the sentence that is being played is over: stop it first.
        await self._silence(effect.leg_id)
        await self.calls.answer(effect.leg_id)

    async def _say(self, effect: effects.Say) -> None:
        await self._speak(effect.leg_id, prompts.sentence(effect.prompt, effect.position))

    async def _say_to(self, effect: effects.SayTo) -> None:
        """At once where the sentence is ready; else beside the lane, in which a seat's answer may be waiting for its turn."""
        if self.speech.is_spoken(effect.sentence):
            await self._speak(effect.leg_id, effect.sentence)
            return
        self._not_any_more(effect.leg_id)
        task = asyncio.create_task(self._say_when_ready(effect.leg_id, effect.sentence), name=f"say {effect.leg_id}")
        self._unsaid[effect.leg_id] = task

    async def _say_when_ready(self, leg_id: str, sentence: str) -> None:
        try:
            await self.speech.say(sentence)
            if self._unsaid.pop(leg_id, None) is not None:  # from here on nobody takes it back: it is said
                await self._speak(leg_id, sentence)
        except ChannelGone:
            self.tell(LegEnded(leg_id, NORMAL_CLEARING))
        except TelephonyError as error:
            FAILED.labels("SayTo").inc()
            log.warning("not_said", leg=leg_id, reason=error.reason)  # the ladder says it again in its time

    def _not_any_more(self, leg_id: str) -> None:
        """What was to be said when it is ready is said no more."""
        task = self._unsaid.pop(leg_id, None)
        if task is not None:
            task.cancel()

    async def _speak(self, leg_id: str, sentence: str) -> None:
        await self._quiet(effects.QuietLeg(leg_id))
        media = await self.speech.say(sentence)
        turn = self._turn[leg_id] = 1 - self._turn.get(leg_id, 1)
        while len(self._turn) > TURNS_KEPT:
            del self._turn[next(iter(self._turn))]
        await self.calls.play(leg_id, playback_of(leg_id, turn), [media])

    async def _music(self, effect: effects.StartMusic) -> None:
        turn = self._turn.get(effect.leg_id)
        if turn is None or effect.after == playback_of(effect.leg_id, turn):
            await self.calls.start_music(effect.leg_id)

    async def _quiet(self, effect: effects.QuietLeg) -> None:
        await self._silence(effect.leg_id)
        await self.calls.stop_music(effect.leg_id)

    async def _silence(self, leg_id: str) -> None:
        self._not_any_more(leg_id)
        for turn in (0, 1):
            await self.calls.stop_playback(playback_of(leg_id, turn))

    async def _ring_seat(self, effect: effects.RingSeat) -> None:
        if self._expired(effect.expires_at):
            raise TelephonyError("the offer expired before it could be sent")
        await self.calls.originate(
            effect.leg_id, f"PJSIP/{account_of(effect.seat, effect.device)}",
            # The desk phone's display tells what it is, never who it is: it can be read over a shoulder.
            caller_name=KIND_ZH[effect.kind], caller_number=effect.case_number.replace("-", ""),
            args=("seat", effect.seat), variables=AUTO_ANSWER if effect.auto_answer else {}, ring_seconds=effect.ring_seconds,
        )  # fmt: skip

    async def _dial_attempt(self, effect: effects.DialAttempt) -> AttemptRang | None:
        if self._expired(effect.expires_at):
            return None  # we slept over it: the ladder asks the node, and decides anew
        name, number = self.outgoing()
        starts_in = self.seconds_until(effect.not_before) if effect.not_before is not None else 0.0
        rings = await self.calls.dial_attempt(
            AttemptOrder(
                effect.leg_id,
                effect.number,
                effect.way,
                effect.ring_seconds,
                self.speech.media_of(effect.sentence),
                name,
                number,
                good_for=self.seconds_until(effect.expires_at),
                starts_in=max(0.0, starts_in),
            )
        )
        # The phone rings for seconds: time enough to speak what will be heard, beside the lane, which must not wait for it.
        self.to_be_said.put_nowait(effect.sentence)
        return AttemptRang(effect.leg_id) if rings else None

    async def _void(self, effect: effects.VoidAttempt) -> None:
        await self.calls.void_attempt(effect.leg_id)

    async def _ask(self, effect: effects.AskNode) -> AttemptSeen:
        """What the node knows. Channels first: what ends in between has left its record when that is read. What begins in
        between is seen at the second look: begun, and neither ended nor there, is said only of what is gone."""
        told = await self._look(effect)
        return await self._look(effect) if told.seen == "claimed" else told

    async def _look(self, effect: effects.AskNode) -> AttemptSeen:
        leg_id = effect.leg_id
        channels = {channel.id: channel for channel in await self.calls.channels(leg_id)}
        half = channels.get(leg_id)
        if half is not None and half.state == "Up" and half.app and half.app_args:  # without: the dialplan asks for the key
            return AttemptSeen(leg_id, "answered", holder=half.app.removeprefix(APP_PREFIX))
        if half is not None or f"{leg_id}-2" in channels:
            return AttemptSeen(leg_id, "live")
        evidence = await self.watch.attempt_evidence(leg_id)
        if evidence is None:
            older = await self.calls.node_started_at(leg_id) > effect.ordered_at.timestamp() - self.clock_offset
            return AttemptSeen(leg_id, "older_than_node" if older else "unclaimed", begun=effect.begun)
        if evidence.voided:
            return AttemptSeen(leg_id, "voided")
        if evidence.ended_at is not None:
            return AttemptSeen(leg_id, "finished", evidence.status, evidence.cause, evidence.key)
        return AttemptSeen(leg_id, "claimed", key=evidence.key)

    def seconds_until(self, at: datetime) -> float:
        """Until a moment of the database's clock; negative when it has passed."""
        return at.timestamp() - self.utcnow().timestamp() - self.clock_offset

    def _expired(self, at: datetime) -> bool:
        return self.seconds_until(at) <= 0

    async def _connect(self, effect: effects.Connect) -> None:
        await self.calls.create_bridge(effect.bridge_id)
        await self.calls.bridge(effect.bridge_id, effect.leg_ids)
        if effect.recording is not None:
            await self.calls.record_bridge(effect.bridge_id, effect.recording)

    async def _hold(self, effect: effects.Hold) -> None:
        for leg_id in effect.leg_ids:
            with contextlib.suppress(ChannelGone):  # its end is told apart; the others wait for their music
                await self.calls.unbridge(effect.bridge_id, leg_id)
                await self.calls.start_music(leg_id)

    async def _ring_back(self, effect: effects.RingBack) -> None:
        await self.calls.stop_playback(f"ringing-{effect.bridge_id}")
        if effect.on:
            await self.calls.play_bridge(effect.bridge_id, f"ringing-{effect.bridge_id}", "tone:ring")

    async def _digits(self, effect: effects.SendDigits) -> None:
        await self.calls.send_digits(effect.leg_id, effect.digits)

    async def _overhear(self, effect: effects.Overhear) -> None:
        """The supervisor's leg and a snoop of the seat's in a bridge of their own; both ids follow from the leg's."""
        beside = f"listen-{effect.leg_id}"
        await self.calls.unbridge(effect.bridge_id, effect.leg_id)
        await self.calls.hang_up(snoop_of(effect.leg_id, not effect.whisper))
        snoop = snoop_of(effect.leg_id, effect.whisper)
        await self.calls.snoop(effect.seat_leg, snoop, whisper=effect.whisper)
        await self.calls.create_bridge(beside)
        await self.calls.bridge(beside, (snoop, effect.leg_id))

    async def _stop_overhearing(self, effect: effects.StopOverhearing) -> None:
        for whisper in (False, True):
            await self.calls.hang_up(snoop_of(effect.leg_id, whisper))
        await self.calls.destroy_bridge(f"listen-{effect.leg_id}")
        await self.calls.unbridge(effect.bridge_id, effect.leg_id)

    async def _hang_up(self, effect: effects.HangUp) -> None:
        self._not_any_more(effect.leg_id)
        await self.calls.hang_up(effect.leg_id, effect.reason)

    async def _discard(self, effect: effects.DiscardRecording) -> None:
        await self.calls.delete_recording(effect.name)

    async def _destroy(self, effect: effects.DestroyBridge) -> None:
        await self.calls.destroy_bridge(effect.bridge_id)


_HOW: dict[type, Callable[[Orders, Any], Awaitable[AttemptSeen | AttemptRang | None]]] = {
    effects.AnswerLeg: Orders._answer,
    effects.Say: Orders._say,
    effects.StartMusic: Orders._music,
    effects.QuietLeg: Orders._quiet,
    effects.RingSeat: Orders._ring_seat,
    effects.Connect: Orders._connect,
    effects.HangUp: Orders._hang_up,
    effects.DestroyBridge: Orders._destroy,
    effects.DiscardRecording: Orders._discard,
    effects.DialAttempt: Orders._dial_attempt,
    effects.VoidAttempt: Orders._void,
    effects.AskNode: Orders._ask,
    effects.SayTo: Orders._say_to,
    effects.Hold: Orders._hold,
    effects.RingBack: Orders._ring_back,
    effects.SendDigits: Orders._digits,
    effects.Overhear: Orders._overhear,
    effects.StopOverhearing: Orders._stop_overhearing,
}


def snoop_of(leg_id: str, whisper: bool) -> str:
    """Id of the channel by which ``leg_id`` overhears."""
    return f"snoop-{'whisper' if whisper else 'listen'}-{leg_id}"


def playback_of(leg_id: str, turn: int) -> str:
    """Id of what a leg hears. Two ids take turns, so that the end of one announcement is not taken for the next one's."""
    return f"say-{leg_id}~{turn}"
