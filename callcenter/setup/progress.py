"""How far an installation is: a bar for a person, plain lines for a log file or CI.

Install steps know nothing of terminals; they call ``progress(what, fraction)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Report(Protocol):
    """Takes what is being done and how much of it is done (0–1, None when nobody can know)."""

    def __call__(self, what: str, fraction: float | None = None) -> None: ...


def silent(what: str, fraction: float | None = None) -> None:
    """The report of somebody who does not want one (tests)."""


@contextmanager
def shown(title: str, console: Console) -> Iterator[Report]:
    """Show one step: a live bar where there is a terminal, a few lines where there is none."""
    if not console.is_terminal:
        yield _lines(title, console)
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=None)

        def report(what: str, fraction: float | None = None) -> None:
            bar.update(task, description=f"{title}: {what}", total=None if fraction is None else 1.0)
            if fraction is not None:
                bar.update(task, completed=fraction)

        yield report
    console.print(f"[green]✓[/green] {title}", highlight=False)


def _lines(title: str, console: Console) -> Report:
    said: set[tuple[str, int]] = set()

    def report(what: str, fraction: float | None = None) -> None:
        # Quarters only: a log of 177 lines about 177 packages hides the one line that matters.
        quarter = -1 if fraction is None else int(fraction * 4)
        mark = (what if fraction is None else "", quarter)
        if mark in said:
            return
        said.add(mark)
        percent = "" if fraction is None else f" {fraction:.0%}"
        console.print(f"  {title}: {what}{percent}", highlight=False, markup=False)

    return report
