"""One batch of an import: which rows are new, changed or as before, which cannot be, and how they are written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import member_rows
from callcenter.db.member_rows import FIELDS, Contact
from callcenter.db.spelling import spell
from callcenter.people.member_columns import CONTACTS_MOST
from callcenter.sheets.cells import BadCell
from callcenter.sheets.importing import Batch
from callcenter.sheets.sheet import Bad, Row
from callcenter.sheets.sheet import bad as bad_cell

Card = tuple[str, date | None]


@dataclass(frozen=True)
class MemberRows:
    """Takes rows of a member file: ``sheets/importing.py``."""

    async def sort(self, connection: AsyncConnection, rows: list[Row], columns: set[str], keys: Collection[str]) -> Batch:
        return await sort_batch(connection, rows, columns, keys)

    async def write(self, connection: AsyncConnection, batch: Batch, columns: set[str], by: UUID) -> None:
        await write_batch(connection, batch, columns)


async def sort_batch(connection: AsyncConnection, rows: list[Row], columns: set[str], refs: Collection[str]) -> Batch:
    """Compare a batch with the database. ``refs`` are all refs of the file: what those own may change hands."""
    groups = max((place for place in range(1, CONTACTS_MOST + 1) if f"contact{place}_number" in columns), default=0)
    batch = Batch()
    known = await member_rows.members_by_ref(connection, [row["ref"] for row in rows if row.get("ref")])
    cards = await member_rows.card_holders(connection, [row["card"] for row in rows if row.get("card")])
    serials = [row["terminal"] for row in rows if row.get("terminal")]
    terminals = await member_rows.terminals_by_serial(connection, serials)
    for row in rows:
        _unpack(row, columns)
        now = known.get(row.get("ref") or "")
        row["id"] = now["id"] if now else uuid4()
        batch.bad += _held_by_others(row, cards, terminals, refs)
        if now is None:
            batch.added.append(row)
            continue
        if "contacts" in row:
            row["contacts"] += now["contacts"][groups:]  # columns that the file does not have stay as they are
        if _differs(row, now, terminals):
            if row.get("contacts") == now["contacts"]:
                del row["contacts"]  # they keep their ids: a ladder that runs for this member knows them by these
            batch.changed.append(row)
        else:
            batch.unchanged += 1
    return batch


async def write_batch(connection: AsyncConnection, batch: Batch, columns: set[str]) -> None:
    """Write what is new and changed. A column that the file does not have is left as it is."""
    touched = batch.added + batch.changed
    named = {row["district"] for row in touched if row.get("district")}
    districts = await member_rows.ensure_districts(connection, named) if named else {}
    fields = [key for key in FIELDS if key in columns]
    await member_rows.insert_members(
        connection,
        [{"external_ref": row["ref"], **_member(row, fields, districts, columns)} for row in batch.added],
    )
    await member_rows.update_members(connection, [_member(row, fields, districts, columns) for row in batch.changed])
    if "numbers" in columns:
        await member_rows.replace_numbers(connection, {row["id"]: row["numbers"] for row in touched})
    if any("contacts" in row for row in touched):
        await member_rows.replace_contacts(connection, {row["id"]: row["contacts"] for row in touched if "contacts" in row})
    if "card" in columns:
        await member_rows.replace_cards(connection, {row["id"]: row["card"] for row in touched})
    await member_rows.put_terminals(
        connection,
        [
            {"serial": row["terminal"], "member_id": row["id"], "number": row.get("terminal_number")}
            for row in touched
            if row.get("terminal")
        ],
    )


def _unpack(row: Row, columns: set[str]) -> None:
    """From cells to what is compared and stored: dates, contacts in order, the card with its date."""
    if row.get("birth_date"):
        row["birth_date"] = date.fromisoformat(row["birth_date"])
    if "card" in columns:
        until = row.get("card_until")
        row["card"] = (row["card"], date.fromisoformat(until) if until else None) if row["card"] else None
    if any(column.startswith("contact") for column in columns):
        row["contacts"] = list(_contacts(row))


def _contacts(row: Row) -> list[Contact]:
    parts = ("name", "relation", "number")
    found = [tuple(row.get(f"contact{place}_{part}") or "" for part in parts) for place in range(1, CONTACTS_MOST + 1)]
    return [(name, relation, number) for name, relation, number in found if number]


def _differs(row: Row, now: Row, terminals: dict[str, tuple[UUID | None, str | None, str | None]]) -> bool:
    fields = (*FIELDS, "district", "contacts")
    if any(key in row and row[key] != now[key] for key in fields):
        return True
    if "numbers" in row and sorted(row["numbers"]) != sorted(now["numbers"]):
        return True
    if "card" in row and (row["card"] not in now["cards"] if row["card"] else now["cards"]):
        return True
    if not row.get("terminal"):
        return False
    owner, _, number = terminals.get(row["terminal"], (None, None, None))
    return owner != row["id"] or row.get("terminal_number") not in (None, number)


def _held_by_others(
    row: Row,
    cards: dict[str, str | None],
    terminals: dict[str, tuple[UUID | None, str | None, str | None]],
    refs: Collection[str],
) -> list[Bad]:
    """A card or terminal of a member whom the file does not name: that is a mistake, not a change of hands."""
    bad = []
    card = row["card"][0] if row.get("card") else None
    if card in cards and cards[card] not in refs:
        bad.append(_held(row, "服务卡号", card, cards[card]))
    owner, ref, _ = terminals.get(row.get("terminal") or "", (None, None, None))
    if owner is not None and ref not in refs:
        bad.append(_held(row, "终端序列号", row["terminal"], ref))
    return bad


def _held(row: Row, heading: str, value: Any, ref: str | None) -> Bad:
    zh = f"已登记在另一位老人名下(编号 {ref or '无'})。请核对,或把那位老人也放进文件。"
    en = f"Belongs to another member (ref {ref or '–'}). Check it, or put that member into the file too."
    return bad_cell(row["row"], heading, value, BadCell(zh, en))


def _member(row: Row, fields: list[str], districts: dict[str, UUID], columns: set[str]) -> Row:
    """The columns of the member's own row."""
    pinyin, initials = spell(row["name"])
    values = {"id": row["id"], "pinyin": pinyin, "initials": initials, **{key: row[key] for key in fields}}
    if "district" in columns:
        values["district_id"] = districts.get(row["district"] or "")
    return values


async def all_members(connection: AsyncConnection) -> list[Row]:
    """Every member as a row of the file. Who has no number yet is given one: without it no file could bring them back."""
    await member_rows.number_members(connection)
    found = await member_rows.members_by_ref(connection, None)
    terminals = await member_rows.terminals_of(connection)
    return [_as_row(ref, known, terminals.get(known["id"])) for ref, known in sorted(found.items())]


def _as_row(ref: str, known: Row, held: tuple[str, str | None] | None) -> Row:
    birthday, card = known["birth_date"], known["cards"][0] if known["cards"] else (None, None)
    row = {**{key: known[key] for key in FIELDS}, "ref": ref, "district": known["district"], "numbers": sorted(known["numbers"])}
    row |= {"birth_date": birthday.isoformat() if birthday else None, "card": card[0]}
    row |= {"card_until": card[1].isoformat() if card[1] else None, "terminal": held[0] if held else None}
    row["terminal_number"] = held[1] if held else None
    for place, (name, relation, number) in enumerate(known["contacts"], 1):
        row |= {f"contact{place}_name": name, f"contact{place}_relation": relation, f"contact{place}_number": number}
    return row
