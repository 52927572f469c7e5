"""The watchdog's own life: it tells systemd, goes on after a mistake of its own, and owes the screen what it could not write."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.settings import Settings
from callcenter.setup.alive import AliveFile
from callcenter.telephony.ports import TelephonyDown
from callcenter.watchdog import watchdog as process
from callcenter.watchdog.duty import Duty, DutyPhone
from callcenter.watchdog.page import Round
from callcenter.watchdog.watchdog import Watchdog
from callcenter.watchdog.wrong import Look, Wrong

PHONES = Duty((DutyPhone("主任", "+8613900000001"),), "0797")


class Pager:
    """Phones nobody; who presses is said beforehand."""

    def __init__(self) -> None:
        self.rounds: list[str] = []
        self.answers: list[DutyPhone | Exception | None] = []

    async def page(self, kind: str, duty: Duty) -> Round:
        self.rounds.append(kind)
        answer = self.answers.pop(0) if self.answers else Round(None)
        if isinstance(answer, Exception):
            raise answer
        return answer


def watchdog(settings: Settings, url: str, duty: Duty = PHONES) -> tuple[Watchdog, Pager]:
    secret = SecretStr("x")
    made = Watchdog(settings.model_copy(update={"ari_password": secret, "ami_password": secret}), url, grace=-100.0)
    pager = Pager()
    made._pager = pager  # type: ignore[assignment]
    made._duty.learn(duty)

    async def see() -> Any:
        await made._watcher._database()
        made._watcher.duty = duty  # as if the database had said so
        made._watcher.look = replace(made._watcher.look, asterisk_at=monotonic())
        return made._watcher.look

    made._watcher.see = see  # type: ignore[method-assign]
    return made, pager


def answering(look: Look) -> Look:
    """The database has answered for a minute."""
    return replace(look, database_since=monotonic() - 60.0, database_at=monotonic())


async def warnings(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as connection:
        return {row.kind: row.account for row in await connection.execute(sa.text("SELECT kind, account FROM warning"))}


async def look(one: Watchdog, times: int = 1) -> None:
    for _ in range(times):
        await one.look_once()
        if one._paging is not None:
            await one._paging


async def test_a_round_whose_order_asterisk_refuses_is_made_again_at_the_next_look(
    database: str, settings: Settings, engine: AsyncEngine
) -> None:
    one, pager = watchdog(settings, database)
    pager.answers = [TelephonyDown("no"), Round(PHONES.phones[0])]
    one._watcher.look = answering(one._watcher.look)
    await look(one, 4)
    assert pager.rounds == ["watchdog_silent", "watchdog_silent"]
    assert await warnings(engine) == {"watchdog_silent": "", "watchdog_heard": "主任"}
    sign = AliveFile(settings.data_dir).read()
    assert sign is not None
    assert sign.wrong == ("watchdog_silent",)
    await one.close()


async def test_a_round_that_found_every_phone_in_use_is_made_again_soon(
    database: str, settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SOON_SECONDS", 0.5)
    one, pager = watchdog(settings, database)
    pager.answers = [Round(None, rang=False), Round(None)]
    one._watcher.look = answering(one._watcher.look)
    await look(one, 2)
    assert pager.rounds == ["watchdog_silent"]
    await asyncio.sleep(0.5)
    await look(one, 3)
    assert pager.rounds == ["watchdog_silent", "watchdog_silent"]  # the next one is a minute away
    assert set(await warnings(engine)) == {"watchdog_silent", "watchdog_unheard"}
    await one.close()


async def test_nobody_to_phone_is_told_on_the_screen(database: str, settings: Settings, engine: AsyncEngine) -> None:
    one, pager = watchdog(settings, database, Duty())
    one._watcher.look = answering(one._watcher.look)
    await look(one, 3)
    assert pager.rounds == []
    assert set(await warnings(engine)) == {"watchdog_silent", "watchdog_no_phone"}
    await one.close()


async def test_while_the_database_is_away_what_is_to_be_shown_is_kept(settings: Settings) -> None:
    one, pager = watchdog(settings, "postgresql://nobody@127.0.0.1:1/nothing")
    await look(one, 2)
    assert pager.rounds == ["watchdog_database"]
    assert one.faults.keys() == {Wrong("watchdog_database")}
    assert [kind for kind, _ in one._unwritten] == ["watchdog_database", "watchdog_unheard"]
    await one.close()


async def test_a_mistake_of_its_own_does_not_end_the_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LOOK_SECONDS", 0.01)
    tries = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            enough.set()
        raise RuntimeError("a mistake")

    task = asyncio.create_task(process._in_spite(work))
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))
        process._notify("WATCHDOG=1")
        assert listener.recv(100) == b"WATCHDOG=1"
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nowhere"))
    process._notify("WATCHDOG=1")  # nobody listens: that is no reason to stop
