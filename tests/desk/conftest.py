"""The whole service without a telephone: the real composition root on a real database, asked by HTTP."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest_asyncio
import sqlalchemy as sa
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from domain.orders import an_order
from pydantic import SecretStr

from callcenter.app import Service
from callcenter.db.agents import Agent, add_agent, add_session
from callcenter.db.due_timers import due_timers
from callcenter.db.papers import paper_to
from callcenter.db.people import create_member
from callcenter.db.tables import case, escalation, journal, line, paper, seat, timer
from callcenter.domain.facts import TimerDue
from callcenter.domain.policy import DEFAULT, as_json
from callcenter.domain.roles import OFFICE
from callcenter.people.login import COOKIE, hash_token
from callcenter.settings import Settings
from callcenter.today import today_in
from tests.web import contract

PEOPLE = {"li": "seat", "chen": "seat", "zeng": "supervisor", "admin": "administrator", **{role: role for role in OFFICE}}


def days_ago(ago: int) -> date:
    """A day of the centre's; 0 is today. Asked for in each test: a run may last past midnight."""
    return today_in("Asia/Shanghai") - timedelta(days=ago)


@dataclass
class Desk:
    """The running centre: ``do`` is a person's command, ``get`` what they read, ``later`` lets slow timers come due."""

    service: Service
    client: TestClient[Any, Any]
    people: dict[str, UUID] = field(default_factory=dict)
    member: UUID = field(default_factory=uuid4)
    _cookies: dict[str, str] = field(default_factory=dict)

    async def populate(self) -> None:
        async with self.service.database.engine.begin() as connection:
            await connection.execute(sa.insert(line).values(number="079796602", kind="life_help", name="生活帮助"))
            seats = [{"extension": each, "name": each, "password": "x"} for each in ("8001", "8002")]
            await connection.execute(sa.insert(seat), seats)
            for place, (user, role) in enumerate(PEOPLE.items()):
                self.people[user] = uuid4()
                at = f"800{place + 1}" if role == "seat" else None
                await add_agent(connection, Agent(self.people[user], user, user, role, at, active=True), "x")  # type: ignore[arg-type]
            self.member = await create_member(
                connection, name="王秀英", gender="f", number="+867971000101", address="书香园3栋", district_name=""
            )

    async def ask(self, user: str | None, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Status and JSON of a request of somebody who is logged in, or of nobody."""
        headers = {**options.pop("headers", {})}
        if user is not None:
            headers["Cookie"] = f"{COOKIE}={await self._cookie(user)}"
        async with self.client.request(method, path, headers=headers, **options) as response:
            contract.check(method, path, response.status, response.content_type, await response.read())
            return response.status, await response.json() if "json" in response.content_type else await response.text()

    async def get(self, user: str, path: str) -> Any:
        status, found = await self.ask(user, "GET", path)
        assert status == 200, found
        return found

    async def do(self, user: str, command: str, case_id: str | UUID | None = None, **args: Any) -> Any:
        """A command that must succeed."""
        status, done = await self.ask(user, "POST", f"/api/desk/{command}", json=_json(case_id, args))
        assert status == 200, done
        return done

    async def refused(self, user: str, command: str, case_id: str | UUID | None = None, **args: Any) -> Any:
        """A command that must be refused: the problem."""
        status, problem = await self.ask(user, "POST", f"/api/desk/{command}", json=_json(case_id, args))
        assert status >= 400, problem
        assert problem["zh"], "a refusal says what happened"
        return problem

    async def phone_case(self, owner: str | None = "li", **values: Any) -> UUID:
        """A life-help call that was spoken and written down, and now lies with ``owner``."""
        case_id, now = uuid4(), datetime.now(UTC)
        row = {
            "kind": "life_help", "source": "hotline", "line": "079796602", "state": "open", "opened_at": now, "pressed_at": now,
            "ended_at": now, "member_id": self.member, "agent_id": self.people[owner] if owner else None,
            "category": "life_help", "subcategory": "repair", "disposition": "service_needed", "summary": "水管漏水,要人上门修",
        } | values  # fmt: skip
        async with self.service.database.engine.begin() as connection:
            number = await connection.scalar(sa.text("SELECT nextval('case_number')"))
            day = now.astimezone(ZoneInfo("Asia/Shanghai"))  # as the centre numbers cases
            await connection.execute(sa.insert(case).values(id=case_id, number=f"{day:%Y%m%d}-{number:06}", **row))
        return case_id

    async def served_case(self, **values: Any) -> UUID:
        """The same, and somebody has been there with a work order (D-7)."""
        case_id = await self.phone_case(**values)
        order = an_order(case_id, datetime.now(UTC), number="", state="completed", done_at=None)
        async with self.service.database.engine.begin() as connection:
            await connection.execute(sa.insert(paper).values(**paper_to(order) | {"opened_at": order.opened_at}))
        return case_id

    async def later(self, noun: str = "", what: str = "") -> int:
        """Bring the slow timers of a noun due now, and tell them; how many there were."""
        async with self.service.database.engine.begin() as connection:
            like = f"{noun or '%'}:{what or '%'}:%"
            past = datetime.now(UTC) - timedelta(seconds=1)
            await connection.execute(sa.update(timer).where(timer.c.lane == "desk", timer.c.kind.like(like)).values(due_at=past))
        async with self.service.database.engine.connect() as connection:
            found = await due_timers(connection, 0.0, "desk")
        for one in found:
            await self.service.deciding.processor.process(TimerDue(one.case_id, one.kind, one.data), f"case {one.case_id}")
        return len(found)

    async def age(self, case_id: str | UUID, *, minutes: float) -> None:
        """Let everything of a case lie so much further in the past."""
        by = timedelta(minutes=minutes)
        async with self.service.database.engine.begin() as connection:
            for table, columns in ((case, ("opened_at", "pressed_at", "ended_at")), (paper, ("opened_at",))):
                key = table.c.id if table is case else table.c.case_id
                values = {name: table.c[name] - by for name in columns}
                await connection.execute(sa.update(table).where(key == UUID(str(case_id))).values(**values))

    async def calm(self, case_id: UUID) -> None:
        """The emergency was settled by a person."""
        async with self.service.database.engine.begin() as connection:
            await connection.execute(sa.update(case).where(case.c.id == case_id).values(red=False, settled_at=datetime.now(UTC)))

    async def emergency_ladder(self, case_id: UUID) -> None:
        """The case had a ladder, which has ended: an emergency's report belongs to one."""
        async with self.service.database.engine.begin() as connection:
            await connection.execute(
                sa.insert(escalation).values(
                    case_id=case_id,
                    state="ended",
                    started_at=datetime.now(UTC),
                    policy=as_json(DEFAULT),
                    round=1,
                    rung=1,
                    rung_at=datetime.now(UTC),
                    level=1,
                    pages=0,
                    ended_at=datetime.now(UTC),
                    outcome="safe",
                    acknowledgements=[],
                )
            )

    async def journal(self, case_id: str | UUID) -> list[tuple[str, dict[str, Any]]]:
        """Kind and data of every line of a case's story."""
        query = sa.select(journal.c.kind, journal.c.data).where(journal.c.case_id == UUID(str(case_id))).order_by(journal.c.seq)
        async with self.service.database.engine.connect() as connection:
            return [(row.kind, row.data) for row in await connection.execute(query)]

    async def case(self, case_id: str | UUID) -> Any:
        async with self.service.database.engine.connect() as connection:
            return (await connection.execute(sa.select(case).where(case.c.id == UUID(str(case_id))))).one()

    async def case_or_none(self, case_id: str | UUID) -> Any:
        async with self.service.database.engine.connect() as connection:
            return (await connection.execute(sa.select(case).where(case.c.id == UUID(str(case_id))))).one_or_none()

    async def paper(self, case_id: str | UUID, noun: str) -> dict[str, Any]:
        """The latest paper of this noun, as the supervisor reads it."""
        found = await self.get("zeng", f"/api/cases/{case_id}/papers")
        papers: list[dict[str, Any]] = [paper for paper in found if paper["noun"] == noun]
        assert papers, [paper["noun"] for paper in found]
        return papers[-1]

    async def cookie(self, user: str) -> str:
        """The header of somebody who is logged in."""
        return f"{COOKIE}={await self._cookie(user)}"

    async def _cookie(self, user: str) -> str:
        if user not in self._cookies:
            token = secrets.token_urlsafe()
            async with self.service.database.engine.begin() as connection:
                await add_session(connection, hash_token(token), self.people[user], None, datetime.now(UTC) + timedelta(hours=1))
            self._cookies[user] = token
        return self._cookies[user]


def _json(case_id: str | UUID | None, args: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in args.items()}
    return plain if case_id is None else {"case_id": str(case_id), **plain}


@pytest_asyncio.fixture
async def desk(database: str, settings: Settings) -> AsyncIterator[Desk]:
    secret = SecretStr("nobody is telephoned")
    service = Service(settings.model_copy(update={"ari_password": secret, "ami_password": secret}), database)
    await service.database.links.open()
    try:
        async with TestClient(TestServer(service.doors.web), cookie_jar=DummyCookieJar()) as client:
            made = Desk(service, client)
            await made.populate()
            yield made
    finally:
        await service.deciding.processor.lanes.drain(2.0)
        await service.screens.screen.close()
        await service.database.links.close()
        await service.database.report_engine.dispose()
        await service.database.engine.dispose()
