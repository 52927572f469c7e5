"""What a check of the doctor answers with: how bad it is, in two languages, and what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from callcenter.settings import Settings


class Level(Enum):
    """How bad it is."""

    GOOD = "[green]✓[/green]"
    SKIPPED = "[dim]–[/dim]"
    WARNING = "[yellow]![/yellow]"
    WRONG = "[red]✗[/red]"


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    level: Level
    chinese: str
    english: str
    advice: tuple[str, str] | None = None


def good(chinese: str, english: str) -> Finding:
    """It is in order."""
    return Finding(Level.GOOD, chinese, english)


def skipped(chinese: str, english: str) -> Finding:
    """It cannot be asked now."""
    return Finding(Level.SKIPPED, chinese, english)


def warning(chinese: str, english: str, *advice: str) -> Finding:
    """It works and should be looked at."""
    return Finding(Level.WARNING, chinese, english, _pair(advice))


def wrong(chinese: str, english: str, *advice: str) -> Finding:
    """It does not work."""
    return Finding(Level.WRONG, chinese, english, _pair(advice))


Check = Callable[[Settings, bool], Awaitable[list[Finding]]]


def _pair(advice: tuple[str, ...]) -> tuple[str, str] | None:
    return (advice[0], advice[1]) if len(advice) == 2 else None
