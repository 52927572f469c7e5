"""One search through all that may be said to an elder: services, key numbers, resources, firms, departments (A-1 to A-6).

What is searched lies in ``directory_search``, written with every save; how well something fits is judged as for members
(domain/finding.py). What is out of use, not published, or not valid today is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.catalogue.store import TableStore, as_json
from callcenter.db.catalogue_tables import directory_search, provider, provider_district, provider_service, resource, service
from callcenter.db.catalogue_tables import key_number as key_number_table
from callcenter.db.providers import Version, versions
from callcenter.db.spelling import spell, syllables
from callcenter.db.tables import department, district
from callcenter.domain.finding import Entry, grams, quality, spans, spelling_spans, words_of
from callcenter.domain.services import in_force
from callcenter.sheets.sheet import Row

# Noun in the address → what an entry is called.
KINDS = {
    "services": "service",
    "key_numbers": "key_number",
    "resources": "resource",
    "partners": "partner",
    "departments": "department",
}
PLACE_COLUMNS = (
    "kind",
    "category",
    "district",
    "districts",
    "address",
    "place",
    "eligibility",
    "remarks",
    "description",
    "process",
)
NUMBER_COLUMNS = ("number", "second_number", "phone")
CANDIDATES = 400
REFRESHED_BY = frozenset({"districts"})
"""Tables whose change touches the entries of others."""


# --- writing --------------------------------------------------------------------------------------------------------------


async def put(connection: AsyncConnection, noun: str, store: TableStore, rows: list[Row]) -> None:
    """These rows were saved: let the search know them as they are now."""
    if noun in REFRESHED_BY:
        await refresh(connection, {"departments": DepartmentEntries})
    if noun not in KINDS:
        return
    if noun == "services":  # an entry is the service, with the names of all its dates
        ids = {row["id"].partition(".")[0] for row in rows}
        rows = [row for row in await store.read(connection) if row["id"].partition(".")[0] in ids]
    elif noun == "departments":
        await refresh(connection, {"departments": DepartmentEntries})
        return
    await _write(connection, noun, entries_of(store, noun, rows))


async def fill(connection: AsyncConnection, stores: Mapping[str, TableStore], nouns: Iterable[str] = tuple(KINDS)) -> None:
    """Entries for everything in these tables, in place of what is there."""
    nouns = list(nouns)
    await connection.execute(sa.delete(directory_search).where(directory_search.c.noun.in_([KINDS[noun] for noun in nouns])))
    for noun in nouns:
        if noun == "departments":
            await refresh(connection, {"departments": DepartmentEntries})
        else:
            await _write(connection, noun, entries_of(stores[noun], noun, await stores[noun].read(connection)))


def entries_of(store: TableStore, noun: str, rows: list[Row]) -> dict[UUID, dict[str, Any] | None]:
    """By id: the entry, or None for what is not to be found."""
    found: dict[UUID, dict[str, Any] | None] = {}
    for row in rows:
        ident = UUID(row["id"].partition(".")[0])
        shown = row["active"] and row.get("published", True)
        texts = {column.key: column.text_of(row[column.key]) for column in store.sheet.columns}
        entry = _entry(
            row["name"],
            row["ref"],
            [texts[key] for key in NUMBER_COLUMNS if texts.get(key)],
            [texts[key] for key in PLACE_COLUMNS if texts.get(key)],
        )
        before = found.get(ident)
        found[ident] = (entry if before is None else _together(before, entry)) if shown else before
    return found


def _entry(name: str, ref: str, numbers: Sequence[str], places: Sequence[str]) -> dict[str, Any]:
    pinyin, initials = spell(name)
    ids = [ref.lower()] if ref else []
    for number in numbers:
        digits = number.lstrip("+")
        ids += [digits, "0" + digits[2:]] if digits.startswith("86") and not digits.startswith("861") else [digits]
    lowered = name.lower()
    return {
        "name": lowered,
        "pinyin": pinyin,
        "initials": initials,
        "ids": ids,
        "place": " ".join(places).lower(),
        "who": " ".join((lowered, pinyin, initials, *ids)),
    }


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One entry of two versions: found by what either is called."""
    place = " ".join(dict.fromkeys(f"{one['place']} {one['name']} {other['place']}".split()))
    return {**other, "place": place}


async def _write(connection: AsyncConnection, noun: str, entries: Mapping[UUID, dict[str, Any] | None]) -> None:
    kind, table = KINDS[noun], directory_search
    if entries:
        await connection.execute(sa.delete(table).where(table.c.noun == kind, table.c.id.in_(list(entries))))
    rows = [{"noun": kind, "id": ident, **entry} for ident, entry in entries.items() if entry is not None]
    if rows:
        await connection.execute(insert(table), rows)


class DepartmentEntries:
    """Departments are found by their districts and the estates and roads in them, too: 象湖 finds who cares for it (C-5)."""

    @staticmethod
    async def read(connection: AsyncConnection) -> dict[UUID, dict[str, Any] | None]:
        areas: dict[UUID, list[str]] = {}
        for row in await connection.execute(sa.select(district).where(district.c.active).order_by(district.c.name)):
            areas.setdefault(row.department_id, []).extend([row.name, *row.places])
        found: dict[UUID, dict[str, Any] | None] = {}
        for row in await connection.execute(sa.select(department)):
            numbers = [row.phone] if row.phone else []
            found[row.id] = _entry(row.name, "", numbers, [*areas.get(row.id, []), row.address]) if row.active else None
        return found


async def refresh(connection: AsyncConnection, which: Mapping[str, type[DepartmentEntries]]) -> None:
    for noun, entries in which.items():
        await _write(connection, noun, await entries.read(connection))


# --- finding --------------------------------------------------------------------------------------------------------------

_WITHIN = "SELECT noun, id, name, pinyin, initials, ids, place FROM directory_search WHERE {conditions} LIMIT {limit}"


async def search(
    connection: AsyncConnection, text: str, today: date, *, kind: str | None = None, near: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """What fits ``text``, best first; of what fits alike, that of the district ``near`` first. No text: everything of ``kind``."""
    words = words_of(text)
    if not words and kind is None:
        return []
    fits: dict[tuple[str, UUID], tuple[int, int]] = {}
    before: dict[tuple[str, UUID], tuple[Any, ...]] = {}
    for row in await _candidates(connection, words, kind):
        entry = Entry(row.name, row.pinyin, row.initials, tuple(row.ids), row.place)
        fit = quality(entry, words) if words else (0, 0)
        if fit is not None:
            key = (row.noun, row.id)
            fits[key] = fit
            # Its districts are part of what is searched: who is not near by this, is not near.
            before[key] = (fit, near is not None and near.lower() not in row.place, row.name, str(row.id))
    ranked: list[dict[str, Any]] = []
    # What fits is described from the best on, until there is enough: some of it is not in use today, and left out.
    waiting = sorted(before, key=before.__getitem__)
    while waiting and len(ranked) < limit:
        chosen, waiting = waiting[: 2 * limit], waiting[2 * limit :]
        ranked += await describe(connection, chosen, today)
    ranked.sort(key=lambda one: (fits[(one["kind"], UUID(one["id"]))], not _nearby(one, near), one["name"], one["id"]))
    return [_marked(each, words) for each in ranked[:limit]]


async def _candidates(connection: AsyncConnection, words: Sequence[str], kind: str | None) -> Sequence[sa.Row[Any]]:
    conditions, values = [], dict[str, Any]()
    if kind is not None:
        conditions.append("noun = :kind")
        values["kind"] = kind
    for place, word in enumerate(words):
        conditions.append(f"(search_grams(who) @> CAST(:g{place} AS text[]) OR search_grams(place) @> CAST(:g{place} AS text[]))")
        values[f"g{place}"] = grams(word)
    statement = sa.text(_WITHIN.format(conditions=" AND ".join(conditions), limit=CANDIDATES))
    return (await connection.execute(statement, values)).all()


def _nearby(one: Mapping[str, Any], near: str | None) -> bool:
    return near is not None and (one.get("district") == near or near in (one.get("districts") or ()))


def _marked(one: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    name: str = one["name"]
    found = spans(name, words)
    letters = [word for word in words if word.isascii() and not word.isdigit()]
    # How it is spelt costs more than all else here, and matters only for what is typed in letters.
    if not found and letters and len(spelt := syllables(name)) == len(name):
        found = spelling_spans(spelt, letters)
    return {**one, "matched": found}


# --- what is shown --------------------------------------------------------------------------------------------------------


async def describe(connection: AsyncConnection, wanted: Sequence[tuple[str, UUID]], today: date) -> list[dict[str, Any]]:
    """``DirectoryEntry`` of docs/api.md for each of these that is in use today; the others are left out."""
    by_kind: dict[str, list[UUID]] = {}
    for kind, ident in wanted:
        by_kind.setdefault(kind, []).append(ident)
    found: list[dict[str, Any]] = []
    for kind, ids in by_kind.items():
        found += await _DESCRIBE[kind](connection, ids, today)
    return found


async def _services(connection: AsyncConnection, ids: list[UUID], today: date) -> list[dict[str, Any]]:
    refs = {
        row.id: row.ref for row in await connection.execute(sa.select(service.c.id, service.c.ref).where(service.c.id.in_(ids)))
    }
    found = []
    for ident, each in (await versions(connection, ids)).items():
        now = in_force(each, today)
        if now is not None:
            following = min((one.valid_from for one in each if one.valid_from > today), default=None)
            found.append(service_entry(now, refs[ident], following))
    return found


def service_entry(now: Version, ref: str, following: date | None) -> dict[str, Any]:
    return {
        "kind": "service",
        "id": str(now.service_id),
        "ref": ref,
        "name": now.name,
        "name_en": now.name_en,
        "category": now.category,
        "version": now.version,
        "price": as_json(now.price),
        "unit": now.unit,
        "standards": now.standards,
        "process": now.process,
        "eligibility": now.eligibility,
        "special": now.special,
        "supplies": list(now.supplies),
        "minutes": now.minutes,
        "valid_from": as_json(now.valid_from),
        "valid_until": as_json(now.valid_until),
        "changes_on": as_json(following),
    }


async def _key_numbers(connection: AsyncConnection, ids: list[UUID], _: date) -> list[dict[str, Any]]:
    table = key_number_table
    query = sa.select(table, district.c.name.label("district")).outerjoin(district).where(table.c.id.in_(ids), table.c.active)
    return [
        {
            "kind": "key_number",
            "id": str(row["id"]),
            **{key: row[key] for key in ("ref", "name", "number", "district", "address", "hours", "remarks")},
            "category": row["kind"],
        }
        for row in (await connection.execute(query)).mappings()
    ]


async def _resources(connection: AsyncConnection, ids: list[UUID], today: date) -> list[dict[str, Any]]:
    table = resource
    query = (
        sa.select(table, district.c.name.label("district"))
        .outerjoin(district)
        .where(table.c.id.in_(ids), table.c.active, table.c.published, sa.func.coalesce(table.c.valid_until, today) >= today)
    )
    keys = ("ref", "name", "owner", "number", "district", "place", "schedule", "description")
    return [
        {
            "kind": "resource",
            "id": str(row["id"]),
            **{key: row[key] for key in keys},
            "category": row["kind"],
            **{key: as_json(row[key]) for key in ("price", "valid_from", "valid_until")},
        }
        for row in (await connection.execute(query)).mappings()
    ]


async def _partners(connection: AsyncConnection, ids: list[UUID], today: date) -> list[dict[str, Any]]:
    rows = (await connection.execute(sa.select(provider).where(provider.c.id.in_(ids), provider.c.active))).all()
    places: dict[UUID, list[str]] = {}
    query = (
        sa.select(provider_district.c.provider_id, district.c.name).join(district).where(provider_district.c.provider_id.in_(ids))
    )
    for one in await connection.execute(query.order_by(district.c.name)):
        places.setdefault(one[0], []).append(one[1])
    offered: dict[UUID, list[tuple[UUID, Any]]] = {}
    prices = sa.select(provider_service).where(provider_service.c.provider_id.in_(ids))
    for one in await connection.execute(prices):
        offered.setdefault(one.provider_id, []).append((one.service_id, one.price))
    named = await versions(connection, list({each for pairs in offered.values() for each, _ in pairs}))
    now = {ident: found for ident, each in named.items() if (found := in_force(each, today)) is not None}
    return [
        {
            "kind": "partner",
            "id": str(row.id),
            "ref": row.ref,
            "name": row.name,
            "contact": row.contact,
            "number": row.number,
            "second_number": row.second_number,
            "address": row.address,
            "districts": places.get(row.id, []),
            "services": sorted(
                (
                    {
                        "name": now[ident].name,
                        "price": as_json(price if price is not None else now[ident].price),
                        "unit": now[ident].unit,
                    }
                    for ident, price in offered.get(row.id, [])
                    if ident in now
                ),
                key=lambda one: one["name"],
            ),
            "under_contract": row.contract_from is not None
            and row.contract_from <= today
            and (row.contract_until is None or today <= row.contract_until),
            "contract_until": as_json(row.contract_until),
        }
        for row in rows
    ]


async def _departments(connection: AsyncConnection, ids: list[UUID], _: date) -> list[dict[str, Any]]:
    rows = (await connection.execute(sa.select(department).where(department.c.id.in_(ids), department.c.active))).all()
    areas: dict[UUID, list[str]] = {}
    for one in await connection.execute(
        sa.select(district).where(district.c.department_id.in_(ids), district.c.active).order_by(district.c.name)
    ):
        areas.setdefault(one.department_id, []).append(one.name)
    return [
        {
            "kind": "department",
            "id": str(row.id),
            "ref": "",
            "name": row.name,
            "number": row.phone,
            "address": row.address,
            "ours": row.ours,
            "districts": areas.get(row.id, []),
        }
        for row in rows
    ]


_DESCRIBE = {
    "service": _services,
    "key_number": _key_numbers,
    "resource": _resources,
    "partner": _partners,
    "department": _departments,
}
