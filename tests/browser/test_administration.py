"""The administrator's pages: people, desk phones, the member file; and that everybody sees their own pages only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.centre import Centre
from openpyxl import load_workbook
from playwright.async_api import expect

from browser.screens import HOME, Screens, of, own_pages

pytestmark = [pytest.mark.real, pytest.mark.browser]

EVERYBODY = {"duty", "rules", "catalogue", "partners", "contributions"}
PAGES = {
    "seat": EVERYBODY | {"desk", "inbox", "register", "followUps", "cases", "emergencyAccess", "reports", "quality"},
    "supervisor": EVERYBODY
    | {
        "inbox",
        "dispatch",
        "register",
        "followUps",
        "board",
        "wall",
        "cases",
        "members",
        "policy",
        "routing",
        "places",
        "reports",
        "quality",
        "audit",
    },
    "administrator": EVERYBODY | {"members", "policy", "routing", "places", "agents", "seats", "connections", "import", "reports"},
}
CHINESE = r"[\u4e00-\u9fff]"


def member_file(template: Path, made: Path, *rows: dict[str, str]) -> Path:
    """The template, filled in as a person would."""
    book = load_workbook(template)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, 3):
        for heading, value in row.items():
            sheet.cell(number, headings.index(heading) + 1, value)
    book.save(made)
    return made


async def test_a_member_file_is_tried_refused_mended_and_taken_over(centre: Centre, screens: Screens, tmp_path: Path) -> None:
    page = await screens.person("administrator")
    await of(page, "nav-import").click()
    async with page.expect_download() as download:
        await of(page, "import-template").click()
    template = tmp_path / "template.xlsx"
    await (await download.value).save_as(template)
    before = (await centre.rows("SELECT count(*) AS n FROM member"))[0]["n"]
    good = {"编号": "T-1", "姓名": "邱玉兰", "性别": "女", "出生日期": "1943-05-06", "电话": "13870001111"}
    bad = {"编号": "T-2", "姓名": "邱金生", "性别": "男", "出生日期": "1943-13-06", "电话": "12"}

    await of(page, "import-file").set_input_files(member_file(template, tmp_path / "bad.xlsx", good, bad))
    report = of(page, "import-report")
    await expect(report).to_have_attribute("data-applied", "false")
    await expect(of(report, "import-bad")).to_have_count(2)
    await expect(of(report, "import-bad").first).to_contain_text("4")
    await expect(report).to_contain_text("1943-13-06")
    await expect(of(page, "import-apply")).to_be_disabled()
    assert (await centre.rows("SELECT count(*) AS n FROM member"))[0]["n"] == before

    mended = bad | {"出生日期": "1943-12-06", "电话": "13870002222"}
    await of(page, "import-file").set_input_files(member_file(template, tmp_path / "good.xlsx", good, mended))
    await expect(report).to_contain_text("检查通过")
    assert (await centre.rows("SELECT count(*) AS n FROM member"))[0]["n"] == before
    await of(page, "import-apply").click()
    await expect(report).to_have_attribute("data-applied", "true")
    assert (await centre.rows("SELECT count(*) AS n FROM member"))[0]["n"] == before + 2
    supervisor = await screens.person("supervisor")
    await of(supervisor, "nav-members").click()
    await of(supervisor, "member-search").fill("qyl")
    await supervisor.locator("[data-testid^=member-hit-]").filter(has_text="邱玉兰").click()
    await expect(of(of(supervisor, "member-profile"), "pop-name")).to_contain_text("邱玉兰")


async def test_people_are_added_changed_and_let_in(centre: Centre, screens: Screens) -> None:
    page = await screens.person("administrator")
    await of(page, "agent-add").click()
    await of(page, "agent-user").fill("seat9")
    await of(page, "agent-name").fill("廖春梅")
    await of(page, "agent-seat").select_option("8006")
    await of(page, "agent-password").fill("short")
    await of(page, "agent-save").click()
    await expect(of(page, "problem")).to_contain_text("密码(至少8位)")
    await of(page, "agent-password").fill("long enough")
    await of(page, "agent-save").click()
    row = page.locator("[data-testid=agent-row][data-user=seat9]")
    await expect(row).to_contain_text("廖春梅")

    window = await screens.window()
    await window.goto("/")
    await of(window, "login-user").fill("seat9")
    await of(window, "login-password").fill("long enough")
    await of(window, "login-submit").click()
    await expect(of(window, "who")).to_contain_text("8006")

    await of(row, "agent-edit").click()
    await of(page, "agent-active").uncheck()
    await of(page, "agent-save").click()
    await expect(row).to_contain_text("停用")
    await window.reload()
    await expect(of(window, "login-submit")).to_be_visible()

    await of(page, "nav-seats").click()
    await of(page, "credentials-8001").click()
    await expect(of(page, "credentials")).to_contain_text(centre.seat_password("8001"))


async def test_everybody_sees_their_own_pages_only_in_either_language(centre: Centre, screens: Screens) -> None:
    for role, own in PAGES.items():
        page = await screens.person(role)
        await expect(of(page, "who")).to_be_visible()
        shown = await own_pages(page)
        assert shown.keys() == own
        for other in set(HOME.values()) - set(shown.values()):
            await page.goto(other)
            await page.wait_for_url(f"**{HOME[role]}")
        await of(page, "lang-switch").click()
        await expect(of(page, "logout")).to_have_text("Log out")
        await page.reload()
        await expect(of(page, "logout")).to_have_text("Log out")
        assert await page.evaluate("document.documentElement.lang") == "en"
        for name in own:
            assert not re.search(CHINESE, await of(page, f"nav-{name}").inner_text())
        if role == "seat":
            await expect(of(page, "idle")).to_contain_text("Signed in, not ready yet")
            assert not re.search(CHINESE, await of(page, "idle").inner_text())
        await of(page, "lang-switch").click()
        await expect(of(page, "logout")).to_have_text("退出")
        await of(page, "logout").click()
        await expect(of(page, "login-submit")).to_contain_text("登录")
