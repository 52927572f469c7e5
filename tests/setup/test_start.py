"""A service that comes back has calls to take up: it reads first what it needs for that."""

from __future__ import annotations

import subprocess
import sys

LATER = {
    "openpyxl",
    "numpy",
    "pypinyin",
    "callcenter.cases.demo",
    "callcenter.catalogue.demo",
    "callcenter.people.demo",
    "callcenter.web.answers",
}


def test_a_service_starts_without_what_only_tables_names_and_demos_need() -> None:
    code = f"import sys, callcenter.app; print(*sorted({LATER!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == []
