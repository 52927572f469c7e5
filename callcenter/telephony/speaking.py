"""The process that speaks: sentences come as JSON lines on standard input, each becomes a file, and a line says so.

A process of its own with low priority, so that making speech delays no ring; one for all sentences, because starting Python
and loading the voice costs twenty times what a sentence does. It imports little, and ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import wave
from array import array
from pathlib import Path

from callcenter.telephony.espeak import synthesise
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.sound import TELEPHONE_RATE, to_telephone

LOUDEST = 26000  # of 32767: clear on a telephone, with room above


def speak(text: str, voice: str, words_per_minute: int, path: Path) -> None:
    """Make the sound and put it where it belongs. Raises TelephonyError or OSError."""
    frequency, samples = synthesise(text, voice, words_per_minute)
    if not samples:
        raise TelephonyError("语音合成没有输出。The voice gave no sound.")
    write_wav(path, to_telephone(samples, frequency, LOUDEST))


def write_wav(path: Path, samples: array[int]) -> None:
    """Write 8 kHz, 16 bit, mono; whoever reads it sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as raw, wave.open(raw, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(TELEPHONE_RATE)
            out.writeframes(samples.tobytes())
        Path(part).chmod(0o644)  # Asterisk may run as another user
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)


def main() -> None:
    """``{"text", "voice", "rate", "path"}`` in, ``{"failed": null or why}`` out, one line each, in order."""
    os.nice(10)
    for line in sys.stdin.buffer:
        order = json.loads(line)
        failed = None
        try:
            speak(order["text"], order["voice"], order["rate"], Path(order["path"]))
        except (TelephonyError, OSError) as error:
            failed = str(error)
        sys.stdout.write(json.dumps({"failed": failed}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
