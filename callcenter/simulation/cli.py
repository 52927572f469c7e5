"""``callcenter call`` and ``callcenter phone``: real calls and phones on the running centre, from this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from callcenter.settings import Settings, read_settings
from callcenter.setup.errors import SetupError
from callcenter.setup.ladder_live import follow_from_now
from callcenter.setup.toolchain import Toolchain, find_toolchain
from callcenter.simulation.callers import CallerPlan, Outcome, run_callers
from callcenter.simulation.demo import DemoCentre, Terminal, read_demo_centre
from callcenter.simulation.family_cli import family
from callcenter.simulation.phone import Manner, Phone, PhoneCall, PhoneError
from callcenter.simulation.sipp import from_header, require_loopback
from callcenter.telephony.ports import TelephonyError
from callcenter.telephony.speech import EspeakSpeech

HERE = "127.0.0.1"
MOST_CALLS = 200  # each is a SIPp process of its own; more is the benchmark's work
HELP_ME = "喂,我摔倒了,起不来,快来帮帮我。"
ASK = "你好,我想请人来家里打扫一下卫生。"
ENDS = {
    "theirs": ("中心挂断", "the centre hung up"),
    "ours": ("来电者挂断", "the caller hung up"),
    "cancelled": ("无人接听,来电者放弃", "nobody answered, the caller gave up"),
    "refused": ("被拒绝", "refused"),
    "silence": ("Asterisk 没有响应", "Asterisk did not answer"),
}

call_app = typer.Typer(help="模拟来电 Simulated callers (real SIP to the running centre).", no_args_is_help=True)
app = typer.Typer(no_args_is_help=True)
app.add_typer(call_app, name="call")
app.command("family")(family)
console = Console(highlight=False)
Result = TypeVar("Result")

Seconds = Annotated[float, typer.Option(help="来电者停留的秒数 Seconds the caller stays.", min=1, max=3600)]
Count = Annotated[int, typer.Option(help="来电数 Number of calls.", min=1, max=MOST_CALLS)]
Rate = Annotated[float, typer.Option(help="每秒来电数 Calls a second.", min=0.01, max=50)]
Says = Annotated[str | None, typer.Option(help="来电者说的话 What the caller says.")]


@call_app.command("press")
def press(
    terminal: Annotated[str | None, typer.Option(help="呼叫器序列号 Serial number.")] = None,
    seconds: Seconds = 30,
    count: Count = 1,
    rate: Rate = 1,
    says: Says = HELP_ME,
    follow: Annotated[bool, typer.Option("--follow/--quiet", help="显示呼叫阶梯 Tell what the ladder does.")] = True,
) -> None:
    """按下一键呼叫器 A terminal presses its emergency button.

    With --seconds 240 and nobody answering, the whole ladder of the demo goes by.
    """
    settings, centre = _centre()
    found = centre.terminal(terminal)
    sound = _spoken(settings, says)
    console.print(f"{found.member} · {found.serial} → {centre.emergency}")
    plan = _press(centre, found, _trunk(settings), seconds, sound)
    _place(settings, [plan] * count, rate, follow=follow)


@call_app.command("life-help")
def life_help(
    member: Annotated[str | None, typer.Option(help="老人姓名 Name of a member.")] = None,
    number: Annotated[str | None, typer.Option(help="主叫号码 Number to call from.")] = None,
    seconds: Seconds = 30,
    count: Count = 1,
    rate: Rate = 1,
    says: Says = ASK,
) -> None:
    """老人打生活服务热线 A member calls the life-help line."""
    settings, centre = _centre()
    name, known = centre.member(member)
    console.print(f"{'' if number else name} {number or known} → {centre.life_help}")
    _trunk_calls(settings, centre.life_help, [from_header(number or known)] * count, seconds, rate, says)


@call_app.command("unknown")
def unknown(seconds: Seconds = 30, count: Count = 1, rate: Rate = 1, says: Says = ASK) -> None:
    """陌生号码来电 Calls from numbers that nobody knows."""
    settings, centre = _centre()
    numbers = [f"1990000{random.randrange(10_000):04}" for _ in range(count)]
    console.print(f"{numbers[0]} → {centre.life_help}")
    _trunk_calls(settings, centre.life_help, [from_header(one) for one in numbers], seconds, rate, says)


@call_app.command("anonymous")
def anonymous(seconds: Seconds = 30, count: Count = 1, rate: Rate = 1, says: Says = ASK) -> None:
    """隐藏号码来电 Calls that hide their number."""
    settings, centre = _centre()
    header = from_header("anonymous", "Anonymous", "anonymous.invalid")
    _trunk_calls(settings, centre.life_help, [header] * count, seconds, rate, says)


def _press(centre: DemoCentre, terminal: Terminal, source: str, stay: float, sound: Path | None) -> CallerPlan:
    account, password, number = terminal.account, terminal.password, terminal.number
    if account and password:
        header = from_header(account, host=HERE)
        return CallerPlan(centre.emergency, header, HERE, stay, (account, password), sound)
    return CallerPlan(centre.emergency, from_header(number or "anonymous"), source, stay, None, sound)


def _trunk_calls(settings: Settings, line: str, headers: list[str], seconds: float, rate: float, says: str | None) -> None:
    sound = _spoken(settings, says)
    plans = [CallerPlan(line, header, _trunk(settings), seconds, None, sound) for header in headers]
    _place(settings, plans, rate)


def _centre() -> tuple[Settings, DemoCentre]:
    try:
        settings = read_settings()
        require_loopback(_server(settings)[0])
        return settings, read_demo_centre(settings)
    except SetupError as error:
        raise _refused(error) from error


def _server(settings: Settings) -> tuple[str, int]:
    host = "127.0.0.1" if settings.sip_host in ("0.0.0.0", "::") else settings.sip_host  # noqa: S104 - compared
    return host, settings.sip_port


def _trunk(settings: Settings) -> str:
    """The address the simulated telephone network calls from."""
    return settings.trunk_match.split(",")[0].partition("/")[0].strip()


def _toolchain(settings: Settings) -> Toolchain:
    found = find_toolchain(settings.data_dir)
    if found is None:
        raise SetupError(
            "还没有安装 SIPp。请先运行 make setup(或 make run)。",
            "SIPp is not installed yet. Run 'make setup' (or 'make run') first.",
        )
    return found


def _spoken(settings: Settings, says: str | None) -> Path | None:
    if not says:
        return None

    async def made(text: str) -> Path:
        async with contextlib.aclosing(EspeakSpeech(settings)) as speech:
            return await speech.file(text)

    try:
        return asyncio.run(made(says))
    except TelephonyError as error:
        console.print(f"[yellow]{error.reason}[/yellow]")
        return None


def _place(settings: Settings, plans: list[CallerPlan], rate: float, *, follow: bool = False) -> None:
    many = len(plans) > 1

    def tell(index: int, chinese: str, english: str) -> None:
        console.print(f"  {f'{index + 1:>3}  ' if many else ''}{chinese}  [dim]{english}[/dim]")

    async def run() -> list[Outcome]:
        following = asyncio.create_task(follow_from_now(settings, console)) if follow else None
        try:
            return await run_callers(_toolchain(settings), _server(settings), plans, rate, tell)
        finally:
            if following is not None:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    outcomes: list[Outcome] = _run(run())
    for index, outcome in enumerate(outcomes):
        chinese, english = ENDS.get(outcome.end, ENDS["silence"])
        if outcome.talked is not None:
            chinese += f",通话 {outcome.talked:.1f} 秒"
            english += f", talked {outcome.talked:.1f} s"
        tell(index, chinese, english)
    if any(outcome.end == "silence" for outcome in outcomes):
        host, port = _server(settings)
        raise _refused(
            SetupError(
                f"{host}:{port} 上的 Asterisk 没有响应。请先运行 make run。",
                f"Asterisk at {host}:{port} did not answer. Run 'make run' first.",
            )
        )
    answered = [outcome.answered_after for outcome in outcomes if outcome.answered_after is not None]
    if many:
        console.print(f"共 {len(outcomes)} 个来电,接听 {len(answered)} 个  {len(answered)}/{len(outcomes)} answered")
    if not answered:
        raise typer.Exit(1)


@app.command("phone")
def phone(
    seats: Annotated[str, typer.Argument(help="分机号,或 all Extension, or all.")],
    answer_after: Annotated[float, typer.Option(help="几秒后接听 Seconds until it answers.", min=0)] = 2.0,
    never: Annotated[bool, typer.Option("--never", help="从不接听 Never answer.")] = False,
    busy: Annotated[bool, typer.Option("--busy", help="总是占线 Always busy.")] = False,
    password: Annotated[str | None, typer.Option(help="密码 Password, if not of the demo.")] = None,
) -> None:
    """注册坐席话机并接听 Register seat phones and answer; Ctrl-C ends."""
    settings = read_settings()
    manner: Manner = "busy" if busy else "never" if never else "answer"
    try:
        require_loopback(_server(settings)[0])
        accounts = [(seats, password)] if password else _accounts(settings, seats)
    except SetupError as error:
        raise _refused(error) from error
    try:
        _run(_phones(settings, accounts, manner, answer_after))
    except KeyboardInterrupt:
        console.print("话机已关闭  [dim]phones closed[/dim]")


def _accounts(settings: Settings, seats: str) -> list[tuple[str, str]]:
    known = dict(read_demo_centre(settings).seats)
    wanted = list(known) if seats == "all" else [one.strip() for one in seats.split(",")]
    missing = [one for one in wanted if one not in known]
    if missing:
        raise SetupError(
            f"没有分机 {', '.join(missing)}。现有:{', '.join(known)}",
            f"There is no seat {', '.join(missing)}. There are: {', '.join(known)}",
        )
    return [(one, known[one]) for one in wanted]


async def _phones(settings: Settings, accounts: list[tuple[str, str]], manner: Manner, answer_after: float) -> None:
    def reporter(account: str) -> Any:
        def report(what: str, call: PhoneCall | None) -> None:
            words = {"registered": "已注册", "ringing": "振铃", "answered": "已接听", "ended": "通话结束"}
            who = f"  {call.caller.partition(';')[0]}" if call and what == "ringing" else ""
            console.print(f"  {account}  {words.get(what, '注册丢失')}  [dim]{what}[/dim]{who}", markup=True)

        return report

    phones = [
        Phone(
            account,
            password,
            _server(settings),
            manner=manner,
            answer_after=answer_after,
            on_change=reporter(account),
        )
        for account, password in accounts
    ]
    try:
        for one in phones:
            await one.register()
        await asyncio.Event().wait()  # until Ctrl-C
    finally:
        for one in phones:
            await one.close()


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    try:
        return asyncio.run(work)
    except SetupError as error:
        raise _refused(error) from error
    except PhoneError as error:
        raise _refused(
            SetupError(
                f"话机无法注册:{error}。请确认 make run 正在运行,密码正确。",
                f"The phone cannot register: {error}. Is 'make run' running, and the password right?",
            )
        ) from error


def _refused(error: SetupError) -> typer.Exit:
    console.print(f"[red]{error.chinese}[/red]\n[dim]{error.english}[/dim]")
    if error.details:
        console.print(error.details, style="dim", markup=False)
    return typer.Exit(2)
