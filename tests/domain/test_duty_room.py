"""The duty supervisor's rules: roster, shifts, messages, scores, clippings. Every move that is not in a table is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain import duty_message, duty_shift, inspection, press
from callcenter.domain.duty_roster import Clash, Gap, Turn, checked, clashes, gaps, in_paging_order, moved, on_duty, week_of
from callcenter.domain.errors import IllegalMove, Refused

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=ZONE)
ZENG, TANG, LI = (uuid4() for _ in range(3))
PHONE, OTHER, THIRD = (uuid4() for _ in range(3))


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def turn(begins: float, ends: float, person: UUID = ZENG, phone: UUID | None = PHONE, **more: Any) -> Turn:
    return Turn(
        **{"id": uuid4(), "post": "supervisor", "person": person, "begins": at(begins), "ends": at(ends), "phone": phone} | more
    )


# --- roster -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("S-9")
def test_whoever_is_on_duty_is_paged_first_and_nobody_is_lost() -> None:
    phones = [PHONE, OTHER, THIRD]
    spans = [(THIRD, at(0), at(8)), (OTHER, at(8), at(20)), (OTHER, at(9), at(10))]
    assert in_paging_order(phones, spans, at(7.99)) == [THIRD, PHONE, OTHER]
    assert in_paging_order(phones, spans, at(8)) == [OTHER, PHONE, THIRD]
    assert in_paging_order(phones, spans, at(9)) == [OTHER, PHONE, THIRD]
    assert in_paging_order(phones, spans, at(21)) == phones  # a gap: all of them, as ever
    assert in_paging_order(phones, [], at(1)) == phones
    assert in_paging_order(phones, [(uuid4(), at(0), at(8))], at(1)) == phones  # a phone that was removed adds nobody
    for hour in range(24):
        assert sorted(in_paging_order(phones, spans, at(hour)), key=str) == sorted(phones, key=str)


@pytest.mark.rule("S-9")
def test_gaps_of_the_roster_and_people_without_a_phone() -> None:
    turns = [turn(-4, 8), turn(7, 12, TANG, OTHER), turn(14, 20, LI, THIRD), turn(0, 24, LI, post="seat", seat="8001", phone=None)]
    assert gaps(turns, at(0), at(24)) == [Gap("supervisor", at(12), at(14)), Gap("supervisor", at(20), at(24))]
    assert gaps(turns, at(1), at(11)) == []
    assert gaps([], at(0), at(24)) == [Gap("supervisor", at(0), at(24))]
    found = gaps(turns, at(0), at(24), phones=[PHONE, THIRD])
    assert Gap("supervisor", at(8), at(12), no_phone=True) in found
    assert [gap for gap in found if not gap.no_phone] == [Gap("supervisor", at(12), at(14)), Gap("supervisor", at(20), at(24))]
    assert len(found) == 3


@pytest.mark.rule("S-9")
def test_clashes_are_one_person_twice_or_one_seat_twice() -> None:
    first, second = turn(0, 8), turn(7, 15)
    assert clashes([second, first]) == [Clash("person", first.id, second.id)]
    assert clashes([first, turn(8, 16)]) == []
    assert clashes([first, turn(0, 8, TANG, OTHER)]) == []  # the second is backup
    seat = {"post": "seat", "phone": None, "seat": "8001"}
    one, other = turn(0, 8, LI, **seat), turn(4, 9, TANG, **seat)
    assert clashes([one, other]) == [Clash("seat", one.id, other.id)]
    assert clashes([one, replace(other, seat="8002")]) == []
    assert [each.person for each in on_duty([one, other, first], at(5), "seat")] == [LI, TANG]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (turn(8, 8), "bad_turn"),
        (turn(8, 7), "bad_turn"),
        (turn(0, 24.1), "bad_turn"),
        (turn(0, 8, phone=None), "turn_without_phone"),
        (turn(0, 8, post="seat", phone=None), "turn_without_seat"),
    ],
)
def test_what_cannot_stand_in_a_roster(wrong: Turn, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(wrong)
    assert (refused.value.code, refused.value.rule) == (code, "S-9")


def test_a_copied_turn_keeps_the_clock_on_the_wall_over_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = replace(
        turn(0, 1), begins=datetime(2026, 10, 24, 20, 0, tzinfo=berlin), ends=datetime(2026, 10, 25, 8, 0, tzinfo=berlin)
    )
    in_utc = replace(night, begins=night.begins.astimezone(UTC), ends=night.ends.astimezone(UTC))
    copy = moved(in_utc, 7, berlin, uuid4())
    assert (copy.begins, copy.ends) == (datetime(2026, 10, 31, 20, 0, tzinfo=berlin), datetime(2026, 11, 1, 8, 0, tzinfo=berlin))
    assert copy.id != night.id
    assert week_of(date(2026, 12, 2), ZONE) == (MONDAY, MONDAY + timedelta(days=7))


# --- shifts -----------------------------------------------------------------------------------------------------------

SHIFT = duty_shift.Shift(uuid4(), "值班室", ZENG, "open", at(0))


@pytest.mark.rule("T-1")
def test_a_shift_is_handed_over_and_acknowledged_by_the_next() -> None:
    handed = duty_shift.hand_over(SHIFT, ZENG, "曾国平", "", at(8))
    assert (handed.state, handed.signer, handed.handed_over_at) == ("handed_over", "曾国平", at(8))
    with pytest.raises(Refused, match="own_hand_over"):
        duty_shift.acknowledge(handed, ZENG, "曾国平", "", at(8))
    taken = duty_shift.acknowledge(handed, TANG, "唐", "已看", at(8.1))
    assert (taken.state, taken.acknowledged_by, taken.receiver, taken.remark) == ("acknowledged", TANG, "唐", "已看")


@pytest.mark.rule("T-1")
@pytest.mark.parametrize(("state", "move"), list(product(("open", "handed_over", "acknowledged"), ("hand_over", "acknowledge"))))
def test_every_move_of_a_shift(state: duty_shift.State, move: duty_shift.Move) -> None:
    shift = replace(SHIFT, state=state)

    def make() -> duty_shift.Shift:
        if move == "hand_over":
            return duty_shift.hand_over(shift, ZENG, "曾", "", at(8))
        return duty_shift.acknowledge(shift, TANG, "唐", "", at(8))

    if (state, move) in duty_shift.MOVES:
        assert make().state == duty_shift.MOVES[state, move]
    else:
        with pytest.raises(IllegalMove):
            make()


@pytest.mark.rule("T-1")
def test_whoever_hands_over_for_somebody_else_says_why() -> None:
    with pytest.raises(Refused, match="note_needed"):
        duty_shift.hand_over(SHIFT, TANG, "唐", "", at(8))
    handed = duty_shift.hand_over(SHIFT, TANG, "唐", "曾主任突发疾病", at(8))
    with pytest.raises(Refused, match="own_hand_over"):
        duty_shift.acknowledge(handed, TANG, "唐", "", at(9))
    assert duty_shift.acknowledge(handed, LI, "李", "", at(9)).state == "acknowledged"


@pytest.mark.rule("T-1")
def test_a_hand_over_that_nobody_acknowledges_warns() -> None:
    handed = duty_shift.hand_over(SHIFT, ZENG, "曾", "", at(8))
    assert not duty_shift.waits_too_long(handed, at(8.5))
    assert duty_shift.waits_too_long(handed, at(8.51))
    assert not duty_shift.waits_too_long(duty_shift.acknowledge(handed, TANG, "唐", "", at(8.6)), at(20))
    assert not duty_shift.waits_too_long(SHIFT, at(14))
    assert duty_shift.waits_too_long(SHIFT, at(14.1))


@pytest.mark.rule("T-6")
def test_an_entry_lies_within_its_shift() -> None:
    assert duty_shift.entry_time(SHIFT, None, at(3)) == at(3)
    assert duty_shift.entry_time(SHIFT, at(-0.5), at(3)) == at(-0.5)
    for wrong in (at(-2), at(3.1)):
        with pytest.raises(Refused, match="bad_entry_time"):
            duty_shift.entry_time(SHIFT, wrong, at(3))


# --- messages -----------------------------------------------------------------------------------------------------------

TO_PERSON = duty_message.Message(uuid4(), ZENG, "明早停电", at(2), person=LI)
TO_DEPARTMENT = replace(TO_PERSON, person=None, department=uuid4())


@pytest.mark.rule("T-2")
def test_a_message_is_read_and_acknowledged_with_its_times() -> None:
    seen = duty_message.read(TO_PERSON, LI, "seat", at(0.5))
    assert duty_message.read(seen, LI, "seat", at(1)) == seen
    done = duty_message.acknowledge(seen, LI, "seat", "已安排", at(1))
    assert (done.read_at, done.acknowledged_at, done.reply) == (at(0.5), at(1), "已安排")
    assert duty_message.acknowledge(TO_PERSON, LI, "seat", "", at(1)).read_at == at(1)
    assert duty_message.read(done, LI, "seat", at(3)) == done
    with pytest.raises(IllegalMove):
        duty_message.acknowledge(done, LI, "seat", "", at(3))


@pytest.mark.rule("T-2")
def test_only_the_recipient_acknowledges_and_what_is_overdue_warns() -> None:
    with pytest.raises(Refused, match="not_your_message"):
        duty_message.acknowledge(TO_PERSON, TANG, "administrator", "", at(1))
    with pytest.raises(Refused, match="not_your_message"):
        duty_message.read(TO_DEPARTMENT, LI, "seat", at(1))
    done = duty_message.acknowledge(TO_DEPARTMENT, TANG, "department_head", "", at(1))
    assert not duty_message.overdue(TO_DEPARTMENT, at(2))
    assert duty_message.overdue(TO_DEPARTMENT, at(2.01))
    assert not duty_message.overdue(done, at(3))


# --- scores -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("T-3")
@pytest.mark.parametrize("rubric", inspection.RUBRICS)
def test_every_rubric_has_a_hundred_points_and_every_item_is_scored(rubric: inspection.Rubric) -> None:
    full = {item.id: item.most for item in inspection.RUBRICS[rubric]}
    assert inspection.total(rubric, full) == (100, 100)
    first = next(iter(full))
    for wrong in (
        full | {first: -1},
        full | {first: full[first] + 1},
        full | {"else": 1},
        {k: v for k, v in full.items() if k != first},
    ):
        with pytest.raises(Refused, match="bad_scores"):
            inspection.total(rubric, wrong)
    assert inspection.total(rubric, full | {first: 0}) == (100 - full[first], 100)


@pytest.mark.rule("T-3")
def test_the_trend_is_the_mean_of_each_day() -> None:
    day, next_day = date(2026, 11, 30), date(2026, 12, 1)
    scores = [inspection.Score(*each) for each in (
        (next_day, "hygiene", "值班室", 50, 100), (day, "hygiene", "值班室", 90, 100), (day, "hygiene", "机房", 100, 100),
        (day, "discipline", "李", 80, 100),
    )]  # fmt: skip
    assert inspection.trend(scores) == [(day, "discipline", 0.8), (day, "hygiene", 0.95), (next_day, "hygiene", 0.5)]


# --- press --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("T-5")
def test_a_clipping_goes_to_the_head_who_signs_for_it() -> None:
    filed = press.Clipping(uuid4(), "filed")
    with pytest.raises(Refused, match="not_a_head"):
        press.send(filed, LI, "seat", ZENG, at(0))
    with pytest.raises(IllegalMove):
        press.receive(filed, TANG, at(0))
    sent = press.send(filed, TANG, "department_head", ZENG, at(0))
    with pytest.raises(IllegalMove):
        press.send(sent, TANG, "department_head", ZENG, at(0))
    with pytest.raises(Refused, match="not_your_clipping"):
        press.receive(sent, LI, at(1))
    got = press.receive(sent, TANG, at(1))
    assert (got.state, got.received_at) == ("received", at(1))
    with pytest.raises(IllegalMove):
        press.receive(got, TANG, at(2))


@pytest.mark.rule("T-5")
def test_a_scan_is_told_by_its_bytes() -> None:
    assert press.type_of(b"%PDF-1.7") == ("application/pdf", "pdf")
    assert press.type_of(b"\x89PNG\r\n\x1a\n....") == ("image/png", "png")
    assert press.type_of(b"\xff\xd8\xff\xe0") == ("image/jpeg", "jpg")
    for wrong in (b"", b"<svg onload=", b"MZ", b"GIF89a", b"%PD"):
        with pytest.raises(Refused, match="bad_scan"):
            press.type_of(wrong)
