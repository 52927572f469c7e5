"""Elder, seat, family and 120 in one conversation; seats that ring; the elder who is phoned back; drills."""

from __future__ import annotations

import asyncio

import pytest
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import FAMILY, LATE, QUICK, all_hear_each_other, duty_phones, elder, invariants, listens, sound_of

from callcenter.domain.announcements import CALLING_BACK, DRILL
from callcenter.domain.policy import PublicNumber, Rung

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]
SEATS = Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel")


async def test_family_joins_the_waiting_elder_and_then_the_seat_joins_both(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, LATE, **QUICK)
    one = await elder(centre, "女儿", place=10)
    homes.behave({one.contacts[0].number: "answer:0.1"})
    press = await one.press(centre)
    daughter = await homes.trunk.wait_for_invite(one.contacts[0].number)
    await press.answered()
    await listens(daughter)
    homes.trunk.press(daughter, "0")
    await centre.until_row("SELECT 1 FROM attempt WHERE joined AND case_id = :id", id=await one.case_id(centre))
    await all_hear_each_other(press.rtp, sound_of(daughter))
    await asyncio.sleep(3.2)  # an announcement to those who wait was due: it must not cut in
    await all_hear_each_other(press.rtp, sound_of(daughter))
    console, phone = await centre.seat("8001", manner="never")
    seat = await phone.ringing(timeout=8)
    phone.answer(seat)
    case = await console.case("talking")
    await all_hear_each_other(press.rtp, seat.rtp, sound_of(daughter))
    # One of them is let go; the others speak on.
    (attempt,) = await one.attempts(centre)
    await console.must("drop_attempt", case_id=case["id"], attempt_id=attempt["id"])
    await homes.trunk.ended(daughter)
    await all_hear_each_other(press.rtp, seat.rtp)
    await invariants(centre, homes)


async def test_120_and_a_contact_are_called_by_a_click_and_are_in_at_once(centre: Centre, homes: Homes) -> None:
    assisted = Rung(("120",), 0.0, "always")
    await centre.policy(assisted, LATE, public=(PublicNumber("120", "assisted", "drill"),), **QUICK)
    one = await elder(centre, "女儿", place=11)
    homes.behave({"120": "answer:0.1", one.contacts[0].number: "answer:0.1"})
    console, phone = await centre.seat("8002", manner="never")
    press = await one.press(centre)
    seat = await phone.ringing()
    phone.answer(seat)
    await press.answered()
    case = await console.case("talking")
    assert homes.invites("120") == [], "assisted: nobody but a person calls it"
    await console.must("call_contact", case_id=case["id"], target="120")
    ambulance = await homes.drill.wait_for_invite("120")
    await homes.drill.until(lambda: ambulance.answered_at is not None)
    await centre.until_row("SELECT 1 FROM attempt WHERE target = '120' AND joined")
    await all_hear_each_other(press.rtp, seat.rtp, sound_of(ambulance))
    await console.must("call_contact", case_id=case["id"], target=f"contact:{one.contacts[0].id}")
    daughter = await homes.trunk.wait_for_invite(one.contacts[0].number)
    await centre.until_row("SELECT 1 FROM attempt WHERE joined AND number = :n", n=one.contacts[0].number)
    await all_hear_each_other(press.rtp, seat.rtp, sound_of(ambulance), sound_of(daughter))
    attempt = next(a for a in await one.attempts(centre) if a["target"] == "120")
    await console.must("note_reference", case_id=case["id"], attempt_id=attempt["id"], reference="120-4711")
    noted = await centre.until_row("SELECT reference FROM attempt WHERE id = :id", id=attempt["id"])
    assert noted["reference"] == "120-4711"
    again = await console.order("call_contact", case_id=case["id"], target="120")
    assert again["problem"]["code"] == "already_calling"
    await invariants(centre, homes)


async def test_a_public_number_by_the_real_trunk_is_refused_and_recorded(centre: Centre, homes: Homes) -> None:
    real = PublicNumber("120", "automatic", "trunk")
    await centre.policy(Rung(("120",), 0.0, ring_seconds=5.0), LATE, public=(real,), **QUICK)
    one = await elder(centre, place=12)
    before = len(homes.trunk.of("120"))
    await one.press(centre)
    await one.ladder(centre, "exhausted")
    assert [(a["target"], a["result"]) for a in await one.attempts(centre)] == [("120", "refused")]
    assert len(homes.trunk.of("120")) == before
    await invariants(centre, homes)


async def test_120_by_itself_hears_where_and_is_joined(centre: Centre, homes: Homes) -> None:
    await centre.policy(Rung(("120",), 0.0, ring_seconds=5.0), LATE, public=(PublicNumber("120", "automatic", "drill"),), **QUICK)
    one = await elder(centre, place=13)
    homes.behave({"120": "answer:0.1"})
    press = await one.press(centre)
    await press.answered()
    ambulance = await homes.drill.wait_for_invite("120")
    await listens(ambulance)
    await centre.until_row(
        "SELECT 1 FROM attempt WHERE target = '120' AND joined AND case_id = :id", 40, id=await one.case_id(centre)
    )
    await all_hear_each_other(press.rtp, sound_of(ambulance))
    await invariants(centre, homes)


async def test_all_emergency_seats_ring_the_first_takes_it_and_the_family_is_left_in_peace(centre: Centre, homes: Homes) -> None:
    family = Rung(("family",), 0.0, "until_seat_answers", "parallel", ring_seconds=20.0)
    await centre.policy(SEATS, family, LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子", place=14)
    seats = [await centre.seat(f"800{place}", manner="never") for place in (3, 4, 5)]
    press = await one.press(centre)
    rings = [await phone.ringing() for _, phone in seats]
    calls = [await homes.trunk.wait_for_invite(contact.number) for contact in one.contacts]
    console, phone = seats[1]
    phone.answer(rings[1])
    await press.answered()
    await console.case("talking")
    await asyncio.gather(*(rings[place].ended() for place in (0, 2)), *(homes.trunk.ended(call) for call in calls))
    await all_hear_each_other(press.rtp, rings[1].rtp)
    for place, (other, _) in enumerate(seats):
        if place != 1:
            extension = f"800{place + 3}"
            await other.until(lambda other=other, extension=extension: (other.one("seat", extension) or {})["presence"] == "ready")
    assert {a["result"] for a in await one.attempts(centre)} == {"withdrawn"}
    await invariants(centre, homes)


async def test_a_dropped_emergency_is_called_back_at_the_terminal(centre: Centre, homes: Homes) -> None:
    await centre.policy(LATE, **QUICK)
    one = await elder(centre, place=15)
    press = await one.press(centre)
    await press.answered()
    terminal = await centre.telephones.seat(one.account, one.password, manner="never", tone=1010)
    await press.hang_up()
    ringing = await terminal.ringing()
    (attempt,) = [a for a in await one.attempts(centre) if a["rung"] == -1]
    assert attempt["sentence"] == CALLING_BACK
    terminal.answer(ringing)
    await ringing.rtp.hears_voice()
    console, phone = await centre.seat("8006", manner="never")
    seat = await phone.ringing(timeout=8)
    phone.answer(seat)
    await console.case("talking")
    await all_hear_each_other(ringing.rtp, seat.rtp)
    assert "elder_reached" in await one.journal(centre)
    assert (await one.attempts(centre))[0]["result"] == "reached"
    await invariants(centre, homes)


async def test_a_landline_is_called_back_when_the_terminal_is_gone(centre: Centre, homes: Homes) -> None:
    await centre.policy(LATE, **QUICK)
    one = await elder(centre, place=16)
    landline = (await centre.rows("SELECT number FROM member_number WHERE member_id = :m", m=one.member_id))[0]["number"]
    homes.behave({landline: "answer:0.2"})
    press = await one.press(centre)
    await press.answered()
    await press.hang_up()
    call = await homes.trunk.wait_for_invite(landline)
    await listens(call)
    await centre.until_row("SELECT 1 FROM help_case WHERE id = :id AND state = 'waiting'", id=await one.case_id(centre))
    results = {a["kind"]: a["result"] for a in await one.attempts(centre)}
    assert results == {"terminal": "trunk_down", "landline": "reached"}
    await invariants(centre, homes)


async def test_a_false_alarm_stops_the_ladder_and_counts_as_a_passed_test(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, LATE, **QUICK)
    one = await elder(centre, "女儿", place=17)
    supervisor = await centre.console("supervisor")
    press = await one.press(centre)
    ringing = await homes.trunk.wait_for_invite(one.contacts[0].number)
    await press.answered()
    await press.hang_up()
    case_id = await one.case_id(centre)
    await centre.until_row("SELECT 1 FROM help_case WHERE id = :id AND state <> 'waiting'", id=case_id)
    await supervisor.must("settle", case_id=str(case_id), outcome="false_alarm", note="误触")
    await homes.trunk.ended(ringing, 2.0)
    ladder = await one.ladder(centre, "ended")
    assert ladder["outcome"] == "false_alarm"
    await centre.until_row("SELECT 1 FROM terminal WHERE serial = :s AND last_test_at IS NOT NULL", s=one.serial)
    await invariants(centre, homes, settle=0.5)


async def test_a_drill_rings_the_drill_trunk_only_says_so_and_ends(centre: Centre, homes: Homes) -> None:
    everybody = Rung(("family", "120", "supervisor"), 0.0, ring_seconds=5.0)
    await centre.policy(SEATS, everybody, public=(PublicNumber("120", "automatic", "trunk"),), **QUICK)
    one = await elder(centre, "女儿", "儿子", place=18)
    duty = await duty_phones(centre, "+8614099990007")
    daughter, son = (contact.number for contact in one.contacts)
    homes.behave({daughter: "busy", son: "answer:0.1:2@0.5", "120": "busy", duty[0]: "answer:0.1"})
    supervisor = await centre.console("supervisor")
    real = len(homes.trunk.calls)
    async with supervisor.http.post("/api/drills", json={"member_id": str(one.member_id)}) as answer:
        assert answer.status == 201, await answer.text()
        case_id = (await answer.json())["case_id"]
    call = await homes.drill.wait_for_invite(duty[0], timeout=15)
    await listens(call)
    homes.drill.press(call, "1")
    ladder = await centre.until_row("SELECT * FROM escalation WHERE case_id = :id AND state = 'ended'", id=case_id)
    assert ladder["outcome"] == "drill_passed"
    attempts = await centre.rows("SELECT * FROM attempt WHERE case_id = :id ORDER BY created_at, id", id=case_id)
    assert [a["target"].partition(":")[0] for a in attempts] == ["contact", "contact", "120", "duty"]
    assert all(a["sentence"].startswith(DRILL) for a in attempts)
    assert {a["way"] for a in attempts} == {"drill"}
    assert len(homes.trunk.calls) == real, "a drill reaches nobody real"
    await homes.drill.ended(call, 12)
    await invariants(centre, homes)
