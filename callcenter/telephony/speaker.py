"""Our end of the process that speaks (speaking.py): started at the first sentence, started anew when it is gone or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import structlog

from callcenter.telephony.ports import TelephonyError

LONGEST_MAKING = 30.0  # seconds
log = structlog.get_logger(__name__)


class Speaker:
    """Has sentences spoken to files, one at a time. ``close`` ends the process; our own death ends it too."""

    def __init__(self, voice: str, words_per_minute: int) -> None:
        self._voice, self._rate = voice, words_per_minute
        self.process: asyncio.subprocess.Process | None = None
        """Lives from the first sentence on."""
        self._turn = asyncio.Lock()

    async def speak(self, text: str, path: Path) -> None:
        """Speak ``text`` to ``path`` (WAV, 8 kHz). Raises TelephonyError."""
        order = {"text": text, "voice": self._voice, "rate": self._rate, "path": str(path)}
        async with self._turn:
            answered = False
            try:
                async with asyncio.timeout(LONGEST_MAKING):
                    said = await self._order(json.dumps(order).encode() + b"\n")
                answered = True
            except TimeoutError:
                raise TelephonyError("语音合成超时。Making speech took too long.", retryable=True) from None
            finally:
                if not answered:  # its late answer must not be taken for the next sentence's
                    await self._end()
        why = "it ended" if said is None else said["failed"]
        if why is not None:
            log.error("speech_not_made", file=path.name, said=why[-300:])
            raise TelephonyError("语音合成失败。Making speech failed.", retryable=said is None)

    async def _order(self, line: bytes) -> dict[str, str | None] | None:
        """The answer; None when the process ended instead, twice: it may have died since the last sentence."""
        for _ in range(2):
            process = self.process or await self._begin()
            assert process.stdin is not None
            assert process.stdout is not None
            with contextlib.suppress(ConnectionError):
                process.stdin.write(line)
                await process.stdin.drain()
            answer = await process.stdout.readline()
            if answer:
                said: dict[str, str | None] = json.loads(answer)
                return said
            await self._end()
        return None

    async def _begin(self) -> asyncio.subprocess.Process:
        words = [sys.executable, "-m", "callcenter.telephony.speaking"]
        # One sentence keeps one core busy for some milliseconds: more threads would only start and wait.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = await asyncio.create_subprocess_exec(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        return self.process

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()
