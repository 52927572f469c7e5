"""A seat leaves a routine caller for an emergency; calls outside hours; duty mobiles; call-backs that are offered; long pauses."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain import effects, facts
from callcenter.domain import seat as seats
from callcenter.domain.call_backs import OFFER_SECONDS, ROUND_SECONDS, Owed, match_tasks
from callcenter.domain.case import Case, Task
from callcenter.domain.closed_hours import LONGEST_SECONDS, SILENCE_SECONDS
from callcenter.domain.errors import Refused
from callcenter.domain.overflow import KEY_SECONDS, SENTENCE
from callcenter.domain.papers.duty_call import DutyCall, DutyCallWritten
from callcenter.domain.queues import Queue
from callcenter.domain.routing import Waiting, match
from domain.test_queues import ready
from domain.test_queues import seats as drawn_seats
from domain.test_queues import waits as drawn_waits
from domain.world import AGENT, START, World

DUTY_QUEUE = Queue(UUID(int=5), "life_help", "生活帮助", "Life help", duty_after=20.0)


def talking(world: World, leg: str = "c1") -> Case:
    world.seat("8001")
    case = world.answer(world.ring(world.call(leg)))
    assert case.state == "talking"
    return case


def said(world: World) -> list[str]:
    return [
        e.prompt if isinstance(e, effects.Say) else e.sentence for e in world.effects if isinstance(e, effects.Say | effects.SayTo)
    ]


def alive(world: World, case: Case) -> Case:
    return world.cases[case.id]


# --- park and take --------------------------------------------------------------------------------------------------


def test_a_routine_caller_is_parked_and_the_emergency_taken() -> None:
    world = World()
    routine = talking(world)
    emergency = world.press("c2")
    assert alive(world, emergency).offer is None, "nobody is free"
    world.tell(facts.CallParked(*world.by("8001", routine)))
    kept = alive(world, routine)
    assert (kept.state, kept.seat, kept.parked_at) == ("waiting", "8001", world.now)
    assert said(world) == ["parked"]
    assert world.legs["c1"].live, "the caller is on the line"
    assert world.seats["8001"].presence == "paused", "for nothing else, until the emergency rings"
    world.tell(facts.CaseTaken(*world.by("8001", emergency), at_once=True))
    rings = [e for e in world.effects if isinstance(e, effects.RingSeat)]
    assert [(r.seat, r.kind, r.auto_answer) for r in rings] == [("8001", "emergency", True)]
    taken = world.answer(emergency)
    assert (taken.state, taken.seat) == ("talking", "8001")
    assert alive(world, routine).state == "waiting"


def test_the_parked_caller_comes_back_to_their_seat_before_all_others() -> None:
    world = World()
    routine = talking(world)
    world.call("earlier", number="+8613800000009")
    emergency = world.press("c2")
    world.tell(facts.CallParked(*world.by("8001", routine)))
    world.tell(facts.CaseTaken(*world.by("8001", emergency)))
    world.answer(emergency)
    world.end("c2")
    world.tell(facts.TimerDue(emergency.id, "wrap_up"))
    world.pass_time(world.figures.wrap_up_seconds + 1)
    world.match()
    assert world.seats["8001"].presence == "offered"
    back = alive(world, routine)
    assert back.offer is not None
    assert back.offer.seat == "8001"
    assert world.answer(routine).parked_at is None


def test_another_seat_that_is_free_sooner_takes_the_parked_caller() -> None:
    world = World()
    routine = talking(world)
    emergency = world.press("c2")
    world.tell(facts.CallParked(*world.by("8001", routine)))
    world.tell(facts.CaseTaken(*world.by("8001", emergency)))
    world.seat("8002")
    world.match()
    offer = alive(world, routine).offer
    assert offer is not None
    assert offer.seat == "8002"


def test_a_parked_caller_who_hangs_up_is_owed_a_call() -> None:
    world = World()
    routine = talking(world)
    world.tell(facts.CallParked(*world.by("8001", routine)))
    world.end("c1")
    assert alive(world, routine).state == "callback"
    assert [t.state for t in world.tasks.values()] == ["open"]


@pytest.mark.rule("R-12")
def test_an_emergency_is_never_parked() -> None:
    world = World()
    world.seat("8001")
    case = world.answer(world.press())
    with pytest.raises(Refused, match="emergency"):
        world.tell(facts.CallParked(*world.by("8001", case)))
    assert alive(world, case).state == "talking"


# --- outside hours --------------------------------------------------------------------------------------------------


def closed() -> tuple[World, Case]:
    world = World(opens_at=START + timedelta(hours=21))
    world.seat("8001")
    return world, world.call()


@pytest.mark.rule("R-2")
def test_outside_hours_the_caller_is_told_and_promised_a_call() -> None:
    world, case = closed()
    assert "8点整" in said(world)[0]
    assert "按任意键" in said(world)[0]
    assert world.seats["8001"].presence == "ready", "no seat is rung for it"
    (task,) = world.tasks.values()
    assert (task.due_at, task.offer_from) == (START + timedelta(hours=21), START + timedelta(hours=21))
    world.end("c1")
    assert alive(world, case).state == "callback"
    assert len(world.tasks) == 1, "one promise, and no second task"
    assert "abandoned" not in world.kinds(case)
    assert world.match_call_backs() == [], "not before the line opens"
    world.later(21 * 3600)
    world.seat("8001")
    assert [(t, s) for _, t, s in world.match_call_backs()] == [(task.id, "8001")]


@pytest.mark.rule("R-7")
@pytest.mark.parametrize("how", ["key", "silence", "silence, and nobody told us that the sentence was over"])
def test_outside_hours_an_emergency_reaches_the_seat_that_is_there(how: str) -> None:
    world, case = closed()
    if how == "key":
        world.tell(facts.KeyPressed("c1", "5"))
    elif how == "silence":
        world.tell(facts.AudioEnded("c1", "say-c1~0"))
        assert not [e for e in world.effects if isinstance(e, effects.StartMusic)]
        world.pass_time(SILENCE_SECONDS)
    else:
        world.pass_time(LONGEST_SECONDS)
    urgent = alive(world, case)
    assert (urgent.kind, urgent.red, urgent.opens_at) == ("emergency", True, None)
    assert urgent.offer is not None
    assert urgent.offer.seat == "8001"
    assert case.id in world.ladders
    assert [t.outcome for t in world.tasks.values()] == ["emergency"]
    world.end("c1")
    assert [t.state for t in world.tasks.values()].count("open") == 1, "who is cut off now is owed a call at once"


def test_who_came_back_after_our_absence_hears_it_again() -> None:
    world, case = closed()
    world.tell(facts.CaseFoundLive(case.id, "test"))
    assert "8点整" in said(world)[0]
    assert (case.id, "closed") in world.timers


# --- duty mobiles ---------------------------------------------------------------------------------------------------


def overflowed(*names: str) -> tuple[World, Case]:
    world = World(queues={DUTY_QUEUE.id: DUTY_QUEUE})
    world.boss(*names)
    case = world.call()
    world.pass_time(20)
    return world, case


def dialled(world: World) -> list[str]:
    return [leg.number for leg in world.legs.values() if leg.party == "consult" and leg.live]


def duty_leg(world: World, case: Case) -> str:
    overflow = alive(world, case).overflow
    assert overflow is not None
    assert overflow.leg is not None
    return overflow.leg


def test_nobody_free_and_the_duty_mobile_takes_the_caller_with_its_key() -> None:
    world, case = overflowed("甲", "乙")
    assert dialled(world) == ["+8613800000000"]
    leg = duty_leg(world, case)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    assert said(world) == [SENTENCE]
    world.tell(facts.KeyPressed(leg, "7"))
    assert alive(world, case).state == "waiting"
    world.tell(facts.KeyPressed(leg, "1"))
    assert alive(world, case).state == "talking"
    joined = [e.leg_ids for e in world.effects if isinstance(e, effects.Connect)]
    assert joined == [("c1", leg)]
    world.end(leg)
    assert alive(world, case).state == "wrap_up", "who hangs up ends the conversation"
    assert effects.HangUp("c1") in world.effects


@pytest.mark.rule("S-1")
def test_what_a_duty_mobile_took_belongs_to_who_is_on_duty_and_is_to_be_written_down() -> None:
    world, case = overflowed("甲", "乙")
    world.keepers = {"duty:甲": AGENT["8003"]}
    leg = duty_leg(world, case)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    world.tell(facts.KeyPressed(leg, "1"))
    assert alive(world, case).agent_id == AGENT["8003"]
    assert not world.papers
    world.end(leg)
    (owed,) = world.papers.values()
    assert isinstance(owed, DutyCall)
    assert (owed.state, owed.owner_id, owed.name, owed.unfinished) == ("to_write", AGENT["8003"], "甲", True)
    with pytest.raises(Refused):  # somebody else's
        world.tell(DutyCallWritten(AGENT["8001"], "seat", "8001", case.id, owed.id, "life_help", "meals", "要送午餐"))
    world.tell(DutyCallWritten(AGENT["8003"], "supervisor", None, case.id, owed.id, "life_help", "meals", "要送午餐"))
    kept = alive(world, case)
    assert (kept.category, kept.subcategory, kept.summary) == ("life_help", "meals", "要送午餐")
    assert not world.papers[owed.id].unfinished


def test_busy_voicemail_and_silence_go_on_to_the_next() -> None:
    world, case = overflowed("甲", "乙", "丙")
    world.tell(facts.AttemptEnded(duty_leg(world, case), "BUSY", "17"))
    assert dialled(world) == ["+8613800000001"]
    leg = duty_leg(world, case)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    world.pass_time(KEY_SECONDS)
    assert effects.HangUp(leg) in world.effects, "a voicemail presses nothing"
    assert dialled(world) == ["+8613800000002"]
    world.tell(facts.AttemptAnswered(duty_leg(world, case), True, "test"))
    world.end(duty_leg(world, case))
    world.pass_time(40)
    assert dialled(world) == ["+8613800000000"], "nobody took it: from the first again"


def test_a_seat_that_is_faster_leaves_the_duty_mobile_in_peace() -> None:
    world, case = overflowed("甲")
    leg = duty_leg(world, case)
    world.seat("8001")
    world.match()
    world.answer(case)
    assert effects.HangUp(leg) in world.effects
    assert not world.legs[leg].live


def test_the_caller_who_leaves_the_duty_mobile_ends_it() -> None:
    world, case = overflowed("甲")
    leg = duty_leg(world, case)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    world.tell(facts.KeyPressed(leg, "1"))
    world.end("c1")
    assert alive(world, case).state == "wrap_up"
    assert effects.HangUp(leg) in world.effects


def test_a_mobile_that_loses_its_network_gives_the_caller_back_to_the_queue() -> None:
    world, case = overflowed("甲")
    leg = duty_leg(world, case)
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    world.tell(facts.KeyPressed(leg, "1"))
    world.end(leg, "38")
    assert alive(world, case).state == "waiting"
    assert not world.papers, "whoever has them next writes it down"
    assert world.legs["c1"].live
    world.seat("8001")
    world.match()
    assert alive(world, case).offer is not None


def test_no_duty_phone_is_written_down_and_tried_again() -> None:
    world, case = overflowed()
    assert "duty_none" in world.kinds(case)
    assert (case.id, "overflow") in world.timers


# --- call-backs -----------------------------------------------------------------------------------------------------


def abandoned() -> tuple[World, Case, Task]:
    world = World()
    case = world.call()
    world.end("c1")
    (task,) = world.tasks.values()
    return world, case, task


def test_a_call_back_goes_from_screen_to_screen_until_somebody_makes_it() -> None:
    world, case, task = abandoned()
    world.seat("8001")
    world.seat("8002", idle_since=world.now + timedelta(seconds=1))
    assert world.match_call_backs() == [(case.id, task.id, "8001")]
    assert world.seats["8001"].presence == "ready", "a caller who rings meanwhile is not behind it"
    assert world.match_call_backs() == [], "one screen at a time"
    world.tell(facts.CallBackDeclined(*world.by("8001", case), task_id=task.id))
    assert world.match_call_backs() == [(case.id, task.id, "8002")]
    world.pass_time(OFFER_SECONDS)
    assert world.kinds(case)[-1] == "call_back_missed"
    assert world.match_call_backs() == [], "everybody passed"
    world.pass_time(ROUND_SECONDS)
    assert world.match_call_backs() == [(case.id, task.id, "8001")]
    world.tell(facts.TaskTaken(*world.by("8001", case), task_id=task.id))
    kept = world.tasks[task.id]
    assert (kept.state, kept.owner_id, kept.offer_seat) == ("taken", AGENT["8001"], None)
    with pytest.raises(Refused, match="no longer"):
        world.tell(facts.CallBackDeclined(*world.by("8001", case), task_id=task.id))


def test_a_seat_has_one_card_at_a_time() -> None:
    world, case, task = abandoned()
    other = world.call("c2", number="+8613800000002")
    world.end("c2")
    second = next(t for t in world.tasks.values() if t.case_id == other.id)
    world.seat("8001")
    world.tell(facts.CallBackMatched(case.id, task.id, "8001"))
    world.tell(facts.CallBackMatched(other.id, second.id, "8001"))
    assert world.tasks[second.id].offer_seat is None


@given(drawn_waits, drawn_seats, st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=5))
def test_no_call_back_takes_a_seat_that_a_caller_needs(
    waiting: list[Waiting], all_seats: list[seats.Seat], drawn: list[tuple[bool, int]]
) -> None:
    owed = [
        Owed(Task(UUID(int=n), UUID(int=1000 + n), START, START + timedelta(minutes=due), offer_from=START), "life_help", red)
        for n, (red, due) in enumerate(drawn)
    ]
    pairs = match_tasks(owed, waiting, all_seats, START)
    given_away = {seat for _, seat in match(waiting, all_seats, START)}
    assert len({task for _, task, _ in pairs}) == len(pairs) == len({seat for *_, seat in pairs})
    assert not given_away & {seat for *_, seat in pairs}
    chosen = {task for _, task, _ in pairs}
    reds = {one.task.id for one in owed if one.red}
    assert not (chosen - reds) or reds <= chosen, "an emergency's call-back is first"


# --- pauses ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("W-6")
def test_a_pause_has_the_limit_of_its_reason_and_asking_again_makes_it_no_longer() -> None:
    seat = seats.move(ready("8001"), "pause", START, pause_reason="rest")
    assert seat.pause_until == START + timedelta(minutes=15)
    later = START + timedelta(minutes=10)
    again = seats.set_presence(seat, "paused", "rest", None, later, reasons=frozenset({"rest", "meal"}))
    assert (again.since, again.pause_until) == (START, seat.pause_until)
    meal = seats.set_presence(seat, "paused", "meal", None, later, reasons=frozenset({"rest", "meal"}))
    assert meal.pause_until == later + timedelta(minutes=45)
    assert seats.pause_is_long(seat, later) is None
    told = seats.pause_is_long(seat, START + timedelta(minutes=15))
    assert told is not None
    assert told.pause_long
    assert seats.pause_is_long(told, START + timedelta(minutes=16)) is None, "told once"
    back = seats.move(told, "ready", START + timedelta(minutes=20))
    assert (back.pause_until, back.pause_long) == (None, False)
    assert seats.move(ready("8001"), "pause", START, pause_reason="supervisor").pause_until is None
