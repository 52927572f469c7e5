"""Routing's properties: nobody twice, emergencies first, the longest idle seat, and no free seat beside a waiting caller."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.routing import Waiting, match, order, position
from callcenter.domain.seat import Seat
from domain.world import START

waits = st.lists(
    st.builds(
        Waiting,
        case_id=st.integers(0, 500).map(lambda n: UUID(int=n)),
        kind=st.sampled_from(["emergency", "life_help"]),
        level=st.integers(1, 3),
        waiting_since=st.integers(0, 900).map(lambda s: START - timedelta(seconds=s)),
        passed_seats=st.lists(st.sampled_from(["8001", "8002", "8003"]), unique=True).map(tuple),
        preferred_seat=st.sampled_from([None, "8001", "8002"]),
    ),
    max_size=12,
    unique_by=lambda w: w.case_id,
)
seats = st.lists(
    st.builds(
        Seat,
        extension=st.sampled_from([f"80{n:02}" for n in range(1, 9)]),
        name=st.just("坐席"),
        presence=st.sampled_from(["ready", "ready", "ready", "talking", "paused", "offline"]),
        since=st.integers(0, 900).map(lambda s: START - timedelta(seconds=s)),
        registered=st.booleans(),
        takes_life_help=st.booleans(),
        emergency_only=st.booleans(),
        console_until=st.sampled_from([None, START, START + timedelta(seconds=9)]),
    ),
    max_size=8,
    unique_by=lambda s: s.extension,
)


@given(waits, seats)
def test_no_case_and_no_seat_twice(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    pairs = match(waiting, all_seats, START)
    assert len({case for case, _ in pairs}) == len(pairs) == len({seat for _, seat in pairs})


@given(waits, seats)
def test_only_seats_that_may_be_offered(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    by_case, by_seat = {w.case_id: w for w in waiting}, {s.extension: s for s in all_seats}
    for case, seat in match(waiting, all_seats, START):
        assert by_seat[seat].may_be_offered(by_case[case].kind, START)


@given(waits, seats)
def test_an_emergency_never_waits_beside_a_seat_given_to_another(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    served = dict(match(waiting, all_seats, START))
    left = [w for w in waiting if w.kind == "emergency" and w.case_id not in served]
    if left:
        by_case, by_seat = {w.case_id: w for w in waiting}, {s.extension: s for s in all_seats}
        for case, seat in served.items():
            if by_seat[seat].may_be_offered("emergency", START):
                assert by_case[case].kind == "emergency"


@given(waits, seats)
def test_no_able_seat_stays_free_beside_an_emergency(waiting: list[Waiting], all_seats: list[Seat]) -> None:
    served = dict(match(waiting, all_seats, START))
    if any(w.kind == "emergency" and w.case_id not in served for w in waiting):
        free = [s for s in all_seats if s.extension not in served.values()]
        assert not any(s.may_be_offered("emergency", START) for s in free)


@given(waits, seats, st.randoms())
def test_the_order_things_are_told_in_does_not_matter(waiting: list[Waiting], all_seats: list[Seat], random: object) -> None:
    shuffled, other = list(waiting), list(all_seats)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert dict(match(waiting, all_seats, START)) == dict(match(shuffled, other, START))


@given(waits)
def test_positions_are_the_queue(waiting: list[Waiting]) -> None:
    assert [position(w.case_id, waiting, START) for w in order(waiting, START)] == list(range(1, len(waiting) + 1))
    kinds = [w.kind for w in order(waiting, START)]
    assert kinds == sorted(kinds), "emergency comes first"
    assert position(UUID(int=10**6), waiting, START) == 0


def test_the_longest_idle_seat_is_first_and_the_known_one_before_it() -> None:
    ready = [
        Seat(ext, "", "ready", START - timedelta(seconds=age), registered=True, console_until=START + timedelta(hours=1))
        for ext, age in (("8001", 5), ("8002", 50), ("8003", 500))
    ]
    case = UUID(int=1)
    assert match([Waiting(case, "life_help", 1, START)], ready, START) == [(case, "8003")]
    assert match([Waiting(case, "life_help", 1, START, preferred_seat="8001")], ready, START) == [(case, "8001")]
    assert match([Waiting(case, "life_help", 1, START, ("8003",))], ready, START) == [(case, "8002")]


def test_a_round_over_all_seats_begins_again_at_once_only_for_an_emergency() -> None:
    seat = Seat("8001", "", "ready", START, registered=True, console_until=START + timedelta(hours=1))
    case = UUID(int=1)
    assert match([Waiting(case, "emergency", 1, START, ("8001",))], [seat], START) == [(case, "8001")]
    assert match([Waiting(case, "life_help", 1, START, ("8001",))], [seat], START) == []
