"""What the desk's paperwork refuses, and that what is refused holds up nothing else: wrong figures, the wrong moment, the wrong
paper, two at once (D-4, D-5, D-7, R-8, R-17, R-18, V-3)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from callcenter.db.tables import case, paper
from callcenter.domain.papers.follow_up import FollowUp
from desk.conftest import Desk
from desk.test_follow_ups import SOLVED, due, form, limit, never_drawn, state
from desk.test_orders import ZHONG, town, under_way

__all__ = ["town"]  # the fixture


@pytest.mark.rule("D-5")
async def test_a_fee_that_is_a_typing_error_is_refused_with_the_bound_which_the_head_may_raise(town: Desk) -> None:
    case_id, order = await under_way(town)
    wrong = await town.refused("li", "complete_order", case_id, paper_id=order, result="修好", fee=500_001)
    assert (wrong["status"], wrong["rule"], wrong["code"]) == (422, "D-5", "fee_range")
    assert "5000.01元" in wrong["zh"]
    assert "0至5000元" in wrong["zh"]
    assert (await town.refused("li", "complete_order", case_id, paper_id=order, result="修好", fee=-1))["status"] == 422
    assert (await town.paper(case_id, "work_order"))["state"] == "under_way"
    await town.do("li", "complete_order", case_id, paper_id=order, result="修好", fee=500_000)
    wrong = await town.refused("dispatcher", "correct_fee", case_id, paper_id=order, fee=600_000, reason="另加材料")
    assert wrong["code"] == "fee_range"
    await limit(town, "D-5", "most_fee_yuan", 8000)
    await town.do("dispatcher", "correct_fee", case_id, paper_id=order, fee=600_000, reason="另加材料")
    assert (await town.paper(case_id, "work_order"))["data"]["fee"] == 600_000


@pytest.mark.rule("D-5", "D-7")
async def test_a_service_is_not_done_before_its_order_was_picked_up(town: Desk) -> None:
    case_id, order = await under_way(town)
    early = {"paper_id": order, "result": "修好", "completed_at": datetime.now(UTC) - timedelta(hours=5)}
    assert (await town.refused("li", "complete_order", case_id, **early))["code"] == "completed_before"
    await town.do("li", "complete_order", case_id, paper_id=order, result="修好")


@pytest.mark.rule("D-4")
async def test_an_urgent_incident_without_measures_ends_with_no_order_and_measures_are_written_once(town: Desk) -> None:
    case_id, order = await under_way(town)
    await town.do("li", "report_incident", case_id, paper_id=order, text="老人头晕", urgent=True)
    assert (await town.refused("li", "cancel_order", case_id, paper_id=order, reason="老人不要了"))["rule"] == "D-4"
    await town.do("li", "complete_order", case_id, paper_id=order, result="修好")
    for which in ("original", "copy"):
        await town.do("dispatcher", "return_copy", case_id, paper_id=order, which=which)
    assert (await town.paper(case_id, "work_order"))["state"] == "completed"  # not settled: nobody has done anything about it
    assert await town.later("work_order", "measures") == 1
    assert "order_page_again" in [kind for kind, _ in await town.journal(case_id)]
    await town.do("dispatcher", "record_measures", case_id, paper_id=order, place=1, text="已送医,家属已到")
    assert (await town.paper(case_id, "work_order"))["state"] == "settled"
    again = await town.refused("dispatcher", "record_measures", case_id, paper_id=order, place=1, text="别的说法")
    assert (again["code"], again["rule"]) == ("measures_taken", "D-4")
    assert (await town.paper(case_id, "work_order"))["data"]["exceptions"][0]["measures"] == "已送医,家属已到"


@pytest.mark.rule("R-8", "D-7")
async def test_an_unreasonable_case_is_not_closed_while_somebody_is_on_the_way(town: Desk) -> None:
    case_id, order = await under_way(town)
    await town.do("li", "judge_unreasonable", case_id, reason="harassment", explanation="已说明热线用途")
    assert (await town.refused("li", "close", case_id))["rule"] == "D-7"
    await town.do("li", "cancel_order", case_id, paper_id=order, reason="不合理求助,师傅已返回")
    await town.do("li", "close", case_id)
    assert (await town.case(case_id)).state == "closed"


@pytest.mark.rule("W-9")
async def test_a_paper_of_one_case_is_not_taken_by_another(desk: Desk) -> None:
    mine, other = await desk.phone_case(), await desk.phone_case("chen")
    hour = datetime.now(UTC) + timedelta(hours=1)
    made = await desk.do("li", "make_promise", mine, manner="by_time", due_at=hour, text="师傅15点到")
    word = {"result": "satisfied", "text": "都好", "by_whom": "本人"}
    refused = await desk.refused("chen", "give_feedback", other, paper_id=made["paper_id"], **word)
    assert (refused["status"], refused["code"]) == (409, "changed_meanwhile")
    kept = await state(desk, made["paper_id"])
    assert (kept["case_id"], kept["noun"], kept["data"]["text"]) == (mine, "promise", "师傅15点到")


@pytest.mark.rule("D-7")
async def test_two_orders_of_one_case_are_filed_by_one_command_with_a_key(town: Desk) -> None:
    case_id = await town.phone_case()
    for chosen in (None, ZHONG):
        _, order = await under_way(town, **({"chosen": chosen} if chosen else {}), case_id=case_id)
        await town.do("li", "complete_order", case_id, paper_id=order, result="修好")
        for which in ("original", "copy"):
            await town.do("dispatcher", "return_copy", case_id, paper_id=order, which=which)
    body, headers = {"month": f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m}"}, {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        status, done = await town.ask("dispatcher", "POST", "/api/desk/archive_orders", json=body, headers=headers)
        assert (status, done["count"]) == (200, 2)
    async with town.service.database.engine.connect() as connection:
        states = list(await connection.scalars(sa.select(paper.c.state).where(paper.c.noun == "work_order")))
    assert states == ["archived", "archived"]


@pytest.mark.rule("D-5")
async def test_one_receipt_for_two_orders_at_the_same_moment_counts_for_one(town: Desk) -> None:
    made = [await under_way(town), await under_way(town, ZHONG)]
    for case_id, order in made:
        await town.do("li", "complete_order", case_id, paper_id=order, result="修好", fee=3000)

    async def pay(case_id: UUID, order: str) -> tuple[int, Any]:
        body = {"case_id": str(case_id), "paper_id": order, "receipt_number": "NO.7", "amount": 3000, "way": "cash"}
        return await town.ask("finance", "POST", "/api/desk/receive_fee", json=body)

    answers = await asyncio.gather(*(pay(*one) for one in made))
    assert sorted(status for status, _ in answers) == [200, 409]
    assert next(body["zh"] for status, body in answers if status == 409)
    assert (await town.get("finance", "/api/fees"))["total"] == {"count": 2, "posted": 3000, "paid": 3000}


@pytest.mark.rule("V-3", "R-17")
async def test_the_leader_decides_on_what_was_said_in_this_follow_up_whatever_was_said_later(town: Desk) -> None:
    """Two orders of one case: one was bad, the other was praised afterwards."""
    await never_drawn(town)
    case_id = await town.phone_case()
    tasks = []
    for chosen in (None, ZHONG):
        _, order = await under_way(town, **({"chosen": chosen} if chosen else {}), case_id=case_id)
        await town.do("li", "complete_order", case_id, paper_id=order, result="修好")
        tasks.append(await town.paper(case_id, "follow_up"))
    bad, good = tasks
    await town.do("chen", "answer_follow_up", case_id, paper_id=bad["id"], **form(satisfaction=1, remark="没修好"))
    await town.do("chen", "answer_follow_up", case_id, paper_id=good["id"], **form())
    decision = {"decision": "handle", "measure": "redo", "party": "provider", "text": "换人返工"}
    await town.do("group_leader", "decide_follow_up", case_id, paper_id=bad["id"], **decision)
    rework = await town.paper(case_id, "rework")
    assert rework["data"]["demand"] == "换人返工"
    assert (await state(town, bad["id"]))["data"]["rework_id"] == rework["id"]
    await town.do("dispatcher", "complete_rework", case_id, paper_id=rework["id"], result="已返工")
    assert (await state(town, bad["id"]))["state"] == "resolved"
    assert (await state(town, good["id"]))["state"] == "done"
    assert (await town.paper(case_id, "follow_up"))["data"]["again_of"] == bad["id"]


@pytest.mark.rule("R-17", "S-7", "R-14")
async def test_who_says_by_themselves_that_all_is_well_is_asked_after_closure_and_nothing_stays_owed_in_vain(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    before = await due(desk, case_id)
    bad = {"result": "dissatisfied", "text": "还在漏", "by_whom": "本人", "complaint": True}
    await desk.do("li", "give_feedback", case_id, **bad)
    assert (await state(desk, before["id"]))["state"] == "due"  # the elder is to be asked again
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="师傅又来过,好了", by_whom="本人")
    assert (await state(desk, before["id"]))["state"] == "not_needed"
    receipt = (await desk.journal(case_id))[-1][1]["receipt"]
    assert any(found["rule"] == "R-17" and "结案前回访不再需要" in found["zh"] for found in receipt)
    assert await desk.later("follow_up", "late") == 0
    await desk.do("li", "close", case_id)
    (owed,) = [one for one in (await desk.get("li", "/api/follow-ups?view=open"))["items"] if one["case_id"] == str(case_id)]
    assert (owed["data"]["kind"], owed["state"]) == ("after_closure", "due")
    group = (await desk.get("zeng", "/api/follow-ups/coverage"))["groups"][1]
    assert (group["total"], group["done"], group["pending"], group["missed"]) == (1, 0, 1, 0)


@pytest.mark.rule("R-13", "S-7")
async def test_what_a_person_planned_stays_and_is_made_after_closure(desk: Desk) -> None:
    case_id = await desk.served_case()
    plan = {"at": datetime.now(UTC) + timedelta(days=2), "text": "看水管还漏不漏"}
    planned = await desk.do("li", "plan_follow_up", case_id, **plan)
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="都好", by_whom="本人")
    assert (await state(desk, planned["paper_id"]))["state"] == "due"
    await desk.do("li", "close", case_id)
    kept = await state(desk, planned["paper_id"])
    assert (kept["state"], kept["data"]["kind"]) == ("due", "after_closure")
    assert len([one for one in await desk.get("zeng", f"/api/cases/{case_id}/papers") if one["noun"] == "follow_up"]) == 1


@pytest.mark.rule("R-17")
async def test_what_was_put_right_without_a_follow_up_is_asked_about_again(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="都好", by_whom="本人")
    await desk.do("li", "give_feedback", case_id, result="dissatisfied", text="又漏了", by_whom="本人", complaint=True)
    await desk.do("li", "state_liability", case_id, party="provider", text="接头没拧紧", demand="返工")
    rework = await desk.paper(case_id, "rework")
    await desk.do("dispatcher", "complete_rework", case_id, paper_id=rework["id"], result="已返工")
    assert (await due(desk, case_id))["data"]["kind"] == "before_closure"


@pytest.mark.rule("V-5")
async def test_a_check_that_never_reaches_the_elder_has_an_end(desk: Desk) -> None:
    await limit(desk, "V-5", "percent", 100)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    first = await due(desk, case_id)
    await desk.do("li", "answer_follow_up", case_id, paper_id=first["id"], **form())
    check = (await desk.get("chen", "/api/follow-ups?view=checks"))["items"][0]
    for _ in range(3):
        await desk.do("chen", "try_follow_up", case_id, paper_id=check["id"], result="no_answer")
    assert (await state(desk, check["id"]))["state"] == "missed"
    group = (await desk.get("zeng", "/api/follow-ups/coverage"))["groups"][1]
    assert (group["done"], group["missed"]) == (1, 0)  # the elder was asked: a check is no follow-up


@pytest.mark.rule("V-1")
async def test_only_a_call_that_we_made_is_written_up_as_a_follow_up(desk: Desk) -> None:
    await never_drawn(desk)
    case_id, emergency = await desk.served_case(), await desk.phone_case(kind="emergency", state="wrap_up", red=True)
    await desk.do("li", "reply", case_id, **SOLVED)
    task = await due(desk, case_id)
    for command, values in (("answer_follow_up", form()), ("try_follow_up", {"result": "busy"})):
        problem = await desk.refused("li", command, case_id, paper_id=task["id"], call_case=str(emergency), **values)
        assert (problem["code"], problem["rule"]) == ("not_a_call_out", "V-1")
    assert (await state(desk, task["id"]))["data"]["attempts"] == []
    assert (await desk.case(emergency)).state == "wrap_up"


@pytest.mark.rule("V-4", "R-20")
async def test_what_the_rules_refuse_holds_up_nothing_behind_it(desk: Desk) -> None:
    """The keeper outlives a refusal, and a complaint that was lost with the service is brought to its case later."""
    await never_drawn(desk)
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    first = await due(desk, case_id)
    await desk.do("li", "answer_follow_up", case_id, paper_id=first["id"], **form())
    await desk.do("li", "close", case_id)
    again = await due(desk, case_id)
    bad = form(quality="poor", satisfaction=1, remark="又漏水了")
    done = await desk.do("chen", "answer_follow_up", case_id, paper_id=again["id"], **bad)
    relapse = UUID(done["cases"][0]["id"])
    lost = uuid4()
    async with desk.service.database.engine.begin() as connection:
        # A need that no rule accepts: its category is none. And one that the service died before.
        for ident, need in ((first["id"], {"need_case": str(uuid4()), "need": "要送餐", "need_category": "nonsense"}),):
            changed = {"data": paper.c.data.concat(need)}
            await connection.execute(sa.update(paper).where(paper.c.id == UUID(ident)).values(**changed))
        await connection.execute(sa.delete(paper).where(paper.c.case_id == relapse, paper.c.noun == "feedback"))
        await connection.execute(
            sa.update(case).where(case.c.id == relapse).values(agent_id=desk.people["li"])
        )  # handed over since
        row = (await connection.execute(sa.select(paper).where(paper.c.id == UUID(first["id"])))).mappings().one()
        data = {**row["data"], "need_case": str(lost), "need": "要送餐", "need_category": "life_help"}
        await connection.execute(sa.insert(paper).values(**{**row, "id": uuid4(), "data": data}))
        loose = await desk.phone_case("li", source="outbound", category=None, ended_at=datetime.now(UTC) - timedelta(hours=1))
        data = {**row["data"], "call_case": str(loose)}
        await connection.execute(sa.insert(paper).values(**{**row, "id": uuid4(), "data": data}))
    assert FollowUp.noun == "follow_up"
    keeper = desk.service.desks.desk.follow_up_commands
    running = asyncio.create_task(keeper.run())
    try:
        async with asyncio.timeout(20):
            while (await desk.case_or_none(lost)) is None or (await desk.case(loose)).category is None:
                assert not running.done(), "the keeper has died"
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
    assert (await desk.paper(relapse, "feedback"))["data"]["complaint"] is True
