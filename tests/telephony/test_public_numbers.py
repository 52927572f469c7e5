"""110, 119, 120 and their like stand twice: the service refuses them with words, the dialplan by itself. They must be the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callcenter.domain.dialled import PUBLIC_NUMBER
from callcenter.domain.policy import PUBLIC

DIALPLAN = Path(__file__).resolve().parents[2] / "dialplan" / "extensions.conf"


def test_the_dialplan_refuses_what_the_domain_refuses() -> None:
    section = DIALPLAN.read_text().split("[is-public]", 1)[1].split("\n[", 1)[0]
    written = re.findall(r'\$\{REGEX\("([^"]+)" \$\{ARG1\}\)\}', section)
    assert written == [f"^{PUBLIC_NUMBER.pattern}$"]


def test_every_way_out_of_the_dialplan_asks_for_it() -> None:
    """A number leaves by the trunk in no place that has not asked."""
    ways = re.findall(r"^\[([\w-]+)\]$(.*?)(?=^\[|\Z)", DIALPLAN.read_text(), flags=re.M | re.S)
    leaving = {name for name, body in ways if re.search(r"Dial\(PJSIP/[^)]*@trunk", body)}
    asking = {name for name, body in ways if "Gosub(is-public," in body}
    assert leaving, "the trunk is dialled somewhere"
    assert leaving <= asking


@pytest.mark.parametrize("code", sorted(PUBLIC))
@pytest.mark.parametrize("shape", ["{}", "0755{}", "+86{}", "86{}", "0086{}", "0{}", "10{}"])
def test_what_a_policy_may_name_is_such_a_number(code: str, shape: str) -> None:
    assert PUBLIC_NUMBER.fullmatch(shape.format(code))


@pytest.mark.parametrize("number", ["+8613800138110", "+867558120120", "075512345678", "13800138000", "1200", "11"])
def test_a_persons_number_is_not(number: str) -> None:
    assert not PUBLIC_NUMBER.fullmatch(number)
