"""The first administrator of a centre without demo data: added once, refused in words otherwise."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.people.login import LogIns
from callcenter.settings import Settings
from callcenter.setup.errors import SetupError
from callcenter.setup.first_person import add


class NoSeats:
    """An administrator sits nowhere; nothing may ask."""

    async def sign_in(self, agent_id: object, seat: str) -> None:
        raise AssertionError("an administrator has no seat")

    async def sign_out(self, agent_id: object) -> None:
        raise AssertionError("an administrator has no seat")


async def test_who_was_added_can_log_in(engine: AsyncEngine, database: str, settings: Settings) -> None:
    given = settings.model_copy(update={"database_url": SecretStr(database)})
    await add(given, "boss", "王主任", "long-enough-1")
    _, session = await LogIns(engine, NoSeats(), 1).log_in("boss", "long-enough-1", None, "127.0.0.1")
    assert (session.role, session.name) == ("administrator", "王主任")
    with pytest.raises(SetupError, match="已存在"):
        await add(given, "boss", "另一人", "long-enough-2")


async def test_a_short_password_is_refused(database: str, settings: Settings) -> None:
    given = settings.model_copy(update={"database_url": SecretStr(database)})
    with pytest.raises(SetupError, match="至少"):
        await add(given, "boss", "王主任", "short")


async def test_without_a_database_a_sentence_says_what_to_do(settings: Settings) -> None:
    given = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:1/none")})
    with pytest.raises(SetupError, match="callcenter run"):
        await add(given, "boss", "王主任", "long-enough-1")
