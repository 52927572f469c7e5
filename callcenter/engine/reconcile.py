"""After every connect, and now and then: compare what we believe with what Asterisk holds, and tell the difference as facts.

Events are gone while the connection is away, and no new ``StasisStart`` comes after it (telephony trap 2). So nothing here
repairs by itself: a leg that is gone is a ``LegEnded``, a phone picked up meanwhile is a ``SeatAnswered``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.alive import closed_attempts, live_attempts, live_legs
from callcenter.domain import facts
from callcenter.engine.processor import DATABASE_ERRORS, Processor
from callcenter.telephony.nodes import LINK
from callcenter.telephony.numbers import read_caller
from callcenter.telephony.ports import FAR_HALF, Calls, LiveBridge, LiveChannel, TelephonyError

log = structlog.get_logger()
FOUND = Counter("callcenter_reconciled_total", "Differences found against Asterisk, by kind", ["kind"])

SWEEP_SECONDS = 10.0
YOUNG_SECONDS = 3.0  # a leg that was to ring and is younger than this may simply not be there yet
BRIDGE_PREFIX = "case-"


@dataclass
class Reconcile:
    """Finds lost and unknown legs on one node."""

    engine: AsyncEngine
    processor: Processor
    calls: Calls
    node: str
    app: str
    instance: str
    country: str
    area_code: str
    _idle_bridges: set[str] = field(default_factory=set)
    _idle_links: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.try_sweep(adopt=False)

    async def try_sweep(self, *, adopt: bool) -> bool:
        """One comparison; False when Asterisk or the database is away (the next sweep tries again)."""
        if not self.calls.connected:
            return False
        try:
            await self.sweep(adopt=adopt)
        except (TelephonyError, *DATABASE_ERRORS) as error:
            log.warning("sweep_not_done", error=type(error).__name__)
            return False
        return True

    async def sweep(self, *, adopt: bool) -> None:
        # Believed first, then seen: a leg that begins in between is seen and unknown, and told as arrived a second time,
        # which changes nothing. The other way round it would be believed and not seen: lost.
        async with self.engine.connect() as connection:
            believed = {row["id"]: row for row in await live_legs(connection, self.node)}
            attempts = await live_attempts(connection, self.node)
            closed = await closed_attempts(connection, self.node)
        seen = {channel.id: channel for channel in await self.calls.channels()}
        for channel_id in seen:
            self.processor.calls.learn(channel_id, self.node)
        for leg_id, row in believed.items():
            self.processor.belongs(leg_id, row["case_id"])
        # Callers first: when both sides are gone the conversation is over, and no seat is rung for an empty line.
        for leg_id, row in sorted(believed.items(), key=lambda item: (str(item[1]["case_id"]), item[1]["party"])):
            # A caller's leg, and one that rang, was in Asterisk before it was believed; one that was only meant to ring may
            # still be on its way there.
            if leg_id not in seen and (row["state"] != "intent" or row["age"] > YOUNG_SECONDS):
                FOUND.labels("leg_lost").inc()
                self.processor.tell(facts.LegEnded(leg_id, "lost"))
        for attempt_id in attempts:
            if attempt_id not in seen and f"{attempt_id}{FAR_HALF}" not in seen and attempt_id not in believed:
                FOUND.labels("attempt_over").inc()  # the node knows how it ended, and which key was pressed
                self.processor.tell(facts.LegEnded(attempt_id, "lost"))
        bridges = await self.calls.bridges()
        company = {
            channel_id: set(bridge.channels) & set(seen)
            for bridge in bridges if bridge.id.startswith(BRIDGE_PREFIX) for channel_id in bridge.channels
        }  # fmt: skip
        for channel in seen.values():
            known = believed.get(channel.id)
            if known is None:
                beside = company.get(channel.id, set()) - {channel.id}
                callers = [other for other in beside if seen[other].app_args[:1] == ("in",) and other not in believed]
                seats = [other for other in beside if seen[other].app_args[:1] == ("seat",)]
                await self._unknown(channel, seats, spoken_to=bool(callers))
            elif (
                known["party"] in ("seat", "supervisor")
                and channel.state == "Up"
                and known["state"] != "up"
                and channel.app == self.app
            ):
                FOUND.labels("answer_missed").inc()
                self.processor.tell(facts.SeatAnswered(channel.id))
        await self._over(closed, set(seen), adopt=adopt)
        if adopt:
            live_cases: set[UUID] = {row["case_id"] for leg_id, row in believed.items() if leg_id in seen}
            for case_id in live_cases:
                FOUND.labels("adopted").inc()
                self.processor.tell(facts.CaseFoundLive(case_id, self.instance))
            for channel in seen.values():
                if channel.app == self.app and channel.of_the_ladder:
                    self.processor.tell(facts.AttemptFoundLive(channel.id, self.instance))
        await self._empty_bridges(bridges, {channel.id for channel in seen.values() if channel.app_args[:1] == (LINK,)})

    async def _over(self, closed: dict[str, bool], seen: set[str], *, adopt: bool) -> None:
        """Calls that were given up while this node was out of reach, and that it has gone on with, or might still begin."""
        for attempt_id in closed:
            for channel_id in (attempt_id, f"{attempt_id}{FAR_HALF}"):
                if channel_id in seen:
                    FOUND.labels("given_up").inc()
                    await self.calls.hang_up(channel_id)
                    break
        if adopt:
            await asyncio.gather(*(self.calls.void_attempt(attempt_id) for attempt_id, lost in closed.items() if lost))

    async def _unknown(self, channel: LiveChannel, seats: list[str], *, spoken_to: bool) -> None:
        """A channel in our app that no case knows: a call claimed an instant before we died, or a leg nobody wants.

        ``seats``: their legs in a conversation with it. ``spoken_to``: a caller, of whom nobody knows either: what becomes of a
        seat's leg then is decided with the caller's.
        """
        if channel.app != self.app or not channel.app_args:
            return
        if channel.app_args[0] == "in":
            FOUND.labels("call_found").inc()
            caller = read_caller(channel.caller, self.country, self.area_code)
            line, account = (*channel.app_args[1:3], "", "")[:2]
            self.processor.tell(
                facts.CallArrived(
                    channel.id,
                    self.node,
                    line,
                    account or None,
                    caller.number,
                    caller.display,
                    caller.anonymous,
                    claimed=True,
                    beside=tuple(sorted(seats)),
                )
            )
        elif channel.app_args[0] == "seat" and not spoken_to:
            FOUND.labels("stray_leg").inc()
            await self.calls.hang_up(channel.id)

    async def _empty_bridges(self, bridges: list[LiveBridge], links: set[str]) -> None:
        """Bridges of ours that were empty at two sweeps in a row are left over, and so are calls between nodes that join nobody."""
        idle = links - {channel for bridge in bridges if set(bridge.channels) - links for channel in bridge.channels}
        for channel_id in idle & self._idle_links:
            await self.calls.hang_up(channel_id)
        self._idle_links = idle
        empty = {b.id for b in bridges if b.id.startswith(BRIDGE_PREFIX) and not b.channels}
        for bridge_id in empty & self._idle_bridges:
            await self.calls.destroy_bridge(bridge_id)
        self._idle_bridges = empty
