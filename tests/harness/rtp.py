"""Sound in tests: what was said is proven by the tone that is heard at the other end, never by a state."""

from __future__ import annotations

from callcenter.simulation.audio import RtpPeer, tone_frames

__all__ = ["CALLER_TONE", "SEAT_TONE", "RtpPeer", "tone_frames"]

# Far from each other, from the chords of the waiting music and from the tones of the line.
CALLER_TONE = 1010
SEAT_TONE = 1530
