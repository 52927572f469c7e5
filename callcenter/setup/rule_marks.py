"""Which tests say that they prove which rule: their ``@pytest.mark.rule`` marks, read from their text without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests", "asterisk-test")


@dataclass(frozen=True)
class Marked:
    """A test function, named ``tests/desk/test_promises.py::test_…``, and a rule it is marked with."""

    test: str
    rule: str


def marks(root: Path = ROOT) -> list[Marked]:
    """Every mark below the test folders, in the order of files. A test carries its own marks, its class's and its file's."""
    found: list[Marked] = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            name = path.relative_to(root).as_posix()
            of_file = [rule for node in tree.body if isinstance(node, ast.Assign) and _is_pytestmark(node) for rule in _rules(node)]
            found += [
                Marked(f"{name}::{test}", rule) for test, rules in _tests(tree.body, of_file) for rule in dict.fromkeys(rules)
            ]
    return found


def _tests(body: list[ast.stmt], outer: list[str], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, [*outer, *_decorated(node)], f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield prefix + node.name, [*outer, *_decorated(node)]


def _decorated(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [rule for decorator in node.decorator_list for rule in _rules(decorator)]


def _rules(node: ast.AST) -> list[str]:
    """The ids in every ``mark.rule(…)`` within ``node``: also those of single parameters."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "rule"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
