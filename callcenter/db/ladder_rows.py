"""Rows of the ladder to domain objects and back; see rows.py for the manner."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from callcenter.db.rows import Row, identity, moment, time, uuid
from callcenter.domain.decision import Report
from callcenter.domain.escalation import Acknowledgement, Around, Attempt, Escalation, Person, Target, kind_of_relation
from callcenter.domain.policy import as_json, from_json

_TIMES = ("rang_at", "answered_at", "ended_at", "check_at")


def escalation_from(row: Row) -> Escalation:
    return Escalation(
        case_id=identity(row["case_id"]), state=row["state"], started_at=moment(row["started_at"]), drill=row["drill"],
        policy=from_json(row["policy"]) if row["policy"] else None, member_id=uuid(row["member_id"]),
        frozen=tuple(Target(**target) for target in row["frozen"]), round=row["round"], rung=row["rung"],
        rung_at=time(row["rung_at"]), passed=tuple(row["passed"]), level=row["level"],
        next_at=time(row["next_at"]), exhausted_at=time(row["exhausted_at"]),
        acknowledgements=tuple(
            Acknowledgement(**{**a, "at": moment(a["at"]), "agent_id": uuid(a["agent_id"])}) for a in row["acknowledgements"]
        ),
        paged_at=time(row["paged_at"]), pages=row["pages"], assisted=tuple(row["assisted"]), ended_at=time(row["ended_at"]),
        outcome=row["outcome"],
    )  # fmt: skip


def escalation_to(escalation: Escalation) -> dict[str, Any]:
    return {
        **{field.name: getattr(escalation, field.name) for field in fields(escalation)},
        "policy": as_json(escalation.policy) if escalation.policy else None,
        "frozen": [asdict(target) for target in escalation.frozen],
        "acknowledgements": [asdict(a) for a in escalation.acknowledgements],
    }


def attempt_from(row: Row) -> Attempt:
    plain = {field.name: row[field.name] for field in fields(Attempt)}
    plain |= {name: time(row[name]) for name in _TIMES}
    plain |= {"case_id": identity(row["case_id"]), "created_at": moment(row["created_at"]), "asked_by": uuid(row["asked_by"])}
    return Attempt(**plain)


def attempt_to(attempt: Attempt) -> dict[str, Any]:
    return {field.name: getattr(attempt, field.name) for field in fields(attempt)}


def duty_from(found: list[Row]) -> tuple[Target, ...]:
    """The duty supervisors' telephones, in their order."""
    return tuple(Target(f"duty:{d['id']}", "supervisor", d["name"], d["number"]) for d in found)


def around_from(row: Row) -> Around:
    """What db/around.py gathers about the people around a case; beside it what only a ladder that runs is given."""
    person, policy = row.get("person"), row.get("policy")
    return Around(
        policy=from_json(policy) if policy else None,
        contacts=tuple(
            Target(f"contact:{c['id']}", kind_of_relation(c["relation"]), c["name"], c["number"], c["relation"])
            for c in row["contacts"]
        ),
        duty=duty_from(row["duty"]),
        own=tuple(_own(row)),
        in_use=frozenset(row.get("in_use", ())),
        personal=frozenset(row.get("personal", ())),
        person=Person(
            person["name"], "", person["age"], person["gender"], person["address"], person["door_code"],
            tuple(person["illnesses"]), tuple(person["allergies"]),
        ) if person else Person(),
    )  # fmt: skip


def _own(row: Row) -> list[Target]:
    """The terminal first, then the numbers the elder has, then the one that called."""
    found = []
    if row["account"]:
        found.append(Target("terminal", "terminal", "一键通", row["account"], way="account"))
    for number in row["numbers"]:
        found.append(Target(f"landline:{number}", "landline", "老人电话", number))
    return found


def report_from(row: Row) -> Report:
    return Report(
        row["data"],
        uuid(row["written_by"]),
        moment(row["written_at"]),
        uuid(row["signed_by"]),
        row["signer"],
        time(row["signed_at"]),
    )


def report_to(case_id: object, report: Report) -> dict[str, Any]:
    return {"case_id": case_id, **{field.name: getattr(report, field.name) for field in fields(report)}}
