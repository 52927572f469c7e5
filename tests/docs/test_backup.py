"""A backup made as the operations page says, restored as it says, holds the same."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from callcenter.db.engine import create_lone_engine
from callcenter.db.migrate import upgrade
from callcenter.settings import Settings
from callcenter.setup.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]


async def lines(url: str, *statements: str) -> list[str]:
    engine = create_lone_engine(url, Settings(_env_file=None))
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))
        found = [str(row.number) for row in await connection.execute(sa.text("SELECT number FROM line ORDER BY number"))]
    await engine.dispose()
    return found


def run(data: Path, *command: str, text: str | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment | {"CALLCENTER_DATA_DIR": str(data)}, input=text,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


async def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    data, copy, again = tmp_path / "data", tmp_path / "copy", tmp_path / "again"
    settings = Settings(_env_file=None, data_dir=data)
    recording = data / "recordings/ab/ab.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"RIFF")
    (data / "secrets.json").write_text("{}")
    astdb = data / "asterisk/state/astdb.sqlite3"
    astdb.parent.mkdir(parents=True)
    with closing(sqlite3.connect(astdb)) as made, made:
        made.execute("CREATE TABLE astdb (key, value)")
        made.execute("INSERT INTO astdb VALUES ('/safe-line/1', 'emergency')")

    server = EmbeddedPostgres(data)
    url = server.start()
    try:
        await upgrade(url, settings)
        await lines(url, "INSERT INTO line (number, kind, name) VALUES ('1', 'emergency', '一键通')")
        run(data, "deploy/backup.py", str(copy))
        run(data, "deploy/backup.py", str(copy))  # the next night
    finally:
        server.stop()
    assert (copy / "recordings/ab/ab.wav").read_bytes() == b"RIFF"
    assert (copy / "secrets.json").exists()
    with closing(sqlite3.connect(copy / "astdb.sqlite3")) as kept:
        assert kept.execute("SELECT value FROM astdb").fetchall() == [("emergency",)]

    other = EmbeddedPostgres(again)
    try:
        await upgrade(other.start(), settings)
    finally:
        other.stop()
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"<<'END'\n(.*?)^END$", page, re.M | re.S)
    run(again, "-", text=script.replace("/var/backups/callcenter", str(copy)))
    try:
        assert await lines(other.start()) == ["1"]
    finally:
        other.stop()
