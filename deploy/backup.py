"""Keeps a copy of what cannot be made again: ``.venv/bin/python deploy/backup.py FOLDER``.

Database (pg_dump), Asterisk's own database, recordings, prompts that people recorded, passwords. Works while everything
runs. Files of the data folder that are there already in FOLDER and have the same size and time are not copied again.
docs/operations.md says how to restore.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from callcenter.settings import Settings
from callcenter.setup.postgres import running_url
from callcenter.setup.postmaster import program

FILES = ("secrets.json", "demo-logins.json", "demo-centre.json")
FOLDERS = ("recordings", "press", "prompts/recorded", "asterisk/spool/recording")
ASTDB = "asterisk/state/astdb.sqlite3"


def backup(settings: Settings, target: Path) -> None:
    """Copy everything into ``target``. The database first: a recording that it names is copied after it, never before."""
    data = settings.data_dir.absolute()
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = settings.database_url.get_secret_value() if settings.database_url else running_url(data)
    if url is None:
        raise SystemExit("数据库没有运行,没有备份。 The database does not run: nothing was copied.")
    dump(url, target / "database.dump")
    if (data / ASTDB).exists():
        copy_sqlite(data / ASTDB, target / "astdb.sqlite3")
    for name in FILES:
        if (data / name).exists():
            shutil.copy2(data / name, target / name)
    for name in FOLDERS:
        if (data / name).is_dir():
            copy_new(data / name, target / name)


def dump(url: str, path: Path) -> None:
    """``pg_dump`` in its custom form, written aside and renamed. The password goes by the environment, where ps does not see it."""
    place = make_url(url)
    host = place.query.get("host", place.host or "localhost")
    given = {"PGHOST": host, "PGPORT": place.port, "PGUSER": place.username, "PGPASSWORD": place.password,
             "PGDATABASE": place.database, "PGSSLMODE": place.query.get("sslmode")}  # fmt: skip
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    part = path.with_suffix(".part")
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={part}"], env=environment, check=True)  # noqa: S603
    part.replace(path)


def copy_sqlite(source: Path, path: Path) -> None:
    """A whole copy although Asterisk writes meanwhile."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(part)) as written:
        read.backup(written)
    part.replace(path)


def copy_new(source: Path, target: Path) -> None:
    """Copy what is not there yet. Files that vanish meanwhile were fetched into our own folder by the service."""
    for file in sorted(path for path in source.rglob("*") if path.is_file() and path.suffix != ".part"):
        copy = target / file.relative_to(source)
        try:
            now = file.stat()
            if copy.exists() and (copy.stat().st_size, int(copy.stat().st_mtime)) == (now.st_size, int(now.st_mtime)):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
        except FileNotFoundError:
            continue


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(f"{__doc__}")
    os.umask(0o077)
    backup(Settings(), Path(sys.argv[1]))
    sys.stdout.write(f"✓ {Path(sys.argv[1]).absolute()}\n")
