"""The telephone in the browser: real Chromium with a microphone that sounds a tone, real Asterisk, SIPp at the other end."""

from __future__ import annotations

import asyncio
import io
import math
import re
import struct
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness.centre import Centre
from harness.phones import Caller
from harness.rtp import CALLER_TONE, SEAT_TONE
from playwright.async_api import Page, expect

from browser.screens import Screens, chromium, of, presence, press, screens_of, state
from callcenter.simulation.phone import PhoneError

pytestmark = [pytest.mark.real, pytest.mark.browser]

HEADSET = (Path(__file__).parent / "headset.js").read_text()
RATE = 48_000
NEAR_HERTZ, LOUD, QUIET = 25, 100, 60


@pytest.fixture(scope="module")
def speaking_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A browser whose microphone hears SEAT_TONE for ever."""
    path = tmp_path_factory.mktemp("microphone") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = (round(9000 * math.sin(2 * math.pi * SEAT_TONE * n / RATE)) for n in range(RATE))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={path}")
    with chromium(*flags) as address:
        yield address


@pytest_asyncio.fixture
async def screens(centre: Centre, speaking_browser: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Screens]:
    """Windows with a headset."""
    async with screens_of(centre, speaking_browser) as made:
        yield made
        for picture in await made.photograph(tmp_path):
            print(f"picture: {picture}")  # noqa: T201 - shown beside a failure
        assert made.faults == [], "the pages had errors of their own"


async def headset(screens: Screens, **window: Any) -> Page:
    """A window whose page may use the microphone; the browser leaves the tone as it is."""
    page = await screens.window(**window)
    await page.context.grant_permissions(["microphone"])
    await page.context.add_init_script(HEADSET)
    await page.context.add_init_script("localStorage['phone.processing'] = 'off'")
    return page


async def at_work(screens: Screens, extension: str = "8001", **window: Any) -> Page:
    """Somebody at this seat who answers in the browser and is ready."""
    page = await headset(screens, **window)
    login = next(one for one in screens.centre.logins() if one["seat"] == extension)
    answer = await page.request.post("/api/login", data={key: login[key] for key in ("user", "password", "seat")})
    assert answer.ok, await answer.text()
    await page.goto("/desk")
    await of(page, "device-browser").click()
    await phone(page, "browser")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    return page


async def phone(page: Page, device: str, trouble: str = "") -> None:
    """The panel tells which phone rings, and what is wrong with it."""
    await expect(of(page, "phone-state")).to_have_attribute("data-device", device)
    await expect(of(page, "phone-state")).to_have_attribute("data-trouble", trouble)


async def both_hear(page: Page, caller: Caller) -> None:
    """The seat's tone at the caller's end, the caller's in the page; the counters agree."""
    await caller.rtp.hears(SEAT_TONE)
    for _ in range(10):  # each look takes 0.4 s
        heard = await page.evaluate("window.__hears()")
        if abs(heard["hertz"] - CALLER_TONE) < NEAR_HERTZ and heard["loud"] > LOUD:
            break
    assert abs(heard["hertz"] - CALLER_TONE) < NEAR_HERTZ, heard
    assert heard["loud"] > LOUD, heard
    counters = await page.evaluate("window.__counters()")
    assert counters["sent"] > 10, counters
    assert counters["received"] > 10, counters
    assert counters["codec"] == "audio/opus", counters


async def answered(page: Page, caller: Caller) -> None:
    """The page rings, and its person picks up."""
    await state(page, "offered")
    await expect(of(page, "answer")).to_be_enabled()
    await page.keyboard.press("F7")
    await caller.answered()
    await state(page, "talking")


async def test_a_press_is_answered_in_the_browser_and_sound_flows_both_ways(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    await of(page, "phone-settings").click()
    await expect(of(page, "level")).to_have_attribute("data-level", re.compile(r"^[1-9]\d+$"))
    await of(page, "phone-settings").click()
    caller = await press(centre)
    await answered(page, caller)
    await both_hear(page, caller)

    await page.keyboard.press("F6")
    await expect(of(page, "muted-note")).to_be_visible()
    await no_more(caller, SEAT_TONE)
    await page.keyboard.press("F6")
    await expect(of(page, "muted-note")).to_have_count(0)
    await caller.rtp.hears(SEAT_TONE)
    await of(page, "hold").click()
    await expect(of(page, "held-note")).to_be_visible()
    await no_more(caller, SEAT_TONE)
    await of(page, "hold").click()
    await expect(of(page, "held-note")).to_have_count(0)
    await both_hear(page, caller)
    await of(page, "keypad").click()
    await of(page, "key-5").click()
    await expect(of(page, "timeline").locator("li[data-kind=digits_sent]")).to_be_visible()

    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    await caller.until("ended")
    stored = await centre.until_row("SELECT * FROM recording WHERE state = 'stored'")
    audio = await page.request.get(f"/api/recordings/{stored['id']}/audio")
    with wave.open(io.BytesIO(await audio.body())) as file:
        sound, rate = file.readframes(file.getnframes()), file.getframerate()
    piece = rate // 5 * 2  # 0.2 s: over a longer time a tone that paused for a moment works against itself
    pieces = [sound[at : at + piece] for at in range(0, len(sound) - piece, piece)]
    for tone in (SEAT_TONE, CALLER_TONE):
        assert max(share(one, rate, tone) for one in pieces) > 0.1, f"{tone} Hz is not in the recording"


async def no_more(caller: Caller, tone: int) -> None:
    """The caller hears this tone no more, though sound still comes or does not."""
    async with asyncio.timeout(5):
        while caller.rtp.hears_now(tone):  # noqa: ASYNC110 - what is not heard tells nobody
            await asyncio.sleep(0.05)


def share(sound: bytes, rate: int, hertz: int) -> float:
    """How much of the sound's energy is this tone (Goertzel)."""
    samples = [value for (value,) in struct.iter_unpack("<h", sound[: len(sound) // 2 * 2])]
    turn, before, last = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * power / (len(samples) * (sum(sample * sample for sample in samples) or 1))


async def test_microphone_and_speaker_are_chosen_in_the_middle_of_a_call_and_the_meter_shows_who_is_heard(
    centre: Centre, screens: Screens
) -> None:
    page = await at_work(screens)
    caller = await press(centre)
    await answered(page, caller)
    await caller.rtp.hears(SEAT_TONE)
    await of(page, "phone-settings").click()
    level = of(page, "level")
    await expect(level).to_have_attribute("data-level", re.compile(r"^[1-9]\d+$"))
    microphones = of(page, "choose-microphone").locator("option")
    assert await microphones.count() >= 3, "the usual one, and Chromium's two"
    await of(page, "choose-microphone").select_option(index=2)
    taken = "window.__microphones.at(-1).getSettings().deviceId"
    chosen = await of(page, "choose-microphone").input_value()
    await page.wait_for_function(f"wanted => {taken} === wanted", arg=chosen)
    await both_hear(page, caller)  # the new one is in the same call
    await of(page, "choose-speaker").select_option(index=1)
    assert await of(page, "choose-speaker").input_value() == await page.evaluate("window.__speakers.at(-1)")
    await page.keyboard.press("F6")
    await expect(level).to_have_attribute("data-level", "0")
    await page.keyboard.press("F6")
    await expect(level).to_have_attribute("data-level", re.compile(r"^[1-9]\d+$"))
    await page.reload()  # kept on this computer; the case rings its seat again
    await of(page, "phone-settings").click()
    await expect(of(page, "choose-microphone")).to_have_value(chosen)


async def test_in_the_background_it_rings_shows_a_notice_and_outlives_the_service(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    await page.evaluate("window.__hide(true)")
    caller = await press(centre, stay=120.0)
    await expect(of(page, "alarm-sound")).to_have_attribute("data-sound", "emergency")
    before = await page.evaluate("window.__notes")
    await page.wait_for_function("before => window.__notes > before", arg=before)  # again and again, though the page's timers sleep
    await expect(page).to_have_title(re.compile("紧急"))
    notice = await page.evaluate("window.__notices.map(one => [one.title, one.closed()])")
    assert len(notice) == 1
    assert not notice[0][1]
    await answered(page, caller)
    assert await page.evaluate("window.__notices.every(one => one.closed())")
    await both_hear(page, caller)

    await centre.kill()
    await expect(of(page, "connection-banner")).to_contain_text("您的电话不受影响")
    await caller.rtp.hears(SEAT_TONE)
    await both_hear(page, caller)  # the sound does not pass through the service
    await centre.start()
    await expect(of(page, "connection-banner")).to_have_count(0)
    await page.evaluate("window.__hide(false)")
    await state(page, "talking")
    await phone(page, "browser")
    await both_hear(page, caller)
    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    await caller.until("ended")
    await presence(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    await answered(page, await press(centre, 1))  # and it rings as before


async def test_a_reload_in_the_middle_does_not_drop_the_caller(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    caller = await press(centre)
    await answered(page, caller)
    await caller.rtp.hears(SEAT_TONE)
    await page.reload()
    await answered(page, caller)  # the caller is on the line as before; the case rings its seat again
    await both_hear(page, caller)
    legs = await centre.rows("SELECT cause, state FROM call_leg WHERE party = 'seat' ORDER BY started_at")
    assert [(leg["state"], leg["cause"]) for leg in legs] == [("down", "44"), ("up", None)]


async def test_a_second_tab_takes_the_desk_but_not_the_voice(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    caller = await press(centre)
    await answered(page, caller)
    await caller.rtp.hears(SEAT_TONE)
    second = await screens.tab(page.context)
    await second.goto("/desk")
    await state(second, "talking")
    await expect(of(second, "elsewhere")).to_be_visible()
    await expect(of(page, "other-tab")).to_be_visible()
    await phone(second, "browser")
    await both_hear(page, caller)  # spoken where it was

    await of(second, "hang-up").click()
    await state(second, "wrap_up")
    await expect(of(second, "elsewhere")).to_have_count(0)
    await second.keyboard.press("F2")
    await presence(second, "ready")
    another = await press(centre, 1)
    await answered(second, another)  # and the next one rings in the tab that has the desk
    await another.rtp.hears(SEAT_TONE)


@pytest.mark.rule("A-3")
async def test_without_a_microphone_nobody_is_ready(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    await page.evaluate("window.__unplug()")
    await presence(page, "paused")
    await phone(page, "browser", "microphone_lost")
    await expect(of(page, "presence")).to_contain_text("麦克风断开")
    await expect(of(page, "phone-help")).to_contain_text("插好耳机")
    await page.keyboard.press("F2")
    await expect(of(page, "problem")).to_have_attribute("data-code", "no_microphone")
    await page.evaluate("window.__plug()")
    await phone(page, "browser")
    await presence(page, "paused")  # ready again is what a person says, not a plug
    await page.keyboard.press("F2")
    await presence(page, "ready")
    await answered(page, await press(centre))


async def test_from_the_desk_to_the_browser_and_back(centre: Centre, screens: Screens) -> None:
    desk = await centre.telephones.seat("8001", centre.seat_password("8001"), manner="never")
    page = await at_work(screens)
    await of(page, "device-desk").click()
    await phone(page, "desk")
    caller = await press(centre)
    ringing = await desk.ringing()
    await of(page, "device-browser").click()  # while it rings: this call stays on the desk
    await phone(page, "browser")
    desk.answer(ringing)
    await caller.answered()
    await ringing.rtp.hears(CALLER_TONE)
    await state(page, "talking")
    await page.reload()  # the page is not what this call is spoken with
    await state(page, "talking")
    await phone(page, "browser")
    await caller.rtp.hears(SEAT_TONE)
    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")

    caller = await press(centre, 1)
    await answered(page, caller)
    await of(page, "device-desk").click()  # in the middle of a call: it stays in the browser
    await phone(page, "desk")
    await both_hear(page, caller)
    await page.keyboard.press("F8")
    await state(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    await press(centre, 2)
    await desk.ringing()


async def test_the_password_ends_with_the_log_in(centre: Centre, screens: Screens) -> None:
    page = await at_work(screens)
    first = await (await page.request.get("/api/softphone")).json()
    assert first["user"] == "8001-web"
    await page.request.post("/api/logout")
    await expect(of(page, "login-user")).to_be_visible(timeout=25_000)  # the socket looks every 15 s
    assert (await page.request.get("/api/softphone")).status == 401
    for password in (first["password"], "wrong"):
        with pytest.raises(PhoneError, match="401"):
            await centre.telephones.seat("8001-web", password)
    again = await at_work(screens)
    assert (await (await again.request.get("/api/softphone")).json())["password"] != first["password"]
    with pytest.raises(PhoneError, match="401"):
        await centre.telephones.seat("8001-web", first["password"])
