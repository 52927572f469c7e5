"""The traces as chains: reading them to prove that they are whole, sealing them, and finding who read what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.chains import TIME_TEXT, seal
from callcenter.db.tables import access, agent
from callcenter.domain.chain import End, Line, Seal, seal_hash

OVERLAP = timedelta(minutes=10)
"""A line has its time before its transaction ends; none lives so long (database_timeout). Seals look back by this."""
BATCH = 5000
LOCK = 0x5EA1  # advisory lock of who seals

_TIME = f"to_char(at AT TIME ZONE 'UTC', {TIME_TEXT})"
_JOURNAL = f"""
    SELECT j.case_id::text AS chain, j.seq AS place, {_TIME}, j.kind, coalesce(j.agent_id::text, ''), j.data::text, j.hash
    FROM journal j ORDER BY j.case_id, j.seq
"""  # noqa: S608 - words of ours, here and below
_ACCESS = f"""
    SELECT agent_id::text AS chain, place, {_TIME}, action, subject, data::text, hash FROM access ORDER BY agent_id, place
"""  # noqa: S608
_GROWN = """
    SELECT chain, place, encode(hash, 'hex') FROM (
        SELECT DISTINCT ON (j.case_id) j.case_id::text AS chain, j.seq AS place, j.hash
        FROM journal j JOIN help_case c ON c.id = j.case_id
        WHERE j.written_at > :since AND c.source <> 'probe' ORDER BY j.case_id, j.seq DESC
    ) cases
    UNION ALL
    SELECT chain, place, encode(hash, 'hex') FROM (
        SELECT DISTINCT ON (agent_id) agent_id::text AS chain, place, hash FROM access WHERE at > :since
        ORDER BY agent_id, place DESC
    ) people
    ORDER BY 1, 2
"""


async def lines(connection: AsyncConnection) -> AsyncIterator[Line]:
    """Every line of every chain, by chain and place; read in batches, for there are millions."""
    for query in (_JOURNAL, _ACCESS):
        result = await connection.stream(sa.text(query), execution_options={"yield_per": BATCH})
        async for chain, place, *content, kept in result:
            yield Line(chain, place, tuple(content), bytes(kept))


async def seals(connection: AsyncConnection) -> list[Seal]:
    """All seals, oldest first."""
    query = sa.text(f"SELECT place, {_TIME}, ends, hash FROM seal ORDER BY place")  # noqa: S608
    rows = await connection.execute(query)
    return [Seal(place, at, tuple(End(*end) for end in ends), bytes(kept)) for place, at, ends, kept in rows]


async def put_seal(connection: AsyncConnection, every: timedelta) -> int | None:
    """Seal what grew, if the last seal is older than ``every`` and nobody else is at it. The new seal's place, or None.

    Nothing grew: nothing to seal.
    """
    if not await connection.scalar(sa.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
        return None
    # Milliseconds are enough for a time that people compare; as text it is hashed, so it is rounded before.
    now = await connection.scalar(sa.text("SELECT date_trunc('milliseconds', clock_timestamp())"))
    last = (
        await connection.execute(sa.select(seal.c.place, seal.c.at, seal.c.hash).order_by(seal.c.place.desc()).limit(1))
    ).one_or_none()
    if last is not None and now - last.at < every:
        return None
    since = datetime.min.replace(year=1970, tzinfo=now.tzinfo) if last is None else last.at - OVERLAP
    told = [End(*row) for row in await connection.execute(sa.text(_GROWN), {"since": since})]
    if last is not None:
        known = await connection.scalar(sa.select(seal.c.ends).where(seal.c.place == last.place))
        before = {tuple(end) for end in known or ()}
        told = [end for end in told if (end.chain, end.place, end.hash) not in before]
    if not told:
        return None
    place = 1 if last is None else last.place + 1
    at = await connection.scalar(
        sa.text(f"SELECT to_char(CAST(:now AS timestamptz) AT TIME ZONE 'UTC', {TIME_TEXT})"), {"now": now}
    )
    digest = seal_hash(b"" if last is None else bytes(last.hash), place, at, told)
    ends = [[end.chain, end.place, end.hash] for end in told]
    await connection.execute(sa.insert(seal).values(place=place, at=now, ends=ends, hash=digest))
    return place


async def last_seal(connection: AsyncConnection) -> tuple[int, datetime, str] | None:
    """Place, time and hash (hex) of the newest seal."""
    row = (
        await connection.execute(sa.select(seal.c.place, seal.c.at, seal.c.hash).order_by(seal.c.place.desc()).limit(1))
    ).one_or_none()
    return None if row is None else (row.place, row.at, bytes(row.hash).hex())


async def readings(
    connection: AsyncConnection, *, person: str, action: str, subject: str, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Who read or changed what, newest first: ``{id, at, user, name, role, action, subject, data}``. Empty words match all;
    ``person`` is a piece of a user name or name, ``subject`` the whole id. At most ``limit``, before the line ``before``."""
    query = (
        sa.select(
            access.c.id, access.c.at, agent.c.user, agent.c.name, agent.c.role, access.c.action, access.c.subject, access.c.data
        )
        .join(agent, agent.c.id == access.c.agent_id)
        .order_by(access.c.id.desc())
        .limit(limit)
    )
    if person:
        query = query.where(agent.c.user.contains(person, autoescape=True) | agent.c.name.contains(person, autoescape=True))
    if action:
        query = query.where(access.c.action == action)
    if subject:
        query = query.where(access.c.subject == subject)
    if before is not None:
        query = query.where(access.c.id < before)
    # Names of columns as plain text: the driver's own kind of text is no key of a JSON object.
    return [{str(key): value for key, value in row.items()} for row in (await connection.execute(query)).mappings()]


async def actions(connection: AsyncConnection) -> list[str]:
    """The kinds of readings and changes there are."""
    return list((await connection.execute(sa.select(access.c.action).distinct().order_by(access.c.action))).scalars())
