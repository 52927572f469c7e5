"""The telephone fixtures, for ``pytest_plugins``."""

from __future__ import annotations

from harness.asterisk import as_found, asterisk, toolchain
from harness.phones import telephones
from harness.service import ari, watch

__all__ = ["ari", "as_found", "asterisk", "telephones", "toolchain", "watch"]
