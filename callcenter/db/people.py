"""Members: who calls from a number or a terminal, finding one while the call runs, making one from a call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.spelling import spell
from callcenter.db.tables import card, case, district, member, member_number, terminal
from callcenter.domain.names import Gender, age_on, honorific

WORDS_LIMIT = 5


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


async def is_about(connection: AsyncConnection, case_id: UUID, member_id: UUID) -> bool:
    """Whether a case is about a member, or may be: the member is chosen, or one of those who share the number."""
    candidate = case.c.candidates.contains([str(member_id)])
    query = sa.select(case.c.id).where(case.c.id == case_id, sa.or_(case.c.member_id == member_id, candidate))
    return await connection.scalar(query) is not None


def kind_of_number(e164: str) -> Literal["phone", "mobile"]:
    """Chinese mobiles begin with 1 after the country code; everything else is taken for a fixed line."""
    return "mobile" if re.match(r"\+861[3-9]", e164) else "phone"


async def search(connection: AsyncConnection, text: str, limit: int, today: date) -> list[dict[str, Any]]:
    """Members by name, pinyin, initials, piece of a number, card or address, as ``MemberBrief`` of docs/api.md.

    Several words must all fit. What begins with a word comes before what only contains it: beginnings are read
    from indexes, and the one pass over the table is made only when they do not fill the list.
    """
    words = unicodedata.normalize("NFKC", text).lower().replace("\x00", "").split()[:WORDS_LIMIT]
    if not words:
        return []
    found = await _ids(connection, [_begins(word) for word in words], limit)
    if len(found) < limit:
        found += await _ids(connection, [_contains(word) for word in words], limit - len(found), found)
    return await briefs(connection, found, today)


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


async def _ids(
    connection: AsyncConnection, conditions: list[sa.ColumnElement[bool]], limit: int, without: Sequence[UUID] = ()
) -> list[UUID]:
    query = sa.select(member.c.id).where(*conditions).order_by(member.c.name, member.c.id).limit(limit)
    if without:
        query = query.where(member.c.id.not_in(without))
    return list((await connection.execute(query)).scalars())


def _begins(word: str) -> sa.ColumnElement[bool]:
    """Members whose name, pinyin, initials, number (from either end) or card begins with the word."""
    pattern = _escape(word) + "%"
    matches: list[sa.Select[UUID]] = []
    if word.isascii() and (digits := _digits(word)):
        ending = sa.func.reverse(member_number.c.number).like(digits[::-1] + "%")
        starts = [member_number.c.number.like(start + "%") for start in _international(digits)]
        matches.append(sa.select(member_number.c.member_id).where(sa.or_(ending, *starts)))
        matches.append(sa.select(card.c.member_id).where(card.c.number.like(pattern)))
    elif word.isascii():
        matches.append(sa.select(member.c.id).where(member.c.pinyin.like(pattern)))
        matches.append(sa.select(member.c.id).where(member.c.initials.like(pattern)))
    else:
        matches.append(sa.select(member.c.id).where(member.c.name.like(pattern)))
    return member.c.id.in_(sa.union(*matches) if len(matches) > 1 else matches[0])


def _contains(word: str) -> sa.ColumnElement[bool]:
    """Members that hold the word anywhere."""
    pattern = f"%{_escape(word)}%"
    anywhere = [sa.func.lower(column).like(pattern) for column in (member.c.name, member.c.address)]
    if word.isascii() and word.isalpha():
        anywhere.append(member.c.pinyin.like(pattern))
    if word.isascii() and (digits := _digits(word)):
        holders = sa.select(member_number.c.member_id).where(member_number.c.number.like(f"%{digits}%"))
        anywhere.append(member.c.id.in_(holders))
    return sa.or_(*anywhere)


def _digits(word: str) -> str:
    """The digits of a number however it is written; empty when the word is no piece of a number."""
    return re.sub(r"[+\-()]", "", word) if re.fullmatch(r"\+?[\d\-()]*\d{2}[\d\-()]*", word) else ""


def _international(digits: str) -> list[str]:
    """The beginnings of E.164 that these digits may mean: as dialled at home, or with the country code."""
    at_home = "+86" + digits.removeprefix("0")
    return [at_home, "+" + digits] if digits.startswith("86") else [at_home]


def _escape(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
