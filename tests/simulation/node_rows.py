"""What the engine's parts for several nodes read and write: the tables of nodes, legs and attempts, as SQL would tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from callcenter.domain.facts import NODE_LOST
from callcenter.engine import nodes
from simulation.stage import SECOND

if TYPE_CHECKING:
    from simulation.service import Service

YOUNG_SECONDS = 3.0


class Rows:
    """In place of SQLAlchemy's engine."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def begin(self) -> Session:
        return Session(self.service)

    connect = begin


class Session:
    def __init__(self, service: Service) -> None:
        self.service, self.database, self.store = service, service.database, service.database.store

    async def __aenter__(self) -> Session:
        await self.service.step("connect", 0.0003, 0.002)
        self.database.there()
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def read(self) -> None:
        await self.service.step("load", 0.0002, 0.001)
        self.database.there()

    async def execute(self, statement: object, told: dict[str, Any]) -> list[Row]:
        """Who was heard (engine/nodes.py is the only one who asks so)."""
        assert statement is nodes._TELL
        await self.read()
        now, table = self.service.stage.now, self.database.nodes
        self.service.faults.night.heard_by_others()
        for name, heard, refused in zip(told["names"], told["heard"], told["refused"], strict=True):
            before = table.get(name, (None, None))
            asked = told["asked"] if refused else None
            table[name] = (now if heard else before[0], before[1] if asked is None else max(asked, before[1] or 0))
        return [Row(name, *table[name], now) for name in told["names"]]


class Row:
    def __init__(self, name: str, heard_at: int | None, refused_at: int | None, now: int) -> None:
        self.name, self.told_at = name, now
        self.silent = float("inf") if heard_at is None else (now - heard_at) / SECOND
        fresh = max(heard_at or 0, now - int(nodes.FRESH_SECONDS * SECOND))
        self.refused = refused_at is not None and refused_at >= fresh


async def live_legs(session: Session, node: str) -> list[dict[str, Any]]:
    """As db/alive.py."""
    await session.read()
    now, store = session.service.stage.utcnow(), session.store
    return [
        {
            "id": leg.id, "case_id": leg.case_id, "party": leg.party, "state": leg.state,
            "age": (now - leg.started_at).total_seconds(),
        }
        for leg in store.legs.values()
        if leg.live and leg.node == node and not (leg.party == "caller" and store.cases[leg.case_id].source == "safe_mode")
    ]  # fmt: skip


async def live_attempts(session: Session, node: str) -> list[str]:
    """As db/alive.py."""
    await session.read()
    now = session.service.stage.utcnow()
    return [
        a.id for a in session.store.attempts.values()
        if a.state in ("claimed", "ringing", "answered") and a.node == node and (now - a.created_at).total_seconds() > YOUNG_SECONDS
    ]  # fmt: skip


async def open_attempts(session: Session, node: str) -> dict[str, UUID]:
    """As db/alive.py."""
    await session.read()
    return {a.id: a.case_id for a in session.store.attempts.values() if a.open and a.node == node}


async def closed_attempts(session: Session, node: str) -> dict[str, bool]:
    """As db/alive.py."""
    await session.read()
    now = session.service.stage.utcnow()
    return {
        a.id: a.cause == NODE_LOST for a in session.store.attempts.values()
        if not a.open and a.node == node and a.ended_at is not None and (now - a.ended_at).total_seconds() > YOUNG_SECONDS
    }  # fmt: skip
