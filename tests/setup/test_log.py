"""A log line never ends the work that tells of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CODE = """
import structlog
from callcenter.log import set_up_logging
set_up_logging()
structlog.get_logger().info("told", about={})
"""


@pytest.mark.parametrize("value", [r"'half a character: \ud83d'", "2**80", "object()", "{1: 'a key that is no text'}"])
def test_whatever_a_line_holds_is_written(value: str) -> None:
    command = [sys.executable, "-c", CODE.replace("{}", value)]
    (line,) = subprocess.run(command, capture_output=True, timeout=60, check=True).stderr.splitlines()
    told = json.loads(line)
    assert told["event"] == "told"
    assert told["about"]
