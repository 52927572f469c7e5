"""Two Asterisk nodes: calls are made where the case is while that lives, at a living node otherwise, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import effects, facts
from callcenter.domain.case import Case
from callcenter.domain.facts import NODE_LOST
from domain.test_ladder import BOSS, FAMILY, night, pressed
from domain.world import World

TWICE = replace(FAMILY, tries=2)


def given_up(world: World, *legs: str) -> None:
    """Node 1 is silent; what it carried is told as the engine tells it."""
    world.place = ("node2", frozenset({"node1"}))
    attempts = [a.id for a in world.attempts.values() if a.open and a.node == "node1"]
    for leg in legs:
        world.tell(facts.LegEnded(leg, facts.NODE_LOST))
    for attempt in attempts:
        world.tell(facts.AttemptSeen(attempt, "node_lost", cause=NODE_LOST))


def dialled_at(world: World, case: Case, name: str) -> list[str]:
    return [attempt.node for attempt in world.calls(case, name)]


def test_the_ladder_goes_on_at_the_node_that_lives_and_an_open_order_is_voided() -> None:
    world = night()
    case = pressed(world)
    leg = world.phone(case, "大女儿").id
    given_up(world, "c1")
    assert world.attempts[leg].result == "interrupted"
    assert effects.VoidAttempt(leg) in world.effects
    assert dialled_at(world, case, "大女儿") == ["node1"]
    assert dialled_at(world, case, "小女儿") == ["node2"]


def test_a_phone_that_a_lost_node_left_ringing_is_not_rung_before_it_must_have_stopped() -> None:
    world = night(TWICE, BOSS)
    case = pressed(world)
    world.tell(facts.AttemptRang(world.phone(case, "大女儿").id))
    given_up(world, "c1")
    world.comes_to_nothing(case, "小女儿")
    world.pass_time(12)
    world.comes_to_nothing(case, "小女儿")  # her second time
    world.pass_time(9)
    assert dialled_at(world, case, "大女儿") == ["node1"], "it may still ring: 20 s of ringing, and a grace"
    world.pass_time(5)
    assert dialled_at(world, case, "大女儿") == ["node1", "node2"]


def test_it_is_not_rung_for_another_rung_or_another_name_either() -> None:
    """The supervisor is the elder's daughter: whoever is meant, it is the telephone that rings."""
    world = night()
    daughter = next(t for known in world.contacts.values() for t in known if t.name == "大女儿")
    world.duty = (replace(world.duty[0], number=daughter.number),)
    case = pressed(world)
    given_up(world, "c1")
    world.comes_to_nothing(case, "小女儿")
    assert dialled_at(world, case, "主任") == []
    world.pass_time(24)
    assert dialled_at(world, case, "主任") == []
    world.pass_time(2)
    assert dialled_at(world, case, "主任") == ["node2"]


def test_what_the_node_says_when_it_is_back_changes_nothing() -> None:
    world = night()
    case = pressed(world)
    leg = world.phone(case, "大女儿").id
    given_up(world, "c1")
    world.place = ("node1", frozenset())
    before = (world.attempts[leg], world.ladder(case), list(world.journal[case.id]))
    world.tell(facts.AttemptEnded(leg, "ANSWER", "16"))
    world.tell(facts.AttemptSeen(leg, "finished", "ANSWER", "16", "1"))
    assert (world.attempts[leg], world.ladder(case), list(world.journal[case.id])) == before
    world.tell(facts.AttemptAnswered(leg, True, "test"))
    assert effects.HangUp(leg) in world.effects, "whoever picks up only now is let go: somebody else is being asked"


def test_the_elder_of_a_lost_node_is_phoned_back_by_the_living_one() -> None:
    world = night(BOSS)
    world.home("+867977000001")
    case = pressed(world)
    given_up(world, "c1")
    back = world.phone(case, "一键通")
    assert back.node == "node2"


def test_a_seat_is_rung_at_the_callers_node_and_calls_of_a_case_stay_at_its_node() -> None:
    world = World()
    world.place = ("node2", frozenset())
    world.seat("8001")
    case = world.press()
    (ring,) = [leg for leg in world.legs.values() if leg.party == "seat"]
    assert (ring.node, case.offer and case.offer.leg) == ("node1", ring.id)


def test_a_caller_who_was_given_up_and_is_still_on_the_line_waits_again() -> None:
    """The network between us and the node was broken, not the node: its callers are found when it is back."""
    world = night(BOSS)
    case = pressed(world)
    given_up(world, "c1")
    assert world.cases[case.id].state == "callback"
    world.place = ("node1", frozenset())
    found = facts.CallArrived("c1", "node1", "96601", "t1", None, "t1", False, claimed=True)
    world.tell(found, kind="emergency", terminal="T1")
    assert world.cases[case.id].state == "waiting"
    assert world.legs["c1"].live
    assert len(world.cases) == 1, "the same emergency"
    assert all(task.state == "done" for task in world.tasks.values()), "no call-back is owed to who is on the line"
    before = list(world.journal[case.id])
    world.tell(found, kind="emergency", terminal="T1")
    assert world.journal[case.id] == before, "told twice it is one caller"


def spoken_at_a_lost_node() -> tuple[World, Case, str]:
    """An elder and a seat speak at node 1, which is given up; the seat is to write down what was said."""
    world = night(BOSS)
    world.seat("8001")
    case = world.answer(pressed(world))
    leg = next(leg.id for leg in world.legs.values() if leg.party == "seat")
    given_up(world, "c1", leg)
    assert (world.cases[case.id].state, world.seats["8001"].presence) == ("wrap_up", "wrap_up")
    world.place = ("node1", frozenset())
    return world, case, leg


def found_again(world: World, *beside: str) -> None:
    found = facts.CallArrived("c1", "node1", "96601", "t1", None, "t1", False, claimed=True, beside=beside)
    world.tell(found, kind="emergency", terminal="T1")


def test_who_never_stopped_speaking_speaks_on_when_the_node_is_back() -> None:
    world, case, leg = spoken_at_a_lost_node()
    found_again(world, leg)
    assert (world.cases[case.id].state, world.seats["8001"].presence) == ("talking", "talking")
    assert world.legs["c1"].live
    assert world.legs[leg].live
    assert effects.HangUp(leg) not in world.effects, "nobody is cut off"
    world.end("c1")
    assert world.cases[case.id].state == "wrap_up"


def test_a_seat_that_has_the_case_no_more_is_let_go_and_the_elder_waits_again() -> None:
    """Or it has hung up meanwhile: then it is not beside them."""
    for gone in (True, False):
        world, case, leg = spoken_at_a_lost_node()
        if not gone:
            world.pass_time(90)
            assert world.cases[case.id].state != "wrap_up"
        found_again(world, *(() if gone else (leg,)))
        assert world.cases[case.id].state == "waiting"
        assert (effects.HangUp(leg) in world.effects) is not gone
        assert not world.legs[leg].live


def test_who_pressed_again_meanwhile_is_found_in_the_emergency_of_that_press() -> None:
    """Lost, found, lost once more after somebody had settled it: the second press opened a case, and a terminal has one."""
    world = night(BOSS)
    case = pressed(world)
    given_up(world, "c1")
    world.seat("8001", "paused")
    world.tell(facts.Settled(*world.by("8001", case), outcome="safe", note="家属在场"))
    world.place = ("node1", frozenset())
    found_again(world)
    given_up(world, "c1")
    assert (world.cases[case.id].state, world.cases[case.id].takes_presses) == ("callback", False)
    second = world.press("c2")
    assert second.id != case.id
    before = world.cases[case.id]
    found_again(world, "seat-of-before")
    assert world.legs["c1"].live
    assert world.of("c1").id == second.id
    assert world.cases[second.id].level == second.level + 1
    assert effects.HangUp("seat-of-before") in world.effects, "whoever spoke with them is not left in an empty room"
    assert world.cases[case.id] == before
    world.end("c2")
    assert world.cases[second.id].state == "waiting", "they are on the line by their first call"
