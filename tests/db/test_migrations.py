"""The migrations make exactly what tables.py says, can be taken back, and stand several instances at once."""

from __future__ import annotations

import asyncio
import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from harness.postgres import Server
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import migrate
from callcenter.db.engine import create_engine, read_url
from callcenter.db.tables import metadata
from callcenter.settings import Settings


async def test_up_down_up(empty_database: str, settings: Settings) -> None:
    engine = create_engine(empty_database, settings)
    assert (await migrate.current_and_head(engine)).current is None
    await migrate.upgrade(empty_database, settings)
    assert (await migrate.current_and_head(engine)).match
    await migrate.downgrade(empty_database, settings, "base")
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda c: sa.inspect(c).get_table_names()) == ["alembic_version"]
        assert await connection.run_sync(lambda c: sa.inspect(c).get_sequence_names()) == []
    await migrate.upgrade(empty_database, settings)
    assert (await migrate.current_and_head(engine)).match
    await engine.dispose()


async def test_each_migration_can_be_taken_back_alone(empty_database: str, settings: Settings) -> None:
    await migrate.upgrade(empty_database, settings)
    for revision in ("0002", "0001", "base"):
        await migrate.downgrade(empty_database, settings, revision)
        await migrate.upgrade(empty_database, settings)


async def test_four_instances_may_start_at_once(empty_database: str, settings: Settings) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database, settings) for _ in range(4)))
    engine = create_engine(empty_database, settings)
    assert (await migrate.current_and_head(engine)).match
    await engine.dispose()


async def test_a_failed_migration_leaves_nothing_and_gives_the_lock_back(empty_database: str, settings: Settings) -> None:
    engine = create_engine(empty_database, settings)
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE seat (extension text)"))
    with pytest.raises(sa.exc.ProgrammingError):
        await migrate.upgrade(empty_database, settings)
    async with engine.begin() as connection:
        assert "member" not in await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
        await connection.execute(sa.text("DROP TABLE seat"))
    await asyncio.wait_for(migrate.upgrade(empty_database, settings), 10)
    await engine.dispose()


async def test_the_migrated_database_is_what_the_tables_say(engine: AsyncEngine) -> None:
    def compare(connection: sa.Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_checks_and_partial_indexes_really_exist(engine: AsyncEngine, postgres: Server) -> None:
    """Alembic does not compare these: one database by migration and one by tables.py are set side by side."""
    checks = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass"
    )
    indexes = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"

    upkeep = (
        "SELECT proname, prosrc, provolatile::text || proparallel::text || procost::text FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace"
    )
    triggers = "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"

    async def definitions(one: AsyncEngine) -> set[tuple[str, ...]]:
        async with one.connect() as connection:
            return {tuple(row) for query in (checks, indexes, upkeep, triggers) for row in await connection.execute(sa.text(query))}

    straight = create_engine(url := await postgres.make_database(empty=True), postgres.settings)
    async with straight.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(sa.text("CREATE TABLE alembic_version (version_num text)"))
    wanted = await definitions(straight)
    await straight.dispose()
    await postgres.drop_database(url)

    made = await definitions(engine)
    assert made == wanted
    assert any("WHERE" in definition for *_, definition in made)
    assert any(definition.startswith("CHECK") for *_, definition in made)
    assert sum(definition.startswith("CREATE TRIGGER search_") for *_, definition in made) == 8


async def test_an_older_database_is_told_from_a_current_one(empty_database: str, settings: Settings) -> None:
    await migrate.upgrade(empty_database, settings, "0001")
    engine = create_engine(empty_database, settings)
    found = await migrate.current_and_head(engine)
    assert (found.current, found.match) == ("0001", False)
    await engine.dispose()


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite:///x.db"])
def test_other_databases_are_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match=re.escape("postgresql://user:password@host/name")):
        read_url(url)


async def test_a_statement_that_hangs_is_given_up(database: str, settings: Settings) -> None:
    engine = create_engine(database, settings.model_copy(update={"database_timeout": 0.3}))
    async with engine.connect() as connection:
        with pytest.raises(TimeoutError):
            await connection.execute(sa.text("SELECT pg_sleep(30)"))
    async with engine.connect() as connection:
        row = (await connection.execute(sa.text("SELECT current_setting('application_name'), current_setting('TimeZone')"))).one()
        assert tuple(row) == ("callcenter-tests", "UTC")
    await engine.dispose()


async def test_a_server_that_is_not_there_is_told_within_the_deadline(settings: Settings) -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:1/none", settings)
    with pytest.raises(OSError):
        async with asyncio.timeout(settings.database_timeout + 1), engine.connect():
            pass
    await engine.dispose()
