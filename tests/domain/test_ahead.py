"""A rung is made ready a moment before its time: nothing of it is dated early, and time never runs backwards within a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain import effects, facts
from callcenter.domain.ahead import AHEAD, MARK, moment
from callcenter.domain.case import Case
from callcenter.domain.policy import Policy, Rung
from domain.world import World

FAMILY = Rung(("family",), 0.0, "until_acknowledged", "in_order", tries=1, ring_seconds=60.0)
BOSS = Rung(("supervisor",), 30.0, "until_acknowledged", "in_order", tries=1, ring_seconds=20.0)


def night() -> tuple[World, Case]:
    """The daughter's phone rings; the supervisor is next in 30 s."""
    world = World(policy=Policy("夜间", (FAMILY, BOSS), retry_seconds=10.0, key_seconds=10.0))
    world.family("大女儿")
    world.boss("主任")
    case = world.emergency()
    world.fire_due()
    world.tell(facts.AttemptRang(world.phone(case, "大女儿").id))
    return world, case


def made_ready(world: World, case: Case, before: float) -> None:
    """The rung's timer is told ``before`` seconds before it is due."""
    timer = world.timers[case.id, "ladder"]
    world.now = timer.due_at - timedelta(seconds=before)
    world.tell(facts.TimerDue(case.id, "ladder", timer.data, timer.due_at))


def test_a_rungs_timer_may_be_told_ahead_and_one_that_only_looks_may_not() -> None:
    world, case = night()
    assert MARK in world.timers[case.id, "ladder"].data
    world.comes_to_nothing(case, "大女儿")  # the supervisor is phoned at once, and looked after: nothing to make ready
    assert MARK not in world.timers[case.id, "ladder"].data


def test_what_is_made_ready_is_dated_with_its_time() -> None:
    world, case = night()
    due = world.timers[case.id, "ladder"].due_at
    made_ready(world, case, 0.1)
    boss = world.phone(case, "主任")
    assert boss.created_at == due
    assert world.ladder(case).rung_at == due
    (order,) = [effect for effect in world.effects if isinstance(effect, effects.DialAttempt)]
    assert order.expires_at > due


def test_too_early_is_not_yet() -> None:
    world, case = night()
    made_ready(world, case, AHEAD.total_seconds() + 0.01)
    assert "主任" not in world.rung(case)


def test_a_key_pressed_while_a_rung_is_made_ready_takes_it_back_and_time_does_not_run_backwards() -> None:
    world, case = night()
    world.picks_up(case, "大女儿")
    timer = world.timers[case.id, "ladder"]
    world.now = timer.due_at - timedelta(seconds=0.1)
    world.tell(facts.TimerDue(case.id, "ladder", {MARK: True}, timer.due_at))
    world.later(0.05)
    world.presses(case, "大女儿", "1")
    owner = world.ladder(case).owner
    assert owner is not None
    for attempt in world.calls(case):
        assert attempt.ended_at is None or attempt.ended_at >= attempt.created_at
        assert owner.at >= attempt.created_at
    times = [entry.at for entry in world.journal[case.id] if entry.at is not None]
    assert times == sorted(times)


@given(st.floats(-600, 600), st.floats(-600, 600), st.booleans())
def test_never_back_and_never_far_ahead(created: float, due: float, marked: bool) -> None:
    world, case = night()
    situation = world.situation(case.id, world.now, node="node1")
    attempts = tuple(replace(a, created_at=world.now + timedelta(seconds=created)) for a in situation.attempts)
    fact = facts.TimerDue(case.id, "ladder", {MARK: True} if marked else {}, world.now + timedelta(seconds=due))
    at = moment(replace(situation, attempts=attempts), fact, world.now)
    assert world.now <= at <= world.now + AHEAD
    near = {world.now + timedelta(seconds=created)} | ({fact.due_at} if marked else set())
    assert at == world.now or at in near
