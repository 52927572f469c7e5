"""The duty supervisors' telephones: in order, normalised, never a public number."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.tables import access
from callcenter.domain.errors import Refused
from callcenter.escalation.duty import PHONES_MOST, DutyPhones
from callcenter.settings import Settings
from tests.escalation.test_policies import boss


@pytest.fixture
def phones(engine: AsyncEngine, settings: Settings) -> DutyPhones:
    return DutyPhones(engine, settings)


async def add(phones: DutyPhones, by: UUID, name: str, number: str = "14007979001", position: int | None = None) -> list[str]:
    return [each["name"] for each in await phones.add(by, name=name, number=number, position=position, active=True)]


async def test_they_keep_their_order(phones: DutyPhones, engine: AsyncEngine) -> None:
    by = await boss(engine)
    assert await phones.all() == []
    await add(phones, by, "甲")
    await add(phones, by, "乙")
    assert await add(phones, by, "丙", position=1) == ["丙", "甲", "乙"]
    found = await phones.all()
    assert [each["position"] for each in found] == [1, 2, 3]
    third = UUID(found[2]["id"])
    moved = await phones.change(by, third, {"position": 2, "active": False})
    assert [(each["name"], each["position"], each["active"]) for each in moved] == [
        ("丙", 1, True),
        ("乙", 2, False),
        ("甲", 3, True),
    ]
    left = await phones.remove(by, UUID(found[0]["id"]))
    assert [(each["name"], each["position"]) for each in left] == [("乙", 1), ("甲", 2)]
    async with engine.connect() as connection:
        actions = list(await connection.scalars(sa.select(access.c.action).order_by(access.c.id)))
    assert actions == ["duty_phone_added"] * 3 + ["duty_phone_changed", "duty_phone_removed"]


async def test_those_who_change_at_once_leave_no_gap(phones: DutyPhones, engine: AsyncEngine) -> None:
    by = await boss(engine)
    await asyncio.gather(*(add(phones, by, f"{place}", position=1) for place in range(8)))
    assert [each["position"] for each in await phones.all()] == list(range(1, 9))


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1400 797 9001", "+8614007979001"), ("0797-6221234", "+867976221234"), ("6221234", "+867976221234"), ("+8614007979001",) * 2],
)
async def test_numbers_have_one_spelling(phones: DutyPhones, engine: AsyncEngine, written: str, kept: str) -> None:
    by = await boss(engine)
    (one,) = await phones.add(by, name="曾", number=written, position=None, active=True)
    assert one["number"] == kept
    (changed,) = await phones.change(by, UUID(one["id"]), {"number": "14007979009"})
    assert changed["number"] == "+8614007979009"


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    "number", ["110", "119", "120", "122", "12110", "12395", "0797120", "0797-120", "+86 120", "010110", "86110"]
)
async def test_public_numbers_are_refused(phones: DutyPhones, engine: AsyncEngine, number: str) -> None:
    by = await boss(engine)
    with pytest.raises(Refused, match="public_number"):
        await add(phones, by, "曾", number)
    await add(phones, by, "曾")
    (one,) = await phones.all()
    with pytest.raises(Refused, match="public_number"):
        await phones.change(by, UUID(one["id"]), {"number": number})
    assert (await phones.all())[0]["number"] == "+8614007979001"


@pytest.mark.parametrize("number", ["主任", "1234", "12", "+", "sip:boss@example.com"])
async def test_what_is_no_number_is_refused(phones: DutyPhones, engine: AsyncEngine, number: str) -> None:
    by = await boss(engine)
    with pytest.raises(Refused) as refused:
        await add(phones, by, "曾", number)
    assert (refused.value.code, refused.value.status) == ("bad_number", 422)
    assert await phones.all() == []


async def test_what_is_not_there_and_too_many(phones: DutyPhones, engine: AsyncEngine) -> None:
    by = await boss(engine)
    for work in (phones.change(by, uuid4(), {"name": "x"}), phones.remove(by, uuid4())):
        with pytest.raises(Refused) as refused:
            await work
        assert refused.value.status == 404
    for place in range(PHONES_MOST):
        await add(phones, by, str(place))
    with pytest.raises(Refused, match="too_many_phones"):
        await add(phones, by, "一部太多")
