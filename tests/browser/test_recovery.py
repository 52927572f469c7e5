"""Reload, a second tab, a service that dies: the caller is never dropped, the draft never lost."""

from __future__ import annotations

import pytest
from harness.centre import Centre
from harness.rtp import CALLER_TONE, SEAT_TONE
from playwright.async_api import expect

from browser.screens import Screens, fill_in, of, pick_up, press, state

pytestmark = [pytest.mark.real, pytest.mark.browser]


async def test_the_service_dies_in_a_conversation_and_comes_back(centre: Centre, screens: Screens) -> None:
    page, phone = await screens.seat("8001")
    caller = await press(centre)
    await pick_up(page, phone, caller)
    case = await of(page, "pop").get_attribute("data-case")
    name = await of(page, "pop-name").first.inner_text()
    await of(page, "wrap-up-summary").fill("老人头晕,")
    await expect(of(page, "draft-state")).to_have_attribute("data-state", "saved")

    await centre.kill()
    await expect(of(page, "connection-banner")).to_contain_text("您的电话不受影响")
    # The person goes on: what they see stays, what they write is kept.
    await of(page, "wrap-up-summary").fill("老人头晕,已请女儿赶来")
    await expect(of(page, "draft-state")).to_have_attribute("data-state", "local")
    await expect(of(page, "pop-name").first).to_have_text(name)

    await centre.start()
    await expect(of(page, "connection-banner")).to_have_count(0)
    await state(page, "talking")
    await expect(of(page, "pop")).to_have_attribute("data-case", str(case))
    await expect(of(page, "wrap-up-summary")).to_have_value("老人头晕,已请女儿赶来")
    await expect(of(page, "draft-state")).to_have_attribute("data-state", "saved")
    stored = await centre.until_row("SELECT draft FROM help_case WHERE draft IS NOT NULL")
    assert stored["draft"]["summary"] == "老人头晕,已请女儿赶来"
    talking = phone.talking
    assert talking is not None
    await talking.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)

    await caller.hang_up()
    await state(page, "wrap_up")
    await fill_in(page, "rescue", "helped", "女儿已到场", subcategory="illness")
    await of(page, "wrap-up-submit").click()
    await expect(of(page, "idle")).to_be_visible()


async def test_reload_and_second_tab_drop_nobody_and_lose_nothing(centre: Centre, screens: Screens) -> None:
    page, phone = await screens.seat("8001")
    caller = await press(centre)
    await pick_up(page, phone, caller)
    await of(page, "wrap-up-category-rescue").click()
    await of(page, "wrap-up-summary").fill("刚写下的字")
    await page.reload()  # before anything was sent to the service
    await state(page, "talking")
    await expect(of(page, "wrap-up-summary")).to_have_value("刚写下的字")
    await expect(of(page, "wrap-up-category-rescue")).to_have_class("on")
    await expect(of(page, "draft-state")).to_have_attribute("data-state", "saved")
    assert phone.talking is not None
    await caller.rtp.hears(SEAT_TONE)
    await page.evaluate("localStorage.clear()")  # another computer, say: now the service's copy counts
    await page.reload()
    await expect(of(page, "wrap-up-summary")).to_have_value("刚写下的字")

    # The same seat in a second tab: one of the two works, the other says so and offers to take over.
    second = await screens.tab(page.context)
    await second.goto("/desk")
    await state(second, "talking")
    await expect(of(page, "other-tab")).to_contain_text("此坐席已在另一个页面打开")
    await of(page, "take-over-tab").click()
    await state(page, "talking")
    await expect(of(second, "other-tab")).to_be_visible()
    await expect(of(page, "wrap-up-summary")).to_have_value("刚写下的字")
    assert phone.talking is not None
    await caller.rtp.hears(SEAT_TONE)
