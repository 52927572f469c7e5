"""S-2: every call that Asterisk saw belongs to a case. Proven daily, and kept.

The node's own notes (in AstDB, by the dialplan) say which calls there were, whoever served them; they are independent of what the
service remembers. Of a call that came in it is written when it is over (``call-seen``), taken over into ``call_seen``, and
forgotten by the node only when that is committed. Of a call out it is the mark by which an id is dialled once, written before it
rings (``claim-attempt``), taken over into ``call_placed``. Both are compared with ``call_leg`` and ``attempt``. A call that came
in and was up when its node died has a case and no note: it is named as lost.

A day is proven when every node was read after its end; its row is made anew when something of it still comes in, or what was wrong
is put right. Everything may be done twice, so an instance killed in the middle repeats nothing and forgets nothing.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.called_in import CALLED_IN
from callcenter.db.report_tables import call_placed, call_seen, reconciliation, seen_read
from callcenter.domain.clock import iso
from callcenter.domain.period import span_of
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.telephony.ports import CallPlaced, CallSeen, TelephonyError

log = structlog.get_logger()
TAKE_SECONDS = 10.0
PROVE_EVERY = 6  # times of taking
LOCK = 7_220_260_118
GRACE_SECONDS = 120.0  # a call that safe mode served has its case by then
KEPT_DAYS = 400
DAYS_AT_ONCE = 31
TAKEN_KNOWN = 50_000
KEPT_AT_ONCE = 1000  # a statement holds 32,767 values
NAMED = 500  # calls without a case, and cases without an owner, that a day keeps by name; a flood of calls is counted

_PLACED_KNOWN = """(EXISTS (SELECT 1 FROM attempt a WHERE a.id = p.belongs_to)
    OR EXISTS (SELECT 1 FROM call_leg l WHERE l.id = p.belongs_to))"""
_HAS_CASE = "EXISTS (SELECT 1 FROM call_leg l WHERE l.id = s.id)"
_LATE = sa.text(f"""
    UPDATE call_seen s SET told_at = clock_timestamp()
    WHERE told_at IS NULL AND coalesce(ended_at, arrived_at) < clock_timestamp() - make_interval(secs => :grace)
        AND taken_at > clock_timestamp() - interval '3 days' AND NOT {_HAS_CASE} RETURNING id
""")  # noqa: S608 - words of ours
_PLACED_LATE = sa.text(f"""
    UPDATE call_placed p SET told_at = clock_timestamp()
    WHERE told_at IS NULL AND taken_at < clock_timestamp() - make_interval(secs => :grace)
        AND taken_at > clock_timestamp() - interval '3 days' AND NOT {_PLACED_KNOWN} RETURNING id
""")  # noqa: S608
_BLANK = sa.text(f"UPDATE call_seen s SET number = '' WHERE number <> '' AND arrived_at >= :begins AND {_HAS_CASE}")  # noqa: S608
_DAYS = sa.text("""
    WITH noted AS (
        SELECT arrived_at AS at, taken_at FROM call_seen UNION ALL SELECT placed_at, taken_at FROM call_placed
    ),
    first AS (SELECT (min(at) AT TIME ZONE CAST(:zone AS text))::date AS day FROM (
        SELECT min(arrived_at) AS at FROM call_seen UNION ALL SELECT min(placed_at) FROM call_placed) earliest),
    days AS (SELECT generate_series(first.day, CAST(:last AS date), interval '1 day')::date AS day FROM first),
    newest AS (
        SELECT (at AT TIME ZONE CAST(:zone AS text))::date AS day, max(taken_at) AS taken_at
        FROM noted WHERE taken_at > clock_timestamp() - interval '2 days' GROUP BY 1
    )
    SELECT days.day FROM days LEFT JOIN reconciliation r USING (day) LEFT JOIN newest USING (day)
    WHERE r.day IS NULL OR newest.taken_at >= r.checked_at
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(r.orphans) o JOIN call_leg l ON l.id IN (o->>'id', o->>'belongs_to'))
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(r.orphans) o JOIN attempt a ON a.id = o->>'belongs_to')
        OR (r.day >= CAST(:last AS date) - 1 AND EXISTS (SELECT 1 FROM call_leg l
            WHERE l.ended_at >= r.checked_at - interval '1 minute' AND l.started_at < r.checked_at
                AND (l.started_at AT TIME ZONE CAST(:zone AS text))::date = r.day))
        OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(r.ownerless) o JOIN help_case c ON c.number = o
            WHERE c.agent_id IS NOT NULL OR c.state NOT IN ('open', 'callback'))
    ORDER BY days.day LIMIT :most
""")
_SEEN = sa.text("""
    SELECT count(*) AS seen, count(l.id) AS legs, count(DISTINCT l.case_id) AS cases
    FROM call_seen s LEFT JOIN call_leg l ON l.id = s.id WHERE s.arrived_at >= :begins AND s.arrived_at < :ends
""")
_ORPHANS = sa.text(f"""
    SELECT s.id, s.node, s.arrived_at, s.line, s.terminal, s.number FROM call_seen s
    WHERE s.arrived_at >= :begins AND s.arrived_at < :ends AND NOT {_HAS_CASE} ORDER BY s.arrived_at, s.id LIMIT :most
""")  # noqa: S608
_PLACED = sa.text(f"""
    SELECT count(*) AS placed, count(*) FILTER (WHERE {_PLACED_KNOWN}) AS known FROM call_placed p
    WHERE p.placed_at >= :begins AND p.placed_at < :ends
""")  # noqa: S608
_PLACED_ORPHANS = sa.text(f"""
    SELECT p.id, p.node, p.placed_at, p.belongs_to FROM call_placed p
    WHERE p.placed_at >= :begins AND p.placed_at < :ends AND NOT {_PLACED_KNOWN} ORDER BY p.placed_at, p.id LIMIT :most
""")  # noqa: S608
# Ids that a node made have a dot: calls that came in. Its notes were read after the call was over, and there was none.
_LOST = sa.text(f"""
    SELECT c.number, l.id, l.node, l.started_at, coalesce(l.cause, '') AS cause
    FROM call_leg l JOIN help_case c ON c.id = l.case_id JOIN seen_read r ON r.node = l.node
    WHERE l.started_at >= :begins AND l.started_at < :ends AND l.party = 'caller' AND l.state = 'down' AND l.ended_at < r.read_at
        AND l.id LIKE '%.%' AND c.{CALLED_IN}
        AND NOT EXISTS (SELECT 1 FROM call_seen s WHERE s.id = l.id) ORDER BY l.started_at LIMIT :most
""")  # noqa: S608 - words of ours
_OWNERLESS = sa.text("""
    SELECT number FROM help_case WHERE opened_at >= :begins AND opened_at < :ends AND agent_id IS NULL
        AND state IN ('open', 'callback') AND source NOT IN ('probe', 'drill') ORDER BY number LIMIT :most
""")


class Notes(Protocol):
    """What a node noted of its calls: part of ``telephony.ports.Watch``."""

    @property
    def connected(self) -> bool: ...

    async def calls_seen(self) -> list[CallSeen]: ...
    async def forget_call_seen(self, channel_id: str) -> None: ...
    async def calls_placed(self) -> list[CallPlaced]: ...


@dataclass(frozen=True)
class DailyProof:
    """Takes over what the nodes saw, and proves each day. ``zone``: the centre's; ``warn``: tells the supervisor."""

    engine: AsyncEngine
    watches: Mapping[str, Notes]
    zone: str
    warn: Callable[[str], Awaitable[None]]
    taken: dict[str, dict[str, None]] = field(default_factory=dict)
    """Calls out that were taken over by node, oldest first: they are not written again at every look."""

    async def run(self) -> None:
        """Look for ever."""
        for turn in itertools.count():
            for node, watch in self.watches.items():
                if watch.connected:
                    try:
                        await self.take(node, watch)
                    except (TelephonyError, TimeoutError, *DATABASE_ERRORS) as error:
                        log.warning("calls_seen_not_taken", node=node, error=type(error).__name__)
            if turn % PROVE_EVERY == 1:
                try:
                    await self.look()
                except (TimeoutError, *DATABASE_ERRORS) as error:
                    log.warning("days_not_proven", error=type(error).__name__)
            await asyncio.sleep(TAKE_SECONDS)

    async def take(self, node: str, watch: Notes) -> int:
        """Take over a node's notes; how many new ones there were. What it noted of calls that came in is forgotten there only when
        it is kept here; its marks of calls out stay for a day, for they keep an id from being dialled twice."""
        async with self.engine.connect() as connection:
            began = await connection.scalar(sa.select(sa.func.clock_timestamp()))
        seen = await watch.calls_seen()
        placed = [call for call in await watch.calls_placed() if call.channel_id not in self.taken.get(node, ())]
        async with self.engine.begin() as connection:
            await keep(connection, node, seen)
            await keep_placed(connection, node, placed)
            values = insert(seen_read).values(node=node, read_at=began)
            await connection.execute(values.on_conflict_do_update(index_elements=["node"], set_={"read_at": began}))
        for call in seen:
            await watch.forget_call_seen(call.channel_id)
        known = self.taken.setdefault(node, {})
        known.update(dict.fromkeys(call.channel_id for call in placed))
        while len(known) > TAKEN_KNOWN:
            del known[next(iter(known))]
        return len(seen) + len(placed)

    async def look(self) -> list[date]:
        """Tell of calls without a case, and prove the days that are over; which days were looked at."""
        async with self.engine.begin() as connection:
            if not await connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))):
                return []  # another instance is at it
            late = [row.id for query in (_LATE, _PLACED_LATE) for row in await connection.execute(query, {"grace": GRACE_SECONDS})]
            last = await self._last_day(connection)
            days: list[date] = []
            if last is not None:
                days = list(await connection.scalars(_DAYS, {"zone": self.zone, "last": last, "most": DAYS_AT_ONCE}))
            for day in days:
                await self.prove(connection, day)
            if days:
                old = sa.func.now() - timedelta(days=KEPT_DAYS)
                await connection.execute(sa.delete(call_seen).where(call_seen.c.arrived_at < old))
                await connection.execute(sa.delete(call_placed).where(call_placed.c.placed_at < old))
        if late:
            log.error("calls_without_case", count=len(late))
            await self.warn("call_without_case")
        return days

    async def _last_day(self, connection: AsyncConnection) -> date | None:
        """The last day after whose end every node was read."""
        read: dict[str, datetime] = {row.node: row.read_at for row in await connection.execute(sa.select(seen_read))}
        if not set(self.watches) <= set(read):
            return None
        least = min(read[node] for node in self.watches)
        return least.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)

    async def prove(self, connection: AsyncConnection, day: date) -> None:
        """Compare a day's notes with its cases, and keep what came of it."""
        begins, ends = span_of(day, self.zone)
        checked = await connection.scalar(sa.select(sa.func.clock_timestamp()))
        span = {"begins": begins, "ends": ends, "most": NAMED}
        seen = (await connection.execute(_SEEN, {"begins": begins, "ends": ends})).one()
        placed = (await connection.execute(_PLACED, {"begins": begins, "ends": ends})).one()
        orphans = [orphan_json(row) for row in (await connection.execute(_ORPHANS, span)).mappings()]
        orphans += [_placed_json(row) for row in (await connection.execute(_PLACED_ORPHANS, span)).mappings()]
        lost = [
            {"id": row["id"], "number": row["number"], "node": row["node"], "cause": row["cause"], "at": iso(row["started_at"])}
            for row in (await connection.execute(_LOST, span)).mappings()
        ]
        values = {
            "checked_at": checked, "seen": seen.seen, "legs": seen.legs, "cases": seen.cases, "orphans": orphans,
            "placed": placed.placed, "placed_known": placed.known, "lost": lost,
            "ownerless": list(await connection.scalars(_OWNERLESS, span)),
        }  # fmt: skip
        query = insert(reconciliation).values(day=day, **values)
        await connection.execute(query.on_conflict_do_update(index_elements=["day"], set_=values))
        await connection.execute(_BLANK, {"begins": begins})
        missing = seen.seen - seen.legs + placed.placed - placed.known
        log.info("day_proven", day=str(day), seen=seen.seen, placed=placed.placed, orphans=missing, lost=len(lost))


async def keep(connection: AsyncConnection, node: str, seen: list[CallSeen]) -> None:
    """Keep notes of a node; those that are known already stay as they are."""
    rows = [
        {
            "id": call.channel_id, "node": node, "arrived_at": datetime.fromtimestamp(call.arrived_at, UTC),
            "ended_at": None if call.ended_at is None else datetime.fromtimestamp(call.ended_at, UTC), "line": call.line,
            "terminal": call.terminal, "number": call.number[:64], "taken_at": sa.func.clock_timestamp(),
        }
        for call in seen
    ]  # fmt: skip
    for start in range(0, len(rows), KEPT_AT_ONCE):
        await connection.execute(insert(call_seen).values(rows[start : start + KEPT_AT_ONCE]).on_conflict_do_nothing())


async def keep_placed(connection: AsyncConnection, node: str, placed: list[CallPlaced]) -> None:
    """The same of calls out."""
    rows = [
        {
            "id": call.channel_id, "node": node, "placed_at": datetime.fromtimestamp(call.at, UTC),
            "belongs_to": call.belongs_to, "taken_at": sa.func.clock_timestamp(),
        }
        for call in placed
    ]  # fmt: skip
    for start in range(0, len(rows), KEPT_AT_ONCE):
        await connection.execute(insert(call_placed).values(rows[start : start + KEPT_AT_ONCE]).on_conflict_do_nothing())


def _placed_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A call out that is nobody's, by name."""
    return {"line": "", "terminal": "", "number": ""} | {key: row[key] for key in ("id", "node", "belongs_to")} | {
        "at": iso(row["placed_at"])
    }  # fmt: skip


def orphan_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A call that no case has, by name."""
    return {key: row[key] for key in ("id", "node", "line", "terminal", "number")} | {"at": iso(row["arrived_at"])}
