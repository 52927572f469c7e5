"""What a policy may be: nobody is left unheard, and no real public number is reached without leave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callcenter.domain.errors import Refused
from callcenter.domain.policy import DEFAULT, Policy, PublicNumber, Rung, as_json, check, from_json

BOSS = Rung(("supervisor",), 0.0)


def with_rung(**changes: Any) -> Policy:
    return replace(DEFAULT, rungs=(replace(Rung(("family",), 10.0), **changes), BOSS))


def test_the_built_in_policy_is_allowed_anywhere() -> None:
    check(DEFAULT, public_enabled=False)
    check(DEFAULT, public_enabled=True)


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (replace(DEFAULT, name="  "), "name"),
        (replace(DEFAULT, rungs=()), "rungs"),
        (replace(DEFAULT, rungs=(BOSS,) * 13), "rungs"),
        (replace(DEFAULT, rungs=(Rung(("family",), 0.0),)), "no_supervisor"),
        (with_rung(targets=()), "targets"),
        (with_rung(targets=("family", "family")), "targets"),
        (with_rung(targets=("mayor",)), "targets"),
        (with_rung(targets=("all_seats", "family")), "mixed"),
        (with_rung(condition="never"), "condition"),
        (with_rung(order="at_random"), "condition"),
        (with_rung(delay_seconds=-1.0), "delay"),
        (with_rung(delay_seconds=1801.0), "delay"),
        (with_rung(delay_seconds=float("nan")), "delay"),
        (with_rung(tries=0), "tries"),
        (with_rung(tries=6), "tries"),
        (with_rung(ring_seconds=4.0), "tries"),
        (with_rung(ring_seconds=91.0), "tries"),
        (replace(DEFAULT, public=(PublicNumber("120", "automatic", "trunk"),)), "public_disabled"),
        (replace(DEFAULT, key_seconds=4.0), "figure"),
        (replace(DEFAULT, announcements=0), "figure"),
        (replace(DEFAULT, retry_seconds=601.0), "figure"),
        (replace(DEFAULT, resolve_seconds=59.0), "figure"),
        (replace(DEFAULT, page_seconds=float("inf")), "figure"),
        (replace(DEFAULT, call_back_tries=11), "figure"),
    ],
)
def test_what_is_refused(policy: Policy, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check(policy, public_enabled=False)
    assert (refused.value.code, refused.value.status, refused.value.rule) == (f"policy_{code}", 422, "R-12")
    assert refused.value.zh
    assert refused.value.en


def test_a_drill_never_goes_by_the_real_trunk() -> None:
    real = replace(DEFAULT, public=(PublicNumber("120", "automatic", "trunk"),))
    check(real, public_enabled=True)
    with pytest.raises(Refused, match="policy_drill_on_trunk"):
        check(replace(DEFAULT, public=(PublicNumber("120", "drill", "trunk"),)), public_enabled=True)


def test_the_frozen_copy_is_the_same_policy() -> None:
    policy = replace(DEFAULT, public=(PublicNumber("120", "automatic", "drill"),), version=7)
    assert from_json(as_json(policy)) == policy
    assert policy.public_number("120").mode == "automatic"
    assert policy.public_number("110") == PublicNumber("110")  # what a policy does not name is assisted, by the drill trunk
