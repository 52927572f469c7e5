"""A profile edited in place: versions, the other's change, history and restoring; the cases that show it are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from callcenter.db.people import create_member
from callcenter.db.tables import card, case, contact, department, district, terminal
from callcenter.domain.facts import ProfileChanged
from tests.web.conftest import Centre

DAUGHTER = {"name": "王芳", "relation": "女儿", "number": "14007970001"}
NEIGHBOUR = {"name": "刘婶", "relation": "邻居", "number": "0797-1000102"}


async def save(centre: Centre, version: int, user: str = "li", **changes: Any) -> tuple[int, dict[str, Any]]:
    """PATCH by the seat of the case, or by somebody else."""
    response = await centre.ask(
        user, "PATCH", f"/api/members/{centre.member}?case={centre.case}", json={"version": version, "changes": changes}
    )
    return response.status, await response.json()


async def history(centre: Centre) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await (await centre.ask("zeng", "GET", f"/api/members/{centre.member}/history")).json()
    return found


@pytest.mark.rule("W-9")
async def test_everything_the_profile_shows_can_be_changed(centre: Centre) -> None:
    async with centre.engine.begin() as connection:
        owner = uuid4()
        await connection.execute(sa.insert(department).values(id=owner, name="红井社养部", phone="+867971000010"))
        await connection.execute(sa.insert(district).values(id=uuid4(), name="书香园小区", department_id=owner))
        await connection.execute(sa.insert(terminal).values(serial="YJT1", model="SIP-2"))
    changes = {
        "name": "欧阳秀英", "gender": "f", "birth_date": "1941年3月5日", "dialect": "客家话", "better_ear": "left",
        "district": "书香园小区", "address": "书香园小区3栋", "door_code": "1357#", "key_holder": "刘婶", "lives_alone": True,
        "illnesses": ["高血压、冠心病"], "medication": ["硝苯地平"], "allergies": ["青霉素"], "hospital": "市人民医院",
        "blood_type": "A型",
        "remarks": "听力较差", "numbers": ["0797-1000101", "14007970000"], "card": {"number": "YL1", "valid_until": "2028-12-31"},
        "contacts": [DAUGHTER, NEIGHBOUR], "terminals": ["yjt1"],
    }  # fmt: skip
    status, profile = await save(centre, 1, **changes)
    assert status == 200, profile
    wanted = changes | {
        "birth_date": "1941-03-05", "illnesses": ["高血压", "冠心病"], "blood_type": "A",
        "numbers": ["+8614007970000", "+867971000101"],
    }  # fmt: skip
    for key in wanted.keys() - {"contacts", "terminals"}:
        assert profile[key] == wanted[key], key
    assert (profile["version"], profile["honorific"], profile["department"]) == (2, "欧阳奶奶", "红井社养部")
    assert [(each["name"], each["number"], each["order"]) for each in profile["contacts"]] == [
        ("王芳", "+8614007970001", 1), ("刘婶", "+867971000102", 2)
    ]  # fmt: skip
    assert [each["serial"] for each in profile["terminals"]] == ["YJT1"]
    # Found by the new name at once, and told to the case that shows it, by who did it.
    found = await (await centre.ask("li", "GET", "/api/members?q=oyxy")).json()
    assert [each["id"] for each in found] == [str(centre.member)]
    told = [fact for fact in centre.fake.told if isinstance(fact, ProfileChanged)]
    assert [(fact.case_id, fact.member_id, fact.agent_id) for fact in told] == [(centre.case, centre.member, centre.people["li"])]
    assert set(told[0].fields) == {*changes} - {"gender"}
    assert ("profile_changed", str(centre.member)) in await centre.trace()


async def test_order_of_contacts_changes_and_they_stay_the_same_people(centre: Centre) -> None:
    _, profile = await save(centre, 1, contacts=[DAUGHTER, NEIGHBOUR])
    ids = [each["id"] for each in profile["contacts"]]
    turned = [{key: each[key] for key in ("id", "name", "relation", "number")} for each in reversed(profile["contacts"])]
    turned[0]["number"] = "14007970009"
    _, profile = await save(centre, 2, contacts=turned)
    assert [(each["id"], each["number"]) for each in profile["contacts"]] == [
        (ids[1], "+8614007970009"),
        (ids[0], "+8614007970001"),
    ]


@pytest.mark.rule("W-9")
async def test_who_saves_second_sees_what_the_first_changed(centre: Centre) -> None:
    assert (await save(centre, 1, door_code="1357#"))[0] == 200
    status, problem = await save(centre, 1, "zeng", door_code="2468#")
    assert (status, problem["code"], problem["version"]) == (409, "profile_changed", 2)
    others = [(each["version"], each["by"], each["changed"]) for each in problem["others"]]
    assert others == [(2, "li", [{"field": "door_code", "before": "", "after": "1357#"}])]
    status, profile = await save(centre, 2, "zeng", door_code="2468#")
    assert (status, profile["door_code"]) == (200, "2468#")


@pytest.mark.rule("W-9")
async def test_every_version_is_kept_and_comes_back(centre: Centre) -> None:
    await save(centre, 1, contacts=[DAUGHTER], door_code="1357#")
    await save(centre, 2, contacts=[], numbers=[])
    assert await save(centre, 3, contacts=[]) == (200, (await save(centre, 3, contacts=[]))[1])  # nothing new: no version
    told = await history(centre)
    assert [(each["version"], each["kind"], each["by"]) for each in told] == [
        (3, "edit", "li"),
        (2, "edit", "li"),
        (1, "found", None),
    ]
    assert [one["field"] for one in told[0]["changed"]] == ["numbers", "contacts"]
    address = f"/api/members/{centre.member}/restore"
    response = await centre.ask("zeng", "POST", address, json={"version": 3, "to": 2})
    profile = await response.json()
    assert (response.status, profile["version"], profile["numbers"]) == (200, 4, ["+867971000101"])
    assert [each["name"] for each in profile["contacts"]] == ["王芳"]
    latest = (await history(centre))[0]
    assert (latest["kind"], latest["restored"], latest["by"]) == ("restore", 2, "zeng")
    late = await centre.ask("zeng", "POST", address, json={"version": 3, "to": 1})
    assert (late.status, (await late.json())["code"]) == (409, "profile_changed")
    assert (await centre.ask("zeng", "POST", address, json={"version": 4, "to": 99})).status == 404


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"name": " "}, "bad_field", "姓名"),
        ({"birth_date": "2999-01-01"}, "bad_field", "出生日期"),
        ({"numbers": ["12"]}, "bad_field", "电话"),
        ({"contacts": [{**DAUGHTER, "number": "abc"}]}, "bad_field", "第 1 位"),
        ({"contacts": [{**DAUGHTER, "name": ""}]}, "bad_field", "联系人"),
        ({"contacts": [DAUGHTER] * 13}, "bad_field", "12"),
        ({"blood_type": "Z"}, "bad_field", "血型"),
        ({"district": "无此区"}, "unknown_district", "无此区"),
        ({"card": {"number": "YL9"}}, "card_taken", "李国华"),
        ({"terminals": ["YJT9"]}, "terminal_taken", "李国华"),
        ({"gender": "x"}, "invalid", ""),
        ({"age": 3}, "invalid", ""),
        ({}, "invalid", ""),
    ],
)
async def test_what_may_not_be_saved_is_told_and_changes_nothing(
    centre: Centre, changes: dict[str, Any], code: str, words: str
) -> None:
    async with centre.engine.begin() as connection:
        other = await create_member(connection, name="李国华", gender="m", number=None)
        await connection.execute(sa.insert(card).values(number="YL9", member_id=other))
        await connection.execute(sa.insert(terminal).values(serial="YJT9", member_id=other))
    status, problem = await save(centre, 1, **changes)
    assert (status, problem["code"]) == (409 if code.endswith("_taken") else 422, code)
    assert words in problem["zh"]
    assert (await history(centre), centre.fake.told) == ([], [])


async def test_a_contact_of_somebody_else_stays_theirs(centre: Centre) -> None:
    async with centre.engine.begin() as connection:
        other = await create_member(connection, name="李国华", gender="m", number=None)
        theirs = {"id": uuid4(), "member_id": other, "name": "李军", "relation": "儿子", "number": "+861", "position": 1}
        await connection.execute(sa.insert(contact).values(**theirs))
    status, problem = await save(centre, 1, contacts=[{**DAUGHTER, "id": str(theirs["id"])}])
    assert (status, problem["code"]) == (422, "contact_taken")


async def test_only_live_and_red_cases_are_told(centre: Centre) -> None:
    async with centre.engine.begin() as connection:
        now, ids = sa.func.now(), {}
        for number, (state, red, shown) in enumerate(
            [("closed", False, "member"), ("open", True, "member"), ("waiting", False, "may")]
        ):
            ids[state] = uuid4()
            values: dict[str, Any] = {"member_id": centre.member} if shown == "member" else {"candidates": [str(centre.member)]}
            await connection.execute(
                sa.insert(case).values(
                    id=ids[state], number=f"x{number}", kind="emergency", source="hotline", line="1", state=state, red=red,
                    opened_at=now, pressed_at=now, **values,
                )
            )  # fmt: skip
    await save(centre, 1, remarks="慢")
    told: set[UUID] = {fact.case_id for fact in centre.fake.told if isinstance(fact, ProfileChanged)}
    assert told == {centre.case, ids["open"], ids["waiting"]}
