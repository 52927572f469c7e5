"""The doctor and the table of settings: plain words when nothing runs, and an eye for misspelt names."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from callcenter.settings import Settings
from callcenter.setup import doctor_running as running
from callcenter.setup.alive import AliveFile
from callcenter.setup.doctor import examine, is_running
from callcenter.setup.settings_table import rows, unknown_variables
from callcenter.setup.supervisor import only_one


def settings(folder: Path, **more: object) -> Settings:
    secret = SecretStr("x")
    return Settings(_env_file=None, data_dir=folder, ari_password=secret, ami_password=secret, database_url=None, **more)


async def test_it_says_that_nothing_runs_and_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLCENTER_TOOLCHAIN", raising=False)
    said = io.StringIO()
    wrong = await examine(settings(tmp_path, http_port=1), Console(file=said, width=200))
    assert wrong >= 1
    assert "Asterisk (≥ 22.10) is not installed" in said.getvalue()
    assert "make setup" in said.getvalue()
    assert "the centre is not started" in said.getvalue()


async def test_an_external_asterisk_that_does_not_answer_is_wrong(tmp_path: Path) -> None:
    said = io.StringIO()
    one = settings(tmp_path, asterisk="external", asterisk_http_port=1)
    assert await examine(one, Console(file=said, width=200)) >= 1
    assert "Asterisk cannot be reached" in said.getvalue()
    assert "CALLCENTER_ASTERISK_HOST" in said.getvalue()


async def test_of_two_nodes_each_is_told_by_its_name_and_what_its_absence_means(tmp_path: Path) -> None:
    said = io.StringIO()
    two = settings(tmp_path, asterisk="external", asterisk_http_port=1, other_nodes="node2=127.0.0.1:2:3:4")
    AliveFile(tmp_path).touch(["watchdog_node node2"])
    assert await examine(two, Console(file=said, width=200)) >= 2
    for name in ("node1", "node2"):
        assert f"电话节点 {name} 连接不上" in said.getvalue()
        assert f"The telephone node {name} cannot be reached" in said.getvalue()
    assert "the telephone node node2 does not answer" in said.getvalue()
    (told,) = running._nodes({"node1": True, "node2": "no"})
    assert "node1 接听" in told.chinese


def test_whether_a_centre_runs_is_seen_by_its_lock(tmp_path: Path) -> None:
    assert not is_running(tmp_path)
    with only_one(tmp_path):
        assert is_running(tmp_path)
    assert not is_running(tmp_path)


def test_misspelt_settings_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_HTPP_PORT", "80")
    (tmp_path / ".env").write_text("# CALLCENTER_OLD=1\nexport CALLCENTER_SIPPORT=1\nCALLCENTER_DEMO=1\n")
    found = unknown_variables(tmp_path)
    assert "CALLCENTER_HTPP_PORT (CALLCENTER_HTTP_PORT?)" in found
    assert "CALLCENTER_SIPPORT (CALLCENTER_SIP_PORT?)" in found
    assert len(found) == 2


def test_every_setting_has_a_variable_and_a_meaning() -> None:
    for row in rows():
        assert row.variable.isupper()
        assert row.meaning, f"{row.field} says nothing about itself"
