"""Consents as rows of a table: the word that counts of each elder on each matter. A changed row is one more version; nothing before
it is touched (the database forbids it)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.catalogue.columns import CONSENTS
from callcenter.catalogue.store import TableStore
from callcenter.db.access import note_access
from callcenter.db.consent_tables import consent
from callcenter.db.tables import member
from callcenter.domain.period import span_of
from callcenter.sheets.cells import BadCell
from callcenter.sheets.sheet import Bad, Row
from callcenter.sheets.sheet import bad as bad_cell
from callcenter.today import today_in

# Whoever has no number of the centre's own is named by ours.
_REF = sa.func.coalesce(sa.func.nullif(member.c.external_ref, ""), sa.cast(member.c.id, sa.Text))


class ConsentStore(TableStore):
    """A row's id: ``<member>.<kind>``. ``zone``: the centre's, for the days of its rows."""

    def __init__(self, zone: str) -> None:
        super().__init__(CONSENTS, consent)
        self.zone = zone

    async def read(
        self, connection: AsyncConnection, *, keys: Collection[str] | None = None, ids: Collection[str] | None = None
    ) -> list[Row]:
        query = (
            sa.select(consent, _REF.label("ref"), member.c.name)
            .join(member, member.c.id == consent.c.member_id)
            .ext(distinct_on(_REF, consent.c.member_id, consent.c.kind))
            .order_by(_REF, consent.c.member_id, consent.c.kind, consent.c.version.desc())
        )
        if keys is not None:
            query = query.where(_REF.in_({key.split("\x1f")[0] for key in keys}))
        if ids is not None:
            query = query.where(sa.cast(consent.c.member_id, sa.Text).in_({each.partition(".")[0] for each in ids}))
        found = [self._row(row) for row in (await connection.execute(query)).mappings()]
        return [row for row in found if ids is None or row["id"] in ids]

    def _row(self, found: sa.RowMapping) -> Row:
        return {
            "id": f"{found['member_id']}.{found['kind']}", "member": found["ref"], "name": found["name"], "kind": found["kind"],
            "given": found["given"], "at": found["at"].astimezone(ZoneInfo(self.zone)).date().isoformat(),
            "by_whom": found["by_whom"], "how": found["how"], "note": found["note"],
        }  # fmt: skip

    async def check(self, connection: AsyncConnection, rows: list[Row]) -> list[Bad]:
        """Nobody else's, nothing to come, and nothing older than what is on record: an old file brings no consent back."""
        members = await self._members(connection, rows)
        known = {self.sheet.key_of(row): row for row in await self.read(connection, keys={self.sheet.key_of(row) for row in rows})}
        today = today_in(self.zone).isoformat()
        bad: list[Bad] = []
        for row in rows:
            who, now = members.get(row["member"]), known.get(self.sheet.key_of(row))
            if who is None:
                bad.append(self._bad(row, "member", "没有这个编号的老人。", "There is no such member."))
            elif who.name != row["name"]:
                bad.append(self._bad(row, "name", "与这个编号的老人姓名不符。", "Not the name of this member."))
            if row["at"] > today:
                bad.append(self._bad(row, "at", "日期不能在将来。", "A consent cannot lie in the future."))
            elif now is not None and self._differs(row, now) and row["at"] <= now["at"]:
                zh = f"{now['at']}已有登记,须晚于它;同一天的更正请在老人档案中登记。"
                bad.append(self._bad(row, "at", zh, f"There is one of {now['at']}: later, or by hand at the member's page."))
        return bad

    async def write(self, connection: AsyncConnection, rows: list[Row], by: UUID) -> None:
        """Each is one more version, and leaves its trace."""
        members = await self._members(connection, rows)
        ids = sorted({one.id for one in members.values()})
        # Two who record at one instant come one after the other.
        await connection.execute(sa.select(member.c.id).where(member.c.id.in_(ids)).order_by(member.c.id).with_for_update())
        latest = sa.select(consent.c.member_id, consent.c.kind, sa.func.max(consent.c.version)).where(consent.c.member_id.in_(ids))
        versions = {(row[0], row[1]): row[2] for row in await connection.execute(latest.group_by(*latest.selected_columns[:2]))}
        for row in rows:
            member_id = members[row["member"]].id
            version = versions.get((member_id, row["kind"]), 0) + 1
            values = {key: row[key] for key in ("kind", "given", "by_whom", "how", "note")}
            await connection.execute(
                sa.insert(consent).values(member_id=member_id, version=version, at=self._at(row["at"]), agent_id=by, **values)
            )
            row["id"] = f"{member_id}.{row['kind']}"
            trace = {"kind": row["kind"], "given": row["given"], "version": version}
            await note_access(connection, by, "consent_recorded", str(member_id), trace)

    async def _members(self, connection: AsyncConnection, rows: list[Row]) -> dict[str, Any]:
        query = sa.select(member.c.id, member.c.name, _REF.label("ref")).where(_REF.in_({row["member"] for row in rows}))
        return {row.ref: row for row in await connection.execute(query)}

    def _at(self, day: str) -> Any:
        """Today's is of now; an earlier day's of its beginning."""
        begins, ends = span_of(date.fromisoformat(day), self.zone)
        now = sa.func.clock_timestamp()
        return sa.case((now < sa.literal(ends, now.type), now), else_=sa.literal(begins, now.type))

    def _differs(self, row: Row, now: Row) -> bool:
        return any(row[column.key] != now[column.key] for column in self.sheet.columns)

    def _bad(self, row: Row, key: str, zh: str, en: str) -> Bad:
        column = self.sheet.by_key[key]
        return bad_cell(row.get("row", 0), column.heading, column.text_of(row[key]), BadCell(zh, en))
