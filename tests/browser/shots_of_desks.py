"""Pictures of the desks that work with paper: administration, dispatch, follow-up, quality, reports."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from playwright.async_api import Page, expect

from browser.album import Album
from browser.screens import Screens, of
from browser.test_administration import member_file
from callcenter.simulation.demo_day import a_day as orders_of_a_day


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
