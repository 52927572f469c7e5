"""The wall: figures, charts and alarms by push, limits that a supervisor sets, legible from across the room."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of, press

pytestmark = [pytest.mark.real, pytest.mark.browser]


async def at_the_wall(screens: Screens, **window: Any) -> Page:
    page = await screens.person("supervisor", **window)
    await of(page, "nav-wall").click()
    await expect(of(page, "wall")).to_be_visible()
    return page


async def test_the_wall_shows_and_alarms_by_push(centre: Centre, screens: Screens) -> None:
    wall = await at_the_wall(screens)
    await expect(of(wall, "wall-alarms")).to_have_class("band calm")
    await expect(of(wall, "wall-rungs")).to_contain_text("没有紧急求助")
    await expect(of(wall, "wall-probe")).to_contain_text("—")
    # A limit is set: more than 0 waiting, at once.
    await of(wall, "open-thresholds").click()
    row = of(wall, "threshold-waiting")
    await of(row, "threshold-limit").fill("0")
    await of(row, "threshold-seconds").fill("0")
    await of(wall, "threshold-save").click()
    await expect(of(wall, "threshold-dialog")).to_have_count(0)
    caller = await press(centre)
    await expect(of(wall, "figures-waiting")).to_contain_text("1")
    alarm = of(wall, "alarm-waiting")
    await expect(alarm).to_contain_text("等待人数")
    await expect(alarm).to_contain_text("超过 0")
    await expect(of(wall, "wall-rungs")).to_contain_text("1")
    await expect(of(wall, "chart-calls").locator("canvas")).to_be_visible()
    async with centre.engine.begin() as connection:
        query = "INSERT INTO probe (at, instance, pop_ms) VALUES (now() - interval '20 minutes', 'x', 41), (now(), 'x', 37)"
        await connection.execute(sa.text(query))
    await expect(of(wall, "wall-probe")).to_contain_text("37", timeout=15_000)
    await expect(of(wall, "chart-probe").locator("tbody tr")).to_have_count(2)
    today = of(wall, "chart-calls").locator("tbody tr td:nth-child(2)")
    await expect(today).to_have_count(24)
    assert sum(int(text) for text in await today.all_inner_texts()) == 1
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("INSERT INTO probe (at, instance, stage) VALUES (now(), 'x', 'sip')"))
    await expect(of(wall, "wall-probe")).to_contain_text("电话不通", timeout=15_000)
    await expect(of(wall, "alarm-probe_ms")).to_be_visible()
    await caller.close()
    await expect(alarm).to_have_count(0)


async def test_nothing_is_cut_off_and_figures_are_large(centre: Centre, screens: Screens) -> None:
    async with centre.engine.begin() as connection:  # one call, answered in time: 100 % and the goal beside it
        query = """INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at, answered_at)
            VALUES (gen_random_uuid(), 'x', 'life_help', 'hotline', '1', 'closed', now(), now(), now())"""
        await connection.execute(sa.text(query))
    for language in ("zh-CN", "en"):
        wall = await at_the_wall(screens, language=language)
        for width, height in ((1366, 768), (1920, 1080)):
            await wall.set_viewport_size({"width": width, "height": height})
            await fits(wall, height)
        await wall.context.close()


async def fits(wall: Page, height: int) -> None:
    """Everything is on the screen, whole, and large enough for a room."""
    await expect(of(wall, "figures-in-time")).to_contain_text("100%")
    await expect(of(wall, "chart-calls").locator("canvas")).to_be_visible()
    # A figure of 1/26 of the screen's height: on a 1.2 m high wall screen 4.6 cm, legible from beyond ten metres.
    await wall.wait_for_function(
        "least => parseFloat(getComputedStyle(document.querySelector('[data-testid=figures-waiting] dd')).fontSize) >= least",
        arg=height / 26,
    )
    size = await wall.evaluate("[document.documentElement.scrollHeight, document.querySelector('[data-testid=wall]').scrollHeight]")
    assert size[0] <= height
    assert size[1] <= height - 52
    cut = await wall.evaluate(
        "[...document.querySelectorAll('[data-testid=wall] dd, [data-testid=wall] dt')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    )
    assert cut == [], height


async def test_of_five_hundred_who_wait_only_what_can_be_seen_is_in_the_page(centre: Centre, screens: Screens) -> None:
    """However far it is scrolled; how smooth that is, ``make bench-screen`` measures."""
    async with centre.engine.begin() as connection:
        query = """INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at, waiting_since,
                caller_display)
            SELECT gen_random_uuid(), 'n' || n, 'life_help', 'hotline', '1', 'waiting', now(), now(), now(), '1380000' || n
            FROM generate_series(1000, 1499) n"""
        await connection.execute(sa.text(query))
    board = await screens.person("supervisor")
    rows = of(board, "waiting-row")
    await expect(rows.first).to_be_visible()
    assert await rows.count() < 80
    most = await board.evaluate(
        """async () => {
            const box = document.querySelector('[data-testid=board-waiting]').closest('.scroll');
            let most = 0;
            for (let y = 0; y < box.scrollHeight; y += 600) {
                box.scrollTop = y;
                await new Promise(requestAnimationFrame);
                most = Math.max(most, document.querySelectorAll('[data-testid=waiting-row]').length);
            }
            return most;
        }"""
    )
    assert 0 < most < 80
    await expect(rows.last).to_be_visible()
    assert await rows.count() < 80
