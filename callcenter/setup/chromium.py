"""A browser for the tests of the console: the machine's own Chromium, with fonts that can write Chinese.

The product itself needs none of this; people bring their own browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from callcenter.setup.errors import SetupError
from callcenter.setup.packages import install_packages
from callcenter.setup.progress import Report

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REASON = ("浏览器测试", "The browser test")


def find_chromium() -> Path | None:
    """The browser that is there; the variable CHROMIUM names one by its path."""
    if given := os.environ.get("CHROMIUM"):
        if os.access(given, os.X_OK):
            return Path(given)
        raise SetupError(
            f"CHROMIUM 指向的 {given} 不能执行。请改正或删除该变量。",
            f"CHROMIUM names {given}, which cannot be started. Mend or remove that variable.",
        )
    for name in NAMES:
        found = shutil.which(name)
        # Ubuntu's chromium-browser is a script that only tells to install a snap.
        if found and _works(found):
            return Path(found)
    return None


def install_chromium(progress: Report) -> Path:
    """Find the browser or install it, and Chinese fonts for its screenshots."""
    found = find_chromium()
    wanted = ([] if found else ["chromium"]) + ([] if _writes_chinese() else ["fonts-noto-cjk"])
    if wanted:
        install_packages(wanted, REASON, progress)
        found = found or find_chromium()
    if found is None:
        raise SetupError(
            "装好软件包后仍找不到可用的 Chromium(Ubuntu 只提供 snap)。"
            "请安装 Google Chrome 或 Chromium,并用 CHROMIUM 指明路径后重试。",
            "No Chromium that works was found even after the installation (Ubuntu offers a snap only). "
            "Install Google Chrome or Chromium and name its path in CHROMIUM.",
        )
    return found


def _works(program: str) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "snap" not in done.stderr


def _writes_chinese() -> bool:
    if not shutil.which("fc-list"):
        return Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())
