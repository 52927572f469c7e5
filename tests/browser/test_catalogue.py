"""The catalogue in a call: found by initials, told, asked about; and kept by the administrator, by hand and by Excel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from harness.centre import Centre
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from browser.screens import Screens, of, pick_up, ring_up

pytestmark = [pytest.mark.browser, pytest.mark.real]


async def photograph(page: Page, name: str, folder: Path) -> None:
    """What it looks like, for whoever wants to see: SHOTS names a folder that stays."""
    await page.screenshot(path=f"{os.environ.get('SHOTS', folder)}/{name}.png")


@pytest.mark.rule("A-1", "A-2", "A-6", "C-3")
async def test_a_seat_finds_a_price_and_a_number_tells_it_and_asks_the_supervisor(
    centre: Centre, screens: Screens, tmp_path: Path
) -> None:
    page, phone = await screens.seat("8001")
    boss = await screens.person("supervisor", width=1920, height=1080)
    member = await centre.until_row("SELECT n.number FROM member m JOIN member_number n ON n.member_id = m.id LIMIT 1")
    caller = await ring_up(centre, "0" + member["number"][3:])
    await pick_up(page, phone, caller)
    panel = of(page, "directory")
    await of(page, "directory-search").fill("jtbj")
    hit = of(panel, "directory-hit").first
    await expect(hit).to_contain_text("家庭保洁")
    await expect(hit).to_contain_text("40 元/小时")
    await photograph(page, "call-service", tmp_path)
    await of(page, "directory-search").fill("95598")
    await expect(of(panel, "directory-hit")).to_have_count(1)
    await of(panel, "refer-number").click()
    await expect(of(page, "directory-done")).to_contain_text("供电抢修")
    await expect(of(page, "timeline").locator("li[data-kind=number_told]")).to_contain_text("95598")

    await of(page, "ask-supervisor").click()
    await of(page, "ask-text").fill("老人要求代取存款,能办吗?")
    await of(page, "ask-send").click()
    await expect(of(page, "question-waiting")).to_contain_text("代取存款")
    question = of(of(boss, "board-questions"), "question-row")
    await expect(question).to_contain_text("代取存款")
    await photograph(boss, "board-question", tmp_path)
    await of(question, "question-reply").fill("不能代办,请家属陪同。")
    await of(question, "question-send").click()
    await expect(of(page, "question-answer")).to_contain_text("请家属陪同")
    await expect(of(boss, "board-questions")).to_have_count(0)
    await photograph(page, "call-answer", tmp_path)


@pytest.mark.rule("A-1", "W-9")
async def test_the_catalogue_is_kept_by_hand_and_by_excel(centre: Centre, screens: Screens, tmp_path: Path) -> None:
    page = await screens.person("administrator")
    await of(page, "nav-catalogue").click()
    table = of(page, "records-services")
    await of(page, "records-filter").fill("FW001")
    row = of(table, "record-row").first
    await photograph(page, "services", tmp_path)
    await of(row, "record-copy").click()
    await of(page, "cell-valid_from").fill("2030-01-01")
    await of(page, "cell-price").fill("很贵")
    await of(page, "record-save").click()
    await expect(of(page, "record-form")).to_contain_text("不是有效金额")
    await photograph(page, "form", tmp_path)
    await of(page, "cell-price").fill("48")
    await of(page, "record-save").click()
    await expect(of(table, "record-row")).to_have_count(2)
    await expect(table).to_contain_text("48.00")

    # What is exported comes in again unchanged; a mistake in it is told by its row, and nothing is taken over.
    async with page.expect_download() as coming:
        await of(page, "records-export").click()
    exported = tmp_path / "services.xlsx"
    await (await coming.value).save_as(exported)
    await of(page, "records-import").click()
    await of(page, "import-file").set_input_files(exported)
    await expect(of(page, "import-report")).to_contain_text("检查通过")
    book = load_workbook(exported)
    sheet = book.worksheets[0]
    place = next(cell.column for cell in sheet[1] if cell.value == "类别")
    sheet.cell(2, place, "看病")
    book.save(exported)
    await of(page, "import-file").set_input_files(exported)
    await expect(of(page, "import-bad").first).to_contain_text("类别")
    await photograph(page, "import", tmp_path)
    await page.keyboard.press("Escape")
    for name, noun in (("partners", "partners"), ("places", "terminals")):
        await of(page, f"nav-{name}").click()
        await of(page, f"tab-{noun}").click()
        await expect(of(of(page, f"records-{noun}"), "record-row").first).to_be_visible()
        await photograph(page, noun, tmp_path)
