"""T-4, S-2, D-7: every figure of the reports, reckoned a second time from what was planted."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from callcenter.db.catalogue_tables import provider, provider_incident, service
from callcenter.db.report_tables import call_seen
from callcenter.db.tables import case, journal, leg, paper, task
from callcenter.reports.service_level import GOALS
from desk.conftest import Desk

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 11, 9)  # a Monday
LAST = FIRST + timedelta(days=13)
COUNTED = ("terminal", "hotline", "safe_mode")


@dataclass
class Planted:
    """One call as it was; ``wait``: seconds until the first answer, None when nobody answered."""

    id: UUID
    at: datetime
    source: str
    kind: str
    wait: float | None
    owed: bool
    called_back: bool
    closed_hours: bool
    seat: str | None
    agent: UUID | None

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZONE)


def invent(seed: int, agents: list[UUID], count: int = 120) -> list[Planted]:
    """Calls at every hour, also in the seconds around midnight and just outside the two weeks."""
    rng = random.Random(seed)
    begins = datetime.combine(FIRST, datetime.min.time(), ZONE)
    found = []
    for _ in range(count):
        offset = rng.choice([rng.uniform(-86_400, 15 * 86_400), rng.randrange(15) * 86_400 + rng.choice((-1, 0, 1))])
        kind = rng.choice(("emergency", "life_help", "life_help"))
        source = rng.choice((*COUNTED, *COUNTED, "drill", "probe", "outbound", "web"))
        wait = rng.choice((None, rng.choice((5.0, 10.0, 15.0, 15.5, 60.0, 179.0, 181.0, 600.0))))
        owed = wait is None and rng.random() < 0.8
        closed = owed and kind == "life_help" and rng.random() < 0.3
        who = rng.randrange(len(agents)) if wait is not None else None
        found.append(
            Planted(
                uuid4(), begins + timedelta(seconds=offset), source, kind, wait, owed, owed and rng.random() < 0.5, closed,
                None if who is None else f"800{who + 1}", None if who is None else agents[who],
            )
        )  # fmt: skip
    return found


async def plant(desk: Desk, calls: list[Planted]) -> None:
    """The rows as the service would have left them. A call-back that was made has answered the case late: it counts as given up."""
    cases, legs, tasks, lines = [], [], [], []
    for number, call in enumerate(calls):
        back = call.at + timedelta(hours=1)
        answered = call.at + timedelta(seconds=call.wait) if call.wait is not None else back if call.called_back else None
        cases.append(
            {
                "id": call.id, "number": f"P-{number:06}", "kind": call.kind, "source": call.source, "line": "079796602",
                "state": "closed" if answered else "open", "opened_at": call.at, "pressed_at": call.at, "answered_at": answered,
                "ended_at": call.at, "closed_at": answered, "seat": call.seat, "agent_id": call.agent,
                "category": "consultation", "subcategory": "legal", "opens_at": back if call.closed_hours else None,
            }
        )  # fmt: skip
        legs.append(
            {"id": f"leg-{number}", "case_id": call.id, "party": "caller", "node": "main", "state": "down", "started_at": call.at}
        )
        if call.owed:
            state = "done" if call.called_back else "open"
            tasks.append(
                {"id": uuid4(), "case_id": call.id, "kind": "call_back", "created_at": call.at, "due_at": back, "state": state}
            )
    async with desk.service.database.engine.begin() as connection:
        for table, rows in ((case, cases), (leg, legs), (task, tasks), (journal, lines)):
            if rows:
                await connection.execute(sa.insert(table), rows)


def expected(calls: list[Planted]) -> dict[str, Any]:
    """The same figures, reckoned in the plainest way."""
    inside = [one for one in calls if not one.closed_hours]
    waits = sorted(one.wait for one in calls if one.wait is not None)
    red = [one for one in calls if one.kind == "emergency"]

    def part(some: list[Planted], whole: list[Planted], most: float) -> float | None:
        return round(sum(one.wait is not None and one.wait <= most for one in some) / len(whole), 4) if whole else None

    def percentile() -> float | None:
        if not waits:
            return None
        place = 0.95 * (len(waits) - 1)
        low, high = waits[math.floor(place)], waits[math.ceil(place)]
        return round(low + (high - low) * (place - math.floor(place)), 1)

    return {
        "calls": len(inside), "answered": len(waits), "in_15": sum(wait <= 15 for wait in waits),
        "share_15": part(calls, inside, 15.0), "abandoned": sum(one.owed for one in inside),
        "called_back": sum(one.owed and one.called_back for one in inside), "missed": sum(one.wait is None for one in inside),
        "out_of_hours": len(calls) - len(inside), "wait": round(sum(waits) / len(waits), 1) if waits else None,
        "wait_95": percentile(), "longest": waits[-1] if waits else None, "emergencies": len(red),
        "share_10": part(red, red, 10.0), "share_60": part(red, red, 60.0), "share_180": part(red, red, 180.0),
    }  # fmt: skip


KEYS: dict[str, Callable[[Planted], str]] = {
    "day": lambda one: one.local.strftime("%Y-%m-%d"),
    "week": lambda one: "{}-W{:02}".format(*one.local.isocalendar()[:2]),
    "month": lambda one: one.local.strftime("%Y-%m"),
    "hour": lambda one: one.local.strftime("%H:00"),
    "line": lambda _: "079796602 生活帮助",
    "seat": lambda one: f"{one.seat} {one.seat}" if one.seat else "—",
    "person": lambda _: "",
}


@pytest.mark.rule("T-4")
@pytest.mark.rule("S-2")
@pytest.mark.rule("D-7")
@pytest.mark.parametrize("seed", range(3))
async def test_the_service_level_is_what_a_plain_count_says(desk: Desk, seed: int) -> None:
    agents = [desk.people["li"], desk.people["chen"]]
    calls = invent(seed, agents)
    await plant(desk, calls)
    names = {desk.people["li"]: "li", desk.people["chen"]: "chen", None: "—"}
    begins = datetime.combine(FIRST, datetime.min.time(), ZONE)
    ends = begins + timedelta(days=14)
    counted = [one for one in calls if one.source in COUNTED and begins <= one.at < ends]
    assert {one.source for one in calls if one not in counted} >= {"drill", "probe", "outbound", "web"}
    for by, key_of in KEYS.items():
        report = await desk.get("zeng", f"/api/reports/service?first={FIRST}&last={LAST}&by={by}")
        table = report["tables"][0]
        groups: dict[str, list[Planted]] = {}
        for one in counted:
            groups.setdefault(names[one.agent] if by == "person" else key_of(one), []).append(one)
        assert {row["key"]: row for row in table["rows"]} == {
            key: {"key": key, **expected(those)} for key, those in groups.items()
        }, by
        assert table["total"] == {"key": "合计", **expected(counted)}, by
        assert report["goals"] == GOALS

    # The same calls by day, and what a case is: everything but drills and test presses.
    report = await desk.get("department_head", f"/api/reports/calls?first={FIRST}&last={LAST}")
    days = {row["day"]: row for row in report["tables"][0]["rows"]}
    real = [one for one in calls if one.source not in ("drill", "probe") and begins <= one.at < ends]
    for day in (FIRST + timedelta(days=n) for n in range(14)):
        those = [one for one in real if one.local.date() == day]
        assert days[str(day)]["opened"] == len(those)
        assert days[str(day)]["calls_in"] == sum(one.source != "outbound" for one in those)
        assert days[str(day)]["calls_out"] == sum(one.source == "outbound" for one in those)
        assert days[str(day)]["emergencies"] == sum(one.kind == "emergency" for one in those)
        answered = [one for one in calls if one.source not in ("drill", "probe") and (one.wait is not None or one.called_back)]
        closed = [one.at + timedelta(seconds=one.wait if one.wait is not None else 3600) for one in answered]
        assert days[str(day)]["closed"] == sum(at.astimezone(ZONE).date() == day for at in closed)
    assert sum(row["opened"] for row in report["tables"][2]["rows"]) == len(real)


async def test_the_excel_file_holds_figures_that_can_be_reckoned_with(desk: Desk) -> None:
    await plant(desk, invent(7, [desk.people["li"], desk.people["chen"]], 30))
    shown = await desk.get("zeng", f"/api/reports/service?first={FIRST}&last={LAST}")
    cookie = await desk._cookie("zeng")
    path = f"/api/reports/service/export?first={FIRST}&last={LAST}"
    async with desk.client.get(path, headers={"Cookie": f"cc_session={cookie}"}) as response:
        assert response.status == 200
        assert "%E6%9C%8D%E5%8A%A1" in response.headers["Content-Disposition"]
        book = load_workbook(BytesIO(await response.read()))
    assert book.sheetnames == ["接听服务水平", "紧急来电接听"]
    sheet = book["接听服务水平"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == [column["zh"] for column in shown["tables"][0]["columns"]]
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[0] == "合计"
    assert last[1] == shown["tables"][0]["total"]["calls"]
    assert isinstance(last[1], int)


@pytest.mark.rule("D-8")
@pytest.mark.rule("W-7")
async def test_providers_are_judged_by_what_elders_said_what_went_wrong_and_what_came_late(desk: Desk) -> None:
    good, bad, quiet, kind = uuid4(), uuid4(), uuid4(), uuid4()
    at = datetime.combine(FIRST, datetime.min.time(), ZONE) + timedelta(hours=9)
    case_id = await desk.phone_case()
    orders, answers = [], []
    for number in range(12):
        who = good if number % 3 else bad
        order = uuid4()
        given_by = desk.people["dispatcher"] if who == bad else desk.people["group_leader"]
        data = {
            "number": f"PG{number}", "service": "家电维修", "provider_id": str(who), "worker_id": None, "fee": 5000 + number,
            "fee_state": "paid" if number % 2 else "posted", "assigned_by": str(given_by), "completed_at": at.isoformat(),
            "override_reason": "顺路" if number == 0 else "", "late_arrive": who == bad and number < 6,
        }  # fmt: skip
        orders.append({"id": order, "case_id": case_id, "noun": "work_order", "state": "completed", "unfinished": False,
                       "opened_at": at, "data": data})  # fmt: skip
        said = {"kind": "service", "order_id": str(order), "satisfaction": 2 if who == bad else 5}
        answers.append(
            {
                "id": uuid4(),
                "case_id": case_id,
                "noun": "follow_up",
                "state": "done",
                "unfinished": False,
                "opened_at": at,
                "data": said,
            }
        )
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(sa.insert(service).values(id=kind, ref="FW008", category="repair"))
        firms = [(good, "DW001", "安心"), (bad, "DW002", "老周"), (quiet, "DW003", "新来")]
        await connection.execute(
            sa.insert(provider), [{"id": i, "ref": ref, "name": name, "kind": "partner"} for i, ref, name in firms]
        )
        await connection.execute(sa.insert(paper), orders)
        await connection.execute(sa.insert(paper), answers)
        incident = {
            "id": uuid4(),
            "provider_id": bad,
            "day": FIRST,
            "severity": "minor",
            "text": "迟到",
            "agent_id": desk.people["zeng"],
        }
        await connection.execute(sa.insert(provider_incident).values(incident))
    report = await desk.get("business_development", f"/api/reports/providers?first={FIRST}&last={LAST}")
    rows = {row["name"]: row for row in report["tables"][0]["rows"]}
    keys = ("orders", "completed", "late", "late_share", "asked", "satisfaction", "dissatisfied", "minor", "score")
    assert [rows["安心"][key] for key in keys] == [8, 8, 0, 0.0, 8, 5.0, 0, 0, 5.0]
    assert [rows["老周"][key] for key in keys] == [4, 4, 2, 0.5, 4, 2.0, 4, 1, 1.3]  # 2 − 0.2 − 0.5
    assert (rows["新来"]["orders"], rows["新来"]["score"]) == (0, None)
    by_service = report["tables"][1]["rows"]
    assert [(row["name"], row["orders"], row["asked"], row["satisfaction"]) for row in by_service] == [("家电维修", 12, 12, 4.0)]
    favours = {(row["agent"], row["provider"]): row for row in report["tables"][2]["rows"]}
    assert favours["dispatcher", "老周"]["share"] == 1.0
    assert favours["dispatcher", "老周"]["overridden"] == 1

    fees = await desk.get("finance", f"/api/reports/fees?first={FIRST}&last={LAST}")
    paid, posted = (sum(5000 + number for number in range(12) if number % 2 == odd) for odd in (1, 0))
    for table in fees["tables"]:
        assert [table["total"][key] for key in ("orders", "paid", "posted", "total")] == [12, paid, posted, paid + posted]
    status, _ = await desk.ask("finance", "GET", "/api/reports/calls")
    assert status == 403


async def test_reports_cannot_write_and_the_server_ends_what_takes_too_long(desk: Desk) -> None:
    async with desk.service.database.report_engine.connect() as connection:
        assert await connection.scalar(sa.text("SHOW statement_timeout")) == "20s"
        with pytest.raises(DBAPIError, match="read-only"):
            await connection.execute(sa.delete(call_seen))
