"""The two visible tables: every move in them works, every move that is not in them raises and changes nothing."""

from __future__ import annotations

import pytest

from callcenter.domain import case as cases
from callcenter.domain import catalogue, prompts
from callcenter.domain import seat as seats
from callcenter.domain.errors import IllegalMove, Refused
from domain.world import AGENT, START, World

CASE_MOVES = {move for moves in cases.MOVES.values() for move in moves}
SEAT_MOVES = {move for moves in seats.MOVES.values() for move in moves}


@pytest.mark.parametrize("state", cases.MOVES)
@pytest.mark.parametrize("move", sorted(CASE_MOVES))
def test_every_move_of_a_case(state: cases.CaseState, move: str) -> None:
    expected = cases.MOVES[state].get(move)
    if expected is None:
        with pytest.raises(IllegalMove) as refused:
            cases.after(state, move)
        assert state in refused.value.zh
        assert move in refused.value.en
    else:
        assert cases.after(state, move) == expected


@pytest.mark.parametrize("presence", seats.MOVES)
@pytest.mark.parametrize("move", sorted(SEAT_MOVES))
def test_every_move_of_a_seat(presence: seats.Presence, move: str) -> None:
    case_id = AGENT["8003"] if presence in seats.BUSY else None
    seat = World().seat("8001", presence, case_id=case_id)
    expected = seats.MOVES[presence].get(move)
    if expected is None:
        with pytest.raises(IllegalMove):
            seats.move(seat, move, START)
        return
    moved = seats.move(seat, move, START, case_id=AGENT["8002"] if expected in seats.BUSY and case_id is None else None)
    assert moved.presence == expected
    assert (moved.case_id is not None) == (moved.presence in seats.BUSY), "the database forbids anything else"
    assert moved.version == seat.version + 1


@pytest.mark.rule("R-20")
def test_a_closed_case_has_no_move() -> None:
    assert cases.MOVES["closed"] == {}


@pytest.mark.rule("W-6")
@pytest.mark.parametrize("reason", [None, "", "coffee"])
def test_a_pause_needs_a_reason_from_the_list(reason: str | None) -> None:
    seat = World().seat("8001")
    with pytest.raises(Refused, match="reason_needed"):
        seats.set_presence(seat, "paused", reason, None, START, reasons=catalogue.ids(catalogue.PAUSE_REASONS))


def test_nobody_leaves_a_caller_behind() -> None:
    for presence in ("offered", "talking"):
        with pytest.raises(Refused, match="on_a_call"):
            seats.sign_out(World().seat("8001", presence, case_id=AGENT["8002"]), START)


def test_a_seat_that_is_taken_stays_taken() -> None:
    seat = World().seat("8001")
    with pytest.raises(Refused, match="seat_taken"):
        seats.sign_in(seat, AGENT["8002"], START)
    assert seats.sign_in(seat, AGENT["8001"], START).presence == "ready"


def test_readiness_needs_presence_console_and_phone() -> None:
    world = World()
    assert world.seat("8001").may_be_offered("life_help", START)
    assert not world.seat("8001", registered=False).may_be_offered("life_help", START)
    assert not world.seat("8001", console_until=START).may_be_offered("life_help", START)
    assert not world.seat("8001", "paused").may_be_offered("emergency", START)
    assert not world.seat("8001", emergency_only=True).may_be_offered("life_help", START)
    assert world.seat("8001", emergency_only=True).may_be_offered("emergency", START)


def test_every_sentence_can_be_said() -> None:
    said = prompts.every_sentence()
    assert len(said) == len(set(said))
    for position in (1, 2, prompts.SPOKEN_POSITIONS, prompts.SPOKEN_POSITIONS + 50):
        assert prompts.sentence("queue", position) in said, "it would be made while somebody waits"
    assert all("{" not in text for text in said)
