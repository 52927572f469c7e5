"""The day of the head of the department: an archive is signed; last week's paper is read, signed, printed and taken as Excel; the
figures are looked at, typical cases are chosen and go to paper."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from browser.screens import Screens, of
from callcenter.domain.period import week_of

pytestmark = [pytest.mark.real, pytest.mark.browser]


@pytest_asyncio.fixture
async def centre(asterisk: RealAsterisk, database: str) -> AsyncIterator[Centre]:
    """A centre with two weeks behind it."""
    async with running_centre(asterisk, database, demo_history=True) as made:
        yield made


async def on_paper(page: Page, path: Path) -> int:
    """The page as PDF; how many pages it has."""
    content = await page.pdf(path=path, prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", content))


@pytest.mark.rule("S-8")
@pytest.mark.rule("S-3")
@pytest.mark.rule("S-10")
@pytest.mark.rule("T-4")
async def test_the_day_of_the_head_of_the_department(centre: Centre, screens: Screens, tmp_path: Path) -> None:
    # A supervisor has prepared a file: it lies in the head's inbox.
    closed = await centre.until_row(
        "SELECT id, number FROM help_case WHERE state = 'closed' AND category = 'consultation' AND subcategory = 'legal' LIMIT 1"
    )
    supervisor = await screens.person("supervisor")
    checked = ["journal", "category", "reply", "follow_up", "attachments"]
    answer = await supervisor.request.post("/api/desk/prepare_archive", data={"case_id": str(closed["id"]), "checked": checked})
    assert answer.ok, await answer.text()
    head = await screens.person("department_head")
    file = of(head, "paper").filter(has_text=closed["number"])
    await of(file, "do-sign_archive").click()
    await of(head, "f-signer").fill("廖美玲")
    await of(head, "paper-send").click()
    await expect(file).to_have_count(0)

    # Last week's paper: what each did, what is open and how it stands, and the proof that no call is without a case.
    await of(head, "nav-reports").click()
    await of(head, "week-earlier").click()
    last = week_of(datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=7))
    await expect(of(head, "week-name")).to_have_text(last)
    await expect(of(head, "table-people")).to_contain_text("陈静")
    await expect(of(head, "table-open")).to_contain_text(re.compile("承诺:|回访:|派工单:|未满足需求:"))
    await expect(of(head, "week-remarks")).to_contain_text("水电师傅紧张")
    await centre.until_row(
        "SELECT 1 FROM reconciliation HAVING count(*) >= 14 AND sum(jsonb_array_length(orphans)) = 0", timeout=40
    )
    await head.reload()
    await expect(of(head, "week-proof")).to_contain_text("无求助件 0 路")
    await of(head, "week-comment").fill("同意,请业务发展部寻源。")
    await of(head, "week-signer").fill("廖美玲")
    await of(head, "week-sign").click()
    await expect(of(head, "week-signed")).to_contain_text("廖美玲")
    await expect(of(head, "week-remark")).to_have_count(0)
    async with head.expect_download() as wanted:
        await of(head, "report-excel").click()
    await (await wanted.value).save_as(tmp_path / "week.xlsx")
    book = load_workbook(tmp_path / "week.xlsx")
    assert "未结求助件及进展" in book.sheetnames

    await of(head, "report-print").click()
    sheet = of(head, "week-sheet")
    await expect(of(sheet, "week-signer-name")).to_have_text("廖美玲")
    await expect(sheet.get_by_alt_text("扫码打开")).to_be_visible()
    assert await on_paper(head, tmp_path / "week.pdf") >= 2
    await of(head, "print-back").click()

    # Figures: charts, a goal that was missed is marked, another way of looking.
    await of(head, "reports-tab-service").click()
    await of(head, "preset-thirty").click()
    await expect(of(head, "chart-service_level").locator("canvas")).to_be_visible()
    total = of(head, "table-service_level").locator("tfoot")
    await expect(total).to_contain_text("%")
    await of(head, "report-by").select_option("person")
    await expect(of(head, "table-service_level")).to_contain_text("陈静")
    await of(head, "report-print").click()
    await expect(of(head, "report-sheet")).to_contain_text("陈静")
    assert await on_paper(head, tmp_path / "service.pdf") >= 1
    await of(head, "print-back").click()
    await of(head, "reports-tab-providers").click()
    await expect(of(head, "table-providers")).to_contain_text("DW001")

    # A case study is put into words, chosen, and stands in the book.
    await of(head, "reports-tab-collection").click()
    study = of(head, "nominated").first
    await of(study, "typical-edit").click()
    await of(head, "typical-title").fill("多问一句")
    await of(head, "typical-save").click()
    study = of(head, "nominated").filter(has_text="多问一句")
    await of(study, "typical-choose").click()
    await expect(of(head, "chosen").filter(has_text="多问一句")).to_be_visible()
    await of(head, "report-print").click()
    await expect(of(head, "case-sheet")).to_have_count(2)
    assert await on_paper(head, tmp_path / "cases.pdf") == 2

    # A seat writes for the meeting, and reads of itself only.
    seat = await screens.person("seat", "8001")
    await seat.goto("/reports")
    await of(seat, "week-remark").fill("本周三件维修,均已回访。")
    await of(seat, "week-write").click()
    await expect(of(seat, "week-remarks")).to_contain_text("均已回访")
    await expect(of(seat, "table-people").locator("tbody tr")).to_have_count(1)
