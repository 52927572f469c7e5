"""The parts of ARI events that we read, validated: what comes over the wire can be wrong, even from our own PBX."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Party(BaseModel):
    """Caller id as signalled; it may hold anything."""

    number: str = ""
    name: str = ""


class Dialplan(BaseModel):
    app_name: str = ""
    app_data: str = ""


class Channel(BaseModel):
    id: str = Field(min_length=1, max_length=200)
    name: str = ""
    state: str = ""
    caller: Party = Party()
    dialplan: Dialplan = Dialplan()


class ChannelEvent(BaseModel):
    """``CallBroadcast``, ``StasisStart``, ``ChannelStateChange``, ``ChannelDestroyed``."""

    channel: Channel
    args: list[str] = []
    cause: int = 0


class KeyEvent(BaseModel):
    """``ChannelDtmfReceived``."""

    channel: Channel
    digit: str = Field(min_length=1, max_length=1)


class Playback(BaseModel):
    id: str
    target_uri: str = ""


class PlaybackEvent(BaseModel):
    playback: Playback


class Recording(BaseModel):
    name: str
    duration: float = 0.0
    talking_duration: float = 0.0
    cause: str = ""


class RecordingEvent(BaseModel):
    recording: Recording
