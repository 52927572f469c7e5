"""Queues: ageing that starves nobody, skills that bind for a while, the familiar seat, overflow; emergencies before all of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.queues import BUILT_IN, CEILING, Queue
from callcenter.domain.routing import Waiting, choose_seat, match, order
from callcenter.domain.seat import Seat
from domain.world import AGENT, START

HAKKA, DISTRICT, SERVICE = ("dialect", "客家话"), ("district", "象湖镇"), ("service", "心理慰藉")
NEEDS = st.sampled_from(["none", "preferred", "required"])
queues = st.builds(
    Queue,
    id=st.integers(1, 3).map(lambda n: UUID(int=n)),
    kind=st.sampled_from(["life_help", "life_help", "emergency"]),
    name_zh=st.just("队列"),
    name_en=st.just("queue"),
    priority=st.integers(0, 100).map(float),
    ageing=st.integers(1, 50).map(float),
    dialect=NEEDS,
    district=NEEDS,
    service=st.sampled_from(["", SERVICE[1]]),
    service_need=NEEDS,
    required_seconds=st.integers(0, 300).map(float),
    familiar_seconds=st.integers(0, 60).map(float),
    seats_after=st.integers(0, 300).map(float),
)
waits = st.lists(
    st.builds(
        Waiting,
        case_id=st.integers(0, 500).map(lambda n: UUID(int=n)),
        kind=st.sampled_from(["emergency", "life_help", "life_help"]),
        level=st.just(1),
        waiting_since=st.integers(0, 1800).map(lambda s: START - timedelta(seconds=s)),
        passed_seats=st.lists(st.sampled_from(["8001", "8002"]), unique=True).map(tuple),
        queue=st.none() | queues,
        skills=st.frozensets(st.sampled_from([HAKKA, DISTRICT])),
        familiar=st.sampled_from([None, AGENT["8001"]]),
        familiar_busy=st.booleans(),
        parked=st.booleans(),
    ),
    max_size=10,
    unique_by=lambda w: w.case_id,
)


def ready(extension: str, idle: float = 0.0, **fields: object) -> Seat:
    return Seat(
        extension, "", "ready", START - timedelta(seconds=idle), registered=True, console_until=START + timedelta(hours=9),
        agent_id=AGENT.get(extension), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


seats = st.lists(
    st.builds(
        ready,
        st.sampled_from(["8001", "8002", "8003", "8004"]),
        st.integers(0, 900),
        queues=st.lists(st.integers(1, 3).map(lambda n: UUID(int=n)), max_size=2, unique=True).map(tuple),
        skills=st.frozensets(st.sampled_from([HAKKA, DISTRICT, SERVICE])),
        takes_emergency=st.booleans(),
        emergency_only=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda s: s.extension,
)


@given(waits, seats)
def test_one_seat_for_one_call_and_one_call_for_one_seat(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    pairs = match(waiting, all_seats, START)
    assert len({case for case, _ in pairs}) == len(pairs) == len({seat for _, seat in pairs})


@given(waits, seats)
def test_emergencies_are_first_whatever_ages_and_weighs(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    kinds = [w.kind for w in order(waiting, START)]
    assert kinds == sorted(kinds), "emergency comes first"
    served = dict(match(waiting, all_seats, START))
    if any(w.kind == "emergency" and w.case_id not in served for w in waiting):
        by_case = {w.case_id: w for w in waiting}
        able = [s.extension for s in all_seats if s.may_be_offered("emergency", START)]
        assert all(by_case[case].kind == "emergency" for case, seat in served.items() if seat in able)
        assert set(able) <= set(served.values()), "no skill, queue or habit keeps a seat from an emergency"


@given(waits, seats)
def test_required_skills_and_queues_are_kept_until_their_time_is_over(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    by_case, by_seat = {w.case_id: w for w in waiting}, {s.extension: s for s in all_seats}
    for case, extension in match(waiting, all_seats, START):
        entry, seat = by_case[case], by_seat[extension]
        queue = entry.queue if entry.queue and entry.queue.kind == entry.kind else BUILT_IN[entry.kind]
        waited = (START - entry.waiting_since).total_seconds()
        if entry.kind == "emergency" or seat.agent_id == entry.familiar:
            continue
        if seat.queues and queue.id not in seat.queues:
            assert waited >= queue.seats_after
        for skill, need in queue.wants(entry.skills):
            assert need != "required" or skill in seat.skills or waited >= queue.required_seconds


@given(waits, seats)
def test_nobody_is_kept_from_a_free_seat_for_ever(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    """After the longest of its queue's seconds a call goes to any seat that takes its kind: the fallback of every rule."""
    late = START + timedelta(hours=1)
    for entry in waiting:
        able = [s for s in all_seats if s.may_be_offered(entry.kind, late) and s.extension not in entry.passed_seats]
        if able:
            assert choose_seat(entry, all_seats, late) is not None


@given(waits, st.integers(0, 7200))
def test_whose_weight_is_full_is_passed_by_nobody_who_came_later(waiting: list[Waiting], later: int) -> None:
    now = START + timedelta(seconds=later)
    calm = [w for w in order(waiting, now) if w.kind != "emergency" and not w.parked]
    for place, entry in enumerate(calm):
        queue = entry.queue if entry.queue and entry.queue.kind == "life_help" else BUILT_IN["life_help"]
        if queue.weight((now - entry.waiting_since).total_seconds()) >= CEILING:
            assert all(other.waiting_since <= entry.waiting_since for other in calm[:place])


@pytest.mark.parametrize(("light", "ages", "heavy", "heavy_ages"), [(0, 60, 100, 60), (0, 30, 50, 200), (90, 10, 100, 10)])
def test_a_heavy_queue_never_starves_a_light_one(light: float, ages: float, heavy: float, heavy_ages: float) -> None:
    """One seat, and twice as many calls of the heavier queue as it can serve, for ever."""
    first = Queue(UUID(int=1), "life_help", "轻", "light", priority=light, ageing=ages)
    other = Queue(UUID(int=2), "life_help", "重", "heavy", priority=heavy, ageing=heavy_ages)
    alone = Waiting(UUID(int=1), "life_help", 1, START, queue=first)
    full = (CEILING - light) / ages * 60.0  # seconds until nothing that came later passes it
    line, now, served = [alone], START, None
    while served is not alone:
        now += timedelta(seconds=10)
        line += [Waiting(UUID(int=len(line) + now.minute * 9999 + now.second * 99), "life_help", 1, now, queue=other)] * 2
        served = order(line, now)[0]
        line.remove(served)
        assert (now - START).total_seconds() <= full + 20.0


def test_weight_grows_to_the_ceiling_and_stays() -> None:
    queue = Queue(UUID(int=1), "life_help", "甲", "a", priority=40.0, ageing=20.0)
    assert [queue.weight(s) for s in (0, 60, 180, 6000)] == [40.0, 60.0, 100.0, 100.0]


def test_the_person_who_knows_the_member_is_first_and_waited_for_only_a_moment() -> None:
    queue = Queue(UUID(int=1), "life_help", "甲", "a", familiar_seconds=10.0)
    entry = Waiting(UUID(int=9), "life_help", 1, START, queue=queue, familiar=AGENT["8002"], familiar_busy=True)
    others = [ready("8001", 100), ready("8003", 50)]
    assert choose_seat(entry, [*others, ready("8002", 1)], START).extension == "8002"  # type: ignore[union-attr]
    assert choose_seat(entry, others, START + timedelta(seconds=9)) is None
    assert choose_seat(entry, others, START + timedelta(seconds=10)).extension == "8001"  # type: ignore[union-attr]
    gone = Waiting(UUID(int=9), "life_help", 1, START, queue=queue, familiar=AGENT["8002"])
    assert choose_seat(gone, others, START).extension == "8001"  # type: ignore[union-attr]
    urgent = Waiting(UUID(int=9), "emergency", 1, START, familiar=AGENT["8002"], familiar_busy=True)
    assert choose_seat(urgent, others, START).extension == "8001"  # type: ignore[union-attr]


def test_who_speaks_the_dialect_is_preferred_to_who_is_idle_longer() -> None:
    hakka = ready("8001", 1, skills=frozenset({HAKKA}))
    idle = ready("8003", 500)
    entry = Waiting(UUID(int=9), "life_help", 1, START, skills=frozenset({HAKKA}))
    assert choose_seat(entry, [hakka, idle], START) is hakka
    assert choose_seat(Waiting(UUID(int=9), "life_help", 1, START), [hakka, idle], START) is idle


def test_a_seat_of_another_queue_helps_after_its_time() -> None:
    queue = Queue(UUID(int=1), "life_help", "甲", "a", seats_after=30.0)
    entry = Waiting(UUID(int=9), "life_help", 1, START, queue=queue)
    other = ready("8001", queues=(UUID(int=2),))

    def at(seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    assert choose_seat(entry, [other], at(29.0)) is None
    assert choose_seat(entry, [other], at(30.0)) is other
    own = ready("8002", queues=(UUID(int=1),))
    assert choose_seat(entry, [other, own], at(300.0)) is own
