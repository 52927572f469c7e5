"""Plugins that every test may use."""

from __future__ import annotations

pytest_plugins = ["harness.postgres", "harness.plugin", "harness.centre", "harness.order", "harness.nights", "harness.rules"]
