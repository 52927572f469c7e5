"""A limit that is crossed becomes an alarm when it has been for long enough, and is none when it is not any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callcenter.domain.thresholds import DEFAULTS, Threshold, judge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
QUEUE = Threshold("waiting", 5, 30)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_it_must_last() -> None:
    crossed = judge(QUEUE, 6, NOW)
    assert (crossed.crossed_since, crossed.alarmed_at) == (NOW, None)
    assert judge(crossed, 9, at(29)).alarmed_at is None
    alarm = judge(crossed, 9, at(30))
    assert alarm.alarmed_at == at(30)
    assert judge(alarm, 7, at(90)) == alarm  # since when does not move
    assert judge(alarm, 5, at(91)) == QUEUE  # the limit itself is allowed
    assert judge(crossed, 5, at(10)) == QUEUE  # a moment within the limit: the time begins anew


def test_too_little_is_wrong_where_it_is() -> None:
    seats = Threshold("ready_seats", 1, 0)
    assert judge(seats, 0, NOW).alarmed_at == NOW
    assert judge(seats, 1, NOW).alarmed_at is None


def test_nothing_to_measure_and_switched_off_are_no_alarm() -> None:
    alarm = replace(QUEUE, crossed_since=NOW, alarmed_at=NOW)
    assert judge(alarm, None, at(1)) == QUEUE
    assert judge(replace(alarm, active=False), 99, at(1)).alarmed_at is None


def test_the_standards_share_is_the_default() -> None:
    assert DEFAULTS["answered_in_time"].limit == 0.95
