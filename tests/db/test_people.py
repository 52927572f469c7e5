"""Members are found while somebody types or rings, and their profile is whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.member_search import search
from callcenter.db.people import create_member, find_by_number, find_terminal, is_about
from callcenter.db.profiles import profiles
from callcenter.db.tables import card, case, contact, department, district, member, member_number, terminal

TODAY = date(2026, 11, 21)
OPENED = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC)


class Village:
    """Three members: two share a telephone."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.wang = self.li = self.ouyang = uuid4()

    async def found(self, text: str, limit: int = 20) -> list[str]:
        return [each["name"] for each in await search(self.connection, text, limit, TODAY)]


@pytest_asyncio.fixture
async def village(engine: AsyncEngine) -> object:
    async with engine.connect() as connection:
        village = Village(connection)
        department_id = uuid4()
        await connection.execute(sa.insert(department).values(id=department_id, name="红井社养部", phone="+867971000010"))
        await connection.execute(sa.insert(district).values(id=uuid4(), name="书香园", department_id=department_id))
        village.wang = await create_member(
            connection, name="王秀英", gender="f", number="+867976221234", address="书香园小区3栋2单元501室", district_name="书香园"
        )
        village.li = await create_member(connection, name="李国华", gender="m", number="+867976221234", address="Block A_1%")
        village.ouyang = await create_member(
            connection, name=" 欧阳德福 ", gender="m", number="+8613970700001", district_name="无此区"
        )
        await connection.execute(sa.insert(card).values(number="YL0042", member_id=village.li, valid_until=date(2028, 1, 2)))
        yield village
        await connection.rollback()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王", ["王秀英"]),
        ("秀英", ["王秀英"]),
        ("wang", ["王秀英"]),
        ("WANGXIU", ["王秀英"]),
        ("xiuying", ["王秀英"]),
        ("wxy", ["王秀英"]),
        ("oydf", ["欧阳德福"]),
        ("6221234", ["李国华", "王秀英"]),
        ("1234", ["李国华", "王秀英"]),
        ("0797-6221234", ["李国华", "王秀英"]),
        ("+86 797", ["李国华", "王秀英"]),
        ("62212", ["李国华", "王秀英"]),
        ("13970700001", ["欧阳德福"]),
        ("1397", ["欧阳德福"]),
        ("8613970700001", ["欧阳德福"]),
        ("139 0001", ["欧阳德福"]),  # both fit: the beginning and the end
        ("3栋2单元", ["王秀英"]),
        ("501", ["王秀英"]),
        ("书香园 王", ["王秀英"]),
        ("书香园 李", []),
        ("a_1%", ["李国华"]),
        ("a%1", []),
        ("block", ["李国华"]),
        ("", []),
        ("   ", []),
        ("%", ["李国华"]),
        ("_", ["李国华"]),
        ("\x00王", ["王秀英"]),
    ],
)
async def test_search(village: Village, text: str, names: list[str]) -> None:
    assert await village.found(text) == names


async def test_what_begins_comes_before_what_contains(village: Village) -> None:
    await create_member(village.connection, name="张王氏", gender="f", number=None)
    assert await village.found("王") == ["王秀英", "张王氏"]
    assert await village.found("王", limit=1) == ["王秀英"]


async def test_briefs_say_who_it_is(village: Village) -> None:
    assert await search(village.connection, "wxy", 5, TODAY) == [
        {
            "id": str(village.wang),
            "name": "王秀英",
            "honorific": "王阿姨",
            "age": None,
            "district": "书香园",
            "address": "书香园小区3栋2单元501室",
            "numbers": ["+867976221234"],
            "matched": {"name": [[0, 3]], "address": [], "numbers": [[]], "id": None},
        }
    ]


async def test_who_rings(village: Village) -> None:
    assert set(await find_by_number(village.connection, "+867976221234")) == {village.wang, village.li}
    assert await find_by_number(village.connection, "+861") == []
    kinds = await village.connection.execute(sa.select(member_number.c.kind).order_by(member_number.c.kind))
    assert list(kinds.scalars()) == ["mobile", "phone", "phone"]


async def test_which_terminal_rings(village: Village) -> None:
    rows = [
        {"serial": "S1", "member_id": village.wang, "account": "t10001", "number": None},
        {"serial": "S2", "member_id": village.li, "account": None, "number": "+867971"},
        {"serial": "S3", "member_id": None, "account": None, "number": "+867972"},
        {"serial": "S4", "member_id": None, "account": None, "number": "+867972"},
    ]
    await village.connection.execute(sa.insert(terminal), rows)
    found = await find_terminal(village.connection, account="t10001")
    assert found is not None
    assert (found.serial, found.member_id) == ("S1", village.wang)
    found = await find_terminal(village.connection, number="+867971")
    assert found is not None
    assert found.serial == "S2"
    assert await find_terminal(village.connection, number="+867972") is None
    assert await find_terminal(village.connection, serial="S9") is None
    with pytest.raises(ValueError, match="needs an account"):
        await find_terminal(village.connection)


async def insert_case(village: Village, number: int, member_id: UUID | None, candidates: list[str]) -> UUID:
    case_id = uuid4()
    await village.connection.execute(
        sa.insert(case).values(
            id=case_id, number=f"20261120-{number:04d}", kind="emergency", source="hotline", line="1", state="closed",
            opened_at=OPENED + timedelta(minutes=number), pressed_at=OPENED, member_id=member_id, candidates=candidates,
        )
    )  # fmt: skip
    return case_id


async def test_a_profile_is_whole(village: Village) -> None:
    connection = village.connection
    await connection.execute(
        sa.update(member)
        .where(member.c.id == village.li)
        .values(birth_date=date(1941, 3, 5), illnesses=["高血压"], better_ear="left", lives_alone=True)
    )
    contacts = [
        {"id": uuid4(), "member_id": village.li, "name": name, "relation": "女儿", "number": "+861", "position": position}
        for position, name in ((2, "二"), (1, "一"))
    ]
    await connection.execute(sa.insert(contact), contacts)
    await connection.execute(sa.insert(card).values(number="YL0001", member_id=village.li, valid_until=date(2020, 1, 1)))
    await connection.execute(
        sa.insert(terminal).values(serial="S1", model="M", member_id=village.li, battery_percent=80, last_seen_at=OPENED)
    )
    ids = [await insert_case(village, number, village.li, []) for number in range(7)]
    found = await profiles(connection, [village.li, village.wang, uuid4()], TODAY)
    assert set(found) == {village.li, village.wang}
    li = found[village.li]
    assert (li["honorific"], li["age"], li["birth_date"]) == ("李爷爷", 85, "1941-03-05")
    assert li["card"] == {"number": "YL0042", "valid_until": "2028-01-02"}
    assert [(each["name"], each["order"], each["answer_rate"]) for each in li["contacts"]] == [("一", 1, None), ("二", 2, None)]
    assert li["terminals"] == [
        {"serial": "S1", "model": "M", "battery_percent": 80, "last_seen_at": "2026-11-20T12:00:00.123Z", "last_test_at": None}
    ]
    assert [each["id"] for each in li["recent_cases"]] == [str(each) for each in reversed(ids)][:5]
    assert li["recent_cases"][0]["opened_at"] == "2026-11-20T12:06:00.123Z"
    wang = found[village.wang]
    assert (wang["department"], wang["department_phone"], wang["district"]) == ("红井社养部", "+867971000010", "书香园")
    assert (wang["card"], wang["contacts"], wang["terminals"], wang["recent_cases"]) == (None, [], [], [])
    assert await profiles(connection, [], TODAY) == {}


async def test_whom_a_case_is_about(village: Village) -> None:
    chosen = await insert_case(village, 1, village.wang, [])
    shared = await insert_case(village, 2, None, [str(village.wang), str(village.li)])
    assert await is_about(village.connection, chosen, village.wang)
    assert await is_about(village.connection, shared, village.li)
    assert not await is_about(village.connection, chosen, village.li)
    assert not await is_about(village.connection, shared, village.ouyang)
    assert not await is_about(village.connection, uuid4(), village.wang)
