"""The demo centre is plausible, loads once, and its files let a person in and nobody else."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.demo import load_demo_history
from callcenter.db.agents import agent_to_verify
from callcenter.db.member_search import search
from callcenter.db.people import find_by_number, find_terminal
from callcenter.db.tables import agent, member, seat
from callcenter.domain.decision import Figures
from callcenter.domain.names import honorific
from callcenter.domain.policy import check, from_json
from callcenter.domain.roles import ROLES
from callcenter.escalation.policies import Policies
from callcenter.escalation.shapes import PreviewShape
from callcenter.people.demo import CENTRE_FILE, LOGINS_FILE, POLICY, load_demo
from callcenter.people.demo_people import DUTY_PHONES, invent_members
from callcenter.people.passwords import verify
from callcenter.settings import Settings
from callcenter.telephony.numbers import normalise

TODAY = date(2026, 11, 21)


async def test_it_loads_once_and_everybody_can_log_in(engine: AsyncEngine, settings: Settings) -> None:
    assert await asyncio.gather(load_demo(engine, settings), load_demo(engine, settings)) in ([True, False], [False, True])
    logins = json.loads((settings.data_dir / LOGINS_FILE).read_text())
    assert Counter(login["role"] for login in logins) == {"seat": 6} | dict.fromkeys(set(ROLES) - {"seat"}, 1)
    async with engine.connect() as connection:
        for login in logins:
            found = await agent_to_verify(connection, login["user"])
            assert found is not None
            assert await verify(login["password"], found[1])
        terminal = await find_terminal(connection, account="t10001")
        assert terminal is not None
        assert terminal.member_id is not None
        assert await search(connection, "t不存在", 20, TODAY) == []


async def test_the_files_are_private_and_complete(engine: AsyncEngine, settings: Settings) -> None:
    await load_demo(engine, settings)
    for name in (LOGINS_FILE, CENTRE_FILE):
        assert (settings.data_dir / name).stat().st_mode & 0o777 == 0o600
    centre = json.loads((settings.data_dir / CENTRE_FILE).read_text())
    assert centre["lines"] == {"emergency": "079796601", "life_help": "079796602"}
    assert len([each for each in centre["terminals"] if each["account"]]) == 20
    assert [each["extension"] for each in centre["seats"]] == [f"800{place}" for place in range(1, 7)]
    assert all(each["password"] for each in centre["seats"])
    assert centre["duty"] == [{"name": name, "number": number} for name, number in DUTY_PHONES]
    assert {each["member"] for each in centre["contacts"]} == {each["name"] for each in centre["members"]}
    assert {(each["relation"], each["kind"]) for each in centre["contacts"] if each["kind"] != "family"} == {
        ("邻居", "neighbour"), ("社区", "community"),
    }  # fmt: skip
    assert {each["relation"] for each in centre["contacts"] if each["kind"] == "family"} == {"女儿", "儿子", "女婿", "儿媳"}
    assert sorted(path.name for path in settings.data_dir.iterdir()) == [CENTRE_FILE, LOGINS_FILE]


async def test_a_lost_centre_file_comes_back_from_the_database(engine: AsyncEngine, settings: Settings) -> None:
    await load_demo(engine, settings)
    path = settings.data_dir / CENTRE_FILE
    before = path.read_text()
    path.unlink()
    (settings.data_dir / LOGINS_FILE).unlink()
    assert await load_demo(engine, settings) is False
    assert path.read_text() == before
    assert not (settings.data_dir / LOGINS_FILE).exists()


async def test_with_nobody_answering_the_whole_ladder_takes_about_three_minutes(engine: AsyncEngine, settings: Settings) -> None:
    await load_demo(engine, settings)
    policies = Policies(engine, settings, Figures())
    today = (await policies.today())["policy"]
    assert (from_json(today), today["version"]) == (POLICY, 1)
    async with engine.connect() as connection:
        members = list(await connection.scalars(sa.select(member.c.id).order_by(member.c.external_ref)))
    for member_id in members:
        shape = PreviewShape.model_validate({"policy": today, "member_id": member_id, "at": datetime.now(UTC)})
        lines = (await policies.preview(shape))["lines"]
        phoned = [line["what"] for line in lines if line["kind"] == "call"]
        assert {"family", "neighbour", "120", "supervisor"} <= set(phoned)
        exhausted = next(line["after_seconds"] for line in lines if line["kind"] == "end")
        assert 100 <= exhausted <= 200
        drill = next(line for line in lines if line["what"] == "120" and line["kind"] == "call")
        assert drill["ring_seconds"] == 25.0
    assert POLICY.public_number("120").way == "drill"


@pytest.mark.parametrize(
    "rows",
    [
        sa.insert(seat).values(extension="8001", name="1", password="x"),
        sa.insert(member).values(id=sa.func.gen_random_uuid(), name="王秀英", gender="f"),
    ],
    ids=["a seat", "a member"],
)
async def test_a_database_in_use_is_left_alone(engine: AsyncEngine, settings: Settings, rows: sa.Insert) -> None:
    async with engine.begin() as connection:
        await connection.execute(rows)
    assert await load_demo(engine, settings) is False
    async with engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(agent)) == 0
    assert not settings.data_dir.exists()


async def test_shared_numbers_have_several_members(engine: AsyncEngine, settings: Settings) -> None:
    await load_demo(engine, settings)
    shared = Counter(Counter(each.number for each in invent_members(TODAY)).values())
    assert shared[2] == 2
    assert shared[3] == 1
    async with engine.connect() as connection:
        number = invent_members(TODAY)[-1].number
        assert len(await find_by_number(connection, number)) == 3


def test_the_demo_policy_is_one_that_any_centre_may_save() -> None:
    check(POLICY, public_enabled=False)


def test_the_elders_are_plausible_and_always_the_same() -> None:
    members = invent_members(TODAY)
    assert [each.name for each in members] == [each.name for each in invent_members(TODAY)]
    assert len({each.name for each in members}) == len(members) >= 60
    assert len({each.id for each in members}) == len(members)
    for each in members:
        assert re.fullmatch(r".+\d+栋\d单元\d0\d室", each.address)
        assert 65 <= TODAY.year - each.birth_date.year <= 92
        assert 2 <= len(each.contacts) <= 4
        assert each.illnesses
        assert normalise(each.number, "CN", "0797") == each.number
        assert honorific(each.name, each.gender, 80)[-2:] in ("奶奶", "爷爷")
        for _, _, number in each.contacts:
            assert normalise(number, "CN", "0797") == number
    homes = {each.number: each for each in members}.values()
    numbers = [number for each in homes for _, _, number in each.contacts] + [number for _, number in DUTY_PHONES]
    assert len(set(numbers)) == len(numbers)


async def test_the_last_days_are_there_with_follow_ups_reviews_and_a_text_to_sign(engine: AsyncEngine, settings: Settings) -> None:
    await load_demo(engine, settings)
    assert await load_demo_history(engine, settings) is True
    assert await load_demo_history(engine, settings) is False  # once
    async with engine.connect() as connection:
        query = sa.text("SELECT state, count(*) FROM paper WHERE noun = 'follow_up' GROUP BY state")
        states = {row.state: row.count for row in await connection.execute(query)}
        names = list(await connection.scalars(sa.text("SELECT name FROM recording")))
        assert await connection.scalar(sa.text("SELECT count(*) FROM quality_review")) == 6
    assert states == {"due": 7, "reported": 1, "escalated": 1, "done": 9, "missed": 1}
    assert all((settings.recordings_dir / name[:2] / f"{name}.wav").stat().st_size > 10_000 for name in names)
