"""A conversation is put through to somebody outside: whoever does not answer, leaves or dies, the caller is never left alone."""

from __future__ import annotations

from typing import Literal

import pytest

from callcenter.domain import effects, facts
from callcenter.domain.case import Case
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Target
from domain.test_control import did, talking
from domain.test_transfer import first_leg, second_leg, with_the_first
from domain.world import World

DAUGHTER = Target("contact:1", "family", "王芳", "+8613900000002", "女儿")
Manner = Literal["blind", "attended"]


def asked(world: World, manner: Manner = "attended", *, emergency: bool = False) -> Case:
    if emergency:
        world.seat("8001")
        case = world.answer(world.press())
    else:
        case = talking(world)
    world.tell(facts.TransferAsked(*world.by("8001", case), manner=manner, target=DAUGHTER))
    return world.cases[case.id]


def picked_up(world: World, case: Case) -> str:
    leg = second_leg(world, case)
    world.tell(facts.AttemptRang(leg))
    world.tell(facts.AttemptAnswered(leg))
    return leg


def outside(world: World, *, emergency: bool = False) -> tuple[Case, str]:
    case = asked(world, emergency=emergency)
    leg = picked_up(world, case)
    world.tell(facts.TransferCompleted(*world.by("8001", case)))
    return world.cases[case.id], leg


def alone(world: World, case: Case, leg: str) -> None:
    """The two speak without a seat, which writes down what came of it."""
    now = world.cases[case.id]
    assert (now.state, now.seat, now.held_since) == ("wrap_up", "8001", None)
    assert now.transfer is not None
    assert now.transfer.state == "outside"
    assert world.seats["8001"].presence == "wrap_up"
    assert world.legs["c1"].live
    assert world.legs[leg].live
    assert not {effects.HangUp("c1"), effects.HangUp(leg)} & set(world.effects)


@pytest.mark.parametrize("manner", ["blind", "attended"])
def test_the_caller_hears_music_then_them(manner: Manner) -> None:
    world = World()
    case = asked(world, manner)
    first = first_leg(world)
    assert did(world, effects.Hold)
    assert did(world, effects.DialAttempt)
    leg = picked_up(world, case)
    if manner == "attended":
        now = world.cases[case.id]
        assert now.transfer is not None
        assert (now.state, now.seat, now.transfer.state) == ("talking", "8001", "talking")
        assert now.held_since is not None, "the caller hears music"
        world.tell(facts.TransferCompleted(*world.by("8001", case)))
    assert effects.HangUp(first) in world.effects
    assert {"c1", leg} <= {one for effect in did(world, effects.Connect) for one in effect.leg_ids}  # type: ignore[attr-defined]
    alone(world, case, leg)
    world.end(first)
    alone(world, case, leg)
    assert "put_through" in world.kinds(case)


@pytest.mark.parametrize("manner", ["blind", "attended"])
@pytest.mark.parametrize("how", ["busy", "no answer", "cancelled", "they leave"])
def test_what_fails_comes_back_to_the_seat(manner: Manner, how: str) -> None:
    world = World()
    case = asked(world, manner)
    leg = second_leg(world, case)
    if how == "busy":
        world.tell(facts.AttemptEnded(leg, "BUSY", "17"))
    elif how == "no answer":
        world.tell(facts.AttemptEnded(leg, "NOANSWER", "19"))
    elif how == "cancelled":
        world.tell(facts.TransferCancelled(*world.by("8001", case)))
    elif manner == "blind":
        return
    else:
        picked_up(world, case)
        world.end(leg)
    with_the_first(world, case)
    assert not world.legs[leg].live
    assert "transfer_back" in world.kinds(case)


def test_the_seat_puts_down_the_phone_and_has_put_through() -> None:
    world = World()
    case = asked(world)
    leg = picked_up(world, case)
    world.end(first_leg(world))
    alone(world, case, leg)


def test_the_seat_has_left_and_nobody_answers() -> None:
    world = World()
    case = asked(world, "blind")
    leg = second_leg(world, case)
    world.end(first_leg(world))
    world.tell(facts.AttemptEnded(leg, "NOANSWER", "19"))
    now = world.cases[case.id]
    assert (now.state, now.transfer, now.held_since) == ("waiting", None, None)
    assert now.offer is not None
    assert now.offer.seat == "8001", "the one who knows them"
    assert world.legs["c1"].live


@pytest.mark.parametrize("who", ["c1", "them"])
def test_one_hangs_up_and_it_is_over(who: str) -> None:
    world = World()
    case, leg = outside(world)
    other = leg if who == "c1" else "c1"
    world.end("c1" if who == "c1" else leg)
    assert effects.HangUp(other) in world.effects
    world.end(other)
    now = world.cases[case.id]
    assert (now.state, now.transfer) == ("wrap_up", None)
    assert "outside_ended" in world.kinds(case)
    assert world.seats["8001"].presence == "wrap_up"


# --- emergencies ----------------------------------------------------------------------------------------------------


def test_an_emergency_goes_out_only_after_asking() -> None:
    world = World()
    with pytest.raises(Refused, match="emergency_attended"):
        asked(world, "blind", emergency=True)


def test_they_leave_a_red_case_and_the_elder_is_heard_again() -> None:
    world = World()
    case, leg = outside(world, emergency=True)
    world.end(leg)
    now = world.cases[case.id]
    assert now.state == "waiting"
    assert now.offer is not None
    assert effects.HangUp("c1") not in world.effects
    assert world.legs["c1"].live


def test_the_seat_leaves_before_they_answer_and_the_elder_waits_for_a_seat() -> None:
    world = World()
    case = asked(world, emergency=True)
    leg = second_leg(world, case)
    world.end(first_leg(world))
    assert world.cases[case.id].state == "waiting"
    assert not world.legs[leg].live, "nobody of ours would know who picks up there"
    assert world.legs["c1"].live


def test_the_elder_presses_again_and_all_wait_for_a_seat() -> None:
    world = World()
    case, leg = outside(world, emergency=True)
    world.press("c2")
    now = world.cases[case.id]
    assert (now.state, now.transfer) == ("waiting", None)
    assert world.legs[leg].live


def test_found_again_they_are_joined() -> None:
    world = World()
    case, leg = outside(world)
    world.tell(facts.CaseFoundLive(case.id, "other"))
    assert {"c1", leg} <= {one for effect in did(world, effects.Connect) for one in effect.leg_ids}  # type: ignore[attr-defined]


def test_nobody_is_called_out_to_while_they_speak() -> None:
    world = World()
    case, _ = outside(world)
    with pytest.raises(Refused, match="on_the_line"):
        world.tell(facts.CallOutAsked(*world.by("8001", case), target=DAUGHTER))


def test_let_go_while_it_rings_is_cancelled() -> None:
    world = World()
    case = asked(world)
    world.tell(facts.PartyDropped(*world.by("8001", case), leg=second_leg(world, case)))
    with_the_first(world, case)


# --- all three together; notes of who has handed on -------------------------------------------------------------------


def test_asked_first_all_three_may_speak() -> None:
    world = World()
    case = asked(world)
    with pytest.raises(Refused, match="transfer_running"):
        world.tell(facts.HoldAsked(*world.by("8001", case), on=False))
    leg = picked_up(world, case)
    world.tell(facts.HoldAsked(*world.by("8001", case), on=False))
    connect = did(world, effects.Connect)[-1]
    assert {"c1", leg, first_leg(world)} <= set(connect.leg_ids)  # type: ignore[attr-defined]
    world.tell(facts.HoldAsked(*world.by("8001", case), on=True))
    assert world.cases[case.id].held_since is not None
    world.tell(facts.TransferCompleted(*world.by("8001", case)))
    alone(world, case, leg)


def test_who_has_handed_on_may_still_write_a_note() -> None:
    world = World()
    case = talking(world)
    world.seat("8002")
    world.tell(facts.TransferAsked(*world.by("8001", case), to_seat="8002"))
    world.tell(facts.SeatAnswered(second_leg(world, case)))
    world.tell(facts.NoteWritten(*world.by("8001", case), text="听力不好,请大声。"))
    assert "note" in world.kinds(case)
    world.later(world.figures.wrap_up_seconds)
    world.fire_due()
    with pytest.raises(Refused, match="not_your_case"):
        world.tell(facts.NoteWritten(*world.by("8001", case), text="迟了"))
