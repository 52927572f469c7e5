"""The command line. Heavy parts are imported in the command that needs them, so that ``--help`` is quick."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from callcenter.domain.needs import needs
from callcenter.log import set_up_logging
from callcenter.settings import Settings, read_settings
from callcenter.setup.errors import SetupError

app = typer.Typer(
    name="callcenter",
    help="居家养老呼叫中心 / Call centre for the home care of the elderly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
out = Console()
err = Console(stderr=True)


@app.command()
def run(
    demo: Annotated[
        bool | None,
        typer.Option("--demo/--no-demo", help="空数据库时载入演示数据 / load the demo centre into an empty database"),
    ] = None,
    family: Annotated[
        bool | None,
        typer.Option("--family/--no-family", help="模拟被呼叫的电话 / play whom the centre phones; with the demo: on"),
    ] = None,
) -> None:
    """启动整个呼叫中心 / Start the whole centre: database, Asterisk, service, watchdog."""
    from callcenter.setup.steps import install
    from callcenter.setup.supervisor import Supervisor

    settings = read_settings()
    install(settings, out)

    async def supervise() -> None:
        await Supervisor(settings, out, demo=settings.demo if demo is None else demo, family=family).run()

    asyncio.run(supervise())


@app.command()
def serve() -> None:
    """只启动服务(需要 DATABASE_URL 和 Asterisk) / Start the service alone."""
    from callcenter.app import serve as serve_until_stopped

    serve_until_stopped(read_settings())


@app.command()
def watchdog(grace: Annotated[float | None, typer.Option("--grace", hidden=True)] = None) -> None:
    """看守服务、数据库和 Asterisk,出错时打值班电话 / Watch over the service, and phone the people on duty when it fails."""
    from callcenter.setup.postgres import EmbeddedPostgres
    from callcenter.watchdog.watchdog import watch
    from callcenter.watchdog.wrong import GRACE_SECONDS

    settings = read_settings()
    given = settings.database_url
    url = given.get_secret_value() if given is not None else EmbeddedPostgres(settings.data_dir).url
    watch(settings, url, grace=GRACE_SECONDS if grace is None else grace)


@app.command()
def setup(
    tests: Annotated[bool, typer.Option("--tests", help="同时安装测试所需 / also what the tests need")] = False,
    only: Annotated[str | None, typer.Option("--only", hidden=True)] = None,
) -> None:
    """安装 Asterisk 和控制台 / Install Asterisk and build the console."""
    from callcenter.setup.steps import FOR_RUN, FOR_TESTS, install

    install(read_settings(), out, [only] if only else FOR_TESTS if tests else FOR_RUN)
    if not only:
        out.print("[green]✓[/green] 已全部安装 / everything is installed", highlight=False)


@app.command(context_settings=PASS_ON)
def call(context: typer.Context) -> None:
    """模拟来电,如 callcenter call press / Place a simulated call, e.g. callcenter call press."""
    _simulate("call", context.args)


@app.command(context_settings=PASS_ON)
def phone(context: typer.Context) -> None:
    """模拟话机 / A simulated phone."""
    _simulate("phone", context.args)


@app.command(context_settings=PASS_ON)
def family(context: typer.Context) -> None:
    """扮演被呼叫的家属、邻居、120 / Play whom the centre phones."""
    _simulate("family", context.args)


@app.command()
def demo_day() -> None:
    """在演示中心走一遍派工 / Play a morning of the dispatch desk at the demo centre."""
    from callcenter.simulation.demo_day import play

    asyncio.run(play(read_settings()))


@app.command()
def ladder(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="持续显示,Ctrl-C 结束 / go on showing; Ctrl-C ends")] = False,
) -> None:
    """显示未结束的呼叫阶梯 / Show the ladders of open emergencies: who was phoned, and what came of it."""
    from callcenter.setup.ladder_live import follow_ladders

    try:
        asyncio.run(follow_ladders(read_settings(), out, for_ever=follow))
    except KeyboardInterrupt:
        out.print()


@app.command()
def doctor() -> None:
    """逐项检查并说明怎么办 / Examine everything and say what to do."""
    from callcenter.setup.doctor import examine

    if asyncio.run(examine(read_settings(), out)):
        raise typer.Exit(1)


@app.command()
def audit(
    seal: Annotated[
        str | None, typer.Option(help="纸上记下的封印,须仍在其中 / a seal noted on paper that must still stand")
    ] = None,
) -> None:
    """核对全部记录是否被改动 / Prove that no trace was changed, removed or inserted."""
    from callcenter.setup.audit import audit as prove

    if not asyncio.run(prove(read_settings(), out, seal)):
        raise typer.Exit(1)


@app.command(name="settings")
def show_settings() -> None:
    """列出全部设置 / List every setting with its variable and default."""
    from callcenter.setup.settings_table import table, unknown_variables

    out.print(table())
    for name in unknown_variables():
        err.print(f"[yellow]![/yellow] 不认识的设置,不起作用 / unknown setting, has no effect: {name}", highlight=False)


@app.command()
def rules(
    json_out: Annotated[bool, typer.Option("--json", help="机器可读 / for programs")] = False,
    check: Annotated[bool, typer.Option("--check", help="有未证明的规章则退出码为1 / exit 1 unless every rule is proven")] = False,
    handbook: Annotated[bool, typer.Option("--handbook", help="生成手册中的表 / write the handbook's table")] = False,
) -> None:
    """规章 → 证明它的测试 → 结果 / Every rule, the tests that prove it, and what came of them."""
    from callcenter.setup.rules_table import run as show

    if not show(out, json_out=json_out, check=check, write_handbook=handbook):
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """升级数据库结构 / Bring the database to the newest schema."""
    from callcenter.db.migrate import head, upgrade
    from callcenter.setup.postgres import EmbeddedPostgres

    settings = read_settings()
    if settings.database_url is not None:
        asyncio.run(upgrade(settings.database_url.get_secret_value(), settings))
    else:
        server = EmbeddedPostgres(settings.data_dir)
        try:
            asyncio.run(upgrade(server.start(), settings))
        finally:
            server.stop()
    out.print(f"[green]✓[/green] 数据库结构 / schema: {head()}", highlight=False)


@app.command("add-administrator")
def add_administrator(user: str, name: Annotated[str, typer.Option(help="姓名 / the person's name")] = "系统管理员") -> None:
    """添加管理员(密码在提示后输入) / Add an administrator; the password is asked for."""
    from callcenter.setup.first_person import add

    password = typer.prompt("密码 password", hide_input=True, confirmation_prompt="再输一次 once more")
    asyncio.run(add(read_settings(), user, name, password))
    out.print(f"[green]✓[/green] 已添加管理员 / administrator added: {user}", highlight=False)


@app.command("asterisk-config")
def asterisk_config(folder: Path) -> None:
    """为已有的 Asterisk 写出配置文件 / Write the files for an Asterisk that you run yourself."""
    from callcenter.telephony.config import ConfigError, render_external

    try:
        written = render_external(read_settings(), folder)
    except ConfigError as error:
        err.print(f"[red]✗[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
    out.print(f"[green]✓[/green] 已写出 {len(written)} 个文件 / files written: {folder}", highlight=False)


def main() -> None:
    """Run a command; what a person can mend is told in a sentence, without a traceback."""
    os.umask(0o027)  # recordings and profiles are not for every account of the machine
    set_up_logging("WARNING", "console")  # the service sets its own
    try:
        app()
    except SetupError as error:
        err.print(f"\n[red]✗[/red] {error.chinese}", highlight=False, soft_wrap=True)
        err.print(f"  {error.english}", highlight=False, soft_wrap=True)
        if error.details:
            err.print(error.details, style="dim", highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    except ValidationError as error:
        _tell_invalid(error)
        sys.exit(2)


def _simulate(command: str, arguments: list[str]) -> None:
    from callcenter.simulation.cli import app as simulation

    simulation([command, *arguments], prog_name="callcenter")


def _tell_invalid(error: ValidationError) -> None:
    if error.title != Settings.__name__:
        raise error  # not a setting: a mistake of ours, which wants its traceback
    from callcenter.setup.settings_table import variable_of

    err.print("[red]✗[/red] 设置有误,没有启动任何东西 / A setting is wrong; nothing was started", highlight=False)
    for problem in error.errors():
        place = problem["loc"]
        name = variable_of(str(place[0])) if place else "CALLCENTER_*"
        ours = problem.get("ctx", {}).get("error")  # in both languages already
        zh, en = needs(problem["type"], problem.get("ctx", {}), problem["msg"])
        err.print(f"  {name}: {ours or f'{zh}。It {en}.'}", highlight=False, markup=False)
