"""A dispatcher's telephone: the administrator makes a place for calling out, the dispatcher logs in there, and one click phones the
provider of an order; what was agreed is written down, and no call is ever offered there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre
from harness.homes import Homes, homes_of
from playwright.async_api import Page, expect

from browser.screens import Screens, chromium, of, screens_of
from callcenter.simulation.demo_day import a_day

pytestmark = [pytest.mark.real, pytest.mark.browser]

PLACE = "8007"


@pytest.fixture(scope="module")
def browser_address() -> Iterator[str]:
    """A browser with a microphone."""
    with chromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as address:
        yield address


@pytest_asyncio.fixture
async def screens(centre: Centre, browser_address: str) -> AsyncIterator[Screens]:
    async with screens_of(centre, browser_address) as made:
        yield made
        assert made.faults == [], "the pages had errors of their own"


@pytest_asyncio.fixture
async def homes(asterisk: RealAsterisk, centre: Centre) -> AsyncIterator[Homes]:
    async with homes_of(asterisk) as made:
        yield made


async def a_place(page: Page) -> None:
    """By hand, on the page of places."""
    await page.goto("/admin/places?tab=seats")
    await of(page, "records-add").click()
    await of(page, "cell-extension").fill(PLACE)
    await of(page, "cell-name").fill("调度台")
    await of(page, "cell-takes_emergency").select_option("否")
    await of(page, "cell-takes_life_help").select_option("否")
    await of(page, "record-save").click()
    await expect(of(page, "record-form")).to_have_count(0)
    await expect(of(page, "records-seats")).to_contain_text("调度台")


async def log_in(page: Page, centre: Centre, seat: str) -> None:
    login = next(one for one in centre.logins() if one["role"] == "dispatcher")
    await page.goto("/login")
    await of(page, "login-user").fill(login["user"])
    await of(page, "login-password").fill(login["password"])
    await of(page, "login-seat").select_option(seat)
    await of(page, "login-submit").click()


@pytest.mark.rule("D-2", "W-9")
async def test_a_dispatcher_phones_the_provider_with_one_click(centre: Centre, homes: Homes, screens: Screens) -> None:
    await a_place(await screens.person("administrator"))
    async with a_day(centre.base, centre.logins()) as day:
        await day.play()
    order = await centre.until_row("""
        SELECT w.data ->> 'number' AS number, p.number AS phone
        FROM paper w JOIN provider p ON p.id = CAST(w.data ->> 'provider_id' AS uuid)
        WHERE w.noun = 'work_order' AND w.unfinished ORDER BY 1 LIMIT 1""")
    page = await screens.window()
    await page.context.grant_permissions(["microphone"])
    await log_in(page, centre, "8001")
    await expect(of(page, "problem")).to_have_attribute("data-code", "seat_answers_calls")  # that place is for who answers
    await log_in(page, centre, PLACE)
    await expect(of(page, "dispatch")).to_be_visible()

    await of(page, "order-find").fill(order["number"])
    await of(page, "order-row").and_(page.locator(f"[data-number={order['number']}]")).locator("[data-testid=order-open]").click()
    await of(page, "device-browser").click()
    await centre.until_row(
        "SELECT 1 FROM seat WHERE extension = :place AND device = 'browser' AND browser_registered AND microphone", place=PLACE
    )
    homes.behave({order["phone"]: "answer:0.2"})
    await of(page, "call-provider").click()
    await homes.trunk.wait_for_invite(order["phone"])
    await expect(of(page, "order-call")).to_have_attribute("data-state", "talking")
    await of(page, "order-hang-up").click()
    await of(page, "order-call-text").fill("师傅半小时后到")
    await of(page, "order-call-write").click()
    await expect(of(page, "call-provider")).to_be_visible()
    call = await centre.until_row("SELECT summary FROM help_case WHERE source = 'outbound' AND state = 'closed'")
    assert order["number"] in call["summary"]
    assert "师傅半小时后到" in call["summary"]
    rests = "SELECT pause_reason FROM seat WHERE extension = :place AND presence = 'paused'"
    place = await centre.until_row(rests, place=PLACE)
    assert place["pause_reason"] == "calls_out"  # a seat that answers would be ready now
