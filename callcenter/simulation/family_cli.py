"""``callcenter family``: plays everybody behind the simulated trunk and the drill trunk, and tells who is rung.

Who does what can be written to ``family.json`` in the data folder at any time: it is read again at each call.
``{"default": "no-answer:30", "+8613800000001": "answer:3:1@8", "13900000002": "busy"}``
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from callcenter.domain.configured import is_on_this_machine
from callcenter.settings import Settings, read_settings
from callcenter.setup.errors import SetupError
from callcenter.simulation.family import PUBLIC_NUMBERS, Behaviour, FamilyCall, TelephoneNetwork

FILE = "family.json"
DEFAULT = "no-answer:30"
WORDS = {"ringing": "振铃", "answered": "已接听", "early": "听到网络提示音", "ended": "结束"}
ENDS = {"us": "家属挂断", "them": "中心挂断", "cancelled": "无人接听,中心放弃", "refused": "未接通"}

console = Console(highlight=False)
Tell = Callable[[str, str], None]


def say(chinese: str, english: str) -> None:
    """One line for people."""
    console.print(f"  {chinese}  [dim]{english}[/dim]", soft_wrap=True)


class FamilyFile:
    """Behaviours that somebody writes down while the network runs."""

    def __init__(self, path: Path, tell: Tell = say) -> None:
        self._path, self._tell = path, tell

    def look_up(self, number: str) -> Behaviour | None:
        """What the file says of this number now; a mistake in it is told and changes nothing."""
        try:
            written = json.loads(self._path.read_text(encoding="utf-8"))
            text = written.get(number, None if number in PUBLIC_NUMBERS else written.get("default"))
            return None if text is None else Behaviour.read(str(text))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, AttributeError) as error:
            self._tell(f"{self._path} 无法读取,按默认处理:{error}", "it cannot be read; the default is used")
            return None


async def run_family(
    settings: Settings, default: str = DEFAULT, behaviours: dict[str, str] | None = None, tell: Tell = say
) -> None:
    """Play the telephone network until cancelled. A trunk that leads anywhere but to this machine is left alone."""
    targets = dict.fromkeys(target for target in (settings.trunk_target, settings.drill_target) if is_on_this_machine(target))
    manners = {number: Behaviour.read(text) for number, text in (behaviours or {}).items()}
    file = FamilyFile(settings.data_dir.absolute() / FILE, tell)

    def changed(what: str, call: FamilyCall) -> None:
        if what == "invited":
            tell(f"{call.caller_name} {call.caller_number} 呼叫 {call.number}", f"calls; behaviour: {call.behaviour.kind}")
        elif what.startswith("key "):
            tell(f"{call.number} 按了 {what[4:]}", what)
        else:
            tell(f"{call.number} {WORDS[what]}{':' + ENDS[call.ended_by] if what == 'ended' else ''}", what)

    networks = []
    try:
        for target in targets:
            host, _, port = target.rpartition(":")
            network = TelephoneNetwork(
                host=host, default=Behaviour.read(default), behaviours=manners, on_change=changed, look_up=file.look_up
            )
            networks.append(network)
            try:
                await network.listen(int(port))
            except OSError as error:
                raise SetupError(
                    f"端口 UDP {target} 不能使用({error.strerror}),可能模拟家属已在运行。",
                    f"UDP {target} cannot be used ({error.strerror}); the simulated family may run already.",
                ) from error
        tell(f"模拟电话网已就绪:{', '.join(targets)}", "the simulated telephone network is ready")
        await _obey_keyboard(networks)
    finally:
        for network in networks:
            await network.close()


async def _obey_keyboard(networks: list[TelephoneNetwork]) -> None:
    """For ever: ``a`` answers what rings, a digit presses that key, ``h`` hangs up; each means the newest such call."""
    if not sys.stdin.isatty():
        await asyncio.Event().wait()
    say("a 接听 · 1/2/0 按键 · h 挂断", "a answers, digits are pressed, h hangs up; then Enter")
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    try:
        while True:
            for letter in (await lines.get()).strip():
                live = [(network, call) for network in networks for call in network.calls if call.live]
                live.sort(key=lambda pair: (letter == "a") == (pair[1].answered_at is None))
                if not live:
                    continue
                network, call = live[-1]
                if letter == "a":
                    await network.answer(call)
                elif letter == "h":
                    await network.hang_up(call)
                else:
                    with contextlib.suppress(ValueError):  # not a key
                        network.press(call, letter)
    finally:
        loop.remove_reader(sys.stdin.fileno())


def family(
    behaviour: Annotated[
        list[str] | None,
        typer.Option(help="号码=行为,如 13800000001=answer:3:1@8、139…=busy  number=behaviour"),
    ] = None,
    default: Annotated[str, typer.Option(help="其他号码的行为 What all others do.")] = DEFAULT,
) -> None:
    """扮演被呼叫的家属 Play those whom the centre calls; Ctrl-C ends.

    answer:秒:键@秒:h@秒, voicemail, no-answer, busy, invalid, congestion, reject, early, silence
    """
    try:
        given = dict(one.partition("=")[::2] for one in behaviour or [])
        for text in (default, *given.values()):
            Behaviour.read(text)
        asyncio.run(run_family(read_settings(), default, given))
    except ValueError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(2) from error
    except SetupError as error:
        console.print(f"[red]{error.chinese}[/red]\n[dim]{error.english}[/dim]")
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        say("模拟电话网已关闭", "closed")
