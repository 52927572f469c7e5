"""Whom the watchdog phones: kept in memory and in a file, for the database may be the very thing that is down."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

FILE = "watchdog-duty.json"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DutyPhone:
    """Somebody on duty."""

    name: str
    number: str


@dataclass(frozen=True)
class Duty:
    """The duty phones in their order, and the number they see when we call."""

    phones: tuple[DutyPhone, ...] = ()
    shown: str = ""


class DutyFile:
    """What was known last, readable by its owner only: it holds people's numbers."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir.absolute() / FILE
        self.duty = self._read()

    def learn(self, duty: Duty) -> None:
        """What the database says now. A change is written; a disk that is full does not stop us."""
        if duty == self.duty:
            return
        self.duty = duty
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._path.parent, delete=False, encoding="utf-8") as part:
                json.dump(asdict(duty), part, ensure_ascii=False)
            os.replace(part.name, self._path)
        except OSError as error:
            log.warning("duty_phones_not_kept", error=type(error).__name__)

    def _read(self) -> Duty:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return Duty(tuple(DutyPhone(str(p["name"]), str(p["number"])) for p in found["phones"]), str(found["shown"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Duty()
