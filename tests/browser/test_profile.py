"""The person: an unknown number is linked in one step, the profile is edited in place while the call runs, and comes back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of, pick_up, ring_up
from callcenter.domain.names import surname

pytestmark = [pytest.mark.browser, pytest.mark.real]
SIZES = {"1366": (1366, 768), "1920": (1920, 1080)}


async def photograph(page: Page, name: str, folder: Path) -> None:
    """What it looks like, for whoever wants to see: SHOTS names a folder that stays."""
    await page.screenshot(path=f"{os.environ.get('SHOTS', folder)}/{name}.png")


async def test_an_unknown_number_is_linked_and_the_profile_edited_while_they_speak(
    centre: Centre, screens: Screens, tmp_path: Path
) -> None:
    page, phone = await screens.seat("8001")
    caller = await ring_up(centre, "13766665555")
    await expect(of(page, "unknown-caller")).to_contain_text("137 6666 5555")
    await pick_up(page, phone, caller)
    member = await centre.until_row("SELECT m.* FROM member m WHERE external_ref = 'DEMO-0003'")
    await of(page, "member-search").fill(member["initials"])
    hit = of(page, f"member-hit-{member['id']}")
    await expect(hit.locator("mark").first).to_have_text(member["name"])
    await photograph(page, "search", tmp_path)
    await hit.click()
    await expect(of(page, "person")).to_have_attribute("data-view", "known")
    await expect(of(page, "pop-name")).to_contain_text(member["name"])
    await centre.until_row(
        "SELECT 1 AS is FROM member_number WHERE member_id = :m AND number = '+8613766665555'", m=member["id"]
    )  # fmt: skip

    # The words for the moment, with the names filled in; another moment's are one click away.
    await expect(of(page, "script-first")).to_contain_text("这里是居家养老呼叫中心")
    await expect(of(page, "script-first")).to_contain_text(surname(member["name"]))
    await of(page, "script-hold").click()
    await expect(of(page, "script-text")).to_contain_text("请您稍等")

    # In place: the door's code, and the second contact becomes the first.
    await of(page, "profile-open").click()
    await of(page, "profile-door").fill("8642#")
    names = await of(page, "contacts-edit").locator("input").evaluate_all("all => all.map(each => each.value)")
    await of(page, "contact-up-2").click()
    await photograph(page, "edit", tmp_path)
    await of(page, "profile-save").click()
    await expect(of(page, "profile-edit")).to_have_count(0)
    await expect(of(page, "pop-address")).to_be_visible()
    await expect(of(page, "person")).to_contain_text("8642#")
    await expect(of(page, "pop-contacts").locator("li").first).to_contain_text(names[3])
    line = of(page, "timeline").locator("li[data-kind=profile_changed]").first
    await expect(line).to_contain_text("门禁")
    await expect(line).to_contain_text("联系人")

    # The supervisor edits the same profile while the seat has it open: the seat sees what they changed, and decides.
    await of(page, "profile-open").click()
    await of(page, "profile-door").fill("1111#")
    boss = await screens.person("supervisor", width=1920, height=1080)
    await of(boss, "nav-members").click()
    await of(boss, "member-search").fill(member["name"])
    await of(boss, f"member-hit-{member['id']}").click()
    await of(boss, "profile-open").click()
    await of(boss, "profile-address").fill("新家1栋101室")
    await of(boss, "profile-door").fill("2222#")
    await photograph(boss, "edit-1920", tmp_path)
    await of(boss, "profile-save").click()
    await expect(of(boss, "pop-address")).to_contain_text("新家1栋101室")
    await of(page, "profile-save").click()
    await expect(of(page, "problem")).to_have_attribute("data-code", "profile_changed")
    await expect(of(page, "profile-others")).to_contain_text("新家1栋101室")
    await photograph(page, "conflict", tmp_path)
    await of(page, "profile-save").click()
    await expect(of(page, "profile-edit")).to_have_count(0)
    await expect(of(page, "person")).to_contain_text("1111#")
    await expect(of(page, "pop-address")).to_contain_text("新家1栋101室")

    # Every version is there, and the one before comes back, on the seat's screen too.
    await of(boss, "history-open").click()
    history = of(boss, "profile-history")
    await expect(history).to_contain_text("2222#")
    await photograph(boss, "history-1920", tmp_path)
    await history.locator("[data-testid^=restore-]").first.click()
    await expect(of(page, "person")).to_contain_text("2222#")
    await caller.hang_up()


async def test_the_form_fits_the_screen_in_english_too(centre: Centre, screens: Screens, tmp_path: Path) -> None:
    boss = await screens.person("supervisor", language="en")
    member = await centre.until_row("SELECT m.* FROM member m WHERE external_ref = 'DEMO-0003'")
    await of(boss, "nav-members").click()
    await of(boss, "member-search").fill(member["pinyin"][:6])
    await of(boss, f"member-hit-{member['id']}").click()
    await of(boss, "profile-open").click()
    await expect(of(boss, "profile-edit")).to_contain_text("phoned in this order")
    for size, (width, height) in SIZES.items():
        await boss.set_viewport_size({"width": width, "height": height})
        await boss.wait_for_function("wanted => innerWidth === wanted", arg=width)
        assert await boss.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wide = await of(boss, "member-profile").evaluate("each => each.scrollWidth - each.clientWidth")
        assert wide <= 0, size
        await photograph(boss, f"edit-en-{size}", tmp_path)
