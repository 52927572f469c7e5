"""The centre's policy: versions, two who save at once, the preview on real rows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.agents import Agent, add_agent
from callcenter.db.tables import access, contact, duty_phone, member, member_number, policy, seat, terminal
from callcenter.domain.decision import Figures
from callcenter.domain.errors import Refused
from callcenter.domain.policy import DEFAULT, as_json, from_json
from callcenter.escalation.policies import Policies
from callcenter.escalation.shapes import PolicyShape, PreviewShape
from callcenter.settings import Settings

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def policies(engine: AsyncEngine, settings: Settings) -> Policies:
    return Policies(engine, settings, Figures())


async def boss(engine: AsyncEngine, name: str = "曾国平") -> UUID:
    person = Agent(uuid4(), f"u{uuid4().hex[:8]}", name, "supervisor", None, active=True)
    async with engine.begin() as connection:
        await add_agent(connection, person, "no password")
    return person.id


def body(version: int, name: str = "夜间", **more: Any) -> PolicyShape:
    rungs = [
        {"targets": ["family"], "delay_seconds": 0, "order": "in_order", "ring_seconds": 20},
        {"targets": ["supervisor"], "delay_seconds": 40},
    ]
    return PolicyShape.model_validate({"name": name, "version": version, "rungs": rungs, **more})


async def test_until_somebody_saves_the_built_in_one_counts(policies: Policies) -> None:
    found = await policies.today()
    assert found == {
        "policy": {**as_json(DEFAULT), "version": 0}, "saved_by": None, "saved_at": None, "public_enabled": False,
    }  # fmt: skip


async def test_what_comes_back_can_be_saved_again(policies: Policies, engine: AsyncEngine) -> None:
    by = await boss(engine)
    first = await policies.save(by, body(0))
    assert (first["policy"]["version"], first["policy"]["name"], first["saved_by"]) == (1, "夜间", "曾国平")
    assert first == await policies.today()
    # As a browser would: read as JSON, sent back whole.
    again = await policies.save(by, PolicyShape.model_validate({**first["policy"], "rungs": list(first["policy"]["rungs"])}))
    assert {**again["policy"], "version": 1} == first["policy"]
    async with engine.connect() as connection:
        kept = {row.version: row.data for row in await connection.execute(sa.select(policy))}
        trace = [(row.action, row.subject) for row in await connection.execute(sa.select(access).order_by(access.c.id))]
    assert {version: from_json(data).version for version, data in kept.items()} == {1: 1, 2: 2}
    assert trace == [("policy_saved", "1"), ("policy_saved", "2")]


async def test_an_old_version_is_refused_and_changes_nothing(policies: Policies, engine: AsyncEngine) -> None:
    by = await boss(engine)
    await policies.save(by, body(0))
    for version in (0, 2):
        with pytest.raises(Refused, match="policy_changed"):
            await policies.save(by, body(version, "别的"))
    assert (await policies.today())["policy"]["name"] == "夜间"


async def test_of_two_who_save_at_once_one_is_told(policies: Policies, engine: AsyncEngine) -> None:
    people = [await boss(engine, f"主任{place}") for place in range(6)]
    done = await asyncio.gather(*(policies.save(by, body(0, f"第{by}")) for by in people), return_exceptions=True)
    saved = [each for each in done if isinstance(each, dict)]
    refused = [each for each in done if isinstance(each, Refused)]
    assert (len(saved), len(refused)) == (1, 5)
    assert {each.code for each in refused} == {"policy_changed"}
    assert await policies.today() == saved[0]


@pytest.mark.rule("R-12")
async def test_what_the_rules_forbid_is_not_kept(policies: Policies, engine: AsyncEngine) -> None:
    by = await boss(engine)
    real = [{"code": "120", "mode": "automatic", "way": "trunk"}]
    with pytest.raises(Refused, match="policy_public_disabled"):
        await policies.save(by, body(0, public=real))
    with pytest.raises(Refused, match="policy_no_supervisor"):
        await policies.save(by, body(0, rungs=[{"targets": ["family"], "delay_seconds": 0}]))
    assert (await policies.today())["policy"]["version"] == 0
    allowed = Policies(engine, policies.settings.model_copy(update={"public_numbers": "enabled"}), Figures())
    saved = await allowed.save(by, body(0, public=real))
    assert (saved["public_enabled"], saved["policy"]["version"]) == (True, 1)
    assert [each["way"] for each in saved["policy"]["public"] if each["code"] == "120"] == ["trunk"]
    assert [each["code"] for each in saved["policy"]["public"]] == ["110", "119", "120"]


@pytest.mark.parametrize(
    "more",
    [
        {"rungs": [{"targets": ["mayor"], "delay_seconds": 0}]},
        {"rungs": [{"targets": ["family"], "delay_seconds": "soon"}]},
        {"rungs": "family"},
        {"public": [{"code": "120"}, {"code": "120"}]},
        {"public": [{"code": "911"}]},
        {"colour": "red"},
    ],
)
def test_shapes_that_are_none(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        body(0, **more)


async def elder(engine: AsyncEngine) -> UUID:
    member_id = uuid4()
    people = (("李芳", "女儿", "+8614007970001"), ("刘婶", "邻居", "+8614007970003"), ("小温", "社工", "+8614007970004"))
    async with engine.begin() as connection:
        await connection.execute(sa.insert(member).values(id=member_id, name="王秀英", gender="f"))
        await connection.execute(sa.insert(member_number).values(member_id=member_id, number="+867971000101"))
        await connection.execute(sa.insert(terminal).values(serial="T1", member_id=member_id, account="t10001"))
        rows = [
            {"id": uuid4(), "member_id": member_id, "name": name, "relation": relation, "number": number, "position": place}
            for place, (name, relation, number) in enumerate(people, 1)
        ]
        await connection.execute(sa.insert(contact), rows)
        phones = [
            {"id": uuid4(), "name": "曾国平", "number": "+8614007979001", "position": 2, "active": True},
            {"id": uuid4(), "name": "廖美玲", "number": "+8614007979002", "position": 1, "active": True},
            {"id": uuid4(), "name": "休假", "number": "+8614007979003", "position": 3, "active": False},
        ]
        await connection.execute(sa.insert(duty_phone), phones)
    return member_id


def tried(member_id: UUID, **more: Any) -> PreviewShape:
    return PreviewShape.model_validate({"policy": body(0).model_dump(), "member_id": str(member_id), "at": AT.isoformat(), **more})


async def test_the_preview_names_this_members_people(policies: Policies, engine: AsyncEngine) -> None:
    found = await policies.preview(tried(await elder(engine)))
    assert [(line["after_seconds"], line["rung"], line["who"]) for line in found["lines"] if line["kind"] == "call"] == [
        (0.0, 1, "李芳"), (20.0, 2, "廖美玲"), (45.0, 2, "曾国平"), (70.0, 0, "廖美玲"), (130.0, 0, "曾国平"),
    ]  # fmt: skip
    first = next(line for line in found["lines"] if line["kind"] == "call")
    assert first == {
        "at": "2026-11-21T12:00:00.000Z", "after_seconds": 0.0, "rung": 1, "kind": "call", "what": "family", "who": "李芳",
        "relation": "女儿", "number": "+8614007970001", "ring_seconds": 20.0, "note_zh": "响铃,无人接听。",
        "note_en": "Rings, nobody answers.",
    }  # fmt: skip
    assert {line["what"] for line in found["lines"] if line["kind"] == "end"} == {""}
    said = " ".join(note["zh"] for note in found["notes"])
    assert "邻居" in said  # registered, and never phoned by this policy
    assert "一键通、+867971000101" in said
    async with engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(policy)) == 0  # tried, not saved


async def test_the_preview_counts_the_seats_that_are_free_now(policies: Policies, engine: AsyncEngine) -> None:
    until = datetime.now(UTC) + timedelta(minutes=1)
    ready = {"presence": "ready", "registered": True, "console_until": until}
    places: list[dict[str, Any]] = [ready, ready, {**ready, "registered": False}, {**ready, "presence": "paused"}]
    places.append({**ready, "console_until": until - timedelta(hours=1)})
    async with engine.begin() as connection:
        for place, values in enumerate(places):
            await connection.execute(sa.insert(seat).values(extension=f"800{place}", name="x", password="x", **values))
    member_id = await elder(engine)
    rungs = [{"targets": ["all_seats"], "delay_seconds": 0}, {"targets": ["supervisor"], "delay_seconds": 40}]
    found = await policies.preview(tried(member_id, policy=body(0, rungs=rungs).model_dump(), seat_answers_after=3))
    assert [line["note_zh"] for line in found["lines"] if line["kind"] == "seats"] == [
        "2个空闲坐席的话机响铃。", "一名坐席接听,与老人通话。",
    ]  # fmt: skip


async def test_the_preview_of_nobody_or_of_a_bad_policy(policies: Policies, engine: AsyncEngine) -> None:
    with pytest.raises(Refused) as refused:
        await policies.preview(tried(uuid4()))
    assert (refused.value.code, refused.value.status) == ("no_such_member", 404)
    bad = body(0, rungs=[{"targets": ["family"], "delay_seconds": 0}]).model_dump()
    with pytest.raises(Refused, match="policy_no_supervisor"):
        await policies.preview(tried(await elder(engine), policy=bad))
    for broken in ({"at": "2026-11-21T12:00:00"}, {"member_id": "x"}, {"seat_answers_after": -1}, {"seat_answers_after": 1e9}):
        with pytest.raises(ValueError, match="validation error"):
            PreviewShape.model_validate({**tried(uuid4()).model_dump(), **broken})
