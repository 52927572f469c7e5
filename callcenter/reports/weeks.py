"""The weekly meeting (S-8): the digest of a week, the remarks that each writes for it, and the head's signature, after which it
stays as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.db.report_tables import weekly_remark, weekly_report
from callcenter.db.signing import may_sign_today
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.period import of_week
from callcenter.reports.digest import digest, shown_to
from callcenter.sheets.page import Page
from callcenter.today import today_in

MEETING = 4  # Friday
WHOLE = frozenset({"supervisor", "group_leader", "department_head", "administrator"})
PERSONS = frozenset({"supervisor", "group_leader", "department_head"})


@dataclass(frozen=True)
class Weeks:
    """``engine`` writes; ``reads`` is the pool of reports, which only reads. ``zone``: the centre's."""

    engine: AsyncEngine
    reads: AsyncEngine
    zone: str

    async def of(self, who: Session, week: str) -> dict[str, Any]:
        """``{week, first, last, tables, remarks, signed}``: as this person may read it; who is no leader, their own lines."""
        whole, signed = await self._whole(week)
        leader = who.role in WHOLE
        shown = shown_to(whole, persons=who.role in PERSONS or not leader, only=None if leader else str(who.agent_id))
        return {**shown, "signed": signed, "may_sign": signed is None and await self._may_sign(who)}

    async def remark(self, who: Session, week: str, text: str) -> None:
        """What somebody writes for the meeting; what they wrote before is kept. Refused once it is signed, and ahead of time."""
        over = of_week(week, self.zone)
        async with self.engine.begin() as connection:
            await self._unsigned(connection, week)
            if over.begins > datetime.now(ZoneInfo(self.zone)):
                raise Refused("week_ahead", "这一周还没有开始。", "This week has not begun.", rule="S-8", status=422)
            await connection.execute(sa.insert(weekly_remark).values(week=week, agent_id=who.agent_id, text=text))

    async def sign(self, who: Session, week: str, signer: str, remark: str) -> None:
        """The head, or who is named for today, has read it. Computed and kept in one transaction, under the week's lock: nobody
        signs what somebody else is changing. Not before the week's last work day: what comes after the signature stands in no
        week."""
        if not await self._may_sign(who):
            raise Refused(
                "may_not_sign", "只有部门负责人或当日有效的指定代理人可以签字。",
                "Only the head, or a delegate named for today, signs.",
                remedy_zh="请联系部门负责人。", remedy_en="Ask the head.", rule="S-8", status=403,
            )  # fmt: skip
        over = of_week(week, self.zone)
        meeting = over.first + timedelta(days=MEETING)
        if today_in(self.zone) < meeting:
            raise Refused(
                "week_runs", f"这一周还没有结束,{meeting:%m月%d日}(周五)起可以签字。没有签字。",
                f"This week is not over: it can be signed from Friday, {meeting}. Nothing was signed.",
                remedy_zh="签字后的材料不再变动,请在例会上签。", remedy_en="What is signed stays as it is: sign it at the meeting.",
                rule="S-8", status=422,
            )  # fmt: skip
        async with self.engine.begin() as connection:
            await self._unsigned(connection, week)
            whole = await digest(connection, over, week)
            values = {"week": week, "digest": whole, "signer": signer, "remark": remark, "signed_by": who.agent_id}
            await connection.execute(sa.insert(weekly_report).values(**values))
            await note_access(connection, who.agent_id, "week_signed", week, {"signer": signer})

    async def pages(self, who: Session, week: str) -> list[Page]:
        """The digest as pages of an Excel file."""
        shown = await self.of(who, week)
        pages = [
            Page(
                table["zh"], [column["zh"] for column in table["columns"]],
                [[_cell(row.get(column["key"])) for column in table["columns"]] for row in table["rows"]],
                [{"share": "0.0%", "count": "0", "seconds": "0.0"}.get(column["kind"], "@") for column in table["columns"]],
            )
            for table in shown["tables"]
        ]  # fmt: skip
        remarks = [[one["name"], one["text"]] for one in shown["remarks"]]
        return [*pages, Page("书面小结", ["姓名", "小结"], remarks, ["@", "@"])]

    async def _whole(self, week: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
        over = of_week(week, self.zone)
        async with self.engine.connect() as connection:
            row = (await connection.execute(sa.select(weekly_report).where(weekly_report.c.week == week))).one_or_none()
        if row is not None:
            return row.digest, {"signer": row.signer, "at": iso(row.signed_at), "remark": row.remark}
        async with self.reads.connect() as connection:
            return await digest(connection, over, week), None

    async def _may_sign(self, who: Session) -> bool:
        async with self.engine.connect() as connection:
            return await may_sign_today(connection, who.agent_id, who.role, self.zone)

    async def _unsigned(self, connection: AsyncConnection, week: str) -> None:
        """Raises Refused when the week is signed. Who signs at the same moment waits here."""
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"week {week}", 0))))
        if await connection.scalar(sa.select(weekly_report.c.week).where(weekly_report.c.week == week)) is not None:
            raise Refused(
                "week_signed", "这一周的例会材料已签字,没有改动。", "The week is signed; nothing was changed.",
                remedy_zh="请写入下一周。", remedy_en="Write it into the next week.", rule="S-8",
            )  # fmt: skip


def _cell(value: Any) -> Any:
    return "" if value is None else value
