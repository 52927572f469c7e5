"""The sign of life of the watchdog: a file it writes at every look, so that the doctor can see it without asking it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILE = "watchdog.json"


@dataclass(frozen=True)
class Sign:
    """What the watchdog said last."""

    age: float
    """Seconds since."""
    pid: int
    wrong: tuple[str, ...]
    """Kinds of what is wrong, each with the name of the node where it is about one."""


class AliveFile:
    """``watchdog.json`` in the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir.absolute() / FILE

    def touch(self, wrong: Sequence[str]) -> None:
        """We live, and this is wrong. A disk that is full does not stop us."""
        part = self._path.with_suffix(f".{os.getpid()}.part")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps({"at": time.time(), "pid": os.getpid(), "wrong": sorted(set(wrong))}), encoding="utf-8")
            part.replace(self._path)

    def read(self) -> Sign | None:
        """The last sign; None when there never was one."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
            return Sign(time.time() - float(said["at"]), int(said["pid"]), tuple(said["wrong"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
