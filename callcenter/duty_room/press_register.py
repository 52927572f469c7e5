"""The press register (T-5): what the papers wrote about the centre, each with its scan, sent to the department head."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.duty_room_tables import press_clipping
from callcenter.db.tables import agent
from callcenter.domain import press as rules
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

FOLDER = "press"
SHOWN = 300
_ENDINGS = dict(rules.SIGNATURES.values())


@dataclass(frozen=True)
class PressRegister:
    """``data_dir``: scans lie in its folder ``press``, named by the clipping's id."""

    engine: AsyncEngine
    data_dir: Path

    async def all(self, who: Session) -> dict[str, Any]:
        """``{clippings, heads}``, the latest first. A department head sees what was sent to them."""
        async with self.engine.connect() as connection:
            return await self._all(connection, who)

    async def add(self, by: Session, scan: Path, *, newspaper: str, published_on: date, title: str, page: str) -> dict[str, Any]:
        """File the scan. It is on the disk before the row says so. Raises Refused."""
        beginning, size, digest = await asyncio.to_thread(_examine, scan)
        media_type, ending = rules.type_of(beginning)
        clipping_id = uuid4()
        path = self.data_dir.absolute() / FOLDER / f"{clipping_id}.{ending}"
        await asyncio.to_thread(_put, scan, path)
        values = {
            "id": clipping_id, "newspaper": newspaper, "published_on": published_on, "title": title, "page": page, "state": "filed",
            "media_type": media_type, "bytes": size, "sha256": digest, "added_by": by.agent_id,
        }  # fmt: skip
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(press_clipping).values(**values))
            await note_access(connection, by.agent_id, "clipping_filed", str(clipping_id))
            return await self._all(connection, by)

    async def send(self, by: Session, clipping_id: UUID, to: UUID) -> dict[str, Any]:
        """To a department head, who signs for it."""
        async with self.engine.connect() as connection:
            role = await connection.scalar(sa.select(agent.c.role).where(agent.c.id == to, agent.c.active))
        return await self._move(
            by, clipping_id, "clipping_sent", lambda c, now: rules.send(c, to, role or "seat", by.agent_id, now)
        )

    async def receive(self, by: Session, clipping_id: UUID) -> dict[str, Any]:
        """The head's receipt."""
        return await self._move(by, clipping_id, "clipping_received", lambda c, now: rules.receive(c, by.agent_id, now))

    async def scan(self, who: Session, clipping_id: UUID) -> tuple[Path, str]:
        """``(file, media type)``. Raises Refused; the reading is journalled."""
        async with self.engine.begin() as connection:
            row = await _row(connection, clipping_id)
            if who.role == rules.RECEIVES and row["sent_to"] != who.agent_id:
                raise _none()
            await note_access(connection, who.agent_id, "clipping_read", str(clipping_id))
        return self.data_dir.absolute() / FOLDER / f"{clipping_id}.{_ENDINGS[row['media_type']]}", row["media_type"]

    async def _move(
        self, by: Session, clipping_id: UUID, action: str, move: Callable[[rules.Clipping, datetime], rules.Clipping]
    ) -> dict[str, Any]:
        async with self.engine.begin() as connection:
            row = await _row(connection, clipping_id)
            now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            after = move(rules.Clipping(**{field.name: row[field.name] for field in fields(rules.Clipping)}), now)
            changes = {field.name: getattr(after, field.name) for field in fields(after)}
            await connection.execute(sa.update(press_clipping).where(press_clipping.c.id == clipping_id).values(**changes))
            await note_access(connection, by.agent_id, action, str(clipping_id))
            return await self._all(connection, by)

    async def _all(self, connection: AsyncConnection, who: Session) -> dict[str, Any]:
        query = (
            sa.select(press_clipping).order_by(press_clipping.c.published_on.desc(), press_clipping.c.added_at.desc()).limit(SHOWN)
        )
        if who.role == rules.RECEIVES:
            query = query.where(press_clipping.c.sent_to == who.agent_id)
        people = list(await connection.execute(sa.select(agent.c.id, agent.c.name, agent.c.role, agent.c.active)))
        names = {row.id: row.name for row in people}
        return {
            "clippings": [
                {
                    "id": str(row.id), "newspaper": row.newspaper, "published_on": row.published_on.isoformat(), "title": row.title,
                    "page": row.page, "media_type": row.media_type, "bytes": row.bytes, "state": row.state,
                    "added_by": names.get(row.added_by, ""), "added_at": iso(row.added_at), "sent_to": names.get(row.sent_to),
                    "sent_at": iso(row.sent_at), "received_at": iso(row.received_at), "mine": row.sent_to == who.agent_id,
                }
                for row in await connection.execute(query)
            ],
            "heads": [{"id": str(row.id), "name": row.name} for row in people if row.active and row.role == rules.RECEIVES],
        }  # fmt: skip


def _examine(path: Path) -> tuple[bytes, int, str]:
    with path.open("rb") as file:
        beginning = file.read(16)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return beginning, path.stat().st_size, digest


def _put(scan: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with scan.open("rb") as file:
        os.fsync(file.fileno())
    scan.chmod(0o600)
    os.replace(scan, path)


async def _row(connection: AsyncConnection, clipping_id: UUID) -> Any:
    query = sa.select(press_clipping).where(press_clipping.c.id == clipping_id).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise _none()
    return row


def _none() -> Refused:
    return Refused("not_found", "没有这份报刊资料。", "There is no such clipping.", rule="T-5", status=404)
