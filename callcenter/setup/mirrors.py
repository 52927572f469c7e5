"""Reads from the machine's own apt sources which mirror serves its distribution.

The private Asterisk comes from a later suite of the same archive. Which host serves it is the machine's
business (a company may have its own mirror), so it is read from there and written nowhere in this project.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.setup.errors import SetupError

ROLLING = {
    "debian": frozenset({"oldoldstable", "oldstable", "stable", "testing", "unstable", "sid"}),
    "ubuntu": frozenset({"devel"}),
}
# Options of a one-line source that must go along, by their deb822 name.
KEPT_OPTIONS = {"signed-by": "Signed-By", "trusted": "Trusted"}


@dataclass(frozen=True)
class Distribution:
    """Which archive family this machine belongs to."""

    family: str  # debian or ubuntu: a derivative counts as the family whose archive it uses
    codename: str  # may be empty: sid containers have none


@dataclass(frozen=True)
class Source:
    """One entry of the machine's apt sources."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)  # deb822 names: Signed-By, Trusted


def read_distribution(root: Path = Path("/")) -> Distribution:
    """The distribution as os-release tells it."""
    try:
        text = (root / "etc/os-release").read_text(encoding="utf-8")
    except OSError:
        text = ""
    facts = dict(part.split("=", 1) for part in shlex.split(text, comments=True) if "=" in part)
    names = [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]
    family = next((name for name in ("ubuntu", "debian") if name in names), "")
    if not family:
        raise SetupError(
            "这台机器不是 Debian 或 Ubuntu,不能自动安装 Asterisk。请自备 Asterisk ≥ 22.10,并设置 CALLCENTER_ASTERISK=external。",
            "This machine is neither Debian nor Ubuntu, so Asterisk cannot be installed for you. "
            "Provide an Asterisk ≥ 22.10 and set CALLCENTER_ASTERISK=external.",
        )
    own = facts.get(f"{family.upper()}_CODENAME") or facts.get("VERSION_CODENAME", "")
    return Distribution(family, own)


def main_source(root: Path = Path("/")) -> Source:
    """The entry that serves the distribution's own main suite; never a security or third-party repository."""
    here = read_distribution(root)
    suites = ROLLING[here.family] | {here.codename}
    candidates = [
        source
        for source in read_sources(root)
        if source.uris and "main" in source.components and suites & set(source.suites) and not _is_security(source)
    ]
    if not candidates:
        raise SetupError(
            "在 /etc/apt 里找不到本发行版的主软件源,无法下载 Asterisk;系统没有任何改动。"
            "请恢复 /etc/apt/sources.list 后重试,或设置 CALLCENTER_ASTERISK=external 使用已有的 Asterisk。",
            "No entry for the distribution's own main suite was found under /etc/apt, so Asterisk "
            "cannot be downloaded; nothing was changed. Restore /etc/apt/sources.list and try again, "
            "or set CALLCENTER_ASTERISK=external to use an Asterisk you have.",
        )
    return max(candidates, key=lambda source: _likeness(source, here))


def read_sources(root: Path = Path("/")) -> list[Source]:
    """Every enabled binary entry, from both file formats."""
    folder = root / "etc/apt"
    found: list[Source] = []
    for path in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            found += _deb822(text)
        elif path.suffix == ".list":
            found += _one_line(text)
    return found


def _is_security(source: Source) -> bool:
    return all("security" in suite for suite in source.suites) or all("security" in uri for uri in source.uris)


def _likeness(source: Source, here: Distribution) -> int:
    """How much an entry looks like the distribution itself: a third party may use the same suite name."""
    key = source.options.get("Signed-By", "")
    last_parts = {uri.rstrip("/").rsplit("/", 1)[-1] for uri in source.uris}
    return (
        4 * (f"{here.family}-archive" in key)
        + 2 * bool({here.family, f"{here.family}-ports"} & last_parts)
        + 2 * any(uri.startswith("mirror+file:") for uri in source.uris)
        + (f"{here.codename}-updates" in source.suites)
    )


def _deb822(text: str) -> Iterator[Source]:
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line  # a key may stand in the file itself, over many lines
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if fields.get("enabled", "yes").lower() in ("no", "false", "0", "off"):
            continue
        if "deb" in fields.get("types", "").split():
            yield Source(
                uris=_usable(fields.get("uris", "").split()),
                suites=tuple(fields.get("suites", "").split()),
                components=tuple(fields.get("components", "").split()),
                options={proper: fields[low] for low, proper in KEPT_OPTIONS.items() if low in fields},
            )


def _one_line(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<rest>[^#]+)", line)
        if not match:
            continue
        words = match["rest"].split()
        if len(words) < 2:
            continue
        options = dict(option.split("=", 1) for option in (match["options"] or "").split() if "=" in option)
        yield Source(
            uris=_usable(words[:1]),
            suites=(words[1],),
            components=tuple(words[2:]),
            options={KEPT_OPTIONS[name.lower()]: value for name, value in options.items() if name.lower() in KEPT_OPTIONS},
        )


def _usable(uris: list[str]) -> tuple[str, ...]:
    return tuple(uri for uri in uris if not uri.startswith("cdrom:"))
