"""The table of settings as ``callcenter settings`` prints it, and the variables that mean nothing.

A misspelt variable does nothing and says nothing; that is why unknown names are looked for.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import NamedTuple

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from rich.table import Table

from callcenter.settings import Settings

PREFIX = "CALLCENTER_"
# Names that are read elsewhere than in the settings, with what they are for.
BESIDES = {"CALLCENTER_TOOLCHAIN": "An Asterisk root made elsewhere; setup then installs none."}


class Row(NamedTuple):
    """One setting."""

    field: str
    variable: str
    default: str
    meaning: str


def rows() -> list[Row]:
    """Every setting, in the order of the model."""
    return [
        Row(name, _variables(name, info)[0], _default(info), info.description or "") for name, info in Settings.model_fields.items()
    ]


def table() -> Table:
    """The settings for a terminal."""
    shown = Table(show_lines=False, header_style="bold")
    for title in ("设置 setting", "环境变量 variable", "默认 default", "说明 meaning"):
        shown.add_column(title, overflow="fold")
    for row in rows():
        shown.add_row(*row)
    return shown


def unknown_variables(folder: Path = Path()) -> list[str]:
    """Variables with our prefix that nobody reads, with the name that was probably meant."""
    known = {variable for name, info in Settings.model_fields.items() for variable in _variables(name, info)}
    known |= BESIDES.keys()
    given = {name.upper() for name in [*os.environ, *_names_in(folder / ".env")] if name.upper().startswith(PREFIX)}
    found = []
    for name in sorted(given - known):
        near = difflib.get_close_matches(name, known, n=1)
        found.append(f"{name} ({near[0]}?)" if near else name)
    return found


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    info = Settings.model_fields.get(field)
    return _variables(field, info)[0] if info else field


def _variables(name: str, info: FieldInfo) -> list[str]:
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices if str(choice).isupper()]
    return [PREFIX + name.upper()]


def _default(info: FieldInfo) -> str:
    return "" if info.default is None else str(info.default)


def _names_in(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    lines = [line.strip().removeprefix("export ").strip() for line in lines]
    return [line.split("=", 1)[0].strip() for line in lines if "=" in line and not line.startswith("#")]
