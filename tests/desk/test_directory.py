"""What a seat does with the directory in a call: tells a number, hands over, offers a card, asks the supervisor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa

from callcenter.db.catalogue_tables import key_number
from callcenter.db.tables import card, department, district, member
from desk.conftest import Desk

HALL, OURS, THEIRS = uuid4(), uuid4(), uuid4()


@pytest_asyncio.fixture
async def town(desk: Desk) -> Desk:
    """Two departments, one of another area, and a pharmacy."""
    async with desk.service.database.engine.begin() as connection:
        for ident, name, ours in ((OURS, "红井社养部", True), (THEIRS, "叶坪社养部", False)):
            await connection.execute(sa.insert(department).values(id=ident, name=name, phone="+867971000060", ours=ours))
        areas = ((OURS, "书香园", ["书香路"]), (THEIRS, "叶坪新区", ["马山岗"]))
        rows = [{"id": uuid4(), "name": name, "department_id": ident, "places": places} for ident, name, places in areas]
        await connection.execute(sa.insert(district), rows)
        values = {"id": HALL, "ref": "DH1", "name": "惠民大药房", "kind": "pharmacy", "number": "+867971000261"}
        await connection.execute(sa.insert(key_number).values(**values))
    return desk


@pytest.mark.rule("A-6")
async def test_a_seat_asks_the_supervisor_and_is_answered_on_its_screen(town: Desk) -> None:
    case_id, paper_id = await town.phone_case(), str(uuid4())
    for _ in range(2):  # a console that lost the answer sends it again
        await town.do("li", "ask_supervisor", case_id, paper_id=paper_id, text="老人要求代取存款,能不能办?")
    (asked,) = await town.get("zeng", "/api/papers?noun=question&unfinished=true")
    assert (asked["data"]["text"], asked["opened_by"], asked["state"]) == ("老人要求代取存款,能不能办?", "li", "asked")
    status, _ = await town.ask(
        "li", "POST", "/api/desk/answer_question", json={"case_id": str(case_id), "paper_id": paper_id, "answer": "x"}
    )
    assert status == 403
    assert (await town.refused("zeng", "answer_question", case_id, paper_id=paper_id, answer=" "))["rule"] == "A-6"
    await town.do("zeng", "answer_question", case_id, paper_id=paper_id, answer="不能代办,请家属陪同去银行。")
    assert (await town.refused("zeng", "answer_question", case_id, paper_id=paper_id, answer="再答一次"))["code"] == "illegal_move"
    assert await town.get("zeng", "/api/papers?noun=question&unfinished=true") == []
    lines = await town.journal(case_id)
    assert [kind for kind, _ in lines] == ["supervisor_asked", "supervisor_answered"]
    assert lines[1][1]["text"] == "不能代办,请家属陪同去银行。"


@pytest.mark.rule("C-5")
async def test_who_calls_from_another_area_is_told_the_number_of_theirs(town: Desk) -> None:
    case_id = await town.phone_case()
    found = await town.get("li", "/api/directory/area?address=叶坪新区马山岗12号")
    assert (found["ours"], found["department"]["name"]) == (False, "叶坪社养部")
    assert (await town.get("li", "/api/directory/area?address=书香路3号"))["ours"] is True
    assert await town.get("li", "/api/directory/area?address=月球背面") is None
    told = {"entry_kind": "department", "entry_id": found["department"]["id"], "purpose": "handed_over", "joined": True}
    await town.do("li", "tell_number", case_id, **told)
    paper = await town.paper(case_id, "number_told")
    assert (paper["data"]["name"], paper["data"]["number"], paper["data"]["joined"]) == ("叶坪社养部", "+867971000060", True)
    ((kind, data),) = await town.journal(case_id)
    assert (kind, data["purpose"], data["receipt"][0]["rule"]) == ("number_told", "handed_over", "C-5")


@pytest.mark.rule("C-3", "A-2")
async def test_who_cannot_be_helped_is_told_whom_to_ask(town: Desk) -> None:
    """The number is the directory's, whatever a browser sends; what is not there is told to nobody."""
    case_id = await town.phone_case()
    await town.do("li", "tell_number", case_id, entry_kind="key_number", entry_id=str(HALL), purpose="referred")
    await town.do("li", "tell_number", case_id, entry_kind="key_number", entry_id=str(HALL))
    assert [data["receipt"][0]["rule"] for _, data in await town.journal(case_id)] == ["C-3", "A-2"]
    for wrong in (str(uuid4()), "x"):
        problem = await town.refused("li", "tell_number", case_id, entry_kind="key_number", entry_id=wrong)
        assert problem["code"] == "no_such_entry"
    sent = {"case_id": str(case_id), "entry_kind": "key_number", "entry_id": str(HALL), "number": "110"}
    assert (await town.ask("li", "POST", "/api/desk/tell_number", json=sent))[0] == 422


async def known(desk: Desk, birth_date: date | None, address: str) -> UUID:
    async with desk.service.database.engine.begin() as connection:
        values = {"birth_date": birth_date, "address": address, "district_id": None}
        await connection.execute(sa.update(member).where(member.c.id == desk.member).values(**values))
    return await desk.phone_case()


@pytest.mark.rule("C-4")
async def test_who_fits_and_has_no_card_is_registered_for_one(town: Desk) -> None:
    case_id = await known(town, date(1941, 3, 5), "书香路3号")
    await town.do("li", "offer_enrolment", case_id, where="home", note="腿脚不便,下午在家")
    assert (await town.refused("li", "offer_enrolment", case_id, where="office"))["code"] == "enrolment_open"
    (waiting,) = await town.get("dispatcher", "/api/papers?noun=enrolment&unfinished=true")
    assert (waiting["data"]["where"], waiting["who"]) == ("home", "王秀英")
    assert await town.later("enrolment", "late") == 1
    assert (await town.paper(case_id, "enrolment"))["overdue"]
    await town.do("dispatcher", "card_issued", case_id, paper_id=waiting["id"], card="YL9001")
    assert [kind for kind, _ in await town.journal(case_id)] == ["enrolment_offered", "enrolment_late", "enrolled"]
    await town.do("li", "offer_enrolment", case_id, where="office")
    again = await town.paper(case_id, "enrolment")
    await town.do("li", "decline_enrolment", case_id, paper_id=again["id"], reason="老人暂不办")
    assert (await town.paper(case_id, "enrolment"))["state"] == "declined"


@pytest.mark.rule("C-4")
@pytest.mark.parametrize(
    ("born", "address", "carded", "code"),
    [
        (date(1990, 1, 1), "书香路3号", False, "no_enrolment"),
        (date(1941, 1, 1), "叶坪新区1号", False, "no_enrolment"),
        (date(1941, 1, 1), "书香路3号", True, "no_enrolment"),
        (None, "不知道哪里", False, None),  # not known: the seat asks, and may register
    ],
)
async def test_who_does_not_fit_is_not(town: Desk, born: date | None, address: str, carded: bool, code: str | None) -> None:
    case_id = await known(town, born, address)
    if carded:
        async with town.service.database.engine.begin() as connection:
            await connection.execute(sa.insert(card).values(number="YL1", member_id=town.member))
    if code is None:
        await town.do("li", "offer_enrolment", case_id, where="office")
    else:
        problem = await town.refused("li", "offer_enrolment", case_id, where="office")
        assert (problem["code"], problem["rule"]) == (code, "C-4")


@pytest.mark.rule("C-V2", "C-V4", "C-V5")
async def test_who_comes_in_person_is_asked_promised_enrolled_or_sent_on_as_on_the_telephone(town: Desk) -> None:
    """The same form, the same rules: card and address are shown, a time is promised; no card: one is offered; not ours: the
    number of theirs is told."""
    await known(town, date(1941, 3, 5), "书香路3号")
    visitor = {
        "source": "walk_in", "member_id": str(town.member), "name": "王秀英", "address": "书香路3号", "text": "水龙头漏水",
        "category": "life_help", "subcategory": "repair",
    }  # fmt: skip
    case_id = (await town.do("dispatcher", "register_case", **visitor))["case_id"]
    async with town.service.database.engine.begin() as connection:
        await connection.execute(sa.insert(card).values(number="YL7", member_id=town.member))
    person = (await town.get("dispatcher", f"/api/cases/{case_id}"))["member"]
    assert (person["card"]["number"], person["address"], person["honorific"]) == ("YL7", "书香路3号", "王奶奶")
    soon = datetime.now(UTC) + timedelta(hours=2)
    await town.do("dispatcher", "make_promise", case_id, manner="by_time", due_at=soon, text="师傅两小时内到")
    assert (await town.paper(case_id, "promise"))["state"] == "open"

    async with town.service.database.engine.begin() as connection:
        await connection.execute(sa.delete(card))
    await town.do("dispatcher", "offer_enrolment", case_id, where="office")
    assert (await town.paper(case_id, "enrolment"))["data"]["where"] == "office"

    stranger = {**visitor, "member_id": None, "name": "刘大爷", "address": "叶坪新区马山岗12号"}
    other = (await town.do("dispatcher", "register_case", **stranger))["case_id"]
    area = await town.get("dispatcher", f"/api/directory/area?address={stranger['address']}")
    told = {"entry_kind": "department", "entry_id": area["department"]["id"], "purpose": "handed_over"}
    await town.do("dispatcher", "tell_number", other, **told)
    assert (await town.paper(other, "number_told"))["data"]["name"] == "叶坪社养部"
