"""Where pictures of the console go: each state in both languages and two sizes; those of the handbooks also into the handbooks."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.async_api import Page

from browser.screens import still

SIZES = ((1366, 768), (1920, 1080))
LANGUAGES = ("zh-CN", "en")
IMAGES = Path(__file__).parents[2] / "docs/handbook/images"
# Picture of the handbooks ← picture of the album.
HANDBOOK = {
    "workbench-idle": "workbench-idle", "workbench-pop": "workbench-pop", "workbench-talking": "workbench-talking",
    "workbench-wrap-up": "workbench-wrap-up", "softphone": "softphone", "login": "login", "board": "board",
    "case-drawer": "case-drawer", "drill": "drill", "ladder-card": "ladder-reading-card", "ladder-conference": "ladder-conference",
    "ladder-exhausted": "wallboard-exhausted", "ladder-false-alarm": "ladder-false-alarm", "ladder-strip": "ladder-strip",
    "ladder": "ladder-family-listens", "members-import": "members-import", "policy-duty": "policy-duty", "policy": "policy",
    "report-signed": "report-signed", "report": "report", "wall": "page-wall", "duty": "page-duty", "routing": "page-routing",
    "follow-ups": "follow-ups", "follow-up-form": "follow-up-form", "follow-up-loop": "follow-up-loop",
    "follow-up-coverage": "follow-up-coverage", "quality": "quality-sheet",
    "dispatch": "dispatch", "dispatch-assign": "dispatch-assign", "dispatch-missing": "dispatch-missing",
    "dispatch-month": "dispatch-month", "order-print": "order-print", "fees": "fees",
    "reports-week": "reports-week", "reports-service": "reports-service",
}  # fmt: skip
WEBP_QUALITY = 82
SWITCH = "document.querySelector('[data-testid=lang-switch]')?.click()"


class Album:
    """Where the pictures go. One state is photographed in both languages and sizes, without calling again for each."""

    def __init__(self, folder: Path, handbook: bool = False) -> None:
        self.folder = folder
        self.wanted = {taken: name for name, taken in HANDBOOK.items()} if handbook else {}
        folder.mkdir(parents=True, exist_ok=True)

    async def take(self, page: Page, name: str, *, languages: tuple[str, ...] = LANGUAGES) -> None:
        for language in languages:
            # By script: a dialog may lie over the button.
            await page.evaluate(
                f"wanted => document.documentElement.lang === wanted || {SWITCH}",
                language,
            )
            for width, height in SIZES:
                await page.set_viewport_size({"width": width, "height": height})
                await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
                await still(page)
                await page.screenshot(path=self.folder / f"{name}.{language}.{width}.png")
                if name in self.wanted and (language, width) == (LANGUAGES[0], SIZES[0][0]):
                    await _into_the_handbook(page, self.wanted[name])
        await page.evaluate(f"document.documentElement.lang === 'zh-CN' || {SWITCH}")
        await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        print(name)  # noqa: T201 - progress of a program for people


async def _into_the_handbook(page: Page, name: str) -> None:
    """The page as it stands, a third of the size of a PNG."""
    browser = await page.context.new_cdp_session(page)
    answer = await browser.send("Page.captureScreenshot", {"format": "webp", "quality": WEBP_QUALITY})
    (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(answer["data"]))
    await browser.detach()
