"""Today by the hour beside what this weekday usually brings, and how long test presses took: the board's charts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.called_in import CALLED_IN, answered_within
from callcenter.domain.clock import iso

WEEKS = 8  # of the same weekday: fewer, and one bad day is the rule; more, and last year is
PROBE_STEP_SECONDS = 300  # one point of the chart

_TRENDS = sa.text(f"""
    WITH today AS (SELECT (now() AT TIME ZONE CAST(:zone AS text))::date AS day),
    mine AS (
        SELECT (c.opened_at AT TIME ZONE CAST(:zone AS text))::date AS day,
            extract(hour FROM c.opened_at AT TIME ZONE CAST(:zone AS text))::int AS hour,
            {answered_within(":within")} AS in_time,
            EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.id) AS abandoned,
            extract(epoch FROM coalesce(c.answered_at, c.ended_at, now()) - c.opened_at) AS wait
        FROM help_case c, today
        WHERE c.{CALLED_IN}
            AND c.opened_at >= (today.day - 7 * :weeks)::timestamp AT TIME ZONE CAST(:zone AS text)
    ),
    hours AS (
        SELECT day, hour, count(*) AS calls, count(*) FILTER (WHERE in_time) AS in_time,
            count(*) FILTER (WHERE abandoned) AS abandoned, max(wait) AS longest
        FROM mine GROUP BY day, hour
    ),
    -- A weekday before the centre's first call is no day without calls.
    days AS (
        SELECT today.day - 7 * week AS day FROM today, generate_series(1, :weeks) AS week
        WHERE today.day - 7 * week >= (SELECT min(day) FROM mine)
    )
    SELECT hour, h.calls, h.in_time, h.abandoned, h.longest::float,
        (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(o.calls, 0))
            FROM days LEFT JOIN hours o ON o.day = days.day AND o.hour = every.hour) AS usual
    FROM generate_series(0, 23) AS every(hour)
        LEFT JOIN (SELECT hours.* FROM hours, today WHERE hours.day = today.day) h USING (hour)
    ORDER BY hour
""")  # noqa: S608 - words of ours
_PROBES = sa.text("""
    SELECT to_timestamp(floor(extract(epoch FROM at) / :step) * :step) AS at, max(pop_ms) AS pop_ms,
        count(*) FILTER (WHERE stage IS NOT NULL) AS failed, count(*) AS pressed
    FROM probe WHERE at > now() - interval '1 day' GROUP BY 1 ORDER BY 1
""")
_LATEST = sa.text("SELECT at, stage, detail, sip_ms, pop_ms, answer_ms FROM probe ORDER BY at DESC LIMIT 1")


async def trend(connection: AsyncConnection, zone: str, within: float) -> dict[str, Any]:
    """``{hours: [{hour, calls, in_time, abandoned, longest, usual}]}``: 24 rows; ``longest`` in seconds, ``usual`` the median of
    calls in this hour on the last weekdays of this kind, null while there are none."""
    found = await connection.execute(_TRENDS, {"zone": zone, "within": within, "weeks": WEEKS})
    return {
        "hours": [
            {
                "hour": row.hour, "calls": row.calls or 0, "in_time": row.in_time or 0, "abandoned": row.abandoned or 0,
                "longest": round(row.longest or 0.0, 1), "usual": row.usual,
            }
            for row in found
        ]
    }  # fmt: skip


async def probes(connection: AsyncConnection) -> dict[str, Any]:
    """``{latest, points}``: the last test press, and the slowest of every five minutes of the last day."""
    latest = (await connection.execute(_LATEST)).mappings().one_or_none()
    points = await connection.execute(_PROBES, {"step": PROBE_STEP_SECONDS})
    return {
        "latest": None if latest is None else {**latest, "at": iso(latest["at"])},
        "points": [{"at": iso(row.at), "pop_ms": row.pop_ms, "failed": row.failed, "pressed": row.pressed} for row in points],
    }
