"""Instances of the real service as processes of their own, on one database, without a telephone: they can be killed."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest_asyncio
import sqlalchemy as sa
from harness.processes import Process, forked
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.agents import Agent, add_agent, add_session
from callcenter.db.people import create_member
from callcenter.db.tables import case, journal, line
from callcenter.people.login import COOKIE, hash_token

PEOPLE = {"li": "seat", "zeng": "supervisor", "admin": "administrator"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Instance:
    """One process. ``kill``: as a power cut would."""

    name: str
    database: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: Process | None = None

    async def start(self, **settings: str) -> None:
        values = {
            "DATA_DIR": str(self.folder), "INSTANCE": self.name, "HTTP_PORT": str(self.port),
            "ASTERISK_HTTP_PORT": str(free_port()), "WEBHOOK_PRIVATE_ADDRESSES": "true",
            "WEBHOOK_TIMEOUT": "1", "WEBHOOK_PAUSES": "0.5,0.5,0.5,0.5,1,1,1,1",
            "AMI_PORT": str(free_port()), "ARI_PASSWORD": "nobody", "AMI_PASSWORD": "nobody", **settings,
        }  # fmt: skip
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        environment = kept | {f"CALLCENTER_{key}": value for key, value in values.items()} | {"DATABASE_URL": self.database}
        self.process = await forked(["serve"], environment, self.folder / f"{self.name}.log")

    async def until_alive(self) -> None:
        async with asyncio.timeout(90), aiohttp.ClientSession() as http:  # on a busy machine, with the demo
            while True:
                assert self.process is not None
                assert self.process.returncode is None, (self.folder / f"{self.name}.log").read_text()[-3000:]
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def close(self) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()


@dataclass
class Outside:
    """The centre as other systems see it."""

    engine: AsyncEngine
    http: aiohttp.ClientSession
    instances: tuple[Instance, ...]
    people: dict[str, UUID] = field(default_factory=dict)
    member: UUID = field(default_factory=uuid4)
    cookies: dict[str, str] = field(default_factory=dict)

    async def populate(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(line).values(number="079796602", kind="life_help", name="生活帮助"))
            for user, role in PEOPLE.items():
                self.people[user], self.cookies[user] = uuid4(), secrets.token_urlsafe()
                await add_agent(connection, Agent(self.people[user], user, user, role, None, active=True), "x")  # type: ignore[arg-type]
                until = datetime.now(UTC) + timedelta(hours=1)
                await add_session(connection, hash_token(self.cookies[user]), self.people[user], None, until)
            self.member = await create_member(connection, name="王秀英", gender="f", number="+867971000101", address="书香园")

    async def new_case(self) -> UUID:
        """A life-help call that was spoken and now lies with the supervisor."""
        case_id, now = uuid4(), datetime.now(UTC)
        async with self.engine.begin() as connection:
            number = await connection.scalar(sa.text("SELECT nextval('case_number')"))
            await connection.execute(
                sa.insert(case).values(
                    id=case_id, number=f"20261129-{number:06}", kind="life_help", source="hotline", line="079796602", state="open",
                    opened_at=now, pressed_at=now, ended_at=now, member_id=self.member, agent_id=self.people["zeng"],
                )
            )  # fmt: skip
        return case_id

    async def ask(self, instance: Instance, user: str, method: str, path: str, **options: Any) -> tuple[int, Any, dict[str, str]]:
        headers = {"Cookie": f"{COOKIE}={self.cookies[user]}", **options.pop("headers", {})}
        async with self.http.request(method, f"http://127.0.0.1:{instance.port}{path}", headers=headers, **options) as response:
            return response.status, await response.json(), dict(response.headers)

    async def kinds(self, case_id: UUID) -> list[str]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(sa.select(journal.c.kind).where(journal.c.case_id == case_id).order_by(journal.c.seq))
            return [row.kind for row in rows]


@pytest_asyncio.fixture
async def outside(database: str, engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Outside]:
    """Two instances on one database."""
    instances = tuple(Instance(name, database, tmp_path / name) for name in ("one", "two"))
    try:
        for instance in instances:
            await instance.start()
        await asyncio.gather(*(instance.until_alive() for instance in instances))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            made = Outside(engine, http, instances)
            await made.populate()
            yield made
    finally:
        await asyncio.gather(*(instance.close() for instance in instances))
