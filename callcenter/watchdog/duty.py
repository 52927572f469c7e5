"""Whom the watchdog phones: kept in memory and in a file, for the database may be the very thing that is down."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from callcenter.domain.duty_roster import in_paging_order

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
    roster: tuple[tuple[str, float, float], ...] = ()
    """Whose number is rung first from when to when (seconds since 1970), in order of beginnings: known ahead, for the shift may
    change while the database is away."""

    def in_turn(self, now: datetime) -> Duty:
        """The same with whoever is on duty at ``now`` first."""
        spans = [(number, _moment(begins), _moment(ends)) for number, begins, ends in self.roster]
        order = in_paging_order([phone.number for phone in self.phones], spans, now)
        return replace(self, phones=tuple(sorted(self.phones, key=lambda phone: order.index(phone.number))))


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
            phones = tuple(DutyPhone(str(p["name"]), str(p["number"])) for p in found["phones"])
            # A file of an older version has no roster.
            roster = tuple((str(number), float(begins), float(ends)) for number, begins, ends in found.get("roster", ()))
            return Duty(phones, str(found["shown"]), roster)
        except (OSError, ValueError, KeyError, TypeError):
            return Duty()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
