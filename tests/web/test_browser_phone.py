"""The browser's phone belongs to a log-in: its password, its end, and the servers a browser is told to reach it through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from callcenter.acd.softphones import SoftPhones
from callcenter.db.tables import seat, session
from callcenter.web.softphone import ice_servers
from tests.web.conftest import Centre


async def opened(centre: Centre) -> SoftPhones:
    """8001 has its phone in the browser."""
    await centre.log_in("li")
    async with centre.engine.begin() as connection:
        sits = sa.update(seat).where(seat.c.extension == "8001").values(agent_id=centre.people["li"], presence="ready")
        await connection.execute(sits)
    answer = await centre.ask("li", "GET", "/api/softphone")
    assert answer.status == 200
    assert [account.id for account in centre.fake.accounts] == ["8001-web"]
    return SoftPhones(centre.engine, centre.fake)  # type: ignore[arg-type]


async def expire(centre: Centre, **values: Any) -> None:
    async with centre.engine.begin() as connection:
        await connection.execute(sa.update(session).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        if values:
            await connection.execute(sa.update(seat).where(seat.c.extension == "8001").values(**values))


async def test_the_password_ends_with_a_log_in_that_ends_by_time(centre: Centre) -> None:
    phones = await opened(centre)
    assert await phones.revoke_ended() == [], "somebody is logged in"
    await expire(centre, presence="talking", case_id=centre.case)
    assert await phones.revoke_ended() == [], "a call that is spoken goes on"
    await expire(centre, presence="ready", case_id=None)
    assert await phones.revoke_ended() == ["8001"]
    assert centre.fake.accounts == []
    assert await phones.revoke_ended() == [], "once"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("", []),
        ("stun:127.0.0.1:3478", [{"urls": "stun:127.0.0.1:3478"}]),
        (
            "stun:a:3478, turn:b:3478?transport=tcp|user|pass",
            [{"urls": "stun:a:3478"}, {"urls": "turn:b:3478?transport=tcp", "username": "user", "credential": "pass"}],
        ),
    ],
)
def test_servers_on_the_way_as_a_browser_takes_them(setting: str, told: list[dict[str, str]]) -> None:
    assert ice_servers(setting) == told
