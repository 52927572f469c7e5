"""The auditor's work: proving that the traces are whole, sealing them every hour, and seeing who read what.

Also reading in an emergency (紧急查阅): somebody who has no case with an elder may open the profile for a quarter of an hour,
with a reason. It is never refused, for a life may hang on it; somebody else looks at every one of them afterwards.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import traces
from callcenter.db.access import note_access
from callcenter.db.chains import emergency_access as table
from callcenter.db.tables import agent, member
from callcenter.db.unit import apart
from callcenter.domain.chain import Break, Line, broken, broken_seals, cut, sealed
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.engine.looks import look_again

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
OPEN_FOR = timedelta(minutes=15)
TOLD = 50  # breaks that are listed; more are counted
PAGE_SECONDS = 300.0


@dataclass(frozen=True)
class Verdict:
    """What a check of all traces found. ``count``: breaks; ``breaks``: the first of them."""

    lines: int
    seals: int
    count: int
    breaks: tuple[Break, ...]
    seal: str | None
    """The newest seal's hash, to be noted on paper."""
    known: bool | None
    """Whether the seal that was asked for stands there; None: none was asked for."""

    @property
    def whole(self) -> bool:
        return self.count == 0 and self.known is not False

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"breaks": [asdict(each) for each in self.breaks], "whole": self.whole}


async def verify(engine: AsyncEngine, seal: str | None = None, seconds: float = PAGE_SECONDS) -> Verdict:
    """Read every trace and judge it. ``seal``: a hash from paper that must stand there. TimeoutError after ``seconds``."""
    async with asyncio.timeout(seconds), apart(engine) as plain:
        # One view of everything, while the centre goes on writing.
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        kept = await traces.seals(connection)
        expected = sealed(kept)
        found = list(broken_seals(kept))
        count = 0
        batch: list[Line] = []
        async for line in traces.lines(connection):
            # A chain is judged whole: a batch ends where another chain begins.
            if len(batch) >= traces.BATCH and line.chain != batch[-1].chain:
                found += broken(batch, expected)
                batch = []
            batch.append(line)
            count += 1
        found += broken(batch, expected)
        found += cut(expected)
    newest = kept[-1].hash.hex() if kept else None
    known = None if seal is None else seal.lower() in {each.hash.hex() for each in kept}
    return Verdict(count, len(kept), len(found), tuple(found[:TOLD]), newest, known)


@dataclass(frozen=True)
class Audit:
    """Seals, checks, readings. ``every``: how often the traces are sealed."""

    engine: AsyncEngine
    every: timedelta = timedelta(hours=1)

    async def run(self) -> None:
        """Seal for ever; instances take turns."""
        await look_again("seals", self.seal, LOOK_SECONDS)

    async def seal(self) -> None:
        """Seal what has come since the last seal, if it is time."""
        async with self.engine.begin() as connection:
            place = await traces.put_seal(connection, self.every)
        if place is not None:
            log.info("traces_sealed", place=place)

    async def state(self) -> dict[str, Any]:
        """``{seal: {place, at, hash}|null, open_reviews}``"""
        async with self.engine.connect() as connection:
            newest = await traces.last_seal(connection)
            open_reviews = await connection.scalar(
                sa.select(sa.func.count()).select_from(table).where(table.c.reviewed_at.is_(None))
            )
        shown = None if newest is None else {"place": newest[0], "at": iso(newest[1]), "hash": newest[2]}
        return {"seal": shown, "open_reviews": open_reviews}

    async def check(self, by: UUID, seal: str | None) -> dict[str, Any]:
        """Verify, and leave a trace of it."""
        verdict = await verify(self.engine, seal)
        async with self.engine.begin() as connection:
            await note_access(connection, by, "traces_verified", "traces", {"lines": verdict.lines, "breaks": verdict.count})
        if not verdict.whole:
            log.error("traces_broken", count=verdict.count, known=verdict.known)
        return verdict.as_json()

    # --- reading in an emergency ------------------------------------------------------------------------------------

    async def open_profile(self, by: UUID, member_id: UUID, reason: str) -> dict[str, Any]:
        """Let this person read this profile for a quarter of an hour: ``{id, until}``. Refused only without such a member."""
        async with self.engine.begin() as connection:
            if await connection.scalar(sa.select(member.c.id).where(member.c.id == member_id)) is None:
                raise Refused("not_found", "没有这位老人。", "There is no such member.", status=404)
            values = {"agent_id": by, "member_id": member_id, "reason": reason, "until": sa.func.now() + OPEN_FOR}
            row = (await connection.execute(sa.insert(table).values(**values).returning(table.c.id, table.c.until))).one()
            await note_access(connection, by, "emergency_access", str(member_id), {"reason": reason, "access": row.id})
        log.warning("emergency_access", access=row.id)
        return {"id": row.id, "until": iso(row.until)}

    async def openings(self, *, open_only: bool, limit: int) -> list[dict[str, Any]]:
        """Readings in an emergency, unreviewed first, then the newest."""
        reviewer = agent.alias()
        query = (
            sa.select(table, agent.c.name.label("who"), member.c.name.label("member"), reviewer.c.name.label("reviewer"))
            .join(agent, agent.c.id == table.c.agent_id)
            .join(member, member.c.id == table.c.member_id)
            .outerjoin(reviewer, reviewer.c.id == table.c.reviewed_by)
            .order_by(table.c.reviewed_at.is_not(None), table.c.at.desc())
            .limit(limit)
        )
        if open_only:
            query = query.where(table.c.reviewed_at.is_(None))
        async with self.engine.connect() as connection:
            return [_opening(row) for row in (await connection.execute(query)).mappings()]

    async def review(self, by: UUID, opening_id: int, justified: bool, note: str) -> None:
        """Somebody else's word on it; said once. Raises Refused."""
        async with self.engine.begin() as connection:
            row = (await connection.execute(sa.select(table).where(table.c.id == opening_id).with_for_update())).one_or_none()
            if row is None:
                raise Refused("not_found", "没有这次紧急查阅。", "There is no such reading.", status=404)
            if row.agent_id == by:
                raise Refused(
                    "own_access", "不能复核自己的紧急查阅;没有改动。", "Nobody reviews their own reading; nothing was changed.",
                    remedy_zh="请由另一位负责人复核。", remedy_en="Ask another person to review it.", rule="W-9",
                )  # fmt: skip
            if row.reviewed_at is not None:
                raise Refused(
                    "reviewed_already", "这次查阅已复核;没有改动。", "It has been reviewed already; nothing was changed.",
                    remedy_zh="请刷新列表。", remedy_en="Reload the list.",
                )  # fmt: skip
            values = {"reviewed_at": sa.func.now(), "reviewed_by": by, "justified": justified, "note": note}
            await connection.execute(sa.update(table).where(table.c.id == opening_id).values(**values))
            await note_access(
                connection, by, "emergency_access_reviewed", str(row.member_id), {"access": opening_id, "justified": justified}
            )


async def may_read(connection: AsyncConnection, agent_id: UUID, member_id: UUID) -> bool:
    """Whether this person opened this profile in an emergency less than a quarter of an hour ago."""
    query = sa.select(table.c.id).where(table.c.agent_id == agent_id, table.c.member_id == member_id, table.c.until > sa.func.now())
    return await connection.scalar(query.limit(1)) is not None


def _opening(row: Any) -> dict[str, Any]:
    keys = ("id", "who", "member", "reason", "reviewer", "justified", "note")
    times = {key: iso(row[key]) for key in ("at", "until", "reviewed_at")}
    return {key: row[key] for key in keys} | times | {"member_id": str(row["member_id"]), "agent_id": str(row["agent_id"])}
