"""The ladder's stories, one person after the other, as they would be told in the morning."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from callcenter.domain import effects, facts
from callcenter.domain.announcements import DRILL, THANKS_BOTH, THANKS_CANNOT, THANKS_GOING
from callcenter.domain.case import Case
from callcenter.domain.errors import Refused
from callcenter.domain.policy import Policy, PublicNumber, Rung
from domain.world import AGENT, MEMBER, World

FAMILY = Rung(("family",), 0.0, "until_acknowledged", "in_order", tries=1, ring_seconds=20.0)
BOSS = Rung(("supervisor",), 30.0, "until_acknowledged", "in_order", tries=1, ring_seconds=20.0)


def night(*rungs: Rung, **fields: object) -> World:
    """An elder with two daughters and a neighbour; nobody is at the desks."""
    world = World(policy=Policy("夜间", rungs or (FAMILY, BOSS), retry_seconds=10.0, key_seconds=10.0, **fields))  # type: ignore[arg-type]
    world.family("大女儿", "小女儿")
    world.family("老李", relation="邻居")
    world.boss("主任")
    return world


def pressed(world: World) -> Case:
    """The button was pressed; the terminal's line stays open."""
    case = world.emergency()
    world.fire_due()
    return case


def told(world: World, case: Case, kind: str) -> list[dict[str, object]]:
    return [entry.data for entry in world.journal[case.id] if entry.kind == kind]


def test_nobody_answers_and_the_whole_ladder_is_walked() -> None:
    world = night()
    case = pressed(world)
    assert world.rung(case) == ["大女儿"]
    world.comes_to_nothing(case, "大女儿")
    assert world.rung(case) == ["小女儿"], "in order, one after the other"
    world.comes_to_nothing(case, "小女儿")
    assert world.rung(case) == ["主任"], "everybody on the rung was tried: the next one does not wait for its delay"
    world.comes_to_nothing(case, "主任")
    assert world.ladder(case).state == "exhausted"
    assert world.kinds(case).count("supervisor_paged") == 1
    assert world.cases[case.id].red


def test_a_rung_that_still_rings_does_not_keep_the_next_one_waiting() -> None:
    world = night()
    case = pressed(world)
    world.pass_time(29)
    assert "主任" not in world.rung(case)
    world.pass_time(2)
    assert "主任" in world.rung(case)


@pytest.mark.parametrize(
    ("status", "cause", "result"),
    [("BUSY", "17", "busy"), ("CHANUNAVAIL", "1", "invalid_number"), ("CONGESTION", "34", "congestion"),
     ("CHANUNAVAIL", "3", "trunk_down"), ("CHANUNAVAIL", "21", "rejected")],
)  # fmt: skip
def test_where_waiting_is_useless_the_next_is_called_at_once(status: str, cause: str, result: str) -> None:
    world = night()
    case = pressed(world)
    attempt = world.comes_to_nothing(case, "大女儿", status, cause)
    assert attempt.result == result
    assert world.rung(case) == ["小女儿"]


def test_who_was_busy_is_tried_again_after_a_pause_and_a_wrong_number_never() -> None:
    world = night(replace(FAMILY, tries=2, order="parallel"))
    case = pressed(world)
    world.comes_to_nothing(case, "大女儿", "BUSY", "17")
    world.comes_to_nothing(case, "小女儿", "CHANUNAVAIL", "1")
    world.pass_time(9)
    assert world.rung(case) == []
    world.pass_time(2)
    assert world.rung(case) == ["大女儿"]


def test_an_answering_machine_acknowledges_nothing() -> None:
    world = night(announcements=2)
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.tell(facts.AudioEnded(world.phone(case, "大女儿").id, "x"))
    world.pass_time(10)
    assert world.phone(case, "大女儿").said == 2, "it is said again"
    world.tell(facts.AudioEnded(world.phone(case, "大女儿").id, "x"))
    world.pass_time(11)
    attempt = world.calls(case, "大女儿")[0]
    assert attempt.result == "no_key"
    assert effects.HangUp(attempt.id) in world.effects or attempt.closing
    assert world.ladder(case).owner is None
    assert "小女儿" in world.rung(case), "nobody waits for a machine"


def test_hanging_up_acknowledges_nothing() -> None:
    world = night()
    case = pressed(world)
    world.picks_up(case, "大女儿")
    assert world.hangs_up(case, "大女儿").result == "hung_up"
    assert world.ladder(case).state == "running"


def test_one_means_i_am_going() -> None:
    world = night()
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "1")
    owner = world.ladder(case).owner
    assert owner is not None
    assert (owner.kind, owner.name) == ("going", "大女儿(女儿)")
    assert world.hears(case, "大女儿") == THANKS_GOING
    world.hangs_up(case, "大女儿")
    world.pass_time(200)
    assert world.rung(case) == [], "nobody else is woken"


def test_the_thanks_are_not_cut_off_by_what_they_broke_off() -> None:
    world = night()
    case = pressed(world)
    leg = world.picks_up(case, "大女儿").id
    world.presses(case, "大女儿", "1")
    world.tell(facts.AudioEnded(leg, "the announcement, which we stopped"))
    assert effects.HangUp(leg) not in world.effects
    world.later(4)
    world.tell(facts.AudioEnded(leg, "the thanks"))
    assert effects.HangUp(leg) in world.effects


def test_two_means_i_cannot_and_the_next_is_called_at_once() -> None:
    world = night()
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "2")
    assert world.hears(case, "大女儿") == THANKS_CANNOT
    assert "小女儿" in world.rung(case)
    assert world.ladder(case).owner is None


def test_nought_joins_them_to_the_elder_and_leaving_again_takes_no_charge() -> None:
    world = night()
    case = pressed(world)
    leg = world.picks_up(case, "大女儿").id
    world.presses(case, "大女儿", "0")
    assert any(isinstance(e, effects.Connect) and set(e.leg_ids) == {"c1", leg} for e in world.effects)
    assert world.ladder(case).state == "acknowledged"
    world.hangs_up(case, "大女儿")
    assert world.ladder(case).state == "running", "who leaves without a word is not on the way"
    assert "小女儿" in world.rung(case)


def test_two_acknowledge_one_owns_and_both_are_told() -> None:
    world = night(replace(FAMILY, order="parallel"))
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.picks_up(case, "小女儿")
    world.presses(case, "小女儿", "1")
    world.presses(case, "大女儿", "1")
    ladder = world.ladder(case)
    assert ladder.owner is not None
    assert ladder.owner.name == "小女儿(女儿)"
    assert [a.name for a in ladder.acknowledgements] == ["小女儿(女儿)", "大女儿(女儿)"]
    assert "acknowledged_too" in world.kinds(case)


def test_the_second_hears_that_somebody_was_first() -> None:
    world = night(replace(FAMILY, order="parallel", condition="always"))
    case = pressed(world)
    for name in ("大女儿", "小女儿"):
        world.picks_up(case, name)
    world.presses(case, "小女儿", "1")
    world.presses(case, "大女儿", "1")
    assert world.hears(case, "大女儿") == THANKS_BOTH


def test_a_dropped_emergency_is_called_back_and_the_elder_waits_for_a_seat_again() -> None:
    world = night(Rung(("supervisor",), 600.0))
    world.home("+867977000001")
    case = pressed(world)
    world.end("c1")
    assert world.rung(case) == ["一键通"], "the terminal first"
    world.comes_to_nothing(case, "一键通", "CHANUNAVAIL", "20")
    assert world.rung(case) == ["老人电话"]
    world.picks_up(case, "老人电话")
    assert world.cases[case.id].state == "waiting"
    assert world.cases[case.id].red, "to be reached is not to be safe"
    assert "elder_reached" in world.kinds(case)


def test_a_person_says_that_the_elder_is_safe_and_the_ladder_ends() -> None:
    world = night()
    world.seat("8001", "paused")
    case = pressed(world)
    world.end("c1")
    ringing = world.phone(case, "大女儿").id
    world.tell(facts.Settled(*world.by("8001", case), outcome="safe", note="女儿在家"))
    assert world.ladder(case).state == "ended"
    assert effects.HangUp(ringing) in world.effects
    world.tell(facts.AttemptEnded(ringing, "CANCEL", "16"))
    world.pass_time(300)
    assert world.rung(case) == []
    assert (case.id, "ladder") not in world.timers


def test_who_is_on_the_line_already_does_not_keep_the_ladder_standing() -> None:
    world = night()
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "0")
    world.later(10)
    pressed_again(world)
    assert world.ladder(case).round == 2
    world.comes_to_nothing(case, "小女儿")
    world.comes_to_nothing(case, "主任")
    assert world.ladder(case).state == "exhausted", "she is joined since the first round, and is not asked a second time"
    assert "supervisor_paged" in world.kinds(case)


def test_pressed_again_after_it_was_settled_it_is_an_emergency_again() -> None:
    world = night()
    world.seat("8001")
    case = world.answer(pressed(world))
    world.tell(facts.Settled(*world.by("8001", case), outcome="false_alarm", note="误触"))
    assert world.ladder(case).state == "ended"
    world.emergency("c2")
    assert world.cases[case.id].red
    assert world.ladder(case).state == "running"
    world.end("c1")
    world.end("c2")
    world.pass_time(3)
    assert "大女儿" in world.rung(case)


def test_a_drill_touches_no_real_number_and_says_so() -> None:
    world = night(FAMILY, Rung(("120",), 0.0), BOSS, public=(PublicNumber("120", "automatic", "trunk"),))
    drill = UUID(int=5)
    world.tell(facts.DrillAsked(drill, AGENT["boss"], MEMBER))
    world.fire_due()
    case = world.cases[drill]
    for name in ("大女儿", "小女儿", "120"):
        attempt = world.phone(case, name)
        assert attempt.way == "drill"
        assert attempt.sentence.startswith(DRILL)
        world.comes_to_nothing(case, name)
    world.picks_up(case, "主任")
    world.presses(case, "主任", "1")
    assert (world.ladder(case).state, world.ladder(case).outcome) == ("ended", "drill_passed")
    assert world.cases[drill].state == "closed"


def test_a_drills_ambulance_is_thanked_and_joined_to_nothing() -> None:
    world = night(Rung(("120",), 0.0), BOSS, public=(PublicNumber("120", "automatic", "drill"),))
    drill = UUID(int=5)
    world.tell(facts.DrillAsked(drill, AGENT["boss"], MEMBER))
    world.fire_due()
    case = world.cases[drill]
    leg = world.picks_up(case, "120").id
    world.tell(facts.AudioEnded(leg, "x"))
    assert world.cases[drill].state == "open", "a drill never stands in the queue"
    assert world.attempts[leg].closing


def test_an_assisted_number_waits_for_one_click() -> None:
    world = night(Rung(("120",), 0.0, ring_seconds=20.0), BOSS)
    world.seat("8001", "paused")
    case = pressed(world)
    assert world.ladder(case).assisted == ("120",)
    assert world.rung(case) == []
    world.later(5)
    world.tell(facts.ContactCalled(*world.by("8001", case), target="120"))
    assert world.rung(case) == ["120"]
    assert world.ladder(case).assisted == ()
    with pytest.raises(Refused, match="already_calling"):
        world.tell(facts.ContactCalled(*world.by("8001", case), target="120"))


def test_a_real_short_code_is_not_dialled_where_it_is_not_enabled() -> None:
    world = night(Rung(("120",), 0.0), BOSS, public=(PublicNumber("120", "automatic", "trunk"),))
    case = pressed(world)
    assert world.calls(case, "120")[0].result == "refused"
    assert world.rung(case) == ["主任"], "and the ladder goes on at once"


def test_the_policy_is_frozen_when_the_ladder_starts() -> None:
    world = night()
    case = pressed(world)
    world.policy = Policy("新的", (replace(BOSS, delay_seconds=0.0),))
    world.comes_to_nothing(case, "大女儿")
    ladder = world.ladder(case)
    assert ladder.policy is not None
    assert ladder.policy.name == "夜间"
    assert world.rung(case) == ["小女儿"]


def test_a_contact_who_was_removed_is_skipped_and_it_is_written_down() -> None:
    world = night()
    case = pressed(world)
    world.contacts[MEMBER] = tuple(c for c in world.contacts[MEMBER] if c.name != "小女儿")
    world.comes_to_nothing(case, "大女儿")
    assert world.rung(case) == ["主任"]
    assert told(world, case, "attempt_skipped")[0]["reason"] == "removed"


def test_who_is_on_the_phone_for_another_elder_is_not_rung_twice() -> None:
    world = night(Rung(("neighbour",), 0.0), BOSS)
    first = pressed(world)
    other = uuid5(MEMBER, "other")
    world.contacts[other] = tuple(replace(c, key="contact:o") for c in world.contacts[MEMBER] if c.kind == "neighbour")
    second = world.press("c2", "T2", members=(other,))
    world.fire_due()
    assert world.rung(first) == ["老李"]
    assert world.calls(second, "老李")[0].result == "in_use"


def test_pressing_again_asks_everybody_anew() -> None:
    world = night()
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "1")
    world.hangs_up(case, "大女儿")
    world.later(60)
    assert pressed_again(world).id == case.id, "one case"
    assert world.ladder(case).round == 2
    assert "大女儿" in world.rung(case)


def pressed_again(world: World) -> Case:
    case = world.emergency("c2")
    world.fire_due()
    return case


def test_an_acknowledgement_that_brings_nothing_triggers_again() -> None:
    world = night(resolve_seconds=300.0)
    case = pressed(world)
    world.picks_up(case, "大女儿")
    world.presses(case, "大女儿", "1")
    world.hangs_up(case, "大女儿")
    world.pass_time(299, step=10)
    assert world.rung(case) == []
    world.pass_time(2)
    assert told(world, case, "ladder_again") == [{"why": "not_resolved"}]
    assert world.rung(case) == ["大女儿"]


def test_an_exhausted_ladder_pages_until_somebody_takes_it() -> None:
    world = night(BOSS, page_seconds=30.0)
    world.seat("8001", "paused")
    case = pressed(world)
    world.pass_time(31)
    world.comes_to_nothing(case, "主任")
    for page in (1, 2, 3):
        assert world.ladder(case).pages == page
        world.comes_to_nothing(case, "主任")
        world.pass_time(31)
    world.tell(facts.ChargeTaken(AGENT["boss"], "supervisor", None, case.id))
    assert world.ladder(case).state == "acknowledged"
    pages = world.ladder(case).pages
    world.pass_time(200, step=5)
    assert world.ladder(case).pages == pages


@pytest.mark.parametrize(("disposition", "takes_charge"), [("helped", True), ("in_progress", True), ("no_voice", False)])
def test_writing_down_what_is_done_takes_charge_and_silence_does_not(disposition: str, takes_charge: bool) -> None:
    world = night(Rung(("supervisor",), 20.0, "until_seat_answers"))
    world.seat("8001")
    case = world.answer(pressed(world))
    world.pass_time(25)
    assert world.rung(case) == [], "while a seat has the case nobody is phoned"
    world.end("c1")
    result = facts.WrappedUp(
        *world.by("8001", case), category="rescue", subcategory="fall", disposition=disposition, summary="已记录"
    )
    world.tell(result)
    assert (world.ladder(case).owner is not None) == takes_charge
    assert ("主任" in world.rung(case)) == (not takes_charge), "what was passed over comes due now"


def test_a_phone_that_was_silenced_for_a_seat_rings_again_when_the_seat_heard_nobody() -> None:
    world = night(
        Rung(("all_seats",), 0.0, "until_seat_answers", "parallel"), replace(FAMILY, condition="until_seat_answers"), BOSS
    )
    world.seat("8001")
    case = pressed(world)
    world.pass_time(1)
    case = world.cases[case.id]
    if "大女儿" not in world.rung(case):
        world.pass_time(30)
    ringing = world.phone(case, "大女儿").id
    world.answer(case)
    assert effects.HangUp(ringing) in world.effects
    world.tell(facts.AttemptEnded(ringing, "CANCEL", "16"))
    world.end("c1")
    silent = facts.WrappedUp(*world.by("8001", case), category="rescue", subcategory="fall", disposition="no_voice", summary="无声")
    world.tell(silent)
    assert "大女儿" in world.rung(case), "two seconds of ringing were no try"


def test_whom_a_person_let_go_is_not_rung_again() -> None:
    world = night(FAMILY, BOSS)
    world.seat("8001", "paused")
    case = pressed(world)
    dropped = world.phone(case, "大女儿").id
    world.tell(facts.AttemptDropped(*world.by("8001", case), attempt_id=dropped))
    world.tell(facts.AttemptEnded(dropped, "CANCEL", "16"))
    world.pass_time(5)
    assert world.rung(case) == ["小女儿"]


def test_two_names_on_one_telephone_are_rung_one_after_the_other() -> None:
    world = night(replace(FAMILY, order="parallel", tries=2))
    first, second, *rest = world.contacts[MEMBER]
    world.contacts[MEMBER] = (first, replace(second, number=first.number), *rest)
    case = pressed(world)
    assert world.rung(case) == ["大女儿"]
    assert world.calls(case, "小女儿")[0].result == "in_use"


# --- doubt ----------------------------------------------------------------------------------------------------------


def test_an_order_that_nobody_heard_of_is_asked_for_and_sent_again_under_the_same_name() -> None:
    world = night()
    case = pressed(world)
    leg = world.phone(case, "大女儿").id
    world.pass_time(2)
    assert (
        any(isinstance(e, effects.AskNode) and e.leg_id == leg for e in world.effects) or world.attempts[leg].check_at is not None
    )
    world.tell(facts.AttemptSeen(leg, "unclaimed"))
    again = [e for e in world.effects if isinstance(e, effects.DialAttempt)]
    assert [e.leg_id for e in again] == [leg], "never a second name for one doubt"


def test_after_asterisks_restart_the_old_name_is_voided_and_the_next_is_called() -> None:
    world = night()
    case = pressed(world)
    leg = world.phone(case, "大女儿").id
    world.tell(facts.AttemptSeen(leg, "older_than_node"))
    assert effects.VoidAttempt(leg) in world.effects, "an order that somebody still holds finds the mark"
    world.tell(facts.AttemptEnded(leg, "VOID", "0"))
    assert world.attempts[leg].result == "interrupted"
    assert world.rung(case) == ["小女儿"]


def test_a_key_that_the_dialplan_took_alone_counts() -> None:
    world = night()
    case = pressed(world)
    leg = world.phone(case, "大女儿").id
    world.tell(facts.AttemptSeen(leg, "finished", "ANSWER", "16", "1"))
    assert world.ladder(case).state == "acknowledged"


def test_who_leaves_one_instance_for_another_has_not_hung_up() -> None:
    world = night()
    case = pressed(world)
    leg = world.picks_up(case, "大女儿").id
    world.tell(facts.LegEnded(leg, "16", "test"))
    assert world.attempts[leg].open
    assert any(isinstance(e, effects.AskNode) and e.leg_id == leg for e in world.effects)
    world.tell(facts.AttemptSeen(leg, "answered", holder="other"))
    assert world.attempts[leg].holder == "other"
    assert world.attempts[leg].state == "answered"


def test_an_answer_told_twice_is_one_answer() -> None:
    world = night()
    case = pressed(world)
    leg = world.picks_up(case, "大女儿").id
    before = list(world.journal[case.id])
    world.tell(facts.AttemptAnswered(leg, True, "other"))
    assert world.journal[case.id] == before
    assert world.attempts[leg].said == 1
