"""Rubbish from outside: it is refused in words, nothing is changed, and nothing of the inside is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from aiohttp import FormData
from harness.postgres import Server
from structlog.testing import capture_logs

from callcenter.db.tables import member
from callcenter.sheets.file import SIZE_LIMIT
from callcenter.web import uploads
from callcenter.web.bodies import BODY_LIMIT
from tests.web.conftest import PASSWORD, Centre

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b"NaN", 400, "bad_json"),
        (b'{"user": "\\ud800", "password": "x"}', 400, "bad_json"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"1e999", 400, "bad_json"),
        (b"{}", 422, "invalid"),
        (b'{"user": 1, "password": "x"}', 422, "invalid"),
        (b'{"user": "a", "password": null}', 422, "invalid"),
        (b'{"user": "a", "password": ["x"]}', 422, "invalid"),
        (b'{"user": "a\\u0000", "password": "x"}', 422, "invalid"),
        (b'{"user": "a", "password": "x", "seat": "8001; drop"}', 422, "invalid"),
        (b'{"user": "a", "password": "x", "seat": 8001}', 422, "invalid"),
        (b'{"user": "a", "password": "x", "role": "administrator"}', 422, "invalid"),
        (b'{"user": "a", "password": "\\u0000"}', 401, "wrong_credentials"),
        (b"[" * 100_000, 400, "bad_json"),
        (json.dumps({"user": "a" * 65, "password": "x"}).encode(), 422, "invalid"),
        (json.dumps({"user": "a", "password": "x" * 257}).encode(), 422, "invalid"),
        (b" " * (BODY_LIMIT + 1), 413, "too_large"),
    ],
)
async def test_bodies(centre: Centre, body: bytes, status: int, code: str) -> None:
    response = await centre.ask(None, "POST", "/api/login", data=body, headers=JSON)
    problem = await response.json()
    assert (response.status, problem["code"], response.content_type) == (status, code, "application/problem+json")


async def test_wrong_fields_are_named_but_not_repeated(centre: Centre) -> None:
    body = {"user": "x", "name": "", "role": "boss", "password": "short"}
    response = await centre.ask("admin", "POST", "/api/agents", json=body)
    problem = await response.json()
    assert {each["field"] for each in problem["fields"]} == {"user", "name", "role", "password"}
    assert "short" not in json.dumps(problem["zh"] + problem["en"])
    assert "boss" not in await response.text()


async def test_a_body_that_is_not_json_by_its_own_word(centre: Centre) -> None:
    body = {"user": "li", "password": PASSWORD}
    for options in ({"data": json.dumps(body), "headers": {"Content-Type": "text/plain"}}, {"data": body}):
        assert (await centre.ask(None, "POST", "/api/login", **options)).status == 415


@pytest.mark.parametrize(
    "query",
    ["state=boss", "red=maybe", "limit=0", "limit=201", "limit=x", "q=%00", "q=" + "x" * 65, "sql=1", "before=%0a%07x"],
)
async def test_queries(centre: Centre, query: str) -> None:
    response = await centre.ask("zeng", "GET", f"/api/cases?{query}")
    assert (response.status, (await response.json())["code"]) == (400, "invalid")


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"; drop table member; --', "👵", "++--", "((", "0" * 14, "%25%00" * 9])
async def test_any_search_word_is_only_a_word(centre: Centre, text: str) -> None:
    response = await centre.client.get("/api/members", params={"q": text}, headers=await cookie(centre, "zeng"))
    assert response.status in (200, 400)
    if response.status == 200:
        assert await response.json() == []


@pytest.mark.parametrize("path", ["cases/{}", "members/{}", "recordings/{}/audio"])
@pytest.mark.parametrize("bad", ["1", "x" * 36, "%00", "..%2f..", "'"])
async def test_ids_that_are_none_do_not_exist(centre: Centre, path: str, bad: str) -> None:
    assert (await centre.ask("zeng", "GET", "/api/" + path.format(bad))).status == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/api/nothing", 404),
        ("GET", "/api/", 404),
        ("DELETE", "/api/me", 405),
        ("POST", "/api/agents/1/x", 404),
        ("PUT", "/api/agents/1", 405),
        ("POST", "/somewhere", 405),
    ],
)
async def test_addresses_and_methods_that_are_none(centre: Centre, method: str, path: str, status: int) -> None:
    response = await centre.ask(None, method, path)
    assert (response.status, response.content_type) == (status, "application/problem+json")
    assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({}, 204),
    ],
)
async def test_other_sites_may_not_send(centre: Centre, headers: dict[str, str], status: int) -> None:
    assert (await centre.ask(None, "POST", "/api/logout", headers=headers)).status == status
    assert (await centre.ask(None, "GET", "/api/seats", headers=headers)).status == 200
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", **headers}
    assert (await centre.ask(None, "GET", "/ws", headers=upgrade)).status == (200 if status == 204 else 403)


async def test_the_own_origin_may(centre: Centre) -> None:
    origin = {"Origin": f"http://127.0.0.1:{centre.client.port}"}
    assert (await centre.ask(None, "POST", "/api/logout", headers=origin)).status == 204


async def test_what_nobody_foresaw_shows_nothing_and_is_found_in_the_log(centre: Centre) -> None:
    centre.fake.fails_with = KeyError("王秀英 13970700001")
    with capture_logs() as logs:
        response = await centre.ask("zeng", "GET", "/api/cases")
    problem = await response.json()
    assert (response.status, problem["code"]) == (500, "internal")
    text = await response.text()
    assert "KeyError" not in text
    assert "王秀英" not in text
    (entry,) = [each for each in logs if each["event"] == "request failed"]
    assert entry["error_id"] == problem["error_id"] == response.headers["X-Request-Id"]
    assert entry["error"] == "KeyError"
    assert "case_page" in entry["traceback"]
    assert "王秀英" not in str(logs)


@pytest.mark.parametrize("error", [OSError("gone"), TimeoutError()])
async def test_a_lost_database_is_told_as_such(centre: Centre, error: Exception) -> None:
    centre.fake.fails_with = error
    response = await centre.ask("zeng", "GET", "/api/cases")
    assert (response.status, (await response.json())["code"]) == (503, "database_unavailable")


async def test_a_database_that_restarts_costs_one_answer(centre: Centre, postgres: Server) -> None:
    name = centre.engine.url.database
    await centre.let_in("zeng")
    await postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
    answers = [(await centre.ask("zeng", "GET", "/api/me")).status for _ in range(2)]
    assert answers in ([503, 200], [200, 200])


async def import_file(centre: Centre, **options: Any) -> tuple[int, str]:
    response = await centre.ask("admin", "POST", "/api/members/import", **options)
    return response.status, (await response.json())["code"]


def form(content: bytes, field: str = "file") -> FormData:
    data = FormData()
    data.add_field(field, content, filename="x.csv")
    return data


async def test_uploads(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    assert await import_file(centre, json={}) == (422, "no_file")
    assert await import_file(centre, data=form(b"x", field="other")) == (422, "no_file")
    assert await import_file(centre, data=b"rubbish", headers=multipart) == (422, "no_file")
    assert await import_file(centre, data=b"--b\r\nx", headers=multipart) == (422, "no_file")
    assert await import_file(centre, data=b"x", headers={"Content-Type": "multipart/form-data"}) == (422, "no_file")
    assert await import_file(centre, data=form(b"")) == (422, "file_no_headings")
    assert await import_file(centre, data=form(b"PK\x03\x04rubbish")) == (422, "file_damaged")
    assert SIZE_LIMIT == 20 * 1024 * 1024
    monkeypatch.setattr(uploads, "SIZE_LIMIT", 100_000)
    assert await import_file(centre, data=form(b"x" * 110_000)) == (413, "too_large")
    assert await import_file(centre, data=form(b"x" * 1_000_000)) == (413, "too_large")
    assert list((centre.settings.data_dir / "imports").iterdir()) == []


async def cookie(centre: Centre, user: str) -> dict[str, str]:
    await centre.let_in(user)
    return {"Cookie": f"cc_session={centre.cookies[user]}"}


@pytest.mark.parametrize(
    ("path", "status", "caching", "text"),
    [
        ("/", 200, "no-cache", "console"),
        ("/cases/123", 200, "no-cache", "console"),
        ("/index.html", 200, "no-cache", "console"),
        ("/assets/app-1a2b.js", 200, "public, max-age=31536000, immutable", "start()"),
        ("/assets/old-9f.js", 404, None, "not_found"),
        ("/%2e%2e/secret.txt", 404, None, "not_found"),
        ("/..%2fsecret.txt", 404, None, "not_found"),
        ("/assets/%00", 404, None, "not_found"),
    ],
)
async def test_the_console_and_nothing_beside_it(centre: Centre, path: str, status: int, caching: str | None, text: str) -> None:
    from yarl import URL

    url = URL(f"http://127.0.0.1:{centre.client.port}{path}", encoded=True)
    response = await centre.client.session.get(url)
    body = await response.text()
    assert response.status == status
    assert text in body
    assert "secret" not in body
    if caching:
        assert response.headers["Cache-Control"] == caching
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_console_that_was_not_built(centre: Centre, console_dist: Path) -> None:
    (console_dist / "index.html").unlink()
    response = await centre.ask(None, "GET", "/")
    assert (response.status, (await response.json())["code"]) == (503, "console_not_built")


async def test_answers_of_the_api_are_not_kept(centre: Centre) -> None:
    for path in ("/api/seats", "/api/me", f"/api/cases/{uuid4()}"):
        response = await centre.ask(None, "GET", path)
        assert response.headers["Cache-Control"] == "no-store"
        assert "X-Request-Id" in response.headers


async def test_what_nobody_can_read_is_not_kept_and_takes_no_table_away(centre: Centre) -> None:
    bell = {"name": "王\x07", "gender": "f"}
    assert (await centre.ask("zeng", "POST", "/api/members", json=bell)).status == 422
    for changes in ({"remarks": "a\x08"}, {"key_holder": "b\x0b"}, {"illnesses": ["c\x1f"]}):
        body = {"version": 1, "changes": changes}
        assert (await centre.ask("zeng", "PATCH", f"/api/members/{centre.member}", json=body)).status == 422
    lines = {"version": 1, "changes": {"remarks": "一\n二"}}
    assert (await centre.ask("zeng", "PATCH", f"/api/members/{centre.member}", json=lines)).status == 200
    async with centre.engine.begin() as connection:  # written before it was refused
        await connection.execute(sa.update(member).where(member.c.id == centre.member).values(key_holder="女儿\x0b"))
    assert (await centre.ask("admin", "GET", "/api/members/export")).status == 200
