"""Pre-emption, opening hours, call-backs and duty mobiles: who hears whom, on real telephones."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import sound_of
from harness.rtp import CALLER_TONE, SEAT_TONE

from callcenter.simulation.family import SPEAKING_TONE

pytestmark = pytest.mark.real
OTHER_TONE = 1900


async def run(centre: Centre, query: str, **values: object) -> None:
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text(query), values)


async def test_park_and_take_and_the_parked_caller_comes_back(centre: Centre) -> None:
    console, phone = await centre.seat("8001", manner="never")
    routine = await centre.telephones.caller(str(centre.data()["lines"]["life_help"]), stay=60)
    call = await phone.ringing()
    phone.answer(call)
    await routine.answered()
    await call.rtp.hears(CALLER_TONE)
    elder = await centre.telephones.caller(str(centre.data()["lines"]["emergency"]), number="13800138009", stay=60, tone=OTHER_TONE)
    alarm = await console.until(lambda: next((c for c in console.all("call") if c["alarm"]), None))
    await elder.answered()
    await console.must("take_emergency", case_id=alarm["id"])
    await call.ended()
    second = await phone.ringing()
    assert "answer-after=0" in second.header("Call-Info"), "a softphone picks up by itself"
    await routine.rtp.hears_voice()  # the sentence, then music: nobody is dropped
    phone.answer(second)
    await second.rtp.hears(OTHER_TONE)
    await elder.rtp.hears(SEAT_TONE)
    assert not routine.rtp.hears_now(SEAT_TONE)
    # Second while the elder's call was ringing, if a tick fell in between; first as soon as that was answered.
    parked = await console.until(lambda: next((c for c in console.all("call") if c["parked_at"] and c["position"] == 1), None))
    assert parked["state"] == "waiting"
    await elder.hang_up()
    third = await phone.ringing(timeout=8.0)  # after the wrap-up: the parked caller, without anybody's doing
    phone.answer(third)
    await third.rtp.hears(CALLER_TONE)
    await routine.rtp.hears(SEAT_TONE)


@pytest.mark.rule("R-2")
async def test_outside_hours_a_promise_a_key_and_the_call_back_when_the_line_opens(centre: Centre, homes: Homes) -> None:
    local = datetime.now(ZoneInfo(centre.settings.time_zone))
    line = str(centre.data()["lines"]["life_help"])
    opens, closes = (1380, 1440) if local.hour < 22 else (0, 60)
    await run(
        centre, "INSERT INTO line_hours (id, line, days, opens, closes) VALUES (:id, :line, 'every', :opens, :closes)",
        id=uuid4(), line=line, opens=opens, closes=closes,
    )  # fmt: skip
    console, phone = await centre.seat("8001", manner="never")
    patient = await centre.telephones.caller(line, number="13800138777")
    await patient.answered()
    await patient.rtp.hears_voice()
    await patient.hang_up()
    promise = await console.until(lambda: next((t for t in console.all("task") if t["promised"]), None))
    assert promise["offer"] is None
    # The one who cannot wait.
    urgent = await centre.telephones.caller(line, number="13800138778", tone=OTHER_TONE)
    await urgent.answered()
    await urgent.rtp.hears_voice()
    urgent.rtp.press("3")
    ring = await phone.ringing()
    case = await console.case("waiting")
    assert (case["kind"], case["red"]) == ("emergency", True)
    phone.answer(ring)
    await ring.rtp.hears(OTHER_TONE)
    await console.must("hang_up", case_id=case["id"])
    await console.until(lambda: (console.one("seat", "8001") or {})["presence"] == "ready")
    # The line opens: what was promised is on the seat's screen.
    homes.behave({"+8613800138777": "answer:0.2"})
    await run(centre, "UPDATE task SET due_at = now(), offer_from = now() WHERE id = :id", id=promise["id"])
    card = await console.until(lambda: next((t for t in console.all("task") if t["offer"]), None))
    assert (card["id"], card["offer"]["seat"]) == (promise["id"], "8001")
    await console.must("accept_call_back", task_id=card["id"])
    own = await phone.ringing()
    phone.answer(own)
    far = await homes.trunk.wait_for_invite("+8613800138777")
    await homes.trunk.until(lambda: far.answered_at is not None)
    homes.trunk.speak(far)
    await own.rtp.hears(SPEAKING_TONE)
    await sound_of(far).hears(SEAT_TONE)
    assert len(homes.trunk.of("+8613800138777")) == 1
    done = await centre.until_row("SELECT outcome FROM task WHERE id = :id AND state = 'done'", id=promise["id"])
    assert done["outcome"] == "reached"


@pytest.mark.rule("S-9")
async def test_a_duty_mobile_takes_the_caller_whom_no_seat_takes(centre: Centre, homes: Homes) -> None:
    line = str(centre.data()["lines"]["life_help"])
    phones = await centre.rows("SELECT id, number FROM duty_phone WHERE active ORDER BY position")
    backup, on_duty = phones[0]["number"], phones[1]["number"]
    person = (await centre.rows("SELECT id FROM agent WHERE role = 'supervisor'"))[0]["id"]
    await run(
        centre, "INSERT INTO queue (id, kind, name_zh, duty_after) VALUES (:id, 'life_help', '生活帮助', 0.5)", id=uuid4(),
    )  # fmt: skip
    await run(
        centre,
        """INSERT INTO roster_turn (id, post, agent_id, phone_id, begins_at, ends_at, set_by)
            VALUES (:id, 'supervisor', :who, :phone, now() - interval '1 hour', now() + interval '1 hour', :who)""",
        id=uuid4(), who=person, phone=phones[1]["id"],
    )  # fmt: skip
    homes.behave({on_duty: "busy", backup: "answer:0.2:1@1.5"})
    caller = await centre.telephones.caller(line, number="13800138777", stay=60)
    await caller.answered()
    second = await homes.trunk.wait_for_invite(backup)
    assert len(homes.trunk.of(on_duty)) == 1, "the night roster's first, then the others"
    await homes.trunk.until(lambda: second.answered_at is not None)
    await sound_of(second).hears_voice()  # why we call; before the key nobody is joined
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'talking' AND overflow->>'taken' = 'true'")
    homes.trunk.speak(second)
    await caller.rtp.hears(SPEAKING_TONE)
    await sound_of(second).hears(CALLER_TONE)
    await caller.hang_up()
    await homes.trunk.until(lambda: second.ended_at is not None)
    case = await centre.until_row("SELECT id, seat, agent_id FROM help_case WHERE state IN ('wrap_up', 'open')")
    assert (case["seat"], case["agent_id"]) == (None, person)
    board = await centre.console("supervisor", connect=False)
    async with board.http.get("/api/papers", params={"mine": "true"}) as answer:
        (owed,) = await answer.json()
    assert (owed["noun"], owed["owner_id"], owed["state"]) == ("duty_call", str(person), "to_write")
    body = {
        "case_id": str(case["id"]),
        "paper_id": owed["id"],
        "category": "life_help",
        "subcategory": "meals",
        "text": "送午餐",
    }
    async with board.http.post("/api/desk/write_duty_call", json=body) as answer:
        assert answer.status == 200, await answer.text()
    await centre.until_row("SELECT 1 FROM help_case WHERE category = 'life_help' AND summary = '送午餐'")
