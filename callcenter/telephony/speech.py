"""Announcements made from text on this machine: espeak-ng comes with a Python package, nothing is fetched to speak.

Spoken once, then kept as a file under the fingerprint of voice, rate and text. A recording made by a person under
the announcement's name (``prompts/recorded/<name>.wav``) always replaces the machine's voice.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from callcenter.settings import Settings
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.speaker import Speaker

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


class Voice(Protocol):
    """Speaks to files."""

    async def speak(self, text: str, path: Path) -> None: ...
    async def close(self) -> None: ...


class EspeakSpeech:
    """``ports.Speech`` by espeak-ng. ``aclose`` when it is needed no more."""

    def __init__(self, settings: Settings, voice: Voice | None = None) -> None:
        self._voice, self._rate = settings.voice, settings.speech_rate
        self._folder = settings.prompts_dir
        self._speaker = voice or Speaker(settings.voice, settings.speech_rate)
        self._lock = asyncio.Lock()

    async def aclose(self) -> None:
        """End what speaks; it begins anew if it is asked to."""
        await self._speaker.close()

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
                await self._speaker.speak(words, path)
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


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    part.replace(target)
