"""What a seat and a supervisor do with a call, by the buttons: hand it over, bring somebody in, call out, listen, take over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre
from harness.homes import Homes, homes_of
from harness.rtp import CALLER_TONE, SEAT_TONE
from playwright.async_api import Page, expect

from browser.screens import Screens, of, pick_up, presence, press, state

pytestmark = [pytest.mark.real, pytest.mark.browser]

DAUGHTER = "13800139001"


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk, centre: Centre) -> AsyncIterator[Homes]:
    async with homes_of(asterisk) as made:
        await centre.policy()  # the ladder leaves everybody in peace
        yield made


async def chief(screens: Screens, seat: str) -> Page:
    """A supervisor who sits at a seat with a phone."""
    page = await screens.window()
    login = next(one for one in screens.centre.logins() if one["role"] == "supervisor")
    answer = await page.request.post("/api/login", data={"user": login["user"], "password": login["password"], "seat": seat})
    assert answer.ok, await answer.text()
    await page.goto("/board")
    return page


async def test_a_call_is_handed_over_somebody_comes_in_and_a_supervisor_listens(
    centre: Centre, homes: Homes, screens: Screens
) -> None:
    first, phone = await screens.seat("8001")
    caller = await press(centre, stay=60.0)
    await pick_up(first, phone, caller)
    second, other = await screens.seat("8002")

    await of(first, "transfer").click()
    await of(first, "transfer-to").select_option("seat:8002")
    await of(first, "transfer-attended").click()
    ring = await other.ringing()
    await state(second, "offered")
    other.answer(ring)
    await expect(of(first, "transfer-note")).to_contain_text("商量")
    await of(first, "complete-transfer").click()
    await state(second, "talking")
    await presence(first, "wrap_up")
    await ring.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)

    homes.behave({f"+86{DAUGHTER}": "answer:0.2"})
    await of(second, "bring-in").click()
    await of(second, "typed-number").fill(DAUGHTER)
    await of(second, "dial-typed").click()
    await homes.trunk.wait_for_invite(f"+86{DAUGHTER}")
    await expect(of(second, "party")).to_contain_text("通话中")
    await of(second, "drop-party").click()
    await expect(of(second, "party")).to_have_count(0)

    own = await centre.telephones.seat("8003", centre.seat_password("8003"), manner="answer")
    board = await chief(screens, "8003")
    await of(board, "live-row").first.click()
    await of(board, "listen-listen").click()
    await expect(of(board, "stop-listening")).to_be_visible()
    await expect(of(second, "listener")).to_contain_text("旁听")
    assert own.talking is not None
    await own.talking.rtp.hears_voice()  # both of them at once
    await of(board, "take-over").click()
    await presence(second, "wrap_up")
    await expect(of(board, "case-drawer")).to_contain_text("8003")


async def test_the_outcome_is_told_to_the_family_from_the_wrap_up(centre: Centre, homes: Homes, screens: Screens) -> None:
    page, phone = await screens.seat("8001")
    caller = await press(centre)
    await pick_up(page, phone, caller)
    await caller.hang_up()
    await state(page, "wrap_up")
    homes.behave({f"+86{DAUGHTER}": "answer:0.2"})
    await of(page, "call-out").click()
    await of(page, "typed-number").fill(DAUGHTER)
    await of(page, "dial-typed").click()
    phone.answer(await phone.ringing())
    await homes.trunk.wait_for_invite(f"+86{DAUGHTER}")
    await state(page, "talking")
    await of(page, "hang-up").click()
    await state(page, "wrap_up")
