"""The centre's own people: agents, their log-ins and the places they sit at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import agent, seat, session
from callcenter.domain.roles import Role as Person

Role = Person | Literal["probe"]
"""``probe`` is no person: the console of the press-to-pop probe."""


@dataclass(frozen=True)
class Agent:
    """A person who works here. ``seat`` is the usual place."""

    id: UUID
    user: str
    name: str
    role: Role
    seat: str | None
    active: bool


@dataclass(frozen=True)
class Session:
    """A log-in that is valid now: who it is and where they sit."""

    agent_id: UUID
    user: str
    name: str
    role: Role
    seat: str | None


@dataclass(frozen=True)
class SeatPlace:
    """A place: its name, and whether somebody sits there."""

    extension: str
    name: str
    taken: bool


MACHINE = "api:"
"""How the user names of other systems begin; a person's cannot (``UserName``)."""

_AGENT = (agent.c.id, agent.c.user, agent.c.name, agent.c.role, agent.c.seat, agent.c.active)


async def all_agents(connection: AsyncConnection) -> list[Agent]:
    """Everybody, also those who left; no other system's key."""
    people = sa.select(*_AGENT).where(~agent.c.user.startswith(MACHINE, autoescape=True))
    rows = await connection.execute(people.order_by(agent.c.active.desc(), agent.c.role, agent.c.user))
    return [Agent(*row) for row in rows]


async def agent_of(connection: AsyncConnection, agent_id: UUID, *, lock: bool = False) -> Agent | None:
    """One person by id; with ``lock`` nobody changes them until the transaction ends."""
    query = sa.select(*_AGENT).where(agent.c.id == agent_id)
    row = (await connection.execute(query.with_for_update(key_share=True) if lock else query)).one_or_none()
    return Agent(*row) if row else None


async def agent_to_verify(connection: AsyncConnection, user: str) -> tuple[Agent, str] | None:
    """The active person of a user name, with the hash of their password."""
    query = sa.select(*_AGENT, agent.c.password_hash).where(agent.c.user == user, agent.c.active)
    row = (await connection.execute(query)).one_or_none()
    return (Agent(*row[:-1]), cast(str, row[-1])) if row else None


async def add_agent(connection: AsyncConnection, person: Agent, password_hash: str) -> None:
    """A new person. Raises IntegrityError when the user name exists."""
    await connection.execute(
        sa.insert(agent).values(
            id=person.id,
            user=person.user,
            name=person.name,
            role=person.role,
            seat=person.seat,
            active=person.active,
            password_hash=password_hash,
        )
    )


async def change_agent(connection: AsyncConnection, agent_id: UUID, values: Mapping[str, Any]) -> None:
    """Set some columns of a person."""
    await connection.execute(sa.update(agent).where(agent.c.id == agent_id).values(**values))


async def other_administrators(connection: AsyncConnection, agent_id: UUID) -> int:
    """How many active administrators there are besides this person. Locks them: two cannot leave at once."""
    rows = await connection.execute(
        sa.select(agent.c.id)
        .where(agent.c.role == "administrator", agent.c.active)
        .order_by(agent.c.id)
        .with_for_update(key_share=True)
    )
    return sum(row.id != agent_id for row in rows)


async def add_session(
    connection: AsyncConnection, token_hash: str, agent_id: UUID, place: str | None, expires_at: datetime
) -> None:
    """Remember a log-in, and forget those that ended."""
    await connection.execute(sa.delete(session).where(session.c.expires_at < sa.func.now()))
    await connection.execute(sa.insert(session).values(token_hash=token_hash, agent_id=agent_id, seat=place, expires_at=expires_at))


async def session_of(connection: AsyncConnection, token_hash: str, now: datetime) -> Session | None:
    """The log-in of a cookie, if it is valid now and its person still works here."""
    row = (
        await connection.execute(
            sa.select(agent.c.id, agent.c.user, agent.c.name, agent.c.role, session.c.seat)
            .join(agent)
            .where(session.c.token_hash == token_hash, session.c.expires_at > now, agent.c.active)
        )
    ).one_or_none()
    return Session(*row) if row else None


async def end_session(connection: AsyncConnection, token_hash: str) -> None:
    """The cookie lets nobody in any more."""
    await connection.execute(sa.delete(session).where(session.c.token_hash == token_hash))


async def end_sessions(connection: AsyncConnection, agent_id: UUID, *, seated_only: bool = False) -> None:
    """End the log-ins of a person; with ``seated_only`` those that sit somewhere."""
    query = sa.delete(session).where(session.c.agent_id == agent_id)
    await connection.execute(query.where(session.c.seat.is_not(None)) if seated_only else query)


async def places(connection: AsyncConnection, now: datetime) -> list[SeatPlace]:
    """All places in use, in order. Taken: somebody sits there with a log-in that is still valid."""
    rows = await connection.execute(
        sa.select(seat.c.extension, seat.c.name, _sits_there(now)).where(seat.c.active).order_by(seat.c.extension)
    )
    return [SeatPlace(*row) for row in rows]


async def taken_by(connection: AsyncConnection, extension: str, now: datetime) -> tuple[bool, UUID | None]:
    """Whether the place exists and is in use, and who sits there with a valid log-in."""
    row = (
        await connection.execute(
            sa.select(sa.case((_sits_there(now), seat.c.agent_id))).where(seat.c.extension == extension, seat.c.active)
        )
    ).one_or_none()
    return row is not None, row[0] if row else None


async def answers_calls(connection: AsyncConnection, extension: str) -> bool:
    """Whether calls are offered at this place, of whatever kind."""
    query = sa.select(seat.c.takes_emergency | seat.c.takes_life_help).where(seat.c.extension == extension)
    return bool(await connection.scalar(query))


async def phone_password(connection: AsyncConnection, extension: str) -> str | None:
    """The SIP password of a place's telephone; None when there is no such place."""
    return await connection.scalar(sa.select(seat.c.password).where(seat.c.extension == extension))


def _sits_there(now: datetime) -> sa.Exists:
    return (
        sa.select(session.c.token_hash)
        .where(
            session.c.agent_id == seat.c.agent_id,
            session.c.seat == seat.c.extension,
            session.c.expires_at > now,
        )
        .exists()
    )


def hash_token(token: str) -> str:
    """What is kept of a token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
