"""Every page of every role, in both languages, is usable by people who see, hear or move differently: axe finds nothing bad.

The pages are taken from the navigation itself, and compared with the router: a new page is covered without a word here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of, own_pages, pick_up, presence, press, screens_of, state, still

pytestmark = [pytest.mark.real, pytest.mark.browser]

CONSOLE = Path(__file__).parents[2] / "console"
AXE = (CONSOLE / "node_modules/axe-core/axe.min.js").read_text()
LANGUAGES = ("zh-CN", "en")
BAD = ("serious", "critical")
RUN = (Path(__file__).parent / "accessible.js").read_text()
SWITCH = "document.querySelector('[data-testid=lang-switch]').click()"


async def flaws(page: Page, where: str) -> list[str]:
    """What axe objects to on the page as it stands, in both languages."""
    found = []
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    for language in LANGUAGES:
        await page.evaluate(f"wanted => document.documentElement.lang === wanted || {SWITCH}", language)
        await still(page)
        violations: list[dict[str, Any]] = await page.evaluate(RUN)
        found += [
            f"{where} ({language}): {one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(one["nodes"])
            for one in violations
            if one["impact"] in BAD
        ]
    await page.evaluate(f"document.documentElement.lang === 'zh-CN' || {SWITCH}")
    return found


def routes() -> set[str]:
    """Every path that the router knows, but for its redirections."""
    source = (CONSOLE / "src/router.ts").read_text()
    found = re.findall(r'page\("(/[^"]*)"', source) + re.findall(r'path: "(/[^"]+)", component', source)
    return set(found)


async def test_every_page_of_every_role_is_accessible(centre: Centre, screens: Screens) -> None:
    found: list[str] = []
    door = await screens.window()
    await door.goto("/login")
    await expect(of(door, "login-submit")).to_be_visible()
    found += await flaws(door, "/login")
    await door.goto("/ask")
    await expect(of(door, "ask-send")).to_be_visible()
    found += await flaws(door, "/ask")
    seen = {"/login", "/ask"}
    logins = {one["role"]: one for one in centre.logins()}
    for role in logins:
        page = await screens.person(role, logins[role]["seat"])
        await expect(of(page, "connection-state")).to_have_class(re.compile("online"))
        for name, path in (await own_pages(page)).items():
            if path in seen:
                continue
            seen.add(path)
            assert (await page.request.get(path)).ok, "its address, typed or reloaded"
            await of(page, f"nav-{name}").click()
            await page.wait_for_url(f"**{path}")
            await expect(page.locator("main h1, main h2, main [data-testid]").first).to_be_visible()
            found += await flaws(page, f"{path} ({role})")
    pages = {path for path in routes() if ":" not in path}
    assert pages == seen, "a page that no role of the demo finds in the navigation"
    assert not found, "\n".join(found)


@pytest_asyncio.fixture
async def patient(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A centre whose calls ring until axe has looked at them."""
    async with running_centre(asterisk, database, ring_seconds=60.0, wrap_up_seconds=120.0) as made:
        yield made


async def at(page: Page, name: str) -> None:
    """The keyboard is there, and everybody can see where."""
    await expect(of(page, name)).to_be_focused()
    ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none", f"no sign of the focus on {name}"


async def test_a_whole_emergency_by_keys_alone(patient: Centre, browser_address: str) -> None:
    """From ready to the written outcome without a mouse; every state looked at by axe, and said to a screen reader."""
    async with screens_of(patient, browser_address) as screens:
        await _by_keys(patient, screens)
        assert screens.faults == [], "the page had errors of its own"


async def _by_keys(centre: Centre, screens: Screens) -> None:
    await centre.policy()
    found: list[str] = []
    phone = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    page = await screens.person("seat", "8001")
    keys = page.keyboard
    await expect(of(page, "phone-state")).to_contain_text("✓")

    await keys.press("Alt+g")
    await at(page, "nav-desk")
    await keys.press("ArrowDown")
    await at(page, f"nav-{list(await own_pages(page))[1]}")
    await keys.press("ArrowUp")
    await keys.press("Escape")
    await expect(page.locator("main")).to_be_focused()
    await keys.press("F4")
    await expect(of(page, "pause-reason-rest")).to_be_visible()
    found += await flaws(page, "pause reasons")
    await keys.press("Escape")
    await keys.press("F2")
    await presence(page, "ready")

    caller = await press(centre, stay=120.0)
    await state(page, "offered")
    await expect(of(page, "announce-pop")).to_contain_text("紧急求助")
    found += await flaws(page, "pop")
    await pick_up(page, phone, caller)
    await expect(of(page, "announce-pop")).to_be_empty()
    await expect(of(page, "announce-state")).to_contain_text("通话中")
    found += await flaws(page, "talking, red board")

    await keys.press("Alt+l")
    await expect(of(page, "held-note")).to_be_visible()
    await expect(of(page, "hold")).to_be_enabled()
    await keys.press("Alt+l")
    await expect(of(page, "held-note")).to_have_count(0)
    await keys.press("Alt+u")
    await at(page, "key-1")
    await keys.press("5")
    await expect(of(page, "timeline").locator("li[data-kind=digits_sent]")).to_be_visible()
    await keys.press("Alt+u")
    await keys.press("Alt+t")
    await at(page, "transfer-to")
    await expect(of(page, "transfer-attended")).to_be_visible()
    found += await flaws(page, "transfer")
    await keys.press("Alt+t")
    await keys.press("Alt+i")
    await expect(of(page, "typed-number")).to_be_visible()
    found += await flaws(page, "bring in")
    await keys.press("Alt+i")
    await keys.press("Alt+n")
    await at(page, "note-text")
    await keys.type("在厨房滑倒")
    await keys.press("Control+Enter")
    await expect(of(page, "timeline").locator("li[data-kind=note]")).to_be_visible()

    await keys.press("F8")
    await state(page, "wrap_up")
    await keys.press("Alt+o")
    await expect(of(page, "typed-number")).to_be_visible()
    found += await flaws(page, "wrap-up, call out")
    await keys.press("Alt+o")
    await keys.press("Alt+s")
    await expect(of(page, "settle-note")).to_be_visible()
    found += await flaws(page, "settle")
    await keys.press("Escape")
    await keys.press("Alt+w")
    assert await page.evaluate("document.activeElement.closest('[data-testid^=wrap-up]') !== null"), "the outcome has the keyboard"
    assert not found, "\n".join(found)
