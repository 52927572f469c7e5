"""What is told late, or was asked before things moved on, ends no call that rings; and who is going hears that we know it.

Each of these was found by a simulated night.
"""

from __future__ import annotations

from datetime import timedelta

from callcenter.domain import effects, facts
from callcenter.domain.announcements import JOINING, THANKS_BOTH, THANKS_GOING
from callcenter.domain.case import Case
from callcenter.domain.policy import Policy, Rung
from domain.world import AGENT, World

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
