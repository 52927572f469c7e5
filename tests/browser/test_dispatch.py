"""A dispatcher's and a finance clerk's day: an order is heard, assigned with its reason, approved, printed in two copies, signed
for, served, brought back and paid; the sheets are looked at as a printer gets them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pypdfium2
import pytest
from harness.centre import Centre
from playwright.async_api import Page, expect

from browser.screens import Screens, of
from callcenter.simulation.demo_day import a_day

pytestmark = [pytest.mark.real, pytest.mark.browser]


async def photograph(page: Page, name: str, folder: Path) -> None:
    """What it looks like, for whoever wants to see: SHOTS names a folder that stays."""
    await page.screenshot(path=f"{os.environ.get('SHOTS', folder)}/{name}.png")


def pages_of(pdf: bytes, name: str, folder: Path) -> list[tuple[int, int, str]]:
    """Width and height in millimetres and the text of every page of a print; the print itself is left beside the pictures."""
    found = []
    (Path(os.environ.get("SHOTS", folder)) / f"{name}.pdf").write_bytes(pdf)
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        width, height = (round(points / 72 * 25.4) for points in page.get_size())
        found.append((width, height, page.get_textpage().get_text_range()))
    document.close()
    return found


@pytest.mark.rule("D-2", "F-2", "F-3", "F-4", "F-5", "D-3", "D-4", "D-5", "D-7", "W-7")
async def test_a_dispatchers_and_a_finance_clerks_day(centre: Centre, screens: Screens, tmp_path: Path) -> None:
    desk = await screens.person("dispatcher")
    await desk.goto("/dispatch")
    await expect(of(desk, "dispatch")).to_contain_text("没有在办的派工单")
    await expect(of(desk, "order-alarm")).to_have_attribute("data-waiting", "0")
    async with a_day(centre.base, centre.logins()) as day:
        assert await day.play() == 10
        assert await day.play() == 0  # once is enough

    # Whoever sits there has heard each that came (D-2), and sees what is late or due first.
    await expect(of(desk, "order-row")).to_have_count(8)
    assert int(await of(desk, "order-alarm").get_attribute("data-heard") or 0) >= 1
    await expect(of(desk, "state-asked")).to_contain_text("1")
    await photograph(desk, "dispatch", tmp_path)

    # Needs without an order, and what is owed.
    await of(desk, "dispatch-tab-missing").click()
    need = of(desk, "case-without-order").filter(has_text="市人民医院")
    await expect(need).to_have_count(1)
    await expect(of(desk, "missing-orders").locator("[data-testid=order-row]")).to_have_count(1)
    await photograph(desk, "dispatch-missing", tmp_path)
    await of(need, "open-order-for").click()
    await of(desk, "service-search").fill("ptjy")
    await of(desk, "service-hit").filter(has_text="陪同就医").click()
    await expect(of(desk, "service-hit")).to_have_count(1)
    await photograph(desk, "dispatch-open", tmp_path)
    await of(desk, "open-order-send").click()
    await expect(need).to_have_count(0)

    # Who goes, and why; another choice needs its reason, and who is from outside is approved first.
    await of(desk, "dispatch-tab-work").click()
    row = of(desk, "order-row").filter(has_text="陪同就医")
    await of(row, "do-assign").click()
    await expect(of(desk, "candidate").first).to_have_attribute("data-place", "1")
    outside = of(desk, "candidate").filter(has_text="康护居家护理站")
    await outside.locator("input").check()
    await photograph(desk, "dispatch-assign", tmp_path)
    await of(desk, "assign-send").click()
    await expect(of(desk, "assign-drawer")).to_contain_text("改派须写明理由")
    await of(desk, "assign-reason").fill("老人指定康护站的护理员,上次是她陪的")
    await of(desk, "assign-send").click()
    await expect(row).to_have_attribute("data-state", "approval")
    await of(row, "do-approve_order_aloud").click()
    await of(desk, "f-text").fill("电话请示,同意外派")
    await of(desk, "order-send").click()
    await expect(row).to_have_attribute("data-state", "assigned")

    # Two numbered copies on one command, A4 and A5, one page each.
    await of(row, "do-print").click()
    await expect(of(desk, "sheet-original").locator("img.qr")).to_be_visible()
    number = (await of(desk, "sheet-original").locator(".number").inner_text()).split("：")[-1]
    for size, width, height in (("A4", 210, 297), ("A5", 148, 210)):
        await of(desk, f"paper-{size}").click()
        made = pages_of(await desk.pdf(prefer_css_page_size=True, print_background=True), f"order-{size}", tmp_path)
        assert [(w, h) for w, h, _ in made] == [(width, height)] * 2, "two copies are two pages"
        for (_, _, text), mark in zip(made, ("原件", "复印件"), strict=True):
            assert mark in text
            assert number in text
            assert "康护居家护理站" in text
    await expect(of(desk, "order-print")).to_contain_text(re.compile("已打印 [1-9]"))
    await photograph(desk, "order-print", tmp_path)
    await of(desk, "print-back").click()
    await expect(row).to_have_attribute("data-state", "printed")

    # Signed for with its supplies; an urgent incident reaches the leader's screen; measures, done.
    await of(row, "do-pick_up_order").click()
    await of(desk, "f-signature").fill("刘护理")
    for supply in await of(desk, "f-supply").all():
        await supply.check()
    await photograph(desk, "dispatch-pick-up", tmp_path)
    await of(desk, "order-send").click()
    await expect(row).to_have_attribute("data-state", "under_way")
    leader = await screens.person("group_leader")
    await of(row, "order-open").click()
    await of(desk, "detail-report_incident").click()
    await of(desk, "f-text").fill("老人在医院晕倒,已送急诊")
    await of(desk, "f-urgent").check()
    await of(desk, "order-send").click()
    await expect(of(leader, "order-alarm")).to_contain_text("已送急诊")
    await photograph(leader, "leader-urgent", tmp_path)
    await of(leader, "order-urgent").click()
    await of(leader, "detail-record_measures").click()
    await of(leader, "f-text").fill("已通知女儿,护理员留院陪护")
    await of(leader, "order-send").click()
    await expect(of(leader, "order-alarm")).not_to_contain_text("已送急诊")
    await photograph(leader, "order-page", tmp_path)
    await of(desk, "detail-complete_order").click()
    await of(desk, "f-result").fill("陪诊完成,医嘱已转告")
    await of(desk, "f-fee").fill("140")
    await of(desk, "order-send").click()
    await of(desk, "detail-return_original").click()
    await of(desk, "order-send").click()
    await of(desk, "detail-return_copy").click()
    await of(desk, "order-send").click()
    await expect(of(desk, "detail-return_copy")).to_have_count(0)
    await photograph(desk, "dispatch-detail", tmp_path)
    await desk.keyboard.press("Escape")

    clerk = await screens.person("finance")
    await clerk.goto("/fees")
    unpaid = of(clerk, "fee-row").filter(has_text=number)
    await of(unpaid, "do-receive_fee").click()
    await of(clerk, "f-receipt_number").fill("YS2026-0001")
    await of(clerk, "order-send").click()
    await expect(of(clerk, "order-form")).to_contain_text("已用于派工单")  # each receipt once
    await of(clerk, "f-receipt_number").fill("YS2026-0188")
    await photograph(clerk, "fees-receive", tmp_path)
    await of(clerk, "order-send").click()
    await expect(unpaid).to_have_attribute("data-state", "paid")
    await photograph(clerk, "fees", tmp_path)
    async with clerk.expect_download() as coming:
        await of(clerk, "fees-export").click()
    assert (await coming.value).suggested_filename.endswith(".xlsx")

    # Settled: it is in the month's figures, and filed with the others.
    await of(desk, "dispatch-tab-over").click()
    await expect(of(desk, "order-row").filter(has_text=number)).to_have_attribute("data-state", "settled")
    await of(of(desk, "order-row").filter(has_text=number), "order-open").click()
    await of(desk, "order-detail").get_by_role("link", name=re.compile("^求助件")).click()
    await expect(of(desk, "case-order")).to_have_attribute("data-state", "settled")
    await photograph(desk, "case-order", tmp_path)
    await of(desk, "nav-dispatch").click()
    await of(desk, "dispatch-tab-month").click()
    await of(desk, "file-month").click()
    await expect(of(desk, "order-month")).to_contain_text("已归档 2 单")
    await photograph(desk, "dispatch-month", tmp_path)
