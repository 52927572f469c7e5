"""How rows of a sheet lie in the database. One class for a plain table; what is more than that is a class of its own beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.tables import district
from callcenter.sheets.cells import BadCell
from callcenter.sheets.sheet import Bad, Row, Sheet
from callcenter.sheets.sheet import bad as bad_cell


class TableStore:
    """Rows of ``table``. ``ident``: its primary key, a column of the sheet or an id made here. ``given``: what every row has, as a
    provider's kind. A column ``district`` of the sheet is kept as ``district_id``."""

    def __init__(self, sheet: Sheet, table: sa.Table, *, ident: str = "id", given: Mapping[str, Any] | None = None) -> None:
        self.sheet, self.table, self.ident, self.given = sheet, table, ident, dict(given or {})
        self.has_district = "district" in sheet.by_key and "district_id" in table.c
        self.plain = [column for column in sheet.columns if column.key in table.c]

    # --- reading ------------------------------------------------------------------------------------------------------

    async def read(
        self, connection: AsyncConnection, *, keys: Collection[str] | None = None, ids: Collection[str] | None = None
    ) -> list[Row]:
        """Rows with ``id`` and every column of the sheet, in the order of their keys; all, or those with these keys or ids."""
        query = self.query().order_by(*(self.table.c[key] for key in self.sheet.key if key in self.table.c))
        if keys is not None:
            query = query.where(self.table.c[self.sheet.key[0]].in_({key.split("\x1f")[0] for key in keys}))
        if ids is not None:
            query = query.where(self.table.c[self.ident].in_(list(_idents(self.table.c[self.ident], ids))))
        rows = [self.row_of(found) for found in (await connection.execute(query)).mappings()]
        return await self.complete(connection, rows)

    def query(self) -> sa.Select[Any]:
        columns: list[Any] = [self.table]
        source: Any = self.table
        if self.has_district:
            columns.append(district.c.name.label("district_name"))
            source = self.table.outerjoin(district, self.table.c.district_id == district.c.id)
        query = sa.select(*columns).select_from(source)
        for name, value in self.given.items():
            query = query.where(self.table.c[name] == value)
        return query

    def row_of(self, found: Mapping[str, Any]) -> Row:
        row: Row = {"id": str(found[self.ident]), **{column.key: as_json(found[column.key]) for column in self.plain}}
        if self.has_district:
            row["district"] = found["district_name"]
        return row

    async def complete(self, connection: AsyncConnection, rows: list[Row]) -> list[Row]:
        """What other tables hold of these rows."""
        return rows

    # --- writing ------------------------------------------------------------------------------------------------------

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """What these whole rows name and is not there."""
        return list(await self.unknown(connection, rows, "district", district)) if self.has_district else []

    async def unknown(
        self, connection: AsyncConnection, rows: list[Row], key: str, table: sa.Table, named: str = "name"
    ) -> list[Bad]:
        """Rows that name, in ``key``, something that ``table`` does not hold."""
        wanted = {name for row in rows for name in names_in(row[key])}
        known = set(await connection.scalars(sa.select(table.c[named]).where(table.c[named].in_(wanted)))) if wanted else set()
        return [
            bad_cell(
                row.get("row", 0),
                self.sheet.by_key[key].heading,
                name,
                BadCell(f"没有“{name}”,请先建立。", f"There is no “{name}” yet."),
            )
            for row in rows
            for name in names_in(row[key])
            if name not in known
        ]

    async def write(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        """Write these whole rows; those without ``id`` are new and get one."""
        districts = await self.ids_of(connection, district, [row["district"] for row in rows]) if self.has_district else {}
        for row in rows:
            values = {column.key: self.as_column(column.key, row[column.key]) for column in self.plain} | self.given
            if self.has_district:
                values["district_id"] = districts.get(row["district"])
            if "updated_at" in self.table.c:
                values["updated_at"] = sa.func.now()
            if "version" in self.table.c and row.get("id"):
                values["version"] = self.table.c.version + 1
            await self.put(connection, row, values)
        await self.write_parts(connection, rows, by)

    async def put(self, connection: AsyncConnection, row: Row, values: dict[str, Any]) -> None:
        if row.get("id"):
            column = self.table.c[self.ident]
            await connection.execute(sa.update(self.table).where(column == next(_idents(column, [row["id"]]))).values(**values))
            return
        if self.ident == "id":
            values["id"] = uuid4()
        await connection.execute(sa.insert(self.table).values(**values, **self.new_values(row)))
        row["id"] = str(values[self.ident])

    def new_values(self, row: Row) -> dict[str, Any]:
        """What a new row has besides its columns."""
        return {}

    async def write_parts(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        """What other tables hold of these rows."""

    def as_column(self, key: str, value: Any) -> Any:
        column = self.table.c[key]
        if isinstance(column.type, sa.Date):
            return date.fromisoformat(value) if value else None
        if isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Integer):
            return Decimal(value) if value is not None else None
        return value if value != "" or not column.nullable else None

    # --- choosing -----------------------------------------------------------------------------------------------------

    async def offers(self, connection: AsyncConnection) -> dict[str, list[str]]:
        """What the columns offer to choose from."""
        if not any(column.offers == "districts" for column in self.sheet.columns):
            return {}
        return {
            "districts": list(
                await connection.scalars(sa.select(district.c.name).where(district.c.active).order_by(district.c.name))
            )
        }

    async def beside(self, connection: AsyncConnection, rows: list[Row]) -> dict[str, Any]:
        """By id: what the page shows beside the columns, and nobody edits."""
        return {}

    async def ids_of(
        self, connection: AsyncConnection, table: sa.Table, names: Collection[Any], named: str = "name"
    ) -> dict[str, UUID]:
        wanted = {name for each in names for name in names_in(each)}
        if not wanted:
            return {}
        return {
            row[0]: row[1]
            for row in await connection.execute(sa.select(table.c[named], table.c.id).where(table.c[named].in_(wanted)))
        }


async def replace(connection: AsyncConnection, table: sa.Table, owner: str, wanted: Mapping[UUID, list[dict[str, Any]]]) -> None:
    """These owners have these rows of ``table`` and no others."""
    if not wanted:
        return
    await connection.execute(sa.delete(table).where(table.c[owner].in_(list(wanted))))
    rows = [{owner: key, **row} for key, each in wanted.items() for row in each]
    if rows:
        await connection.execute(insert(table), rows)


def names_in(value: Any) -> list[str]:
    """The names in a cell, be it one or a list; prices of services left out."""
    if not value:
        return []
    return [each.partition(":")[0] for each in value] if isinstance(value, list) else [value]


def as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _idents(column: sa.Column[Any], ids: Collection[str]) -> Iterator[Any]:
    for each in ids:
        if not isinstance(column.type, sa.UUID):
            yield each
            continue
        try:
            yield UUID(each)
        except ValueError:
            yield UUID(int=0)  # no row has it
