"""Members: who calls from a number or a terminal, making one from a call, and the short form in lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.spelling import spell
from callcenter.db.tables import case, district, member, member_number, terminal
from callcenter.domain.errors import Refused
from callcenter.domain.names import Gender, age_on, honorific


@dataclass(frozen=True)
class Terminal:
    """A 一键通: which member it belongs to and what it signs its calls with."""

    serial: str
    member_id: UUID | None
    account: str | None
    number: str | None


async def find_by_number(connection: AsyncConnection, e164: str) -> list[UUID]:
    """The members of a number, eldest entry first. Couples and neighbours share one."""
    found = await connection.execute(
        sa.select(member_number.c.member_id)
        .join(member)
        .where(member_number.c.number == e164)
        .order_by(member.c.created_at, member.c.id)
    )
    return list(found.scalars())


async def find_terminal(
    connection: AsyncConnection,
    *,
    account: str | None = None,
    number: str | None = None,
    serial: str | None = None,
) -> Terminal | None:
    """The terminal that signs with an account, calls from a number, or has a serial.

    None also when several terminals share the number: then nobody knows which one it is.
    """
    given = {"account": account, "number": number, "serial": serial}
    conditions = [terminal.c[name] == value for name, value in given.items() if value is not None]
    if not conditions:
        raise ValueError("find_terminal needs an account, a number or a serial")
    columns = (terminal.c.serial, terminal.c.member_id, terminal.c.account, terminal.c.number)
    found = (await connection.execute(sa.select(*columns).where(*conditions).limit(2))).all()
    if len(found) != 1:
        return None
    return Terminal(*found[0])


async def create_member(
    connection: AsyncConnection,
    *,
    name: str,
    gender: Gender,
    number: str | None,
    address: str = "",
    district_name: str | None = None,
) -> UUID:
    """A new member from a call, with the caller's number if it is known. An unknown district stays empty."""
    pinyin, initials = spell(name)
    district_id = await connection.scalar(sa.select(district.c.id).where(district.c.name == (district_name or "").strip()))
    member_id = uuid4()
    await connection.execute(
        sa.insert(member).values(
            id=member_id,
            name=name.strip(),
            pinyin=pinyin,
            initials=initials,
            gender=gender,
            address=address.strip(),
            district_id=district_id,
        )
    )
    if number is not None:
        await connection.execute(sa.insert(member_number).values(member_id=member_id, number=number, kind=kind_of_number(number)))
    return member_id


async def held_caller(connection: AsyncConnection, case_id: UUID, seat: str | None) -> str | None:
    """The number that calls in a case which is in this seat's hands; None when it is not shown. Raises Refused for strangers.

    Asked before anything is written: the domain refuses a stranger too, but after the number would be somebody's.
    """
    columns = (case.c.caller_number, case.c.offer_seat, case.c.seat)
    found = (await connection.execute(sa.select(*columns).where(case.c.id == case_id))).one_or_none()
    if found is None or seat is None or seat not in (found.offer_seat, found.seat):
        raise Refused("not_your_case", "这个求助件不在您手上。", "This case is not in your hands.", rule="W-9", status=403)
    number: str | None = found.caller_number
    return number


async def is_about(connection: AsyncConnection, case_id: UUID, member_id: UUID) -> bool:
    """Whether a case is about a member, or may be: the member is chosen, or one of those who share the number."""
    candidate = case.c.candidates.contains([str(member_id)])
    query = sa.select(case.c.id).where(case.c.id == case_id, sa.or_(case.c.member_id == member_id, candidate))
    return await connection.scalar(query) is not None


def kind_of_number(e164: str) -> Literal["phone", "mobile"]:
    """Chinese mobiles begin with 1 after the country code; everything else is taken for a fixed line."""
    return "mobile" if re.match(r"\+861[3-9]", e164) else "phone"


async def briefs(connection: AsyncConnection, ids: Sequence[UUID], today: date) -> list[dict[str, Any]]:
    """``MemberBrief`` for each id, in the order given."""
    numbers = (
        sa.select(sa.func.array_agg(aggregate_order_by(member_number.c.number, member_number.c.number.asc())))
        .where(member_number.c.member_id == member.c.id)
        .scalar_subquery()
    )
    rows = await connection.execute(
        sa.select(
            member.c.id,
            member.c.name,
            member.c.gender,
            member.c.birth_date,
            member.c.address,
            district.c.name.label("district"),
            numbers.label("numbers"),
        )
        .outerjoin(district)
        .where(member.c.id.in_(ids))
    )
    found = {}
    for row in rows:
        age = age_on(today, row.birth_date)
        found[row.id] = {
            "id": str(row.id),
            "name": row.name,
            "honorific": honorific(row.name, row.gender, age),
            "age": age,
            "district": row.district,
            "address": row.address,
            "numbers": row.numbers or [],
        }
    return [found[member_id] for member_id in ids if member_id in found]
