"""Who is served by whom, set up in the browser and felt at a seat; an emergency that rings nowhere; a call-back that is offered."""

from __future__ import annotations

import asyncio
import re

import pytest
import sqlalchemy as sa
from harness.centre import Centre
from harness.homes import nobody_at_home
from harness.rtp import CALLER_TONE
from playwright.async_api import Route, expect

from browser.screens import Screens, of, pick_up, presence, press, ring_up, state

pytestmark = [pytest.mark.real, pytest.mark.browser]


async def test_queues_seats_skills_and_calendar_are_set_and_count_at_once(centre: Centre, screens: Screens) -> None:
    office = await screens.person("administrator")
    await of(office, "nav-routing").click()
    await expect(of(office, "no-queues")).to_be_visible()
    await of(office, "queue-add").click()
    dialog = of(office, "queue-dialog")
    await of(dialog, "queue-name").fill("夜间生活帮助")
    await of(dialog, "queue-ageing").fill("0")
    await of(dialog, "queue-save").click()
    await expect(of(dialog, "problem")).to_be_visible()  # without ageing somebody might wait for ever: refused as a whole
    await of(dialog, "queue-ageing").fill("20")
    await of(dialog, "queue-duty").fill("25")
    await of(dialog, "queue-save").click()
    row = of(office, "queue-row")
    await expect(row).to_contain_text("夜间生活帮助")
    await of(row, "queue-edit").click()
    await of(dialog, "queue-seats_after").fill("600")
    await of(dialog, "queue-save").click()
    await expect(row).to_contain_text("600")

    await of(office, "routing-tab-skills").click()
    skills = of(office, "skills-row").filter(has_text="陈静")
    await of(skills, "skill-value").fill("客家话")
    await of(skills, "skill-add").click()
    await expect(skills).to_contain_text("客家话")
    await of(office, "routing-tab-hours").click()
    line = office.locator("[data-testid=line-hours][data-line='079796602']")
    await of(line, "hours-add").click()
    await expect(line.locator("input[type=time]").first).to_have_value("08:00")
    kept = asyncio.Event()

    async def later(route: Route) -> None:
        await asyncio.wait_for(kept.wait(), 10)
        await route.continue_()

    await office.route("**/api/lines/*/hours", later)
    for place, figure in enumerate(("09:00", "00:00")):  # the second while the first is on its way
        await line.locator("input[type=time]").nth(place).fill(figure)
        await line.locator("input[type=time]").nth(place).blur()
    kept.set()
    await centre.until_row("SELECT 1 FROM line_hours WHERE opens = 540 AND closes = 1440")
    await office.unroute("**/api/lines/*/hours", later)
    await of(office, "day-date").fill("2026-12-31")
    await of(office, "day-set").click()
    await centre.until_row("SELECT 1 FROM day_exception WHERE day = '2026-12-31' AND NOT works")
    async with centre.engine.begin() as connection:  # it may be night while this runs
        await connection.execute(sa.text("DELETE FROM line_hours"))

    # The supervisor moves a seat into the queue and the others into none of it: the call rings there, and only there.
    async with centre.engine.begin() as connection:
        other = "INSERT INTO queue (id, kind, name_zh) VALUES (gen_random_uuid(), 'emergency', '只接紧急')"
        await connection.execute(sa.text(other))
    boss = await screens.person("supervisor")
    await of(boss, "nav-routing").click()
    await of(boss, "routing-tab-seats").click()
    for seat, column in (("8001", "只接紧急"), ("8002", "夜间生活帮助")):
        box = boss.get_by_label(f"{seat} {column}")
        await box.check()
        await expect(box).to_be_checked()
    first, _ = await screens.seat("8001")
    second, phone = await screens.seat("8002")
    caller = await ring_up(centre, "13755554444")
    await pick_up(second, phone, caller)
    await presence(first, "ready")


async def test_an_emergency_that_rings_nowhere_is_taken_from_a_conversation_and_a_call_back_from_its_card(
    centre: Centre, screens: Screens
) -> None:
    await centre.policy()
    page, phone = await screens.seat("8001")
    routine = await ring_up(centre, "13755554444", stay=120.0)
    await pick_up(page, phone, routine)
    emergency = await press(centre)
    bar = of(page, "alarm")
    await expect(bar).to_contain_text("紧急求助无人接听")
    await expect(of(page, "alarm-sound")).to_have_attribute("data-sound", "")  # they speak: heard again and again, not without end
    await page.keyboard.press("F10")
    call = await phone.ringing()
    phone.answer(call)
    await emergency.answered()
    await call.rtp.hears(CALLER_TONE)
    await expect(bar).to_have_count(0)
    await expect(of(page, "pop")).to_have_attribute("data-kind", "emergency")
    await emergency.hang_up()
    await routine.close()
    await state(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")

    # Who was parked and left is owed a call: it comes as a card, is passed on, and comes again.
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE task SET due_at = now(), offer_from = now() WHERE state = 'open'"))
    card = of(page, "call-back-card")
    await expect(card).to_contain_text(re.compile("回拨"))
    await of(card, "decline-call-back").click()
    await expect(card).to_have_count(0)
    async with centre.engine.begin() as connection:
        again = "UPDATE task SET offer_passed = '[]', version = version + 1 WHERE state = 'open'"
        await connection.execute(sa.text(again))
    await expect(card).to_be_visible()
    async with nobody_at_home(centre.asterisk):
        await of(card, "accept-call-back").click()
        await phone.ringing()
    await expect(card).to_have_count(0)
