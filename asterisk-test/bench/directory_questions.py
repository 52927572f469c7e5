"""A whole city's directory for ``search_members.py``: the demo's tables, and some thousands of firms and resources beside them."""

from __future__ import annotations

import random
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.catalogue.demo import demo_rows
from callcenter.catalogue.records import save
from callcenter.catalogue.stores import stores
from callcenter.db.tables import department, district
from callcenter.people.demo_people import DEPARTMENTS
from callcenter.sheets.cells import Dialling

TIMES = 60
"""How often each firm, number and resource of the demo is there again, under a name of its own."""
AGAIN = ("key_numbers", "resources", "partners")
TRADES = "康乐福安宁和顺佳惠民益众诚信达美好家园"


async def fill_directory(engine: AsyncEngine, by: UUID, zone: str) -> int:
    """How many entries it has afterwards."""
    known, chance, count = stores(zone), random.Random(7), 0
    dialling = Dialling("CN", "0797", date(2026, 11, 29))
    async with engine.begin() as connection:
        for name, (phone, districts) in DEPARTMENTS.items():
            key = uuid4()
            await connection.execute(sa.insert(department).values(id=key, name=name, phone=phone))
            rows = [{"id": uuid4(), "name": each, "department_id": key} for each in districts]
            await connection.execute(sa.insert(district), rows)
        for noun in ("departments", "districts", "services", "key_numbers", "resources", "partners"):
            there = {known[noun].sheet.key_of(row) for row in await known[noun].read(connection)}
            rows = [row for row in demo_rows(known[noun], dialling) if known[noun].sheet.key_of(row) not in there]
            for time in range(TIMES if noun in AGAIN else 0):
                for row in demo_rows(known[noun], dialling):
                    name = "".join(chance.choice(TRADES) for _ in range(3)) + row["name"]
                    rows.append({**row, "name": name, "ref": f"{row['ref']}-{time}"})
            await save(connection, known[noun], rows, "add", by)
            count += len(rows)
    return count


def directory_questions(of_each: int, zone: str) -> dict[str, list[str]]:
    """What seats look for while somebody speaks."""
    dialling, chance = Dialling("CN", "0797", date(2026, 11, 29)), random.Random(3)
    known = stores(zone)
    rows = [row for noun in AGAIN for row in demo_rows(known[noun], dialling)]
    services = demo_rows(known["services"], dialling)
    some = [chance.choice(rows) for _ in range(of_each)]
    return {
        "a service": [chance.choice(services)["name"] for _ in some],
        "a name": [row["name"] for row in some],
        "two characters of it": [row["name"][-2:] for row in some],
        "one character": [row["name"][-1] for row in some],
        "pinyin of a trade": [chance.choice(("baojie", "weixiu", "yiyuan", "peican", "wuye", "by", "wx")) for _ in some],
        "a district": [row.get("district") or "象湖" for row in some],
        "name and district": [f"{row['name'][-2:]} {(row.get('district') or '象湖')[:2]}" for row in some],
        "nothing of the kind": [f"龘{place}" for place in range(of_each)],
    }
