"""The steps of an installation in their order; each finds by itself that it is done already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.console import Console

from callcenter.settings import Settings
from callcenter.setup.chromium import install_chromium
from callcenter.setup.console import CONSOLE, build_console, install_modules, is_built
from callcenter.setup.progress import Report, shown
from callcenter.setup.toolchain import find_toolchain, install_toolchain


class Step(NamedTuple):
    """One step: what a person reads, whether it is done, and how it is done."""

    title: str
    is_done: Callable[[Settings], bool]
    do: Callable[[Settings, Report], object]


STEPS = {
    "asterisk": Step(
        "Asterisk + SIPp",
        lambda settings: settings.asterisk == "external" or find_toolchain(settings.data_dir) is not None,
        lambda settings, report: install_toolchain(settings.data_dir, report),
    ),
    "console": Step("控制台 console", lambda _: is_built(), lambda _, report: build_console(report)),
    # Lint and type checks need the packages even where the build is done already.
    "console-modules": Step(
        "npm",
        lambda _: (CONSOLE / "node_modules/.callcenter-stamp").is_file() and is_built(),
        lambda _, report: install_modules(report),
    ),
    # Asked every time: the search is quick, and fonts may be missing though the browser is there.
    "chromium": Step("Chromium", lambda _: False, lambda _, report: install_chromium(report)),
}
FOR_RUN = ("asterisk", "console")
FOR_TESTS = ("asterisk", "console-modules", "console", "chromium")


def install(settings: Settings, console: Console, names: Iterable[str] = FOR_RUN) -> None:
    """Do the named steps that are not done."""
    for name in names:
        step = STEPS[name]
        if not step.is_done(settings):
            with shown(step.title, console) as report:
                step.do(settings, report)
