"""Figures of work orders: fees by day and by who served (D-5), a month's statistics (D-7), who gives what to whom (W-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.orders import DATA, WHO, Json, order_rows, paper, shown
from callcenter.cases.queries import names_of
from callcenter.db import orders as rows_of
from callcenter.db.catalogue_tables import provider
from callcenter.domain.period import Period, of_month
from callcenter.domain.providers import concentration

MOST = 5000
LONGEST = timedelta(days=120)
FIGURES = (
    "count", "completed", "cancelled", "archived", "settled", "late", "served_first", "overridden", "incidents", "fee",
)  # fmt: skip


@dataclass(frozen=True)
class OrderFigures:
    """Reads only. ``zone``: the centre's time zone."""

    engine: AsyncEngine
    zone: str

    async def fees(self, over: Period, *, state: str, who: str) -> Json:
        """``{items, days, providers, posted, paid}``: what was posted, by the day of completion, and its sums in fen."""
        done = sa.cast(DATA["completed_at"].astext, sa.DateTime(timezone=True))
        # An order is for the next 90 days at most: what was completed since then was opened not much earlier.
        query = order_rows().where(paper.c.opened_at >= over.begins - LONGEST, paper.c.opened_at < over.ends)
        query = query.where(DATA["fee_state"].astext.in_(("posted", "paid")), done >= over.begins, done < over.ends)
        if state:
            query = query.where(DATA["fee_state"].astext == state)
        if who:
            query = query.where(sa.literal(who) == WHO)
        async with self.engine.connect() as connection:
            items = await shown(connection, (await connection.execute(query.order_by(done.desc()).limit(MOST))).mappings().all())
        days: dict[str, Json] = {}
        providers: dict[str, Json] = {}
        total = {"count": 0, "posted": 0, "paid": 0}
        for one in items:
            data = one["data"]
            day = datetime.fromisoformat(data["completed_at"]).astimezone(ZoneInfo(self.zone)).date().isoformat()
            who_ = data["provider"] or data["worker"]
            for sums in (
                total, days.setdefault(day, {"day": day, "count": 0, "posted": 0, "paid": 0}),
                providers.setdefault(who_, {"who": who_, "outside": bool(data["provider"]), "count": 0, "posted": 0, "paid": 0}),
            ):  # fmt: skip
                sums["count"] += 1
                sums["paid" if data["fee_state"] == "paid" else "posted"] += data["fee"]
        return {
            "items": items, "total": total, "days": list(days.values()),
            "providers": sorted(providers.values(), key=lambda sums: -(sums["posted"] + sums["paid"])),
        }  # fmt: skip

    async def month(self, month: str) -> Json:
        """D-7: figures of a month's orders (by the day they were opened) per service and per who served, and how many are filed."""
        over = of_month(month, self.zone)
        keys = (
            DATA["service"].astext.label("service"),
            WHO.label("who"),
            (DATA["provider_id"].astext.is_not(None)).label("outside"),
        )
        late = sa.or_(*(DATA[name].astext == "true" for name in ("late_assign", "late_pick_up", "late_arrive")))
        query = (
            sa.select(
                *keys, sa.func.count().label("count"),
                sa.func.count().filter(paper.c.state.in_(("completed", "settled", "archived"))).label("completed"),
                sa.func.count().filter(paper.c.state == "cancelled").label("cancelled"),
                sa.func.count().filter(paper.c.state == "archived").label("archived"),
                sa.func.count().filter(paper.c.state == "settled").label("settled"),
                sa.func.count().filter(late).label("late"),
                sa.func.count().filter(DATA["serve_first"].astext == "true").label("served_first"),
                sa.func.count().filter(DATA["override_reason"].astext != "").label("overridden"),
                sa.func.coalesce(sa.func.sum(sa.func.jsonb_array_length(DATA["exceptions"])), 0).label("incidents"),
                sa.func.coalesce(sa.func.sum(sa.cast(DATA["fee"].astext, sa.Integer)), 0).label("fee"),
            )
            .where(
                paper.c.noun == "work_order", paper.c.opened_at >= over.begins, paper.c.opened_at < over.ends
            )
            .group_by(*keys)
        )  # fmt: skip
        async with self.engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(query)).mappings()]
        return {
            "month": month, "total": {name: sum(int(row[name]) for row in rows) for name in FIGURES},
            "services": _by(rows, "service", FIGURES), "providers": _by(rows, "who", FIGURES),
        }  # fmt: skip

    async def concentration(self, over: Period) -> list[Json]:
        """W-7: how much of what each person gives goes to whom, the most unusual first."""
        async with self.engine.connect() as connection:
            found = concentration(await rows_of.given(connection, over.begins, over.ends))
            names = await names_of(connection, list({one.agent_id for one in found}))
            wanted = sa.select(provider.c.id, provider.c.name).where(provider.c.id.in_([one.provider_id for one in found]))
            providers = {row.id: row.name for row in await connection.execute(wanted)}
        return [
            {
                "agent": names.get(one.agent_id, ""), "who": providers.get(one.provider_id, ""), "count": one.count,
                "overridden": one.overridden, "share": one.share, "usual": one.usual, "suspicious": one.suspicious,
            }
            for one in found
        ]  # fmt: skip


def _by(rows: list[Json], key: str, names: Sequence[str]) -> list[Json]:
    found: dict[str, Json] = {}
    for row in rows:
        sums = found.setdefault(
            row[key], {key: row[key], **dict.fromkeys(names, 0)} | ({"outside": row["outside"]} if key == "who" else {})
        )
        for name in names:
            sums[name] += int(row[name])
    return sorted(found.values(), key=lambda sums: (-sums["count"], sums[key]))
