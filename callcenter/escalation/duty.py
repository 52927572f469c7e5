"""The duty supervisors' telephones, in the order in which they are paged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.tables import duty_phone
from callcenter.domain.dialled import PUBLIC_NUMBER
from callcenter.domain.errors import Refused
from callcenter.settings import Settings
from callcenter.telephony.numbers import normalise

PHONES_MOST = 20


@dataclass(frozen=True)
class DutyPhones:
    """Reads and changes them. Every change gives back the whole list, for it may move others."""

    engine: AsyncEngine
    settings: Settings

    async def all(self) -> list[dict[str, Any]]:
        async with self.engine.connect() as connection:
            return await _all(connection)

    async def add(self, by: UUID, *, name: str, number: str, position: int | None, active: bool) -> list[dict[str, Any]]:
        """A new telephone, paged last unless ``position`` says otherwise."""
        values = {"name": name, "number": self._number(number), "active": active}
        async with self.engine.begin() as connection:
            known = await _locked(connection)
            if len(known) >= PHONES_MOST:
                raise Refused(
                    "too_many_phones", f"最多{PHONES_MOST}部值班电话。", f"There are at most {PHONES_MOST} duty phones.", status=422
                )
            phone_id = uuid4()
            place = len(known) + 1
            await connection.execute(sa.insert(duty_phone).values(id=phone_id, position=place, **values))
            await _order(connection, [*known, phone_id], phone_id, position)
            await note_access(connection, by, "duty_phone_added", str(phone_id))
            return await _all(connection)

    async def change(self, by: UUID, phone_id: UUID, changes: dict[str, Any]) -> list[dict[str, Any]]:
        """Any of name, number, position, active."""
        values = dict(changes)
        position = values.pop("position", None)
        if "number" in values:
            values["number"] = self._number(values["number"])
        async with self.engine.begin() as connection:
            known = await _locked(connection)
            _require(phone_id, known)
            if values:
                await connection.execute(sa.update(duty_phone).where(duty_phone.c.id == phone_id).values(**values))
            await _order(connection, known, phone_id, position)
            await note_access(connection, by, "duty_phone_changed", str(phone_id), {"fields": sorted(changes)})
            return await _all(connection)

    async def remove(self, by: UUID, phone_id: UUID) -> list[dict[str, Any]]:
        """Without any the supervisor is paged on the screen only; the preview says so."""
        async with self.engine.begin() as connection:
            known = await _locked(connection)
            _require(phone_id, known)
            await connection.execute(sa.delete(duty_phone).where(duty_phone.c.id == phone_id))
            await _order(connection, [each for each in known if each != phone_id], None, None)
            await note_access(connection, by, "duty_phone_removed", str(phone_id))
            return await _all(connection)

    def _number(self, raw: str) -> str:
        number = normalise(raw, self.settings.country, self.settings.area_code)
        if PUBLIC_NUMBER.fullmatch(re.sub(r"[\s\-()./]", "", raw)) or (number and PUBLIC_NUMBER.fullmatch(number)):
            raise Refused(
                "public_number", "值班电话不能是110、119、120等公共号码。", "A duty phone cannot be 110, 119, 120 or the like.",
                remedy_zh="请填写值班主任的手机或座机号码。", remedy_en="Give the supervisor's own mobile or fixed line.",
                rule="R-12", status=422,
            )  # fmt: skip
        if number is None:
            area_code = self.settings.area_code
            raise Refused(
                "bad_number", "不是有效电话号码。", "Not a telephone number.",
                remedy_zh=f"手机写 11 位,座机写区号加号码(如 {area_code}-6221234)。",
                remedy_en=f"Mobiles have 11 digits, fixed lines an area code ({area_code}-6221234).", status=422,
            )  # fmt: skip
        return number


async def _all(connection: AsyncConnection) -> list[dict[str, Any]]:
    found = await connection.execute(sa.select(duty_phone).order_by(duty_phone.c.position, duty_phone.c.id))
    return [
        {"id": str(row.id), "name": row.name, "number": row.number, "position": row.position, "active": row.active} for row in found
    ]


async def _locked(connection: AsyncConnection) -> list[UUID]:
    """Their ids in order; whoever changes the list at the same moment waits."""
    await connection.execute(sa.text("LOCK TABLE duty_phone IN SHARE ROW EXCLUSIVE MODE"))
    return list((await connection.scalars(sa.select(duty_phone.c.id).order_by(duty_phone.c.position, duty_phone.c.id))).all())


async def _order(connection: AsyncConnection, known: list[UUID], moved: UUID | None, position: int | None) -> None:
    """Places from 1 without gaps."""
    order = list(known)
    if moved is not None and position is not None:
        order.remove(moved)
        order.insert(position - 1, moved)
    for place, phone_id in enumerate(order, 1):
        await connection.execute(sa.update(duty_phone).where(duty_phone.c.id == phone_id).values(position=place))


def _require(phone_id: UUID, known: list[UUID]) -> None:
    if phone_id not in known:
        raise Refused("not_found", "没有这部值班电话。", "There is no such duty phone.", status=404)
