"""The demo centre: everything a first evening with the product needs, loaded once into an empty database.

It also writes two files into the data folder, readable by their owner only: who can log in (the passwords are random
and kept nowhere else), and which phones and numbers the simulation may be.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.duty_room_tables import roster_turn
from callcenter.db.people import kind_of_number
from callcenter.db.spelling import spell
from callcenter.db.tables import (
    agent,
    card,
    contact,
    department,
    district,
    duty_phone,
    line,
    line_hours,
    member,
    member_number,
    policy,
    seat,
    terminal,
)
from callcenter.domain.escalation import kind_of_relation
from callcenter.domain.policy import Policy, PublicNumber, Rung, as_json
from callcenter.people.demo_people import (
    DEPARTMENTS,
    DUTY_PHONES,
    FIXED_LINE_TERMINALS,
    SIP_TERMINALS,
    DemoMember,
    invent_members,
)
from callcenter.people.passwords import hash_now
from callcenter.settings import Settings
from callcenter.today import today_in

LOGINS_FILE = "demo-logins.json"
CENTRE_FILE = "demo-centre.json"
LINES = (("079796601", "emergency", "一键通紧急求助"), ("079796602", "life_help", "生活帮助热线"))
SEATS = tuple((f"800{place}", f"{place}号坐席") for place in range(1, 7))
STAFF = (
    ("seat1", "陈静", "seat", "8001"),
    ("seat2", "刘慧", "seat", "8002"),
    ("seat3", "钟晓玲", "seat", "8003"),
    ("seat4", "赖建平", "seat", "8004"),
    ("seat5", "谢婷", "seat", "8005"),
    ("seat6", "温志强", "seat", "8006"),
    ("supervisor", "曾国平", "supervisor", None),
    ("dispatcher", "罗小燕", "dispatcher", None),
    ("leader", "邱文斌", "group_leader", None),
    ("head", "廖美玲", "department_head", None),
    ("business", "黄志明", "business_development", None),
    ("finance", "郭丽华", "finance", None),
    ("auditor", "徐国栋", "auditor", None),
    ("admin", "系统管理员", "administrator", None),
)
# Short figures: with nobody answering anywhere, an evening's visitor sees the whole ladder in about three minutes.
POLICY = Policy(
    "演示策略",
    (
        Rung(("emergency_seats",), 0.0, "until_seat_answers", "parallel"),
        Rung(("all_seats",), 6.0, "until_seat_answers", "parallel"),
        Rung(("family",), 14.0, "until_seat_answers", "in_order", tries=2, ring_seconds=15.0),
        Rung(("neighbour", "community"), 60.0, "until_seat_answers", "parallel", ring_seconds=20.0),
        Rung(("120",), 20.0, "until_seat_answers", "in_order", ring_seconds=25.0),
        Rung(("supervisor",), 30.0, "until_seat_answers", "in_order", ring_seconds=20.0),
    ),
    # The drill trunk is the simulated network: it reaches nobody real, whatever is dialled.
    public=(PublicNumber("110"), PublicNumber("119"), PublicNumber("120", "automatic", "drill")),
    key_seconds=15.0,
    resolve_seconds=900.0,
    version=1,
)
# No 0/O, 1/l/I: read from a terminal, typed by hand.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
LOCK = 7_220_260_111

log = structlog.get_logger()


async def load_demo(engine: AsyncEngine, settings: Settings) -> bool:
    """Load the demo centre if the database has no members, people or places. True when it was loaded now.

    One transaction: it is there wholly or not at all. A lost centre file is written again from the database; a lost
    log-in file is not, for only hashes of its passwords exist.
    """
    today = today_in(settings.time_zone)
    passwords = [readable(8) for _ in STAFF]
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        empty = not any([await _has_rows(connection, table) for table in (member, agent, seat)])
        if empty:
            await _insert_centre(connection)
            await _insert_staff(connection, await asyncio.to_thread(lambda: [hash_now(each) for each in passwords]))
            await _insert_members(connection, invent_members(today))
            await _insert_ladder(connection)
            await insert_roster(connection, settings.time_zone)
    data_dir = settings.data_dir.absolute()
    if empty:
        _write(data_dir / LOGINS_FILE, _logins(passwords))
        log.info("demo centre loaded", members=len(invent_members(today)))
    if empty or not (data_dir / CENTRE_FILE).exists():
        async with engine.connect() as connection:
            if await _is_demo(connection):
                _write(data_dir / CENTRE_FILE, await _centre(connection))
    return empty


def readable(length: int) -> str:
    """A random password that can be read and typed."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


async def _has_rows(connection: AsyncConnection, table: sa.Table) -> bool:
    return await connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)) is not None


async def _is_demo(connection: AsyncConnection) -> bool:
    query = sa.select(member.c.id).where(member.c.external_ref.like("DEMO-%")).limit(1)
    return await connection.scalar(query) is not None


async def _insert_centre(connection: AsyncConnection) -> None:
    for name, (phone, districts) in DEPARTMENTS.items():
        department_id = uuid4()
        await connection.execute(sa.insert(department).values(id=department_id, name=name, phone=phone))
        await connection.execute(
            sa.insert(district), [{"id": uuid4(), "name": each, "department_id": department_id} for each in districts]
        )
    lines = [{"number": number, "kind": kind, "name": name} for number, kind, name in LINES]
    await connection.execute(sa.insert(line), lines)
    hours = [
        {"id": uuid4(), "line": number, "days": "every", "opens": 480, "closes": 1200}
        for number, kind, _ in LINES
        if kind == "life_help"
    ]
    await connection.execute(sa.insert(line_hours), hours)  # 8:00 to 20:00
    seats = [{"extension": extension, "name": name, "password": secrets.token_urlsafe(18)} for extension, name in SEATS]
    await connection.execute(sa.insert(seat), seats)


async def _insert_staff(connection: AsyncConnection, hashes: list[str]) -> None:
    people = [
        {"id": uuid4(), "user": user, "name": name, "role": role, "seat": place, "password_hash": password_hash}
        for (user, name, role, place), password_hash in zip(STAFF, hashes, strict=True)
    ]
    await connection.execute(sa.insert(agent), people)


async def _insert_members(connection: AsyncConnection, members: list[DemoMember]) -> None:
    districts = {row.name: row.id for row in await connection.execute(sa.select(district.c.id, district.c.name))}
    rows = []
    for one in members:
        pinyin, initials = spell(one.name)
        rows.append(
            {
                "id": one.id, "external_ref": one.ref, "name": one.name, "pinyin": pinyin, "initials": initials,
                "gender": one.gender, "birth_date": one.birth_date, "dialect": one.dialect, "better_ear": one.better_ear,
                "district_id": districts[one.district], "address": one.address, "door_code": one.door_code,
                "key_holder": one.key_holder, "lives_alone": one.lives_alone, "illnesses": one.illnesses,
                "medication": one.medication, "allergies": one.allergies, "hospital": one.hospital,
                "blood_type": one.blood_type, "remarks": one.remarks,
            }
        )  # fmt: skip
    await connection.execute(sa.insert(member), rows)
    numbers = [{"member_id": one.id, "number": one.number, "kind": kind_of_number(one.number)} for one in members]
    await connection.execute(sa.insert(member_number), numbers)
    contacts = [
        {"id": uuid4(), "member_id": one.id, "name": name, "relation": relation, "number": number, "position": position}
        for one in members
        for position, (name, relation, number) in enumerate(one.contacts, 1)
    ]
    await connection.execute(sa.insert(contact), contacts)
    cards = [{"number": one.card, "member_id": one.id, "valid_until": one.card_until} for one in members]
    await connection.execute(sa.insert(card), cards)
    await connection.execute(sa.insert(terminal), _terminals(members))


async def _insert_ladder(connection: AsyncConnection) -> None:
    await connection.execute(sa.insert(policy).values(version=POLICY.version, data=as_json(POLICY)))
    phones = [
        {"id": uuid4(), "name": name, "number": number, "position": position}
        for position, (name, number) in enumerate(DUTY_PHONES, 1)
    ]
    await connection.execute(sa.insert(duty_phone), phones)


async def insert_roster(connection: AsyncConnection, zone: str) -> None:
    """Who is on duty from yesterday on, for four weeks: by day and by night, each with a duty phone, so that nothing is missing on
    the first evening (S-9). Whoever tries out the page of the roster goes on from there."""
    phones = {row.name: row.id for row in await connection.execute(sa.select(duty_phone.c.name, duty_phone.c.id))}
    people = {row.name: row.id for row in await connection.execute(sa.select(agent.c.name, agent.c.id))}
    first = datetime.now(ZoneInfo(zone)).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1)
    turns = [
        {
            "id": uuid4(), "post": "supervisor", "agent_id": people[name], "phone_id": phones[name], "set_by": people[name],
            "begins_at": first + timedelta(days=day, hours=hours), "ends_at": first + timedelta(days=day, hours=hours + 12),
        }
        for day in range(28)
        for hours, (name, _) in zip((0, 12), DUTY_PHONES, strict=True)
    ]  # fmt: skip
    await connection.execute(sa.insert(roster_turn), turns)


def _terminals(members: list[DemoMember]) -> list[dict[str, Any]]:
    """The first elders have terminals that register with us, the next ones theirs on the fixed line, the rest none."""
    registering = [
        {
            "serial": f"YJT{36078000 + order}", "member_id": one.id, "model": "一键通 SIP-2", "account": f"t{10000 + order}",
            "password": secrets.token_urlsafe(18), "number": None, "battery_percent": 100 - order % 7 * 9,
        }
        for order, one in enumerate(members[:SIP_TERMINALS], 1)
    ]  # fmt: skip
    on_the_line = [
        {
            "serial": f"YJT{36078500 + order}", "member_id": one.id, "model": "一键通 固话-1", "account": None,
            "password": None, "number": one.number, "battery_percent": None,
        }
        for order, one in enumerate(members[SIP_TERMINALS : SIP_TERMINALS + FIXED_LINE_TERMINALS], 1)
    ]  # fmt: skip
    return registering + on_the_line


def _logins(passwords: list[str]) -> list[dict[str, str | None]]:
    return [
        {"role": role, "user": user, "password": password, "seat": place, "name": name}
        for (user, name, role, place), password in zip(STAFF, passwords, strict=True)
    ]


async def _centre(connection: AsyncConnection) -> dict[str, Any]:
    """What the simulation needs, as the database has it now."""
    lines = await connection.execute(sa.select(line.c.kind, line.c.number).order_by(line.c.number.desc()))
    terminals = await connection.execute(
        sa.select(terminal.c.serial, terminal.c.account, terminal.c.password, terminal.c.number, member.c.name.label("member"))
        .outerjoin(member)
        .order_by(terminal.c.serial)
    )
    numbers = await connection.execute(
        sa.select(member.c.name, member_number.c.number).join(member_number).order_by(member.c.external_ref, member_number.c.number)
    )
    seats = await connection.execute(sa.select(seat.c.extension, seat.c.password).order_by(seat.c.extension))
    contacts = await connection.execute(
        sa.select(member.c.name.label("member"), contact.c.name, contact.c.relation, contact.c.number)
        .join(contact)
        .order_by(member.c.external_ref, contact.c.position)
    )
    duty = await connection.execute(sa.select(duty_phone.c.name, duty_phone.c.number).order_by(duty_phone.c.position))
    return {
        "lines": {row.kind: row.number for row in lines},
        "terminals": [_plain(row) for row in terminals.mappings()],
        "members": [_plain(row) for row in numbers.mappings()],
        "seats": [_plain(row) for row in seats.mappings()],
        # Whom the ladder phones: a simulated network that is rung knows who it is.
        "contacts": [{**_plain(row), "kind": kind_of_relation(row["relation"])} for row in contacts.mappings()],
        "duty": [_plain(row) for row in duty.mappings()],
    }


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def _write(path: Path, content: object) -> None:
    """Written beside and renamed, mode 600: nobody sees half of it, and nobody else sees it at any instant."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=path.name, delete=False) as part:
        part.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(path)
