"""Long files that need no telephone come first: what begins last keeps one process busy while the others have nothing to do."""

from __future__ import annotations

import pytest

LONG = ("test_mutants.py", "test_sweep.py", "test_rights.py", "test_once.py", "test_two_nodes.py", "test_ladder_faults.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
