"""A browser on the running centre: one window for each person, each with its own cookies."""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.centre import Centre
from harness.phones import Caller
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from callcenter.setup.chromium import find_chromium
from callcenter.simulation.phone import Phone

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HOME = {"seat": "/desk", "supervisor": "/board", "administrator": "/admin/agents"}
OFFICE = "/inbox"
"""Where the other roles begin."""
LIMIT_MS = 8000.0
MEASURE = (Path(__file__).parent / "painted.js").read_text()

# What moves or is still being read. What pulses for ever (an alarm) is not waited for, and a level meter never stands still.
MOVING = """() => [
    ...[...document.querySelectorAll('.el-skeleton')].filter(one => one.checkVisibility()),
    ...document.getAnimations().filter(one => one.playState === 'running' && one.effect.getTiming().iterations !== Infinity)
    .map(one => one.effect.target).filter(one => !one?.closest('[data-testid=level]'))]
    .map(one => one?.outerHTML.slice(0, 200) ?? 'nobody')"""

expect.set_options(timeout=LIMIT_MS)


async def allow_sound(page: Page) -> None:
    """Any click allows it, if the browser does not by itself; the bar that says so is gone then."""
    await page.mouse.click(600, 20)  # the head, where nothing is
    await expect(of(page, "sound-bar")).to_have_count(0)


async def still(page: Page) -> None:
    """Returns once nothing moves on the page and nothing is being read; raises AssertionError with what does after 8 s."""
    try:
        await page.wait_for_function(f"() => ({MOVING})().length === 0")
    except PlaywrightTimeout:
        raise AssertionError(f"never still: {await page.evaluate(MOVING)}") from None


@dataclass
class Screens:
    """Opens windows and photographs them when a test has failed."""

    browser: Browser
    centre: Centre
    pages: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What the pages complained of: an error in a page is a failed test, whatever the page looks like."""

    async def window(self, *, language: str = "zh-CN", width: int = 1366, height: int = 768) -> Page:
        """An empty window for a new person."""
        context = await self.browser.new_context(
            base_url=self.centre.base, viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            permissions=[], accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(LIMIT_MS)
        await context.add_init_script(MEASURE)
        await context.add_init_script(f"localStorage.locale ??= '{language}'")
        return await self.tab(context)

    async def tab(self, context: BrowserContext) -> Page:
        """One more tab of the same person."""
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._said)
        self.pages.append(page)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        """Vue tells its errors here. That an address refused or was away is part of the tests."""
        if message.type == "error" and not any(
            usual in message.text for usual in ("Failed to load resource", "WebSocket connection")
        ):
            self.faults.append(message.text)

    async def person(self, role: str, seat: str | None = None, **window: Any) -> Page:
        """Somebody who has logged in and sees their first page."""
        page = await self.window(**window)
        login = next(one for one in self.centre.logins() if one["role"] == role and (seat is None or one["seat"] == seat))
        body = {key: login[key] for key in ("user", "password")} | ({"seat": seat} if seat else {})
        answer = await page.request.post("/api/login", data=body)
        assert answer.ok, await answer.text()
        await page.goto(HOME.get(role, OFFICE))
        return page

    async def seat(self, extension: str, **window: Any) -> tuple[Page, Phone]:
        """A workbench that is ready, with its phone."""
        phone = await self.centre.telephones.seat(extension, self.centre.seat_password(extension), manner="never")
        page = await self.person("seat", extension, **window)
        await expect(of(page, "phone-state")).to_contain_text("✓")
        await page.keyboard.press("F2")
        # Whoever waits already is offered at once.
        await expect(of(page, "presence")).to_have_attribute("data-presence", re.compile("^(ready|offered)$"))
        return page, phone

    async def photograph(self, folder: Path) -> list[Path]:
        """Every window as it looks now."""
        made = []
        for number, page in enumerate(self.pages):
            if not page.is_closed():
                made.append(folder / f"window-{number}.png")
                await page.screenshot(path=made[-1])
        return made


@contextmanager
def chromium(*flags: str) -> Iterator[str]:
    """A browser for the whole run; where it listens. Each person's window is a context of its own in it."""
    program = find_chromium()
    assert program is not None, "no Chromium here: run 'callcenter setup --tests'"
    with tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as profile:
        command = [str(program), *FLAGS, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            address = next((line.split()[-1] for line in process.stderr if line.startswith("DevTools listening on")), None)
            assert address is not None, "Chromium ended before it listened"
            # Nobody reads on: what it complains of later must not fill the pipe and stop it.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield address
        finally:
            process.terminate()
            process.wait(10)


@asynccontextmanager
async def screens_of(centre: Centre, address: str) -> AsyncIterator[Screens]:
    """Windows of the browser at ``address`` for this centre."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        screens = Screens(browser, centre)
        try:
            yield screens
        finally:
            for context in {page.context for page in screens.pages}:
                await context.close()
            await browser.close()


def of(page: Page | Locator, name: str) -> Locator:
    """The part of the page with this test id."""
    return page.get_by_test_id(name)


async def own_pages(page: Page) -> dict[str, str]:
    """The navigation of whoever has logged in: name of a page to its path."""
    await expect(of(page, "rail")).to_be_visible()
    query = "links => links.map(link => [link.dataset.testid.slice(4), link.getAttribute('href')])"
    return dict(await page.locator("[data-testid^=nav-]").evaluate_all(query))


async def presence(page: Page, wanted: str) -> None:
    await expect(of(page, "presence")).to_have_attribute("data-presence", wanted)


async def state(page: Page, wanted: str) -> None:
    """The call panel shows this state of the current case."""
    await expect(of(page, "call-panel")).to_have_attribute("data-state", wanted)


async def pick_up(page: Page, phone: Phone, caller: Caller) -> None:
    """The phone on the desk is picked up, and both speak."""
    phone.answer(await phone.ringing())
    await caller.answered()
    await state(page, "talking")


async def talk(page: Page, seconds: int) -> None:
    """Let the conversation last this long, by the page's own clock."""
    await expect(of(page, "talk-time")).to_have_text(re.compile(rf"^0:0[{seconds}-9]$"))


async def fill_in(page: Page | Locator, category: str, disposition: str, summary: str, subcategory: str | None = None) -> None:
    """The outcome, by hand."""
    await of(page, f"wrap-up-category-{category}").click()
    if subcategory:
        await of(page, f"wrap-up-subcategory-{subcategory}").click()
    await of(page, f"wrap-up-disposition-{disposition}").click()
    await of(page, "wrap-up-summary").fill(summary)


def sip_terminal(centre: Centre, place: int = 0) -> dict[str, Any]:
    """A terminal that registers by SIP, with the member it belongs to."""
    found: dict[str, Any] = [terminal for terminal in centre.data()["terminals"] if terminal["account"]][place]
    return found


async def press(centre: Centre, place: int = 0, **more: Any) -> Caller:
    """Somebody presses the red button."""
    terminal = sip_terminal(centre, place)
    return await centre.telephones.terminal(terminal["account"], terminal["password"], **more)


async def ring_up(centre: Centre, number: str, **more: Any) -> Caller:
    """Somebody dials the hotline."""
    return await centre.telephones.caller(str(centre.data()["lines"]["life_help"]), number=number, **more)
