"""What stands in an address: read by one schema each, refused by name with what to do, and counted in the centre's own days."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.errors import Refused
from callcenter.domain.period import LONGEST_DAYS, last_days, of_month, of_week, period, span_of, week_of
from tests.web.conftest import Centre

SHANGHAI = "Asia/Shanghai"
WRONG = [
    ("zeng", "/api/cases?limit=0", "limit"),
    ("zeng", "/api/cases?state=boss", "state"),
    ("zeng", "/api/cases?sql=1", "sql"),
    ("zeng", "/api/orders?day=9999-12-31", "day"),
    ("zeng", "/api/orders?day=0001-01-01", "day"),
    ("zeng", "/api/orders?day=29.11.2026", "day"),
    ("zeng", "/api/orders/concentration?days=0", "days"),
    ("zeng", f"/api/orders/concentration?days={LONGEST_DAYS + 1}", "days"),
    ("zeng", "/api/orders/month?month=2026-13", "month"),
    ("finance", "/api/fees?last=9999-12-31", "last"),
    ("finance", "/api/fees?first=heute", "first"),
    ("zeng", "/api/follow-ups/coverage?until=9999-12-31", "until"),
    ("zeng", "/api/follow-ups/coverage?since=2026-02-30", "since"),
    ("zeng", "/api/reports/calls?last=9999-12-31", "last"),
    ("zeng", "/api/reports/calls?by=moon", "by"),
    ("zeng", "/api/roster?day=9999-12-31", "day"),
    ("zeng", "/api/roster?day=0001-01-01", "day"),
    ("zeng", "/api/inspections?days=-1", "days"),
    ("zeng", "/api/quality?days=1e9", "days"),
    ("zeng", "/api/duty/shifts?before=2026-11-28T07:00:00", "before"),
    ("zeng", "/api/duty/shifts?before=9999-12-31T23:59:59-12:00", "before"),
    ("admin", "/api/calendar?year=1900", "year"),
    ("auditor", "/api/audit/readings?before=0", "before"),
    ("auditor", f"/api/audit/readings?before={2**63}", "before"),
]
BACKWARDS = [
    ("finance", "/api/fees?first=2026-11-21&last=2026-11-20"),
    ("finance", "/api/fees?first=2001-01-01"),
    ("zeng", "/api/follow-ups/coverage?since=2001-01-01"),
    ("zeng", "/api/reports/calls?first=2001-01-01"),
    ("zeng", "/api/reports/calls/export?first=2026-11-21&last=2026-11-20"),
]


@pytest.mark.parametrize(("who", "path", "field"), WRONG)
async def test_what_is_wrong_is_named_with_what_it_must_be(centre: Centre, who: str, path: str, field: str) -> None:
    response = await centre.ask(who, "GET", path)
    problem = await response.json()
    assert (response.status, problem["code"]) == (400, "invalid"), problem
    assert [each["field"] for each in problem["fields"]] == [field]
    assert problem["fields"][0]["zh"] in problem["remedy_zh"]
    assert problem["fields"][0]["en"] in problem["remedy_en"]
    value = path.partition("=")[2]
    assert len(value) < 4 or value not in json.dumps(problem), "what was sent is not repeated"


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
async def test_a_number_that_no_column_holds_is_refused_where_it_comes_in(centre: Centre, number: int) -> None:
    at = f"/api/members/{centre.member}"
    sent = [
        ("PATCH", at, {"version": number, "changes": {"remarks": "x"}}),
        ("POST", f"{at}/restore", {"version": 1, "to": number}),
        ("POST", f"/api/rules-text/{number}/sign", {"name": "曾"}),
        ("POST", f"/api/audit/emergency-access/{number}/review", {"justified": True}),
    ]
    for method, path, body in sent:
        response = await centre.ask("zeng", method, path, json=body)
        assert response.status in (400, 404, 422), (path, await response.text())


@pytest.mark.parametrize(("who", "path"), BACKWARDS)
async def test_periods_are_judged_by_one_rule(centre: Centre, who: str, path: str) -> None:
    response = await centre.ask(who, "GET", path)
    assert (response.status, (await response.json())["code"]) == (400, "bad_period")


async def test_a_period_is_whole_days_of_the_centre(centre: Centre) -> None:
    found = await (await centre.ask("finance", "GET", "/api/fees?first=2026-10-01&last=2026-10-31")).json()
    assert (found["first"], found["last"]) == ("2026-10-01", "2026-10-31")
    found = await (await centre.ask("finance", "GET", "/api/fees")).json()
    today = datetime.now(ZoneInfo(centre.settings.time_zone)).date()
    assert (found["first"], found["last"]) == (today.replace(day=1).isoformat(), today.isoformat())
    found = await (await centre.ask("zeng", "GET", "/api/follow-ups/coverage?since=&until=2026-10-05")).json()
    assert (found["since"], found["until"]) == ("2026-10-01", "2026-10-05")


def test_days_weeks_and_months() -> None:
    begins, ends = span_of(date(2026, 11, 29), SHANGHAI)
    assert (begins.isoformat(), ends.isoformat()) == ("2026-11-29T00:00:00+08:00", "2026-11-30T00:00:00+08:00")
    begins, ends = span_of(date(2026, 10, 25), "Europe/Berlin")  # clocks are put back: the day has 25 hours
    assert ends.timestamp() - begins.timestamp() == 25 * 3600
    assert (last_days(date(2026, 11, 29), 7, SHANGHAI).first, week_of(date(2027, 1, 1))) == (date(2026, 11, 23), "2026-W53")
    month = of_month("2026-12", SHANGHAI)
    assert (month.first, month.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert of_week("2026-W53", SHANGHAI).last == date(2027, 1, 3)
    assert period(date(2026, 1, 1), date(2026, 1, 1), SHANGHAI).begins < period(date(2026, 1, 1), date(2026, 1, 1), SHANGHAI).ends
    for week in ("2026-W54", "0001-W01", "9999-W52", "2026-53"):
        with pytest.raises(Refused):
            of_week(week, SHANGHAI)
