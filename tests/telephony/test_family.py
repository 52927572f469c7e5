"""The simulated telephone network: behaviours as they are written, a file that is read again, nothing off this machine."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest
from harness.asterisk import free_tcp_port
from harness.service import eventually
from typer.testing import CliRunner

from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.simulation.cli import app
from callcenter.simulation.family import Behaviour, TelephoneNetwork
from callcenter.simulation.family_cli import FamilyFile, run_family
from callcenter.telephony.sipmessage import party

INVITE = "\r\n".join(
    [
        "INVITE sip:{number}@127.0.0.2 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK1",
        'From: "养老" <sip:0797123@127.0.0.1>;tag=1', "To: <sip:{number}@127.0.0.2>", "Call-ID: {call}", "CSeq: 1 INVITE",
        "Contact: <sip:0797123@127.0.0.1:{port}>", "Content-Length: 0", "", "",
    ]
)  # fmt: skip


def test_a_behaviour_is_one_line() -> None:
    assert Behaviour.read("answer:2:1@5:2@8:h@20") == Behaviour("answer", 2.0, ((5.0, "1"), (8.0, "2")), 20.0)
    assert Behaviour.read("busy") == Behaviour("busy")
    for wrong in ("", "sleeps", "answer:x", "answer:1:2@y"):
        with pytest.raises(ValueError):
            Behaviour.read(wrong)


def test_who_calls() -> None:
    assert party('"王 \\"秀\\" 英" <sip:1380@h>;tag=1')[1] == "1380"
    assert party("<sip:+86138@127.0.0.2:5180>") == ("", "+86138")
    assert party("sip:120@h") == ("", "120")


def test_the_file_is_read_at_each_call(tmp_path: Path) -> None:
    told: list[str] = []
    file = FamilyFile(tmp_path / "family.json", lambda chinese, _: told.append(chinese))
    assert file.look_up("138") is None
    (tmp_path / "family.json").write_text(json.dumps({"default": "busy", "138": "answer:1"}))
    assert file.look_up("138") == Behaviour("answer", 1.0)
    assert file.look_up("139") == Behaviour("busy")
    assert file.look_up("120") is None  # public numbers answer, unless the file names them
    (tmp_path / "family.json").write_text("{")
    assert file.look_up("138") is None
    assert len(told) == 1


async def test_an_invite_sent_again_is_one_call() -> None:
    network = TelephoneNetwork()
    port = free_tcp_port()
    await network.listen(port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        for call in ("a", "a", "b"):
            line.sendto(INVITE.format(number="138", call=call, port=line.getsockname()[1]).encode(), ("127.0.0.2", port))
        await network.until(lambda: len(network.calls) == 2)
    first, second = network.calls
    assert (first.resent, first.overlapped, second.overlapped) == (1, False, True)
    assert (first.caller_name, first.caller_number, first.number) == ("养老", "0797123", "138")
    await network.close()


async def test_the_demo_tells_who_is_rung(tmp_path: Path) -> None:
    told: list[str] = []
    target = f"127.0.0.2:{free_tcp_port()}"
    settings = Settings(_env_file=None, data_dir=tmp_path, trunk_target="192.0.2.1:5060", drill_target=target)  # type: ignore[call-arg]
    running = asyncio.create_task(run_family(settings, tell=lambda chinese, _: told.append(chinese)))
    try:
        await eventually(lambda: bool(told))
        assert told == [f"模拟电话网已就绪:{target}"]  # nothing is played for a real trunk
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind(("127.0.0.1", 0))
            message = INVITE.format(number="138", call="a", port=line.getsockname()[1])
            line.sendto(message.encode(), ("127.0.0.2", int(target.rpartition(":")[2])))
            await eventually(lambda: "138 振铃" in told)
        assert "养老 0797123 呼叫 138" in told
        with pytest.raises(SetupError, match="已在运行"):
            await run_family(settings, tell=lambda *_: None)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_wrong_behaviour_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["family", "--behaviour", "138=sleeps"])
    assert done.exit_code == 2
    assert "sleeps" in done.output
