"""The ladder's commands: which shape each takes, whose they are, and the fact each becomes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from callcenter.cases.commands import CaseCommands
from callcenter.db.agents import Session
from callcenter.domain import facts
from tests.escalation.test_report import Asked

CASE, WHO = uuid4(), Session(uuid4(), "zeng", "曾国平", "supervisor", None)
BY = (WHO.agent_id, "supervisor", None, CASE)
BOTH, HEAD = {"seat", "supervisor"}, {"supervisor"}
TEXT = {"condition": "摔倒", "actions": "", "plan": "", "outcome": "", "supervision": ""}
TABLE: list[tuple[str, dict[str, Any], set[str], facts.Fact]] = [
    ("take_charge", {}, BOTH, facts.ChargeTaken(*BY)),
    ("call_contact", {"target": "120"}, BOTH, facts.ContactCalled(*BY, target="120")),
    ("join_attempt", {"attempt_id": "a1"}, BOTH, facts.AttemptJoined(*BY, attempt_id="a1")),
    ("drop_attempt", {"attempt_id": "a1"}, BOTH, facts.AttemptDropped(*BY, attempt_id="a1")),
    (
        "note_reference", {"attempt_id": "a1", "reference": " 4711 "}, BOTH,
        facts.ReferenceNoted(*BY, attempt_id="a1", reference="4711"),
    ),
    ("stop_drill", {}, HEAD, facts.DrillStopped(*BY)),
    ("write_report", {"report": {"condition": "摔倒"}}, BOTH, facts.ReportWritten(*BY, report=TEXT)),
    ("sign_report", {"signer": "曾国平"}, HEAD, facts.ReportSigned(*BY, signer="曾国平")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "roles", "fact"), TABLE, ids=[row[0] for row in TABLE])
async def test_each_becomes_its_fact(name: str, args: dict[str, Any], roles: set[str], fact: facts.Fact) -> None:
    asked = Asked()
    shape, allowed, run = CaseCommands(None, asked).table[name]  # type: ignore[arg-type]
    assert allowed == roles
    await run(WHO, shape.model_validate({"case_id": str(CASE), **args}))
    assert asked.facts == [fact]
    for wrong in ({"case_id": "x", **args}, {**args}, {"case_id": str(CASE), **args, "colour": "red"}):
        with pytest.raises(ValidationError):
            shape.model_validate(wrong)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("call_contact", {"target": ""}),
        ("call_contact", {"target": "x" * 81}),
        ("join_attempt", {"attempt_id": "x" * 65}),
        ("note_reference", {"attempt_id": "a1", "reference": "x" * 65}),
        ("write_report", {"report": {"condition": "x" * 4001}}),
        ("write_report", {"report": {"weather": "fine"}}),
        ("sign_report", {"signer": "x" * 41}),
    ],
)
def test_what_is_too_long_or_unknown(name: str, args: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CaseCommands(None, Asked()).table[name][0].model_validate({"case_id": str(CASE), **args})  # type: ignore[arg-type]
