"""The rules' table says what is so: every mark names a rule, no proven rule is called missing, the handbook is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callcenter.domain.regulations.book import BY_ID, RULES
from callcenter.domain.regulations.limits import LIMITS
from callcenter.domain.regulations.not_built import NOT_BUILT
from callcenter.setup.rule_code import enforced_by
from callcenter.setup.rule_marks import Marked, marks
from callcenter.setup.rules_table import HANDBOOK, handbook, read_results, table, wrong

SOME = [Marked("tests/a.py::test_one", "R-1"), Marked("tests/a.py::test_two", "R-1")]


def test_every_mark_names_a_rule_and_every_rule_is_marked_or_admitted() -> None:
    marked = {mark.rule for mark in marks()}
    assert marked <= BY_ID.keys()
    assert NOT_BUILT.keys() <= BY_ID.keys()
    assert not marked & NOT_BUILT.keys(), "has a test now: take it off callcenter/domain/regulations/not_built.py"
    assert BY_ID.keys() - marked - NOT_BUILT.keys() == set(), "neither a test nor an admission"


def test_every_rule_is_carried_out_by_code_that_names_it() -> None:
    code = enforced_by()
    assert "domain.closure_guards.is_replied" in code["S-6"]
    assert not any(name.startswith(("domain.regulations", "setup")) for names in code.values() for name in names), (
        "only describes it"
    )
    assert BY_ID.keys() - code.keys() - NOT_BUILT.keys() == set()


def test_code_that_names_a_rule_is_found_wherever_it_does_so(tmp_path: Path) -> None:
    (tmp_path / "callcenter" / "setup").mkdir(parents=True)
    (tmp_path / "callcenter" / "setup" / "table.py").write_text('NAMES = ("R-1",)')
    (tmp_path / "callcenter" / "a.py").write_text(
        '"""Of R-2 and XR-3."""\nclass B:\n    """R-3, C-V1."""\nasync def c():\n    refuse("no", rule="W-9")\n'
    )
    assert enforced_by(tmp_path) == {"R-2": ("a",), "R-3": ("a.B",), "C-V1": ("a.B",), "W-9": ("a.c",)}


def test_the_handbooks_table_is_current() -> None:
    assert HANDBOOK.read_text(encoding="utf-8") == handbook(), "run: callcenter rules --handbook"


def test_ids_are_unique_and_limits_belong_to_rules() -> None:
    assert len(BY_ID) == len(RULES)
    assert {limit.rule for limit in LIMITS} <= BY_ID.keys()
    assert all(limit.least <= limit.value <= limit.most for limit in LIMITS)


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ({}, "not_run"),
        ({"tests/a.py::test_one": "passed"}, "passed"),
        ({"tests/a.py::test_one": "skipped"}, "not_run"),
        ({"tests/a.py::test_one": "passed", "tests/a.py::test_two": "failed"}, "failed"),
    ],
)
def test_a_rule_is_what_its_tests_say(results: dict[str, str], state: str) -> None:
    rows = {row.id: row for row in table(SOME, results)}
    assert rows["R-1"].state == state
    refused = wrong([rows["R-1"]], SOME)
    assert bool(refused) == (state != "passed")


def test_a_rule_without_proof_is_refused_unless_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NOT_BUILT, "R-2", "没有理由")
    rows = [row for row in table([], {}) if row.id in ("R-1", "R-2")]
    assert [row.state for row in rows] == ["missing", "not_built"]
    assert [sentence[:3] for sentence in wrong(rows, [])] == ["R-1"]
    proven = [row for row in table([Marked("t", "R-2")], {"t": "passed"}) if row.id == "R-2"]
    assert "not_built.py" in wrong(proven, [])[0]
    assert "X-9" in wrong([], [Marked("t", "X-9")])[0]


def test_results_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    assert read_results(path) == {}
    path.write_text("{")
    assert read_results(path) == {}
    path.write_text(json.dumps({"a": "passed"}))
    assert read_results(path) == {"a": "passed"}


def test_marks_of_functions_classes_files_and_parameters(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(
        "pytestmark = pytest.mark.rule('R-6')\n"
        "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.rule('C-1'))])\n"
        "@pytest.mark.rule('R-1', 'R-2')\nasync def test_a(n): ...\n"
        "@pytest.mark.rule('S-1')\nclass TestB:\n    def test_c(self): ...\n    def help(self): ...\n"
    )
    assert [(mark.test.split("::", 1)[1], mark.rule) for mark in marks(tmp_path)] == [
        ("test_a", "R-6"), ("test_a", "C-1"), ("test_a", "R-1"), ("test_a", "R-2"),
        ("TestB::test_c", "R-6"), ("TestB::test_c", "S-1"),
    ]  # fmt: skip
