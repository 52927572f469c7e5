"""Work days, holidays and opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.db.calendar import national
from callcenter.domain.calendar import Calendar, Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS, YEARS = national()
CALENDAR = Calendar("Asia/Shanghai", DAYS, YEARS)
LIFE_HELP = (Hours("every", 8 * 60, 20 * 60),)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-10-01", False),  # National Day
        ("2026-10-10", True),  # a Saturday worked for it
        ("2026-02-17", False),  # Spring Festival
        ("2026-02-14", True),
        ("2026-11-28", False),  # a Saturday
        ("2026-11-30", True),
    ],
)
def test_the_national_table(day: str, works: bool) -> None:
    assert CALENDAR.works(date.fromisoformat(day)) is works


def test_the_centres_own_day_counts_more() -> None:
    own = Calendar("Asia/Shanghai", DAYS, YEARS, {date(2026, 10, 1): True, date(2026, 11, 30): False})
    assert own.works(date(2026, 10, 1))
    assert not own.works(date(2026, 11, 30))


def test_a_year_that_nobody_told_us_is_counted_by_weekdays_and_says_so() -> None:
    assert not CALENDAR.known(date(2099, 1, 1))
    assert CALENDAR.works(date(2099, 1, 1)) is (date(2099, 1, 1).weekday() < 5)
    assert CALENDAR.known(date(2026, 1, 1))


def test_three_work_days_over_a_holiday() -> None:
    assert CALENDAR.work_day_after(date(2026, 9, 30), 3) == date(2026, 10, 10)  # the 8th, the 9th, and the worked Saturday
    assert CALENDAR.work_days(date(2026, 10, 1), date(2026, 10, 7)) == 0
    assert CALENDAR.after(at("2026-09-30T16:30"), 1, work_days=True) == at("2026-10-08T16:30")
    assert CALENDAR.after(at("2026-09-30T16:30"), 3) == at("2026-10-03T16:30")
    with pytest.raises(ValueError, match="number 1"):
        CALENDAR.work_day_after(date(2026, 9, 30), 0)


@pytest.mark.rule("R-2")
@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-29T07:59:59", "2026-11-29T08:00"),
        ("2026-11-29T08:00", None),
        ("2026-11-29T19:59:59", None),
        ("2026-11-29T20:00", "2026-11-30T08:00"),
        ("2026-12-31T23:00", "2027-01-01T08:00"),
    ],
)
def test_the_life_help_line_from_eight_to_eight(moment: str, opens: str | None) -> None:
    assert CALENDAR.opens(LIFE_HELP, at(moment)) == (at(opens) if opens else None)


def test_other_hours_on_days_off() -> None:
    hours = (Hours("work", 480, 1200), Hours("off", 540, 720))
    assert CALENDAR.is_open(hours, at("2026-10-10T18:00"))  # the worked Saturday
    assert not CALENDAR.is_open(hours, at("2026-10-01T18:00"))
    assert CALENDAR.opens(hours, at("2026-10-01T18:00")) == at("2026-10-02T09:00")


def test_no_hours_are_around_the_clock_and_a_line_that_never_opens_says_so() -> None:
    assert CALENDAR.is_open((), at("2026-11-29T03:00"))
    never = Calendar(exceptions={date(2026, 1, 1) + timedelta(days=d): True for d in range(800)})
    assert never.opens((Hours("off", 0, 60),), at("2026-11-29T03:00")) is None


@pytest.mark.parametrize(("opens", "closes"), [(-1, 60), (60, 60), (1200, 480), (0, 1441)])
def test_hours_that_are_none_are_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="within one day"):
        Hours("every", opens, closes)


@given(moments, st.lists(st.tuples(st.sampled_from(["every", "work", "off"]), st.integers(0, 1439)), min_size=1, max_size=4))
def test_a_closed_line_opens_at_the_first_open_moment(moment: datetime, drawn: list[tuple[str, int]]) -> None:
    hours = tuple(Hours(days, opens, min(1440, opens + 30)) for days, opens in drawn)  # type: ignore[arg-type]
    opens = CALENDAR.opens(hours, moment)
    if CALENDAR.is_open(hours, moment):
        assert opens is None
    elif opens is not None:
        assert opens > moment
        assert CALENDAR.is_open(hours, opens)
        assert not CALENDAR.is_open(hours, opens - timedelta(minutes=1)) or opens - timedelta(minutes=1) < moment


@given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_the_nth_work_day_works_and_has_n_before_it(day: date, count: int) -> None:
    after = CALENDAR.work_day_after(day, count)
    assert CALENDAR.works(after)
    assert CALENDAR.work_days(day + timedelta(days=1), after) == count
