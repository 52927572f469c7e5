"""Which instances of the service live, and who takes over the calls of one that has fallen silent.

Nothing of a case belongs to an instance: any of them takes the next step, on the case's present version. What an instance does
hold is the ARI application that Asterisk tells of its calls. When its heartbeat stops, one of the others moves these calls to
its own application and goes on. A paused instance that wakes up afterwards holds nothing any more: what its old application
is told of those calls is not believed (``call_leg.holder``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.domain.facts import AttemptFoundLive, CaseFoundLive
from callcenter.engine.looks import look_again
from callcenter.engine.processor import Processor
from callcenter.telephony.ports import Calls, ChannelGone, LiveChannel, TelephonyError

log = structlog.get_logger()
ADOPTED = Counter("callcenter_calls_adopted_total", "Calls taken over from an instance that fell silent")

BEAT_SECONDS = 0.5
SILENT_SECONDS = 2.0  # a take-over is promised within 3 s
LONG_SECONDS = 86_400.0  # instances that were silent for longer are forgotten
LOOK_SECONDS = 10.0  # for so long after it fell silent a dead instance's application is looked at again

_BEAT = sa.text("""
    INSERT INTO instance (name, app, node, started_at, seen_at) VALUES (:name, :app, :node, clock_timestamp(), clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET seen_at = clock_timestamp(), app = excluded.app, node = excluded.node,
        adopted_by = NULL, adopted_at = NULL, started_at = CASE WHEN :first THEN clock_timestamp() ELSE instance.started_at END
""")
# One of the living wins each silent one; it keeps looking for some seconds, for a call may enter the old application late.
_SILENT = sa.text("""
    UPDATE instance i SET adopted_by = :me, adopted_at = coalesce(i.adopted_at, clock_timestamp())
    WHERE i.name <> :me AND i.node = ANY(CAST(:nodes AS text[])) AND i.seen_at < clock_timestamp() - make_interval(secs => :silent)
        AND (i.adopted_by IS NULL OR (i.adopted_by = :me AND i.adopted_at > clock_timestamp() - make_interval(secs => :look))
            OR NOT EXISTS (SELECT 1 FROM instance o WHERE o.name = i.adopted_by
                AND o.seen_at >= clock_timestamp() - make_interval(secs => :silent)))
    RETURNING i.name, i.app
""")
_TAKE_LEGS = sa.text("""
    UPDATE call_leg SET holder = :me WHERE state <> 'down' AND holder = ANY(CAST(:names AS text[])) RETURNING id, case_id
""")
_TAKE_ATTEMPTS = sa.text("""
    UPDATE attempt SET holder = :me WHERE state = 'answered' AND holder = ANY(CAST(:names AS text[]))
""")
_OLD = sa.text("DELETE FROM instance WHERE seen_at < clock_timestamp() - interval '1 day'")
_KNOWN = sa.text("""
    SELECT name, extract(epoch FROM clock_timestamp() - seen_at)::float AS age FROM instance
    WHERE isfinite(seen_at) AND seen_at > clock_timestamp() - interval '1 day' ORDER BY name
""")
_GONE = sa.text("UPDATE instance SET seen_at = '-infinity', adopted_by = NULL, adopted_at = NULL WHERE name = :name")


async def ages(connection: AsyncConnection) -> dict[str, float]:
    """Seconds since each instance was heard; who stopped in good order, or long ago, is no part of it."""
    return {row.name: row.age for row in await connection.execute(_KNOWN)}


@dataclass
class Instances:
    """This instance's heartbeat, and its care for the others."""

    engine: AsyncEngine
    processor: Processor
    calls: Calls
    name: str
    app: str
    node: str
    """Our own; ``nodes``: all that we serve."""
    nodes: list[str]
    _first: bool = True
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Beat and look, for ever."""
        await look_again("heartbeat", self._beat_and_look, BEAT_SECONDS, also=(TelephonyError,))

    async def _beat_and_look(self) -> None:
        await self.beat()
        if self.calls.connected:
            await self.look()

    async def beat(self) -> None:
        """Say that we live."""
        async with self.engine.begin() as connection:
            await connection.execute(_BEAT, {"name": self.name, "app": self.app, "node": self.node, "first": self._first})
            if self._first:
                await connection.execute(_OLD)
        self._first = False

    async def leave(self) -> None:
        """A clean stop: the others need not wait until our silence is noticed."""
        async with self.engine.begin() as connection:
            await connection.execute(_GONE, {"name": self.name})

    async def look(self, seconds: float = LOOK_SECONDS) -> None:
        """Take over what silent instances held, at every node. Who holds a leg is written down before it is moved.

        ``seconds``: also of those that we took over within so long: a node that was away then may hold calls of theirs.
        One look at a time: a channel that is moved twice leaves our own application, and its caller seems to have hung up. Whoever
        looks next finds it at its new place: Asterisk lists it there as soon as it has said yes (seen on 22.10).
        """
        async with self._looking:
            await self._look(seconds)

    async def _look(self, seconds: float) -> None:
        values: dict[str, Any] = {"me": self.name, "nodes": self.nodes, "silent": SILENT_SECONDS, "look": seconds}
        async with self.engine.begin() as connection:
            silent = {row.name: row.app for row in await connection.execute(_SILENT, values)}
            if not silent:
                return
            taken = {"me": self.name, "names": list(silent)}
            legs = {row.id: row.case_id for row in await connection.execute(_TAKE_LEGS, taken)}
            await connection.execute(_TAKE_ATTEMPTS, taken)
        apps = set(silent.values())
        # With arguments: those in its hands. It also followed what it had dialled and what nobody has answered yet.
        held = {channel.id: channel for channel in await self.calls.channels() if channel.app in apps and channel.app_args}
        await asyncio.gather(*(self._move(channel) for channel in held.values()))
        for leg_id, case_id in legs.items():
            self.processor.belongs(leg_id, case_id)
        for channel in held.values():
            if channel.of_the_ladder:  # also one that was claimed an instant before its claimer died
                self.processor.tell(AttemptFoundLive(channel.id, self.name))
        for case_id in {legs[leg_id] for leg_id in held if leg_id in legs}:
            self.processor.tell(CaseFoundLive(case_id, self.name, taken_over=True))
        if held:
            log.warning("calls_adopted", from_instances=sorted(silent), calls=len(held))

    async def _move(self, channel: LiveChannel) -> None:
        try:
            await self.calls.move(channel.id, self.app, channel.app_args, leaving=channel.app)
            ADOPTED.inc()
        except ChannelGone:
            log.debug("adopted_too_late", leg=channel.id)
        except TelephonyError as error:  # of one call; it is looked at again in half a second
            log.warning("not_adopted", leg=channel.id, reason=error.reason)
