"""S-8: the weekly meeting's paper, from what people did through the public interface; signed, it stays as it was read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from callcenter.db.papers import paper_to
from callcenter.db.report_tables import weekly_remark
from callcenter.db.tables import journal, paper
from callcenter.domain.papers.follow_up import FollowUp
from callcenter.domain.period import week_of
from desk.conftest import Desk, days_ago


def weeks_ago(ago: int) -> str:
    """A week of the centre's; 0 is this one."""
    return week_of(days_ago(7 * ago))


async def digest(desk: Desk, user: str, week: str) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    found = await desk.get(user, f"/api/reports/weeks/{week}")
    return found, {table["key"]: table["rows"] for table in found["tables"]}


async def a_week(desk: Desk) -> dict[str, Any]:
    """What happens in a week: kept and late promises, an unreasonable case, an unmet need, cases with and without follow-up."""
    cases: dict[str, Any] = {}
    cases["promised"] = await desk.phone_case()
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await desk.do(
        "li", "make_promise", cases["promised"], manner="by_time", due_at=datetime.now(UTC) + timedelta(hours=1), text="师傅15点到"
    )
    async with desk.service.database.engine.begin() as connection:  # its hour is past
        await connection.execute(sa.update(paper).values(due_at=soon - timedelta(seconds=2)))
    assert await desk.later("promise", "late") == 1
    cases["asked"] = await desk.phone_case("chen", category="consultation", subcategory="affairs")
    await desk.do("chen", "owe_answer", cases["asked"], question="高龄津贴何时发", told="查后回复")
    cases["refused"] = await desk.phone_case("chen", category="life_help", subcategory="other")
    await desk.do("chen", "judge_unreasonable", cases["refused"], reason="harassment", explanation="已说明热线用途")
    cases["need"] = await desk.phone_case()
    await desk.do("li", "record_need", cases["need"], text="要人修老式收音机", referral="象湖家电维修部")
    for name, outcome in (("told", "satisfied"), ("silent", None)):
        now = datetime.now(UTC)
        cases[name] = await desk.phone_case(state="closed", closed_at=now, subcategory="cleaning")
        if outcome:
            asked = FollowUp(id=uuid4(), case_id=cases[name], state="done", opened_at=now, kind="after_closure", outcome=outcome)
            # A second person asked again, without an end: a check is no follow-up, and spoils none.
            check = replace(asked, id=uuid4(), state="missed", outcome="missed", spot_check_of=asked.id)
            async with desk.service.database.engine.begin() as connection:
                await connection.execute(sa.insert(paper).values([paper_to(one) | {"opened_at": now} for one in (asked, check)]))
    async with desk.service.database.engine.begin() as connection:
        line = {"case_id": cases["told"], "seq": 1, "at": datetime.now(UTC), "kind": "answered", "data": {}, "hash": b"",
                "agent_id": desk.people["li"]}  # fmt: skip
        await connection.execute(sa.insert(journal).values(line))
    await desk.do("li", "nominate", cases["told"], title="夜里的水管", text="王阿姨夜里来电……")
    return cases


@pytest.mark.rule("S-8")
@pytest.mark.rule("R-6")
@pytest.mark.rule("R-8")
@pytest.mark.rule("R-10")
@pytest.mark.rule("R-14")
async def test_a_week_on_paper(desk: Desk) -> None:
    cases = await a_week(desk)
    numbers = {name: (await desk.case(case_id)).number for name, case_id in cases.items()}
    _, tables = await digest(desk, "zeng", weeks_ago(0))
    people = {row["name"]: row for row in tables["people"]}
    keys = ("answered", "opened", "closed", "open", "promises", "promises_late", "nominated", "selected", "short")
    assert [people["li"][key] for key in keys] == [1, 4, 2, 2, 1, 1, 1, 0, 0]
    assert [people["chen"][key] for key in keys] == [0, 2, 0, 2, 0, 0, 0, 0, 1]
    assert {row["number"] for row in tables["open"]} == {numbers[name] for name in ("promised", "asked", "need", "refused")}
    standing = {row["number"]: row["standing"] for row in tables["open"]}
    assert "承诺:师傅15点到(" in standing[numbers["promised"]]
    assert "已逾期" in standing[numbers["promised"]]
    assert "待答复:高龄津贴何时发(" in standing[numbers["asked"]]
    assert [(row["number"], row["who"], row["reason"], row["text"]) for row in tables["unreasonable"]] == [
        (numbers["refused"], "王秀英", "骚扰", "已说明热线用途")
    ]
    assert [(row["number"], row["text"], row["referral"], row["state"]) for row in tables["needs"]] == [
        (numbers["need"], "要人修老式收音机", "象湖家电维修部", "待交业务发展部")
    ]
    assert [(row["paper"], row["number"], row["answers"], row["done"]) for row in tables["late"]] == [
        ("承诺", numbers["promised"], "li", "仍未办结")
    ]
    keys = ("closed", "reached", "pending", "missed", "share")
    coverage = {row["name"]: tuple(row[key] for key in keys) for row in tables["coverage"]}
    assert coverage == {"服务咨询": (0, 0, 0, 0, None), "生活帮助": (2, 1, 0, 1, 0.5), "紧急救援": (0, 0, 0, 0, None)}
    assert [row["number"] for row in tables["misses"]] == [numbers["silent"]]
    assert [(row["title"], row["by"], row["chosen"]) for row in tables["typical"]] == [("夜里的水管", "li", "待选")]

    (case_study,) = await desk.get("zeng", f"/api/typical-cases?week={weeks_ago(0)}")
    await desk.do("zeng", "choose_typical", cases["told"], paper_id=case_study["id"], selected=True, comment="细致")
    _, tables = await digest(desk, "department_head", weeks_ago(0))
    assert [row["chosen"] for row in tables["typical"]] == ["入选"]
    book = await desk.get("li", f"/api/reports/collection?first={days_ago(0)}&last={days_ago(0)}")
    assert [(row["title"], row["comment"]) for row in book["tables"][0]["rows"]] == [("夜里的水管", "细致")]


@pytest.mark.rule("S-8")
async def test_each_writes_a_remark_the_head_signs_and_what_was_signed_stays(desk: Desk) -> None:
    for case_id in (await a_week(desk)).values():
        await desk.age(case_id, minutes=7 * 24 * 60)
    status, problem = await desk.ask(
        "department_head", "POST", f"/api/reports/weeks/{weeks_ago(-1)}/sign", json={"signer": "廖美玲"}
    )
    assert (status, problem["code"], problem["rule"]) == (422, "week_runs", "S-8")
    mine, tables = await digest(desk, "li", weeks_ago(1))
    assert set(tables) == {"people", "open"}  # a seat reads its own lines
    assert [row["name"] for row in tables["people"]] == ["li"]
    assert {row["owner"] for row in tables["open"]} == {"li"}
    assert mine["may_sign"] is False
    path = f"/api/reports/weeks/{weeks_ago(1)}"
    for text in ("本周来电以维修为主", "本周来电以维修为主,建议增加水电师傅"):
        status, _ = await desk.ask("li", "POST", f"{path}/remark", json={"text": text})
        assert status == 200
    await desk.ask("chen", "POST", f"{path}/remark", json={"text": "一切正常"})
    whole, _ = await digest(desk, "department_head", weeks_ago(1))
    assert {one["name"]: one["text"] for one in whole["remarks"]} == {
        "li": "本周来电以维修为主,建议增加水电师傅",
        "chen": "一切正常",
    }
    assert [one["name"] for one in (await digest(desk, "chen", weeks_ago(1)))[0]["remarks"]] == ["chen"]

    plain, tables = await digest(desk, "admin", weeks_ago(1))  # figures, and nothing about people
    assert plain["remarks"] == []
    assert "who" not in tables["open"][0]
    assert "standing" not in tables["open"][0]
    assert "王秀英" not in str(plain)

    status, problem = await desk.ask("zeng", "POST", f"{path}/sign", json={"signer": "曾国平"})
    assert (status, problem["code"], problem["rule"]) == (403, "may_not_sign", "S-8")
    today = days_ago(0).isoformat()
    body = {"agent_id": str(desk.people["zeng"]), "valid_from": today, "valid_until": today, "reason": "出差"}
    assert (await desk.ask("department_head", "POST", "/api/delegates", json=body))[0] == 201
    assert (await digest(desk, "zeng", weeks_ago(1)))[0]["may_sign"] is True
    status, signed = await desk.ask("zeng", "POST", f"{path}/sign", json={"signer": "曾国平", "remark": "同意增加"})
    assert (status, signed["signed"]["signer"], signed["signed"]["remark"]) == (200, "曾国平", "同意增加")
    for user, change in (("department_head", "sign"), ("li", "remark")):
        status, problem = await desk.ask(
            user, "POST", f"{path}/{change}", json={"signer": "x"} if change == "sign" else {"text": "x"}
        )
        assert (status, problem["code"]) == (409, "week_signed")
    await desk.age(await desk.phone_case(), minutes=7 * 24 * 60)
    after, _ = await digest(desk, "department_head", weeks_ago(1))
    assert after["tables"] == signed["tables"]  # what was read stays
    assert len(after["remarks"]) == 2

    cookie = await desk._cookie("department_head")
    async with desk.client.get(f"{path}/export", headers={"Cookie": f"cc_session={cookie}"}) as response:
        book = load_workbook(BytesIO(await response.read()))
    assert book.sheetnames[0] == "各坐席一周工作"
    assert book["书面小结"].cell(2, 2).value in ("一切正常", "本周来电以维修为主,建议增加水电师傅")
    async with desk.service.database.engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(weekly_remark)) == 3  # nothing is overwritten
    assert (await desk.ask("zeng", "GET", "/api/reports/weeks/2026-W60"))[0] == 404


@pytest.mark.rule("S-8")
async def test_of_two_who_sign_at_once_one_does_and_what_was_written_before_the_signature_is_in_it(desk: Desk) -> None:
    path = f"/api/reports/weeks/{weeks_ago(1)}"
    async with desk.service.database.engine.connect() as holds:  # somebody is writing a remark: both signatures wait for its end
        await holds.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:week, 0))"), {"week": f"week {weeks_ago(1)}"})
        signing = [
            asyncio.create_task(desk.ask("department_head", "POST", f"{path}/sign", json={"signer": name})) for name in ("甲", "乙")
        ]
        async with asyncio.timeout(10), desk.service.database.engine.connect() as looking:
            waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            while await looking.scalar(waiting) != 2:
                await asyncio.sleep(0.02)
                assert not any(one.done() for one in signing), "nobody signs while it is written"
        values = {"week": weeks_ago(1), "agent_id": desk.people["li"], "text": "最后一刻的小结"}
        await holds.execute(sa.insert(weekly_remark).values(**values))
        await holds.commit()
        answers = await asyncio.gather(*signing)
    assert sorted((status, body.get("code")) for status, body in answers) == [(200, None), (409, "week_signed")]
    signed, _ = await digest(desk, "department_head", weeks_ago(1))
    assert [one["text"] for one in signed["remarks"]] == ["最后一刻的小结"]
