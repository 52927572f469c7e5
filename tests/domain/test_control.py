"""Call control, alone: hold, calling out, listening, in every order in which the world may answer."""

from __future__ import annotations

from uuid import uuid4

import pytest

from callcenter.domain import effects, facts
from callcenter.domain.case import Case
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Target
from domain.world import AGENT, World

NUMBER = "+8613900000001"
OWN = Target(f"landline:{NUMBER}", "landline", "老人电话", NUMBER)


def talking(world: World) -> Case:
    world.seat("8001")
    case = world.call()
    world.ring(case)
    return world.answer(case)


def did(world: World, kind: type) -> list[effects.Effect]:
    return [effect for effect in world.effects if isinstance(effect, kind)]


def held(world: World) -> Case:
    case = talking(world)
    world.tell(facts.HoldAsked(*world.by("8001", case), on=True))
    return world.cases[case.id]


# --- hold -----------------------------------------------------------------------------------------------------------


def test_hold_takes_the_caller_out_and_back() -> None:
    world = World()
    case = held(world)
    assert case.held_since == world.now
    assert did(world, effects.Hold) == [effects.Hold(case.bridge_id, ("c1",))]
    world.later(5)
    world.tell(facts.HoldAsked(*world.by("8001", case), on=False))
    (connect,) = did(world, effects.Connect)
    assert isinstance(connect, effects.Connect)
    assert "c1" in connect.leg_ids
    assert world.cases[case.id].held_since is None
    assert world.kinds(case)[-2:] == ["held", "hold_ended"]


def test_asked_twice_it_does_nothing() -> None:
    world = World()
    case = held(world)
    assert world.tell(facts.HoldAsked(*world.by("8001", case), on=True)).nothing


@pytest.mark.rule("W-6")
def test_too_long_a_hold_is_told_again_and_again_until_it_ends() -> None:
    world = World()
    case = held(world)
    for _ in range(2):
        world.later(world.figures.hold_seconds)
        world.fire_due()
    assert world.kinds(case).count("held_long") == 2
    decision = world.tell(facts.HoldAsked(*world.by("8001", case), on=False))
    assert decision.warnings == []
    world.later(world.figures.hold_seconds)
    world.fire_due()
    assert world.kinds(case).count("held_long") == 2


def test_a_second_press_ends_the_hold() -> None:
    world = World()
    world.seat("8001")
    case = world.press()
    world.ring(case)
    world.answer(case)
    world.tell(facts.HoldAsked(*world.by("8001", case), on=True))
    world.press("c2")
    assert world.cases[case.id].held_since is None
    connected = {leg for effect in did(world, effects.Connect) for leg in effect.leg_ids}  # type: ignore[attr-defined]
    assert {"c1", "c2"} <= connected


@pytest.mark.parametrize("how", ["caller", "seat", "phone dies"])
def test_whatever_ends_the_conversation_ends_the_hold(how: str) -> None:
    world = World()
    case = held(world)
    leg = next(leg for leg in world.legs.values() if leg.party == "seat")
    world.end(*{"caller": ("c1", "16"), "seat": (leg.id, "16"), "phone dies": (leg.id, "44")}[how])
    case = world.cases[case.id]
    assert case.held_since is None
    assert case.state == ("waiting" if how == "phone dies" else "wrap_up")
    assert (case.id, "hold") not in world.timers


def test_found_again_the_held_caller_is_held() -> None:
    world = World()
    case = held(world)
    world.tell(facts.CaseFoundLive(case.id, "test"))
    (connect,) = did(world, effects.Connect)
    assert "c1" not in connect.leg_ids  # type: ignore[attr-defined]
    assert did(world, effects.Hold)


def test_only_the_seat_that_talks_holds() -> None:
    world = World()
    case = talking(world)
    world.seat("8002")
    with pytest.raises(Refused, match="not_your_case"):
        world.tell(facts.HoldAsked(*world.by("8002", case), on=True))
    with pytest.raises(Refused, match="not_your_case"):
        world.tell(facts.HoldAsked(AGENT["boss"], "supervisor", None, case.id, on=True))


# --- calling out ----------------------------------------------------------------------------------------------------


def owed(world: World, presence: str = "paused") -> Case:
    """Somebody hung up while waiting; seat 8001 took their call-back."""
    case = world.call(number=NUMBER)
    world.end("c1")
    (task,) = world.tasks.values()
    world.seat("8001", presence, pause_reason="rest" if presence == "paused" else None)
    world.tell(facts.TaskTaken(*world.by("8001", case), task_id=task.id))
    return world.cases[case.id]


def calling(world: World) -> Case:
    """The seat's own phone is up, and the other one rings."""
    case = owed(world)
    world.tell(facts.CallOutAsked(*world.by("8001", case), target=OWN))
    under_way = world.cases[case.id].calling
    assert under_way is not None
    world.tell(facts.SeatAnswered(under_way.seat_leg))
    return world.cases[case.id]


def far_leg(world: World, case: Case) -> str:
    under_way = world.cases[case.id].calling
    assert under_way is not None
    assert under_way.leg is not None
    return under_way.leg


def test_the_own_phone_first_then_theirs_and_the_call_back_is_done() -> None:
    world = World()
    case = owed(world)
    world.tell(facts.CallOutAsked(*world.by("8001", case), target=OWN))
    (ring,) = did(world, effects.RingSeat)
    assert isinstance(ring, effects.RingSeat)
    assert ring.auto_answer
    assert not did(world, effects.DialAttempt)
    world.tell(facts.SeatAnswered(ring.leg_id))
    (dial,) = did(world, effects.DialAttempt)
    assert isinstance(dial, effects.DialAttempt)
    assert dial.number == NUMBER
    far = far_leg(world, case)
    world.tell(facts.AttemptRang(far))
    world.tell(facts.AttemptAnswered(far, True, "test"))
    (connect,) = did(world, effects.Connect)
    assert set(connect.leg_ids) == {ring.leg_id, far}  # type: ignore[attr-defined]
    assert [task.outcome for task in world.tasks.values()] == ["reached"]
    assert world.legs[far].party == "caller"
    world.end(far)
    assert world.cases[case.id].state == "wrap_up"


@pytest.mark.parametrize(
    ("status", "cause", "result"),
    [("BUSY", "17", "busy"), ("NOANSWER", "19", "no_answer"), ("CHANUNAVAIL", "1", "invalid_number"), ("REFUSED", "21", "refused")],
)
def test_what_fails_is_recorded_as_what_it_was_and_stays_owed(status: str, cause: str, result: str) -> None:
    world = World()
    case = calling(world)
    far = far_leg(world, case)
    world.tell(facts.AttemptEnded(far, status, cause))
    entry = next(entry for entry in world.journal[case.id] if entry.kind == "call_ended")
    assert entry.data["result"] == result
    case = world.cases[case.id]
    assert (case.state, case.calling) == ("callback", None)
    assert [task.state for task in world.tasks.values()] == ["taken"]
    assert (world.seats["8001"].presence, world.seats["8001"].pause_reason) == ("paused", "rest")


def test_our_half_ends_first_and_the_node_tells_why() -> None:
    world = World()
    case = calling(world)
    far = far_leg(world, case)
    world.end(far, "17")
    assert did(world, effects.AskNode)
    assert world.cases[case.id].calling is not None
    world.tell(facts.AttemptSeen(far, "finished", "BUSY", "17"))
    assert world.cases[case.id].state == "callback"


def test_an_answer_from_before_it_rang_ends_no_call_that_a_person_asked_for() -> None:
    world = World()
    case = calling(world)
    far = far_leg(world, case)
    world.tell(facts.AttemptRang(far))
    world.tell(facts.AttemptSeen(far, "unclaimed", begun=False))
    assert world.cases[case.id].calling is not None, "their phone rings"
    assert [e.begun for e in did(world, effects.AskNode)] == [True]
    world.tell(facts.AttemptSeen(far, "older_than_node", begun=True))
    assert world.cases[case.id].state == "callback"
    assert did(world, effects.VoidAttempt), "an order that is still on its way finds the mark"
    assert effects.HangUp(far) in world.effects, "or it was quicker: then nobody is left with a phone that rings for nothing"


@pytest.mark.parametrize("how", ["hangs up the phone", "presses hang up", "never picked up"])
def test_the_seat_gives_up(how: str) -> None:
    world = World()
    case = owed(world)
    world.tell(facts.CallOutAsked(*world.by("8001", case), target=OWN))
    under_way = world.cases[case.id].calling
    assert under_way is not None
    if how == "never picked up":
        world.end(under_way.seat_leg, "19")
        assert len(world.legs) == 2, "nobody was dialled"
    else:
        world.tell(facts.SeatAnswered(under_way.seat_leg))
        far = far_leg(world, case)
        if how == "presses hang up":
            world.tell(facts.HangUpAsked(*world.by("8001", case)))
        else:
            world.end(under_way.seat_leg)
        assert effects.HangUp(far) in world.effects
        assert world.legs[far].state == "down"
        world.tell(facts.AttemptAnswered(far, True, "test"))  # too late: they picked up at this very moment
        assert effects.HangUp(far) in world.effects
    assert world.cases[case.id].state == "callback"


def test_they_call_themselves_while_we_dial() -> None:
    world = World()
    world.seat("8002", "paused", pause_reason="rest")
    case = world.press()
    world.end("c1")
    (task,) = world.tasks.values()
    world.seat("8001", "paused", pause_reason="rest")
    world.tell(facts.TaskTaken(*world.by("8001", case), task_id=task.id))
    world.tell(facts.CallOutAsked(*world.by("8001", case), target=OWN))
    under_way = world.cases[case.id].calling
    assert under_way is not None
    world.tell(facts.SeatAnswered(under_way.seat_leg))
    far = far_leg(world, case)
    world.press("c2")
    world.tell(facts.AttemptEnded(far, "BUSY", "17"))
    assert world.cases[case.id].state == "talking", "they are on the line"
    assert world.legs["c2"].state == "up"


@pytest.mark.parametrize("number", ["120", "110", "0797120", "+86110"])
@pytest.mark.rule("R-12")
def test_public_numbers_are_refused(number: str) -> None:
    world = World()
    case = owed(world)
    with pytest.raises(Refused, match="public_disabled"):
        world.tell(facts.CallOutAsked(*world.by("8001", case), target=Target(f"number:{number}", "family", number, number)))


def test_a_call_back_of_somebody_else_is_not_made() -> None:
    world = World()
    case = owed(world)
    world.seat("8002")
    with pytest.raises(Refused, match="task_not_yours"):
        world.tell(facts.CallOutAsked(*world.by("8002", case), target=OWN))


def test_nobody_calls_out_of_another_conversation() -> None:
    world = World()
    case = talking(world)
    with pytest.raises(Refused, match="on_the_line"):
        world.tell(facts.CallOutAsked(*world.by("8001", case), target=OWN))
    with pytest.raises(Refused, match="no_such_case"):
        world.tell(facts.CallOutAsked(AGENT["8001"], "seat", "8001", uuid4(), target=OWN))


# --- listening ------------------------------------------------------------------------------------------------------


def listening(world: World, manner: str = "listen") -> tuple[Case, str]:
    case = talking(world)
    world.seat("boss", "paused", pause_reason="meeting")
    world.tell(facts.ListenAsked(AGENT["boss"], "supervisor", "boss", case.id, manner=manner, name="王主任"))  # type: ignore[arg-type]
    (one,) = world.cases[case.id].listeners
    world.tell(facts.SeatAnswered(one.leg))
    return world.cases[case.id], one.leg


@pytest.mark.parametrize("manner", ["listen", "whisper", "barge"])
def test_each_manner_has_its_order(manner: str) -> None:
    world = World()
    case, leg = listening(world, manner)
    if manner == "barge":
        assert effects.Connect(case.bridge_id, (leg,)) in world.effects
    else:
        (order,) = did(world, effects.Overhear)
        assert order.whisper == (manner == "whisper")  # type: ignore[attr-defined]
    assert world.kinds(case)[-2:] == ["listening_asked", "listening_started"]
    assert world.seats["boss"].presence == "talking", "no call is offered to who listens"


@pytest.mark.parametrize("how", ["conversation", "phone", "command"])
def test_it_ends_and_the_supervisor_is_what_they_were(how: str) -> None:
    world = World()
    case, leg = listening(world)
    if how == "conversation":
        world.end("c1")
    elif how == "phone":
        world.end(leg)
    else:
        world.tell(facts.ListenStopped(AGENT["boss"], "supervisor", "boss", case.id))
    assert world.cases[case.id].listeners == ()
    assert effects.StopOverhearing(leg, case.bridge_id) in world.effects
    assert (world.seats["boss"].presence, world.seats["boss"].pause_reason) == ("paused", "meeting")
    assert world.kinds(case)[-1] == "listening_stopped"
    assert world.cases[case.id].state == ("wrap_up" if how == "conversation" else "talking")


def test_a_seat_listens_to_nobody() -> None:
    world = World()
    case = talking(world)
    world.seat("8002")
    with pytest.raises(Refused, match="not_supervisor"):
        world.tell(facts.ListenAsked(*world.by("8002", case), manner="listen"))
