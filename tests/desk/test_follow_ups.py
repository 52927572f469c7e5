"""R-13 to R-15, S-7, V-1 to V-5, V-P1, D-6, F-6: follow-ups, from the day they are owed to what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from callcenter.db.tables import case, paper, rule_limit
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers import follow_up, nouns
from desk.conftest import Desk

SOLVED = {"way": "phone", "to": "王阿姨", "text": "师傅已修好"}


def form(**other: Any) -> dict[str, Any]:
    """All that V-2 and V-4 ask for, of somebody who is content."""
    return {
        "asked_at": datetime.now(UTC), "name": "王秀英", "address": "书香园3栋", "content": "修水管", "quality": "good",
        "satisfaction": 5, "other_need": False,
    } | other  # fmt: skip


async def due(desk: Desk, case_id: Any, user: str = "li") -> dict[str, Any]:
    """The case's follow-up that is to be made."""
    found = await desk.get(user, "/api/follow-ups?view=open")
    return next(dict(one) for one in found["items"] if one["case_id"] == str(case_id))


async def limit(desk: Desk, rule: str, name: str, value: float) -> None:
    """The centre's own figure, since long ago."""
    async with desk.service.database.engine.begin() as connection:
        row = {"rule": rule, "name": name, "limit_value": value, "valid_from": date(2020, 1, 1), "reason": "t"}
        await connection.execute(sa.insert(rule_limit).values(**row, set_by=desk.people["department_head"]))


async def never_drawn(desk: Desk) -> None:
    await limit(desk, "V-5", "percent", 0)


async def state(desk: Desk, paper_id: str) -> Mapping[str, Any]:
    async with desk.service.database.engine.connect() as connection:
        query = sa.select(paper).where(paper.c.id == UUID(paper_id))
        return dict((await connection.execute(query)).mappings().one())


@pytest.mark.rule("R-13", "R-14", "V-2", "V-4")
async def test_a_follow_up_is_owed_by_itself_needs_six_fields_and_lets_the_case_close(desk: Desk) -> None:
    await never_drawn(desk)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    task = await due(desk, case_id)
    assert (task["data"]["kind"], task["owner"], task["overdue"]) == ("before_closure", "li", False)
    assert await desk.later("follow_up", "late") == 1
    assert (await due(desk, case_id))["overdue"] is True
    assert (await desk.get("zeng", "/api/follow-ups?view=late"))["counts"]["late"] == 1

    whole = await desk.get("chen", f"/api/follow-ups/{task['id']}")
    assert whole["form"] == {"name": "王秀英", "address": "书香园3栋", "content": "水管漏水,要人上门修"}
    assert (whole["numbers"], whole["honorific"]) == (["+867971000101"], "王阿姨")
    for field in ("asked_at", "name", "address", "content", "quality", "satisfaction"):
        values = {name: value for name, value in form().items() if name != field}
        assert (await desk.refused("chen", "answer_follow_up", case_id, paper_id=task["id"], **values))["rule"] == "V-2"
    not_asked = form(other_need=None)
    assert (await desk.refused("chen", "answer_follow_up", case_id, paper_id=task["id"], **not_asked))["rule"] == "V-4"
    assert (await desk.refused("finance", "answer_follow_up", case_id, paper_id=task["id"], **form()))["status"] == 403

    await desk.do("chen", "answer_follow_up", case_id, paper_id=task["id"], **form())
    assert (await state(desk, task["id"]))["state"] == "done"
    covered = (await desk.get("zeng", "/api/follow-ups/coverage"))["groups"][1]
    assert (covered["rule"], covered["total"], covered["done"], covered["share"]) == ("R-14", 1, 1, 1.0)
    await desk.do("li", "close", case_id)
    assert (await desk.case(case_id)).agent_id == desk.people["li"]  # who calls does not become the owner


@pytest.mark.rule("S-7", "R-20", "V-4")
async def test_a_closed_case_is_called_again_and_what_comes_up_is_a_new_case(desk: Desk) -> None:
    await never_drawn(desk)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    first = await due(desk, case_id)
    need = {"other_need": True, "need": "想请人打扫", "introduced": "介绍了保洁:每小时35元", "need_subcategory": "cleaning"}
    done = await desk.do("li", "answer_follow_up", case_id, paper_id=first["id"], **form(**need))
    made = await desk.case(done["cases"][0]["id"])
    assert (made.member_id, made.category, made.subcategory, made.relapse_of) == (desk.member, "life_help", "cleaning", None)
    assert (await desk.paper(made.id, "intake"))["data"]["linked_case"] == str(case_id)
    await desk.do("li", "close", case_id)

    again = await due(desk, case_id)
    assert again["data"]["kind"] == "after_closure"
    bad = form(quality="poor", satisfaction=1, remark="又漏水了")
    done = await desk.do("chen", "answer_follow_up", case_id, paper_id=again["id"], **bad)
    relapse = await desk.case(done["cases"][0]["id"])
    assert (relapse.relapse_of, relapse.state, (await desk.case(case_id)).state) == (case_id, "open", "closed")
    assert (await desk.paper(relapse.id, "feedback"))["data"]["complaint"] is True
    assert [one["kind"] for one in (await desk.get("zeng", f"/api/follow-ups/{again['id']}"))["linked"]] == ["relapse"]

    # The service died before it made the case: it is made later, under the same id.
    async with desk.service.database.engine.begin() as connection:
        lost = uuid4()
        changed = {"data": paper.c.data.concat(sa.func.jsonb_build_object("need_case", str(lost), "need", "要送餐"))}
        await connection.execute(sa.update(paper).where(paper.c.id == UUID(first["id"])).values(**changed))
    assert await desk.service.desks.desk.follow_up_commands.look() == 1
    assert (await desk.case(lost)).agent_id == desk.people["li"]


@pytest.mark.rule("V-3", "D-6", "R-17")
async def test_dissatisfaction_pages_the_group_leader_and_is_put_right_and_asked_again(desk: Desk) -> None:
    await never_drawn(desk)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    task = await due(desk, case_id)
    bad = form(quality="poor", satisfaction=2)
    assert (await desk.refused("li", "answer_follow_up", case_id, paper_id=task["id"], **bad))["rule"] == "V-3"
    await desk.do("li", "answer_follow_up", case_id, paper_id=task["id"], **bad, remark="师傅没修好")
    loop = (await desk.get("group_leader", "/api/follow-ups?view=loop"))["items"]
    assert [one["id"] for one in loop] == [task["id"]]
    problem = await desk.refused("li", "close", case_id)
    assert {f["rule"] for f in problem["findings"] if not f["ok"]} == {"D-6", "R-17"}

    decision = {"paper_id": task["id"], "decision": "handle", "text": "换人今天返工"}
    assert (await desk.refused("group_leader", "decide_follow_up", case_id, **decision))["rule"] == "V-3"  # which way?
    assert (await desk.refused("li", "decide_follow_up", case_id, **decision))["status"] == 403
    await desk.do("group_leader", "decide_follow_up", case_id, **decision, measure="rework", party="provider")
    rework = await desk.paper(case_id, "rework")
    early = await desk.refused("group_leader", "resolve_follow_up", case_id, paper_id=task["id"], outcome="put_right", text="好")
    assert early["rule"] == "R-17"
    await desk.do("dispatcher", "complete_rework", case_id, paper_id=rework["id"], result="已返工")
    assert (await state(desk, task["id"]))["data"]["resolution"] == "put_right"
    again = await due(desk, case_id)
    assert again["data"]["again_of"] == task["id"]
    await desk.do("chen", "answer_follow_up", case_id, paper_id=again["id"], **form())
    await desk.do("li", "close", case_id)


@pytest.mark.rule("V-3", "D-6")
async def test_what_the_group_leader_does_not_decide_goes_to_the_supervisor_who_must_state_an_outcome(desk: Desk) -> None:
    await never_drawn(desk)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    task = await due(desk, case_id)
    await desk.do("li", "answer_follow_up", case_id, paper_id=task["id"], **form(satisfaction=1, remark="态度差"))
    assert await desk.later("follow_up", "unheard") == 1
    assert (await state(desk, task["id"]))["state"] == "escalated"
    outcome = {"paper_id": task["id"], "outcome": "explained", "text": "已登门道歉并说明"}
    assert (await desk.refused("group_leader", "resolve_follow_up", case_id, **outcome))["rule"] == "V-3"
    assert (await desk.refused("zeng", "resolve_follow_up", case_id, **{**outcome, "text": ""}))["rule"] == "D-6"
    assert await desk.later("follow_up", "late") == 1
    assert (await state(desk, task["id"]))["overdue"] is True
    await desk.do("zeng", "resolve_follow_up", case_id, **outcome)
    assert (await state(desk, task["id"]))["state"] == "resolved"


@pytest.mark.rule("R-14", "R-18")
async def test_who_is_never_reached_is_a_miss_with_a_name(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    task = await due(desk, case_id)
    for _ in range(2):
        await desk.do("li", "try_follow_up", case_id, paper_id=task["id"], result="no_answer", note="响铃一分钟")
    assert [one["result"] for one in (await state(desk, task["id"]))["data"]["attempts"]] == ["no_answer", "no_answer"]
    await desk.age(case_id, minutes=3 * 24 * 60 + 1)
    assert await desk.later("feedback", "three_days") == 1
    assert (await desk.case(case_id)).state == "closed"
    assert (await state(desk, task["id"]))["state"] == "missed"
    group = (await desk.get("zeng", f"/api/follow-ups/coverage?since={(datetime.now(UTC) - timedelta(days=9)).date()}"))["groups"][
        1
    ]
    assert (group["missed"], group["share"], group["misses"][0]["who"], group["misses"][0]["owner"]) == (1, 0.0, "王秀英", "li")
    later = await due(desk, case_id)  # S-7 tries again
    for _ in range(3):
        await desk.do("li", "try_follow_up", case_id, paper_id=later["id"], result="busy")
    assert (await state(desk, later["id"]))["state"] == "missed"


@pytest.mark.rule("V-5")
async def test_a_drawn_follow_up_is_checked_by_somebody_else_and_compared(desk: Desk) -> None:
    await limit(desk, "V-5", "percent", 100)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    first = await due(desk, case_id)
    await desk.do("li", "answer_follow_up", case_id, paper_id=first["id"], **form())
    assert (await desk.get("li", "/api/follow-ups?view=checks"))["items"] == []
    check = (await desk.get("chen", "/api/follow-ups?view=checks"))["items"][0]
    assert check["data"]["spot_check_of"] == first["id"]
    assert (await desk.refused("li", "answer_follow_up", case_id, paper_id=check["id"], **form()))["rule"] == "V-5"
    assert (await desk.get("chen", f"/api/follow-ups/{check['id']}"))["first"] is None  # what was said first is kept back
    await desk.do("chen", "answer_follow_up", case_id, paper_id=check["id"], **form(satisfaction=3, quality="fair"))
    whole = await desk.get("zeng", f"/api/follow-ups/{check['id']}")
    differences = {one["field"]: (one["first"], one["second"]) for one in whole["follow_up"]["data"]["differences"]}
    assert differences == {"quality": ("good", "fair"), "satisfaction": ("5", "3")}
    assert whole["first"]["asked_by"] == "li"
    assert (await desk.refused("zeng", "check_follow_up", case_id, paper_id=check["id"]))["rule"] == "V-5"


@pytest.mark.rule("V-P1")
async def test_a_visit_is_the_group_leaders_with_others_and_a_signature(desk: Desk) -> None:
    await never_drawn(desk)
    case_id = await desk.served_case()
    plan = {"at": datetime.now(UTC) + timedelta(days=1), "way": "visit", "text": "看水管修得怎样"}
    assert (await desk.refused("li", "plan_follow_up", case_id, **plan))["rule"] == "V-P1"
    planned = await desk.do("group_leader", "plan_follow_up", case_id, **plan)
    visit = form(way="visit", visited_by=["邱文斌"], signer="王秀英")
    problem = await desk.refused("group_leader", "answer_follow_up", case_id, **planned, **visit)
    assert problem["rule"] == "V-P1"
    await desk.do("group_leader", "answer_follow_up", case_id, **planned, **{**visit, "visited_by": ["邱文斌", "罗小燕"]})
    data = (await state(desk, planned["paper_id"]))["data"]
    assert (data["way"], data["visited_by"], data["signer"]) == ("visit", ["邱文斌", "罗小燕"], "王秀英")


class ServiceDone(PaperFact):
    """A work order was completed; what a work order does with a follow-up is this one call."""


def service_done(_situation: Situation, _fact: PaperFact, decision: Decision) -> None:
    for _ in range(2):  # told twice, it is one
        follow_up.owed(_situation, decision, kind="service", order_id=UUID(int=5), at=decision.now)


@pytest.mark.rule("V-1", "F-6", "R-15")
async def test_a_service_is_followed_up_by_the_front_desk_and_a_rescue_always(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from callcenter.domain import decide

    monkeypatch.setitem(decide.DECIDERS, ServiceDone, service_done)
    assert "follow_up" in nouns.BY_NOUN
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.service.deciding.processor.ask(ServiceDone(desk.people["dispatcher"], "dispatcher", None, case_id))
    tasks = (await desk.get("chen", "/api/follow-ups?view=open"))["items"]
    assert [(one["data"]["kind"], one["owner"]) for one in tasks] == [("service", None)]  # in place of the one before closure
    assert (await desk.get("dispatcher", "/api/follow-ups?view=open"))["counts"]["open"] == 1
    await desk.do("chen", "take_follow_up", case_id, paper_id=tasks[0]["id"])
    assert (await desk.get("chen", "/api/follow-ups?view=mine"))["counts"]["mine"] == 1

    rescue = await desk.phone_case(kind="emergency", source="terminal", category="rescue", subcategory="fall", disposition="helped")
    await desk.do("li", "reply", rescue, **SOLVED)
    assert (await due(desk, rescue))["data"]["kind"] == "before_closure"
    mistaken = await desk.phone_case(kind="emergency", source="terminal", category="rescue", subcategory="fall", disposition="test")
    await desk.do("li", "reply", mistaken, **SOLVED)
    async with desk.service.database.engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(paper.join(case)).where(case.c.id == mistaken, paper.c.noun == "follow_up")
        assert await connection.scalar(query) == 0
    groups = (await desk.get("auditor", "/api/follow-ups/coverage"))["groups"]
    assert [(one["rule"], one["pending"]) for one in groups] == [("R-14", 0), ("R-14", 1), ("R-15", 1)]
