"""The seat's workbench in a real browser: a real press, the pop, the conversation, the outcome, the recording."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness.centre import Centre
from harness.rtp import CALLER_TONE, SEAT_TONE
from playwright.async_api import expect

from browser.screens import Screens, fill_in, of, pick_up, presence, press, ring_up, sip_terminal, state, talk

pytestmark = [pytest.mark.real, pytest.mark.browser]

Keep = Callable[[str, object], None]
PAINTED_WITHIN_MS = 500.0  # generous: the machine may be doing other things; the figure itself is reported


async def test_a_press_from_pop_to_recording(centre: Centre, screens: Screens, record_property: Keep) -> None:
    login = next(one for one in centre.logins() if one["seat"] == "8001")
    phone = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    page = await screens.window()
    await page.goto("/")
    await expect(page.get_by_text("居家养老呼叫中心")).to_be_visible()
    await of(page, "login-user").fill(login["user"])
    await of(page, "login-password").fill("wrong password")
    await of(page, "login-submit").click()
    await expect(of(page, "problem")).to_have_attribute("data-code", "wrong_credentials")
    await of(page, "login-password").fill(login["password"])
    await of(page, "login-submit").click()
    await expect(of(page, "idle")).to_contain_text("刚登录")
    await of(page, "presence-ready").click()
    await presence(page, "ready")
    await page.keyboard.press("F4")
    await of(page, "pause-reason-rest").click()
    await presence(page, "paused")
    await expect(of(page, "presence")).to_contain_text("小休")
    await page.keyboard.press("F2")
    await presence(page, "ready")

    caller = await press(centre)
    pop = of(page, "pop")
    await expect(pop).to_have_attribute("data-kind", "emergency")
    await expect(of(pop, "emergency-band")).to_contain_text("紧急求助")
    await expect(of(pop, "pop-name").first).to_contain_text(sip_terminal(centre)["member"])
    await expect(of(pop, "pop-address").first).to_be_in_viewport()
    member = await centre.until_row("SELECT * FROM member WHERE name = :n", n=sip_terminal(centre)["member"])
    await expect(of(pop, "pop-address").first).to_contain_text(member["address"])
    for text in (*member["illnesses"], *member["medication"], *member["allergies"], member["hospital"]):
        await expect(of(pop, "pop-health")).to_contain_text(text)
    await expect(of(pop, "pop-health")).to_be_in_viewport()
    await state(page, "offered")
    await expect(page).to_have_title(re.compile("紧急求助"))
    painted = await page.evaluate("window.__painted[0]")
    record_property("frame_to_painted_ms", round(painted, 1))
    assert painted < PAINTED_WITHIN_MS

    ringing = await phone.ringing()
    phone.answer(ringing)
    await caller.answered()
    await state(page, "talking")
    await ringing.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    await of(page, "note-text").fill("老人说在厨房滑倒,能起身")
    await of(page, "note-submit").click()
    await expect(of(page, "timeline").locator("li[data-kind=note]")).to_contain_text("在厨房滑倒")
    await talk(page, 2)
    await caller.hang_up()

    await state(page, "wrap_up")
    await expect(of(page, "wrap-up-countdown")).to_be_visible()
    recording = of(page, "recording")
    await expect(recording).to_have_attribute("data-state", "stored")
    await of(recording, "recording-play").click()
    # The clock of the player only moves when the browser has decoded the sound and plays it.
    await expect(recording).to_contain_text(re.compile(r"0:0[1-9] / 0:0[2-9]"))
    await fill_in(page, "rescue", "false_alarm", "误触,老人平安", subcategory="fall")
    await page.keyboard.press("Control+Enter")
    await expect(of(page, "idle")).to_be_visible()
    await presence(page, "ready")

    await of(page, "nav-cases").click()
    row = of(page, "case-row").first
    await expect(row).to_contain_text("跌倒受伤")
    await expect(row).not_to_contain_text("未了结")
    await row.click()
    drawer = of(page, "case-drawer")
    for kind in ("arrived", "identified", "offered", "answered", "wrapped_up", "settled", "recording_stored"):
        await expect(drawer.locator(f"li[data-kind={kind}]")).to_be_visible()
    assert not re.search(r"\{\w+\}|undefined|null|NaN", await drawer.inner_text())


async def test_unknown_callers_become_members_and_of_several_one_is_chosen(centre: Centre, screens: Screens) -> None:
    page, phone = await screens.seat("8001")
    caller = await ring_up(centre, "13766665555")
    await expect(of(page, "unknown-caller")).to_contain_text("137 6666 5555")
    await pick_up(page, phone, caller)
    await of(page, "create-name").fill("欧阳秀兰")
    await of(page, "create-gender-f").click()
    await of(page, "create-address").fill("书香园1栋101室")
    await of(page, "create-submit").click()
    await expect(of(page, "person")).to_have_attribute("data-view", "known")
    await expect(of(page, "pop-name")).to_contain_text("欧阳秀兰")
    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    # What the rules refuse is told in the page, with the rule; nothing that was written is lost.
    await of(page, "wrap-up-summary").fill("问事务")
    await of(page, "wrap-up-submit").click()
    await expect(of(page, "problem")).to_be_visible()
    await fill_in(page, "consultation", "answered", "问事务,已答复", subcategory="affairs")
    await of(page, "wrap-up-submit").click()
    await expect(of(page, "idle")).to_be_visible()
    await expect(of(page, "pop")).to_have_count(0)
    closed = await centre.rows("SELECT state, summary FROM help_case")
    assert [tuple(row.values()) for row in closed] == [("closed", "问事务,已答复")]

    # The next caller's number belongs to several: a key says who it is.
    await presence(page, "ready")
    query = "SELECT number, count(*) AS n FROM member_number GROUP BY number HAVING count(*) > 1"
    shared = (await centre.rows(query))[0]
    caller = await ring_up(centre, shared["number"].removeprefix("+86"))
    await expect(of(page, "person")).to_have_attribute("data-view", "several")
    candidates = page.locator("[data-testid^=candidate-]")
    await expect(candidates).to_have_count(shared["n"])
    name = await of(candidates.nth(1), "pop-name").inner_text()
    await pick_up(page, phone, caller)
    await page.keyboard.press("2")
    await expect(of(page, "person")).to_have_attribute("data-view", "known")
    await expect(of(page, "pop-name")).to_have_text(name)
    await expect(of(page, "timeline").locator("li[data-kind=member_chosen]")).to_be_visible()
    # It was somebody else after all.
    await of(page, "choose-again").click()
    await of(page, "member-search").fill("oyxl")
    await page.locator("[data-testid^=member-hit-]").first.click()
    await expect(of(page, "pop-name")).to_contain_text("欧阳秀兰")
    # Ready before the outcome was written: it is still owed, and is written where the case is found again.
    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    await of(page, "nav-cases").click()
    await of(page, "case-row").first.click()
    drawer = of(page, "case-drawer")
    await fill_in(drawer, "life_help", "service_needed", "明日送餐", subcategory="meals")
    await of(drawer, "wrap-up-submit").click()
    await expect(drawer.locator("li[data-kind=wrapped_up]")).to_be_visible()
    await expect(of(drawer, "wrap-up-form")).to_have_count(0)


async def test_ready_without_a_telephone_is_no_comfort(centre: Centre, screens: Screens) -> None:
    page = await screens.person("seat", "8001")
    await expect(of(page, "idle")).to_contain_text("刚登录")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    hero = of(page, "idle-hero")
    await expect(hero).to_contain_text("电话不会响")
    await expect(hero).to_contain_text("请检查话机网线")
    await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    await expect(hero).to_contain_text("准备就绪")
