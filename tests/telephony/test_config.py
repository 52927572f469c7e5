"""Asterisk's configuration: shipped files unchanged, values escaped or refused, short socket names, good sentences."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.settings import Settings
from callcenter.setup.asterisk import AsteriskProcess, render_external
from callcenter.setup.errors import SetupError
from callcenter.setup.toolchain import Toolchain
from callcenter.telephony.config import SHIPPED, ConfigError, trunk_addresses


def complete(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"ari_password": SecretStr("a;b\\c"), "ami_password": SecretStr("secret"), **changes})


def test_shipped_files_are_copied_unchanged_and_every_include_is_written(settings: Settings, tmp_path: Path) -> None:
    written = render_external(complete(settings), tmp_path / "out")
    for source in SHIPPED.glob("*.conf"):
        assert filecmp.cmp(source, tmp_path / "out" / source.name, shallow=False)
        for line in source.read_text().splitlines():
            if line.startswith("#include "):
                assert tmp_path / "out" / line.removeprefix("#include ") in written
    assert "password = a\\;b\\\\c\n" in (tmp_path / "out/instance/ari.conf").read_text()
    assert (tmp_path / "out/instance/ari.conf").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"ari_password": None},
        {"ami_password": SecretStr("two\nlines")},
        {"data_dir": Path("/tmp/with space")},  # noqa: S108 - nothing is written there
        {"trunk_target": "host\n[evil]"},
        {"ari_user": "a]b"},
        {"trunk_match": "127.0.0.0/8"},
        {"trunk_match": "127.0.0.1"},
    ],
)
def test_what_would_break_the_configuration_is_refused(changes: dict[str, object], settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        render_external(complete(settings, **changes), tmp_path / "out")


def test_several_trunk_addresses(settings: Settings) -> None:
    several = settings.model_copy(update={"trunk_match": "192.0.2.0/24, sip.example.cn"})
    assert trunk_addresses(several) == ["192.0.2.0/24", "sip.example.cn"]


def test_a_deep_folder_gets_a_short_socket(settings: Settings, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80) / ("e" * 80)
    process = AsteriskProcess(Toolchain(tmp_path, "x"), complete(settings), deep)
    assert len(str(process.folders.run / "asterisk.ctl")) < 107
    again = AsteriskProcess(Toolchain(tmp_path, "x"), complete(settings), deep)
    assert again.folders.run == process.folders.run
    process.folders.run.rmdir()


@pytest.mark.real
async def test_a_port_in_use_is_told(toolchain: Toolchain, tmp_path: Path) -> None:
    import socket

    from harness.asterisk import asterisk_settings

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = asterisk_settings(tmp_path, asterisk_http_port=taken.getsockname()[1])
        process = AsteriskProcess(toolchain, settings)
        with pytest.raises(SetupError) as told:
            await process.start(3)
        assert not process.alive
        assert "Asterisk" in told.value.chinese
