"""A ladder as people see it, at each of its turns; played on the pure world."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from domain.world import AGENT, START, World

from callcenter.domain import facts
from callcenter.domain.case import Case
from callcenter.domain.clock import iso
from callcenter.domain.policy import Policy, PublicNumber, Rung
from callcenter.escalation import render
from callcenter.escalation.render import Picture

POLICY = Policy(
    "白班",
    (
        Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
        Rung(("family",), 10.0, "until_seat_answers", "in_order", ring_seconds=20.0),
        Rung(("120",), 30.0, "until_acknowledged", ring_seconds=30.0),
        Rung(("supervisor",), 60.0, "until_acknowledged", "in_order", ring_seconds=20.0),
    ),
    public=(PublicNumber("120", "assisted"),),
    version=3,
)
PROFILE = {
    "name": "王秀英", "age": 81, "gender": "f", "address": "书香园小区3栋", "door_code": "1357#", "key_holder": "邻居刘婶",
    "illnesses": ["高血压"], "medication": [], "allergies": ["青霉素"], "blood_type": "O", "hospital": "市人民医院",
    "district": "书香园小区", "contacts": [],
}  # fmt: skip


@pytest.fixture
def world() -> World:
    made = World(policy=POLICY)
    made.family("李芳", "李强")
    made.boss("曾国平")
    made.home("+867971000101")
    return made


def picture(world: World, case: Case, names: dict[UUID, str] | None = None) -> Picture:
    situation = world.situation(case.id, world.now)
    assert situation.case is not None
    assert situation.escalation is not None
    return Picture(
        situation.case, situation.escalation, situation.attempts, situation.around, situation.legs, PROFILE, names or {},
        situation.report,
    )  # fmt: skip


def states(world: World, case: Case) -> list[tuple[str, float | None]]:
    """Each rung's state, and when it began or will, in seconds after the press."""
    shown = render.ladder_json(picture(world, case), world.now)
    begin = {iso(START + timedelta(seconds=second)): float(second) for second in range(300)}
    return [(rung["state"], begin[rung["starts_at"]] if rung["starts_at"] else None) for rung in shown["rungs"]]


def ladder(world: World, case: Case, **more: Any) -> dict[str, Any]:
    return render.ladder_json(picture(world, case), world.now, **more)


def test_the_rungs_one_after_the_other(world: World) -> None:
    world.seat("8001")
    case = world.emergency()
    world.ring(case)
    assert states(world, case) == [("running", 0), ("next", 10), ("later", None), ("later", None)]
    world.pass_time(12)
    assert states(world, case) == [("running", None), ("running", 10), ("next", 40), ("later", None)]
    shown = ladder(world, case)
    assert (shown["rung"], shown["round"], shown["state"]) == (2, 1, "running")
    assert shown["next_at"] == iso(START + timedelta(seconds=40))
    assert shown["policy"] == {"name": "白班", "version": 3}
    assert shown["rungs"][1] == {
        "place": 2, "targets": ["family"], "delay_seconds": 10.0, "condition": "until_seat_answers", "order": "in_order",
        "tries": 1, "ring_seconds": 20.0, "state": "running", "starts_at": iso(START + timedelta(seconds=10)),
    }  # fmt: skip


def test_before_its_first_step(world: World) -> None:
    case = world.emergency()
    fresh = picture(world, case)
    begun = replace(
        fresh, escalation=replace(fresh.escalation, policy=None, rung=-1, rung_at=None), around=replace(fresh.around, policy=POLICY)
    )
    shown = render.ladder_json(begun, START)
    assert [rung["state"] for rung in shown["rungs"]] == ["next", "later", "later", "later"]
    assert (shown["rung"], shown["next_at"], shown["policy"]["name"]) == (0, None, "白班")


def test_while_a_seat_has_the_case(world: World) -> None:
    world.seat("8001")
    case = world.emergency()
    world.ring(case)
    world.answer(case)
    world.pass_time(15)
    assert [state for state, _ in states(world, case)] == ["done", "passed", "next", "later"]
    assert ladder(world, case)["owner"] is None  # speaking is not yet taking charge
    assert ladder(world, case)["card"]["state_zh"] == "工作人员正在与老人通话"


def test_who_takes_charge_is_the_owner_and_by_name(world: World) -> None:
    case = world.emergency()
    world.pass_time(1)
    world.tell(facts.AttemptRang(world.phone(case, "李芳").id))
    world.picks_up(case, "李芳")
    world.presses(case, "李芳", "1")
    shown = ladder(world, case)
    assert shown["state"] == "acknowledged"
    assert shown["owner"] == {"kind": "going", "name": "李芳(女儿)", "at": iso(world.now)}
    assert shown["resolve_by"] == iso(world.now + timedelta(seconds=POLICY.resolve_seconds))
    assert [rung["state"] for rung in shown["rungs"]] == ["done", "running", "later", "later"]  # they are being thanked
    world.hangs_up(case, "李芳")
    assert [state for state, _ in states(world, case)] == ["done", "done", "later", "later"]
    assert shown["next_at"] is None  # nobody else is phoned: there is nothing to count down to
    world.tell(facts.ChargeTaken(AGENT["8001"], "seat", "8001", case.id))
    both = render.ladder_json(picture(world, case, {AGENT["8001"]: "陈静"}), world.now)
    assert both["owner"]["name"] == "李芳(女儿)"
    assert [(each["kind"], each["name"], each["active"]) for each in both["acknowledgements"]] == [
        ("going", "李芳(女儿)", True), ("seat", "陈静", True),
    ]  # fmt: skip
    assert render.agents_of(picture(world, case).escalation) == {AGENT["8001"]}
    row = render.row_json(picture(world, case), world.now)
    assert row == {"state": "acknowledged", "rung": 2, "rungs": 4, "next_at": None, "owner": both["owner"]}


def test_assisted_exhausted_paged(world: World) -> None:
    case = world.emergency()
    for name in ("李芳", "李强"):
        world.pass_time(1)
        world.comes_to_nothing(case, name, "BUSY", "17")
    shown = ladder(world, case)
    assert (shown["assisted"], [state for state, _ in states(world, case)]) == (["120"], ["done", "done", "running", "next"])
    world.pass_time(60)
    world.comes_to_nothing(case, "曾国平")
    shown = ladder(world, case)
    assert (shown["state"], shown["pages"], shown["exhausted_at"]) == ("exhausted", 1, iso(world.now))
    assert {state for state, _ in states(world, case)} == {"done"}
    assert shown["next_at"] == iso(world.now + timedelta(seconds=POLICY.page_seconds))


def test_whom_a_person_may_call_is_what_the_command_takes(world: World) -> None:
    world.seat("8001")
    case = world.emergency()
    offered = ladder(world, case)["can_call"]
    assert [entry["target"] for entry in offered] == [
        "contact:李芳", "contact:李强", "120", "110", "119", "terminal", "landline:+867971000101", "duty:曾国平",
    ]  # fmt: skip
    assert next(entry["number"] for entry in offered if entry["target"] == "terminal") == ""  # an account is nobody's number
    for entry in offered:
        world.tell(facts.ContactCalled(AGENT["8001"], "seat", "8001", case.id, target=entry["target"]))
    assert {attempt.target for attempt in world.calls(case)} == {entry["target"] for entry in offered}
    shown = render.case_part(picture(world, case), world.now)["attempts"]
    assert {(attempt["asked"], attempt["rung"]) for attempt in shown} == {(True, -2)}


def test_attempts_count_rungs_from_one(world: World) -> None:
    case = world.emergency()
    world.pass_time(1)
    (attempt,) = render.case_part(picture(world, case), world.now)["attempts"]
    assert (attempt["rung"], attempt["kind"], attempt["name"], attempt["state"], attempt["asked"]) == (
        2,
        "family",
        "李芳",
        "intent",
        False,
    )


def test_those_whose_task_it_is_not_see_no_person(world: World) -> None:
    case = world.emergency()
    world.pass_time(1)
    world.picks_up(case, "李芳")
    world.presses(case, "李芳", "1")
    shown = render.entity_json(picture(world, case), world.now, masked=True)
    assert "can_call" not in shown
    assert "card" not in shown
    text = str(shown)
    for secret in (
        "李芳",
        "王秀英",
        "1357",
        "书香园小区3栋",
        *(target.number for target in world.contacts[case.member_id or case.id]),
    ):
        assert secret not in text
    assert shown["case"]["who"] == "王*英"
    assert shown["owner"]["name"] != "李芳(女儿)"
    full = render.entity_json(picture(world, case), world.now)
    assert full["card"]["door_code"] == "1357#"
    assert full["attempts"][0]["name"] == "李芳"


def test_it_stays_on_the_screen_while_somebody_of_it_is_on_the_line(world: World) -> None:
    case = world.emergency()
    world.pass_time(1)
    world.picks_up(case, "李芳")
    world.end("c1")
    world.tell(facts.Settled(AGENT["8001"], "supervisor", None, case.id, outcome="safe", note="家属到场"))
    found = picture(world, case)
    assert found.escalation.over
    assert render.is_shown(found.escalation, found.attempts)
    world.hangs_up(case, "李芳")
    world.comes_to_nothing(case, "一键通", "CANCEL", "")  # the elder was being called back
    found = picture(world, case)
    assert not render.is_shown(found.escalation, found.attempts)


def test_what_a_decision_leaves_is_what_is_read_afterwards(world: World) -> None:
    case = world.emergency()
    world.pass_time(1)
    leg = world.phone(case, "李芳").id
    before = world.situation(case.id, world.now)
    decision = world.tell(facts.AttemptAnswered(leg, True, "test"))
    after = Picture.after(before, decision, PROFILE, {})
    assert after is not None
    assert render.entity_json(after, world.now) == render.entity_json(picture(world, case), world.now)
