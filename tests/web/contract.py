"""Every answer in these tests is held against the description that other systems read."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from callcenter.cases.directory_commands import DirectoryCommands
from callcenter.cases.follow_up_commands import FollowUpCommands
from callcenter.cases.intake import IntakeCommands
from callcenter.cases.order_commands import OrderCommands
from callcenter.cases.paper_commands import PaperCommands
from callcenter.web.app import OPEN_ROUTES, ROUTES
from callcenter.web.openapi import document

NOTHING: Any = None
COMMANDS = {
    **PaperCommands(NOTHING).table,
    **FollowUpCommands(NOTHING, NOTHING).table,
    **IntakeCommands(NOTHING, NOTHING).table,
    **DirectoryCommands(NOTHING, NOTHING, "UTC").table,
    **OrderCommands(NOTHING, NOTHING, "UTC").table,
}


@cache
def described() -> dict[str, Any]:
    return document(OPEN_ROUTES, ROUTES, COMMANDS)


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    exact_first = sorted(described()["paths"].items(), key=lambda item: ("{" in item[0], item[0]))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), entry) for path, entry in exact_first]


@cache
def _validator(pointer: str) -> Any:
    schema = described()
    for part in pointer.split("\n"):
        schema = schema[part]
    whole = {"components": described()["components"], **schema}
    return jsonschema_rs.Draft202012Validator(whole)


def check(method: str, path: str, status: int, media: str, body: bytes) -> None:
    """Raises AssertionError when this answer is not as the description says."""
    path = path.partition("?")[0]
    entry = next((entry for pattern, entry in _paths() if pattern.fullmatch(path)), None)
    operation = (entry or {}).get("get" if method == "HEAD" else method.lower())
    if operation is None or status in (206, 304, 416):
        return
    place = str(status) if str(status) in operation["responses"] else "default"
    assert place != "default" or status >= 400, f"{method} {path}: {status} is not described"
    if status >= 400:
        told = orjson.loads(body) if body and "json" in media else {}
        assert method == "HEAD" or "ready" in told or (told["remedy_zh"] and told["remedy_en"]), (
            f"{method} {path} {status}: no remedy"
        )
    content = operation["responses"][place].get("content")
    if content is None:
        assert not body, f"{method} {path}: a body that is not described"
        return
    assert media in content, f"{method} {path}: {media} is not described"
    if "json" in media:
        key = next(key for key, value in described()["paths"].items() if value is entry)
        pointer = "\n".join(("paths", key, method.lower(), "responses", place, "content", media, "schema"))
        error = next(iter(_validator(pointer).iter_errors(orjson.loads(body))), None)
        assert error is None, f"{method} {path} {status}: {error.message} at {list(error.instance_path)}"
