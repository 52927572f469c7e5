"""F-2 to F-6, D-1 to D-10, R-10, W-7: a need becomes an order: dispatched, approved, printed, signed for, served, paid, filed."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from domain.orders import an_order as made_order
from openpyxl import load_workbook

from callcenter.db.catalogue_tables import provider, provider_service, service, service_version
from callcenter.db.duty_room_tables import duty_message
from callcenter.db.papers import paper_to
from callcenter.db.tables import paper
from callcenter.domain.papers.follow_up import FollowUp
from desk.conftest import Desk, days_ago

REPAIR, BATH, LOCKS = (UUID(int=n) for n in (901, 902, 903))
LAI, ZHONG, FIRM, CARE = (UUID(int=n) for n in (911, 912, 913, 914))


@pytest_asyncio.fixture
async def town(desk: Desk) -> Desk:
    """Repairs by two workers and a firm, bathing help (special) by a worker of our own, and a service that nobody does."""
    async with desk.service.database.engine.begin() as connection:
        for ident, ref, name, special in (
            (REPAIR, "FW1", "水电维修", False), (BATH, "FW2", "助浴", True), (LOCKS, "FW3", "开锁", False),
        ):  # fmt: skip
            await connection.execute(sa.insert(service).values(id=ident, ref=ref, category="repair"))
            await connection.execute(
                sa.insert(service_version).values(
                    service_id=ident, version=1, valid_from=date(2020, 1, 1), name=name, price=30, unit="次", special=special,
                    supplies=["工具箱", "鞋套"] if ident == REPAIR else [],
                )
            )  # fmt: skip
        for ident, ref, name, kind, does in (
            (LAI, "RY1", "赖水生", "worker", {REPAIR: None}), (ZHONG, "RY2", "钟秀兰", "worker", {REPAIR: None}),
            (FIRM, "DW1", "老钟维修", "partner", {REPAIR: 45}), (CARE, "RY3", "黄菊英", "worker", {BATH: None}),
        ):  # fmt: skip
            begins = date(2020, 1, 1) if kind == "partner" else None
            await connection.execute(sa.insert(provider).values(id=ident, ref=ref, name=name, kind=kind, contract_from=begins))
            rows = [{"provider_id": ident, "service_id": one, "price": price} for one, price in does.items()]
            await connection.execute(sa.insert(provider_service), rows)
    return desk


async def an_order(town: Desk, case_id: UUID | None = None, service_id: UUID = REPAIR, **more: Any) -> tuple[UUID, str]:
    case_id = case_id or await town.phone_case()
    done = await town.do("li", "open_order", case_id, service_id=str(service_id), **more)
    return case_id, done["paper_id"]


async def under_way(town: Desk, chosen: UUID = LAI, **more: Any) -> tuple[UUID, str]:
    """An order that somebody has signed for."""
    case_id, order = await an_order(town, **more)
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(chosen))
    await town.do("chen", "print_order", case_id, paper_id=order)
    await town.do("chen", "pick_up_order", case_id, paper_id=order, signature="赖水生", supplies=["工具箱", "鞋套"])
    return case_id, order


@pytest.mark.rule("R-10", "F-3", "F-4", "F-6", "D-1", "D-3", "D-5", "D-7", "C-2", "V-1")
async def test_a_need_goes_to_the_dispatch_group_to_the_door_and_back(town: Desk) -> None:
    case_id = await town.phone_case()
    assert [one["id"] for one in (await town.get("dispatcher", "/api/orders/missing"))["cases"]] == [str(case_id)]
    promised = datetime.now(UTC) + timedelta(hours=2)
    await town.do("li", "make_promise", case_id, manner="by_time", due_at=promised, text="师傅两小时内到")
    _, order = await an_order(town, case_id)
    assert (await town.get("dispatcher", "/api/orders/missing"))["cases"] == []
    assert (await town.get("dispatcher", "/api/orders/alerts"))["waiting"] == [order]  # what the dispatch desk hears (D-2)
    shown = await town.get("dispatcher", f"/api/orders/{order}")
    assert (shown["data"]["number"], shown["about"]["name"]) == (f"PG{days_ago(0).year}-000001", "王秀英")
    assert datetime.fromisoformat(shown["data"]["scheduled_for"]) == promised  # what the elder was promised
    choice = await town.get("dispatcher", f"/api/orders/{order}/choice")
    assert [(one["name"], one["place"]) for one in choice["candidates"]][:3] == [("赖水生", 1), ("钟秀兰", 2), ("老钟维修", 3)]
    for early in ("print_order", "arrive_order"):
        assert (await town.refused("li", early, case_id, paper_id=order))["rule"] in ("D-2", "F-4")
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(LAI))
    data = (await town.paper(case_id, "work_order"))["data"]
    assert (data["worker"], data["worker_id"], data["provider_id"]) == ("赖水生", str(LAI), None)
    assert (data["place"], data["price"]) == (1, 3000)
    assert "近 30 天" in data["why_zh"]  # the reason of the choice is kept
    assert data["dispatched_at"]  # the second hand-off
    assert (await town.refused("li", "pick_up_order", case_id, paper_id=order, signature="赖"))["rule"] == "F-4"  # not printed
    await town.do("li", "print_order", case_id, paper_id=order)
    short = await town.refused("chen", "pick_up_order", case_id, paper_id=order, signature="赖水生", supplies=["工具箱"])
    assert (short["rule"], "鞋套" in short["zh"]) == ("D-3", True)
    await town.do("chen", "pick_up_order", case_id, paper_id=order, signature="赖水生", supplies=["工具箱", "鞋套"])
    await town.do("li", "arrive_order", case_id, paper_id=order)
    assert (await town.paper(case_id, "promise"))["state"] == "kept"
    assert (await town.refused("li", "close", case_id))["rule"] == "S-6"
    assert "D-7" in {f["rule"] for f in (await town.get("li", f"/api/cases/{case_id}/closing"))["findings"] if not f["ok"]}
    await town.do("li", "complete_order", case_id, paper_id=order, result="换了水龙头,试水不漏", fee=3000)
    done = await town.paper(case_id, "work_order")
    assert (done["state"], done["data"]["fee_state"], done["data"]["fee"]) == ("completed", "posted", 3000)
    owed = (await town.paper(case_id, "follow_up"))["data"]
    assert (owed["kind"], owed["order_id"]) == ("service", order)  # F-6: followed up by itself

    assert (await town.refused("chen", "return_copy", case_id, paper_id=order, which="original"))["rule"] == "D-10"
    await town.do("dispatcher", "return_copy", case_id, paper_id=order, which="original")
    assert (await town.refused("dispatcher", "return_copy", case_id, paper_id=order, which="original"))["code"] == "copy_is_back"
    await town.do("chen", "return_copy", case_id, paper_id=order, which="copy")
    assert (await town.paper(case_id, "work_order"))["unfinished"]
    await town.do("finance", "receive_fee", case_id, paper_id=order, receipt_number="NO.0001", amount=3000, way="cash")
    assert (await town.paper(case_id, "work_order"))["state"] == "settled"
    kinds = [kind for kind, _ in await town.journal(case_id)]
    assert kinds == [
        "promise_made", "order_opened", "order_assigned", "order_printed", "order_picked_up", "promise_kept", "order_arrived",
        "order_completed", "order_original", "order_copy", "order_paid",
    ]  # fmt: skip


@pytest.mark.rule("R-10", "W-1")
async def test_what_nobody_serves_is_refused_with_the_way_to_the_unmet_need(town: Desk) -> None:
    case_id = await town.phone_case()
    problem = await town.refused("li", "open_order", case_id, service_id=str(LOCKS))
    assert (problem["rule"], "暂不能满足" in problem["remedy_zh"]) == ("R-10", True)
    assert (await town.refused("li", "open_order", case_id, service_id=str(uuid4())))["rule"] == "D-1"
    await town.do("li", "record_need", case_id, text="要开锁", referral="平安开锁")
    assert (await town.case(case_id)).category == "consultation"
    assert (await town.get("li", "/api/orders/missing"))["cases"] == []


@pytest.mark.rule("F-5", "W-7")
async def test_outside_and_special_services_are_approved_first_by_form_or_aloud(town: Desk) -> None:
    case_id, order = await an_order(town)
    wrong = await town.refused("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(FIRM))
    assert (wrong["rule"], "赖水生" in wrong["zh"]) == ("W-7", True)
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(FIRM), reason="老人指定原来的师傅")
    assert (await town.paper(case_id, "work_order"))["data"]["price"] == 4500
    for early in ("print_order", "complete_order"):
        args = {"result": "好"} if early == "complete_order" else {}
        assert (await town.refused("dispatcher", early, case_id, paper_id=order, **args))["code"] in (
            "illegal_move",
            "not_picked_up",
        )
    assert (await town.refused("dispatcher", "approve_order", case_id, paper_id=order, signer="罗"))["rule"] == "F-5"
    await town.do("department_head", "refuse_order", case_id, paper_id=order, reason="先用自己人")
    assert (await town.paper(case_id, "work_order"))["state"] == "asked"
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(FIRM), reason="老人指定原来的师傅")
    at = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    for leader in ("dispatcher", "chen"):
        asked = {"paper_id": order, "leader_id": str(town.people[leader]), "at": at, "text": "电话请示"}
        problem = await town.refused("dispatcher", "approve_order_aloud", case_id, **asked)
        assert problem["rule"] == "F-5"
    head = str(town.people["department_head"])
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    late = await town.refused("dispatcher", "approve_order_aloud", case_id, paper_id=order, leader_id=head, at=old, text="电话")
    assert late["code"] == "approved_when"
    await town.do("dispatcher", "approve_order_aloud", case_id, paper_id=order, leader_id=head, at=at, text="电话请示,同意外派")
    paper_ = await town.paper(case_id, "work_order")
    approval = paper_["data"]["approval"]
    assert (paper_["state"], approval["kind"], approval["name"], approval["text"]) == (
        "assigned", "spoken", "department_head", "电话请示,同意外派",
    )  # fmt: skip
    assert datetime.fromisoformat(approval["at"]) == datetime.fromisoformat(at)
    found = await town.get("zeng", "/api/orders/concentration")
    assert [(one["who"], one["overridden"]) for one in found] == [("老钟维修", 1)]

    special, bath = await an_order(town, service_id=BATH)  # our own worker, but a special service
    await town.do("dispatcher", "assign_order", special, paper_id=bath, chosen=str(CARE))
    assert (await town.paper(special, "work_order"))["state"] == "approval"
    await town.do("department_head", "approve_order", special, paper_id=bath, signer="廖美玲")
    assert (await town.paper(special, "work_order"))["data"]["approval"]["kind"] == "head"


@pytest.mark.rule("F-5", "R-11")
async def test_a_seat_who_is_named_for_the_day_is_told_so_and_approves(town: Desk) -> None:
    case_id, order = await an_order(town, service_id=BATH)
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(CARE))
    assert (await town.get("chen", "/api/me"))["may_sign"] is False
    assert (await town.refused("chen", "approve_order", case_id, paper_id=order, signer="陈"))["rule"] == "F-5"
    today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    body = {"agent_id": str(town.people["chen"]), "valid_from": today, "valid_until": today, "reason": "负责人出差"}
    assert (await town.ask("department_head", "POST", "/api/delegates", json=body))[0] == 201
    assert [(await town.get(user, "/api/me"))["may_sign"] for user in ("chen", "department_head", "li")] == [True, True, False]
    await town.do("chen", "approve_order", case_id, paper_id=order, signer="陈小芳")
    assert (await town.paper(case_id, "work_order"))["data"]["approval"]["kind"] == "delegate"


@pytest.mark.rule("D-9")
async def test_in_an_emergency_the_service_comes_first_and_the_order_is_owed(town: Desk) -> None:
    case_id = await town.phone_case()
    assert (await town.refused("li", "serve_first", case_id, service_id=str(REPAIR), reason=""))["rule"] == "D-9"
    done = await town.do("li", "serve_first", case_id, service_id=str(REPAIR), reason="水管爆裂,家中进水")
    (owed,) = (await town.get("dispatcher", "/api/orders/missing"))["owed"]
    opened, due = (datetime.fromisoformat(owed[name]) for name in ("opened_at", "due_at"))
    assert (owed["id"], due - opened) == (done["paper_id"], timedelta(hours=24))
    assert (await town.refused("li", "close", case_id))["rule"]
    assert await town.later("work_order", "back_fill") == 1
    assert (await town.paper(case_id, "work_order"))["overdue"]
    await town.do("dispatcher", "assign_order", case_id, paper_id=done["paper_id"], chosen=str(FIRM), reason="事发时只有他在附近")
    await town.do("department_head", "approve_order", case_id, paper_id=done["paper_id"], signer="廖美玲")
    await town.do("li", "complete_order", case_id, paper_id=done["paper_id"], result="已堵漏", fee=4500)
    paper_ = await town.paper(case_id, "work_order")
    assert (paper_["state"], bool(paper_["data"]["back_filled_at"])) == ("completed", True)
    assert (await town.get("dispatcher", "/api/orders/missing"))["owed"] == []
    lines = dict(await town.journal(case_id))
    (finding,) = [each for each in lines["order_assigned"]["receipt"] if each["rule"] == "D-9"]
    assert (finding["ok"], "逾期" in finding["zh"]) == (False, True)


@pytest.mark.rule("D-3", "F-3", "C-2")
async def test_the_clock_runs_from_hand_off_to_hand_off_and_the_desk_hears_of_lateness_first(town: Desk) -> None:
    case_id = await town.phone_case()
    due = datetime.now(UTC) + timedelta(hours=3)
    await town.do("li", "make_promise", case_id, manner="by_time", due_at=due, text="三小时内到")
    promise = await town.paper(case_id, "promise")
    _, order = await an_order(town, case_id)
    assert await town.later("work_order", "assign") == 1
    late = await town.paper(case_id, "work_order")
    assert (late["overdue"], late["data"]["late_assign"]) == (True, True)
    assert (await town.paper(case_id, "promise"))["data"]["warned"]  # long before it is due: call first
    moved = due + timedelta(hours=2)
    await town.do("li", "move_promise", case_id, paper_id=promise["id"], due_at=moved, told="已电话告知王阿姨")
    assert datetime.fromisoformat((await town.paper(case_id, "work_order"))["data"]["scheduled_for"]) == moved
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(LAI))
    pick_up = datetime.fromisoformat((await town.paper(case_id, "work_order"))["due_at"])
    assert abs(pick_up - (moved - timedelta(minutes=30))) < timedelta(seconds=1)
    assert await town.later("work_order", "pick_up") == 1
    assert (await town.paper(case_id, "promise"))["data"]["warned"]
    await town.do("li", "print_order", case_id, paper_id=order)
    await town.do("li", "pick_up_order", case_id, paper_id=order, signature="赖水生", supplies=["工具箱", "鞋套"])
    await town.do("li", "delay_order", case_id, paper_id=order, reason="上一家没做完", until=moved + timedelta(minutes=20))
    assert await town.later("work_order", "arrive") == 1
    data = (await town.paper(case_id, "work_order"))["data"]
    assert (data["late_pick_up"], data["late_arrive"], data["delay"]) == (True, True, "上一家没做完")
    await town.do("li", "complete_order", case_id, paper_id=order, result="修好", fee=0)
    assert await town.later("work_order", "return") == 1
    assert (await town.paper(case_id, "work_order"))["overdue"]


@pytest.mark.rule("D-4", "T-2")
async def test_an_urgent_incident_pages_the_leaders_until_measures_are_written(town: Desk) -> None:
    case_id, order = await under_way(town)
    await town.do("li", "report_incident", case_id, paper_id=order, text="缺配件,改明天")
    assert (await town.get("group_leader", "/api/orders/alerts"))["urgent"] == []
    await town.do("li", "report_incident", case_id, paper_id=order, text="老人突然头晕", urgent=True)
    (alert,) = (await town.get("group_leader", "/api/orders/alerts"))["urgent"]
    assert (alert["number"], alert["text"]) == (f"PG{days_ago(0).year}-000001", "老人突然头晕")
    (message,) = [one for one in (await town.get("group_leader", "/api/messages"))["messages"] if one["mine"]]
    assert ("老人突然头晕" in message["text"], message["from"], message["state"]) == (True, "li", "sent")
    assert await town.later("work_order", "measures") == 1  # nobody has written a word: again, and the head too
    assert [one["mine"] for one in (await town.get("department_head", "/api/messages"))["messages"] if one["mine"]] == [True]
    await town.do("group_leader", "record_measures", case_id, paper_id=order, place=2, text="停止作业,已请家属和社区医生")
    assert (await town.get("group_leader", "/api/orders/alerts"))["urgent"] == []
    assert await town.later("work_order", "measures") == 0
    assert [bool(one["measures"]) for one in (await town.paper(case_id, "work_order"))["data"]["exceptions"]] == [False, True]
    async with town.service.database.engine.connect() as connection:
        assert (await connection.scalar(sa.select(sa.func.count()).select_from(duty_message)) or 0) >= 4


@pytest.mark.rule("D-5", "D-7")
async def test_finance_receives_the_fee_once_by_number_and_a_month_is_filed_with_its_figures(town: Desk) -> None:
    made = [await under_way(town), await under_way(town, ZHONG)]
    for (case_id, order), fee in zip(made, (3000, 4550), strict=True):
        await town.do("li", "complete_order", case_id, paper_id=order, result="修好", fee=fee)
    (first, one), (second, two) = made
    wrong = await town.refused("finance", "receive_fee", first, paper_id=one, receipt_number="A1", amount=1, way="cash")
    assert (wrong["rule"], wrong["code"]) == ("D-5", "fee_differs")
    await town.do("dispatcher", "correct_fee", first, paper_id=one, fee=9900, reason="多填一小时")
    await town.do("dispatcher", "correct_fee", first, paper_id=one, fee=3000, reason="核对后仍为一小时")
    await town.do("finance", "receive_fee", first, paper_id=one, receipt_number="A1", amount=3000, way="cash")
    again = await town.refused("finance", "receive_fee", second, paper_id=two, receipt_number="A1", amount=4550, way="cash")
    assert (again["code"], f"PG{days_ago(0).year}-000001" in again["zh"]) == ("receipt_used", True)
    await town.do("finance", "void_receipt", first, paper_id=one, reason="票据打印错误")
    await town.do("finance", "receive_fee", second, paper_id=two, receipt_number="A1", amount=4550, way="mobile")
    await town.do("finance", "receive_fee", first, paper_id=one, receipt_number="A2", amount=3000, way="cash")
    fees = await town.get("finance", "/api/fees")
    assert fees["total"] == {"count": 2, "posted": 0, "paid": 7550}
    assert (len(fees["days"]), fees["providers"][0]["who"], fees["providers"][0]["paid"]) == (1, "钟秀兰", 4550)
    pages = [await town.get("finance", f"/api/fees?limit=1&offset={offset}") for offset in range(3)]
    assert [[one["id"] for one in page["items"]] for page in pages] == [[two], [one], []]  # the latest first
    assert [page["total"] for page in pages] == [fees["total"]] * 3  # sums are of all, whatever is shown
    found = {text: await town.get("finance", f"/api/fees?q={text}") for text in ("a2", f"PG{days_ago(0).year}-000002", "%")}
    assert [[one["id"] for one in page["items"]] for page in found.values()] == [[one], [two], []]
    assert all(page["total"] == fees["total"] for page in found.values())
    async with town.client.get("/api/fees/export", headers={"Cookie": await town.cookie("finance")}) as response:
        sheet = load_workbook(io.BytesIO(await response.read())).worksheets[0]
    rows = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[f"PG{days_ago(0).year}-000001"][6:9] == ("30.00", "已收", "A2")
    assert rows[f"PG{days_ago(0).year}-000001"][11] == "A1(票据打印错误)"

    for case_id, order in made:
        await town.do("dispatcher", "return_copy", case_id, paper_id=order, which="original")
    await town.do("li", "return_copy", first, paper_id=one, which="copy")
    lost = {"paper_id": two, "which": "copy", "lost": True}
    assert (await town.refused("li", "return_copy", second, **lost))["rule"] == "D-5"  # a lost copy is explained
    await town.do("li", "return_copy", second, **lost, note="淋湿损毁")
    # A receipt found wrong after all was settled: owed again, and settled again.
    await town.do("finance", "void_receipt", second, paper_id=two, reason="抬头错误")
    assert (await town.paper(second, "work_order"))["state"] == "completed"
    assert (await town.refused("dispatcher", "correct_fee", first, paper_id=one, fee=1, reason="x"))["rule"] == "D-5"
    await town.do("finance", "receive_fee", second, paper_id=two, receipt_number="A3", amount=4550, way="cash")
    month = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m}"
    assert (await town.do("group_leader", "archive_orders", month=month))["count"] == 2
    assert (await town.do("group_leader", "archive_orders", month=month))["count"] == 0
    figures = await town.get("auditor", f"/api/orders/month?month={month}")
    assert (figures["total"]["completed"], figures["total"]["archived"], figures["total"]["fee"]) == (2, 2, 7550)
    assert [(row["service"], row["count"]) for row in figures["services"]] == [("水电维修", 2)]
    assert [(row["who"], row["count"]) for row in figures["providers"]] == [("赖水生", 1), ("钟秀兰", 1)]


@pytest.mark.rule("D-7")
async def test_no_life_help_closes_without_an_order_and_the_order_of_who_needs_it_no_more_is_cancelled(town: Desk) -> None:
    case_id = await town.phone_case()
    await town.do("li", "reply", case_id, way="phone", to="王阿姨", text="好了")
    await town.do("li", "give_feedback", case_id, result="satisfied", text="都好", by_whom="本人")
    problem = await town.refused("li", "close", case_id)
    assert ([f["rule"] for f in problem["findings"] if not f["ok"]], "补派工单" in problem["remedy_zh"]) == (["D-7"], True)
    _, order = await an_order(town, case_id)
    assert (await town.refused("li", "close", case_id))["rule"] == "D-7"
    await town.do("li", "cancel_order", case_id, paper_id=order, reason="老人自己修好了,已告知")
    await town.do("li", "close", case_id)
    assert (await town.case(case_id)).state == "closed"


@pytest.mark.rule("D-7")
async def test_numbers_of_orders_are_in_turn_without_a_gap_whatever_fails_between(town: Desk) -> None:
    cases = [await town.phone_case() for _ in range(6)]
    ids = [str(uuid4()) for _ in cases]

    async def opened(case_id: UUID, paper_id: str) -> None:
        await town.do("li", "open_order", case_id, paper_id=paper_id, service_id=str(REPAIR))

    await asyncio.gather(*(opened(*each) for each in zip(cases, ids, strict=True)))
    await town.refused("li", "open_order", cases[0], service_id=str(LOCKS))
    await opened(cases[0], ids[0])  # told twice is one order
    await an_order(town)
    async with town.service.database.engine.connect() as connection:
        query = sa.select(paper.c.data["number"].astext).where(paper.c.noun == "work_order").order_by(paper.c.opened_at)
        numbers = list(await connection.scalars(query))
    assert sorted(numbers) == [f"PG{days_ago(0).year}-{place:06}" for place in range(1, 8)]


@pytest.mark.rule("D-10", "F-2")
async def test_the_rules_bind_the_front_desk_and_the_whole_department_and_each_post_does_its_own(town: Desk) -> None:
    case_id, order = await an_order(town)
    for role in ("finance", "business_development", "auditor"):
        for command in ("assign_order", "print_order", "complete_order"):
            status, _ = await town.ask(role, "POST", f"/api/desk/{command}", json={"case_id": str(case_id), "paper_id": order})
            assert status == 403, (role, command)
    assert (await town.ask("li", "POST", "/api/desk/assign_order", json={}))[0] == 403  # the front desk does not choose who goes
    for role in ("dispatcher", "group_leader", "zeng", "department_head"):
        assert (await town.ask(role, "GET", f"/api/orders/{order}/choice"))[0] == 200
    found = await town.get("dispatcher", "/api/directory?q=水电维修")  # F-2: what it is and what it costs, to explain it
    assert found is not None


@pytest.mark.rule("D-8", "W-7", "R-14")
async def test_what_went_wrong_weighs_in_who_is_sent_next_and_stands_beside_the_name(town: Desk) -> None:
    """Both have had as much work; one was late and had a serious accident. The score is that of the report."""
    case_id, order = await an_order(town)
    done = {"state": "completed", "number": "", "service_id": REPAIR, "completed_at": datetime.now(UTC)}
    done |= {"assigned_at": datetime.now(UTC)}
    worked = [
        made_order(case_id, datetime.now(UTC), id=uuid4(), worker_id=who, worker=name, **done, **more)
        for who, name, more in ((LAI, "赖水生", {"late_arrive": True}), (ZHONG, "钟秀兰", {}))
    ]  # fmt: skip
    asked: dict[str, Any] = {"case_id": case_id, "state": "done", "opened_at": datetime.now(UTC), "kind": "service"}
    said = [FollowUp(id=uuid4(), order_id=one.id, satisfaction=5, **asked) for one in worked]
    # A second person heard something bad, of the better one: a check judges who asked, not who served.
    check = FollowUp(id=uuid4(), order_id=worked[1].id, satisfaction=1, spot_check_of=said[1].id, **asked)
    async with town.service.database.engine.begin() as connection:
        rows = [paper_to(one) | {"opened_at": one.opened_at} for one in (*worked, *said, check)]
        await connection.execute(sa.insert(paper).values(rows))
    first, second, *_ = (await town.get("dispatcher", f"/api/orders/{order}/choice"))["candidates"]
    assert [one["name"] for one in (first, second)] == ["钟秀兰", "赖水生"]  # 5.0 against 4.0: late with the only order
    body = {"day": (datetime.now(UTC) + timedelta(hours=8)).date().isoformat(), "severity": "serious", "text": "打碎玻璃,老人割伤"}
    assert (await town.ask("zeng", "POST", f"/api/providers/{LAI}/incidents", json=body))[0] == 200
    ranked = (await town.get("dispatcher", f"/api/orders/{order}/choice"))["candidates"]
    first, last = [one for one in ranked if one["kind"] == "worker" and one["place"]]
    assert (first["name"], last["name"]) == ("钟秀兰", "赖水生")
    reasons = {reason["code"]: reason["zh"] for reason in last["reasons"]}
    assert "评分 3.0" in reasons["turn"]
    assert reasons["score"] == "评分依据:回访满意 5.0(1 次),1 单中逾期 1(−1.0),严重事故 1(−1.0)"
    report = await town.get("zeng", "/api/reports/providers")
    assert {row["name"]: row["score"] for row in report["tables"][0]["rows"] if row["score"]} == {"钟秀兰": 5.0, "赖水生": 3.0}
    await town.do("dispatcher", "assign_order", case_id, paper_id=order, chosen=str(ZHONG))
    assert "评分依据:回访满意 5.0(1 次)" in (await town.get("dispatcher", f"/api/orders/{order}"))["data"]["why_zh"]
