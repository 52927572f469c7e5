"""A conversation goes to another seat, alone: whoever hangs up, declines or dies, the caller is never dropped."""

from __future__ import annotations

import pytest

from callcenter.domain import effects, facts
from callcenter.domain.case import Case
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Target
from domain.test_control import did, listening, talking
from domain.world import AGENT, World

DAUGHTER = Target("contact:1", "family", "王芳", "+8613900000002", "女儿")


def asked(world: World, manner: str) -> Case:
    case = talking(world)
    world.seat("8002")
    world.tell(facts.TransferAsked(*world.by("8001", case), to_seat="8002", manner=manner))  # type: ignore[arg-type]
    return world.cases[case.id]


def second_leg(world: World, case: Case) -> str:
    moved = world.cases[case.id].transfer
    assert moved is not None
    return moved.leg


def first_leg(world: World) -> str:
    return next(leg.id for leg in world.legs.values() if leg.seat == "8001" and leg.party == "seat")


def handed_over(world: World, case: Case) -> None:
    case = world.cases[case.id]
    assert (case.state, case.seat, case.agent_id) == ("talking", "8002", AGENT["8002"])
    assert (case.transfer, case.held_since) == (None, None)
    assert world.seats["8002"].presence == "talking"
    assert world.seats["8001"].presence == "wrap_up"
    assert world.legs["c1"].live


def with_the_first(world: World, case: Case) -> None:
    case = world.cases[case.id]
    assert (case.state, case.seat, case.transfer, case.held_since) == ("talking", "8001", None, None)
    assert world.seats["8001"].presence == "talking"
    connected = {leg for effect in did(world, effects.Connect) for leg in effect.leg_ids}  # type: ignore[attr-defined]
    assert {"c1", first_leg(world)} <= connected


def test_blind_the_second_has_it_at_once() -> None:
    world = World()
    case = asked(world, "blind")
    assert did(world, effects.Hold)
    assert did(world, effects.RingSeat)
    first = first_leg(world)
    world.tell(facts.SeatAnswered(second_leg(world, case)))
    handed_over(world, case)
    assert effects.HangUp(first) in world.effects
    world.end(first)  # what Asterisk tells of it afterwards changes nothing
    handed_over(world, case)
    world.later(world.figures.wrap_up_seconds)
    world.fire_due()
    assert world.seats["8001"].presence == "ready"
    world.end("c1")
    assert world.cases[case.id].state == "wrap_up"
    assert world.seats["8002"].presence == "wrap_up"


@pytest.mark.parametrize("manner", ["blind", "attended"])
@pytest.mark.parametrize("how", ["time", "declines", "busy", "cancelled", "not sent", "dies"])
def test_it_comes_back_to_the_first_seat(manner: str, how: str) -> None:
    world = World()
    case = asked(world, manner)
    leg = second_leg(world, case)
    if how == "time":
        world.later(world.figures.ring_seconds)
        world.fire_due()
    elif how == "declines":
        world.tell(facts.OfferDeclined(*world.by("8002", case)))
    elif how == "busy":
        world.end(leg, "17")
    elif how == "cancelled":
        world.tell(facts.TransferCancelled(*world.by("8001", case)))
    elif how == "not sent":
        world.tell(facts.OrderFailed(case.id, "RingSeat", leg, "gone"))
    else:
        if manner == "blind":
            return
        world.tell(facts.SeatAnswered(leg))
        world.end(leg, "44")
    with_the_first(world, case)
    assert world.seats["8002"].presence == "ready"


def test_attended_first_asked_then_completed() -> None:
    world = World()
    case = asked(world, "attended")
    leg = second_leg(world, case)
    world.tell(facts.SeatAnswered(leg))
    now = world.cases[case.id]
    assert now.transfer is not None
    assert (now.seat, now.transfer.state) == ("8001", "talking")
    assert now.held_since is not None, "the caller hears music"
    (connect,) = did(world, effects.Connect)
    assert "c1" not in connect.leg_ids  # type: ignore[attr-defined]
    world.tell(facts.TransferCompleted(*world.by("8001", case)))
    handed_over(world, case)


@pytest.mark.parametrize("manner", ["blind", "attended"])
@pytest.mark.parametrize("when", ["ringing", "talking"])
def test_the_first_puts_down_the_phone(manner: str, when: str) -> None:
    world = World()
    case = asked(world, manner)
    leg = second_leg(world, case)
    if when == "talking" and manner == "attended":
        world.tell(facts.SeatAnswered(leg))
        world.end(first_leg(world))
    else:
        world.end(first_leg(world))
        assert world.cases[case.id].state == "talking"
        assert world.legs["c1"].live
        world.tell(facts.SeatAnswered(leg))
    handed_over(world, case)


def test_the_first_has_left_and_the_second_does_not_come() -> None:
    world = World()
    case = asked(world, "blind")
    world.end(first_leg(world))
    world.later(world.figures.ring_seconds)
    world.fire_due()
    now = world.cases[case.id]
    assert (now.state, now.transfer, now.held_since) == ("waiting", None, None)
    assert now.offer is not None
    assert now.offer.seat == "8001", "the one who knows them"
    assert world.legs["c1"].live


@pytest.mark.parametrize("when", ["ringing", "talking"])
def test_the_caller_hangs_up_meanwhile(when: str) -> None:
    world = World()
    case = asked(world, "attended")
    if when == "talking":
        world.tell(facts.SeatAnswered(second_leg(world, case)))
    world.end("c1")
    assert world.cases[case.id].state == "wrap_up"
    assert world.cases[case.id].transfer is None
    assert (world.seats["8001"].presence, world.seats["8002"].presence) == ("wrap_up", "ready")


def test_only_a_seat_that_is_ready_gets_it() -> None:
    world = World()
    case = talking(world)
    world.seat("8002", "paused", pause_reason="rest")
    for to in ("8002", "8001", "9999"):
        with pytest.raises(Refused, match="seat_not_free"):
            world.tell(facts.TransferAsked(*world.by("8001", case), to_seat=to))
    with pytest.raises(Refused, match="no_transfer"):
        world.tell(facts.TransferCompleted(*world.by("8001", case)))


def test_hanging_up_in_the_middle_is_refused() -> None:
    world = World()
    case = asked(world, "attended")
    with pytest.raises(Refused, match="transfer_running"):
        world.tell(facts.HangUpAsked(*world.by("8001", case)))


# --- the supervisor takes over --------------------------------------------------------------------------------------


def test_who_listens_takes_over_at_once() -> None:
    world = World()
    case, leg = listening(world)
    world.tell(facts.TakeOverAsked(AGENT["boss"], "supervisor", "boss", case.id))
    now = world.cases[case.id]
    assert (now.seat, now.agent_id, now.listeners) == ("boss", AGENT["boss"], ())
    assert world.legs[leg].party == "seat"
    assert world.seats["8001"].presence == "wrap_up"
    assert effects.HangUp(first_leg(world)) in world.effects
    world.end("c1")
    assert world.seats["boss"].presence == "wrap_up"


@pytest.mark.parametrize("comes", [True, False])
def test_who_does_not_listen_is_rung_first(comes: bool) -> None:
    world = World()
    case = talking(world)
    world.seat("boss", "paused", pause_reason="meeting")
    world.tell(facts.TakeOverAsked(AGENT["boss"], "supervisor", "boss", case.id))
    assert world.cases[case.id].held_since is None, "they speak on meanwhile"
    leg = second_leg(world, case)
    if comes:
        world.tell(facts.SeatAnswered(leg))
        assert world.cases[case.id].seat == "boss"
        assert world.seats["8001"].presence == "wrap_up"
    else:
        world.end(leg, "19")
        assert world.cases[case.id].seat == "8001"
        assert (world.seats["boss"].presence, world.seats["boss"].pause_reason) == ("paused", "meeting")


def test_the_first_leaves_while_the_supervisor_is_rung() -> None:
    world = World()
    case = talking(world)
    world.seat("boss", "paused", pause_reason="meeting")
    world.tell(facts.TakeOverAsked(AGENT["boss"], "supervisor", "boss", case.id))
    world.end(first_leg(world))
    assert did(world, effects.Hold), "no silence"
    world.tell(facts.SeatAnswered(second_leg(world, case)))
    now = world.cases[case.id]
    assert (now.state, now.seat, now.held_since) == ("talking", "boss", None)


# --- three-way ------------------------------------------------------------------------------------------------------


def brought_in(world: World) -> tuple[Case, str]:
    case = talking(world)
    world.tell(facts.PartyWanted(*world.by("8001", case), target=DAUGHTER))
    (dial,) = did(world, effects.DialAttempt)
    return case, dial.leg_id  # type: ignore[attr-defined]


def test_who_answers_is_in_and_can_be_let_go() -> None:
    world = World()
    case, leg = brought_in(world)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    assert world.legs[leg].party == "contact"
    assert effects.Connect(case.bridge_id, (leg,)) in world.effects
    world.tell(facts.PartyDropped(*world.by("8001", case), leg=leg))
    assert effects.HangUp(leg) in world.effects
    world.end(leg)
    assert world.cases[case.id].state == "talking"


def test_who_does_not_answer_changes_nothing() -> None:
    world = World()
    case, leg = brought_in(world)
    with pytest.raises(Refused, match="already_calling"):
        world.tell(facts.PartyWanted(*world.by("8001", case), target=DAUGHTER))
    world.tell(facts.AttemptEnded(leg, "BUSY", "17"))
    assert world.cases[case.id].state == "talking"
    assert world.journal[case.id][-1].data["result"] == "busy"


def test_the_caller_leaves_while_somebody_is_rung() -> None:
    world = World()
    case, leg = brought_in(world)
    world.end("c1")
    assert world.cases[case.id].state == "wrap_up"
    assert effects.HangUp(leg) in world.effects
    world.tell(facts.AttemptAnswered(leg, True, "test"))  # too late
    assert effects.HangUp(leg) in world.effects


def test_the_caller_is_not_dropped_as_a_party() -> None:
    world = World()
    case, _ = brought_in(world)
    with pytest.raises(Refused, match="not_there"):
        world.tell(facts.PartyDropped(*world.by("8001", case), leg="c1"))
