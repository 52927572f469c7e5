"""C-2: 马上到/×点到/预约×点. What an elder was promised is counted down, and when it will be late we call first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from desk.conftest import Desk


@pytest.mark.rule("C-2")
async def test_a_promise_is_counted_down_warned_of_and_late(desk: Desk) -> None:
    case_id = await desk.phone_case()
    due = datetime.now(UTC) + timedelta(hours=2)
    await desk.do("li", "make_promise", case_id, manner="by_time", due_at=due, text="维修师傅15点到")
    promise = await desk.paper(case_id, "promise")
    assert (promise["state"], promise["unfinished"], promise["owner"]) == ("open", True, "li")
    assert [paper["id"] for paper in await desk.get("li", "/api/papers")] == [promise["id"]]
    assert await desk.get("chen", "/api/papers") == []

    assert await desk.later("promise", "soon") == 1
    assert (await desk.paper(case_id, "promise"))["data"]["warned"]
    problem = await desk.refused("li", "move_promise", case_id, paper_id=promise["id"], due_at=due + timedelta(hours=1), told="")
    assert problem["rule"] == "C-2"  # nobody is moved to another time without being told
    told = "14:20 已电话告知王阿姨,改为16点"
    await desk.do("li", "move_promise", case_id, paper_id=promise["id"], due_at=due + timedelta(hours=1), told=told)

    assert await desk.later("promise", "late") == 1
    assert await desk.later("promise", "late") == 0  # told once
    late = await desk.paper(case_id, "promise")
    assert (late["overdue"], late["data"]["late"], late["unfinished"]) == (True, True, True)
    await desk.do("li", "keep_promise", case_id, paper_id=promise["id"], note="师傅已到")
    lines = await desk.journal(case_id)
    assert [kind for kind, _ in lines] == ["promise_made", "promise_soon", "promise_moved", "promise_late", "promise_kept"]
    assert lines[-1][1]["receipt"] == [
        {"rule": "C-2", "ok": False, "zh": "逾期后兑现", "en": "kept, but late", "remedy_zh": "", "remedy_en": ""}
    ]


@pytest.mark.rule("C-2")
async def test_at_once_means_the_centres_own_minutes_and_a_promise_sent_twice_is_one(desk: Desk) -> None:
    case_id, paper_id = await desk.phone_case(), str(uuid4())
    for _ in range(2):
        await desk.do("li", "make_promise", case_id, paper_id=paper_id, manner="immediate", text="马上到")
    promise = await desk.paper(case_id, "promise")
    assert promise["id"] == paper_id
    assert [kind for kind, _ in await desk.journal(case_id)] == ["promise_made"]
    opened, due = (datetime.fromisoformat(promise[name]) for name in ("opened_at", "due_at"))
    assert due - opened == timedelta(minutes=30)


@pytest.mark.rule("R-1")
async def test_only_who_answers_for_the_case_promises(desk: Desk) -> None:
    case_id = await desk.phone_case()
    problem = await desk.refused("chen", "make_promise", case_id, manner="immediate", text="马上到")
    assert (problem["code"], problem["rule"]) == ("not_your_case", "R-1")
    status, _ = await desk.ask("auditor", "POST", "/api/desk/make_promise", json={})
    assert status == 403
    assert (await desk.ask("chen", "GET", f"/api/cases/{case_id}/papers"))[0] == 403
