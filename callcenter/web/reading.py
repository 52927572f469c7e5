"""What a view reads, found in its own code: which body, which query, a file, an id in the path, which status it answers with.

So nothing is written down twice, and the description of the interface cannot be another than the interface.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel

OURS = "callcenter.web"


@dataclass
class Reads:
    """What was found."""

    body: type[BaseModel] | None = None
    queries: list[type[BaseModel]] = field(default_factory=list)
    file: bool = False
    id: bool = False
    statuses: set[int] = field(default_factory=set)

    @property
    def status(self) -> int:
        """With what a success is answered."""
        return next((status for status in sorted(self.statuses) if 200 < status < 300), 200)


@cache
def reads(view: Callable[..., Any]) -> Reads:
    """All that ``view`` reads, itself and by the functions of the interface that it calls."""
    found = Reads()
    _look(view, found, set())
    return found


def _look(function: Callable[..., Any], found: Reads, seen: set[Callable[..., Any]]) -> None:
    seen.add(function)
    names: dict[str, Any] = getattr(function, "__globals__", {})
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Call):
            continue
        called = _called(node.func, names)
        if called is None:
            continue
        name = called.__name__
        if name in ("read_body", "read_query") and called.__module__ == f"{OURS}.bodies":
            shape = names.get(node.args[1].id) if isinstance(node.args[1], ast.Name) else None
            if not (inspect.isclass(shape) and issubclass(shape, BaseModel)):
                continue
            if name == "read_body":
                found.body = shape
            elif shape not in found.queries:
                found.queries.append(shape)
        elif name == "read_id":
            found.id = True
        elif name == "uploaded":
            found.file = True
        elif name in ("answer", "Response"):
            _status(node, found, 1 if name == "answer" else None)
        elif inspect.isfunction(called) and called.__module__.startswith(OURS) and called not in seen:
            _look(called, found, seen)


def _called(node: ast.expr, names: dict[str, Any]) -> Any:
    """The function that is called, if it can be told from the code alone."""
    if isinstance(node, ast.Name):
        called = names.get(node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        called = getattr(names.get(node.value.id), node.attr, None)
    else:
        return None
    called = inspect.unwrap(called) if callable(called) else None
    return called if hasattr(called, "__name__") and hasattr(called, "__module__") else None


def _status(node: ast.Call, found: Reads, place: int | None) -> None:
    given = [word.value for word in node.keywords if word.arg == "status"]
    if place is not None and len(node.args) > place:
        given.append(node.args[place])
    constants = [each.value for word in given for each in ast.walk(word) if isinstance(each, ast.Constant)]
    found.statuses |= {each for each in constants if isinstance(each, int)}
