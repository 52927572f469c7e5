"""Keys for other systems. A system acts as a member of staff who can never log in: traces and journals name it like a person."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import MACHINE, Agent, Role, Session, add_agent, hash_token
from callcenter.db.connection_tables import api_client
from callcenter.db.tables import agent
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused

Scope = Literal["read", "write"]
"""``read``: what GET tells; ``write``: commands too. What of it, the role says."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "cck_"
KEY_LIMIT = 128
MOST_PER_MINUTE = 6000


@dataclass(frozen=True)
class Caller:
    """A system that calls: whom it acts as, and what its key is good for."""

    session: Session
    scopes: frozenset[str]


@dataclass(frozen=True)
class Clients:
    """Makes keys, takes them back, and knows them again."""

    engine: AsyncEngine

    async def who(self, key: str, call: str) -> Caller:
        """Whose key it is. The call (method and form of the address) is counted, and journalled before it is answered.

        Raises Refused ``bad_key`` (401) for rubbish, ended and revoked keys, ``too_many_calls`` (429) above the key's limit.
        """
        if not key.startswith(PREFIX) or len(key) > KEY_LIMIT:
            raise _bad_key()
        async with self.engine.begin() as connection:
            row = (await connection.execute(_COUNT, {"hash": hash_token(key)})).one_or_none()
            if row is None:
                raise _bad_key()
            over = row.calls > row.per_minute
            if not over:
                await note_access(connection, row.agent_id, "api_call", call)
        if over:  # counted all the same
            raise _too_many(row.per_minute)
        return Caller(Session(row.agent_id, row.user, row.name, row.role, None), frozenset(row.scopes))

    async def all(self, connection: AsyncConnection) -> list[dict[str, Any]]:
        """Every key, those in use first; never the key itself."""
        maker = agent.alias()
        query = (
            sa.select(api_client, agent.c.name, agent.c.role, maker.c.name.label("maker"))
            .join(agent, agent.c.id == api_client.c.agent_id)
            .join(maker, maker.c.id == api_client.c.created_by)
            .order_by(api_client.c.revoked_at.is_not(None), agent.c.name)
        )
        return [
            {
                "id": str(row["agent_id"]), "name": row["name"], "role": row["role"], "hint": row["hint"], "scopes": row["scopes"],
                "per_minute": row["per_minute"], "expires_at": iso(row["expires_at"]), "created_at": iso(row["created_at"]),
                "created_by": row["maker"], "revoked_at": iso(row["revoked_at"]), "last_used_at": iso(row["last_used_at"]),
            }
            for row in (await connection.execute(query)).mappings()
        ]  # fmt: skip

    async def add(
        self,
        by: UUID,
        client_id: UUID,
        *,
        name: str,
        role: Role,
        scopes: Sequence[Scope],
        per_minute: int,
        expires_at: datetime | None,
    ) -> str:
        """A new key: told here and nowhere else. ``client_id`` is the administrator's own, so that it is not made twice."""
        key = PREFIX + secrets.token_urlsafe(32)
        machine = Agent(client_id, f"{MACHINE}{client_id}", name, role, None, active=False)
        try:
            async with self.engine.begin() as connection:
                if expires_at is not None and expires_at <= await _now(connection):
                    raise Refused("key_ended", "到期时间须在现在之后。", "The key must end after now.", status=422)
                await add_agent(connection, machine, "!")
                values = {
                    "agent_id": client_id, "token_hash": hash_token(key), "hint": key[-4:], "scopes": sorted(set(scopes)),
                    "per_minute": per_minute, "expires_at": expires_at, "created_by": by,
                }  # fmt: skip
                await connection.execute(sa.insert(api_client).values(**values))
                trace = {"role": role, "scopes": sorted(set(scopes))}
                await note_access(connection, by, "key_made", str(client_id), trace)
        except IntegrityError as error:
            raise Refused(
                "key_made_already", "这个密钥已经建立;密钥只显示一次。", "This key has been made already; it is shown only once.",
                remedy_zh="如没有记下,请停用后新建。", remedy_en="If it was not written down, revoke it and make another.",
            ) from error  # fmt: skip
        return key

    async def revoke(self, by: UUID, client_id: UUID) -> None:
        """The key is good for nothing from now on."""
        async with self.engine.begin() as connection:
            gone = sa.update(api_client).where(api_client.c.agent_id == client_id, api_client.c.revoked_at.is_(None))
            values = {"revoked_at": sa.func.now(), "revoked_by": by}
            done = await connection.scalar(gone.values(**values).returning(api_client.c.agent_id))
            if done is None:
                raise Refused("not_found", "没有这个使用中的密钥。", "There is no such key in use.", status=404)
            await note_access(connection, by, "key_revoked", str(client_id))


async def _now(connection: AsyncConnection) -> datetime:
    now: datetime = (await connection.execute(sa.select(sa.func.now()))).scalar_one()
    return now


_COUNT = sa.text("""
    UPDATE api_client c SET last_used_at = now(), minute = date_trunc('minute', now()),
        calls = CASE WHEN c.minute = date_trunc('minute', now()) THEN c.calls + 1 ELSE 1 END
    FROM agent a
    WHERE c.token_hash = :hash AND a.id = c.agent_id AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
    RETURNING c.agent_id, a.user, a.name, a.role, c.scopes, c.per_minute, c.calls
""")


def _bad_key() -> Refused:
    return Refused(
        "bad_key", "密钥无效、已到期或已停用。", "The key is wrong, has ended or was revoked.",
        remedy_zh="请管理员在“对外接口”页新建密钥。", remedy_en="Have an administrator make a new one.", status=401,
    )  # fmt: skip


def _too_many(limit: int) -> Refused:
    return Refused(
        "too_many_calls", f"每分钟最多 {limit} 次,本次没有执行。", f"At most {limit} calls a minute; this one was not carried out.",
        remedy_zh="请在下一分钟继续;确需更多请管理员调整。", remedy_en="Go on in the next minute, or have it raised.",
        status=429,
    )  # fmt: skip
