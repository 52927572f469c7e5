"""Profiles edited in place: each save is a new version, nobody overwrites what they have not seen, nothing is deleted (W-9).

The profile is written in one transaction; then every live case that shows the member is told, as a fact of its own: its pop
and its timeline show the change at once, and a ladder that runs phones the contacts and numbers of now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import member_rows
from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.member_versions import (
    COLUMNS,
    Kind,
    Profile,
    cases_of,
    differences,
    history,
    keep_versions,
    lock_profile,
    profile_of,
)
from callcenter.db.spelling import spell
from callcenter.db.tables import card, contact, district, member, terminal
from callcenter.db.unit import after_commit
from callcenter.domain.errors import Refused
from callcenter.domain.facts import Fact, ProfileChanged
from callcenter.people.profile_fields import LABELS, read_changes, to_columns
from callcenter.settings import Settings
from callcenter.sheets.cells import Dialling
from callcenter.today import today_in

log = structlog.get_logger()


class Asks(Protocol):
    """The processor: carries a fact through its case's lane."""

    async def ask(self, fact: Fact) -> None: ...


class StaleProfile(Refused):
    """Somebody else saved meanwhile. ``more`` goes into the answer: the version of now, and what they changed."""

    def __init__(self, version: int, others: list[dict[str, Any]]) -> None:
        names = "、".join(dict.fromkeys(str(each["by"] or "系统") for each in others)) or "他人"
        fields = list(dict.fromkeys(one["field"] for each in others for one in each["changed"]))
        super().__init__(
            "profile_changed",
            f"这份档案刚被{names}修改过({'、'.join(LABELS[each][0] for each in fields) or '导入'}),您的修改没有保存,也没有丢失。",
            f"{names} saved this profile meanwhile ({', '.join(LABELS[each][1] for each in fields) or 'import'}); "
            "yours was not saved, and is not lost.",
            remedy_zh="请看对方改了什么,再决定是否保存您的修改。", remedy_en="Look at what they changed, then save yours or not.",
            rule="W-9",
        )  # fmt: skip
        self.more: Mapping[str, Any] = {"version": version, "others": others}


@dataclass(frozen=True)
class Profiles:
    """Writes profiles. ``processor`` is told of every case that shows them."""

    engine: AsyncEngine
    settings: Settings
    processor: Asks

    async def change(self, who: Session, member_id: UUID, version: int, changes: dict[str, Any]) -> int:
        """Change these fields of the profile that ``who`` saw as ``version``; the version of now. Raises Refused."""
        read = read_changes(changes, self._dialling())
        return await self._save(who, member_id, version, read, "edit")

    async def restore(self, who: Session, member_id: UUID, version: int, to: int) -> int:
        """Bring the content of version ``to`` back, as a new version."""
        async with self.engine.connect() as connection:
            old = await profile_of(connection, member_id, to)
        if old is None:
            raise Refused("no_such_version", f"没有第 {to} 版档案。", f"There is no version {to}.", status=404)
        return await self._save(who, member_id, version, old, "restore", to)

    async def link_number(self, who: Session, member_id: UUID, number: str) -> None:
        """One more number of this member; theirs already is well."""
        async with self.engine.begin() as connection:
            _, now = await _locked(connection, member_id)
            if number in now["numbers"]:
                return
            after = {**now, "numbers": sorted([*now["numbers"], number])}
            version = await _write(connection, member_id, now, after, "link", who.agent_id)
            await note_access(
                connection, who.agent_id, "profile_changed", str(member_id), {"version": version, "fields": ["numbers"]}
            )
        await after_commit(lambda: self.tell(who, member_id, ("numbers",)))

    async def history(self, member_id: UUID) -> list[dict[str, Any]]:
        """Every version, newest first."""
        async with self.engine.connect() as connection:
            return await history(connection, member_id)

    async def _save(
        self, who: Session, member_id: UUID, version: int, changes: dict[str, Any], kind: Kind, restored: int | None = None
    ) -> int:
        try:
            async with self.engine.begin() as connection:
                current, now = await _locked(connection, member_id)
                if version != current:
                    others = [each for each in await history(connection, member_id, version) if each["version"] > version]
                    raise StaleProfile(current, others)
                after = {**now, **changes}
                fields = tuple(each["field"] for each in differences(now, after))
                if not fields:
                    return current
                await _refuse_taken(connection, member_id, now, after)
                saved = await _write(connection, member_id, now, after, kind, who.agent_id, restored)
                trace = {"version": saved, "fields": list(fields)}
                await note_access(connection, who.agent_id, "profile_changed", str(member_id), trace)
        except sa.exc.IntegrityError as error:
            if isinstance(error.orig.__cause__ if error.orig else None, asyncpg.UniqueViolationError):
                raise Refused(
                    "profile_busy", "同一时间有人登记了相同的卡或终端。", "Somebody took this card or terminal just now."
                ) from error
            raise
        await after_commit(lambda: self.tell(who, member_id, fields))
        return saved

    async def tell(self, who: Session, member_id: UUID, fields: tuple[str, ...]) -> None:
        """Tell every case that shows the member. What was saved stays saved if a case cannot be told: its next look shows it."""
        async with self.engine.connect() as connection:
            cases = await cases_of(connection, member_id)
        for case_id in cases:
            try:
                await self.processor.ask(
                    ProfileChanged(who.agent_id, who.role, who.seat, case_id, member_id=member_id, fields=fields)
                )
            except (Refused, TimeoutError, OSError, sa.exc.SQLAlchemyError, asyncpg.PostgresError) as error:
                log.warning("profile_not_shown", case=str(case_id), error=type(error).__name__)

    def _dialling(self) -> Dialling:
        today = today_in(self.settings.time_zone)
        return Dialling(self.settings.country, self.settings.area_code, today)


async def _locked(connection: AsyncConnection, member_id: UUID) -> tuple[int, Profile]:
    found = await lock_profile(connection, member_id)
    if found is None:
        raise Refused("not_found", "没有找到这个老人。", "There is no such member.", status=404)
    return found


async def _write(
    connection: AsyncConnection, member_id: UUID, now: Profile, after: Profile, kind: Kind, by: UUID, restored: int | None = None
) -> int:
    """Write what is different, and keep both versions: what was there is never lost, whoever had written it."""
    await keep_versions(connection, [member_id], "found")
    changed = {each["field"] for each in differences(now, after)}
    values: dict[str, Any] = to_columns({key: after[key] for key in COLUMNS if key in changed})
    if "name" in changed:
        values["pinyin"], values["initials"] = spell(after["name"])
    if "district" in changed:
        values["district_id"] = await _district(connection, after["district"])
    saving = (
        sa.update(member).where(member.c.id == member_id).values(**values, version=member.c.version + 1, updated_at=sa.func.now())
    )
    version: int = (await connection.execute(saving.returning(member.c.version))).scalar_one()
    if "numbers" in changed:
        await member_rows.replace_numbers(connection, {member_id: after["numbers"]})
    if "card" in changed:
        held = after["card"]
        until = to_columns({"birth_date": held["valid_until"]})["birth_date"] if held else None
        await member_rows.replace_cards(connection, {member_id: (held["number"], until) if held else None})
    if "contacts" in changed:
        await _put_contacts(connection, member_id, after["contacts"])
    if "terminals" in changed:
        gone = set(now["terminals"]) - set(after["terminals"])
        leave = sa.update(terminal).where(terminal.c.serial.in_(gone)).values(member_id=None, version=terminal.c.version + 1)
        await connection.execute(leave)
        new = [
            {"serial": each, "member_id": member_id, "number": None} for each in after["terminals"] if each not in now["terminals"]
        ]
        await member_rows.put_terminals(connection, new)
    await keep_versions(connection, [member_id], kind, by, restored)
    return version


async def _put_contacts(connection: AsyncConnection, member_id: UUID, contacts: list[dict[str, Any]]) -> None:
    """In this order. Ids stay: a ladder that runs knows its people by them."""
    await connection.execute(sa.delete(contact).where(contact.c.member_id == member_id))
    rows = [{**each, "id": UUID(each["id"]), "member_id": member_id, "position": place} for place, each in enumerate(contacts, 1)]
    if rows:
        await connection.execute(sa.insert(contact), rows)


async def _district(connection: AsyncConnection, name: str | None) -> UUID | None:
    if not name:
        return None
    found: UUID | None = await connection.scalar(sa.select(district.c.id).where(district.c.name == name))
    if found is None:
        raise Refused(
            "unknown_district", f"没有“{name}”这个区域,档案没有保存。", f"There is no district “{name}”; nothing was saved.",
            remedy_zh="请从列表中选择。", remedy_en="Choose one of the list.", status=422,
        )  # fmt: skip
    return found


async def _refuse_taken(connection: AsyncConnection, member_id: UUID, now: Profile, after: Profile) -> None:
    """A card, a terminal or a contact of another member changes hands by no mistake of typing."""
    new_card = after["card"]["number"] if after["card"] and after["card"] != now["card"] else None
    if new_card is not None:
        owner = await connection.scalar(
            sa.select(member.c.name).join(card).where(card.c.number == new_card, member.c.id != member_id)
        )
        if owner is not None:
            raise _taken("card_taken", f"服务卡 {new_card}", f"Card {new_card}", owner)
    for serial in set(after["terminals"]) - set(now["terminals"]):
        query = sa.select(member.c.name).join(terminal).where(terminal.c.serial == serial, member.c.id != member_id)
        if (owner := await connection.scalar(query)) is not None:
            raise _taken("terminal_taken", f"终端 {serial}", f"Terminal {serial}", owner)
    ids = [UUID(each["id"]) for each in after["contacts"]]
    if await connection.scalar(sa.select(contact.c.id).where(contact.c.id.in_(ids), contact.c.member_id != member_id).limit(1)):
        raise Refused("contact_taken", "联系人属于另一位老人。", "A contact is another member's.", rule="W-9", status=422)


def _taken(code: str, what_zh: str, what_en: str, owner: str) -> Refused:
    return Refused(
        code, f"{what_zh} 已登记在{owner}名下,档案没有保存。", f"{what_en} is {owner}'s already; nothing was saved.",
        remedy_zh="请核对;确需转移的,先在那位老人的档案中去掉。", remedy_en="Check it; to move it, take it off that profile first.",
        rule="W-9", status=409,
    )  # fmt: skip
