"""Settings that cannot be, or do not fit together, are refused at the start in both languages, and nothing is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from callcenter.domain.configured import CHECKS
from callcenter.settings import Settings

WRONG: list[tuple[dict[str, object], str]] = [
    ({"time_zone": "Mars/Phobos"}, "时区.*time zone"),
    ({"time_zone": "../etc/passwd"}, "时区.*time zone"),
    ({"trusted_proxies": "10.0.0.0/8, the proxy"}, "网段.*networks"),
    ({"trunk_match": ""}, "主机名.*host names"),
    ({"trunk_match": "127.0.0.2,a b"}, "主机名.*host names"),
    ({"trunk_target": "sip.example.cn"}, "主机:端口.*host:port"),
    ({"trunk_target": "sip.example.cn:99999"}, "主机:端口.*host:port"),
    ({"drill_target": "192.0.2.1:5060"}, "演练.*drill"),
    ({"webhook_pauses": "5,soon"}, "秒数.*Seconds"),
    ({"webhook_pauses": "5,nan"}, "秒数.*Seconds"),
    ({"webhook_pauses": "5,inf"}, "秒数.*Seconds"),
    ({"webhook_pauses": ""}, "秒数.*Seconds"),
    ({"follow_up_roles": "seat,boss"}, "身份.*role"),
    ({"ice_servers": "turn:host:3478|user"}, "turn.*meant"),
    ({"ice_advertised": "10.0.0.5=the gateway"}, "公网.*public"),
    ({"other_nodes": "node2=10.0.0.2:0:1:2"}, "other_nodes"),
    ({"http_host": "a b"}, "监听.*listen"),
    ({"sip_host": ""}, "监听.*listen"),
    # what does not fit together
    ({"rtp_start": 20000, "rtp_end": 20010}, "音频.*rtp_end"),
    ({"sip_port": 20500}, "音频.*audio"),
    ({"http_port": 8188}, "同一个端口.*one port"),
    ({"ami_port": 5160}, "同一个端口.*one port"),
    ({"other_nodes": "node1=10.0.0.2"}, "节点名.*one name"),
    ({"other_nodes": "node2=127.0.0.1"}, "同一台.*same Asterisk"),
    ({"probe_seconds": 1, "probe_slow_ms": 1000}, "试呼.*press"),
    # ranges
    ({"ring_seconds": float("inf")}, "finite"),
    ({"ring_seconds": float("nan")}, "finite|greater"),
    ({"ring_seconds": 0}, "greater"),
    ({"ring_seconds": 86_400}, "less"),
    ({"session_hours": 1e9}, "less"),
    ({"claim_timeout_ms": 600_000}, "less"),
]


@pytest.mark.parametrize(("values", "words"), WRONG, ids=[str(values) for values, _ in WRONG])
def test_what_cannot_be_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(_env_file=None, **values)  # type: ignore[arg-type]


def test_what_can_be_is_taken() -> None:
    made = Settings(
        _env_file=None, asterisk="external", http_port=8188, trunk_match="192.0.2.0/24, sip.example.cn",  # type: ignore[call-arg]
        trunk_target="[2001:db8::1]:5060", ice_servers="stun:a.example.cn:3478,turn:b.example.cn:3478|user|word",
        ice_advertised="10.0.0.5=203.0.113.7", other_nodes="node2=10.0.0.2", follow_up_roles="seat,finance",
    )  # fmt: skip
    assert len(made.nodes) == 2, "the console's port may be that of an Asterisk on another machine"


def test_every_check_is_of_a_setting_whose_default_passes() -> None:
    assert set(CHECKS) <= set(Settings.model_fields)
    for name, check in CHECKS.items():
        check(str(Settings.model_fields[name].default))


def test_the_command_line_says_it_in_both_languages_and_starts_nothing(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
    wrong = {"CALLCENTER_RING_SECONDS": "soon", "CALLCENTER_TIME_ZONE": "Mars", "CALLCENTER_DATA_DIR": str(tmp_path / "var")}
    command = [sys.executable, "-m", "callcenter", "serve"]
    done = subprocess.run(command, env=kept | wrong, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    said = done.stderr + done.stdout
    assert done.returncode == 2, said
    assert "CALLCENTER_RING_SECONDS: 须为数字。It is a number." in said
    assert "CALLCENTER_TIME_ZONE: 没有名为 'Mars' 的时区" in said
    assert "Traceback" not in said
    assert not (tmp_path / "var").exists()
