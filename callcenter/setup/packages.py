"""System packages for what cannot live in our own folder: installed where we may, asked for where not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

from callcenter.setup.errors import SetupError, last_lines
from callcenter.setup.progress import Report


def may_install() -> list[str] | None:
    """The words in front of apt-get: none as root, sudo where it needs no password; None: we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install_packages(packages: Sequence[str], reason: tuple[str, str], progress: Report) -> None:
    """Install system packages; ``reason`` says in Chinese and English what they are for."""
    words = " ".join(packages)
    front = may_install()
    if front is None:
        raise SetupError(
            f"{reason[0]}需要系统软件包,但当前用户无权安装。请运行:sudo apt-get install -y {words}",
            f"{reason[1]} needs system packages that this user may not install. Run: sudo apt-get install -y {words}",
        )
    progress(f"apt-get install {words}")
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            command = [*front, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "apt-get"]
            command += ["-o", "DPkg::Lock::Timeout=120", *arguments]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False)
            # A third-party repository that is down must not stop us: only the installation itself decides.
            if done.returncode and arguments[0] == "install":
                output.seek(0)
                raise SetupError(
                    f"apt-get 没有装上 {words};项目目录没有改动。请修复 apt 后重试(见下)。",
                    f"apt-get did not install {words}; the project is as it was. Mend apt and try again (see below).",
                    last_lines(output.read()),
                )
