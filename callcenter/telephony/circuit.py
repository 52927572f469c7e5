"""Stops asking an Asterisk that does not answer, so that a dead PBX costs callers of ours one moment and not three
seconds each. After some failures in a row the circuit is open for a second; the next request then tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 5
OPEN_SECONDS = 1.0


class Circuit:
    """Counts failures in a row; ``open`` says that asking now is of no use."""

    def __init__(
        self,
        failures: int = FAILURES,
        open_seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._failed = 0
        self._open_until = 0.0

    @property
    def open(self) -> bool:
        """Whether requests are refused now."""
        return self._clock() < self._open_until

    def succeeded(self) -> None:
        """An answer came, whatever it said: Asterisk is there."""
        self._failed = 0
        self._open_until = 0.0

    def failed(self) -> None:
        """No answer within the deadline, or no connection."""
        self._failed += 1
        if self._failed >= self._limit:
            self._open_until = self._clock() + self._open_seconds
