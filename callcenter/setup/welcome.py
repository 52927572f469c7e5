"""What a person reads when everything is up: where the console is, who can log in, how to place a call."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from callcenter.settings import Settings

FAMILY_FILE = "family.json"  # read by callcenter family
LOGINS_FILE = "demo-logins.json"  # written by the service when it loads the demo centre


def address(settings: Settings) -> str:
    """The console's address as a browser on this machine wants it."""
    host = "127.0.0.1" if settings.http_host in ("0.0.0.0", "::", "") else settings.http_host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


def read_logins(data_dir: Path) -> list[dict[str, str]]:
    """The demo centre's log-ins, if the demo centre is loaded."""
    try:
        return [
            {str(key): str(value) for key, value in login.items() if value is not None}
            for login in json.loads((data_dir / LOGINS_FILE).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError):
        return []


def family_lines(settings: Settings) -> list[Text]:
    """Who answers when the centre phones somebody, and how to have it otherwise."""
    return [
        Text("被呼叫的电话由本机模拟:家属、邻居、主任不接听,演练线路上的 110、119、120 接听。"),
        Text("Whoever is phoned is played on this machine: nobody answers, but 110, 119, 120 on the drill trunk do.", style="dim"),
        Text.assemble("要改变 To change that  ", (str(settings.data_dir.absolute() / FAMILY_FILE), "bold")),
        Text('  {"default": "answer:4:1@12", "+8613800000001": "busy"}'),
        Text("  4 秒后接听,12 秒后按 1 / answers after 4 s, presses 1 after 12 s", style="dim"),
    ]


def show_welcome(console: Console, settings: Settings, seconds: float, *, family: bool = False) -> None:
    """Print the panel. ``family``: the simulated telephone network plays whom the centre phones."""
    parts: list[Text | Table] = [Text.assemble("控制台 Console  ", (address(settings), "bold cyan underline"))]
    if logins := read_logins(settings.data_dir):
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for title in ("角色 role", "用户 user", "密码 password", "坐席 seat"):
            table.add_column(title, header_style="dim")
        for login in logins:
            table.add_row(*(login.get(name, "") for name in ("role", "user", "password", "seat")))
        parts += [Text(), table]
    parts += [
        Text(),
        Text.assemble("按一下求助键 Press the button  ", ("callcenter call press --seconds 240", "bold")),
        Text.assemble("看呼叫阶梯 Follow the ladder  ", ("callcenter ladder --follow", "bold")),
        *(family_lines(settings) if family else []),
        Text.assemble("检查 Check  ", ("callcenter doctor", "bold"), "    停止 Stop  ", ("Ctrl-C", "bold")),
        Text(f"日志 Logs  {settings.data_dir.absolute() / 'log'}", style="dim"),
    ]
    title = f"呼叫中心已就绪 The call centre is up ({seconds:.1f} s)"
    console.print(Panel(Group(*parts), title=title, border_style="green", padding=(1, 2), expand=False))
