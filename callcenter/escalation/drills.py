"""A drill of a whole ladder, asked for by a supervisor: everybody is phoned by the drill trunk only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.once import being_sent
from callcenter.db.tables import escalation, member
from callcenter.domain import facts
from callcenter.domain.errors import Refused

LOCK = 7_220_260_112


class Asks(Protocol):
    """The engine: carries a person's wish out, or refuses it."""

    async def ask(self, fact: facts.Fact) -> None: ...


@dataclass(frozen=True)
class Drills:
    """One drill at a time, over all instances: the people phoned should hear one drill, not three."""

    engine: AsyncEngine
    processor: Asks

    async def start(self, by: UUID, member_id: UUID) -> UUID:
        """The id of the drill's case. Raises Refused: no such member, another drill is running."""
        what = being_sent()
        case_id = what.new_id("drill") if what is not None else uuid4()
        async with self.engine.begin() as connection:
            # Held until the drill is remembered: two supervisors at one instant start one drill.
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            if await connection.scalar(sa.select(member.c.id).where(member.c.id == member_id)) is None:
                raise Refused("no_such_member", "没有这位老人的档案。", "There is no such member.", status=404)
            running = (
                sa.select(escalation.c.case_id)
                .where(escalation.c.drill, escalation.c.state != "ended", escalation.c.case_id != case_id)
                .limit(1)
            )
            if await connection.scalar(running) is not None:
                raise Refused(
                    "drill_running", "已有一次演练正在进行。", "A drill is running already.",
                    remedy_zh="请等它结束,或先停止它。", remedy_en="Wait until it has ended, or stop it first.",
                )  # fmt: skip
            await self.processor.ask(facts.DrillAsked(case_id=case_id, agent_id=by, member_id=member_id))
        return case_id
