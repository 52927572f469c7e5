"""Rows edited by hand and taken over by file, under one set of rules: the same cells, the same checks, a version for every save.

Nothing is deleted (W-9): a row goes out of use. Whoever saves says which version they saw; what somebody else saved meanwhile is
not overwritten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.catalogue import directory
from callcenter.catalogue.store import TableStore
from callcenter.catalogue.stores import stores
from callcenter.db.access import note_access
from callcenter.db.record_versions import history, keep, versions_now
from callcenter.db.unit import after_commit
from callcenter.domain.errors import Refused
from callcenter.settings import Settings
from callcenter.sheets.cells import BadCell, Dialling, read_cell
from callcenter.sheets.importing import Batch
from callcenter.sheets.sheet import Bad, Row
from callcenter.today import today_in

WRITE_LOCK = 7_220_260_113
Changed = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class SheetRows:
    """Takes rows of a file: ``sheets/importing.py``."""

    store: TableStore

    async def sort(self, connection: AsyncConnection, rows: list[Row], columns: set[str], keys: Collection[str]) -> Batch:
        await _lock(connection)
        sheet = self.store.sheet
        known = {sheet.key_of(row): row for row in await self.store.read(connection, keys={sheet.key_of(row) for row in rows})}
        batch, whole = Batch(), []
        for row in rows:
            given = {key: row[key] for key in columns}
            now = known.get(sheet.key_of(row))
            full = {**(now or {column.key: column.empty for column in sheet.columns}), **given, "row": row["row"]}
            whole.append(full)
            if now is None:
                batch.added.append(full)
            elif any(full[column.key] != now[column.key] for column in sheet.columns):
                batch.changed.append(full)
            else:
                batch.unchanged += 1
            batch.bad += [_line(row["row"], heading, error) for heading, error in sheet.together(full)]
        batch.bad += await self.store.check(connection, whole)
        return batch

    async def write(self, connection: AsyncConnection, batch: Batch, columns: set[str], by: UUID) -> None:
        rows = batch.added + batch.changed
        await save(connection, self.store, rows, "import", by)


@dataclass
class Records:
    """The tables of the catalogue and of the places. ``after``: what else must know when a table has changed, by its name."""

    engine: AsyncEngine
    settings: Settings
    after: Mapping[str, Changed] = field(default_factory=dict)
    stores: Mapping[str, TableStore] = field(init=False)

    def __post_init__(self) -> None:
        self.stores = stores(self.settings.time_zone)

    def store(self, noun: str) -> TableStore:
        """Raises Refused for a table that is none."""
        try:
            return self.stores[noun]
        except KeyError:
            raise Refused("not_found", "没有这个目录。", "There is no such table.", status=404) from None

    async def all(self, noun: str) -> dict[str, Any]:
        """``{columns, items, offers}`` of docs/api.md."""
        store = self.store(noun)
        async with self.engine.connect() as connection:
            rows = await store.read(connection)
            versions = await versions_now(connection, noun)
            extra = await store.beside(connection, rows)
            offers = await store.offers(connection)
        items = [self._item(store, row, versions.get(row["id"], 0), extra.get(row["id"])) for row in rows]
        return {
            "title": store.sheet.title,
            "title_en": store.sheet.title_en,
            "columns": columns_of(store),
            "items": items,
            "offers": offers,
        }

    async def add(self, noun: str, cells: Mapping[str, str], by: UUID) -> dict[str, Any]:
        """A new row from text, as written in a file. Raises Refused."""
        store = self.store(noun)
        row = {**{column.key: column.empty for column in store.sheet.columns}, **self._read(store, cells, new=True)}
        async with self.engine.begin() as connection:
            await _lock(connection)
            if any(
                store.sheet.key_of(each) == store.sheet.key_of(row)
                for each in await store.read(connection, keys=[store.sheet.key_of(row)])
            ):
                heading = "、".join(store.sheet.by_key[key].heading for key in store.sheet.key)
                raise Refused(
                    "already_there",
                    f"{heading}已存在,没有新建。",
                    "There is one already; nothing was added.",
                    remedy_zh="请换一个,或修改已有的。",
                    remedy_en="Choose another, or change that one.",
                )
            await self._check(connection, store, row)
            versions = await save(connection, store, [row], "add", by)
            await note_access(connection, by, f"{noun}_added", row["id"])
        await self._tell(noun)
        return self._item(store, row, versions[row["id"]])

    async def change(self, noun: str, ident: str, version: int, cells: Mapping[str, str], by: UUID) -> dict[str, Any]:
        """Change these cells of the row that was seen as ``version``; the row of now. Raises Refused."""
        store = self.store(noun)
        read = self._read(store, cells)
        async with self.engine.begin() as connection:
            await _lock(connection)
            found = await store.read(connection, ids=[ident])
            if not found:
                raise Refused("not_found", "没有找到这一条。", "There is no such row.", status=404)
            now = found[0]
            current = (await versions_now(connection, noun, [ident])).get(ident, 0)
            if version != current:
                raise await self._stale(connection, noun, ident, version, current)
            row = {
                **now,
                **{key: value for key, value in read.items() if not (store.sheet.by_key[key].fixed and key in store.sheet.key)},
            }
            fields = [column.key for column in store.sheet.columns if row[column.key] != now[column.key]]
            if not fields:
                return self._item(store, row, current)
            others = [each for each in await store.read(connection, keys=[store.sheet.key_of(row)]) if each["id"] != ident]
            if any(store.sheet.key_of(each) == store.sheet.key_of(row) for each in others):
                raise Refused("already_there", "已有同名的一条,没有保存。", "There is one of that name; nothing was saved.")
            await self._check(connection, store, row)
            versions = await save(connection, store, [row], "edit", by, before=[now])
            await note_access(connection, by, f"{noun}_changed", ident, {"fields": fields})
        await self._tell(noun)
        return self._item(store, row, versions[row["id"]])

    async def history(self, noun: str, ident: str) -> list[dict[str, Any]]:
        store = self.store(noun)
        async with self.engine.connect() as connection:
            found = await history(connection, noun, ident)
        for version in found:
            for change in version["changed"]:
                column = store.sheet.by_key.get(change["field"])
                if column is not None:
                    change |= {"before": column.text_of(change["before"]), "after": column.text_of(change["after"])}
        return found

    async def imported(self, noun: str) -> None:
        """A file was taken over."""
        await self._tell(noun)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _read(self, store: TableStore, cells: Mapping[str, str], *, new: bool = False) -> Row:
        """Text as values. Raises Refused ``bad_cells`` that names every cell that is wrong."""
        dialling = Dialling(self.settings.country, self.settings.area_code, today_in(self.settings.time_zone))
        row, bad = Row(), list[Bad]()
        for column in store.sheet.columns:
            if column.key not in cells and not (new and column.required):
                continue
            try:
                row[column.key] = read_cell(cells.get(column.key, ""), column, dialling)
            except BadCell as error:
                bad.append({**_line(0, column.heading, error), "field": column.key})
        unknown = sorted(set(cells) - store.sheet.by_key.keys())
        if unknown:
            raise Refused(
                "unknown_cells", f"没有这些列:{'、'.join(unknown)}。", f"No such columns: {', '.join(unknown)}.", status=422
            )
        if bad:
            raise BadCells(bad)
        return row

    async def _check(self, connection: AsyncConnection, store: TableStore, row: Row) -> None:
        bad = [_line(0, heading, error) for heading, error in store.sheet.together(row)] + await store.check(connection, [row])
        if bad:
            fields = {column.heading: column.key for column in store.sheet.columns}
            raise BadCells([{**each, "field": fields.get(each["column"], "")} for each in bad])

    def _item(self, store: TableStore, row: Row, version: int, extra: Any = None) -> dict[str, Any]:
        cells = {column.key: column.text_of(row[column.key]) for column in store.sheet.columns}
        # What is empty in a file means the usual thing; in a form it is shown.
        cells |= {c.key: c.cell.show(row[c.key]) for c in store.sheet.columns if c.cell.kind == "yes"}
        return {"id": row["id"], "version": version, "cells": cells, "extra": extra}

    async def _stale(self, connection: AsyncConnection, noun: str, ident: str, seen: int, current: int) -> Refused:
        others = [each for each in await history(connection, noun, ident) if each["version"] > seen]
        names = "、".join(dict.fromkeys(str(each["by"] or "系统") for each in others)) or "他人"
        return Refused(
            "record_changed",
            f"这一条刚被{names}修改过,您的修改没有保存,也没有丢失。",
            f"{names} saved this meanwhile; yours was not saved, and is not lost.",
            remedy_zh=f"请关闭后重新打开(现为第 {current} 版),再决定怎样修改。",
            remedy_en=f"Open it again (version {current} now).",
            rule="W-9",
        )

    async def _tell(self, noun: str) -> None:
        if noun in self.after:
            await after_commit(self.after[noun])


class BadCells(Refused):
    """Cells that cannot be taken over: ``more`` goes into the answer."""

    def __init__(self, bad: list[Bad]) -> None:
        super().__init__(
            "bad_cells",
            ";".join(f"{each['column']}:{each['zh']}" for each in bad[:5]),
            "; ".join(f"{each['column']}: {each['en']}" for each in bad[:5]),
            remedy_zh="请改正后再保存,其他内容没有丢失。",
            remedy_en="Mend it and save again; nothing else was lost.",
            status=422,
        )
        self.more: Mapping[str, Any] = {"bad": [{key: each[key] for key in ("field", "zh", "en")} for each in bad]}


async def save(
    connection: AsyncConnection, store: TableStore, rows: list[Row], kind: str, by: UUID, before: list[Row] | None = None
) -> dict[str, int]:
    """Write whole rows, keep their versions (and the state before the first), and let the search know them."""
    noun = store.sheet.name
    old = [row["id"] for row in rows if row.get("id")]
    if before is None and old:
        before = await store.read(connection, ids=old)
    known = await versions_now(connection, noun, old) if old else {}
    await keep(connection, noun, {row["id"]: _data(store, row) for row in before or () if row["id"] not in known}, "found", None)
    await store.write(connection, rows, by)
    kept = await keep(connection, noun, {row["id"]: _data(store, row) for row in rows}, kind, by)
    await directory.put(connection, noun, store, rows)
    return kept


def columns_of(store: TableStore) -> list[dict[str, Any]]:
    """What the console needs to show the table and its form."""
    return [
        {
            "key": column.key,
            "zh": column.heading,
            "en": column.label_en or column.heading,
            "kind": column.cell.kind,
            "required": column.required,
            "fixed": column.fixed,
            "wide": column.wide,
            "offers": column.offers,
            "note_zh": column.note_zh,
            "note_en": column.note_en,
            "words": [
                {"zh": word, "en": column.cell.english[place] if place < len(column.cell.english) else word}
                for place, word in enumerate(column.cell.words)
            ],
        }
        for column in store.sheet.columns
    ]


def _data(store: TableStore, row: Row) -> Row:
    return {column.key: row[column.key] for column in store.sheet.columns}


def _line(number: int, heading: str, error: BadCell) -> Bad:
    return {"row": number, "column": heading, "value": "", "zh": error.zh, "en": error.en}


async def _lock(connection: AsyncConnection) -> None:
    """One writer at a time, whoever it is: what a check has seen is still so when it is written."""
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
