"""The board's limits: kept in the database, looked at every two seconds by whichever instance comes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access
from callcenter.db.called_in import ANSWER_WITHIN_SECONDS, CALLED_IN, WAITED, answered_within
from callcenter.db.duty_room_tables import threshold_alarm
from callcenter.db.tables import threshold as table
from callcenter.domain.clock import iso
from callcenter.domain.thresholds import BELOW, DEFAULTS, EACH, Measure, Threshold, judge
from callcenter.engine.looks import look_again

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
PROBE_OLD = "10 minutes"
_VALUES = sa.text(f"""
    WITH day AS (SELECT date_trunc('day', now() AT TIME ZONE CAST(:zone AS text)) AT TIME ZONE CAST(:zone AS text) AS start),
    calls AS (
        SELECT count(*) FILTER (WHERE {answered_within(str(ANSWER_WITHIN_SECONDS))}) AS in_time,
            count(*) FILTER (WHERE {WAITED}) AS waited
        FROM help_case, day WHERE opened_at >= day.start AND {CALLED_IN}
    )
    SELECT clock_timestamp() AS now,
        (SELECT count(*) FROM help_case WHERE state = 'waiting')::float AS waiting,
        (SELECT extract(epoch FROM clock_timestamp() - min(waiting_since)) FROM help_case WHERE state = 'waiting')::float
            AS longest_wait,
        (SELECT in_time::float / nullif(waited, 0) FROM calls) AS answered_in_time,
        (SELECT count(*) FROM task WHERE state <> 'done')::float AS owed_calls,
        (SELECT count(*) FROM paper, day WHERE unfinished AND noun = 'follow_up' AND state = 'due'
            AND due_at < day.start + interval '1 day')::float AS follow_ups_due,
        (SELECT count(*) FROM paper WHERE unfinished AND noun = 'follow_up' AND overdue)::float AS follow_ups_late,
        (SELECT count(*) FROM seat WHERE presence = 'ready' AND registered AND console_until > clock_timestamp())::float
            AS ready_seats,
        (SELECT count(*) FROM help_case WHERE red AND source <> 'drill')::float AS red,
        (SELECT count(*) FROM terminal WHERE account IS NOT NULL AND contact_changed_at IS NOT NULL
            AND NOT (registered AND reachable))::float AS silent_terminals,
        (SELECT count(*) FROM paper WHERE unfinished AND noun = 'follow_up' AND state = 'reported')::float AS dissatisfied,
        (SELECT coalesce(pop_ms, 'Infinity') FROM probe WHERE at > now() - interval '{PROBE_OLD}' ORDER BY at DESC LIMIT 1)
            AS probe_ms
""")  # noqa: S608 - a word of ours


@dataclass(frozen=True)
class Thresholds:
    """Reads, changes and watches them. ``zone``: the centre's time zone, for what counts as today."""

    engine: AsyncEngine
    zone: str

    async def run(self) -> None:
        """Look for ever."""
        await look_again("thresholds", self.look, LOOK_SECONDS)

    async def look(self) -> None:
        """Judge each of them now. Instances take turns: who finds the rows locked leaves them to the other."""
        async with self.engine.begin() as connection:
            if (await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0) < len(DEFAULTS):
                ours = [_values(one) for one in DEFAULTS.values()]
                await connection.execute(insert(table).values(ours).on_conflict_do_nothing())
            query = sa.select(table).with_for_update(skip_locked=True)
            held = [_threshold(row) for row in (await connection.execute(query)).mappings()]
            values = (await connection.execute(_VALUES, {"zone": self.zone})).mappings().one()
            for one in held:
                judged = judge(one, values[one.measure], values["now"])
                if judged != one:
                    changes = {"crossed_since": judged.crossed_since, "alarmed_at": judged.alarmed_at}
                    await connection.execute(sa.update(table).where(table.c.measure == one.measure).values(**changes))
                    if (judged.alarmed_at is None) != (one.alarmed_at is None):
                        await _alarm(connection, judged, values[one.measure])
                        log.warning("threshold", measure=one.measure, alarm=judged.alarmed_at is not None)
                elif judged.measure in EACH and judged.alarmed_at is not None:
                    await _again(connection, judged, values[one.measure], values["now"])

    async def all(self) -> list[dict[str, Any]]:
        """``[{measure, below, limit, seconds, active, alarmed_at}]`` in the order of the board."""
        async with self.engine.connect() as connection:
            return await shown(connection)

    async def change(
        self, by: UUID, measure: Measure, *, limit: float, seconds: float, active: bool, phone: bool | None = None
    ) -> list[dict[str, Any]]:
        """Set one anew; what was crossed is judged anew with it. ``phone`` of None stays as it is."""
        async with self.engine.begin() as connection:
            if phone is None:
                held = await connection.scalar(sa.select(table.c.phone).where(table.c.measure == measure))
                phone = DEFAULTS[measure].phone if held is None else held
            values = _values(Threshold(measure, limit, seconds, active, phone=phone)) | {"crossed_since": None, "alarmed_at": None}
            query = insert(table).values(values)
            await connection.execute(query.on_conflict_do_update(index_elements=["measure"], set_=values))
            await connection.execute(_over(measure))
            trace = {"limit": limit, "seconds": seconds, "active": active, "phone": phone}
            await note_access(connection, by, "threshold_changed", measure, trace)
            return await shown(connection)


async def shown(connection: AsyncConnection) -> list[dict[str, Any]]:
    """All thresholds as consoles see them."""
    held = {row["measure"]: _threshold(row) for row in (await connection.execute(sa.select(table))).mappings()}
    return [
        {
            "measure": one.measure, "below": one.measure in BELOW, "limit": one.limit, "seconds": one.seconds,
            "active": one.active, "phone": one.phone, "alarmed_at": iso(one.alarmed_at),
        }
        for one in (held.get(measure, default) for measure, default in DEFAULTS.items())
    ]  # fmt: skip


async def _alarm(connection: AsyncConnection, judged: Threshold, value: float | None) -> None:
    """An alarm begins or is over: a row of its own, for the duty log and for the watchdog, which phones about it."""
    if judged.alarmed_at is None:
        await connection.execute(_over(judged.measure))
        return
    row = {
        "id": uuid4(), "measure": judged.measure, "limit_value": judged.limit, "value": value,
        "began_at": judged.alarmed_at, "phone": judged.phone,
    }  # fmt: skip
    await connection.execute(insert(threshold_alarm).values(row).on_conflict_do_nothing())


async def _again(connection: AsyncConnection, judged: Threshold, value: float, now: datetime) -> None:
    """One more than when the alarm began is an alarm of its own; of fewer the next one counts from there."""
    still = (threshold_alarm.c.measure == judged.measure, threshold_alarm.c.ended_at.is_(None))
    await connection.execute(sa.update(threshold_alarm).where(*still, threshold_alarm.c.value > value).values(value=value))
    ended = _over(judged.measure).where(threshold_alarm.c.value < value).returning(threshold_alarm.c.id)
    if (await connection.execute(ended)).first() is not None:
        await _alarm(connection, replace(judged, alarmed_at=now), value)
        log.warning("threshold", measure=judged.measure, alarm=True)


def _over(measure: Measure) -> sa.Update:
    still = (threshold_alarm.c.measure == measure, threshold_alarm.c.ended_at.is_(None))
    return sa.update(threshold_alarm).where(*still).values(ended_at=sa.func.clock_timestamp())


def _values(one: Threshold) -> dict[str, Any]:
    return {"measure": one.measure, "limit_value": one.limit, "seconds": one.seconds, "active": one.active, "phone": one.phone}


def _threshold(row: Any) -> Threshold:
    columns = ("measure", "limit_value", "seconds", "active", "crossed_since", "alarmed_at", "phone")
    return Threshold(*(row[name] for name in columns))
