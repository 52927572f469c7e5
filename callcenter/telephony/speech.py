"""Announcements made from text on this machine: espeak-ng comes with a Python package, nothing is fetched to speak.

Spoken once, then kept as a file under the fingerprint of voice, rate and text. A recording made by a person under
the announcement's name (``prompts/recorded/<name>.wav``) always replaces the machine's voice.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from callcenter.settings import Settings
from callcenter.telephony.espeak import synthesise
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.sound import TELEPHONE_RATE, to_telephone

# Named sentences that the dialplan plays by itself; the files must be there before the service dies.
PROMPTS: Mapping[str, str] = {
    "safe-emergency": "您好,您的求助我们收到了。正在呼叫值班人员,请不要挂电话。",
    "safe-reassurance": "请不要挂电话,我们还在为您呼叫值班人员,马上就有人接听。",
    "safe-callback-promise": "对不起,现在坐席都在忙。我们已经记下您的来电,会尽快给您回电话。再见。",
    "safe-contact": "您好,这里是居家养老呼叫中心。您关心的老人按下了紧急求助键。能马上去看老人请按1,不能去请按2。",
    "safe-contact-going": "谢谢您,已经记下。请尽快赶到老人身边。",
    "safe-contact-cannot": "已经记下,我们继续联系其他人。谢谢。",
    "not-allowed": "这个号码不能从话机直接拨打,请在坐席电脑上拨号。",
    "echo-test": "这是通话测试。您现在说的话,会马上放给您听。",
}
LONGEST_TEXT = 1000  # characters; a longer text is a mistake, not an announcement
LONGEST_MAKING = 30.0  # seconds
LOUDEST = 26000  # of 32767: clear on a telephone, with room above

Synthesise = Callable[[str, str, int], "tuple[int, array[int]]"]
log = structlog.get_logger(__name__)


class EspeakSpeech:
    """``ports.Speech`` by espeak-ng."""

    def __init__(self, settings: Settings, synthesise: Synthesise = synthesise) -> None:
        self._voice, self._rate = settings.voice, settings.speech_rate
        self._folder = settings.prompts_dir
        self._synthesise = synthesise
        self._lock = asyncio.Lock()

    async def say(self, text: str) -> str:
        """Media URI of ``text`` spoken: ``sound:<path without ending>``."""
        return f"sound:{(await self.file(text)).with_suffix('')}"

    def media_of(self, text: str) -> str:
        """Where ``text`` will be found once it has been spoken: a media path without its ending."""
        return str(self._path(text).with_suffix(""))

    def is_spoken(self, text: str) -> bool:
        """Whether the file is there already."""
        return self._path(text).exists()

    def _path(self, text: str) -> Path:
        words = " ".join(text.split())
        if not words or len(words) > LONGEST_TEXT:
            raise TelephonyError(f"播报文字为空或过长。The text to say is empty or longer than {LONGEST_TEXT}.")
        key = hashlib.sha256(f"{self._voice}\n{self._rate}\n{words}".encode()).hexdigest()[:32]
        return self._folder / "said" / f"{key}.wav"

    async def file(self, text: str) -> Path:
        """The WAV of ``text``, made when it is not there yet."""
        path, words = self._path(text), " ".join(text.split())
        if path.exists():
            return path
        async with self._lock:  # one voice at a time, and each sentence once
            if not path.exists():
                await self._speak(words, path)
        return path

    async def prepare(self) -> None:
        """Have every named sentence in place, by a recording where there is one, else by the machine's voice."""
        for name, text in PROMPTS.items():
            recorded = self.recording(name)
            source = recorded or await self.file(text)
            await asyncio.to_thread(_place, source, self._folder / f"{name}.wav")

    async def named(self, name: str, text: str) -> str:
        """Media URI of a named announcement: a person's recording where there is one, else ``text`` spoken."""
        recorded = self.recording(name)
        return f"sound:{recorded.with_suffix('')}" if recorded else await self.say(text)

    def recording(self, name: str) -> Path | None:
        """The recording made by a person under this name."""
        path = self._folder / "recorded" / f"{Path(name).name}.wav"
        return path if path.is_file() else None

    async def _speak(self, text: str, path: Path) -> None:
        if self._synthesise is not synthesise:
            await asyncio.to_thread(speak, self._synthesise, text, self._voice, self._rate, path)
            return
        # A process of its own with low priority: making speech never delays a ring, nor anything else here.
        words = [sys.executable, "-m", "callcenter.telephony.speech", self._voice, str(self._rate), str(path)]
        child = await asyncio.create_subprocess_exec(*words, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            async with asyncio.timeout(LONGEST_MAKING):
                _, said = await child.communicate(text.encode())
        except TimeoutError:
            raise TelephonyError("语音合成超时。Making speech took too long.", retryable=True) from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            log.error("speech_not_made", file=path.name, said=said.decode(errors="replace")[-300:])
            raise TelephonyError("语音合成失败。Making speech failed.")


def speak(synthesise: Synthesise, text: str, voice: str, rate: int, path: Path) -> None:
    """Make the sound and put it where it belongs."""
    frequency, samples = synthesise(text, voice, rate)
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


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)


if __name__ == "__main__":
    os.nice(10)
    speak(synthesise, sys.stdin.read(), sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
