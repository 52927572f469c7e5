"""R-0 to R-8, R-20, C-V, S-11: how a case comes to a desk by every channel, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from desk.conftest import Desk

WALK_IN = {
    "source": "walk_in", "name": "刘大爷", "phone": "0797-1000102", "address": "红井路12号", "text": "想问老年大学的课程表",
    "category": "consultation", "subcategory": "affairs",
}  # fmt: skip


def request(**more: Any) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "name": "王小明", "phone": "13800000000", "text": "母亲家中灯坏了,想请人修", **more}


@pytest.mark.rule("R-0", "R-1", "R-2", "C-V1")
@pytest.mark.parametrize("source", ["walk_in", "letter"])
async def test_who_comes_or_writes_is_registered_with_an_owner_and_a_number(desk: Desk, source: str) -> None:
    done = await desk.do("li", "register_case", **(WALK_IN | {"source": source, "reference": "来信第7号"}))
    row = await desk.case(done["case_id"])
    assert (row.source, row.state, row.agent_id, row.number) == (source, "open", desk.people["li"], done["number"])
    assert (await desk.paper(done["case_id"], "intake"))["data"]["text"] == WALK_IN["text"]
    ((kind, data),) = await desk.journal(done["case_id"])
    assert kind == "registered"
    assert [(each["rule"], each["ok"]) for each in data["receipt"]] == [("R-0", True), ("R-2", True), ("R-1", True)]
    by_phone = await desk.phone_case()
    assert (await desk.case(by_phone)).number > done["number"]  # one series, whatever the channel


@pytest.mark.rule("R-0")
async def test_registered_twice_with_one_id_is_one_case(desk: Desk) -> None:
    paper_id = str(uuid4())
    done = [await desk.do("li", "register_case", **WALK_IN, paper_id=paper_id) for _ in range(2)]
    assert done[0] == done[1]
    assert len((await desk.get("zeng", "/api/cases"))["items"]) == 1


@pytest.mark.rule("R-2", "R-1")
async def test_the_public_page_opens_a_case_that_somebody_takes_or_is_given(desk: Desk) -> None:
    body = request()
    for _ in range(2):  # sent twice by an impatient finger: one case
        status, done = await desk.ask(None, "POST", "/api/requests", json=body)
        assert status == 201
    waiting = await desk.get("chen", "/api/cases-unowned")
    assert [(each["number"], each["source"]) for each in waiting] == [(done["number"], "web")]
    await desk.do("chen", "take_case", waiting[0]["id"])
    assert (await desk.case(waiting[0]["id"])).agent_id == desk.people["chen"]
    assert (await desk.refused("li", "take_case", waiting[0]["id"]))["rule"] == "R-1"

    # Nobody takes the next one: after the centre's own minutes the system names an owner.
    await desk.ask(None, "POST", "/api/requests", json=request())
    (waiting,) = await desk.get("chen", "/api/cases-unowned")
    assert await desk.service.desks.owners.name_owners() == 0
    await desk.age(waiting["id"], minutes=11)
    assert await desk.service.desks.owners.name_owners() == 1
    assert (await desk.case(waiting["id"])).agent_id == desk.people["zeng"]
    kind, data = (await desk.journal(waiting["id"]))[-1]
    assert (kind, data["why"], data["receipt"][0]["rule"]) == ("owner_changed", "named", "R-1")


async def test_robots_and_floods_get_nothing_in(desk: Desk) -> None:
    status, done = await desk.ask(None, "POST", "/api/requests", json=request(website="http://spam"))
    assert (status, done) == (201, {"number": ""})  # thanked, and forgotten
    assert await desk.get("li", "/api/cases-unowned") == []
    for _ in range(5):
        assert (await desk.ask(None, "POST", "/api/requests", json=request()))[0] == 201
    status, problem = await desk.ask(None, "POST", "/api/requests", json=request())
    assert (status, problem["code"]) == (429, "too_many_requests")
    for wrong in (request(phone="abc"), request(text=""), request(more=1), {"name": "x"}):
        assert (await desk.ask(None, "POST", "/api/requests", json=wrong))[0] == 422
    assert len(await desk.get("li", "/api/cases-unowned")) == 5


@pytest.mark.rule("S-11", "D-1")
async def test_a_leaders_assignment_is_a_case_with_its_time_and_its_result(desk: Desk) -> None:
    due = datetime.now(UTC) + timedelta(days=2)
    done = await desk.do(
        "department_head", "register_case", source="assignment", text="摸排独居老人用电安全", leader="廖主任", due_at=due,
        owner_id=str(desk.people["li"]), category="life_help", subcategory="other",
    )  # fmt: skip
    case_id = done["case_id"]
    assert (await desk.case(case_id)).agent_id == desk.people["li"]
    (paper,) = await desk.get("li", "/api/papers?noun=assignment&mine=true")
    assert await desk.later("assignment", "late") == 1
    assert (await desk.paper(case_id, "assignment"))["overdue"]
    closing = await desk.get("li", f"/api/cases/{case_id}/closing")
    assert "S-11" in {finding["rule"] for finding in closing["findings"] if not finding["ok"]}
    await desk.do("li", "complete_assignment", case_id, paper_id=paper["id"], result="已走访23户")
    assert (await desk.paper(case_id, "assignment"))["state"] == "done"
    other = await desk.refused(
        "li", "register_case", source="assignment", text="x", owner_id=str(desk.people["chen"]), category="life_help",
        subcategory="other",
    )  # fmt: skip
    assert other["rule"] == "R-1"  # only leaders give work to others


@pytest.mark.rule("R-3")
async def test_two_levels_of_category_and_every_change_stays_readable(desk: Desk) -> None:
    case_id = await desk.phone_case()
    await desk.do("li", "reclassify", case_id, category="consultation", subcategory="legal", reason="老人问的是赡养纠纷")
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["before"], data["after"]) == ("reclassified", "life_help/repair", "consultation/legal")
    wrong = await desk.refused("li", "reclassify", case_id, category="consultation", subcategory="repair", reason="x")
    assert wrong["rule"] == "R-3"


@pytest.mark.rule("R-4", "R-5", "R-7", "R-8")
async def test_only_five_reasons_refuse_a_case_and_the_explanation_is_written_down(desk: Desk) -> None:
    case_id = await desk.phone_case()
    assert (await desk.case(case_id)).unreasonable is None  # reasonable unless somebody says why not
    problem = await desk.refused("li", "judge_unreasonable", case_id, reason="annoying", explanation="太麻烦")
    assert (problem["code"], problem["rule"]) == ("refusal_needs_reason", "R-7")
    assert (await desk.refused("li", "judge_unreasonable", case_id, reason="false", explanation=" "))["rule"] == "R-8"
    await desk.do("li", "judge_unreasonable", case_id, reason="false", explanation="已说明虚假信息不予受理")
    await desk.do("li", "close", case_id)
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["rule"]) == ("closed", "R-8")


@pytest.mark.rule("R-20")
async def test_what_comes_back_after_closure_is_a_new_case_that_names_the_old_one(desk: Desk) -> None:
    case_id = await desk.phone_case()
    problem = await desk.refused("li", "register_case", **WALK_IN, earlier=str(case_id))
    assert problem["rule"] == "R-20"  # it is still open: go on with it
    await desk.do("li", "judge_unreasonable", case_id, reason="unclear", explanation="信息不足,已说明")
    await desk.do("li", "close", case_id)
    assert (await desk.refused("li", "make_promise", case_id, manner="immediate", text="x"))["rule"] == "R-20"
    done = await desk.do("li", "register_case", **WALK_IN, earlier=str(case_id))
    again = await desk.case(done["case_id"])
    assert (again.relapse_of, again.state, again.number != (await desk.case(case_id)).number) == (case_id, "open", True)
    assert ("relapse", str(case_id)) in [(kind, data.get("earlier")) for kind, data in await desk.journal(done["case_id"])]
