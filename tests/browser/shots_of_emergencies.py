"""Pictures of a ladder at each of its stages, of its policy and its report."""

from __future__ import annotations

import re
from typing import Any

from harness.centre import Centre
from harness.homes import Homes
from harness.ladder import listens
from playwright.async_api import expect

from browser.album import Album
from browser.screens import Screens, allow_sound, fill_in, of, pick_up, presence, press, sip_terminal, state
from browser.shots_of_calls import STAY
from callcenter.domain.policy import Policy, Rung, as_json

# The pictures' ladder: quick enough to be photographed at each of its stages, and otherwise as a centre would have it.
LADDER = (
    Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
    Rung(("family",), 8.0, "until_acknowledged", tries=2, ring_seconds=8.0),
    Rung(("neighbour", "community"), 90.0, "until_acknowledged", "parallel", ring_seconds=20.0),
    Rung(("120",), 30.0, "until_acknowledged", ring_seconds=25.0),
    Rung(("supervisor",), 30.0, "until_acknowledged", ring_seconds=20.0),
)
FIGURES: dict[str, Any] = {"key_seconds": 15.0, "retry_seconds": 20.0, "page_seconds": 30.0}


async def save_policy(centre: Centre, *rungs: Rung) -> None:
    """As a supervisor saves it."""
    console = await centre.console("supervisor", connect=False)
    async with console.http.get("/api/policy") as answer:
        version = (await answer.json())["policy"]["version"]
    policy = as_json(Policy("红井中心日常策略", rungs, version=version, **FIGURES))
    async with console.http.put("/api/policy", json=policy) as answer:
        assert answer.status == 200, await answer.text()


def contacts_of(centre: Centre, place: int, kind: str = "family") -> list[str]:
    """The numbers of whom an elder has registered."""
    name = sip_terminal(centre, place)["member"]
    return [one["number"] for one in centre.data()["contacts"] if one["member"] == name and one["kind"] == kind]


def large_families(centre: Centre) -> list[int]:
    """The elders with a terminal of their own, those with most of a family first."""
    places = range(sum(bool(one["account"]) for one in centre.data()["terminals"]))
    return sorted(places, key=lambda place: -len(contacts_of(centre, place)))


async def at_the_ladder(album: Album, screens: Screens, homes: Homes) -> None:
    """One emergency from the first ring to the signed report, as the seat sees it; another seat and the supervisor look on."""
    centre = screens.centre
    phone = await centre.telephones.seat("8005", centre.seat_password("8005"), manner="never")
    page = await screens.person("seat", "8005")
    await expect(of(page, "phone-state")).to_contain_text("✓")
    first, second = large_families(centre)[:2]
    await page.keyboard.press("F2")
    await presence(page, "ready")
    family = contacts_of(centre, first)
    homes.behave({family[0]: "busy:4", family[1]: "answer:2"} | dict.fromkeys(family[2:], "no-answer"))
    caller = await press(centre, first, **STAY)
    board = of(page, "red-board")
    await expect(of(board, "rung-countdown")).to_have_text("0:05")
    await album.take(page, "ladder-seat-rings")
    going = await homes.trunk.wait_for_invite(family[1], 40)
    await listens(going)
    await album.take(page, "ladder-family-listens")
    await pick_up(page, phone, caller)
    homes.trunk.press(going, "1")
    await expect(board).to_have_attribute("data-state", "acknowledged")
    await album.take(page, "ladder-somebody-goes")

    await page.keyboard.press("Alt+a")
    await expect(of(page, "card-state")).to_contain_text("已加入通话", timeout=12_000)
    await of(page, "card-reference").fill("20-1187")
    await album.take(page, "ladder-reading-card")
    await of(page, "card-save").click()
    await expect(of(page, "card-saved")).to_be_visible()
    await page.keyboard.press("Escape")
    homes.behave({family[0]: "answer:1"})
    await page.keyboard.press("1")
    await expect(of(board, "ladder-asked").locator("[data-joined=true]")).to_have_count(2)
    await album.take(page, "ladder-conference")
    await of(page, "board-fold").click()
    await album.take(page, "ladder-folded")
    await of(page, "nav-cases").click()
    await album.take(page, "ladder-cases-of-a-seat")
    await of(page, "nav-desk").click()
    await page.keyboard.press("Alt+y")
    await expect(board).to_have_attribute("data-state", "ended")
    await album.take(page, "ladder-settled")
    await caller.hang_up()
    await page.keyboard.press("F8")  # 120 and the family were still on the line
    await state(page, "wrap_up")
    await of(board, "ladder-report").click()
    await of(page, "report-plan").fill("120 送市人民医院急诊，女儿陪同；备用钥匙由邻居保管。")
    await album.take(page, "report")
    await page.keyboard.press("Control+Enter")
    await expect(of(page, "report-state")).to_have_attribute("data-state", "saved")
    supervisor = await screens.person("supervisor")
    await supervisor.goto(page.url)
    await of(supervisor, "report-supervision").fill("曾国平跟进，明日上午回访。")
    await of(supervisor, "report-signer").fill("曾国平")
    await of(supervisor, "report-sign").click()
    await expect(of(supervisor, "report-signed")).to_have_text("曾国平")
    await album.take(supervisor, "report-signed")
    (album.folder / "report.pdf").write_bytes(await supervisor.pdf(prefer_css_page_size=True))
    await supervisor.emulate_media(media="print")
    await supervisor.set_viewport_size({"width": 794, "height": 1123})
    await supervisor.screenshot(path=album.folder / "report-print.zh-CN.png", full_page=True)

    # A false alarm, as it stands after the one click.
    await page.goto("/desk")
    await state(page, "wrap_up")
    await page.keyboard.press("F2")
    await presence(page, "ready")
    caller = await press(centre, second, **STAY)
    await pick_up(page, phone, caller)
    await page.keyboard.press("Alt+m")
    await expect(of(page, "thank-elder")).to_be_visible()
    await album.take(page, "ladder-false-alarm")
    await caller.hang_up()
    await state(page, "wrap_up")
    await fill_in(page, "rescue", "false_alarm", "误触，已致谢。", subcategory="illness")
    await page.keyboard.press("Control+Enter")
    await presence(page, "ready")
    await page.keyboard.press("F4")
    await of(page, "pause-reason-rest").click()


async def on_paper(album: Album, screens: Screens) -> None:
    """The policy, tried out for somebody while one seat is free; and the duty phones."""
    await save_policy(screens.centre, *LADDER)
    free, _ = await screens.centre.seat("8001", manner="never")
    page = await screens.person("supervisor")
    await of(page, "nav-policy").click()
    await of(page, "member-search").fill("孙春花")
    await page.locator("[data-testid^=member-hit-]").first.click()
    await expect(of(page, "preview-line").first).to_be_visible()
    await album.take(page, "policy")
    await of(of(page, "rung-2"), "rung-delay").fill("9999")
    await expect(of(page, "problem").first).to_be_visible()
    await album.take(page, "policy-refused")
    await of(page, "policy-revert").click()
    await expect(of(page, "problem")).to_have_count(0)
    await of(page, "policy-public").evaluate("part => part.scrollIntoView()")
    await album.take(page, "policy-public")
    await of(page, "policy-tab-duty").click()
    await expect(of(page, "duty-row")).to_have_count(2)
    await album.take(page, "policy-duty")
    await free.must("set_presence", presence="paused", reason="meal")


async def on_the_wall(album: Album, screens: Screens, homes: Homes) -> None:
    """The wallboard with ladders at different stages: one runs, one is exhausted, somebody goes in one."""
    centre = screens.centre
    duty = [one["number"] for one in centre.data()["duty"]]
    lonely, lucky, waits = large_families(centre)[2:5]
    quick = (Rung(("family",), 0.0, ring_seconds=8.0), Rung(("neighbour", "community"), 12.0, order="parallel", ring_seconds=8.0))
    homes.behave(dict.fromkeys(duty, "no-answer"))
    board = await screens.person("supervisor", width=1920, height=1080)
    await allow_sound(board)
    seat = await screens.person("seat", "8006")
    await save_policy(centre, *quick, Rung(("supervisor",), 5.0, ring_seconds=8.0))
    homes.behave(dict.fromkeys(contacts_of(centre, lonely), "busy"))
    await press(centre, lonely, **STAY)
    cards = of(board, "ladder-card")
    exhausted = cards.and_(board.locator("[data-state=exhausted]"))
    await expect(exhausted).to_have_count(1, timeout=60_000)
    homes.behave({contacts_of(centre, lucky)[0]: "answer:0.5:1@2"})
    await press(centre, lucky, **STAY)
    await expect(cards.and_(board.locator("[data-state=acknowledged]"))).to_have_count(1, timeout=15_000)
    slow = (*LADDER[:1], Rung(("family",), 4.0, ring_seconds=60.0), *LADDER[2:])
    await save_policy(centre, *slow)
    await press(centre, waits, **STAY)
    await expect(cards.filter(has_text="振铃中")).not_to_have_count(0)
    await expect(exhausted).to_contain_text(re.compile("已呼叫 [2-9] 次"), timeout=40_000)
    await album.take(board, "wallboard")
    await album.take(seat, "ladder-strip")
    await of(board, "red-case").filter(has_text="无人接手").first.click()
    await expect(of(of(board, "case-drawer"), "red-board")).to_be_visible()
    await album.take(board, "wallboard-exhausted")
    await board.keyboard.press("Escape")

    await of(board, "nav-members").click()
    await of(board, "member-search").fill("王")
    await board.locator("[data-testid^=member-hit-]").first.click()
    await of(board, "drill-start").click()
    await album.take(board, "drill-begin")
    await of(board, "drill-begin").click()
    await expect(of(of(board, "case-drawer"), "drill-banner").first).to_be_visible()
    await expect(of(of(board, "case-drawer"), "ladder-attempt").first).to_be_visible(timeout=15_000)
    await album.take(board, "drill")
    await board.keyboard.press("Escape")
    await album.take(board, "wallboard-drill")
    await of(board, "drill-case").click()
    await of(of(board, "case-drawer"), "drill-stop").click()
    await expect(of(of(board, "case-drawer"), "red-board")).to_have_attribute("data-state", "ended")
    await album.take(board, "drill-stopped")
    await board.keyboard.press("Escape")
