"""The supervisor's board, and what nobody may forget: emergencies that were given up, and calls that are owed."""

from __future__ import annotations

import re

import pytest
from harness.centre import Centre
from playwright.async_api import expect

from browser.screens import Screens, of, pick_up, presence, press, ring_up, sip_terminal, state

pytestmark = [pytest.mark.real, pytest.mark.browser]


async def test_the_board_shows_who_waits_what_is_red_and_who_works(centre: Centre, screens: Screens) -> None:
    board = await screens.person("supervisor")
    for part in ("asterisk", "ami", "database"):
        await expect(of(board, f"health-{part}")).to_have_attribute("data-up", "true")
    await expect(of(board, "board-red")).to_contain_text("没有未了结的紧急求助")
    caller = await press(centre)
    red = of(board, "red-case")
    await expect(red).to_contain_text(sip_terminal(centre)["member"])
    await expect(red).to_contain_text("无人")
    row = of(board, "waiting-row")
    await expect(row).to_contain_text("第 1 位")
    await expect(of(row, "ladder-chip")).to_contain_text(":")  # the longest that stands there: with the time until the next rung
    state = row.locator("td:nth-child(3)")
    assert await state.evaluate("cell => cell.scrollWidth <= cell.clientWidth"), "nothing of it is cut"
    await expect(of(board, "figures-red")).to_contain_text("1")

    seat, phone = await screens.seat("8001")
    tile = of(board, "board-seat-8001")
    await expect(tile).to_have_attribute("data-presence", "offered")
    await pick_up(seat, phone, caller)
    await expect(tile).to_have_attribute("data-presence", "talking")
    await expect(of(board, "live-row")).to_contain_text("陈静")
    await expect(red).to_contain_text("8001")
    await caller.hang_up()
    await expect(tile).to_have_attribute("data-presence", "wrap_up")
    # Only a person ends an emergency: here the seat that spoke with the elder.
    await seat.keyboard.press("Alt+s")
    await of(seat, "settle-outcome-safe").click()
    await of(seat, "settle-note").fill("与老人本人确认平安")
    await of(seat, "settle-confirm").click()
    await expect(of(seat, "emergency-band")).to_contain_text("紧急已了结")
    await expect(of(board, "red-case")).to_have_count(0)

    await tile.click()
    await of(board, "force-presence-paused").click()
    await of(board, "force-submit").click()
    await presence(seat, "paused")
    await expect(of(seat, "presence")).to_contain_text("值班主任安排")
    await expect(tile).to_contain_text("值班主任安排")


async def test_an_emergency_that_was_given_up_stays_red_until_it_is_settled(centre: Centre, screens: Screens) -> None:
    board = await screens.person("supervisor")
    caller = await press(centre, place=1)
    await expect(of(board, "waiting-row")).to_be_visible()
    await caller.close()
    red = of(board, "red-case")
    await expect(red).to_contain_text("待回拨")
    await expect(of(board, "board-tasks")).to_contain_text(sip_terminal(centre, 1)["member"])
    await board.reload()
    await red.click()
    drawer = of(board, "case-drawer")
    await expect(drawer.locator("li[data-kind=abandoned]")).to_be_visible()
    await expect(of(drawer, "pop-name")).to_contain_text(sip_terminal(centre, 1)["member"])
    await of(drawer, "settle").click()
    await of(board, "settle-outcome-handed_over").click()
    await of(board, "settle-confirm").click()
    await expect(of(board, "settle-dialog").locator("[data-testid=problem]")).to_be_visible()  # no grounds written
    await expect(red).to_have_count(1)
    await of(board, "settle-note").fill("女儿电话确认,已在老人家中")
    await of(board, "settle-confirm").click()
    await expect(drawer.locator("li[data-kind=settled]")).to_contain_text("女儿电话确认")
    await expect(of(board, "red-case")).to_have_count(0)
    await expect(of(of(board, "board-tasks"), "task-row")).to_have_count(0)


async def test_a_call_that_is_owed_is_taken_and_done(centre: Centre, screens: Screens) -> None:
    seat, _ = await screens.seat("8001")
    caller = await ring_up(centre, "13755554444")
    await state(seat, "offered")
    await caller.close()
    await expect(of(seat, "idle")).to_be_visible()
    row = of(seat, "task-row")
    await expect(row).not_to_contain_text("5555")  # a number is for whoever has the task
    await of(row, "take-task").click()
    await expect(of(row, "task-number")).to_contain_text("137 5555 4444")
    await of(row, "complete-task").click()
    await of(seat, "task-outcome-reached").click()
    await of(seat, "task-note").fill("老人问配餐时间,已答复")
    await of(seat, "task-confirm").click()
    await expect(row).to_have_count(0)
    await expect(of(seat, "figures-abandoned")).to_contain_text(re.compile(r"已回拨 1"))
