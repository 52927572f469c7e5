"""A supervisor's shift in the browser: begun, filled by a real press, handed over, acknowledged by the next, on paper."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from harness.centre import Centre
from playwright.async_api import expect

from browser.screens import Screens, of, press

pytestmark = [pytest.mark.real, pytest.mark.browser]


@pytest.mark.rule("T-1")
@pytest.mark.rule("T-6")
@pytest.mark.rule("S-9")
async def test_a_supervisors_shift(centre: Centre, screens: Screens) -> None:
    page = await screens.person("supervisor")
    await expect(of(page, "duty-strip")).to_contain_text("排班空缺")
    # The roster of now, and the board has no gap at this hour any more.
    await of(page, "duty-strip").click()
    await of(page, "duty-tab-roster").click()
    await of(page, "turn-add").click()
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    await of(page, "turn-person").select_option(label="曾国平 · 值班主任")
    await of(page, "turn-begins").fill((now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    await of(page, "turn-ends").fill((now + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"))
    await of(page, "turn-save").click()
    await expect(of(page, "turn").first).to_contain_text("曾国平")
    await of(page, "nav-board").click()
    await expect(of(page, "duty-strip")).to_contain_text("值班主任 曾国平")

    await of(page, "nav-duty").click()
    await of(page, "shift-begin").click()
    shift = of(page, "shift")
    await expect(shift).to_have_attribute("data-state", "open")
    caller = await press(centre)
    await expect(of(shift, "log-line").filter(has_text="紧急求助")).to_have_attribute("data-auto", "true")
    await expect(of(shift, "open-item").filter(has_text="紧急求助未了结")).to_be_visible()
    await of(page, "entry-text").fill("民政局来访3人")
    await of(page, "entry-add").click()
    await of(page, "entry-correct").click()
    await of(page, "entry-text").fill("民政局来访5人")
    await of(page, "entry-add").click()
    await expect(of(shift, "log-line").filter(has_text="民政局来访3人")).to_contain_text("已被更正")
    await of(page, "hand-over-note").fill("留意未了结的求助")
    await of(page, "hand-over-signer").fill("曾国平")
    await of(page, "hand-over").click()
    await expect(shift).to_have_attribute("data-state", "handed_over")
    await expect(of(page, "take-over")).to_have_count(0)  # nobody takes over from themselves
    await caller.hang_up()

    head = await screens.person("department_head")
    await head.goto("/duty")
    await of(head, "take-over-receiver").fill("廖美玲")
    await of(head, "take-over").click()
    await expect(of(head, "past-shift")).to_contain_text("廖美玲")
    await of(head, "past-shift").get_by_role("link").click()
    sheet = of(head, "duty-sheet")
    await expect(of(sheet, "sheet-signer")).to_have_text("曾国平")
    await expect(of(sheet, "sheet-receiver")).to_have_text("廖美玲")
    await expect(sheet).to_contain_text(re.compile("紧急求助.*民政局来访5人", re.S))
    assert (await head.pdf(format="A4")).startswith(b"%PDF-")
