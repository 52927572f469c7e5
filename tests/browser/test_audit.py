"""A seat opens a profile in an emergency; the auditor looks at it, reads who read what, and checks that all records are whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens

pytestmark = [pytest.mark.browser, pytest.mark.real]
REASON = "邻居来电说老人在楼道摔倒"


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.rule("W-9")
async def test_an_emergency_access_is_reviewed_and_the_records_are_whole(centre: Centre, screens: Screens) -> None:
    seat = await screens.person("seat", "8001")
    await seat.goto("/emergency-access")
    await seat.get_by_test_id("member-search").fill("王")
    await seat.locator("[data-testid^=member-hit-]").first.click()
    await expect(seat.get_by_test_id("access-open")).to_be_disabled()
    await seat.get_by_test_id("access-reason").fill(REASON)
    await seat.get_by_test_id("access-open").click()
    await expect(seat.get_by_test_id("access-until")).to_contain_text("可查看到")
    await picture(seat, "access")

    auditor = await screens.person("auditor")
    await auditor.goto("/audit")
    row = auditor.get_by_test_id("opening").first
    await expect(row).to_contain_text(REASON)
    await picture(auditor, "openings")
    await row.get_by_test_id("opening-review").click()
    await auditor.get_by_test_id("review-note").fill("已核对来电录音")
    await auditor.get_by_test_id("review-justified").click()
    await expect(row).to_contain_text("确有必要")

    await auditor.get_by_role("tab", name="查阅与改动").click()
    await expect(auditor.get_by_test_id("readings")).to_contain_text("紧急查阅")
    await auditor.get_by_test_id("audit-check").click()
    await expect(auditor.get_by_test_id("audit-verdict")).to_contain_text("全部完好")
    await picture(auditor, "readings")
    await auditor.get_by_test_id("seal-noted").fill("0" * 64)
    await auditor.get_by_test_id("audit-check").click()
    await expect(auditor.get_by_test_id("audit-verdict")).to_contain_text("没有这个封印")
