"""Makes what a waiting caller hears: a quiet chord with a slow breath, so that a line that waits is not a dead line.

Made here because nothing may be fetched at run time and no music of others may be shipped.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 8000
SECONDS = 16
# Two gentle chords (C and A minor, low), each swelling and fading; every tone fits the telephone's 300-3400 Hz.
CHORDS = ((261.63, 329.63, 392.00), (440.00, 523.25, 329.63))
LOUDNESS = 2200  # of 32767: soft beside speech, clear beside silence


def write_waiting_music(path: Path) -> None:
    """Write the music unless it is there already (somebody may have put their own)."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = SECONDS * RATE // len(CHORDS)
    samples = array("h")
    for chord in CHORDS:
        for index in range(half):
            swell = math.sin(math.pi * index / half)
            tone = sum(math.sin(2 * math.pi * pitch * index / RATE) for pitch in chord) / len(chord)
            samples.append(round(LOUDNESS * swell * tone))
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    part.replace(path)
