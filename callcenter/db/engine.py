"""The way to PostgreSQL: one pool per process, with a deadline on everything that can hang.

PostgreSQL is the only place where service instances meet, so a lost database must be noticed within seconds
and never hold up a call: connecting, waiting for a free connection and each statement end after
``database_timeout``.
"""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, Pool

from callcenter.db.unit import Engine
from callcenter.settings import Settings

POOL_SIZE = 12
REPORT_POOL_SIZE = 2
REPORT_SECONDS = 20.0
# A connection that a firewall forgot is replaced before a caller could meet it.
POOL_RECYCLE_SECONDS = 1800

_LOST = (
    OSError,
    TimeoutError,
    PoolTimeout,
    OperationalError,
    InterfaceError,
    # While connecting, asyncpg's own errors come through.
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
)


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the database is out of reach, and not that a statement was wrong."""
    return isinstance(error, _LOST) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def create_engine(url: str, settings: Settings) -> Engine:
    """The service's pool. Closed by ``await engine.dispose()``."""
    plain = create_async_engine(
        read_url(url),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=settings.database_timeout,
        pool_recycle=POOL_RECYCLE_SECONDS,
        pool_pre_ping=False,
        json_serializer=to_json,
        hide_parameters=True,  # an error's text goes to the log, and parameters are people
        json_deserializer=orjson.loads,
        connect_args=_connect_args(url, settings, statement_seconds=settings.database_timeout),
    )
    return Engine(plain.sync_engine)


def create_report_engine(url: str, settings: Settings) -> AsyncEngine:
    """A small pool for reports, apart from that of calls: it cannot use up their connections, the server lets it write nothing and
    ends what takes longer than ``REPORT_SECONDS``. One view of everything for all tables of a report."""
    arguments = _connect_args(url, settings, statement_seconds=REPORT_SECONDS + 1)
    arguments["server_settings"] |= {
        "default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read",
        "statement_timeout": str(int(REPORT_SECONDS * 1000)),
    }  # fmt: skip
    return create_async_engine(
        read_url(url), pool_size=REPORT_POOL_SIZE, max_overflow=0, pool_timeout=REPORT_SECONDS, pool_recycle=POOL_RECYCLE_SECONDS,
        json_serializer=to_json, hide_parameters=True, json_deserializer=orjson.loads, connect_args=arguments,
    )  # fmt: skip


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for those who only read: without a transaction, which would be two round trips around each reading."""
    return Engine(engine.sync_engine.execution_options(isolation_level="AUTOCOMMIT"))


def create_lone_engine(url: str, settings: Settings, poolclass: type[Pool] = NullPool) -> AsyncEngine:
    """An engine for work that happens once and may take long (migrations): no pool, no deadline."""
    return create_async_engine(
        read_url(url),
        poolclass=poolclass,
        json_serializer=to_json,
        hide_parameters=True,  # an error's text goes to the log, and parameters are people
        json_deserializer=orjson.loads,
        connect_args=_connect_args(url, settings, statement_seconds=None),
    )


def read_url(url: str) -> URL:
    """``postgresql://`` or ``postgresql+asyncpg://`` as SQLAlchemy needs it.

    The words of libpq that asyncpg spells in another way are taken out; ``_connect_args`` passes them on.
    """
    parsed = make_url(url)
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise ValueError(
            f"DATABASE_URL 以 {parsed.drivername!r} 开头,本系统只使用 PostgreSQL。"
            "请写成 postgresql://用户:密码@主机/库名。 "
            f"DATABASE_URL begins with {parsed.drivername!r}; only PostgreSQL is used here. "
            "Write postgresql://user:password@host/name."
        )
    return parsed.set(drivername="postgresql+asyncpg").difference_update_query(["sslmode", "application_name"])


def to_json(value: Any) -> str:
    """JSON for ``jsonb``: times and ids are written in the form the console reads."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _connect_args(url: str, settings: Settings, statement_seconds: float | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "timeout": settings.database_timeout,
        "command_timeout": statement_seconds,
        "server_settings": {"application_name": f"callcenter-{settings.instance}", "timezone": "UTC"},
    }
    if sslmode := make_url(url).query.get("sslmode"):
        arguments["ssl"] = sslmode
    return arguments
