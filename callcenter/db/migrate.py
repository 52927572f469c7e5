"""Brings a database to the schema this program was written for, also when several instances start at once.

Whoever comes first holds an advisory lock and migrates; the others wait and then find nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.engine import create_lone_engine
from callcenter.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
# Any number serves, as long as every version of this program uses the same one.
LOCK = 7_220_260_110


_Work = Callable[[Config], None]


class Revisions(NamedTuple):
    """Where a database stands and where this program needs it to stand."""

    current: str | None
    head: str

    @property
    def match(self) -> bool:
        """Whether the program may use the database."""
        return self.current == self.head


async def upgrade(url: str, settings: Settings, revision: str = "head") -> None:
    """Migrate the database forward. Each migration is one transaction: it is done wholly or not at all."""
    await _run(url, settings, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, settings: Settings, revision: str) -> None:
    """Migrate the database back to ``revision`` (``base``: empty). What newer tables held is lost."""
    await _run(url, settings, lambda config: command.downgrade(config, revision))


async def current_and_head(engine: AsyncEngine) -> Revisions:
    """What readiness and ``callcenter doctor`` ask."""
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return Revisions(current, head())


def head() -> str:
    """The newest revision that this program knows."""
    found = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found is None:
        raise FileNotFoundError(
            f"{MIGRATIONS} 中没有数据库迁移脚本;请在完整的源码目录中运行。 "
            f"{MIGRATIONS} holds no migrations; run from a complete source tree."
        )
    return found


def configuration() -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


async def _run(url: str, settings: Settings, work: _Work) -> None:
    engine = create_lone_engine(url, settings)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
            await connection.commit()
            await connection.run_sync(_with_connection, work)
        # Closing the connection gives the lock back, whatever happened.
    finally:
        await engine.dispose()


def _with_connection(connection: sa.Connection, work: _Work) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    work(config)
