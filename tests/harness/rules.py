"""Keeps the last outcome of every test that is marked with a rule in ``var/rule-results.json``, for ``callcenter rules``.

Works with pytest-xdist: marks travel with the report, and only the process that hears all reports writes. A run of some tests
changes the outcomes of those only; tests that no longer exist are dropped when a run has collected everything.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from callcenter.setup.rule_marks import marks
from callcenter.setup.rules_table import RESULTS, read_results

KEY = "proves a rule"
WORST = {"passed": 0, "skipped": 1, "failed": 2}
_outcomes: dict[str, str] = {}


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("rule") is not None:
        item.user_properties.append((KEY, item.nodeid.split("[")[0]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    test = dict(report.user_properties).get(KEY)
    if test is None or (report.when != "call" and report.outcome == "passed"):
        return
    known = _outcomes.get(str(test))
    # Of a test with parameters the worst counts; a test that could not be set up has not passed.
    if known is None or WORST[report.outcome] > WORST[known]:
        _outcomes[str(test)] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or not _outcomes:
        return
    there = {mark.test for mark in marks()}
    merged = {test: outcome for test, outcome in (read_results() | _outcomes).items() if test in there}
    _write(RESULTS, json.dumps(merged, ensure_ascii=False, indent=1, sort_keys=True))


def _write(path: Path, text: str) -> None:
    """Beside it and renamed: whoever reads meanwhile reads the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as part:
        part.write(text)
    Path(name).replace(path)
