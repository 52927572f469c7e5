"""The whole of what a seat must know about an elder while they speak: ``MemberProfile`` of docs/api.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.consent_tables import consent
from callcenter.db.tables import card, case, contact, department, district, member, member_number, terminal
from callcenter.domain.names import age_on, honorific

RECENT_CASES = 5

_COPIED = (
    "name", "gender", "dialect", "better_ear", "photo", "address", "door_code", "key_holder", "lives_alone",
    "illnesses", "medication", "allergies", "hospital", "blood_type", "remarks",
)  # fmt: skip


async def profiles(connection: AsyncConnection, ids: Iterable[UUID], today: date) -> dict[UUID, dict[str, Any]]:
    """The profile of each member that exists, in one statement: this stands between a press and the pop."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await connection.execute(_QUERY, {"ids": wanted})
    return {row["id"]: _as_profile(row, today) for row in rows.mappings()}


def _as_profile(row: sa.RowMapping, today: date) -> dict[str, Any]:
    age = age_on(today, row["birth_date"])
    return {
        "id": str(row["id"]),
        "version": row["version"],
        "numbers": row["numbers"] or [],
        **{key: row[key] for key in _COPIED},
        "honorific": honorific(row["name"], row["gender"], age),
        "birth_date": row["birth_date"].isoformat() if row["birth_date"] else None,
        "age": age,
        "district": row["district"],
        "department": row["department"],
        "department_phone": row["department_phone"],
        "card": row["card"],
        "contacts": row["contacts"] or [],
        "terminals": row["terminals"] or [],
        "recent_cases": row["recent_cases"] or [],
        "consents": row["consents"] or {},
    }


def _time(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A time as the contract writes it: UTC with milliseconds."""
    return sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')


def _object(**fields: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    pairs = [part for key, value in fields.items() for part in (sa.literal_column(f"'{key}'"), value)]
    return sa.func.jsonb_build_object(*pairs, type_=JSONB)


def _objects(item: sa.ColumnElement[Any], order: sa.ColumnElement[Any], owner: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """All of one kind that belong to the member, as a JSON list in order."""
    listed = sa.func.jsonb_agg(aggregate_order_by(item, order), type_=JSONB)
    return sa.select(listed).where(owner == member.c.id).scalar_subquery()


_contacts = _objects(
    _object(
        id=contact.c.id,
        name=contact.c.name,
        relation=contact.c.relation,
        number=contact.c.number,
        order=contact.c.position,
        answer_rate=sa.null(),
    ),
    contact.c.position.asc(),
    contact.c.member_id,
)
_numbers = _objects(member_number.c.number, member_number.c.number.asc(), member_number.c.member_id)
_terminals = _objects(
    _object(
        serial=terminal.c.serial,
        model=terminal.c.model,
        battery_percent=terminal.c.battery_percent,
        last_seen_at=_time(terminal.c.last_seen_at),
        last_test_at=_time(terminal.c.last_test_at),
    ),
    terminal.c.serial.asc(),
    terminal.c.member_id,
)
_card = (
    sa.select(_object(number=card.c.number, valid_until=card.c.valid_until))
    .where(card.c.member_id == member.c.id)
    .order_by(card.c.valid_until.desc().nulls_first(), card.c.number)
    .limit(1)
    .scalar_subquery()
)
_recent = (
    sa.select(case.c.id, case.c.number, case.c.opened_at, case.c.kind, case.c.disposition)
    .where(case.c.member_id == member.c.id)
    .order_by(case.c.opened_at.desc())
    .limit(RECENT_CASES)
    .correlate(member)
    .subquery()
)
_recent_cases = (
    sa.select(
        sa.func.jsonb_agg(
            aggregate_order_by(
                _object(
                    id=_recent.c.id,
                    number=_recent.c.number,
                    opened_at=_time(_recent.c.opened_at),
                    kind=_recent.c.kind,
                    disposition=_recent.c.disposition,
                ),
                _recent.c.opened_at.desc(),
            ),
            type_=JSONB,
        )
    )
    .select_from(_recent)
    .scalar_subquery()
)
_given = consent.alias()
_consents = (
    sa.select(sa.func.jsonb_object_agg(_given.c.kind, _given.c.given, type_=JSONB))
    .where(
        _given.c.member_id == member.c.id,
        _given.c.version
        == sa.select(sa.func.max(consent.c.version))
        .where(consent.c.member_id == _given.c.member_id, consent.c.kind == _given.c.kind)
        .scalar_subquery(),
    )
    .scalar_subquery()
)
_QUERY = (
    sa.select(
        member.c.id,
        member.c.birth_date,
        member.c.version,
        *(member.c[key] for key in _COPIED),
        district.c.name.label("district"),
        department.c.name.label("department"),
        department.c.phone.label("department_phone"),
        _numbers.label("numbers"),
        _contacts.label("contacts"),
        _terminals.label("terminals"),
        _card.label("card"),
        _recent_cases.label("recent_cases"),
        _consents.label("consents"),
    )
    .select_from(member.outerjoin(district).outerjoin(department))
    .where(member.c.id.in_(sa.bindparam("ids", expanding=True)))
)
