"""Figures of work orders: fees by day and by who served (D-5), a month's statistics (D-7), who gives what to whom (W-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.orders import DATA, WHO, Json, order_rows, paper, shown, with_words
from callcenter.cases.queries import names_of
from callcenter.db import orders as rows_of
from callcenter.db.catalogue_tables import provider
from callcenter.domain.period import Period, of_month
from callcenter.domain.providers import concentration

MOST = 5000
"""Orders of one answer; sums are of all."""
LONGEST = timedelta(days=120)
FIGURES = (
    "count", "completed", "cancelled", "archived", "settled", "late", "served_first", "overridden", "incidents", "fee",
)  # fmt: skip


@dataclass(frozen=True)
class OrderFigures:
    """Reads only. ``zone``: the centre's time zone."""

    engine: AsyncEngine
    zone: str

    async def fees(self, over: Period, *, state: str, who: str, text: str = "", limit: int = MOST, offset: int = 0) -> Json:
        """``{items, total, days, providers}``: what was posted, by the day of completion, the latest first, ``limit`` of them from
        ``offset``, only those with ``text`` in them if there is one; and the sums of all, whatever the text, in fen."""
        done = sa.cast(DATA["completed_at"].astext, sa.DateTime(timezone=True))
        wanted = [
            # An order is for the next 90 days at most: what was completed since then was opened not much earlier.
            paper.c.opened_at >= over.begins - LONGEST, paper.c.opened_at < over.ends, done >= over.begins, done < over.ends,
            DATA["fee_state"].astext.in_((state,) if state else ("posted", "paid")), *([sa.literal(who) == WHO] if who else []),
        ]  # fmt: skip
        keys = (
            sa.cast(sa.func.timezone(self.zone, done), sa.Date).label("day"), WHO.label("who"),
            DATA["provider_id"].astext.is_not(None).label("outside"), DATA["fee_state"].astext.label("state"),
        )  # fmt: skip
        fee = sa.func.coalesce(sa.func.sum(sa.cast(DATA["fee"].astext, sa.BigInteger)), 0).label("fee")
        sums = sa.select(*keys, sa.func.count().label("count"), fee).where(paper.c.noun == "work_order", *wanted).group_by(*keys)
        found = [with_words(text, DATA["receipt_number"].astext)] if text else []
        page = order_rows().where(*wanted, *found).order_by(done.desc(), paper.c.id).limit(limit).offset(offset)
        async with self.engine.connect() as connection:
            items = await shown(connection, (await connection.execute(page)).mappings().all())
            rows = (await connection.execute(sums)).all()
        days: dict[date, Json] = {}
        providers: dict[str, Json] = {}
        total: Json = {"count": 0, "posted": 0, "paid": 0}
        for row in rows:
            nothing: Json = {"count": 0, "posted": 0, "paid": 0}
            for one in (
                total, days.setdefault(row.day, {"day": row.day.isoformat(), **nothing}),
                providers.setdefault(row.who, {"who": row.who, "outside": row.outside, **nothing}),
            ):  # fmt: skip
                one["count"] += row._mapping["count"]
                one[row.state] += int(row.fee)
        return {
            "items": items, "total": total, "days": [days[day] for day in sorted(days, reverse=True)],
            "providers": sorted(providers.values(), key=lambda one: (-(one["posted"] + one["paid"]), one["who"])),
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
