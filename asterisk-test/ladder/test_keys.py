"""From a press to a human who has taken charge: real terminals, real family phones, real keys."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
import sqlalchemy as sa
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import FAMILY, LATE, QUICK, duty_phones, elder, invariants, invited_at, listens

from callcenter.domain.policy import Rung

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_voicemail_busy_and_a_refusal_move_on_and_a_key_takes_charge(centre: Centre, homes: Homes) -> None:
    await centre.policy(Rung(("family", "neighbour", "community"), 0.0, ring_seconds=5.0), LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子", "儿媳", "邻居", "社区", place=0)
    numbers = [contact.number for contact in one.contacts]
    manners = ("voicemail", "busy", "answer:0.1:2@0.6", "answer:0.1:1@0.8", "answer:0.1:1@0.5")
    homes.behave(dict(zip(numbers, manners, strict=True)))
    await one.press(centre)
    told = await homes.trunk.wait_for_invite(numbers[0])
    cannot = await homes.trunk.wait_for_invite(numbers[2], timeout=25)
    going = await homes.trunk.wait_for_invite(numbers[3])
    assert cannot.answered_at is not None
    assert going.invited_at - cannot.answered_at < 1.5, "who presses 2 is not waited for"
    await one.ladder(centre, "acknowledged")
    await homes.trunk.ended(going, 15)
    assert [row["result"] for row in await one.attempts(centre)] == ["no_key", "busy", "cannot", "going"]
    assert told.was_spoken_to
    assert going.ended_by == "them", "the line is given up once they were thanked"
    assert homes.invites(numbers[4]) == []
    await invariants(centre, homes)


async def test_each_failure_is_recorded_as_what_it_was_and_moves_on_at_once(centre: Centre, homes: Homes) -> None:
    await centre.policy(Rung(("family",), 0.0, ring_seconds=1.0), LATE, **QUICK)
    manners = {
        "invalid": "invalid_number", "congestion": "congestion", "reject": "rejected", "busy:0.3": "busy",
        "no-answer": "no_answer", "early": "no_answer", "answer:0.1:h@0.4": "hung_up",
    }  # fmt: skip
    one = await elder(centre, *["女儿"] * len(manners), place=1)
    homes.behave(dict(zip((contact.number for contact in one.contacts), manners, strict=True)))
    await one.press(centre)
    await one.ladder(centre, "exhausted")
    assert [row["result"] for row in await one.attempts(centre)] == list(manners.values())
    calls = [homes.trunk.of(contact.number)[0] for contact in one.contacts]
    for before, after in pairwise(calls[:5]):
        assert before.ended_at is not None
        assert after.invited_at - before.ended_at < 1.0, f"{before.behaviour.kind}: waiting was useless"
    await invariants(centre, homes)


async def test_a_trunk_that_is_gone_is_recorded_and_the_ladder_goes_on(centre: Centre, homes: Homes) -> None:
    await centre.policy(Rung(("family",), 0.0, ring_seconds=20.0), Rung(("120",), 1.0, ring_seconds=5.0), LATE, **QUICK)
    one = await elder(centre, "女儿", place=2)
    homes.trunk.vanish()
    try:
        await one.press(centre)
        asked = "SELECT 1 FROM escalation WHERE case_id = :id AND assisted = CAST('[\"120\"]' AS jsonb)"
        await centre.until_row(asked, id=await one.case_id(centre))
        await centre.until_row("SELECT 1 FROM attempt WHERE result = 'trunk_down'", timeout=12)
    finally:
        await homes.trunk.listen(int(centre.asterisk.settings.trunk_target.rpartition(":")[2]))
    await invariants(centre, homes)


async def test_two_who_press_1_are_one_owner_and_both_are_told(centre: Centre, homes: Homes) -> None:
    parallel = Rung(("family", "neighbour"), 0.0, order="parallel", ring_seconds=8.0)
    await centre.policy(parallel, Rung(("community",), 600.0), LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子", "邻居", "社区", place=3)
    first, second, rings, later = (contact.number for contact in one.contacts)
    homes.behave({first: "answer:0.1", second: "answer:0.1"})
    await one.press(centre)
    daughter, son = await homes.trunk.wait_for_invite(first), await homes.trunk.wait_for_invite(second)
    neighbour = await homes.trunk.wait_for_invite(rings)
    await asyncio.gather(listens(daughter), listens(son))
    homes.trunk.press(daughter, "1")
    homes.trunk.press(son, "1")
    await homes.trunk.ended(neighbour, 2.0)
    assert neighbour.ended_by == "cancelled", "a phone that rings is left in peace"
    ladder = await one.ladder(centre, "acknowledged")
    ladder = await centre.until_row("SELECT * FROM escalation WHERE jsonb_array_length(acknowledgements) = 2")
    assert sorted(one["name"] for one in ladder["acknowledgements"]) == ["儿子32(儿子)", "女儿31(女儿)"]
    await asyncio.gather(listens(daughter), listens(son))  # both are told
    for call in (daughter, son):
        await homes.trunk.ended(call, 12)
        assert call.ended_by == "them"
    results = {row["number"]: row["result"] for row in await one.attempts(centre)}
    assert results == {first: "going", second: "going", rings: "withdrawn"}
    assert homes.invites(later) == []
    await invariants(centre, homes)


async def test_a_press_after_the_acknowledgement_asks_everybody_anew(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, LATE, **QUICK)
    one = await elder(centre, "女儿", place=4)
    number = one.contacts[0].number
    homes.behave({number: "answer:0.1:1@0.3:h@0.8"})
    first = await one.press(centre)
    await one.ladder(centre, "acknowledged")
    await first.hang_up()
    await homes.trunk.ended(homes.invites(number)[0])
    homes.behave({number: "no-answer"})
    await one.press(centre)
    await homes.trunk.until(lambda: len(homes.invites(number)) == 2)
    ladder = await one.ladder(centre, "running")
    assert ladder["round"] == 2
    assert len(await centre.rows("SELECT 1 FROM help_case WHERE terminal = :s", s=one.serial)) == 1, "one need, one case"
    assert {"press_joined", "ladder_again"} <= set(await one.journal(centre))
    await invariants(centre, homes)


async def test_an_acknowledgement_without_a_resolution_triggers_again(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, LATE, **{**QUICK, "resolve_seconds": 2.0})
    one = await elder(centre, "女儿", place=5)
    number = one.contacts[0].number
    homes.behave({number: "answer:0.1:1@0.3:h@0.8"})
    await one.press(centre)
    ladder = await one.ladder(centre, "acknowledged")
    homes.behave({number: "busy"})
    await homes.trunk.until(lambda: len(homes.invites(number)) >= 2)
    since = invited_at(homes.invites(number)[1]) - one.acknowledged_at(ladder)
    assert 1.9 < since < 3.0
    await invariants(centre, homes)


async def test_what_changes_meanwhile(centre: Centre, homes: Homes) -> None:
    """A policy that is edited changes nothing in a ladder that runs; a contact who was removed is skipped, and it is noted."""
    await centre.policy(FAMILY, Rung(("neighbour",), 60.0, ring_seconds=5.0), LATE, **QUICK)
    one = await elder(centre, "女儿", "儿子", "邻居", place=6)
    first, removed, neighbour = one.contacts
    homes.behave({neighbour.number: "no-answer"})
    await one.press(centre)
    ringing = await homes.trunk.wait_for_invite(first.number)
    await centre.policy(Rung(("110",), 0.0, ring_seconds=5.0), LATE)
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM contact WHERE id = :id"), {"id": removed.id})
    homes.trunk.refuse(ringing)
    await homes.trunk.wait_for_invite(neighbour.number)
    results = {row["name"]: row["result"] for row in await one.attempts(centre)}  # the last two of one instant
    assert results == {first.name: "busy", removed.name: "removed", neighbour.name: None}
    assert "attempt_skipped" in await one.journal(centre)
    assert homes.invites(removed.number) == []
    ladder = await one.ladder(centre, "running")
    assert [rung["targets"] for rung in ladder["policy"]["rungs"]] == [["family"], ["neighbour"], ["supervisor"]]
    await asyncio.sleep(0.5)
    assert homes.invites("110") == []
    await invariants(centre, homes)


async def test_nobody_answers_and_the_supervisor_is_paged_until_one_takes_it(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, Rung(("supervisor",), 0.3, ring_seconds=5.0), **QUICK)
    one = await elder(centre, "女儿", place=7)
    duty = await duty_phones(centre, "+8614099990001", "+8614099990002")
    homes.behave(dict.fromkeys((one.contacts[0].number, *duty), "busy"))
    supervisor = await centre.console("supervisor")
    await one.press(centre)
    await one.ladder(centre, "exhausted")
    await centre.until_row("SELECT * FROM escalation WHERE state = 'exhausted' AND pages >= 2", timeout=20)
    shown = await supervisor.until(lambda: next((x for x in supervisor.all("ladder") if x["pages"] >= 2), None))
    assert shown["state"] == "exhausted"
    assert shown["rungs"][0]["state"] == "done"
    await invariants(centre, homes)
    homes.behave(dict.fromkeys(duty, "answer:0.1:1@0.4"))
    taken = await one.ladder(centre, "acknowledged")
    assert taken["acknowledgements"][-1]["kind"] == "supervisor"
    await invariants(centre, homes, settle=2.5)
    assert (await one.ladder(centre, "acknowledged"))["pages"] == taken["pages"], "taken: nobody is paged any more"


async def test_a_supervisor_takes_charge_of_an_exhausted_case_by_a_click(centre: Centre, homes: Homes) -> None:
    await centre.policy(FAMILY, Rung(("supervisor",), 0.0, ring_seconds=5.0), **QUICK)
    one = await elder(centre, place=8)
    (phone,) = await duty_phones(centre, "+8614099990003")
    supervisor = await centre.console("supervisor")
    await one.press(centre)
    homes.trunk.refuse(await homes.trunk.wait_for_invite(phone))
    await one.ladder(centre, "exhausted")
    page = await homes.trunk.wait_for_invite(phone)
    await supervisor.must("take_charge", case_id=str(await one.case_id(centre)))
    await homes.trunk.ended(page, 3.0)
    ladder = await one.ladder(centre, "acknowledged")
    assert ladder["acknowledgements"][0]["kind"] == "supervisor"
    await invariants(centre, homes)
