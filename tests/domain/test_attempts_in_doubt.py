"""What is told late, or was asked before things moved on, ends no call that rings; and who is going hears that we know it.

Each of these was found by a simulated night.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import pytest

from callcenter.domain import effects, facts
from callcenter.domain.announcements import JOINING, THANKS_BOTH, THANKS_GOING
from callcenter.domain.case import Case, Leg
from callcenter.domain.escalation import Target
from callcenter.domain.policy import Policy, Rung
from domain.world import AGENT, MEMBER, World

FAMILY = Rung(("family",), 0.0, "until_acknowledged", "parallel", tries=2, ring_seconds=20.0)
BOSS = Rung(("supervisor",), 600.0)


def night() -> tuple[World, Case]:
    """Two daughters are rung; the elder has hung up, and nobody is at the desks."""
    world = World(policy=Policy("夜间", (FAMILY, BOSS), retry_seconds=10.0, key_seconds=10.0))
    world.family("大女儿", "小女儿")
    world.boss("主任")
    case = world.emergency()
    world.fire_due()
    return world, case


def asked(world: World, leg: str) -> list[bool]:
    """Whether it was known to have begun, for each time that the node is asked for this leg now."""
    return [e.begun for e in world.effects if isinstance(e, effects.AskNode) and e.leg_id == leg]


def test_an_answer_from_before_it_rang_ends_no_call_that_rings() -> None:
    """Asked while nobody had heard of it; the answer was slept over, and meanwhile another instance had it dialled."""
    world, case = night()
    leg = world.phone(case, "大女儿").id
    world.pass_time(2)
    assert asked(world, leg) == [False]
    world.tell(facts.AttemptRang(leg))
    for late in ("unclaimed", "older_than_node"):
        world.tell(facts.AttemptSeen(leg, late, begun=False))  # type: ignore[arg-type]
        assert world.attempts[leg].open, "her phone rings: a second call would ring it twice"
        assert asked(world, leg) == [True], "what was answered about the time before is asked anew"
        assert effects.VoidAttempt(leg) not in world.effects


def test_a_call_that_is_nowhere_is_given_up_when_it_is_void_and_not_before() -> None:
    """An order may still be on its way: until the dialplan says that it cannot begin, nobody else is phoned in its place."""
    world, case = night()
    leg = world.phone(case, "大女儿").id
    world.tell(facts.AttemptRang(leg))
    world.tell(facts.AttemptSeen(leg, "older_than_node", begun=True))
    assert effects.VoidAttempt(leg) in world.effects
    assert world.attempts[leg].open
    check = world.attempts[leg].check_at
    assert check is not None
    assert check - world.now <= timedelta(seconds=2), "should nobody say so, it is asked soon"
    world.tell(facts.AttemptEnded(leg, "VOID", "0"))
    assert (world.attempts[leg].state, world.attempts[leg].result) == ("done", "interrupted")
    world.pass_time(10)
    assert world.phone(case, "大女儿").id != leg, "and she is tried again under another name"


def test_a_phone_that_is_to_stop_ringing_is_looked_after_when_it_is_told_late_that_it_rings() -> None:
    """The order to hang up was lost with its instance; then came the word that it rings."""
    world, case = night()
    younger = world.phone(case, "小女儿").id
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "1")
    assert effects.HangUp(younger) in world.effects
    world.later(0.5)
    world.tell(facts.AttemptRang(younger))
    world.pass_time(3)
    assert asked(world, younger) == [True], "not when her phone would have rung out by itself"
    world.tell(facts.AttemptSeen(younger, "live", begun=True))
    assert effects.HangUp(younger) in world.effects


def test_whom_the_centre_brings_in_hears_the_thanks_that_this_breaks_off() -> None:
    world, case = night()
    world.end("c1")
    leg = world.picks_up(case, "大女儿").id
    world.picks_up(case, "小女儿")
    world.presses(case, "大女儿", "1")
    world.presses(case, "小女儿", "1")
    world.later(0.5)
    world.tell(facts.AttemptJoined(*world.by("8001", case), attempt_id=leg))
    assert world.hears(case, "大女儿") == THANKS_GOING + JOINING, "nobody is on the line who could tell her"
    world.tell(facts.LegEnded(leg, "16", "test"))
    world.tell(facts.AttemptEnded(leg, "ANSWER", "16"))
    world.tell(facts.AttemptJoined(*world.by("8001", case), attempt_id=world.phone(case, "小女儿").id))
    assert world.hears(case, "小女儿") == THANKS_BOTH + JOINING


def test_whom_the_centre_lets_go_while_they_are_thanked_hears_it_out() -> None:
    world, case = night()
    leg = world.picks_up(case, "大女儿").id
    world.presses(case, "大女儿", "1")
    world.later(0.3)
    world.tell(facts.AttemptDropped(*world.by("8001", case), attempt_id=leg))
    assert effects.HangUp(leg) not in world.effects
    assert "attempt_dropped" in world.kinds(case)
    world.later(4)
    world.tell(facts.AudioEnded(leg, "the thanks"))
    assert effects.HangUp(leg) in world.effects


def test_a_contact_who_waits_for_a_seat_is_not_greeted_as_an_elder() -> None:
    world, case = night()
    world.end("c1")
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "0")
    assert world.hears(case, "大女儿") == JOINING
    assert not any(isinstance(e, effects.Say) for e in world.effects), "“your call for help has come in” is not for her"


def test_a_daughter_who_speaks_with_somebody_is_told_by_them() -> None:
    world, case = night()
    leg = world.picks_up(case, "大女儿").id
    world.presses(case, "大女儿", "1")
    world.tell(facts.AttemptJoined(AGENT["8001"], "seat", "8001", case.id, attempt_id=leg))
    assert any(isinstance(e, effects.Connect) and set(e.leg_ids) == {"c1", leg} for e in world.effects)
    assert world.hears(case, "大女儿") is None


# --- one telephone, one leg -----------------------------------------------------------------------------------------


def two_elders(here: Target, there: Target) -> tuple[World, Case, Case]:
    """Two emergencies at once; the first one's ladder phones ``here``, the second one's ``there``."""
    rung = Rung(("family", "neighbour", "community", "supervisor"), 0.0, "until_acknowledged", "parallel", tries=3)
    world = World(policy=Policy("夜间", (rung,), retry_seconds=10.0))
    other = uuid5(MEMBER, "other")
    world.contacts = {MEMBER: (here,), other: (there,)}
    first = world.emergency()
    world.fire_due()
    second = world.press("c2", "T2", members=(other,))
    world.fire_due()
    return world, first, second


@pytest.mark.parametrize(("here", "there"), [("community", "family"), ("family", "community"), ("family", "neighbour")])
def test_a_daughter_who_serves_the_community_too_is_rung_for_one_elder_at_a_time(here: str, there: str) -> None:
    number = "+8613900000007"
    world, first, second = two_elders(
        Target("contact:1", here, "王芳", number),  # type: ignore[arg-type]
        Target("contact:2", there, "王芳", number),  # type: ignore[arg-type]
    )
    assert world.rung(first) == ["王芳"]
    assert [a.result for a in world.calls(second)] == ["in_use"]
    world.comes_to_nothing(first, "王芳", "BUSY", "17")
    world.pass_time(12)
    assert len(world.rung(first)) + len(world.rung(second)) == 1, "then it is the other's turn, or hers again: never both"


def test_a_communitys_desk_may_ring_for_two_at_once() -> None:
    desk = Target("contact:1", "community", "社区", "+8679700000000")
    world, first, second = two_elders(desk, replace(desk, key="contact:2"))
    assert world.rung(first) == world.rung(second) == ["社区"]


def test_a_duty_phone_that_is_somebodys_own_rings_for_one_at_a_time() -> None:
    neighbour = Target("contact:1", "neighbour", "老李", "+8613900000007")
    world, first, second = two_elders(neighbour, replace(neighbour, key="contact:2", number="+8613900000008"))
    world.duty = (Target("duty:1", "supervisor", "主任", "+8613900000007"),)
    world.pass_time(5)
    assert world.rung(first) == ["老李"]
    assert world.rung(second) == ["老李"]
    assert [a.result for a in world.calls(second, "主任")] == ["in_use"], "he speaks with his own neighbour's elder"


def test_whom_a_seat_phones_is_not_rung_by_a_ladder() -> None:
    """The seat of another case, or of this one: a leg is a leg, whoever wanted it."""
    daughter = Target("contact:1", "family", "王芳", "+8613900000007")
    for of_other_case in (True, False):
        world = World(policy=Policy("夜间", (Rung(("family",), 5.0, tries=1), BOSS)))
        world.contacts = {MEMBER: (daughter,)}
        case = world.emergency()
        other = world.call("c9")
        world.fire_due()
        owner = other if of_other_case else case
        leg = Leg("l", owner.id, "consult", "ringing", "node1", world.now, name="王芳", number=daughter.number)
        world.legs["l"] = leg
        world._legs_of[owner.id]["l"] = leg
        world.pass_time(6)
        assert [a.result for a in world.calls(case)] == ["in_use"]


def test_a_seat_that_only_declines_does_not_keep_the_supervisor_from_being_paged() -> None:
    """It is rung again and again, for nobody else is there; the ladder had waited for it, for ever."""
    world = World(
        policy=Policy("夜间", (Rung(("emergency_seats",), 0.0), Rung(("supervisor",), 20.0, ring_seconds=10.0)), retry_seconds=10.0)
    )
    world.seat("8001")
    world.boss("主任")
    case = world.emergency()
    for _ in range(80):
        if ring := world.cases[case.id].offer:
            world.tell(facts.SeatRang(ring.leg))
            world.tell(facts.LegEnded(ring.leg, "21"))
        for attempt in [a for a in world.calls(case) if a.open]:
            world.tell(facts.AttemptEnded(attempt.id, "NOANSWER", "19"))
        world.pass_time(1)
    assert world.cases[case.id].offer is not None, "it rings still"
    assert world.ladder(case).state == "exhausted"
    assert "supervisor_paged" in world.kinds(case)
