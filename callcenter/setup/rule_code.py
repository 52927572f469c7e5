"""Which functions carry out which rule, read from the code itself: what names a rule's id, in its text or docstring, is listed.

So the table cannot claim what nobody does. What the database or the rights enforce names its rule there too.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from callcenter.domain.regulations.book import BY_ID
from callcenter.setup.rule_marks import ROOT

# What only describes rules, or proves them, does not carry them out.
APART = ("callcenter/domain/regulations/", "callcenter/setup/")
_ID = re.compile(r"\b[A-Z]-[A-Z]?\d+\b")


@cache
def enforced_by(root: Path = ROOT) -> dict[str, tuple[str, ...]]:
    """Rule id → functions, classes and modules, as ``domain.closure_guards.is_replied``; no key for what nobody names."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted((root / "callcenter").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name.startswith(APART):
            continue
        module = name.removeprefix("callcenter/").removesuffix(".py").replace("/", ".")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                for rule in _named(node):
                    found.setdefault(rule, {})[f"{module}.{node.name}"] = None
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
                for rule in _named(node):
                    found.setdefault(rule, {})[module] = None
    return {rule: tuple(names) for rule, names in found.items()}


def _named(node: ast.AST) -> set[str]:
    """The ids in all strings of ``node``."""
    return {
        match
        for text in ast.walk(node)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
        for match in _ID.findall(text.value)
        if match in BY_ID
    }
