"""The demo's catalogue, found in a call by name, pinyin, initials, number and place; and who is sent for it."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.catalogue.demo import load_demo_catalogue
from callcenter.catalogue.directory import search
from callcenter.catalogue.prepare_search import prepare_search
from callcenter.db.catalogue_tables import directory_search, provider, service, service_version
from callcenter.db.providers import Load, candidates, service_on, versions_of
from callcenter.db.tables import district
from callcenter.domain.assessment import Record
from callcenter.domain.providers import rank
from callcenter.people.demo import load_demo
from callcenter.settings import Settings

TODAY = date(2026, 11, 21)


@pytest_asyncio.fixture
async def connection(engine: AsyncEngine, settings: Settings) -> Any:
    await load_demo(engine, settings)
    assert await load_demo_catalogue(engine, settings)
    assert not await load_demo_catalogue(engine, settings)
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()


async def found(connection: AsyncConnection, text: str, **more: Any) -> list[str]:
    return [one["name"] for one in await search(connection, text, TODAY, **more)]


@pytest.mark.rule("A-1", "A-2")
async def test_everything_is_found_in_a_call(connection: AsyncConnection, engine: AsyncEngine) -> None:
    counts = {
        row[0]: row[1] for row in await connection.execute(sa.select(directory_search.c.noun, sa.func.count()).group_by("noun"))
    }
    least = {"service": 25, "key_number": 20, "resource": 10, "partner": 8, "department": 5}
    assert all(counts[kind] >= number for kind, number in least.items()), counts
    assert (await found(connection, "家庭保洁"))[0] == "家庭保洁"
    assert (await found(connection, "jtbj"))[0] == "家庭保洁"
    assert (await found(connection, "lifa"))[0] == "上门理发"
    assert (await found(connection, "95598")) == ["供电抢修"]
    assert (await found(connection, "0797-1000231")) == ["象湖派出所"]
    assert (await found(connection, "FW017"))[0] == "陪同就医"
    assert "叶坪社区养老服务部" in await found(connection, "马山岗")
    assert (await found(connection, "太极"))[0] == "太极拳班"
    assert "国画班(下学期)" not in await found(connection, "国画")  # F-1: not published
    assert "快手跑腿" not in await found(connection, "快手")  # out of use
    assert await found(connection, "") == []
    wuye = await found(connection, "物业", kind="key_number", near="沙洲坝家园")
    assert wuye[0] == "沙洲坝家园物业"
    assert len(await found(connection, "", kind="service", limit=100)) == counts["service"]
    assert await search(connection, "保洁 95598", TODAY) == []
    took = []
    for word in ("保洁", "wy", "1000", "红井", "jt", "a", "0797", "陪", "书香园 物业", "电") * 3:
        begun = perf_counter()
        await search(connection, word, TODAY)
        took.append(perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 0.25  # an order of magnitude above what is usual: only a walk through everything fails


async def test_what_was_there_before_the_search_is_found_and_the_rest_is_left_alone(
    connection: AsyncConnection, engine: AsyncEngine
) -> None:
    async with engine.begin() as other:
        await other.execute(sa.delete(directory_search).where(directory_search.c.noun == "key_number"))
        await other.execute(sa.update(directory_search).where(directory_search.c.noun == "service").values(place="还在"))
    assert await found(connection, "95598") == []
    await connection.rollback()
    await prepare_search(engine, "Asia/Shanghai")
    assert await found(connection, "95598") == ["供电抢修"]
    kept = sa.select(directory_search.c.place).where(directory_search.c.noun == "service").distinct()
    assert list(await connection.scalars(kept)) == ["还在"]


@pytest.mark.rule("A-1", "F-1")
async def test_what_is_told_is_the_version_of_the_day(connection: AsyncConnection) -> None:
    (ident,) = await connection.scalars(sa.select(service.c.id).where(service.c.ref == "FW001"))
    now = await service_on(connection, ident, TODAY)
    assert now is not None
    assert (now.version, str(now.price), now.unit) == (1, "40.00", "小时")
    values = {
        "service_id": ident,
        "version": 2,
        "valid_from": date(2027, 1, 1),
        "name": "家庭深度保洁",
        "price": 45,
        "unit": "小时",
    }
    await connection.execute(sa.insert(service_version).values(**values))
    assert [each.version for each in await versions_of(connection, ident)] == [1, 2]
    (one,) = await search(connection, "FW001", TODAY)
    assert (one["name"], one["price"], one["changes_on"]) == ("家庭保洁", "40.00", "2027-01-01")
    (one,) = await search(connection, "FW001", date(2027, 1, 1))
    assert (one["name"], one["version"]) == ("家庭深度保洁", 2)
    assert await service_on(connection, ident, date(2025, 12, 31)) is None
    (course,) = await search(connection, "太极", TODAY)
    assert (course["owner"], course["category"]) == ("综合管理员 温晓", "course")
    assert await search(connection, "太极", date(2027, 1, 16)) == []  # the term is over


@pytest.mark.rule("W-7", "D-8")
async def test_who_is_sent_out_of_the_demos_firms(connection: AsyncConnection) -> None:
    ids = {row.ref: row.id for row in await connection.execute(sa.select(service.c.ref, service.c.id))}
    places = {row.name: row.id for row in await connection.execute(sa.select(district.c.name, district.c.id))}
    firms: dict[str, UUID] = {row.ref: row.id for row in await connection.execute(sa.select(provider.c.ref, provider.c.id))}
    everybody = await candidates(connection)
    ranked = rank(everybody, ids["FW001"], places["书香园小区"], TODAY)
    assert [one.candidate.ref for one in ranked if one.place] == ["RY001", "DW001", "DW002"]
    assert next(one for one in ranked if one.candidate.ref == "DW010").reasons[0].code == "suspended"
    busy = await candidates(connection, {firms["DW001"]: Load(given=4, open=1, record=Record((5, 5, 5, 5, 4)))})
    assert [one.candidate.ref for one in rank(busy, ids["FW001"], places["书香园小区"], TODAY) if one.place] == [
        "RY001",
        "DW002",
        "DW001",
    ]
