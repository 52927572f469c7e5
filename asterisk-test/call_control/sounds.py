"""Who hears whom: measured, never read from a state."""

from __future__ import annotations

import asyncio

from callcenter.simulation.audio import SILENCE, RtpPeer

WINDOW_SECONDS = 0.4  # more than is listened to at once: what sounded before is gone


async def hears_not(listener: RtpPeer, *tones: int, seconds: float = 1.0) -> None:
    """None of these tones is heard at any moment for so long. What sounded before may be on its way for an instant."""
    loop = asyncio.get_running_loop()
    for tone in tones:
        async with asyncio.timeout(3.0):
            while listener.hears_now(tone) and await _still_coming(listener):
                pass
    await asyncio.sleep(WINDOW_SECONDS)
    until = loop.time() + seconds
    while loop.time() < until:
        for tone in tones:
            assert not listener.hears_now(tone) or not await _still_coming(listener), f"{tone} Hz is heard"
        await asyncio.sleep(0.02)


async def _still_coming(listener: RtpPeer) -> bool:
    """What was heard last stays in the ear when no packet comes any more: that is silence, not sound."""
    before = listener.received
    await asyncio.sleep(0.1)
    return listener.received > before


def mute(speaker: RtpPeer) -> None:
    """Silence, but a phone that lives."""
    assert speaker.remote is not None
    speaker.play([SILENCE], speaker.remote)
