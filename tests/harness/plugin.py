"""The telephone fixtures, for ``pytest_plugins``."""

from __future__ import annotations

from harness.asterisk import asterisk, toolchain
from harness.phones import telephones
from harness.service import ari, watch

__all__ = ["ari", "asterisk", "telephones", "toolchain", "watch"]
