"""R-9 to R-11, C-3, W-1, S-1, S-4 to S-6: answers owed, needs nobody can meet, transfers, hand-overs, proofs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from desk.conftest import Desk

AFFAIRS = {"category": "consultation", "subcategory": "affairs", "disposition": "pending_answer"}


@pytest.mark.rule("R-9", "S-1")
async def test_what_cannot_be_answered_at_once_is_owed_and_ages(desk: Desk) -> None:
    case_id = await desk.phone_case(**AFFAIRS)
    await desk.do("li", "owe_answer", case_id, question="高龄津贴怎么办", told="请您稍等,今天内回电话")
    (owed,) = await desk.get("li", "/api/papers?noun=pending_answer")
    opened, due = (datetime.fromisoformat(owed[name]) for name in ("opened_at", "due_at"))
    assert due - opened == timedelta(hours=24)
    assert await desk.later("pending_answer", "late") == 1
    assert (await desk.paper(case_id, "pending_answer"))["overdue"]
    await desk.do("li", "reply", case_id, way="phone", to="王阿姨", text="在查")
    problem = await desk.refused("li", "close", case_id)
    assert problem["rule"] == "R-9"
    await desk.do("li", "give_answer", case_id, paper_id=owed["id"], answer="凭身份证到社区办理")
    await desk.do("li", "close", case_id)
    assert (await desk.case(case_id)).state == "closed"


@pytest.mark.rule("R-9")
async def test_a_centre_may_change_the_hours_from_a_day_on_but_not_switch_the_rule_off(desk: Desk) -> None:
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    limit = {"rule": "R-9", "name": "answer_hours", "value": 2, "valid_from": str(today), "reason": "服务承诺"}
    assert (await desk.ask("zeng", "POST", "/api/rules/limits", json=limit))[0] == 403
    for wrong in (limit | {"value": 0}, limit | {"valid_from": str(today - timedelta(days=1))}):
        assert (await desk.ask("department_head", "POST", "/api/rules/limits", json=wrong))[0] == 422
    assert (await desk.ask("department_head", "POST", "/api/rules/limits", json=limit | {"name": "nothing"}))[0] == 404
    tomorrow = limit | {"value": 5, "valid_from": str(today + timedelta(days=1))}
    for change in (limit, tomorrow):
        assert (await desk.ask("department_head", "POST", "/api/rules/limits", json=change))[0] == 200
    (row,) = [each for each in await desk.get("li", "/api/rules") if each["id"] == "R-9"]
    assert (row["limits"][0]["value"], len(row["limits"][0]["changes"])) == (2, 2)
    case_id = await desk.phone_case(**AFFAIRS)
    await desk.do("li", "owe_answer", case_id, question="?", told="稍后答复")
    owed = await desk.paper(case_id, "pending_answer")
    opened, due = (datetime.fromisoformat(owed[name]) for name in ("opened_at", "due_at"))
    assert due - opened == timedelta(hours=2)


@pytest.mark.rule("R-10", "C-3", "W-1", "C-V3")
async def test_nobody_can_help_today_so_the_elder_is_referred_listed_and_called_when_somebody_can(desk: Desk) -> None:
    case_id = await desk.phone_case()
    problem = await desk.refused("li", "record_need", case_id, text="要人修老式收音机")
    assert problem["rule"] == "C-3"  # never a plain no
    await desk.do("li", "record_need", case_id, text="要人修老式收音机", referral="象湖家电维修部", referral_number="0797-1000999")
    row = await desk.case(case_id)
    assert (row.category, row.subcategory) == ("consultation", "service")  # by rule
    assert [kind for kind, _ in await desk.journal(case_id)] == ["need_unmet", "reclassified"]

    assert await desk.later("unmet_need", "batch") == 1  # a week without a hand-over shows
    (need,) = await desk.get("business_development", "/api/papers?noun=unmet_need")
    assert (need["overdue"], need["who"]) == (True, "王秀英")
    done = await desk.do("li", "hand_over_needs", paper_ids=[need["id"]])
    assert done["count"] == 1
    handed = await desk.paper(case_id, "unmet_need")
    assert (handed["state"], handed["data"]["batch"], handed["overdue"]) == ("handed_over", done["batch"], False)

    await desk.do("business_development", "find_supply", case_id, paper_id=need["id"], provider="老周修理铺")
    (call,) = await desk.get("li", "/api/papers?noun=unmet_need&mine=true")
    assert (call["state"], call["data"]["provider"]) == ("to_tell", "老周修理铺")
    await desk.do("li", "tell_supply", case_id, paper_id=need["id"], outcome="not_reached", note="无人接听")
    assert (await desk.paper(case_id, "unmet_need"))["state"] == "to_tell"
    await desk.do("li", "tell_supply", case_id, paper_id=need["id"], outcome="wanted", note="王阿姨请他明天来")
    assert (await desk.paper(case_id, "unmet_need"))["unfinished"] is False


@pytest.mark.rule("R-11")
async def test_business_development_takes_only_what_the_head_or_a_delegate_of_the_day_has_signed(desk: Desk) -> None:
    case_id = await desk.phone_case(category="consultation", subcategory="service")
    await desk.do("li", "ask_transfer", case_id, reason="需要新的服务商")
    paper_id = (await desk.paper(case_id, "transfer"))["id"]
    early = await desk.refused("business_development", "take_transfer", case_id, paper_id=paper_id)
    assert early["rule"] == "R-11"
    for nobody in ("li", "zeng"):
        problem = await desk.refused(nobody, "approve_transfer", case_id, paper_id=paper_id, signer=nobody)
        assert (problem["code"], problem["rule"]) == ("may_not_sign", "R-11")

    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    named = {"agent_id": str(desk.people["zeng"]), "valid_from": str(today), "valid_until": str(today), "reason": "外出开会"}
    assert (await desk.ask("li", "POST", "/api/delegates", json=named))[0] == 403
    later = named | {"agent_id": str(desk.people["li"]), "valid_from": str(today + timedelta(days=1)),
                     "valid_until": str(today + timedelta(days=2))}  # fmt: skip
    for each in (named, later):
        assert (await desk.ask("department_head", "POST", "/api/delegates", json=each))[0] == 201
    assert (await desk.refused("li", "approve_transfer", case_id, paper_id=paper_id, signer="李"))["code"] == "may_not_sign"
    await desk.do("zeng", "approve_transfer", case_id, paper_id=paper_id, signer="曾国平")
    paper = await desk.paper(case_id, "transfer")
    assert (paper["data"]["signer"], paper["data"]["signed_for"]) == ("曾国平", "delegate")

    await desk.do("business_development", "take_transfer", case_id, paper_id=paper_id)
    assert (await desk.refused("li", "close", case_id))["rule"] in ("R-11", "S-6")
    await desk.do("business_development", "answer_transfer", case_id, paper_id=paper_id, answer="已与三家洽谈")
    assert (await desk.case(case_id)).agent_id == desk.people["li"]  # the case kept its owner
    life_help = await desk.phone_case()
    assert (await desk.refused("li", "ask_transfer", life_help, reason="x"))["code"] == "only_consultations"


@pytest.mark.rule("S-4", "R-1")
async def test_a_case_handed_over_stays_with_the_first_until_the_second_takes_it(desk: Desk) -> None:
    case_id = await desk.phone_case()
    await desk.do("li", "hand_over_case", case_id, to_id=str(desk.people["chen"]), reason="我要休假")
    (waiting,) = await desk.get("chen", "/api/papers?noun=hand_over")
    assert (await desk.case(case_id)).agent_id == desk.people["li"]
    assert await desk.later("hand_over", "late") == 1
    assert (await desk.paper(case_id, "hand_over"))["overdue"]
    assert (await desk.refused("li", "accept_case", case_id, paper_id=waiting["id"]))["rule"] == "S-4"
    await desk.do("chen", "return_case", case_id, paper_id=waiting["id"], reason="我也休假")
    await desk.do("li", "hand_over_case", case_id, to_id=str(desk.people["chen"]), reason="请您先接着")
    paper_id = (await desk.paper(case_id, "hand_over"))["id"]
    await desk.do("chen", "accept_case", case_id, paper_id=paper_id)
    assert (await desk.case(case_id)).agent_id == desk.people["chen"]
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["before"]) == ("owner_changed", str(desk.people["li"]))
    for wrong in ("auditor", "finance"):
        problem = await desk.refused("chen", "hand_over_case", case_id, to_id=str(desk.people[wrong]), reason="x")
        assert problem["code"] == "no_such_colleague"


@pytest.mark.rule("S-5", "S-6", "R-16")
async def test_an_affair_that_was_handed_over_is_verified_and_answered_before_it_closes(desk: Desk) -> None:
    done = await desk.do(
        "li", "register_case", source="letter", text="反映楼道灯坏了三个月", name="刘大爷", category="consultation",
        subcategory="affairs",
    )  # fmt: skip
    case_id = done["case_id"]
    problem = await desk.refused("li", "close", case_id, summary="已联系物业")
    assert {f["rule"] for f in problem["findings"] if not f["ok"]} == {"S-5", "S-6"}
    assert all(f["remedy_zh"] for f in problem["findings"] if not f["ok"])
    await desk.do("li", "verify", case_id, result="confirmed", way="电话询问物业,情况属实")
    assert (await desk.refused("li", "close", case_id, summary="已联系物业"))["rule"] == "S-6"
    await desk.do("li", "reply", case_id, way="letter", to="刘大爷", text="物业已更换")
    await desk.do("li", "close", case_id, summary="已联系物业更换")
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["rule"]) == ("closed", "R-16")
    assert {"R-1", "R-3", "R-6", "R-16", "S-5", "S-6"} <= {each["rule"] for each in data["receipt"] if each["ok"]}
