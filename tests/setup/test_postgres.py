"""The embedded database: it starts, is shared, survives what kills it, and lies where it is told to."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from callcenter.setup.errors import SetupError
from callcenter.setup.postgres import SOCKET_PATH_LIMIT, EmbeddedPostgres, running_url
from callcenter.setup.postmaster import postmaster
from callcenter.setup.processes import processes_in


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    one = EmbeddedPostgres(tmp_path / "中心 data")
    yield one
    one.stop("immediate")


async def ask(url: str, *statements: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_it_keeps_what_was_committed_over_stop_kill_and_start(server: EmbeddedPostgres) -> None:
    assert await ask(server.start(), "create table t (x text)", "insert into t values ('老人')", "select x from t")
    server.stop()
    assert server.pid is None
    assert await ask(server.start(), "insert into t values ('二')", "select count(*) from t") == 2

    first = server.pid
    server.kill_immediate()
    assert processes_in(server.data) == []
    assert await ask(server.start(), "select count(*) from t") == 2
    assert server.pid != first


async def test_an_orphan_of_a_killed_owner_is_ended_and_replaced(server: EmbeddedPostgres) -> None:
    server.start()
    orphan = server.pid
    assert orphan is not None
    server._release_lock()  # the owner is gone, its server is not

    heir = EmbeddedPostgres(server.data.parent)
    try:
        assert await ask(heir.start(), "select 1") == 1
        assert heir.pid != orphan
    finally:
        heir.stop()


async def test_who_comes_second_uses_it_and_does_not_stop_it(server: EmbeddedPostgres) -> None:
    server.start()
    guest = EmbeddedPostgres(server.data.parent)
    assert await ask(guest.start(), "select 1") == 1
    guest.stop()
    assert server.pid is not None
    assert running_url(server.data.parent) == server.url


async def test_a_pid_file_from_a_power_loss_that_now_names_another_program(server: EmbeddedPostgres) -> None:
    server.start()
    server.kill_immediate()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert postmaster(server.data) is None
    assert await ask(server.start(), "select 1") == 1


async def test_a_folder_too_deep_for_a_socket(tmp_path: Path) -> None:
    one = EmbeddedPostgres(tmp_path / ("x" * SOCKET_PATH_LIMIT))
    try:
        assert await ask(one.start(), "select 1") == 1
        folder = one.sockets
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        one.stop()
    assert not folder.exists()


async def test_databases_are_made_once_under_any_name(server: EmbeddedPostgres) -> None:
    server.start()
    for _ in range(2):
        url = server.ensure_database('o"dd 名')
    assert await ask(url, "select current_database()") == 'o"dd 名'


async def test_text_sorts_and_folds_beyond_ascii(server: EmbeddedPostgres) -> None:
    assert await ask(server.start(), "select upper('é老') || current_setting('server_encoding')") == "É老UTF8"


def test_a_folder_of_another_version_is_left_alone(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError) as caught:
        server.start()
    assert "pg_dump" in caught.value.english
    (server.data / "PG_VERSION").write_text("18\n")
    server.start()


def test_a_dying_server_takes_its_children_along(server: EmbeddedPostgres) -> None:
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.kill_immediate()
    assert processes_in(server.data) == []
