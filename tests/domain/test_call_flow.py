"""The way of a call, decision by decision, and a random walk that must never break what the centre promises."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callcenter.domain import effects, facts
from callcenter.domain import seat as seats
from domain.world import World


def ringing(world: World, extension: str) -> bool:
    return any(isinstance(e, effects.RingSeat) and e.seat == extension for e in world.effects)


def test_a_call_opens_a_case_and_rings_the_longest_idle_seat() -> None:
    world = World()
    world.seat("8001")
    world.later(10)
    world.seat("8002")
    case = world.call()
    assert (case.state, case.offer and case.offer.seat) == ("waiting", "8001")
    assert ringing(world, "8001")
    assert world.seats["8001"].presence == "offered"
    assert world.kinds(case) == ["arrived", "unknown_caller", "offered"]
    assert len(world.effects) == 1, "the caller goes on hearing the dialplan's ringing"


def test_an_emergency_hears_a_voice_at_once() -> None:
    world = World()
    world.seat("8001")
    case = world.press()
    assert case.red
    assert [type(e) for e in world.effects] == [effects.RingSeat, effects.AnswerLeg, effects.Say]


def test_the_same_arrival_told_twice_changes_nothing() -> None:
    world = World()
    world.seat("8001")
    case = world.call()
    decision = world.tell(facts.CallArrived("c1", "node1", "96602", None, "+8613800000001", "", False))
    assert decision.nothing
    assert len(world.cases) == 1
    assert world.cases[case.id] == case


def test_nobody_free_waits_with_an_announcement_and_its_place() -> None:
    world = World()
    first, second = world.call("c1"), world.call("c2", "+8613800000002")
    assert (first.offer, second.offer) == (None, None)
    say = next(e for e in world.effects if isinstance(e, effects.Say))
    assert (say.prompt, say.position) == ("queue", 2)
    world.seat("8001")
    assert world.match() == 1
    assert world.cases[first.id].offer is not None, "who waited longest is first"
    assert world.cases[second.id].offer is None


def test_a_seat_that_does_not_answer_is_passed_over_and_paused_after_two() -> None:
    world = World()
    world.seat("8001")
    world.later(1)
    world.seat("8002")
    case = world.ring(world.call())
    world.later(15)
    world.fire_due()
    assert any(isinstance(e, effects.HangUp) for e in world.effects), "the first phone stops ringing"
    case = world.ring(case)
    assert case.offer is not None
    assert (case.offer.seat, case.passed_seats) == ("8002", ("8001",))
    assert world.seats["8001"].presence == "ready"
    world.later(15)
    world.fire_due()
    assert world.cases[case.id].offer is None, "everybody had a turn; the next round comes with the announcement"
    world.later(30)
    world.fire_due()
    world.ring(case)
    world.later(15)
    world.fire_due()
    paused = [s for s in world.seats.values() if s.presence == "paused"]
    assert [s.pause_reason for s in paused] == ["no_answer"]


@pytest.mark.parametrize(
    ("cause", "told"), [("17", "offer_declined"), ("21", "offer_declined"), ("19", "offer_missed"), ("20", "offer_failed")]
)
def test_what_the_phone_says_is_journalled_as_what_it_was(cause: str, told: str) -> None:
    world = World()
    world.seat("8001")
    case = world.press()
    assert case.offer is not None
    world.end(case.offer.leg, cause)
    assert told in world.kinds(case)


def test_answer_joins_both_and_records() -> None:
    world = World()
    world.seat("8001")
    case = world.answer(world.call())
    assert (case.state, case.seat, case.offer) == ("talking", "8001", None)
    connect = world.effects[-1]
    assert isinstance(connect, effects.Connect)
    assert "c1" in connect.leg_ids
    assert connect.recording is not None
    assert len(connect.leg_ids) == 2
    assert not [key for key in world.timers if key[0] == case.id], "nothing rings or speaks into the conversation"


def test_a_late_answer_of_a_passed_seat_is_let_go() -> None:
    world = World()
    world.seat("8001")
    world.later(1)
    world.seat("8002")
    case = world.call()
    first = case.offer
    assert first is not None
    world.later(15)
    world.fire_due()
    world.tell(facts.SeatAnswered(first.leg))
    assert world.effects == [effects.HangUp(first.leg)]
    assert world.cases[case.id].state == "waiting"


def test_hang_up_leads_to_wrap_up_and_the_seat_becomes_ready_by_itself() -> None:
    world = World()
    world.seat("8001")
    case = world.answer(world.call())
    world.end("c1")
    assert world.cases[case.id].state == "wrap_up"
    assert world.seats["8001"].presence == "wrap_up"
    world.later(60)
    world.fire_due()
    assert world.cases[case.id].state == "open"
    assert world.seats["8001"].presence == "ready"


def test_a_caller_who_gives_up_is_owed_a_call_and_the_seat_keeps_its_place() -> None:
    world = World()
    idle_since = world.seat("8001", idle_since=world.now).idle_since
    world.later(5)
    case = world.call()
    world.later(4)
    world.end("c1", "127")
    case = world.cases[case.id]
    assert case.state == "callback"
    task = next(iter(world.tasks.values()))
    assert (task.case_id, task.state) == (case.id, "open")
    assert world.seats["8001"].presence == "ready"
    assert world.seats["8001"].idle_since == idle_since


def test_an_abandoned_emergency_stays_red_until_a_person_settles_it() -> None:
    world = World()
    case = world.press()
    world.end("c1")
    case = world.cases[case.id]
    assert case.red
    assert next(iter(world.tasks.values())).due_at == world.now, "at once"
    world.later(86400)
    world.fire_due()
    assert world.cases[case.id].red
    world.seat("8001")
    world.tell(facts.Settled(*world.by("8001", case), outcome="safe", note="家属在场,老人平安"))
    case = world.cases[case.id]
    assert not case.red
    assert case.settled_at is not None
    assert all(task.state == "done" for task in world.tasks.values())


def test_a_second_press_joins_the_live_case() -> None:
    world = World()
    world.seat("8001")
    case = world.answer(world.press("c1"))
    joined = world.press("c2")
    assert joined.id == case.id
    assert joined.level == 2
    assert world.effects[-1] == effects.Connect(case.bridge_id, ("c2",))
    world.end("c1")
    assert world.cases[case.id].state == "talking", "the elder is still on the other line"
    world.end("c2")
    assert world.cases[case.id].state == "wrap_up"


def test_a_press_after_hang_up_rings_again_in_the_same_case_until_it_is_settled() -> None:
    world = World()
    case = world.press("c1")
    world.end("c1")
    world.later(60)
    again = world.press("c2")
    assert again.id == case.id
    assert again.state == "waiting"
    assert [task.outcome for task in world.tasks.values()] == ["called_again"]
    world.end("c2")
    world.later(6 * 3600)
    world.seat("8001")
    assert world.press("c3").id == case.id, "nobody has said that the elder is safe"
    world.answer(world.cases[case.id])
    world.tell(facts.Settled(*world.by("8001", case), outcome="safe", note="家属在场,老人平安"))
    world.end("c3")
    assert world.press("c4").id != case.id


def test_a_dead_phone_does_not_drop_the_caller() -> None:
    world = World()
    world.seat("8001")
    world.later(1)
    world.seat("8002")
    case = world.answer(world.call())
    leg = next(leg for leg in world.legs.values() if leg.party == "seat")
    world.end(leg.id, "lost")
    case = world.cases[case.id]
    assert case.state == "waiting"
    assert not any(isinstance(e, effects.HangUp) and e.leg_id == "c1" for e in world.effects)
    assert case.offer is not None
    assert case.offer.seat == "8002", "others are tried before the dead phone"
    world.later(4)
    world.fire_due()
    offer = world.cases[case.id].offer
    assert offer is None, "nobody else is there: the next round comes with the announcement"


def test_a_phone_that_does_not_even_ring_is_skipped_soon() -> None:
    world = World()
    world.seat("8001")
    world.later(1)
    world.seat("8002")
    case = world.press()
    world.later(4)
    world.fire_due()
    case = world.ring(case)
    assert case.offer is not None
    assert case.offer.seat == "8002"
    assert [e.data.get("cause") for e in world.journal[case.id] if e.kind == "offer_failed"] == ["no ringing"]
    world.later(5)
    assert world.fire_due() == 0, "this one rings for true and has the whole ring time"
    world.later(10)
    world.fire_due()
    assert "offer_missed" in world.kinds(case)


def test_an_order_that_failed_goes_on_with_the_next_seat() -> None:
    world = World()
    world.seat("8001")
    world.later(1)
    world.seat("8002")
    case = world.call()
    assert case.offer is not None
    world.tell(facts.OrderFailed(case.id, "RingSeat", case.offer.leg, "timeout"))
    case = world.cases[case.id]
    assert case.offer is not None
    assert case.offer.seat == "8002"
    assert "offer_failed" in world.kinds(case)


def test_legs_that_could_not_be_joined_are_joined_in_a_moment() -> None:
    world = World()
    world.seat("8001")
    case = world.answer(world.call())
    world.tell(facts.OrderFailed(case.id, "Connect", "", "timeout"))
    world.later(1)
    world.fire_due()
    assert isinstance(world.effects[-1], effects.Connect)
    world.tell(facts.OrderFailed(case.id, "Connect", "", "timeout"))
    world.end("c1")
    world.later(1)
    world.fire_due()
    assert not world.effects, "nobody is left to join"


def test_found_again_after_our_absence() -> None:
    world = World()
    world.seat("8001")
    talking = world.answer(world.call("c1"))
    waiting = world.call("c2", "+8613800000002")
    world.tell(facts.CaseFoundLive(talking.id, "test"))
    assert world.effects[-1] == effects.Connect(talking.bridge_id, world.effects[-1].leg_ids, f"{talking.id}-1")  # type: ignore[union-attr]
    world.tell(facts.CaseFoundLive(waiting.id, "test"))
    assert any(isinstance(e, effects.Say) for e in world.effects), "who waits hears us again"


def test_taking_a_waiting_case_beats_an_offer_to_somebody_else() -> None:
    world = World()
    world.seat("8001")
    world.seat("8002", "paused", pause_reason="rest")
    case = world.press()
    world.tell(facts.CaseTaken(*world.by("8002", case)))
    case = world.cases[case.id]
    assert case.offer is not None
    assert case.offer.seat == "8002"
    assert world.seats["8001"].presence == "ready"


class RandomWalk(RuleBasedStateMachine):
    """Any order of events: the promises hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.calls = 0
        for extension in ("8001", "8002", "8003"):
            self.world.seat(extension)

    @rule(kind=st.sampled_from(["emergency", "life_help"]), terminal=st.sampled_from(["T1", "T2"]))
    def call(self, kind: str, terminal: str) -> None:
        self.calls += 1
        leg = f"c{self.calls}"
        if kind == "emergency":
            self.world.press(leg, terminal)
        else:
            self.world.call(leg, f"+86138{self.calls:08}")

    @precondition(lambda self: any(leg.live for leg in self.world.legs.values()))
    @rule(data=st.data(), cause=st.sampled_from(["16", "17", "19", "20", "21", "lost"]))
    def leg_ends(self, data: st.DataObject, cause: str) -> None:
        live = sorted(leg.id for leg in self.world.legs.values() if leg.live)
        self.world.end(data.draw(st.sampled_from(live)), cause)

    @precondition(lambda self: any(leg.party == "seat" for leg in self.world.legs.values()))
    @rule(data=st.data())
    def seat_answers(self, data: st.DataObject) -> None:
        legs = sorted(leg.id for leg in self.world.legs.values() if leg.party == "seat")
        self.world.tell(facts.SeatAnswered(data.draw(st.sampled_from(legs))))

    @rule(seconds=st.sampled_from([1.0, 14.0, 31.0, 61.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.later(seconds)
        self.world.fire_due()

    @rule()
    def route(self) -> None:
        self.world.match()

    @rule(extension=st.sampled_from(["8001", "8002", "8003"]))
    def paused_seat_comes_back(self, extension: str) -> None:
        seat = self.world.seats[extension]
        if seat.presence == "paused":
            self.world.seats[extension] = seats.move(seat, "ready", self.world.now)

    @invariant()
    def one_seat_one_case(self) -> None:
        offered = [c.offer.seat for c in self.world.cases.values() if c.offer]
        handling = [c.seat for c in self.world.cases.values() if c.state in ("talking", "wrap_up")]
        assert len(set(offered)) == len(offered)
        assert len(set(handling)) == len(handling)
        assert not set(offered) & set(handling)

    @invariant()
    def busy_seats_have_their_case(self) -> None:
        for seat in self.world.seats.values():
            assert (seat.case_id is not None) == (seat.presence in seats.BUSY)
            if seat.case_id is not None:
                case = self.world.cases[seat.case_id]
                assert seat.extension in (case.seat, case.offer.seat if case.offer else None), "no ghost: stuck for nothing"

    @invariant()
    def nobody_is_forgotten(self) -> None:
        for case in self.world.cases.values():
            callers = [leg for leg in self.world.legs.values() if leg.case_id == case.id and leg.party == "caller" and leg.live]
            if case.state == "waiting":
                assert callers, "a case waits for nobody"
                assert (case.id, "announce") in self.world.timers, "nobody would ever speak to them again"
                assert case.offer is None or (case.id, "ring") in self.world.timers, "an offer would ring for ever"
            if case.state == "talking":
                assert callers
            if case.state == "wrap_up":
                assert (case.id, "wrap_up") in self.world.timers
            if case.state == "callback":
                assert any(t.case_id == case.id and t.state != "done" for t in self.world.tasks.values())
            if case.kind == "emergency":
                assert case.red, "nobody has settled it"

    @invariant()
    def one_live_case_a_terminal(self) -> None:
        live = [c.terminal for c in self.world.cases.values() if c.terminal and c.state in ("waiting", "talking")]
        assert len(set(live)) == len(live)


TestRandomWalk = RandomWalk.TestCase
TestRandomWalk.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
