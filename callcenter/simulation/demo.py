"""What simulated callers know of the demo centre: its lines, terminals, members and seats, left in a file by the demo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError

FILE = "demo-centre.json"


@dataclass(frozen=True)
class Terminal:
    """A one-key terminal. With an account it registers itself; without one it calls from its number."""

    serial: str
    account: str | None
    password: str | None
    number: str | None
    member: str


@dataclass(frozen=True)
class DemoCentre:
    """The demo centre as callers see it."""

    emergency: str
    life_help: str
    terminals: tuple[Terminal, ...]
    members: tuple[tuple[str, str], ...]
    """Name and number."""
    seats: tuple[tuple[str, str], ...]
    """Extension and password."""

    def terminal(self, serial: str | None) -> Terminal:
        """The terminal with this serial number, or the first one."""
        if not self.terminals:
            raise SetupError("演示中心没有呼叫器。", "The demo centre has no terminal.")
        if serial is None:
            return self.terminals[0]
        for terminal in self.terminals:
            if serial in (terminal.serial, terminal.account):
                return terminal
        known = ", ".join(terminal.serial for terminal in self.terminals[:10])
        raise SetupError(
            f"没有序列号为 {serial} 的呼叫器。现有:{known}",
            f"There is no terminal {serial}. There are: {known}",
        )

    def member(self, name: str | None) -> tuple[str, str]:
        """The member with this name or number, or the first one."""
        if not self.members:
            raise SetupError("演示中心没有老人档案。", "The demo centre has no member.")
        for member in self.members:
            if name is None or name in member:
                return member
        known = "、".join(member[0] for member in self.members[:10])
        raise SetupError(f"没有叫 {name} 的老人。现有:{known}", f"There is no member {name}. There are: {known}")


def read_demo_centre(settings: Settings) -> DemoCentre:
    """The demo centre that the running service has left in its data folder."""
    path = settings.data_dir.absolute() / FILE
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return DemoCentre(
            emergency=str(found["lines"]["emergency"]),
            life_help=str(found["lines"]["life_help"]),
            terminals=tuple(
                Terminal(one["serial"], one.get("account"), one.get("password"), one.get("number"), one["member"])
                for one in found["terminals"]
            ),
            members=tuple((one["name"], one["number"]) for one in found["members"]),
            seats=tuple((one["extension"], one["password"]) for one in found["seats"]),
        )
    except FileNotFoundError:
        raise SetupError(
            f"没有演示中心的数据({path})。请先在另一个终端运行 make run。",
            f"There is no demo centre ({path}). Run 'make run' in another terminal first.",
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise SetupError(
            f"{path} 的内容不完整,请重新运行 make run。",
            f"{path} is not complete; run 'make run' again.",
            repr(error),
        ) from error
