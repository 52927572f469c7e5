"""The rows that are more than a row of one table: services with their versions, who serves where and what, the centre's places."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.catalogue import columns
from callcenter.catalogue.consent_store import ConsentStore
from callcenter.catalogue.store import TableStore, as_json, names_in, replace
from callcenter.db.agents import places
from callcenter.db.catalogue_tables import (
    key_number,
    provider,
    provider_district,
    provider_incident,
    provider_service,
    resource,
    service,
    service_version,
)
from callcenter.db.member_versions import keep_versions
from callcenter.db.tables import department, district, line, member, seat, terminal
from callcenter.domain.clock import iso
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


class DistrictStore(TableStore):
    def __init__(self) -> None:
        super().__init__(columns.DISTRICTS, district)

    def query(self) -> sa.Select[Any]:
        return sa.select(district, department.c.name.label("department")).join(department)

    def row_of(self, found: Any) -> Row:
        return {**super().row_of(found), "department": found["department"]}

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        return await self.unknown(connection, rows, "department", department)

    async def write(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        departments = await self.ids_of(connection, department, [row["department"] for row in rows])
        for row in rows:
            values = {key: row[key] for key in ("name", "places", "active")} | {"department_id": departments[row["department"]]}
            await self.put(connection, row, values)

    async def offers(self, connection: AsyncConnection) -> dict[str, list[str]]:
        names = sa.select(department.c.name).where(department.c.active).order_by(department.c.name)
        return {"departments": list(await connection.scalars(names))}


class DepartmentStore(TableStore):
    def __init__(self) -> None:
        super().__init__(columns.DEPARTMENTS, department)

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """A department out of use leaves no district behind: nobody would be told whose it is."""
        leaving = [row["name"] for row in rows if not row["active"]]
        query = sa.select(department.c.name).join(district).where(department.c.name.in_(leaving), district.c.active)
        held = set(await connection.scalars(query))
        error = BadCell("还有在用的辖区归它管,请先改到别的社养部。", "Districts in use belong to it: give them to another first.")
        return [bad_cell(row.get("row", 0), "状态", "停用", error) for row in rows if row["name"] in held]


class LineStore(TableStore):
    def __init__(self) -> None:
        super().__init__(columns.LINES, line, ident="number")

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """One line for emergencies stays: a press must have somewhere to go."""
        named = [row["number"] for row in rows]
        query = sa.select(sa.func.count()).where(line.c.active, line.c.kind == "emergency", line.c.number.not_in(named))
        others = await connection.scalar(query.select_from(line)) or 0
        if others or any(row["active"] and row["kind"] == "emergency" for row in rows):
            return []
        error = BadCell("这是最后一条紧急求助线路,不能停用或改为他用。", "This is the last line for emergencies: it stays.")
        return [bad_cell(row.get("row", 0), "状态", row["number"], error) for row in rows if row.get("id")]


class SeatStore(TableStore):
    def __init__(self) -> None:
        super().__init__(columns.SEATS, seat, ident="extension")

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """Nobody's seat is taken from under them."""
        leaving = {row["extension"] for row in rows if not row["active"]}
        used = {
            place.extension for place in await places(connection, datetime.now(UTC)) if place.taken and place.extension in leaving
        }
        used |= set(
            await connection.scalars(sa.select(seat.c.extension).where(seat.c.extension.in_(leaving), seat.c.case_id.is_not(None)))
        )
        error = BadCell("现在有人坐在这个席位。请其退出登录后再停用。", "Somebody sits there now: have them log out first.")
        return [bad_cell(row.get("row", 0), "状态", row["extension"], error) for row in rows if row["extension"] in used]

    def new_values(self, row: Row) -> dict[str, Any]:
        return {"password": secrets.token_urlsafe(18)}

    async def write_parts(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        """Who left without saying so is no longer there."""
        empty = {"agent_id": None, "presence": "offline", "pause_reason": None, "browser_password": None}
        await connection.execute(sa.update(seat).where(~seat.c.active, seat.c.case_id.is_(None)).values(**empty))


class TerminalStore(TableStore):
    """一键通. Whose it is stands in a member's profile, so that a change is a version of that profile, too."""

    def __init__(self) -> None:
        super().__init__(columns.TERMINALS, terminal, ident="serial")

    def query(self) -> sa.Select[Any]:
        # Who has no number of the centre's own is named by nothing here: blank then means no change.
        return sa.select(terminal, member.c.external_ref.label("member"), member.c.id.label("owner")).outerjoin(member)

    def row_of(self, found: Any) -> Row:
        return {**super().row_of(found), "member": found["member"]}

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        bad = await self.unknown(connection, rows, "member", member, "external_ref")
        accounts = {row["account"]: row["serial"] for row in rows if row["account"]}
        query = sa.select(terminal.c.account, terminal.c.serial).where(terminal.c.account.in_(accounts))
        for one in await connection.execute(query):
            if one.serial != accounts[one.account] and one.serial not in accounts.values():
                error = BadCell(f"这个账号已用于终端 {one.serial}。", f"This account is terminal {one.serial}'s.")
                row = next(row for row in rows if row["account"] == one.account)
                bad.append(bad_cell(row.get("row", 0), "SIP 账号", one.account, error))
        return bad

    async def write(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        refs = {name for row in rows for name in names_in(row["member"])}
        owners = {
            one.external_ref: one.id
            for one in await connection.execute(
                sa.select(member.c.external_ref, member.c.id).where(member.c.external_ref.in_(refs))
            )
        }
        serials = [row["serial"] for row in rows]
        held = {
            one.serial: one
            for one in await connection.execute(
                sa.select(terminal.c.serial, terminal.c.member_id, member.c.external_ref)
                .outerjoin(member)
                .where(terminal.c.serial.in_(serials))
            )
        }
        unnamed = {serial: one.member_id for serial, one in held.items() if one.external_ref is None}
        touched = [each for each in {*(one.member_id for one in held.values()), *owners.values()} if each is not None]
        await keep_versions(connection, touched, "found")
        # An account that moves from one terminal of the file to another must be free in between.
        await connection.execute(sa.update(terminal).where(terminal.c.serial.in_(serials)).values(account=None))
        for row in rows:
            values = {key: row[key] for key in ("serial", "model", "number", "account")}
            values["member_id"] = owners[row["member"]] if row["member"] else unnamed.get(row["serial"])
            if row.get("id"):
                values["version"] = terminal.c.version + 1
            if row["account"]:
                values["password"] = (
                    sa.func.coalesce(terminal.c.password, secrets.token_urlsafe(18)) if row.get("id") else secrets.token_urlsafe(18)
                )
            await self.put(connection, row, values)
        if touched:
            await connection.execute(sa.update(member).where(member.c.id.in_(touched)).values(version=member.c.version + 1))
            await keep_versions(connection, touched, "edit", by)

    async def beside(self, connection: AsyncConnection, rows: list[Row]) -> dict[str, Any]:
        """Whose it is by name, and how it is: silent ones are shown first by the page."""
        query = sa.select(terminal, member.c.name.label("member_name")).outerjoin(member)
        return {
            one.serial: {
                "member_name": one.member_name,
                "battery_percent": one.battery_percent,
                "registered": one.registered,
                "reachable": one.reachable,
                **{
                    key: iso(value) if (value := getattr(one, key)) else None
                    for key in ("last_seen_at", "last_test_at", "contact_changed_at")
                },
            }
            for one in await connection.execute(query)
        }


def stores(zone: str) -> dict[str, TableStore]:
    """Every table of the catalogue, of the places and of consents, by the name in its address. ``zone``: the centre's."""
    found: list[TableStore] = [
        ServiceStore(),
        TableStore(columns.KEY_NUMBERS, key_number),
        TableStore(columns.RESOURCES, resource),
        ProviderStore(columns.PARTNERS, "partner"),
        ProviderStore(columns.WORKERS, "worker"),
        DepartmentStore(),
        DistrictStore(),
        LineStore(),
        SeatStore(),
        TerminalStore(),
        ConsentStore(zone),
    ]
    return {store.sheet.name: store for store in found}
