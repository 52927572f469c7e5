"""Pictures of a seat at work, of the board beside it, and of what breaks."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from harness.centre import Centre, ConsoleClient
from harness.phones import Caller
from playwright.async_api import Page, expect

from browser.album import Album
from browser.screens import Screens, allow_sound, fill_in, of, pick_up, presence, press, ring_up, sip_terminal, state, talk

QUIET: dict[str, Any] = {"announce_every_seconds": 30.0}
STAY: dict[str, Any] = {"stay": 900.0}


def national(number: str) -> str:
    """+867976221234 as the network delivers it: 07976221234; a mobile number without its country."""
    local = number.removeprefix("+86")
    return local if local.startswith("1") and len(local) == 11 else f"0{local}"


async def written_up(console: ConsoleClient, phone: Any, caller: Caller, **result: str) -> None:
    """A whole call, from ringing to its outcome, by a seat without a screen."""
    phone.answer(await phone.ringing())
    await caller.answered()
    case = await console.case("talking")
    await asyncio.sleep(1.0)  # a conversation, so that there is something to hear
    await caller.hang_up()
    await console.case("wrap_up")
    await console.must("wrap_up", case_id=case["id"], **result)
    await console.until(lambda: not console.all("case"))


async def a_morning(centre: Centre) -> None:
    """Calls that are over: the list of cases, the day's figures, an elder's history."""
    console, phone = await centre.seat("8002", manner="never")
    own = await centre.rows("SELECT number FROM member_number GROUP BY number HAVING count(*) = 1 ORDER BY number LIMIT 6")
    numbers = [national(row["number"]) for row in own]
    written = (
        (numbers[0], "consultation", "affairs", "answered", "问高龄津贴何时发放，已答复。"),
        (numbers[1], "life_help", "meals", "service_needed", "明起三天需送午餐，少盐。"),
        (numbers[2], "life_help", "repair", "service_needed", "厨房水龙头漏水。"),
        ("13755550001", "consultation", "service", "pending_answer", "问助浴服务价格。"),
    )
    for number, category, subcategory, disposition, summary in written:
        result = {"category": category, "subcategory": subcategory, "disposition": disposition, "summary": summary}
        await written_up(console, phone, await ring_up(centre, number), **result)
    for disposition, summary in (("false_alarm", "误触，老人平安。"), ("helped", "头晕，女儿已到家中，血压 150/90。")):
        caller = await press(centre)
        result = {"category": "rescue", "subcategory": "illness", "disposition": disposition, "summary": summary}
        await written_up(console, phone, caller, **result)
    red = await centre.until_row("SELECT id FROM help_case WHERE red")
    supervisor = await centre.console("supervisor")
    await supervisor.must("settle", case_id=str(red["id"]), outcome="handed_over", note="女儿陪同，电话确认平安")
    await supervisor.close()
    await console.must("set_presence", presence="paused", reason="meal")


async def at_the_door(album: Album, screens: Screens) -> None:
    page = await screens.window()
    await page.goto("/")
    await expect(of(page, "login-seat").locator("option")).to_have_count(7)
    await album.take(page, "login")
    await of(page, "login-user").fill("seat1")
    await of(page, "login-password").fill("wrong")
    await of(page, "login-submit").click()
    await expect(of(page, "problem")).to_be_visible()
    await album.take(page, "login-refused")


async def at_the_desk(album: Album, screens: Screens) -> Page:
    """All states of the workbench; in the end the seat talks."""
    centre = screens.centre
    phone = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    page = await screens.person("seat", "8001")
    await expect(of(page, "phone-state")).to_contain_text("✓")
    await album.take(page, "workbench-signed-in")
    await page.keyboard.press("F4")
    await expect(of(page, "pause-reason-rest")).to_be_visible()
    await album.take(page, "workbench-pause-reasons")
    await page.keyboard.press("Escape")
    await page.context.grant_permissions(["microphone"])
    await of(page, "device-browser").click()
    await expect(of(page, "phone-state")).to_have_attribute("data-trouble", "")
    await of(page, "phone-settings").click()
    await expect(of(page, "level")).to_be_visible()
    await album.take(page, "softphone")
    await of(page, "phone-settings").click()
    await of(page, "device-desk").click()
    await expect(of(page, "phone-state")).to_contain_text("✓")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    await album.take(page, "workbench-idle")

    caller = await press(centre, **STAY)
    await state(page, "offered")
    await album.take(page, "workbench-pop")
    await pick_up(page, phone, caller)
    await of(page, "note-text").fill("老人在厨房滑倒，左膝疼，神志清楚")
    await of(page, "note-submit").click()
    await of(page, "wrap-up-category-rescue").click()
    await of(page, "wrap-up-summary").fill("在厨房滑倒，左膝疼痛，神志清楚；")
    await talk(page, 3)
    await album.take(page, "workbench-talking")
    await caller.hang_up()
    await state(page, "wrap_up")
    await fill_in(page, "rescue", "helped", "在厨房滑倒，左膝疼痛，神志清楚；已联系女儿，15 分钟内到家。", subcategory="fall")
    await expect(of(page, "recording").first).to_have_attribute("data-state", "stored")
    await of(page, "recording-play").first.click()
    await expect(of(page, "recording-speed")).to_be_visible()
    await page.evaluate("document.querySelector('.work').scrollTop = 0")
    await album.take(page, "workbench-wrap-up")
    await page.keyboard.press("Alt+s")
    await of(page, "settle-outcome-handed_over").click()
    await of(page, "settle-note").fill("女儿已到家中，电话确认老人平安")
    await album.take(page, "settle")
    await of(page, "settle-confirm").click()
    await expect(of(page, "emergency-band")).to_contain_text("紧急已了结")
    await album.take(page, "workbench-settled")
    await of(page, "wrap-up-submit").click()
    await presence(page, "ready")

    for name, number, header in (
        ("unknown", "13766665555", None),
        ("anonymous", "", '"Anonymous" <sip:anonymous@anonymous.invalid>'),
        ("several", "shared", None),
    ):
        if number == "shared":
            row = (await centre.rows("SELECT number FROM member_number GROUP BY number HAVING count(*) > 1"))[0]
            number = national(row["number"])  # noqa: PLW2901
        caller = await ring_up(centre, number, header=header, **STAY)
        await state(page, "offered")
        await album.take(page, f"workbench-{name}")
        if name == "several":
            await pick_up(page, phone, caller)
            await page.keyboard.press("1")
            await expect(of(page, "person")).to_have_attribute("data-view", "known")
            await album.take(page, "workbench-hotline")
        else:
            await phone.ringing()
            await caller.close()
            await expect(of(page, "idle")).to_be_visible()
    await of(page, "nav-cases").click()
    await expect(of(page, "case-row").first).to_be_visible()
    await album.take(page, "cases-of-a-seat")
    await page.goto("/desk")
    await state(page, "talking")
    return page


async def on_the_board(album: Album, screens: Screens) -> None:
    """A busy minute: everything the board can show at once."""
    centre = screens.centre
    for terminal in [one for one in centre.data()["terminals"] if one["account"]][:17]:
        await centre.telephones.seat(terminal["account"], terminal["password"], manner="never")
    third, phone = await centre.seat("8003", manner="never")
    caller = await press(centre, 3, **STAY)
    phone.answer(await phone.ringing())
    await caller.answered()
    await third.case("talking")
    fourth, phone = await centre.seat("8004", manner="never")
    caller = await ring_up(centre, "13755550002", **STAY)
    phone.answer(await phone.ringing())
    await caller.answered()
    await fourth.case("talking")
    await caller.hang_up()
    await fourth.case("wrap_up")
    given_up = await press(centre, 5)
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'waiting'")
    await given_up.close()
    await centre.until_row("SELECT 1 FROM help_case WHERE state = 'callback' AND red")
    stranger = await centre.telephones.terminal(sip_terminal(centre, 6)["account"], "wrong password")
    await centre.until_row("SELECT 1 FROM warning")
    await stranger.close()
    for place, number in ((7, ""), (0, "13755550003"), (0, "13755550004")):
        await (ring_up(centre, number, **STAY) if number else press(centre, place, **STAY))

    board = await screens.person("supervisor")
    await allow_sound(board)
    await expect(of(board, "waiting-row")).to_have_count(3)
    await expect(of(board, "board-warnings").locator("li")).not_to_have_count(0)
    await expect(of(board, "figures-longest-wait")).to_contain_text(re.compile("0:1[2-9]"), timeout=20_000)
    await album.take(board, "board")
    await of(board, "board-seat-8004").click()
    await of(board, "force-presence-paused").click()
    await album.take(board, "board-force")
    await board.keyboard.press("Escape")
    await of(board, "red-case").filter(has_text="待回拨").click()
    await expect(of(board, "case-drawer").locator("li[data-kind=abandoned]")).to_be_visible()
    await album.take(board, "case-drawer-red")
    await board.keyboard.press("Escape")
    await of(board, "nav-cases").click()
    row = of(board, "case-row").filter(has_text="已联系救援").first
    await expect(row).to_be_visible()
    await album.take(board, "cases")
    await row.click()
    drawer = of(board, "case-drawer")
    await of(drawer, "recording-play").first.click()
    await expect(of(drawer, "recording-speed")).to_be_visible()
    await album.take(board, "case-drawer")
    await board.keyboard.press("Escape")
    await of(board, "nav-members").click()
    await of(board, "member-search").fill("王")
    await board.locator("[data-testid^=member-hit-]").first.click()
    await expect(of(board, "pop-name")).to_be_visible()
    await album.take(board, "members")


async def when_it_breaks(album: Album, screens: Screens, desk: Page) -> None:
    second = await screens.tab(desk.context)
    await second.goto("/desk")
    await expect(of(desk, "other-tab")).to_be_visible()
    await album.take(desk, "other-tab", languages=("zh-CN",))
    await screens.centre.kill()
    await expect(of(second, "connection-banner")).to_be_visible()
    await album.take(second, "connection-lost")
