"""A follow-up caller's day in the browser: a case is owed a call, the elder is phoned with one click and is dissatisfied, the group
leader hears of it at once and decides, the supervisor sees the coverage."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre
from harness.homes import Homes, homes_of
from playwright.async_api import expect

from browser.screens import Screens, of

pytestmark = [pytest.mark.real, pytest.mark.browser]


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk, centre: Centre) -> AsyncIterator[Homes]:
    async with homes_of(asterisk) as made:
        yield made


@pytest.mark.rule("V-1", "V-2", "V-3", "V-4", "R-13", "T-4")
async def test_a_follow_up_callers_day(centre: Centre, homes: Homes, screens: Screens) -> None:
    elder = await centre.until_row(
        "SELECT m.id, m.name, n.number FROM member m JOIN member_number n ON n.member_id = m.id ORDER BY m.external_ref LIMIT 1"
    )
    page, phone = await screens.seat("8001")
    visitor = {
        "source": "walk_in",
        "member_id": str(elder["id"]),
        "text": "水龙头漏水",
        "category": "life_help",
        "subcategory": "repair",
    }
    made = await page.request.post("/api/desk/register_case", data=visitor)
    assert made.ok, await made.text()
    leader = await screens.person("group_leader")

    await of(page, "nav-followUps").click()
    await of(page, "view-open").click()
    await of(page, "follow-up-row").filter(has_text=elder["name"]).click()
    homes.behave({elder["number"]: "answer:0.2"})
    await of(page, f"dial-landline:{elder['number']}").click()
    phone.answer(await phone.ringing())
    await homes.trunk.wait_for_invite(elder["number"])
    await expect(of(page, "fu-call")).to_have_attribute("data-state", "talking")
    await of(page, "fu-quality-poor").check()
    await of(page, "fu-satisfaction-2").check()
    await of(page, "fu-remark").fill("修完第二天又漏")
    await of(page, "fu-send").click()
    await expect(of(of(page, "follow-up-form"), "problem")).to_contain_text("V-4")  # other needs were not asked for
    await of(page, "fu-other-yes").check()
    await of(page, "fu-need").fill("想请人打扫")
    await of(page, "fu-need-kind").select_option("life_help/cleaning")
    await of(page, "fu-introduced").fill("保洁每小时35元,两小时起")
    await of(page, "fu-hang-up").click()
    await of(page, "fu-send").click()
    await expect(of(page, "fu-made")).to_contain_text("已立新件")
    await expect(of(page, "follow-up")).to_have_attribute("data-state", "reported")
    await centre.until_row("SELECT 1 FROM help_case WHERE source = 'outbound' AND disposition = 'follow_up' AND state = 'closed'")

    await expect(of(leader, "follow-up-alarm")).to_be_visible()  # whatever page the leader was on
    await of(leader, "follow-up-alarm").get_by_role("link").click()
    await of(leader, "follow-up-row").first.click()
    await of(leader, "decide-text").fill("今天换人返工")
    await of(leader, "decide-send").click()
    await expect(of(leader, "follow-up-loop")).to_have_attribute("data-state", "handling")
    await expect(of(leader, "follow-up-alarm")).to_have_count(0)

    board = await screens.person("supervisor")
    await board.goto("/follow-ups?view=coverage")
    row = of(board, "coverage-row").and_(board.locator("[data-group=life_help]"))
    await expect(row).to_contain_text("100%")
    await board.goto("/wall")
    await expect(of(board, "wall-follow-ups")).to_contain_text("今天应访")
