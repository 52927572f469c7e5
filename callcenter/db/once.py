"""Commands that are sent with a key of their own happen once, whoever takes them and whatever dies meanwhile.

``sent_once`` is written in the request's own transaction (unit.py), with the answer: who sends the same key meanwhile waits at the
index, and then finds the answer, or that the first came to nothing. What a case's lane does has a transaction of its own; it
notes there (``sent_part``) that it has been done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.connection_tables import sent_once
from callcenter.db.link import Link, statement

IDS = UUID("9a0f4c52-3b1e-4a57-9a64-5a3f4a1f7c11")
LOCK_NOT_AVAILABLE = "55P03"
WAIT_MS = 3000  # how long a second sender waits for the first; less than a statement may take


@dataclass(frozen=True)
class Sending:
    """What is being sent: whose, and with which key."""

    agent_id: UUID
    key: str

    def new_id(self, name: str) -> UUID:
        """An id that is the same when it is sent again."""
        return uuid5(IDS, f"{self.agent_id} {self.key} {name}")


@dataclass(frozen=True)
class Part:
    """One fact of what is being sent."""

    sending: Sending
    name: str


@dataclass(frozen=True)
class Kept:
    """What was answered the first time."""

    fingerprint: str
    file: str | None
    status: int
    media: str
    body: bytes | None


class StillRunning(Exception):
    """The same key is being worked on at this moment."""


_SENDING: ContextVar[Sending | None] = ContextVar("sending", default=None)


@contextmanager
def sending(what: Sending) -> Iterator[None]:
    """While this is being sent, facts that are asked of a case are parts of it."""
    token = _SENDING.set(what)
    try:
        yield
    finally:
        _SENDING.reset(token)


def being_sent() -> Sending | None:
    """What this request sends with a key, if it does."""
    return _SENDING.get()


def part_of(fact: object) -> Part | None:
    """The fact as a part of what is being sent; None without a key. Two papers of one case are two parts."""
    what, about = _SENDING.get(), (getattr(fact, "case_id", ""), getattr(fact, "paper_id", None))
    return None if what is None else Part(what, " ".join(str(each) for each in (type(fact).__name__, *about) if each is not None))


async def claim(connection: AsyncConnection, what: Sending, fingerprint: str, hours: float) -> Kept | None:
    """Take the key, in the transaction that is open; or what was answered to it before. Raises StillRunning."""
    values = {
        "agent": what.agent_id, "key": what.key, "fingerprint": fingerprint, "hours": hours,
    }  # fmt: skip
    await connection.execute(sa.text(f"SET LOCAL lock_timeout = {WAIT_MS}"))
    try:
        async with connection.begin_nested():
            taken = (await connection.execute(_CLAIM, values)).one_or_none()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise
    await connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
    if taken is not None:
        return None
    query = sa.select(*(sent_once.c[name] for name in ("fingerprint", "file", "status", "media", "body")))
    row = (await connection.execute(query.where(sent_once.c.agent_id == what.agent_id, sent_once.c.key == what.key))).one()
    return Kept(*row)


async def keep(connection: AsyncConnection, what: Sending, status: int, media: str, body: bytes | None, file: str | None) -> None:
    """The answer, in the same transaction."""
    values: dict[str, Any] = {"status": status, "media": media, "body": body, "file": file}
    await connection.execute(_of(sa.update(sent_once), what).values(**values))


async def give_up(connection: AsyncConnection, what: Sending) -> None:
    """It came to nothing: the key may be used again."""
    await connection.execute(_of(sa.delete(sent_once), what))


async def forget(connection: AsyncConnection, hours: float) -> int:
    """Drop what is older than it is kept; how many keys."""
    gone = await connection.execute(sa.text("DELETE FROM sent_once WHERE expires_at < now()"))
    await connection.execute(
        sa.text("DELETE FROM sent_part WHERE at < now() - make_interval(hours => :hours)"), {"hours": int(hours) + 1}
    )
    return int(gone.rowcount)


def _of(query: Any, what: Sending) -> Any:
    return query.where(sent_once.c.agent_id == what.agent_id, sent_once.c.key == what.key)


_CLAIM = sa.text("""
    INSERT INTO sent_once (agent_id, key, fingerprint, expires_at)
    VALUES (:agent, :key, :fingerprint, now() + make_interval(secs => :hours * 3600.0))
    ON CONFLICT (agent_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, file = NULL, status = NULL, media = '',
        body = NULL, at = now(), expires_at = excluded.expires_at
    WHERE sent_once.expires_at < now()
    RETURNING key
""")

# --- in a case's lane ---------------------------------------------------------------------------------------------------

_IS_DONE = statement("""
    SELECT 1 FROM sent_part WHERE agent_id = CAST(:agent AS uuid) AND key = CAST(:key AS text) AND part = CAST(:part AS text)
""")
_DONE = statement("""
    INSERT INTO sent_part (agent_id, key, part) VALUES (CAST(:agent AS uuid), CAST(:key AS text), CAST(:part AS text))
""")


async def is_done(link: Link, part: Part) -> bool:
    """Whether the case knows it already."""
    return await link.row(_IS_DONE, agent=part.sending.agent_id, key=part.sending.key, part=part.name) is not None


async def done(link: Link, part: Part) -> None:
    """Note it, in the case's own transaction."""
    await link.begin()
    await link.row(_DONE, agent=part.sending.agent_id, key=part.sending.key, part=part.name)
