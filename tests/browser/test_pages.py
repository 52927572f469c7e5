"""Every page of every role, in both languages, is usable by people who see, hear or move differently: axe finds nothing bad.

The pages are taken from the navigation itself, and compared with the router: a new page is covered without a word here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of, own_pages

pytestmark = [pytest.mark.real, pytest.mark.browser]

CONSOLE = Path(__file__).parents[2] / "console"
AXE = (CONSOLE / "node_modules/axe-core/axe.min.js").read_text()
LANGUAGES = ("zh-CN", "en")
BAD = ("serious", "critical")
RUN = (Path(__file__).parent / "accessible.js").read_text()
STILL = """() => document.querySelectorAll('.el-skeleton').length === 0 && document.getAnimations().every(
    one => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)"""
SWITCH = "document.querySelector('[data-testid=lang-switch]').click()"


async def flaws(page: Page, where: str) -> list[str]:
    """What axe objects to on the page as it stands, in both languages."""
    found = []
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    for language in LANGUAGES:
        await page.evaluate(f"wanted => document.documentElement.lang === wanted || {SWITCH}", language)
        await page.wait_for_function(STILL)
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


async def settled(page: Page) -> None:
    await page.wait_for_load_state("networkidle")
    await expect(of(page, "connection-state")).to_have_class(re.compile("online"))


async def test_every_page_of_every_role_is_accessible(centre: Centre, screens: Screens) -> None:
    found: list[str] = []
    door = await screens.window()
    await door.goto("/login")
    await expect(of(door, "login-submit")).to_be_visible()
    found += await flaws(door, "/login")
    seen = {"/login"}
    logins = {one["role"]: one for one in centre.logins()}
    for role in logins:
        page = await screens.person(role, logins[role]["seat"])
        for path in (await own_pages(page)).values():
            if path in seen:
                continue
            seen.add(path)
            await page.goto(path)
            await settled(page)
            found += await flaws(page, f"{path} ({role})")
    pages = {path for path in routes() if ":" not in path}
    assert pages == seen, "a page that no role of the demo finds in the navigation"
    assert not found, "\n".join(found)
