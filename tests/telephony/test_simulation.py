"""``callcenter call`` and ``callcenter phone`` against a real Asterisk, and what they say when there is none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from harness.asterisk import RealAsterisk, free_tcp_port
from harness.service import Ari
from typer.testing import CliRunner

from callcenter.simulation.cli import app, call_app

CENTRE = {
    "lines": {"emergency": "075511111111", "life_help": "075522222222"},
    "terminals": [
        {"serial": "YJT-0001", "account": "t10002", "password": "pw-t10002", "number": None, "member": "王秀英"},
        {"serial": "YJT-0002", "account": None, "password": None, "number": "07551234567", "member": "李建国"},
    ],
    "members": [{"name": "王秀英", "number": "13800138000"}],
    "seats": [{"extension": "8041", "password": "pw-8041"}],
}


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a demo centre."""
    (tmp_path / "demo-centre.json").write_text(json.dumps(CENTRE))
    monkeypatch.setenv("CALLCENTER_DATA_DIR", str(tmp_path))
    return tmp_path


async def put_accounts(asterisk: RealAsterisk) -> None:
    service = await Ari(asterisk.settings).start()
    await service.put_seat("t10002", "from-terminal")
    await service.put_seat("8041")
    await service.close()


@pytest.mark.real
@pytest.mark.parametrize(
    "command",
    [
        ["press"],
        ["press", "--terminal", "YJT-0002"],
        ["life-help", "--member", "王秀英", "--number", "13811112222"],
        ["anonymous", "--count", "2", "--rate", "5"],
        ["unknown"],
    ],
)
def test_a_simulated_call_is_answered_and_told(
    command: list[str], asterisk: RealAsterisk, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCENTER_SIP_PORT", str(asterisk.settings.sip_port))
    monkeypatch.setenv("CALLCENTER_TOOLCHAIN", str(asterisk.toolchain.root))
    asyncio.run(put_accounts(asterisk))
    done = CliRunner().invoke(call_app, [*command, "--seconds", "2", "--says", "喂"])
    assert done.exit_code == 0, done.output
    assert "已接听" in done.output
    assert "来电者挂断" in done.output


def test_without_asterisk_a_sentence_says_so(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_SIP_PORT", str(free_tcp_port()))
    done = CliRunner().invoke(app, ["phone", "8041"])
    assert done.exit_code == 2
    assert "make run" in done.output


def test_calls_never_leave_this_machine(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_SIP_HOST", "192.0.2.1")
    done = CliRunner().invoke(call_app, ["press"])
    assert done.exit_code == 2
    assert "192.0.2.1" in done.output


def test_without_a_demo_centre_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(call_app, ["press"])
    assert done.exit_code == 2
    assert "make run" in done.output
