"""Every page that the router knows, photographed with the demo's data: a new page is in the album without a word here.

A page about one thing (``:id``) needs to know which: a line in ``DETAILS``; without it the run stops and says so.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of, own_pages, still
from browser.test_pages import routes

Take = Callable[[Page, str], Awaitable[None]]
PUBLIC = ("/login", "/ask")
FIRST = ("administrator", "supervisor", "department_head", "dispatcher")
OF_THE_SUPERVISOR = ("/duty", "/members", "/policy", "/catalogue", "/partners", "/contributions", "/rules", "/reports", "/fees")
_CASE = "SELECT id FROM help_case WHERE member_id IS NOT NULL ORDER BY (state = 'closed')::int, opened_at DESC LIMIT 1"
_ORDER = "SELECT id FROM paper WHERE noun = 'work_order' ORDER BY opened_at DESC LIMIT 1"
DETAILS: dict[str, tuple[str, str]] = {
    "/duty/shifts/:id": ("supervisor", "SELECT id FROM duty_shift ORDER BY began_at DESC LIMIT 1"),
    "/orders/:id": ("supervisor", _ORDER),
    "/orders/:id/print": ("supervisor", _ORDER),
    "/cases/:id": ("supervisor", _CASE),
    "/cases/:id/audit": ("supervisor", _CASE),
    "/cases/:id/report": ("supervisor", "SELECT case_id AS id FROM escalation ORDER BY started_at DESC LIMIT 1"),
    "/reports/print/:kind": ("department_head", "SELECT 'collection' AS id"),
    "/reports/weeks/:week": ("department_head", "SELECT to_char(now(), 'IYYY-\"W\"IW') AS id"),
}
"""Path → the role that looks at it, and which one is shown."""


async def every_page(centre: Centre, screens: Screens, take: Take) -> None:
    """``take`` is given each page when it stands still, and a name for it."""
    door = await screens.window()
    for path in PUBLIC:
        await _go(door, path)
        await take(door, _name(path))
    seen = set(PUBLIC)
    logins = {one["role"]: one for one in centre.logins()}
    # Whoever sees most of a page is the one to show it.
    order = sorted(logins, key=lambda role: FIRST.index(role) if role in FIRST else len(FIRST))
    people: dict[str, Page] = {}
    for role in order:
        people[role] = page = await screens.person(role, logins[role]["seat"])
        await page.mouse.click(600, 12)  # the browser allows sound from now on, as after a person's first click
        for path in (await own_pages(page)).values():
            if path not in seen and (role != FIRST[0] or path not in OF_THE_SUPERVISOR):
                seen.add(path)
                await _go(page, path)
                await take(page, _name(path))
    for path in sorted(routes() - seen):
        if path.endswith(")*"):
            continue
        role, query = DETAILS[path]
        found = await centre.rows(query)
        if not found:
            print(f"{path}: the demo has none")  # noqa: T201 - a program for people
            continue
        await _go(people[role], re.sub(r":\w+", str(found[0]["id"]), path))
        await take(people[role], _name(path))


async def _go(page: Page, path: str) -> None:
    await page.goto(path)
    if path not in PUBLIC:
        await expect(of(page, "connection-state")).to_have_class(re.compile("online"))
    await page.wait_for_load_state("networkidle")
    await still(page)


def _name(path: str) -> str:
    return "page-" + re.sub(r"[/:]+", "-", path).strip("-")
