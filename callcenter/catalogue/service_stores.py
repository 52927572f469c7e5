"""Services with their versions, and who gives them: partner firms and our own workers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.catalogue import columns
from callcenter.catalogue.store import TableStore, as_json, replace
from callcenter.db.catalogue_tables import (
    provider,
    provider_district,
    provider_incident,
    provider_service,
    service,
    service_version,
)
from callcenter.db.tables import district
from callcenter.sheets.cells import BadCell
from callcenter.sheets.sheet import Bad, Row, Sheet
from callcenter.sheets.sheet import bad as bad_cell

_OF_SERVICE = ("category", "active")


class ServiceStore(TableStore):
    """A row is what a service is from one day on: the newest version that begins on that day. Its id: ``<service>.<day>``."""

    def __init__(self) -> None:
        super().__init__(columns.SERVICES, service)

    async def read(
        self, connection: AsyncConnection, *, keys: Collection[str] | None = None, ids: Collection[str] | None = None
    ) -> list[Row]:
        query = (
            sa.select(service.c.ref, service.c.category, service.c.active, service_version)
            .join(service_version, service_version.c.service_id == service.c.id)
            .ext(distinct_on(service.c.ref, service_version.c.valid_from))
            .order_by(service.c.ref, service_version.c.valid_from, service_version.c.version.desc())
        )
        if keys is not None:
            query = query.where(service.c.ref.in_({key.split("\x1f")[0] for key in keys}))
        if ids is not None:
            query = query.where(sa.cast(service.c.id, sa.Text).in_({each.partition(".")[0] for each in ids}))
        found = [self._row(row) for row in (await connection.execute(query)).mappings()]
        return [row for row in found if ids is None or row["id"] in ids]

    def _row(self, found: sa.RowMapping) -> Row:
        row: Row = {column.key: as_json(found[column.key]) for column in self.sheet.columns}
        return {"id": f"{found['service_id']}.{row['valid_from']}", **row}

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """Rows of one service must agree on what belongs to the service itself."""
        bad, first = [], dict[str, Row]()
        for row in rows:
            known = first.setdefault(row["ref"], row)
            for key in _OF_SERVICE:
                if row[key] != known[key]:
                    error = BadCell("与同一编号的其他行不一致。", "Not the same as in the other rows of this ref.")
                    bad.append(
                        bad_cell(row.get("row", 0), self.sheet.by_key[key].heading, self.sheet.by_key[key].text_of(row[key]), error)
                    )
        return bad

    async def write(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        """Every written row is a new version of its service."""
        query = sa.select(service.c.ref, service.c.id, service.c.version).where(service.c.ref.in_([row["ref"] for row in rows]))
        known = {row.ref: (row.id, row.version) for row in await connection.execute(query.with_for_update())}
        for row in rows:
            service_id, version = known.get(row["ref"], (None, 0))
            head = {key: row[key] for key in _OF_SERVICE}
            if service_id is None:
                service_id = uuid4()
                await connection.execute(sa.insert(service).values(id=service_id, ref=row["ref"], **head))
            else:
                changed = sa.update(service).where(service.c.id == service_id)
                await connection.execute(changed.values(**head, version=version + 1, updated_at=sa.func.now()))
            known[row["ref"]] = (service_id, version + 1)
            dated = [column.key for column in self.sheet.columns if column.key in service_version.c]
            values = {key: self._column(key, row[key]) for key in dated}
            await connection.execute(
                sa.insert(service_version).values(service_id=service_id, version=version + 1, agent_id=by, **values)
            )
            row["id"] = f"{service_id}.{row['valid_from']}"

    def _column(self, key: str, value: Any) -> Any:
        if key in ("valid_from", "valid_until"):
            return date.fromisoformat(value) if value else None
        return Decimal(value) if key == "price" and value is not None else value


class ProviderStore(TableStore):
    """Partner firms, or our own workers: with the services they do and the districts they go to."""

    def __init__(self, sheet: Sheet, kind: str) -> None:
        super().__init__(sheet, provider, given={"kind": kind})

    async def complete(self, connection: AsyncConnection, rows: list[Row]) -> list[Row]:
        ids = [UUID(row["id"]) for row in rows]
        services: dict[str, list[str]] = {}
        query = sa.select(provider_service, service.c.ref).join(service).where(provider_service.c.provider_id.in_(ids))
        for one in await connection.execute(query.order_by(service.c.ref)):
            price = "" if one.price is None else f":{one.price}"
            services.setdefault(str(one.provider_id), []).append(one.ref + price)
        districts: dict[str, list[str]] = {}
        places = sa.select(provider_district, district.c.name).join(district).where(provider_district.c.provider_id.in_(ids))
        for one in await connection.execute(places.order_by(district.c.name)):
            districts.setdefault(str(one.provider_id), []).append(one.name)
        for row in rows:
            row |= {"services": sorted(services.get(row["id"], [])), "districts": districts.get(row["id"], [])}
        return rows

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        for row in rows:
            row["districts"] = sorted(row["districts"])
        taken = sa.select(provider.c.ref).where(
            provider.c.ref.in_([row["ref"] for row in rows]), provider.c.kind != self.given["kind"]
        )
        others = set(await connection.scalars(taken))
        bad = [
            bad_cell(
                row.get("row", 0),
                "编号",
                row["ref"],
                BadCell("这个编号已用于加盟单位或服务人员中的另一类。", "This ref is of the other kind."),
            )
            for row in rows
            if row["ref"] in others
        ]
        bad += await self.unknown(connection, rows, "services", service, "ref")
        return bad + await self.unknown(connection, rows, "districts", district)

    async def write_parts(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        services = await self.ids_of(connection, service, [row["services"] for row in rows], "ref")
        districts = await self.ids_of(connection, district, [row["districts"] for row in rows])
        offered: dict[UUID, list[dict[str, Any]]] = {}
        served: dict[UUID, list[dict[str, Any]]] = {}
        for row in rows:
            pairs = [each.partition(":") for each in row["services"]]
            offered[UUID(row["id"])] = [
                {"service_id": services[code], "price": Decimal(price) if price else None} for code, _, price in pairs
            ]
            served[UUID(row["id"])] = [{"district_id": districts[name]} for name in row["districts"]]
        await replace(connection, provider_service, "provider_id", offered)
        await replace(connection, provider_district, "provider_id", served)

    async def offers(self, connection: AsyncConnection) -> dict[str, list[str]]:
        refs = await connection.scalars(sa.select(service.c.ref).where(service.c.active).order_by(service.c.ref))
        return {**await super().offers(connection), "services": list(refs)}

    async def beside(self, connection: AsyncConnection, rows: list[Row]) -> dict[str, Any]:
        """How many incidents each has, and how many of them are serious."""
        serious = sa.func.count().filter(provider_incident.c.severity == "serious")
        query = sa.select(provider_incident.c.provider_id, sa.func.count(), serious).group_by(provider_incident.c.provider_id)
        found = {str(one[0]): {"incidents": one[1], "serious": one[2]} for one in await connection.execute(query)}
        return {row["id"]: found.get(row["id"], {"incidents": 0, "serious": 0}) for row in rows}
