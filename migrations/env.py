"""Where alembic enters. The service hands over a connection (callcenter/db/migrate.py); the alembic command
line has none, then the database of the settings is taken.
"""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from alembic import context

from callcenter.db.engine import create_lone_engine
from callcenter.db.tables import metadata
from callcenter.settings import read_settings


def migrate(connection: sa.Connection) -> None:
    """Run the chosen migrations, each in a transaction of its own."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


async def migrate_by_settings() -> None:
    """For a developer's ``alembic revision --autogenerate``."""
    settings = read_settings()
    if settings.database_url is None:
        raise SystemExit("请先设置 DATABASE_URL。 Set DATABASE_URL first.")
    engine = create_lone_engine(settings.database_url.get_secret_value(), settings)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(migrate_by_settings())
else:
    migrate(given)
