"""The ladder's addresses: what they answer, what is refused in words, what leaves a trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from callcenter.db.tables import case, contact, escalation
from callcenter.domain import facts
from callcenter.domain.charge import REPORT_FIELDS
from callcenter.domain.errors import Refused
from callcenter.domain.policy import DEFAULT, as_json
from tests.web.conftest import Centre

POLICY = {
    "name": "夜间", "version": 0,
    "rungs": [{"targets": ["family"], "delay_seconds": 0}, {"targets": ["supervisor"], "delay_seconds": 30}],
}  # fmt: skip


async def ask(centre: Centre, method: str, path: str, body: object = None, user: str = "zeng") -> tuple[int, Any]:
    response = await centre.ask(user, method, path, **({} if body is None else {"json": body}))
    return response.status, await response.json()


async def with_ladder(centre: Centre, **more: object) -> None:
    values = {"state": "running", "started_at": sa.func.now(), "round": 1, "rung": 1, "level": 1, "pages": 0, **more}
    async with centre.engine.begin() as connection:
        await connection.execute(sa.insert(escalation).values(case_id=centre.case, policy=as_json(DEFAULT), **values))


async def test_a_policy_is_read_saved_and_read_again(centre: Centre) -> None:
    status, before = await ask(centre, "GET", "/api/policy")
    assert (status, before["policy"]["version"], before["saved_by"], before["public_enabled"]) == (200, 0, None, False)
    status, saved = await ask(centre, "PUT", "/api/policy", {**before["policy"], "name": "夜间"})
    assert (status, saved["policy"]["version"], saved["policy"]["name"], saved["saved_by"]) == (200, 1, "夜间", "zeng")
    assert await ask(centre, "GET", "/api/policy", user="admin") == (200, saved)
    status, problem = await ask(centre, "PUT", "/api/policy", before["policy"], user="admin")
    assert (status, problem["code"]) == (409, "policy_changed")
    assert await centre.trace() == [("policy_saved", "1")]


async def test_what_a_policy_may_not_be_is_said_in_words(centre: Centre) -> None:
    for change, code in (
        ({"rungs": POLICY["rungs"][:1]}, "policy_no_supervisor"),  # type: ignore[index]
        ({"rungs": []}, "policy_rungs"),
        ({"name": " "}, "policy_name"),
        ({"public": [{"code": "120", "mode": "automatic", "way": "trunk"}]}, "policy_public_disabled"),
        ({"key_seconds": 1}, "policy_figure"),
        ({"rungs": [{"targets": ["mayor"], "delay_seconds": 0}]}, "invalid"),
        ({"version": "0"}, "invalid"),
        ({"key_seconds": None}, "invalid"),
    ):
        for method, path, body in (
            ("PUT", "/api/policy", {**POLICY, **change}),
            (
                "POST",
                "/api/policy/preview",
                {"policy": {**POLICY, **change}, "member_id": str(centre.member), "at": "2026-11-21T12:00:00Z"},
            ),
        ):
            status, problem = await ask(centre, method, path, body)
            assert (status, problem["code"]) == (422, code)
            assert problem["zh"]
            assert problem["en"]
    assert await centre.trace() == []


async def test_a_preview_names_people_and_leaves_a_trace(centre: Centre) -> None:
    async with centre.engine.begin() as connection:
        values = {"name": "李芳", "relation": "女儿", "number": "+8614007970001", "position": 1}
        await connection.execute(sa.insert(contact).values(id=uuid4(), member_id=centre.member, **values))
    body = {"policy": POLICY, "member_id": str(centre.member), "at": "2026-11-21T20:00:00.000+08:00", "seat_answers_after": None}
    status, found = await ask(centre, "POST", "/api/policy/preview", body)
    assert status == 200
    calls = [(line["at"], line["who"]) for line in found["lines"] if line["kind"] == "call"]
    assert calls[:2] == [("2026-11-21T12:00:00.000Z", "李芳"), ("2026-11-21T12:00:25.000Z", "曾国平")]
    assert found["notes"]
    assert await centre.trace() == [("contacts_read", str(centre.member))]


async def test_duty_phones_come_change_and_go(centre: Centre) -> None:
    status, both = await ask(centre, "POST", "/api/duty-phones", {"name": "廖美玲", "number": "1400 797 9002", "position": 1})
    assert (status, [(each["name"], each["position"]) for each in both]) == (201, [("廖美玲", 1), ("曾国平", 2)])
    assert both[0] == {"id": both[0]["id"], "name": "廖美玲", "number": "+8614007979002", "position": 1, "active": True}
    address = f"/api/duty-phones/{both[0]['id']}"
    status, changed = await ask(centre, "PATCH", address, {"position": 2, "active": False})
    assert (status, [each["name"] for each in changed], changed[1]["active"]) == (200, ["曾国平", "廖美玲"], False)
    assert await ask(centre, "GET", "/api/duty-phones") == (200, changed)
    status, left = await ask(centre, "DELETE", address)
    assert (status, [each["name"] for each in left]) == (200, ["曾国平"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "曾", "number": "0797-120"}, "public_number"),
        ({"name": "曾", "number": "12"}, "bad_number"),
        ({"name": "", "number": "14007979002"}, "invalid"),
        ({"name": "曾", "number": 14007979002}, "invalid"),
        ({"name": "曾", "number": "14007979002", "position": 0}, "invalid"),
        ({"name": "曾"}, "invalid"),
    ],
)
async def test_duty_phones_that_cannot_be(centre: Centre, body: dict[str, Any], code: str) -> None:
    status, problem = await ask(centre, "POST", "/api/duty-phones", body)
    assert (status, problem["code"]) == (422, code)
    for change in ({}, {"colour": "red"}, {"position": "1"}):
        assert (await ask(centre, "PATCH", f"/api/duty-phones/{centre.phone}", change))[0] == 422
    assert len((await ask(centre, "GET", "/api/duty-phones"))[1]) == 1


async def test_a_drill_is_asked_of_the_engine(centre: Centre) -> None:
    status, started = await ask(centre, "POST", "/api/drills", {"member_id": str(centre.member)})
    assert status == 201
    assert centre.fake.told == [facts.DrillAsked(UUID(started["case_id"]), centre.people["zeng"], centre.member)]
    await with_ladder(centre, drill=True)
    status, problem = await ask(centre, "POST", "/api/drills", {"member_id": str(centre.member)})
    assert (status, problem["code"], len(centre.fake.told)) == (409, "drill_running", 1)
    assert (await ask(centre, "POST", "/api/drills", {"member_id": "x"}))[0] == 422


async def test_an_emergency_is_no_drill(centre: Centre) -> None:
    await with_ladder(centre)
    assert (await ask(centre, "POST", "/api/drills", {"member_id": str(centre.member)}))[0] == 201


async def test_what_the_engine_refuses_is_told(centre: Centre) -> None:
    centre.fake.refuses = Refused("away", "暂时不能演练。", "No drill just now.", status=503)
    assert (await ask(centre, "POST", "/api/drills", {"member_id": str(centre.member)}))[1]["code"] == "away"


@pytest.mark.rule("R-12")
async def test_the_report_is_read_and_the_reading_is_journalled(centre: Centre) -> None:
    await with_ladder(centre)
    status, found = await ask(centre, "GET", f"/api/cases/{centre.case}/report", user="li")
    assert status == 200
    assert (found["person"]["name"], found["person"]["phone"], found["case"]["id"]) == ("王秀英", "+867971000101", str(centre.case))
    assert (found["ladder"]["rung"], tuple(found["data"]), found["signed_at"]) == (2, REPORT_FIELDS, None)
    assert await centre.trace() == [("report_read", str(centre.case))]
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(case).values(kind="life_help"))
    status, problem = await ask(centre, "GET", f"/api/cases/{centre.case}/report")
    assert (status, problem["code"], problem["rule"]) == (404, "no_report", "R-12")
    assert len(await centre.trace()) == 1


async def test_a_case_brings_its_ladder(centre: Centre) -> None:
    _, before = await ask(centre, "GET", f"/api/cases/{centre.case}")
    assert (before["ladder"], before["attempts"], before["report"]) == (None, [], None)
    await with_ladder(centre)
    _, after = await ask(centre, "GET", f"/api/cases/{centre.case}", user="li")
    assert (after["ladder"]["state"], after["ladder"]["card"]["name"]) == ("running", "王秀英")
    assert len(after["ladder"]["rungs"]) == len(DEFAULT.rungs)
