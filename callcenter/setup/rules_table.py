"""``callcenter rules``: rule → clause → functions that carry it out → tests that prove it → what came of them.

The honest list is in ``not_built.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from callcenter.domain.regulations.book import BY_ID, RULES
from callcenter.domain.regulations.not_built import NOT_BUILT
from callcenter.domain.regulations.rule import Rule
from callcenter.setup.rule_code import enforced_by
from callcenter.setup.rule_marks import ROOT, Marked, marks

RESULTS = ROOT / "var" / "rule-results.json"
HANDBOOK = ROOT / "docs" / "handbook" / "规章执行表.md"
State = Literal["passed", "failed", "not_run", "not_built", "missing"]
WORDS: dict[State, tuple[str, str]] = {
    "passed": ("✓ 已证明", "green"),
    "failed": ("✗ 测试失败", "red"),
    "not_run": ("? 测试未运行", "yellow"),
    "not_built": ("○ 尚未实现", "magenta"),
    "missing": ("✗ 无测试", "red"),
}
MOST_CODE = 6  # names shown for each rule; --json has all


@dataclass(frozen=True)
class Row:
    """A rule with what proves it. ``tests``: name → last outcome (``passed``, ``failed``, ``skipped``) or ``not run``."""

    id: str
    zh: str
    en: str
    state: State
    tests: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    code: tuple[str, ...] = ()
    """Functions and classes that carry it out."""


def read_results(path: Path = RESULTS) -> dict[str, str]:
    """The last outcome of every marked test, as the tests' plugin wrote it; nothing when none has run yet."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(test): str(outcome) for test, outcome in found.items()}


def table(marked: Iterable[Marked], results: Mapping[str, str]) -> list[Row]:
    """Every rule, in the order of the texts."""
    by_rule: dict[str, dict[str, str]] = {}
    for mark in marked:
        by_rule.setdefault(mark.rule, {})[mark.test] = results.get(mark.test, "not run")
    return [_row(rule, by_rule.get(rule.id, {})) for rule in RULES]


def _row(rule: Rule, tests: dict[str, str]) -> Row:
    outcomes = set(tests.values())
    state: State
    if "failed" in outcomes:
        state = "failed"
    elif "passed" in outcomes:
        state = "passed"
    elif tests:
        state = "not_run"
    else:
        state = "not_built" if rule.id in NOT_BUILT else "missing"
    return Row(rule.id, rule.zh, rule.en, state, tests, NOT_BUILT.get(rule.id, ""), enforced_by().get(rule.id, ()))


def wrong(rows: Iterable[Row], marked: Iterable[Marked]) -> list[str]:
    """What ``--check`` refuses, each in a sentence: a rule without proof that nobody admits, a failed proof, a stale admission."""
    unknown = sorted({mark.rule for mark in marked} - BY_ID.keys())
    told = [f"{rule}: 规章表中没有这一条 / a test is marked with a rule that does not exist" for rule in unknown]
    for row in rows:
        if row.state in ("failed", "missing", "not_run"):
            told.append(f"{row.id}: {WORDS[row.state][0]} / {row.state.replace('_', ' ')}")
        if row.state != "not_built" and not row.code:
            told.append(f"{row.id}: 没有代码提到这一条 / no function names it: who carries it out?")
        if row.tests and row.id in NOT_BUILT:
            told.append(f"{row.id}: 已有测试,请从 not_built.py 删去 / has a test: take it off the list")
    return told


def show(console: Console, rows: list[Row]) -> None:
    """The table for people, and loudly what is not built yet."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("条款 rule", "内容 clause", "状态 state", "执行 code", "测试 tests"):
        shown.add_column(title, header_style="bold")
    for row in rows:
        words, colour = WORDS[row.state]
        tests = "\n".join(
            f"{name.rsplit('/', 1)[-1]}{'' if outcome == 'passed' else f' ({outcome})'}" for name, outcome in row.tests.items()
        )
        code = "\n".join(row.code[:MOST_CODE]) + (f"\n+{len(row.code) - MOST_CODE}" if len(row.code) > MOST_CODE else "")
        shown.add_row(row.id, row.zh, f"[{colour}]{words}[/{colour}]", code, tests or row.reason)
    console.print(shown)
    open_rows = [row for row in rows if row.state == "not_built"]
    done = sum(row.state == "passed" for row in rows)
    console.print(f"\n已证明 proven: {done} / {len(rows)}", highlight=False)
    if open_rows:
        console.print(f"[bold magenta]尚未实现 NOT BUILT YET: {len(open_rows)}[/bold magenta]", highlight=False)
        for row in open_rows:
            console.print(f"[magenta]  {row.id:5} {row.reason}[/magenta]", highlight=False)


def as_json(rows: list[Row]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [asdict(row) for row in rows]


def handbook() -> str:
    """``docs/handbook/规章执行表.md``. It names no tests, so that it changes only when rules, limits or the honest list do."""
    lines = [
        "# 规章执行表",
        "",
        "本表由 `callcenter rules --handbook` 生成,请勿手改。每条规章由带其编号的测试证明。",
        "`callcenter rules` 列出是哪些测试、最近一次结果如何。",
        "限值可由部门负责人在“规章”页调整,自指定之日起生效;规章本身不能取消。",
        "",
        "| 条款 | 内容 | 生效 | 限值 | 状态 |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES:
        limits = "<br>".join(f"{limit.zh}:{limit.value:g} {UNITS[limit.unit]}" for limit in rule.limits)
        state = f"尚未实现:{NOT_BUILT[rule.id]}" if rule.id in NOT_BUILT else "已实现"
        lines.append(f"| {rule.id} | {rule.zh} | {rule.valid_from} | {limits} | {state} |")
    return "\n".join(lines) + "\n"


UNITS = {"pct": "%", "yuan": "元", "min": "分钟", "h": "小时", "d": "天", "n": "件(次)"}


def run(console: Console, *, json_out: bool, check: bool, write_handbook: bool) -> bool:
    """Print what was asked for. False: ``check`` refuses."""
    if write_handbook:
        HANDBOOK.write_text(handbook(), encoding="utf-8")
        console.print(f"[green]✓[/green] {HANDBOOK.relative_to(ROOT)}", highlight=False)
        return True
    marked = marks()
    rows = table(marked, read_results())
    if json_out:
        console.print_json(json.dumps(as_json(rows), ensure_ascii=False))
    else:
        show(console, rows)
    refused = wrong(rows, marked) if check else []
    for sentence in refused:
        console.print(f"[red]✗[/red] {sentence}", highlight=False)
    return not refused
