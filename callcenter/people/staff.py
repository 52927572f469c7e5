"""What an administrator may do with the centre's own people. The last administrator cannot lock everybody out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import agents
from callcenter.db.access import note_access
from callcenter.db.agents import Agent, Role
from callcenter.domain.errors import Refused
from callcenter.people.login import Seats, unknown_seat
from callcenter.people.passwords import hash_password


async def add_agent(engine: AsyncEngine, by: UUID, *, user: str, name: str, role: Role, password: str, seat: str | None) -> Agent:
    """A new person, able to log in at once."""
    person = Agent(uuid4(), user, name, role, seat, active=True)
    password_hash = await hash_password(password)
    try:
        async with engine.begin() as connection:
            await _require_seat(connection, seat)
            await agents.add_agent(connection, person, password_hash)
            await note_access(connection, by, "agent_added", str(person.id), {"role": role})
    except IntegrityError as error:
        raise Refused(
            "user_taken",
            f"用户名 {user} 已存在,没有新建。",
            f"The user name {user} exists already; nobody was added.",
            remedy_zh="请换一个用户名。已离职人员的用户名不能重复使用,以免记录混淆。",
            remedy_en="Choose another. Names of people who left are not used again: records would mix.",
        ) from error
    return person


async def change_agent(engine: AsyncEngine, seats: Seats, by: UUID, agent_id: UUID, changes: dict[str, Any]) -> Agent:
    """Change name, role, seat, password or whether somebody works here. A new role or password, or leaving, ends their log-ins."""
    values = dict(changes)
    if "password" in values:
        values["password_hash"] = await hash_password(values.pop("password"))
    async with engine.connect() as connection:
        before = await _require_agent(connection, agent_id)
        await _require_seat(connection, values.get("seat"))
    ends = (
        "password_hash" in values
        or values.get("active", before.active) < before.active
        or values.get("role", before.role) != before.role
    )
    if ends and before.role != "administrator":
        await seats.sign_out(agent_id)  # refused while they handle a case: then nothing is changed
    async with engine.begin() as connection:
        person = await _require_agent(connection, agent_id, lock=True)
        changed = replace(person, **{key: value for key, value in values.items() if key != "password_hash"})
        is_administrator = changed.active and changed.role == "administrator"
        if person.role == "administrator" and person.active and not is_administrator:
            await _require_another_administrator(connection, agent_id)
        if values:
            await agents.change_agent(connection, agent_id, values)
        if ends:
            await agents.end_sessions(connection, agent_id)
        await note_access(connection, by, "agent_changed", str(agent_id), {"fields": sorted(changes)})
    return changed


async def _require_agent(connection: AsyncConnection, agent_id: UUID, *, lock: bool = False) -> Agent:
    person = await agents.agent_of(connection, agent_id, lock=lock)
    if person is None or person.user.startswith(agents.MACHINE):
        raise Refused("not_found", "没有这个人员。", "There is no such person.", status=404)
    return person


async def _require_seat(connection: AsyncConnection, seat: str | None) -> None:
    if seat is not None and not (await agents.taken_by(connection, seat, datetime.now(UTC)))[0]:
        raise unknown_seat(seat)


async def _require_another_administrator(connection: AsyncConnection, agent_id: UUID) -> None:
    if not await agents.other_administrators(connection, agent_id):
        raise Refused(
            "last_administrator",
            "这是最后一位管理员,不能停用或改为其他角色;没有改动。",
            "This is the last administrator and cannot be removed or given another role; nothing was changed.",
            remedy_zh="请先新建或指定另一位管理员。",
            remedy_en="Add or appoint another administrator first.",
        )
