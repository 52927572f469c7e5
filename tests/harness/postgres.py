"""Real PostgreSQL for tests: one server per run, and each test has a migrated database to itself.

``TEST_DATABASE_URL`` names a server to use (its user must be allowed to create databases); without it the
embedded server of the product is started in a folder of its own and stopped at the end.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.engine import create_engine, create_lone_engine
from callcenter.db.link import Links
from callcenter.db.migrate import upgrade
from callcenter.db.situations import Reader
from callcenter.db.tables import metadata
from callcenter.domain.decision import Figures
from callcenter.settings import Settings
from callcenter.setup.postgres import EmbeddedPostgres

# A power loss costs a test nothing, so nothing is forced to disk.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_DELETES = "".join(f'DELETE FROM "{name}"; ' for name in metadata.tables)  # noqa: S608 - our own names
WIPE = (
    f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {_DELETES} "
    "ALTER SEQUENCE case_number RESTART; ALTER TABLE access ALTER COLUMN id RESTART; END $$"
)


class Server:
    """A PostgreSQL server that makes and drops databases for tests."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.settings = Settings(_env_file=None, instance="tests")
        self.template = f"template_{uuid4().hex[:12]}"
        self._clean: list[str] = []

    def url_of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def run(self, *statements: str) -> None:
        """Statements that cannot stand in a transaction."""
        engine = create_lone_engine(self.url_of("postgres"), self.settings)
        try:
            async with engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
                for statement in statements:
                    await connection.execute(sa.text(statement))
        finally:
            await engine.dispose()

    async def make_template(self) -> None:
        await self.run(f"CREATE DATABASE {self.template}")
        await upgrade(self.url_of(self.template), self.settings)

    async def make_database(self, *, empty: bool = False) -> str:
        """The URL of a new database: migrated, or without any table."""
        name = f"test_{uuid4().hex[:12]}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self.template}")
        return self.url_of(name)

    async def take_database(self) -> str:
        """A migrated database without a row: one that was given back, or a new one."""
        return self._clean.pop() if self._clean else await self.make_database()

    async def give_back(self, url: str) -> None:
        """Wipe a database for the next test; that takes a tenth of the time of making one."""
        engine = create_lone_engine(url, self.settings)
        try:
            async with engine.begin() as connection:
                await connection.execute(sa.text(END_OTHERS))
                await connection.execute(sa.text(WIPE))
        except DBAPIError:  # no superuser, or the test changed the tables: the next one gets a new database
            await self.drop_database(url)
        else:
            self._clean.append(url)
        finally:
            await engine.dispose()

    async def drop_database(self, url: str) -> None:
        await self.run(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this test run, with its template."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        server = Server(given)
        asyncio.run(server.make_template())
        yield server
        asyncio.run(server.run(f"DROP DATABASE {server.template}"))
        return
    folder: Path = tmp_path_factory.mktemp("postgres")
    embedded = EmbeddedPostgres(folder)
    server = Server(embedded.start())
    try:
        careless = [f"ALTER SYSTEM SET {option}" for option in CARELESS]
        asyncio.run(server.run(*careless, "SELECT pg_reload_conf()"))
        asyncio.run(server.make_template())
        yield server
    finally:
        embedded.stop("immediate")


@pytest_asyncio.fixture
async def database(postgres: Server) -> AsyncIterator[str]:
    """The URL of a migrated database that only this test uses. Do not change its tables; its rows are yours."""
    url = await postgres.take_database()
    yield url
    await postgres.give_back(url)


@pytest_asyncio.fixture
async def empty_database(postgres: Server) -> AsyncIterator[str]:
    """The URL of a database without any table."""
    url = await postgres.make_database(empty=True)
    yield url
    await postgres.drop_database(url)


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings that look at neither the environment's ``.env`` nor the real data folder."""
    return Settings(_env_file=None, data_dir=tmp_path / "var", instance="tests")


@pytest_asyncio.fixture
async def engine(database: str, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The service's own pool on this test's database."""
    engine = create_engine(database, settings)
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture
async def links(database: str, settings: Settings) -> AsyncIterator[Links]:
    """The service's own connections for decisions, on this test's database."""
    made = Links(database, settings)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def reader() -> Reader:
    """Reads situations as the service does."""
    return Reader(Figures(), "tests", "Asia/Shanghai")
