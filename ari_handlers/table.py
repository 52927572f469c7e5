"""The table from ARI events to facts, and the handlers themselves: a few lines each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ari_handlers import messages
from callcenter.domain import facts
from callcenter.telephony.numbers import read_caller

IN, SEAT, ATTEMPT = "in", "seat", "attempt"
PLAYBACK = "say-"
SEAT_LEG = "seat-"
LADDER = "@escalation-out-"  # in the name of every channel that the ladder dials by
NORMAL_CLEARING = "16"


@dataclass(frozen=True)
class Origin:
    """Where events come from, and how numbers are written there."""

    node: str
    country: str
    area_code: str
    instance: str = ""
    """Our own name: who is told that a channel left."""


Event = Mapping[str, Any]
Facts = Iterable[facts.Fact]


def on_call_broadcast(event: Event, origin: Origin) -> Facts:
    """A call asks who takes it. The dialplan's words are in the channel's application data: ``…,in:<line>:<terminal>``,
    or ``…,attempt:<id>`` when somebody whom the ladder calls has picked up."""
    channel = messages.ChannelEvent.model_validate(event).channel
    words = channel.dialplan.app_data.rpartition(",")[2].split(":")
    if words[0] == ATTEMPT:
        yield facts.AttemptAnswered(channel.id, holder=origin.instance)
        return
    if words[0] != IN:
        return
    line, account = (*words[1:3], "", "")[:2]
    caller = read_caller(channel.caller.number, origin.country, origin.area_code)
    yield facts.CallArrived(channel.id, origin.node, line, account or None, caller.number, caller.display, caller.anonymous)


def on_stasis_start(event: Event, _origin: Origin) -> Facts:
    """A seat's phone was picked up. A caller's own start says nothing new: the claim's answer came before it."""
    message = messages.ChannelEvent.model_validate(event)
    if message.args[:1] == [SEAT]:
        yield facts.SeatAnswered(message.channel.id)


def on_channel_state_change(event: Event, _origin: Origin) -> Facts:
    channel = messages.ChannelEvent.model_validate(event).channel
    if channel.state == "Ringing":
        yield facts.AttemptRang(channel.id) if LADDER in channel.name else facts.SeatRang(channel.id)


def on_dtmf(event: Event, _origin: Origin) -> Facts:
    """A key on any phone of ours; who has none to press is known elsewhere."""
    message = messages.KeyEvent.model_validate(event)
    yield facts.KeyPressed(message.channel.id, message.digit)


def on_channel_destroyed(event: Event, _origin: Origin) -> Facts:
    message = messages.ChannelEvent.model_validate(event)
    yield facts.LegEnded(message.channel.id, str(message.cause))


def on_stasis_end(event: Event, origin: Origin) -> Facts:
    """A caller left us, which is their hang-up: a claimed channel's ``ChannelDestroyed`` is not told (seen on 22.10).

    It is told, too, when another instance has taken the channel over (ARI's move): hence ``holder``.

    Seats' legs are ours from the start, and their ``ChannelDestroyed`` brings the cause.
    """
    channel = messages.ChannelEvent.model_validate(event).channel
    if not channel.id.startswith(SEAT_LEG):
        yield facts.LegEnded(channel.id, NORMAL_CLEARING, origin.instance or None)


def on_playback_finished(event: Event, _origin: Origin) -> Facts:
    """An announcement is over; the playback's id names the leg that heard it."""
    playback = messages.PlaybackEvent.model_validate(event).playback
    if playback.id.startswith(PLAYBACK):
        yield facts.AudioEnded(playback.id.removeprefix(PLAYBACK).rpartition("~")[0], playback.id)


def on_recording_finished(event: Event, _origin: Origin) -> Facts:
    recording = messages.RecordingEvent.model_validate(event).recording
    yield facts.RecordingEnded(recording.name, float(recording.duration), ok=True)


def on_recording_failed(event: Event, _origin: Origin) -> Facts:
    recording = messages.RecordingEvent.model_validate(event).recording
    yield facts.RecordingEnded(recording.name, 0.0, ok=False)


ARI_HANDLERS: Mapping[str, Callable[[Event, Origin], Facts]] = {
    "CallBroadcast": on_call_broadcast,
    "StasisStart": on_stasis_start,
    "ChannelStateChange": on_channel_state_change,
    "ChannelDtmfReceived": on_dtmf,
    "ChannelDestroyed": on_channel_destroyed,
    "StasisEnd": on_stasis_end,
    "PlaybackFinished": on_playback_finished,
    "RecordingFinished": on_recording_finished,
    "RecordingFailed": on_recording_failed,
}


def facts_of(event: Event, origin: Origin) -> list[facts.Fact]:
    """The facts in ``event``; none for an event we do not read. Raises ``pydantic.ValidationError`` for one that is broken."""
    handler = ARI_HANDLERS.get(str(event.get("type")))
    return list(handler(event, origin)) if handler else []
