"""The demo centre as rows: made once per run by the product's own code, and copied into each test's database.

A service that finds it there loads nothing (``callcenter.people.demo``): loading takes a second of processor time, most of it for
passwords and search columns. That a service loads it by itself is shown where it starts on an empty database (tests/setup).
"""

from __future__ import annotations

import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from callcenter.app.database import Database
from callcenter.db.link import dsn_of
from callcenter.db.tables import metadata
from callcenter.people.demo import CENTRE_FILE, LOGINS_FILE
from callcenter.settings import Settings

COLUMNS = {name: [column.name for column in table.columns if column.computed is None] for name, table in metadata.tables.items()}


@dataclass
class DemoRows:
    """``rows``: each table that has some, as COPY writes them. ``files``: where the log-ins of these people stand."""

    rows: dict[str, bytes]
    sequences: dict[str, int]
    files: tempfile.TemporaryDirectory[str]

    @classmethod
    async def made_in(cls, url: str, settings: Settings) -> DemoRows:
        """Load the demo into this empty database, and remember it. ``settings``: a test's; only zone and numbering count."""
        files = tempfile.TemporaryDirectory(prefix="cc-demo-")  # removed with this object, or when the run ends
        database = Database(settings.model_copy(update={"data_dir": Path(files.name), "demo": True, "demo_history": False}), url)
        await database.open()
        await database.close()
        rows = {}
        connection = await asyncpg.connect(dsn_of(url))
        try:
            for name, columns in COLUMNS.items():
                if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")'):  # noqa: S608 - our own names
                    out = io.BytesIO()
                    await connection.copy_from_table(name, output=out, columns=columns, format="binary")
                    rows[name] = out.getvalue()
            found = await connection.fetch("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        finally:
            await connection.close()
        return cls(rows, {row["sequencename"]: row["last_value"] for row in found}, files)

    async def copy_into(self, url: str) -> None:
        """All of them at once: their order does not matter."""
        connection = await asyncpg.connect(dsn_of(url))
        try:
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = replica")
                for name, data in self.rows.items():
                    await connection.copy_to_table(name, source=io.BytesIO(data), columns=COLUMNS[name], format="binary")
                for name, value in self.sequences.items():
                    await connection.execute("SELECT setval($1::text::regclass, $2)", name, value)
        finally:
            await connection.close()


_made: list[DemoRows] = []


async def furnish(url: str, settings: Settings) -> None:
    """The demo centre in this database, if it is empty; its log-ins in ``settings.data_dir``."""
    connection = await asyncpg.connect(dsn_of(url))
    try:
        if await connection.fetchval("SELECT to_regclass('member')") is None:
            return  # a server of the test's own: the service makes its tables, and the demo with them
        empty = not await connection.fetchval("SELECT EXISTS (SELECT FROM member) OR EXISTS (SELECT FROM agent)")
    finally:
        await connection.close()
    if not empty:
        return
    if _made:
        await _made[0].copy_into(url)
    else:
        _made.append(await DemoRows.made_in(url, settings))
    for name in (LOGINS_FILE, CENTRE_FILE):
        shutil.copy(Path(_made[0].files.name, name), settings.data_dir)
