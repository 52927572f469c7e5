"""A small centre behind a real HTTP server on loopback: real database, real log-ins, fakes where the engine would be."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.acd.softphones import SoftPhones
from callcenter.cases.desk import Desk
from callcenter.cases.queries import SEE_ALL
from callcenter.catalogue.records import Records
from callcenter.conduct.services import Conduct
from callcenter.connections.clients import Clients
from callcenter.connections.webhooks import Webhooks
from callcenter.db.agents import Agent, Role, Session, add_agent, add_session
from callcenter.db.link import Links
from callcenter.db.people import create_member
from callcenter.db.situations import Reader
from callcenter.db.tables import access, agent, case, duty_phone, line, seat
from callcenter.domain.decision import Figures
from callcenter.domain.errors import Refused
from callcenter.domain.facts import Fact
from callcenter.domain.roles import OFFICE
from callcenter.duty_room.services import DutyRoom
from callcenter.engine.orders import Orders
from callcenter.engine.processor import Processor
from callcenter.escalation.services import Escalations
from callcenter.people.consents import Consents
from callcenter.people.login import COOKIE, LogIns, hash_token
from callcenter.people.passwords import hash_now
from callcenter.people.profiles import Profiles
from callcenter.reports.services import Reports
from callcenter.settings import Settings
from callcenter.supervision.board import WORDS
from callcenter.telephony.ports import SipAccount
from callcenter.web.app import create_app
from callcenter.web.deps import Deps, StoredRecording
from tests.web import contract

PASSWORD = "correct horse"
PASSWORD_HASH = hash_now(PASSWORD)
WAV = b"RIFF" + bytes(range(256)) * 4


@dataclass
class FakeEngine:
    """Answers what the engine would; a seat's own cases are told to it."""

    sat: list[tuple[UUID, str]] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)
    refuses: Refused | None = None
    own: set[tuple[UUID, UUID]] = field(default_factory=set)
    details: dict[UUID, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    recordings: dict[UUID, StoredRecording] = field(default_factory=dict)
    parts: Mapping[str, bool | str] = field(default_factory=lambda: {"database": True, "asterisk": True})
    fails_with: Exception | None = None
    told: list[Fact] = field(default_factory=list)
    accounts: list[SipAccount] = field(default_factory=list)

    async def sign_in(self, agent_id: UUID, seat: str) -> None:
        if self.refuses:
            raise self.refuses
        self.sat.append((agent_id, seat))

    async def sign_out(self, agent_id: UUID) -> None:
        if self.refuses:
            raise self.refuses
        self.left.append(agent_id)

    async def put_account(self, account: SipAccount) -> None:
        self.accounts.append(account)

    async def remove_account(self, account_id: str) -> None:
        self.accounts = [account for account in self.accounts if account.id != account_id]

    async def ask(self, fact: Fact) -> None:
        if self.refuses:
            raise self.refuses
        self.told.append(fact)

    async def case_detail(self, case_id: UUID) -> Mapping[str, Any] | None:
        return self.details.get(case_id)

    async def may_see(self, agent: Session, case_id: UUID) -> bool:
        return agent.role in SEE_ALL or (agent.agent_id, case_id) in self.own

    async def case_page(self, agent: Session, **query: Any) -> Mapping[str, Any]:
        if self.fails_with:
            raise self.fails_with
        self.asked.append(query)
        return {"items": [], "next": None}

    async def stored(self, recording_id: UUID) -> StoredRecording | None:
        return self.recordings.get(recording_id)

    def nodes_are(self) -> Mapping[str, bool | str]:
        return {}

    def instances_are(self) -> Mapping[str, bool | str]:
        return {}

    async def ready(self) -> Mapping[str, bool | str]:
        return self.parts


async def _websocket(_: web.Request) -> web.StreamResponse:
    return web.Response(text="websocket")


class Centre:
    """The running centre of one test."""

    def __init__(self, engine: AsyncEngine, settings: Settings, fake: FakeEngine, client: TestClient[Any, Any]) -> None:
        self.engine, self.settings, self.fake, self.client = engine, settings, fake, client
        self.people: dict[str, UUID] = {}
        self.cookies: dict[str, str] = {}
        self.member = self.case = self.recording = self.phone = uuid4()

    async def populate(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(line).values(number="079796601", kind="emergency", name="一键通"))
            seats = [{"extension": each, "name": each, "password": f"sip {each}"} for each in ("8001", "8002")]
            await connection.execute(sa.insert(seat), seats)
            await self.hire(connection, "li", "seat", "8001")
            await self.hire(connection, "chen", "seat", "8002")
            await self.hire(connection, "zeng", "supervisor")
            await self.hire(connection, "admin", "administrator")
            for role in sorted(OFFICE):
                await self.hire(connection, role, role)
            self.member = await create_member(connection, name="王秀英", gender="f", number="+867971000101", address="书香园")
            self.case = uuid4()
            now = sa.func.now()
            await connection.execute(
                sa.insert(case).values(
                    id=self.case, number="1", kind="emergency", source="terminal", line="079796601", state="talking",
                    opened_at=now, pressed_at=now, member_id=self.member, agent_id=self.people["li"],
                )
            )  # fmt: skip
            self.phone = uuid4()
            values = {"name": "曾国平", "number": "+8614007999901", "position": 1}
            await connection.execute(sa.insert(duty_phone).values(id=self.phone, **values))
        self.fake.details[self.case] = {"id": str(self.case), "caller": {"number": None, "display": "t10001"}}
        self.fake.own.add((self.people["li"], self.case))
        self.recording = uuid4()
        path = self.settings.data_dir / "recordings" / "r.wav"
        path.parent.mkdir(parents=True)
        path.write_bytes(WAV)
        self.fake.recordings[self.recording] = StoredRecording(self.case, path)

    async def hire(self, connection: Any, user: str, role: Role, place: str | None = None) -> None:
        self.people[user] = uuid4()
        await add_agent(connection, Agent(self.people[user], user, user, role, place, active=True), PASSWORD_HASH)

    async def log_in(self, user: str, password: str = PASSWORD, **more: Any) -> ClientResponse:
        response = await self.client.post("/api/login", json={"user": user, "password": password, **more})
        if response.status == 200:
            self.cookies[user] = response.cookies[COOKIE].value
        return response

    async def let_in(self, user: str) -> None:
        """A log-in without a password: what passwords cost is test_log_in.py's matter."""
        self.cookies[user] = secrets.token_urlsafe()
        async with self.engine.begin() as connection:
            place = await connection.scalar(sa.select(agent.c.seat).where(agent.c.user == user))
            expires_at = datetime.now(UTC) + timedelta(hours=1)
            await add_session(connection, hash_token(self.cookies[user]), self.people[user], place, expires_at)

    async def ask(self, user: str | None, method: str, path: str, **options: Any) -> ClientResponse:
        """A request of somebody who is logged in, or of nobody."""
        if user and user not in self.cookies:
            await self.let_in(user)
        headers = {**options.pop("headers", {}), **({"Cookie": f"{COOKIE}={self.cookies[user]}"} if user else {})}
        response = await self.client.request(method, path, headers=headers, **options)
        body = await response.read()
        if not path.startswith(f"/api/cases/{self.case}"):  # the engine's, and its detail is made up here
            contract.check(method, path, response.status, response.content_type, body)
        return response

    async def trace(self) -> list[tuple[str, str]]:
        """What the access journal holds: action and subject."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(sa.select(access.c.action, access.c.subject).order_by(access.c.id))
            return [(row.action, row.subject) for row in rows]


@pytest.fixture
def console_dist(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>console")
    (dist / "assets" / "app-1a2b.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("secret")
    return dist


@pytest_asyncio.fixture
async def centre(database: str, engine: AsyncEngine, settings: Settings, console_dist: Path) -> AsyncIterator[Centre]:
    fake = FakeEngine()
    links = Links(database, settings)
    await links.open()
    reader = Reader(Figures(), "tests", settings.time_zone)
    # It reads what the desk asks; nothing here is told to it.
    processor = Processor(links, reader, None, Orders(None, None, None), None, None, "tests")  # type: ignore[arg-type]
    deps = Deps(
        settings=settings,
        engine=engine,
        log_ins=LogIns(engine, fake, settings.session_hours),
        commands=fake,
        cases=fake,
        recordings=fake,
        health=fake,
        websocket=_websocket,
        console_dist=console_dist,
        metrics=lambda: b"callcenter_up 1\n",
        escalations=Escalations.build(engine, settings, fake, Figures()),
        profiles=Profiles(engine, settings, fake),
        softphones=SoftPhones(engine, fake),
        duty_room=DutyRoom.build(engine, settings, WORDS),
        conduct=Conduct.build(engine, settings.time_zone, Records(engine, settings).add),
        sip=_websocket,
        records=Records(engine, settings),
        desk=Desk.build(engine, processor, settings.time_zone),
        clients=Clients(engine),
        consents=Consents(engine, settings.data_dir),
        reports=Reports.build(engine, engine, settings.time_zone),
        webhooks=Webhooks(engine, private=False),
    )
    # No cookie jar: each request says itself whose cookie it brings.
    async with TestClient(TestServer(create_app(deps)), cookie_jar=DummyCookieJar()) as client:
        centre = Centre(engine, settings, fake, client)
        await centre.populate()
        yield centre
    await links.close()
