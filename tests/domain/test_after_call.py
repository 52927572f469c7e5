"""What people do with a case: the rules let through what they allow, refuse the rest with words, and change nothing then."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.domain import facts
from callcenter.domain.case import Case
from callcenter.domain.errors import Refused
from domain.world import AGENT, World


def in_wrap_up(kind: str = "life_help") -> tuple[World, Case]:
    world = World()
    world.seat("8001")
    case = world.answer(world.press() if kind == "emergency" else world.call())
    world.end("c1")
    return world, world.cases[case.id]


def wrap(world: World, case: Case, **fields: Any) -> Case:
    values = {"category": "consultation", "subcategory": "affairs", "disposition": "answered", "summary": "已答复"} | fields
    world.tell(facts.WrappedUp(*world.by("8001", case), **values))
    return world.cases[case.id]


@pytest.mark.rule("R-16")
def test_a_consultation_that_was_answered_closes_at_once() -> None:
    world, case = in_wrap_up()
    done = wrap(world, case)
    assert (done.state, done.closed_at) == ("closed", world.now)
    assert world.seats["8001"].presence == "ready"
    assert world.journal[case.id][-1].data["rule"] == "R-16"


@pytest.mark.rule("R-16")
@pytest.mark.parametrize(
    "fields",
    [
        {"subcategory": "service"},
        {"category": "life_help", "subcategory": "meals"},
        {"disposition": "pending_answer"},
        {"category": "life_help", "subcategory": None, "disposition": "service_needed"},
    ],
)
def test_everything_else_stays_open(fields: dict[str, Any]) -> None:
    world, case = in_wrap_up()
    assert wrap(world, case, **fields).state == "open"


@pytest.mark.rule("R-8")
def test_an_unreasonable_case_closes_with_its_explanation() -> None:
    world, case = in_wrap_up()
    done = wrap(world, case, disposition="explained", unreasonable="harassment", explanation="已说明不能受理")
    assert done.state == "closed"
    assert world.journal[case.id][-1].data["rule"] == "R-8"


@pytest.mark.parametrize(
    ("fields", "code", "rule"),
    [
        ({"category": "nonsense"}, "category_needed", "R-3"),
        ({"subcategory": "meals"}, "category_needed", "R-3"),
        ({"subcategory": None}, "subcategory_needed", "R-3"),
        ({"disposition": "nonsense"}, "disposition_needed", "R-6"),
        ({"disposition": "false_alarm"}, "disposition_needed", "R-6"),
        ({"disposition": "explained"}, "refusal_needs_reason", "R-7"),
        ({"unreasonable": "harassment"}, "refusal_needs_reason", "R-7"),
        ({"disposition": "explained", "unreasonable": "boring", "explanation": "x"}, "unreasonable_list", "R-5"),
        ({"disposition": "explained", "unreasonable": "false", "explanation": "  "}, "explanation_needed", "R-8"),
        ({"summary": "   "}, "text_length", "R-6"),
        ({"summary": "x" * 4001}, "text_length", "R-6"),
    ],
)
def test_what_a_result_needs(fields: dict[str, Any], code: str, rule: str) -> None:
    world, case = in_wrap_up()
    before = (dict(world.cases), dict(world.seats), len(world.journal[case.id]))
    with pytest.raises(Refused) as refused:
        wrap(world, case, **fields)
    assert (refused.value.code, refused.value.rule) == (code, rule)
    assert refused.value.zh
    assert refused.value.en
    assert (dict(world.cases), dict(world.seats), len(world.journal[case.id])) == before


@pytest.mark.rule("R-19")
def test_an_emergency_does_not_close_while_it_is_red() -> None:
    world, case = in_wrap_up("emergency")
    done = wrap(world, case)
    assert (done.state, done.red) == ("open", True)


@pytest.mark.rule("R-19")
def test_a_false_alarm_settles_and_counts_as_a_test_of_the_terminal() -> None:
    world, case = in_wrap_up("emergency")
    decision = world.tell(
        facts.WrappedUp(
            *world.by("8001", case), category="rescue", subcategory="other", disposition="false_alarm", summary="误触,平安"
        )
    )
    assert not world.cases[case.id].red
    assert decision.terminal_tested == "T1"


@pytest.mark.rule("R-19")
@pytest.mark.parametrize(("outcome", "note", "code"), [("happy", "x", "outcome_needed"), ("safe", " ", "text_length")])
def test_settling_needs_grounds(outcome: str, note: str, code: str) -> None:
    world, case = in_wrap_up("emergency")
    with pytest.raises(Refused, match=code):
        world.tell(facts.Settled(*world.by("8001", case), outcome=outcome, note=note))
    assert world.cases[case.id].red


def test_nobody_settles_while_the_elder_is_still_waiting() -> None:
    world = World()
    case = world.press()
    with pytest.raises(Refused, match="still_waiting"):
        world.tell(facts.Settled(AGENT["8003"], "supervisor", None, case.id, outcome="safe", note="ok"))


@pytest.mark.rule("W-9")
@pytest.mark.parametrize(
    "make",
    [
        lambda by: facts.NoteWritten(*by, text="x"),
        lambda by: facts.DraftSaved(*by, draft={}),
        lambda by: facts.MemberChosen(*by, member_id=AGENT["8001"]),
        lambda by: facts.HangUpAsked(*by),
        lambda by: facts.OfferDeclined(*by),
        lambda by: facts.WrappedUp(*by, category="consultation", subcategory="affairs", disposition="answered", summary="x"),
    ],
)
def test_a_stranger_changes_nothing(make: Any) -> None:
    world, case = in_wrap_up()
    world.seat("8002")
    before = world.cases[case.id]
    with pytest.raises(Refused):
        world.tell(make(world.by("8002", case)))
    assert world.cases[case.id] == before


def test_a_call_back_is_taken_by_one_and_recorded() -> None:
    world = World()
    case = world.call()
    world.end("c1")
    task = next(iter(world.tasks.values()))
    world.seat("8001")
    world.seat("8002")
    with pytest.raises(Refused, match="task_not_yours"):
        world.tell(facts.TaskCompleted(*world.by("8001", case), task_id=task.id, outcome="reached", note="x"))
    world.tell(facts.TaskTaken(*world.by("8001", case), task_id=task.id))
    with pytest.raises(Refused, match="task_taken"):
        world.tell(facts.TaskTaken(*world.by("8002", case), task_id=task.id))
    world.tell(facts.TaskCompleted(*world.by("8001", case), task_id=task.id, outcome="reached", note="老人已安好"))
    assert world.cases[case.id].state == "open"
    with pytest.raises(Refused, match="task_gone"):
        world.tell(facts.TaskCompleted(*world.by("8001", case), task_id=task.id, outcome="reached", note="再次"))


def test_a_call_back_does_not_end_red() -> None:
    world = World()
    case = world.press()
    world.end("c1")
    task = next(iter(world.tasks.values()))
    world.seat("8001")
    world.tell(facts.TaskTaken(*world.by("8001", case), task_id=task.id))
    world.tell(facts.TaskCompleted(*world.by("8001", case), task_id=task.id, outcome="not_reached", note="三次未接"))
    assert world.cases[case.id].red


def test_taking_needs_a_free_registered_seat_and_somebody_who_waits() -> None:
    world = World()
    world.seat("8001")
    case = world.call()  # rings 8001
    with pytest.raises(Refused, match="seat_busy"):
        world.tell(facts.CaseTaken(*world.by("8001", case)))
    world.seat("8002", "paused", registered=False)
    with pytest.raises(Refused, match="phone_offline"):
        world.tell(facts.CaseTaken(*world.by("8002", case)))
    world.end("c1")
    world.seat("8002", "paused")
    with pytest.raises(Refused, match="not_waiting"):
        world.tell(facts.CaseTaken(*world.by("8002", case)))
