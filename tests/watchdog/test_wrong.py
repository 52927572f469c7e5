"""What the watchdog calls wrong, and when it phones somebody: time and what was seen are arguments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcenter.watchdog.page import SENTENCES, gravest
from callcenter.watchdog.wrong import Fault, Look, OpenLadder, Wrong, follow, paged, to_page, what_is_wrong

WELL = Look(started_at=0.0, database_at=100.0, database_since=1.0, asterisk_at=100.0, beat_at=100.0)
SILENT, DATABASE, ASTERISK = Wrong("watchdog_silent"), Wrong("watchdog_database"), Wrong("watchdog_asterisk")
LATE = Wrong("watchdog_late", "20261121-000001")


def ladder(due_at: float | None) -> tuple[OpenLadder, ...]:
    return (OpenLadder("20261121-000001", due_at),)


@pytest.mark.parametrize(
    ("look", "now", "wrong"),
    [
        (WELL, 100.0, []),
        (replace(WELL, ladders=ladder(101.0)), 100.0, []),
        (replace(WELL, ladders=ladder(97.0)), 100.0, []),
        (replace(WELL, ladders=ladder(96.9)), 100.0, [LATE]),
        (replace(WELL, ladders=ladder(None)), 100.0, [LATE]),
        (replace(WELL, beat_at=95.0), 100.0, []),
        (replace(WELL, beat_at=94.9), 100.0, [SILENT]),
        (replace(WELL, beat_at=94.9, left=True), 100.0, []),  # stopped in good order: somebody restarts it
        (replace(WELL, beat_at=69.9, left=True), 100.0, [SILENT]),
        (replace(WELL, beat_at=94.0, ladders=ladder(90.0)), 100.0, [LATE, SILENT]),
        (replace(WELL, database_at=94.9, beat_at=90.0, ladders=ladder(80.0)), 100.0, [DATABASE]),  # what it said is old
        (replace(WELL, asterisk_at=94.9), 100.0, [ASTERISK]),
        (replace(WELL, nodes_at=(("node1", 94.9), ("node2", 100.0))), 100.0, [Wrong("watchdog_node", "node1")]),
        (replace(WELL, asterisk_at=94.9, nodes_at=(("node1", 94.9), ("node2", 94.9))), 100.0, [ASTERISK]),
        (replace(WELL, beats=(("main", 100.0), ("two", 39.9))), 100.0, [Wrong("watchdog_instance", "two")]),
        (replace(WELL, beats=(("main", 100.0), ("two", 40.0))), 100.0, []),  # who keeps it running has time to start it
        (replace(WELL, beat_at=94.0, beats=(("main", 94.0), ("two", 20.0))), 100.0, [SILENT]),  # none lives: that is told
        (Look(started_at=0.0), 20.0, []),  # everything starts together
        (Look(started_at=0.0), 20.1, [DATABASE, ASTERISK]),
        (Look(started_at=0.0, database_at=20.0, asterisk_at=20.0, ladders=ladder(-100.0)), 18.1, [LATE]),
    ],
)
def test_what_is_wrong(look: Look, now: float, wrong: list[Wrong]) -> None:
    assert what_is_wrong(look, now) == wrong


def test_after_the_database_was_away_everybody_gets_time_to_catch_up() -> None:
    back = replace(WELL, database_since=100.0, beat_at=60.0, ladders=ladder(70.0))
    assert what_is_wrong(back, 100.5) == []
    assert what_is_wrong(replace(back, database_at=103.1), 103.1) == [LATE]
    assert what_is_wrong(replace(back, database_at=105.1, asterisk_at=105.1), 105.1) == [LATE, SILENT]


def test_a_fault_is_phoned_about_every_minute_until_somebody_knows() -> None:
    faults = follow({}, [SILENT], 10.0)
    assert to_page(faults, 10.0) == [SILENT]
    faults = paged(faults, [SILENT], 10.0, heard=False)
    faults = follow(faults, [SILENT], 69.0)
    assert to_page(faults, 69.0) == []
    faults = follow(faults, [SILENT], 70.0)
    assert to_page(faults, 70.0) == [SILENT]
    faults = paged(faults, [SILENT], 70.0, heard=True)
    faults = follow(faults, [SILENT], 500.0)
    assert to_page(faults, 500.0) == []


def test_another_fault_is_phoned_about_at_once_although_the_first_is_known() -> None:
    faults = paged(follow({}, [SILENT], 10.0), [SILENT], 10.0, heard=True)
    faults = follow(faults, [LATE, SILENT], 20.0)
    assert to_page(faults, 20.0) == [LATE]
    other = Wrong("watchdog_late", "20261121-000002")
    faults = paged(faults, [LATE], 20.0, heard=True)
    assert to_page(follow(faults, [LATE, other, SILENT], 30.0), 30.0) == [other]


def test_what_is_over_is_not_phoned_about_and_what_comes_back_soon_is_known() -> None:
    faults = follow({}, [LATE], 10.0)
    assert to_page(follow(faults, [], 11.0), 11.0) == []
    faults = paged(faults, [LATE], 10.0, heard=True)
    faults = follow(faults, [], 40.0)
    faults = follow(faults, [LATE], 60.0)
    assert to_page(faults, 60.0) == []
    assert follow(faults, [], 121.0) == {}
    assert to_page(follow(follow(faults, [], 121.0), [LATE], 122.0), 122.0) == [LATE]


def test_that_asterisk_was_away_is_told_once_when_it_is_back() -> None:
    faults = follow({}, [ASTERISK], 10.0)
    faults = follow(faults, [], 30.0)
    assert to_page(faults, 30.0) == [ASTERISK]
    assert to_page(paged(faults, [ASTERISK], 30.0, heard=False), 95.0) == []


def test_what_was_heard_stays_heard() -> None:
    known = {SILENT: Fault(SILENT, 1.0, 100.0, paged_at=5.0, heard=True)}
    assert paged(known, [SILENT, DATABASE], 100.0, heard=False)[SILENT].heard
    assert DATABASE not in paged(known, [SILENT, DATABASE], 100.0, heard=False)


def test_the_gravest_is_told_and_every_fault_has_a_sentence() -> None:
    assert gravest(["watchdog_asterisk", "watchdog_late", "watchdog_silent"]) == "watchdog_late"
    assert all("按1表示已知道" in sentence for sentence in SENTENCES.values())


def test_test_presses_that_fail_are_told_only_when_nothing_else_explains_them() -> None:
    look = Look(0.0, grace=0.0, database_at=100.0, asterisk_at=100.0, beat_at=100.0, probes_failed=3, probe_failed_at=85.0)
    assert what_is_wrong(look, 100.0) == [Wrong("watchdog_probe")]
    assert what_is_wrong(replace(look, probes_failed=2), 100.0) == []
    assert what_is_wrong(replace(look, probe_failed_at=95.0), 100.0) == []
    assert what_is_wrong(replace(look, asterisk_at=90.0), 100.0) == [ASTERISK]
