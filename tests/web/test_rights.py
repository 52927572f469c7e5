"""Every address by every role: who may is who docs/api.md names, and nobody else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from callcenter.web.app import OPEN_ROUTES, ROUTES
from tests.web.conftest import PASSWORD, Centre

NOBODY, SEAT, OTHER_SEAT, SUPERVISOR, ADMIN = None, "li", "chen", "zeng", "admin"
NEW = {"user": "wen", "name": "温", "role": "seat", "password": "long enough"}

# method, path, options → the status for each of: nobody, the seat of the case, another seat, supervisor, administrator
Expected = tuple[int, int, int, int, int]
MATRIX: list[tuple[str, str, dict[str, Any], Expected]] = [
    ("POST", "/api/login", {"json": {"user": "admin", "password": PASSWORD}}, (200, 200, 200, 200, 200)),
    ("POST", "/api/logout", {}, (204, 204, 204, 204, 204)),
    ("GET", "/api/seats", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/centre", {}, (200, 200, 200, 200, 200)),
    ("GET", "/healthz", {}, (200, 200, 200, 200, 200)),
    ("GET", "/readyz", {}, (200, 200, 200, 200, 200)),
    ("GET", "/metrics", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/me", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/meta", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/cases", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/cases/{case}", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/cases/{unknown}", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/recordings/{recording}/audio", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/recordings/{unknown}/audio", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/members?q=王", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/members/{member}", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/members/{member}?case={case}", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/members/{unknown}?case={case}", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/members/{member}?case={unknown}", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/members/import/template", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/members/import", {}, (401, 403, 403, 403, 422)),
    ("GET", "/api/agents", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/agents", {"json": NEW}, (401, 403, 403, 403, 201)),
    ("PATCH", "/api/agents/{agent}", {"json": {"name": "李"}}, (401, 403, 403, 403, 200)),
    ("PATCH", "/api/agents/{unknown}", {"json": {"name": "李"}}, (401, 403, 403, 403, 404)),
    ("GET", "/api/seats/8001/credentials", {}, (401, 403, 403, 403, 200)),
    ("GET", "/api/seats/9999/credentials", {}, (401, 403, 403, 403, 404)),
]


@pytest.mark.parametrize(("method", "path", "options", "expected"), MATRIX, ids=[f"{row[0]} {row[1]}" for row in MATRIX])
async def test_who_may(centre: Centre, method: str, path: str, options: dict[str, Any], expected: Expected) -> None:
    names = {"case": centre.case, "member": centre.member, "recording": centre.recording, "unknown": uuid4()}
    address = path.format(**names, agent=centre.people["chen"])
    got = []
    for user in (NOBODY, SEAT, OTHER_SEAT, SUPERVISOR, ADMIN):
        response = await centre.ask(user, method, address, **options)
        got.append(response.status)
        if response.status >= 400:
            assert response.content_type == "application/problem+json"
            problem = await response.json()
            assert problem["status"] == response.status
            assert problem["zh"]
            assert problem["en"]
    assert tuple(got) == expected


def test_the_matrix_covers_every_route() -> None:
    def plain(path: str) -> str:
        parts = path.split("?", maxsplit=1)[0].split("/")
        return "/".join("*" if part.startswith("{") or part.isdigit() else part for part in parts)

    assert {(route.method, plain(route.path)) for route in (*OPEN_ROUTES, *ROUTES)} == {
        (method, plain(path)) for method, path, _, _ in MATRIX
    }
