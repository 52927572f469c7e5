"""The rows that are more than a row of one table: districts, departments, lines, seats and terminals; and every table's store."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.catalogue import columns
from callcenter.catalogue.consent_store import ConsentStore
from callcenter.catalogue.service_stores import ProviderStore, ServiceStore
from callcenter.catalogue.store import TableStore, names_in
from callcenter.db.agents import places
from callcenter.db.catalogue_tables import (
    key_number,
    resource,
)
from callcenter.db.member_versions import keep_versions
from callcenter.db.tables import department, district, line, member, seat, terminal
from callcenter.domain.clock import iso
from callcenter.sheets.cells import BadCell
from callcenter.sheets.sheet import Bad, Row
from callcenter.sheets.sheet import bad as bad_cell


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
