"""R-12, R-16 to R-19, S-3, S-6, S-10: when a case closes, when it does not, and what is left of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from callcenter.db.tables import report
from desk.conftest import Desk

SOLVED = {"way": "phone", "to": "王阿姨", "text": "师傅已修好"}


def unmet(problem: Any) -> set[str]:
    return {finding["rule"] for finding in problem["findings"] if not finding["ok"]}


@pytest.mark.rule("R-17", "S-6")
async def test_who_is_not_dissatisfied_ends_the_case(desk: Desk) -> None:
    case_id = await desk.served_case()
    problem = await desk.refused("li", "close", case_id)
    assert unmet(problem) == {"S-6", "R-17"}
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="都好", by_whom="本人")
    assert (await desk.get("li", f"/api/cases/{case_id}/closing"))["may"] is True
    await desk.do("li", "close", case_id)
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["rule"], data["followed_up"]) == ("closed", "R-17", True)
    assert data["receipt"][0] == {"rule": "R-0", "ok": True, "from": "open", "to": "closed"}


@pytest.mark.rule("R-17")
async def test_the_fault_is_not_the_providers_so_it_is_explained_and_closed(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="dissatisfied", text="嫌配件贵")
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-17"}
    await desk.do("li", "state_liability", case_id, party="nobody", text="配件为市场统一价,已向老人说明")
    await desk.do("li", "close", case_id)
    assert (await desk.case(case_id)).state == "closed"


@pytest.mark.rule("R-17")
async def test_the_providers_fault_is_put_right_and_asked_again_or_an_outside_body_decides(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="dissatisfied", text="还是漏水", complaint=True)
    problem = await desk.refused("li", "state_liability", case_id, party="provider", text="没拧紧")
    assert problem["rule"] == "R-17"  # what is to be put right must be said
    await desk.do("li", "state_liability", case_id, party="provider", text="没拧紧", demand="今天重新安装")
    rework = await desk.paper(case_id, "rework")
    assert [p["id"] for p in await desk.get("dispatcher", "/api/papers?noun=rework")] == [rework["id"]]
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-17"}
    await desk.do("li", "complete_rework", case_id, paper_id=rework["id"], result="已重装")
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-17"}  # put right, but nobody has asked again

    await desk.do("li", "give_feedback", case_id, result="dissatisfied", text="仍然漏水")
    await desk.do("li", "state_liability", case_id, party="provider", text="材料不合格", demand="更换材料")
    again = await desk.paper(case_id, "rework")
    await desk.do("li", "complete_rework", case_id, paper_id=again["id"], result="拒绝更换")
    await desk.do("li", "ask_outside", case_id, body="consumer_association", name="瑞金市消协", text="请求调解")
    outside = await desk.paper(case_id, "outside_body")
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-17"}  # asked, but not decided
    await desk.do("li", "record_outside", case_id, paper_id=outside["id"], result="商家退款,已兑现")
    await desk.do("li", "close", case_id)
    assert (await desk.case(case_id)).state == "closed"


@pytest.mark.rule("R-18")
async def test_three_days_without_a_complaint_after_failed_attempts(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    await desk.do("li", "give_feedback", case_id, result="not_reached", text="无人接听")
    assert await desk.later("feedback", "three_days") == 1
    assert (await desk.case(case_id)).state == "open"  # one attempt is not enough
    await desk.do("li", "give_feedback", case_id, result="not_reached", text="仍无人接听")
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-17"}  # not three days yet
    await desk.age(case_id, minutes=3 * 24 * 60 + 1)
    assert await desk.later("feedback", "three_days") == 1
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["rule"], data["followed_up"]) == ("closed", "R-18", False)  # a miss, for R-14


@pytest.mark.rule("R-18")
async def test_a_complaint_within_the_three_days_stops_them(desk: Desk) -> None:
    case_id = await desk.served_case()
    await desk.do("li", "reply", case_id, **SOLVED)
    for _ in range(2):
        await desk.do("li", "give_feedback", case_id, result="not_reached", text="无人接听")
    await desk.do("li", "give_feedback", case_id, result="dissatisfied", text="来电投诉", complaint=True)
    await desk.age(case_id, minutes=4 * 24 * 60)
    assert await desk.later("feedback", "three_days") == 0
    problem = await desk.refused("li", "close", case_id)
    assert unmet(problem) == {"R-17"}


@pytest.mark.rule("R-18")
async def test_three_days_close_nothing_that_another_rule_keeps_open(desk: Desk) -> None:
    case_id = await desk.served_case()
    for _ in range(2):
        await desk.do("li", "give_feedback", case_id, result="not_reached", text="无人接听")
    await desk.age(case_id, minutes=4 * 24 * 60)
    await desk.later("feedback", "three_days")
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, (await desk.case(case_id)).state) == ("three_days_over", "open")
    assert {each["rule"] for each in data["receipt"] if not each["ok"]} == {"S-6"}


@pytest.mark.rule("R-19", "R-15")
@pytest.mark.parametrize(("ground", "body"), [("resolved", ""), ("handed_over", "瑞金市人民医院"), ("conclusion", "民政局")])
async def test_an_emergency_closes_on_one_of_three_grounds_with_evidence(desk: Desk, ground: str, body: str) -> None:
    case_id = await desk.phone_case(
        kind="emergency", source="terminal", category="rescue", subcategory="fall", disposition="helped", red=True
    )
    problem = await desk.refused("li", "close", case_id)
    assert unmet(problem) == {"R-19", "R-15"}
    await desk.calm(case_id)
    if body:
        wrong = await desk.refused("li", "close", case_id, ground=ground, evidence="x")
        assert wrong["code"] == "body_needed"
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="老人已出院", by_whom="女儿")
    assert unmet(await desk.refused("li", "close", case_id)) == {"R-19"}
    await desk.do("li", "close", case_id, ground=ground, body=body, evidence="出院小结第2211号")
    kind, data = (await desk.journal(case_id))[-1]
    assert (kind, data["rule"]) == ("closed", "R-19")
    assert (await desk.paper(case_id, "ground"))["data"]["evidence"] == "出院小结第2211号"


@pytest.mark.rule("S-10", "R-12")
async def test_a_closed_case_is_archived_with_its_checklist_and_the_heads_signature(desk: Desk) -> None:
    whole = ["journal", "category", "reply", "follow_up", "attachments"]
    case_id = await desk.phone_case(
        kind="emergency", source="terminal", category="rescue", subcategory="fall", disposition="helped"
    )
    assert (await desk.refused("li", "prepare_archive", case_id, checked=whole))["rule"] == "S-10"
    await desk.do("li", "give_feedback", case_id, result="satisfied", text="平安", by_whom="女儿")
    await desk.do("li", "close", case_id, ground="resolved", evidence="女儿到场")
    assert (await desk.refused("li", "prepare_archive", case_id, checked=whole[:-1]))["rule"] == "S-10"
    assert (await desk.refused("li", "prepare_archive", case_id, checked=whole))["rule"] == "R-12"  # no signed report
    await desk.emergency_ladder(case_id)
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(
            sa.insert(report).values(
                case_id=case_id, data={}, written_by=desk.people["li"], written_at=datetime.now(UTC),
                signed_by=desk.people["department_head"], signer="廖美玲", signed_at=datetime.now(UTC),
            )
        )  # fmt: skip
    await desk.do("li", "prepare_archive", case_id, checked=whole)
    (paper,) = await desk.get("department_head", "/api/papers?noun=archive")
    status, _ = await desk.ask(
        "zeng", "POST", "/api/desk/sign_archive", json={"case_id": str(case_id), "paper_id": paper["id"], "signer": "曾"}
    )
    assert status == 403
    await desk.do("department_head", "sign_archive", case_id, paper_id=paper["id"], signer="廖美玲")
    archived = await desk.paper(case_id, "archive")
    assert (archived["state"], archived["data"]["signer"]) == ("signed", "廖美玲")


@pytest.mark.rule("R-6", "S-3")
async def test_typical_cases_are_nominated_each_week_chosen_and_collected(desk: Desk) -> None:
    case_id = await desk.phone_case()
    await desk.do("li", "nominate", case_id, title="三分钟找回走失老人", text="经过……")
    study = await desk.paper(case_id, "typical_case")
    assert (await desk.refused("chen", "rewrite_typical", case_id, paper_id=study["id"], title="改", text="改"))["rule"] == "S-3"
    await desk.do("li", "rewrite_typical", case_id, paper_id=study["id"], title="三分钟找回走失老人", text="经过:……。体会:……")
    assert (await desk.paper(case_id, "typical_case"))["data"]["text"] == "经过:……。体会:……"
    assert (await desk.journal(case_id))[-1][1]["before"] == "经过……"
    (paper,) = await desk.get("zeng", "/api/papers?noun=typical_case")
    week = paper["data"]["week"]
    assert [each["id"] for each in await desk.get("li", f"/api/typical-cases?week={week}")] == [paper["id"]]
    assert await desk.get("li", "/api/typical-cases") == []
    await desk.do("zeng", "choose_typical", case_id, paper_id=paper["id"], selected=True, comment="写得好")
    (chosen,) = await desk.get("auditor", "/api/typical-cases")
    assert (chosen["data"]["title"], chosen["opened_by"], chosen["state"]) == ("三分钟找回走失老人", "li", "selected")


@pytest.mark.rule("R-1")
async def test_nobody_who_does_not_answer_for_it_closes_it_and_a_leader_may(desk: Desk) -> None:
    case_id = await desk.phone_case(category="consultation", subcategory="legal", disposition="answered")
    assert (await desk.refused("chen", "close", case_id))["rule"] == "R-1"
    await desk.do("zeng", "close", case_id)
    assert (await desk.refused("zeng", "close", case_id))["rule"] == "R-20"
