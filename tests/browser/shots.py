"""Pictures of every page and state, from the real service with real calls.

``.venv/bin/python tests/browser/shots.py OUTDIR``, and after it ``pages``, ``day``, ``ladder``, ``after`` or ``reports``
for one part only; ``pages`` are all that the router knows (every_page.py). With ``--handbook`` the pictures of the handbooks are
written anew, too (album.py).
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.asterisk import own_asterisk, require_toolchain
from harness.centre import Centre, ConsoleClient, running_centre
from harness.homes import Homes, homes_of
from harness.ladder import listens
from harness.phones import Caller
from harness.postgres import CARELESS, Server
from openpyxl import Workbook
from playwright.async_api import Page, expect

from browser.album import Album
from browser.every_page import every_page
from browser.screens import Screens, chromium, fill_in, of, pick_up, presence, press, ring_up, screens_of, sip_terminal, state, talk
from browser.test_administration import member_file
from callcenter.domain.policy import Policy, Rung, as_json
from callcenter.people.demo import insert_roster
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.simulation.demo_day import a_day as orders_of_a_day

# A headset, and dates as a browser in China writes them.
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--lang=zh-CN")
QUIET: dict[str, Any] = {"announce_every_seconds": 30.0}
STAY: dict[str, Any] = {"stay": 900.0}
# The pictures' ladder: quick enough to be photographed at each of its stages, and otherwise as a centre would have it.
LADDER = (
    Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
    Rung(("family",), 8.0, "until_acknowledged", tries=2, ring_seconds=8.0),
    Rung(("neighbour", "community"), 90.0, "until_acknowledged", "parallel", ring_seconds=20.0),
    Rung(("120",), 30.0, "until_acknowledged", ring_seconds=25.0),
    Rung(("supervisor",), 30.0, "until_acknowledged", ring_seconds=20.0),
)
FIGURES: dict[str, Any] = {"key_seconds": 15.0, "retry_seconds": 20.0, "page_seconds": 30.0}


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
    await of(board, "sound-enable").click()
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
    await of(board, "sound-enable").click()
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


async def in_the_office(album: Album, screens: Screens, folder: Path) -> None:
    page = await screens.person("administrator")
    await expect(of(page, "agent-row").first).to_be_visible()
    await album.take(page, "agents")
    await of(page, "agent-add").click()
    await album.take(page, "agent-form")
    await page.keyboard.press("Escape")
    await of(page, "nav-connections").click()
    await expect(of(page, "webhooks")).to_be_visible()
    await album.take(page, "connections")
    await of(page, "nav-seats").click()
    await of(page, "credentials-8001").click()
    await expect(of(page, "credentials")).to_be_visible()
    await album.take(page, "seats")
    await of(page, "nav-import").click()
    await album.take(page, "members-import-start")
    answer = await page.request.get("/api/members/import/template")
    (folder / "template.xlsx").write_bytes(await answer.body())
    people = [
        {"编号": f"T-{place}", "姓名": name, "性别": gender, "出生日期": "1943-05-06", "电话": f"1387000111{place}"}
        for place, (name, gender) in enumerate((("邱玉兰", "女"), ("邱金生", "男"), ("温秀英", "女"), ("廖长根", "男")))
    ]
    wrong = [people[0], people[1] | {"出生日期": "1943-13-06"}, people[2] | {"电话": "12"}, people[3] | {"性别": "先生"}]
    await of(page, "import-file").set_input_files(member_file(folder / "template.xlsx", folder / "老人名单.xlsx", *wrong))
    await expect(of(page, "import-bad").first).to_be_visible()
    await album.take(page, "members-import")
    await of(page, "import-file").set_input_files(member_file(folder / "template.xlsx", folder / "老人名单.xlsx", *people))
    await expect(of(page, "import-report")).to_contain_text("检查通过")
    await album.take(page, "members-import-checked")
    book = Workbook()
    book.save(folder / "empty.xlsx")
    await of(page, "import-file").set_input_files(folder / "empty.xlsx")
    await expect(of(page, "problem")).to_be_visible()
    await album.take(page, "members-import-refused")
    for nav, nouns in (
        ("catalogue", ("services", "key_numbers", "resources")), ("partners", ("partners", "workers")),
        ("places", ("departments", "districts", "lines", "seats", "terminals")),
    ):  # fmt: skip
        await of(page, f"nav-{nav}").click()
        for noun in nouns:
            await of(page, f"tab-{noun}").click()
            await expect(of(of(page, f"records-{noun}"), "record-row").first).to_be_visible()
            await album.take(page, f"records-{noun}")


async def at_dispatch(album: Album, screens: Screens) -> None:
    """Orders in every state, who goes, one order and its sheet; the fees."""
    async with orders_of_a_day(screens.centre.base, screens.centre.logins()) as day:
        await day.play()
    page = await screens.person("dispatcher")
    await of(page, "nav-dispatch").click()
    await expect(of(page, "order-row").first).to_be_visible()
    await album.take(page, "dispatch")
    await of(of(page, "order-row").filter(has_text="家庭保洁"), "do-assign").click()
    await expect(of(page, "candidate").first).to_be_visible()
    await album.take(page, "dispatch-assign")
    await page.keyboard.press("Escape")
    await of(of(page, "order-row").filter(has_text="代缴水电费"), "order-open").click()
    await album.take(page, "dispatch-detail")
    await page.keyboard.press("Escape")
    for tab in ("missing", "month"):
        await of(page, f"dispatch-tab-{tab}").click()
        await album.take(page, f"dispatch-{tab}")
    await of(page, "dispatch-tab-work").click()
    await of(of(page, "order-row").filter(has_text="厨房水龙头"), "do-print").click()
    await expect(of(page, "sheet-original").locator("img.qr")).to_be_visible()
    await album.take(page, "order-print")
    clerk = await screens.person("finance")
    await of(clerk, "nav-fees").click()
    await expect(of(clerk, "fee-row").first).to_be_visible()
    await album.take(clerk, "fees")


async def when_it_breaks(album: Album, screens: Screens, desk: Page) -> None:
    second = await screens.tab(desk.context)
    await second.goto("/desk")
    await expect(of(desk, "other-tab")).to_be_visible()
    await album.take(desk, "other-tab", languages=("zh-CN",))
    await screens.centre.kill()
    await expect(of(second, "connection-banner")).to_be_visible()
    await album.take(second, "connection-lost")


async def a_day(album: Album, screens: Screens, work: Path) -> None:
    await a_morning(screens.centre)
    await at_the_door(album, screens)
    desk = await at_the_desk(album, screens)
    await on_the_board(album, screens)
    await in_the_office(album, screens, work)
    await at_dispatch(album, screens)
    await when_it_breaks(album, screens, desk)


async def an_emergency(album: Album, screens: Screens, homes: Homes) -> None:
    await on_paper(album, screens)
    await at_the_ladder(album, screens, homes)
    await on_the_wall(album, screens, homes)


async def after_the_day(album: Album, screens: Screens, work: Path) -> None:
    """What the demo's last days left: follow-ups, reviews, contributions, the rules to be signed."""
    seat = await screens.person("seat", "8001")
    await seat.goto("/follow-ups")
    await expect(of(seat, "follow-up-row").first).to_be_visible()
    await album.take(seat, "follow-ups")
    await of(seat, "follow-up-row").first.click()
    await expect(of(seat, "follow-up-form")).to_be_visible()
    await album.take(seat, "follow-up-form")
    leader = await screens.person("group_leader")
    await leader.goto("/follow-ups?view=loop")
    await of(leader, "follow-up-row").filter(has_text="组长").click()
    await expect(of(leader, "decide-form")).to_be_visible()
    await album.take(leader, "follow-up-loop")
    board = await screens.person("supervisor")
    await board.goto("/follow-ups?view=checks")
    await of(board, "follow-up-row").first.click()
    await expect(of(board, "fu-compared")).to_be_visible()
    await album.take(board, "spot-check")
    await board.goto("/follow-ups?view=coverage")
    await expect(of(board, "coverage-row").first).to_be_visible()
    await album.take(board, "follow-up-coverage")
    await board.goto("/quality")
    await of(board, "review-open").first.click()
    await of(board, "recording-play").click()
    await expect(of(board, "recording-speed")).to_be_visible()
    await album.take(board, "quality-sheet")
    await board.goto("/quality")
    for tab in ("reviews", "trend", "rubric"):
        await of(board, f"quality-{tab}").click()
        await album.take(board, f"quality-{tab}")
    await board.goto("/contributions")
    await of(board, "contribution-open").first.click()
    await album.take(board, "contributions")
    await board.goto("/rules")
    await expect(of(board, "rules-missing")).to_be_visible()
    await album.take(board, "rules-signing")


async def the_reports(album: Album, screens: Screens) -> None:
    """Two weeks of history: the weekly meeting, figures, and how they look on paper."""
    page = await screens.person("department_head")
    await screens.centre.until_row("SELECT 1 FROM reconciliation HAVING count(*) >= 14", timeout=60)
    await page.goto("/reports")
    await of(page, "week-earlier").click()
    await expect(of(page, "week-remarks")).to_be_visible()
    await album.take(page, "reports-week")
    for tab in ("service", "calls", "providers", "fees", "collection"):
        await of(page, f"reports-tab-{tab}").click()
        if tab != "collection":
            await of(page, "preset-thirty").click()
        await expect(page.locator("canvas, [data-testid=chosen]").first).to_be_visible()
        await album.take(page, f"reports-{tab}")
    for name, address in (("week", "weeks/" + await _last_week(page)), ("collection", "print/collection?first=2026-01-01")):
        await page.goto(f"/reports/{address}")
        await expect(page.locator("article.sheet").first).to_be_visible()
        await page.pdf(path=album.folder / f"reports-{name}.pdf", prefer_css_page_size=True)


async def _last_week(page: Page) -> str:
    await page.goto("/reports")
    await of(page, "week-earlier").click()
    return await of(page, "week-name").inner_text()


async def all_pages(album: Album, screens: Screens) -> None:
    """After a morning, and with a shift that has begun."""
    async with screens.centre.engine.begin() as connection:
        await insert_roster(connection, screens.centre.settings.time_zone)
    supervisor = await screens.centre.console("supervisor", connect=False)
    async with supervisor.http.post("/api/duty/shifts", json={}) as answer:
        assert answer.ok, await answer.text()
    await a_morning(screens.centre)
    await every_page(screens.centre, screens, album.take)


async def main(folder: Path, *parts: str, handbook: bool = False) -> None:
    """All parts, or those named: ``pages``, ``day``, ``ladder``, ``after``, ``reports``."""
    album = Album(folder, handbook)
    async with AsyncExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True)))
        postgres = EmbeddedPostgres(work)
        server = Server(await asyncio.to_thread(postgres.start))
        stack.callback(postgres.stop)
        await server.run(*(f"ALTER SYSTEM SET {option}" for option in CARELESS), "SELECT pg_reload_conf()")
        await server.make_template()
        asterisk = await stack.enter_async_context(own_asterisk(require_toolchain()))
        homes = await stack.enter_async_context(homes_of(asterisk))
        address = stack.enter_context(chromium(*FLAGS))
        for part, settings in (
            ("pages", QUIET | {"demo_history": True}),
            ("day", QUIET),
            ("ladder", QUIET | {"ring_seconds": 60.0}),
            ("after", QUIET | {"demo_history": True}),
            ("reports", QUIET | {"demo_history": True}),
        ):
            if parts and part not in parts:
                continue
            async with (
                running_centre(asterisk, await server.make_database(), **settings) as centre,
                screens_of(centre, address) as screens,
            ):
                match part:
                    case "pages":
                        await all_pages(album, screens)
                    case "day":
                        await a_day(album, screens, work)
                    case "ladder":
                        await an_emergency(album, screens, homes)
                    case "after":
                        await after_the_day(album, screens, work)
                    case "reports":
                        await the_reports(album, screens)
                if screens.faults:
                    raise SystemExit("\n".join(screens.faults))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--handbook"]
    asyncio.run(main(Path(words[0]), *words[1:], handbook="--handbook" in sys.argv))
