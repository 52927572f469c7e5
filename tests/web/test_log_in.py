"""Coming in and going out: cookies, places, guessing, and what is left behind when something is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.tables import agent, seat, session
from callcenter.domain.errors import Refused
from callcenter.people.attempts import ADDRESS_LIMIT, LIMIT, WINDOW_SECONDS, Attempts
from callcenter.people.login import COOKIE, LogIns
from tests.web.conftest import PASSWORD, Centre, FakeEngine

BUSY = Refused("busy", "正在通话。", "In a call.")


async def sessions(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(session)) or 0


async def test_a_seat_sits_down_at_its_usual_place(centre: Centre) -> None:
    response = await centre.log_in("li")
    me = {"agent_id": str(centre.people["li"]), "user": "li", "name": "li", "role": "seat", "seat": "8001", "may_sign": False}
    assert await response.json() == me
    assert centre.fake.sat == [(centre.people["li"], "8001")]
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    async with centre.engine.connect() as connection:
        kept = await connection.scalar(sa.select(session.c.token_hash))
    assert kept not in (None, cookie.value)
    assert await (await centre.ask("li", "GET", "/api/me")).json() == me


async def test_another_place_may_be_chosen(centre: Centre) -> None:
    assert (await (await centre.log_in("li", seat="8002")).json())["seat"] == "8002"


@pytest.mark.parametrize(("user", "place", "got"), [("zeng", None, None), ("zeng", "8002", "8002"), ("admin", "8001", None)])
async def test_who_need_not_sit(centre: Centre, user: str, place: str | None, got: str | None) -> None:
    assert (await (await centre.log_in(user, **({"seat": place} if place else {}))).json())["seat"] == got


async def test_a_taken_place_is_refused_until_that_log_in_ends(centre: Centre) -> None:
    await centre.log_in("li")
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(seat).where(seat.c.extension == "8001").values(agent_id=centre.people["li"]))
    response = await centre.log_in("chen", seat="8001")
    assert (response.status, (await response.json())["code"]) == (409, "seat_taken")
    places = await (await centre.ask(None, "GET", "/api/seats")).json()
    assert places == [
        {"extension": "8001", "name": "8001", "taken": True},
        {"extension": "8002", "name": "8002", "taken": False},
    ]
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(session).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await centre.log_in("chen", seat="8001")).status == 200


async def test_a_refusal_of_the_engine_leaves_no_log_in(centre: Centre) -> None:
    centre.fake.refuses = Refused("seat_taken", "有人", "taken")
    assert (await centre.log_in("li")).status == 409
    assert await sessions(centre.engine) == 0


async def test_an_unknown_place_and_no_place(centre: Centre) -> None:
    response = await centre.log_in("li", seat="8009")
    assert (response.status, (await response.json())["code"]) == (422, "unknown_seat")
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(agent).values(seat=None))
    response = await centre.log_in("li")
    assert (response.status, (await response.json())["code"]) == (422, "seat_needed")


async def test_a_second_log_in_of_a_seat_ends_the_first(centre: Centre) -> None:
    await centre.log_in("li")
    first = centre.cookies["li"]
    await centre.log_in("li")
    assert (await centre.ask("li", "GET", "/api/me")).status == 200
    centre.cookies["li"] = first
    assert (await centre.ask("li", "GET", "/api/me")).status == 401


async def test_logging_out_leaves_the_place(centre: Centre) -> None:
    await centre.log_in("li")
    response = await centre.ask("li", "POST", "/api/logout")
    assert response.status == 204
    assert response.cookies[COOKIE]["max-age"] == "0"
    assert centre.fake.left == [centre.people["li"]]
    assert (await centre.ask("li", "GET", "/api/me")).status == 401
    assert (await centre.ask("li", "POST", "/api/logout")).status == 204


async def test_nobody_logs_out_of_a_call(centre: Centre) -> None:
    await centre.log_in("li")
    centre.fake.refuses = BUSY
    assert (await centre.ask("li", "POST", "/api/logout")).status == 409
    assert (await centre.ask("li", "GET", "/api/me")).status == 200


@pytest.mark.parametrize(("user", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("LI", PASSWORD), ("li", ""), ("", "")])
async def test_wrong_credentials_look_all_the_same(centre: Centre, user: str, password: str) -> None:
    response = await centre.log_in(user, password)
    assert (response.status, (await response.json())["code"]) == (401, "wrong_credentials")
    assert COOKIE not in response.cookies


async def test_guessing_is_slowed_down_for_the_user_only(centre: Centre) -> None:
    for _ in range(LIMIT):
        assert (await centre.log_in("li", "guess")).status == 401
    response = await centre.log_in("li")
    assert (response.status, (await response.json())["code"]) == (429, "too_many_attempts")
    assert "分钟" in (await response.json())["zh"]
    assert "Retry-After" in response.headers
    assert (await centre.log_in("zeng")).status == 200


def test_attempts_forgive_after_the_window() -> None:
    attempts = Attempts()
    for second in range(LIMIT):
        attempts.check("li", "a", second)
        attempts.wrong("li", "a", second)
    with pytest.raises(Refused):
        attempts.check("li", "b", WINDOW_SECONDS - 1)
    attempts.check("li", "b", WINDOW_SECONDS + 1)


def test_an_address_that_tries_many_users_is_slowed_down_too() -> None:
    attempts = Attempts()
    for number in range(ADDRESS_LIMIT):
        attempts.check(f"user{number}", "a", 0)
        attempts.wrong(f"user{number}", "a", 0)
    with pytest.raises(Refused):
        attempts.check("fresh", "a", 1)
    attempts.check("fresh", "b", 1)


def test_a_whole_shift_may_come_in_from_one_address() -> None:
    attempts = Attempts()
    for number in range(ADDRESS_LIMIT * 2):
        attempts.check(f"user{number}", "a", 0)
        attempts.wrong(f"user{number}", "a", 0)
        attempts.right(f"user{number}", "a")


async def test_a_log_in_ends_by_itself_and_with_the_job(centre: Centre) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    fake = FakeEngine()
    log_ins = LogIns(centre.engine, fake, 12, clock=lambda: now)
    token, _ = await log_ins.log_in("zeng", PASSWORD, None, "a")
    assert (await log_ins.who(token)) is not None
    now += timedelta(hours=12, seconds=1)
    assert (await log_ins.who(token)) is None
    token, _ = await log_ins.log_in("zeng", PASSWORD, None, "a")
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(agent).where(agent.c.user == "zeng").values(active=False))
    assert (await log_ins.who(token)) is None


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "%00", "'; drop table session --", "é"])
async def test_a_rubbish_cookie_is_no_log_in(centre: Centre, cookie: str) -> None:
    centre.cookies["li"] = cookie
    assert (await centre.ask("li", "GET", "/api/me")).status == 401
