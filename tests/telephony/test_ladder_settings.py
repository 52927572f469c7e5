"""Settings of the ways out: a drill can reach nobody real, and public numbers are off unless somebody switches them on."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from callcenter.settings import Settings
from callcenter.telephony.config import ConfigError, render_external


def made(**values: object) -> Settings:
    secrets = {"ari_password": SecretStr("a"), "ami_password": SecretStr("b")}
    return Settings(_env_file=None, **(secrets | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["192.0.2.1:5060", "sip.example.cn:5060", "127.0.0.2", "127.0.0.2:0", "0.0.0.0:5060", ""])
def test_a_drill_trunk_elsewhere_is_refused(target: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"演练.*drill"):
        made(drill_target=target)
    if target:
        unchecked = made(data_dir=tmp_path).model_copy(update={"drill_target": target})
        if not target.startswith("127."):
            with pytest.raises(ConfigError):
                render_external(unchecked, tmp_path / "out")


def test_what_the_dialplan_is_told(tmp_path: Path) -> None:
    render_external(made(data_dir=tmp_path), tmp_path / "out")
    told = (tmp_path / "out/instance/globals.conf").read_text()
    assert "PUBLIC_NUMBERS = disabled\n" in told
    assert "OUTGOING_NUMBER = \n" in told
    assert "COUNTRY_CODE = 86\n" in told
    assert "AREA_CODE = 797\n" in told
    assert (tmp_path / "out/instance/drill-contact.conf").read_text() == "contact = sip:127.0.0.2:5180\n"
    render_external(made(data_dir=tmp_path, public_numbers="enabled", outgoing_number="07971234567"), tmp_path / "out")
    told = (tmp_path / "out/instance/globals.conf").read_text()
    assert "PUBLIC_NUMBERS = enabled\n" in told
    assert "OUTGOING_NUMBER = 07971234567\n" in told


@pytest.mark.parametrize("number", ["1;2", "${X}", "12a", "0" * 30])
def test_a_strange_outgoing_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        made(outgoing_number=number)
