"""``callcenter audit``: the chains of the traces, read and judged from the command line."""

from __future__ import annotations

from rich.console import Console

from callcenter.db.engine import create_lone_engine
from callcenter.settings import Settings
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.supervision.audit import Verdict, verify

WHOLE_SECONDS = 6 * 3600.0  # years of a large centre
WORDS = {
    "changed": "内容被改动 / changed",
    "missing": "之前的记录缺失 / a line before it is gone",
    "cut": "末尾记录缺失 / gone from the end",
    "rewritten": "被另一条替换 / another line stands here",
    "seal": "封印不符 / the seal is not what it was",
}


async def audit(settings: Settings, out: Console, seal: str | None = None) -> bool:
    """Print what the check found; True when every trace is whole. The database must run."""
    given = settings.database_url
    engine = create_lone_engine(given.get_secret_value() if given else EmbeddedPostgres(settings.data_dir).url, settings)
    try:
        verdict = await verify(engine, seal, WHOLE_SECONDS)
    finally:
        await engine.dispose()
    show(verdict, out)
    return verdict.whole


def show(verdict: Verdict, out: Console) -> None:
    """The verdict in lines."""
    out.print(f"记录 lines: {verdict.lines}  封印 seals: {verdict.seals}", highlight=False)
    for each in verdict.breaks:
        out.print(f"[red]✗[/red] {each.chain} #{each.place}: {WORDS[each.what]}", highlight=False, soft_wrap=True)
    if verdict.count > len(verdict.breaks):
        out.print(f"  … 共 {verdict.count} 处 / {verdict.count} in all", highlight=False)
    if verdict.known is False:
        out.print("[red]✗[/red] 没有这个封印:它之后的记录可能被整体替换 / this seal is not there", highlight=False)
    if verdict.whole:
        out.print("[green]✓[/green] 全部完好 / every trace is whole", highlight=False)
    if verdict.seal:
        out.print(f"最新封印(可抄录) newest seal, to be noted on paper: {verdict.seal}", highlight=False, soft_wrap=True)
