"""Members by the hundred, for import: what is there, and what is written. One call never holds more than a batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.people import kind_of_number
from callcenter.db.tables import card, contact, department, district, member, member_number, terminal

UNASSIGNED = "未分配部门"

# What a file may set in the member's own row.
FIELDS = (
    "name", "gender", "birth_date", "address", "dialect", "better_ear", "door_code", "key_holder", "lives_alone",
    "illnesses", "medication", "allergies", "hospital", "blood_type",
)  # fmt: skip

Contact = tuple[str, str, str]
"""Name, relation, number; their order is the order in which they are called."""


async def members_by_ref(connection: AsyncConnection, refs: Collection[str] | None) -> dict[str, dict[str, Any]]:
    """What is known now: the fields, ``id``, ``district``, ``numbers``, ``contacts`` and ``cards`` of each ref; None: of all."""
    if refs is None:
        rows = await connection.execute(_ALL.where(member.c.external_ref.is_not(None)))
    else:
        rows = await connection.execute(_KNOWN, {"refs": list(refs)})
    return {str(row["external_ref"]): _known(row) for row in rows.mappings()}


async def number_members(connection: AsyncConnection) -> None:
    """A number of the centre's own for everybody who has none: made in a call, they got a name only."""
    taken = sa.select(sa.func.max(sa.cast(sa.func.substr(member.c.external_ref, 2), sa.Integer))).where(
        member.c.external_ref.regexp_match(r"^L\d{6}$")
    )
    last = await connection.scalar(taken) or 0
    unnumbered = sa.select(member.c.id).where(member.c.external_ref.is_(None)).order_by(member.c.created_at, member.c.id)
    for place, member_id in enumerate(list(await connection.scalars(unnumbered)), last + 1):
        await connection.execute(sa.update(member).where(member.c.id == member_id).values(external_ref=f"L{place:06d}"))


async def terminals_of(connection: AsyncConnection) -> dict[UUID, tuple[str, str | None]]:
    """Member → serial and number of their first terminal."""
    query = sa.select(terminal.c.member_id, terminal.c.serial, terminal.c.number).where(terminal.c.member_id.is_not(None))
    found: dict[UUID, tuple[str, str | None]] = {}
    for row in await connection.execute(query.order_by(terminal.c.serial)):
        found.setdefault(row.member_id, (row.serial, row.number))
    return found


async def terminals_by_serial(
    connection: AsyncConnection, serials: Collection[str]
) -> dict[str, tuple[UUID | None, str | None, str | None]]:
    """Serial → member, that member's ref, number."""
    columns = (terminal.c.serial, terminal.c.member_id, member.c.external_ref, terminal.c.number)
    query = sa.select(*columns).outerjoin(member).where(terminal.c.serial.in_(serials))
    return {row[0]: (row[1], row[2], row[3]) for row in await connection.execute(query)}


async def card_holders(connection: AsyncConnection, numbers: Collection[str]) -> dict[str, str | None]:
    """Card → ref of the member who has it now."""
    query = sa.select(card.c.number, member.c.external_ref).join(member).where(card.c.number.in_(numbers))
    return {row.number: row.external_ref for row in await connection.execute(query)}


async def ensure_districts(connection: AsyncConnection, names: Collection[str]) -> dict[str, UUID]:
    """Ids of all these districts. New ones go to the one department there is, or wait in 未分配部门."""
    query = sa.select(district.c.name, district.c.id).where(district.c.name.in_(names))
    known = {row.name: row.id for row in await connection.execute(query)}
    if missing := sorted(set(names) - known.keys()):
        owner = await _department_for_new(connection)
        rows = [{"id": uuid4(), "name": name, "department_id": owner} for name in missing]
        await connection.execute(sa.insert(district), rows)
        known |= {str(row["name"]): row["id"] for row in rows}
    return known


async def insert_members(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """New members; every row has the same keys."""
    if rows:
        await connection.execute(sa.insert(member), rows)


async def update_members(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Changed members: ``id`` and the same set of columns in every row."""
    if not rows:
        return
    columns = [key for key in rows[0] if key != "id"]
    query = (
        sa.update(member)
        .where(member.c.id == sa.bindparam("id_"))
        .values({key: sa.bindparam(f"{key}_") for key in columns})
        .values(version=member.c.version + 1, updated_at=sa.func.now())
    )
    await connection.execute(query, [{f"{key}_": value for key, value in row.items()} for row in rows])


async def replace_numbers(connection: AsyncConnection, numbers: Mapping[UUID, list[str]]) -> None:
    """These members have these numbers and no others."""
    await _clear(connection, member_number, numbers)
    rows = [
        {"member_id": member_id, "number": number, "kind": kind_of_number(number)}
        for member_id, each in numbers.items()
        for number in each
    ]
    if rows:
        await connection.execute(sa.insert(member_number), rows)


async def replace_contacts(connection: AsyncConnection, contacts: Mapping[UUID, list[Contact]]) -> None:
    """These members have these contacts, in this order, and no others. Who stays is the same one: a ladder that runs goes on
    phoning them."""
    await _clear(connection, contact, contacts)
    rows = [
        {
            "id": uuid5(member_id, f"contact {number} {sum(other[2] == number for other in each[:place])}"),
            "member_id": member_id, "name": name, "relation": relation, "number": number, "position": place + 1,
        }
        for member_id, each in contacts.items()
        for place, (name, relation, number) in enumerate(each)
    ]  # fmt: skip
    if rows:
        await connection.execute(sa.insert(contact), rows)


async def replace_cards(connection: AsyncConnection, cards: Mapping[UUID, tuple[str, date | None] | None]) -> None:
    """These members have this card, or none. A card that another member had changes hands."""
    await _clear(connection, card, cards)
    rows = [{"number": each[0], "member_id": member_id, "valid_until": each[1]} for member_id, each in cards.items() if each]
    if rows:
        new = insert(card)
        columns = {"member_id": new.excluded.member_id, "valid_until": new.excluded.valid_until}
        await connection.execute(new.on_conflict_do_update(index_elements=["number"], set_=columns), rows)


async def put_terminals(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Terminals (``serial``, ``member_id``, ``number``) are there and belong to these members.

    A number that the file does not name is kept, and so is everything else the terminal has.
    """
    if rows:
        new = insert(terminal)
        columns = {
            "member_id": new.excluded.member_id,
            "number": sa.func.coalesce(new.excluded.number, terminal.c.number),
            "version": terminal.c.version + 1,
        }
        await connection.execute(new.on_conflict_do_update(index_elements=["serial"], set_=columns), rows)


async def _clear(connection: AsyncConnection, table: sa.Table, members: Collection[UUID]) -> None:
    if members:
        await connection.execute(sa.delete(table).where(table.c.member_id.in_(members)))


async def _department_for_new(connection: AsyncConnection) -> UUID:
    known = (await connection.execute(sa.select(department.c.id, department.c.name))).all()
    if len(known) == 1:
        return UUID(str(known[0].id))
    for row in known:
        if row.name == UNASSIGNED:
            return UUID(str(row.id))
    department_id = uuid4()
    await connection.execute(sa.insert(department).values(id=department_id, name=UNASSIGNED))
    return department_id


def _known(row: sa.RowMapping) -> dict[str, Any]:
    return {
        **{key: row[key] for key in ("id", "district", *FIELDS)},
        "numbers": row["numbers"] or [],
        "contacts": [tuple(each) for each in row["contacts"] or []],
        "cards": [(number, date.fromisoformat(until) if until else None) for number, until in row["cards"] or []],
    }


def _of_member(item: sa.ColumnElement[Any], order: sa.ColumnElement[Any], table: sa.Table) -> sa.ScalarSelect[Any]:
    listed = sa.func.jsonb_agg(aggregate_order_by(item, order), type_=JSONB)
    return sa.select(listed).where(table.c.member_id == member.c.id).scalar_subquery()


_ALL = sa.select(
    member.c.id,
    member.c.external_ref,
    *(member.c[key] for key in FIELDS),
    district.c.name.label("district"),
    _of_member(sa.func.to_jsonb(member_number.c.number), member_number.c.number.asc(), member_number).label("numbers"),
    _of_member(
        sa.func.jsonb_build_array(contact.c.name, contact.c.relation, contact.c.number), contact.c.position.asc(), contact
    ).label("contacts"),
    _of_member(sa.func.jsonb_build_array(card.c.number, card.c.valid_until), card.c.number.asc(), card).label("cards"),
).select_from(member.outerjoin(district))
_KNOWN = _ALL.where(member.c.external_ref == sa.any_(sa.bindparam("refs", type_=ARRAY(sa.Text))))
