"""What the doctor says of policy, duty phones, instances, watchdog and safe mode's contacts."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import pytest
from harness.asterisk import RealAsterisk
from pydantic import SecretStr
from rich.console import Console

from callcenter.domain.policy import Policy, PublicNumber, Rung
from callcenter.settings import Settings
from callcenter.setup.alive import AliveFile
from callcenter.setup.doctor import examine
from callcenter.setup.doctor_ladder import instance_findings, policy_findings, safe_contacts, watchdog
from callcenter.setup.findings import Finding, Level

REAL = Policy("真实", (Rung(("120", "supervisor"), 0.0),), (PublicNumber("120", "automatic", "trunk"),))
SIMULATED = Policy("模拟", (Rung(("120", "supervisor"), 0.0),), (PublicNumber("120", "automatic", "drill"),))


def settings(folder: Path = Path(), **more: object) -> Settings:
    secret = SecretStr("x")
    return Settings(_env_file=None, data_dir=folder, ari_password=secret, ami_password=secret, **more)


def levels(found: list[Finding]) -> list[str]:
    return [finding.level.name for finding in found]


@pytest.mark.parametrize(
    ("policy", "duty", "changes", "expected", "said"),
    [
        (SIMULATED, 2, {}, ["GOOD", "GOOD", "GOOD", "GOOD"], "simulated on this machine"),
        (SIMULATED, 0, {}, ["WRONG", "GOOD", "GOOD", "GOOD"], "There is no duty phone"),
        (None, 1, {}, ["GOOD", "WARNING", "GOOD", "GOOD"], "No escalation policy was saved"),
        (REAL, 1, {}, ["GOOD", "GOOD", "WRONG", "GOOD"], "it will be refused"),
        (REAL, 1, {"public_numbers": "enabled"}, ["GOOD", "GOOD", "GOOD", "WRONG"], "nobody is reached"),
        (REAL, 1, {"public_numbers": "enabled", "trunk_target": "sip.example:5060"}, ["GOOD"] * 4, "the telephone network"),
    ],
)
def test_policy_and_ways_out(policy: Policy | None, duty: int, changes: dict[str, str], expected: list[str], said: str) -> None:
    found = policy_findings(policy, duty, settings(**changes))
    assert levels(found) == expected
    assert said in " ".join(finding.english for finding in found)


def test_instances() -> None:
    one, dead, gone = ({"name": name, "node": "node1", "age": age} for name, age in (("one", 0.4), ("dead", 60.0), ("gone", None)))
    assert levels(instance_findings([one, gone], settings(), True)) == ["GOOD"]
    assert levels(instance_findings([one, dead], settings(), True)) == ["GOOD", "WARNING"]
    assert levels(instance_findings([dead], settings(), True)) == ["WRONG"]
    assert levels(instance_findings([one], settings(node="node2"), True)) == ["WRONG"]  # it lives at another Asterisk
    assert levels(instance_findings([], settings(), False)) == ["SKIPPED"]


async def test_the_watchdog_by_its_sign_of_life(tmp_path: Path) -> None:
    one = settings(tmp_path)
    assert levels(await watchdog(one, False)) == ["SKIPPED"]
    assert levels(await watchdog(one, True)) == ["WRONG"]
    AliveFile(tmp_path).touch([])
    assert levels(await watchdog(one, True)) == ["GOOD"]
    AliveFile(tmp_path).touch(["watchdog_late", "watchdog_late"])
    (found,) = await watchdog(one, True)
    assert (found.level, found.english) == (Level.WRONG, "The watchdog sees: a ladder stands still")
    (tmp_path / "watchdog.json").write_text(json.dumps({"at": time.time() - 60, "pid": os.getpid(), "wrong": []}))
    assert levels(await watchdog(one, True)) == ["WRONG"]
    assert levels(await watchdog(one, False)) == ["WARNING"]


async def test_a_new_database_is_told_what_it_lacks(database: str, tmp_path: Path) -> None:
    said = io.StringIO()
    await examine(settings(tmp_path, database_url=SecretStr(database), http_port=1), Console(file=said, width=200))
    assert "There is no duty phone" in said.getvalue()
    assert "No escalation policy was saved" in said.getvalue()


@pytest.mark.real
async def test_safe_modes_contacts(asterisk: RealAsterisk) -> None:
    await asterisk.process.cli("database put safe-contact t10001/1 +8613800000001|/sentence")
    try:
        assert levels(await safe_contacts(asterisk.settings, {"t10001"}, True)) == ["GOOD"]
        (found,) = await safe_contacts(asterisk.settings, {"t10001", "+867970000001"}, True)
        assert (found.level, found.english) == (Level.WRONG, "Safe mode does not know the contacts of 1 of 2 terminals")
    finally:
        await asterisk.process.cli("database del safe-contact t10001/1")
    assert levels(await safe_contacts(asterisk.settings, set(), True)) == ["SKIPPED"]
