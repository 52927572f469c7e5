"""The description of the interface is whole, and it is served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callcenter.web.answers import ANSWERS
from callcenter.web.app import OPEN_ROUTES, ROUTES
from callcenter.web.openapi import without_shape
from callcenter.web.reading import reads
from tests.web.conftest import Centre
from tests.web.contract import COMMANDS, described

BODILESS = {
    "/api/logout", "/api/seats/{extension}/credentials", "/api/messages/{id}/read", "/api/press/{id}/receive",
    "/api/connections/keys/{id}/revoke", "/api/connections/webhooks/{id}/test", "/api/connections/messages/{message}/resend",
}  # fmt: skip
"""Changes that need no word but their address."""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, one) for path, entry in described()["paths"].items() for method, one in entry.items()]


def test_every_route_has_its_shapes() -> None:
    assert without_shape(OPEN_ROUTES, ROUTES) == [], "a line in web/answers.py"
    assert set(ANSWERS) <= {route.view for route in (*OPEN_ROUTES, *ROUTES)}, "a view that is gone"
    silent = [f"{method} {path}" for method, path, one in operations()
              if method in ("post", "put", "patch") and "requestBody" not in one and path not in BODILESS]  # fmt: skip
    assert silent == [], "a body that is read otherwise than by read_body or uploaded"


def test_every_desk_command_stands_by_itself() -> None:
    paths = described()["paths"]
    for name, (shape, roles, _) in COMMANDS.items():
        one = paths[f"/api/desk/{name}"]["post"]
        assert one["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(shape.__name__)
        assert set(one["x-roles"]) <= roles, name
    assert "/api/desk/{command}" not in paths


def test_roles_and_ids_are_those_of_the_table() -> None:
    by_path = {(route.method.lower(), route.path): route.roles for route in ROUTES}
    for method, path, one in operations():
        if (method, path) in by_path:
            assert one["x-roles"] == sorted(by_path[method, path])
            assert one["security"], "log-in or key"
    names = [one["operationId"] for _, _, one in operations()]
    assert len(names) == len(set(names))


def test_what_a_view_reads_is_found_in_its_code() -> None:
    from callcenter.web import desk, duty_room, members, sheets

    assert [shape.__name__ for shape in reads(members.profile).queries] == ["ProfileQuery"]
    assert reads(duty_room.add_turn).body is duty_room.TurnBody
    assert (reads(duty_room.add_turn).status, reads(desk.rules).status) == (201, 200)
    assert reads(sheets.member_import).file
    assert reads(duty_room.file_clipping).queries == [duty_room.Clipping]


async def test_it_is_served_and_every_reference_leads_somewhere(centre: Centre) -> None:
    response = await centre.ask(None, "GET", "/api/openapi.json")
    found = await response.json()
    assert (response.status, found["openapi"]) == (200, "3.1.0")
    names = set(found["components"]["schemas"])

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                assert node["$ref"].removeprefix("#/components/schemas/") in names, node
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(found)


async def test_the_page_is_a_file_of_ours(centre: Centre, console_dist: Path) -> None:
    assert (await centre.ask(None, "GET", "/api/docs")).status == 503, "the console is not built"
    page = console_dist / "api-docs"
    page.mkdir()
    (page / "index.html").write_text("<!doctype html>api")
    response = await centre.ask(None, "GET", "/api/docs")
    assert (response.status, await response.text()) == (200, "<!doctype html>api")
    assert "'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["index.html", "page.js"])
def test_the_page_fetches_nothing_from_elsewhere(name: str) -> None:
    text = (Path(__file__).parents[2] / "console" / "public" / "api-docs" / name).read_text()
    assert "://" not in text
