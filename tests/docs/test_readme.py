"""What the documents name exists: links, make targets, commands, settings, tests, metrics, columns. What they show to run, runs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
import typer.main
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

import callcenter.app  # noqa: F401 - its parts register their metrics
from callcenter.cli import app
from callcenter.domain.seat import MOVES
from callcenter.settings import Settings
from callcenter.setup.settings_table import BESIDES, rows
from callcenter.simulation.cli import app as simulation

ROOT = Path(__file__).parents[2]
OURS = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")] + sorted((ROOT / "docs").rglob("*.md"))
DEPLOY = sorted((ROOT / "deploy").glob("*"))
LINKED = [*OURS, ROOT / "console/README.md", ROOT / "asterisk-test/README.md"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def lines_to_type() -> Iterator[tuple[str, str]]:
    """Every line of a shell block, and what stands in back ticks and looks like a command of ours."""
    for path in OURS:
        text = path.read_text(encoding="utf-8")
        for block in blocks(text, "sh"):
            yield from ((name_of(path), line.split("  #")[0].strip()) for line in block.splitlines())
        yield from ((name_of(path), found) for found in re.findall(r"`((?:make|callcenter) [^`]+)`", text))


TYPED = sorted(set(lines_to_type()))


def command_at(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words reach, and what is left for it."""
    command: Any = typer.main.get_command(simulation if words[0] in ("call", "phone") else app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("path", LINKED, ids=name_of)
def test_links_and_pictures_are_there(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        file, _, place = unquote(link).partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert ROOT in target.parents, link
        if place:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.M)
            assert place in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, link


def test_the_readme_opens_with_two_commands() -> None:
    first = blocks((ROOT / "README.md").read_text(encoding="utf-8"), "sh")[:2]
    assert [block.strip() for block in first] == ["make run", "make test"]


@pytest.mark.parametrize(("where", "line"), [(w, line) for w, line in TYPED if line.startswith("make ")])
def test_make_targets_exist(where: str, line: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert line.split()[1] in targets
    if line.split()[1] == "call" and (arguments := re.search(r'ARGS="(.*)"', line)):
        command, _ = command_at(["call", *arguments.group(1).split()])
        assert not getattr(command, "commands", {})


@pytest.mark.parametrize(
    ("where", "line"),
    [(w, line) for w, line in TYPED if re.match(r"(\.venv/bin/)?callcenter ", line) and "callcenter." not in line],
)
def test_commands_and_their_options_exist(where: str, line: str) -> None:
    words = line.removeprefix(".venv/bin/").split()[1:]
    command, left = command_at(words)
    assert left != words, f"no command {words[0]}"
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    assert {word for word in left if word.startswith("--")} <= options
    if left:  # else it is only named
        assert not command.make_context(words[0], list(left)).args  # its own parser understands all that a shell would give it


@pytest.mark.parametrize("path", [*OURS, *DEPLOY], ids=name_of)
def test_settings_exist(path: Path) -> None:
    known = {row.variable for row in rows()} | {"CALLCENTER_" + row.field.upper() for row in rows()} | set(BESIDES)
    assert set(re.findall(r"CALLCENTER_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_tests_and_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tests = "\n".join(
        file.read_text(encoding="utf-8") for folder in ("tests", "asterisk-test") for file in (ROOT / folder).rglob("*.py")
    )
    for test in re.findall(r"`(test_[a-z0-9_]+)`", text):
        assert f"def {test}(" in tests, test
    for file in re.findall(r"`((?:[a-z_-]+/)+[a-z_0-9-]+\.(?:py|ts|conf|xml|md|service|timer))`", text):
        assert any((ROOT / start / file).exists() for start in ("", "callcenter", "console/src")), file


def test_the_metrics_are_those_of_the_code() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(callcenter_\w+)` \|", text, re.M))
    there = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in REGISTRY.collect()
        if metric.name.startswith("callcenter_")
    }
    assert told == there


def test_the_ports_are_those_of_the_settings() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("## Ports")[1].split("\n## ")[0]
    settings = Settings(_env_file=None)
    for number in ("http_port", "sip_port", "asterisk_http_port", "ami_port", "rtp_start", "rtp_end"):
        assert str(Settings.model_fields[number].default) in text, number
    assert settings.sip_host == settings.http_host == "127.0.0.1"


@pytest.mark.parametrize("book", ["坐席手册.md", "值班主任手册.md", "调度员手册.md"])
def test_handbooks_use_the_words_of_the_console(book: str) -> None:
    """What stands in quotation marks stands on the screen."""
    words = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "console/src/i18n/zh-CN").glob("*.ts"))
    words += (ROOT / "callcenter/domain/catalogue.py").read_text(encoding="utf-8")
    words += (ROOT / "callcenter/domain/prompts.py").read_text(encoding="utf-8")
    words = words.replace("\uff0c", ",")
    free = {
        "一分钟学会",
        "王奶奶",
        "不合理",
        "该号码登记了 N 位老人",
        "待办结",
        "待回拨",
        "编号",
        "连接已中断",
        "⚠ 无人",
        "⚠ 逾期",
        "⚠ 紧急异常",
        "正常",
        "按键 2 次",
    }
    for word in re.findall(r'"([^"\n]+)"', (ROOT / "docs/handbook" / book).read_text(encoding="utf-8")):
        assert word in free or word.replace("\uff0c", ",") in words, word


def test_the_presence_chain_in_words_is_the_one_in_code() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert all(state in text for state in MOVES)


async def test_the_statements_for_an_empty_centre_run(engine: AsyncEngine) -> None:
    (block,) = blocks((ROOT / "docs/operations.md").read_text(encoding="utf-8"), "sql")
    async with engine.begin() as connection:
        for statement in filter(None, (part.strip() for part in block.split(";"))):
            await connection.execute(sa.text(statement))
        assert await connection.scalar(sa.text("SELECT count(*) FROM seat")) == 2


def test_the_files_for_an_external_asterisk_are_written(tmp_path: Path) -> None:
    (block,) = [b for b in blocks((ROOT / "docs/operations.md").read_text(encoding="utf-8"), "sh") if "asterisk-config" in b]
    words = block.strip().split()[1:]  # without the program's own path
    done = subprocess.run([sys.executable, "-m", "callcenter", *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asterisk-files/extensions.conf").is_file()
    assert (tmp_path / "asterisk-files/instance/ari.conf").is_file()
    music = (tmp_path / "asterisk-files/instance/musiconhold.conf").read_text()
    assert f"directory = {tmp_path.resolve()}/asterisk-files/music" in music
