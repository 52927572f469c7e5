"""How the watchdog looks: one short reading of the database, one ping of Asterisk, each with its own deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.engine import is_lost
from callcenter.telephony.ari_requests import AriRequests
from callcenter.telephony.ports import TelephonyError
from callcenter.watchdog.breaches import UNPAGED, Breach
from callcenter.watchdog.duty import Duty, DutyPhone
from callcenter.watchdog.wrong import AWAY_SECONDS, NEVER, Look, OpenLadder

log = structlog.get_logger(__name__)

DEADLINE = 2.0
FORGOTTEN_SECONDS = 86_400.0  # an instance that was silent for longer is not used any more

# Drills are left out: whatever becomes of one, it never makes a real telephone ring.
_LADDERS = sa.text("""
    SELECT c.number, extract(epoch FROM clock_timestamp() - t.due_at)::float AS late
    FROM escalation e JOIN help_case c ON c.id = e.case_id LEFT JOIN timer t ON t.case_id = e.case_id AND t.kind = 'ladder'
    WHERE e.state <> 'ended' AND NOT e.drill
""")
_INSTANCES = sa.text("""
    SELECT name, app, CASE WHEN isfinite(seen_at) THEN extract(epoch FROM clock_timestamp() - seen_at)::float END AS age
    FROM instance WHERE node = ANY(CAST(:nodes AS text[]))
""")
_DUTY = sa.text("SELECT name, number FROM duty_phone WHERE active ORDER BY position, name")
_ROSTER = sa.text("""
    SELECT d.number, extract(epoch FROM r.begins_at)::float AS begins, extract(epoch FROM r.ends_at)::float AS ends
    FROM roster_turn r JOIN duty_phone d ON d.id = r.phone_id
    WHERE r.post = 'supervisor' AND d.active AND r.ends_at > now() AND r.begins_at < now() + interval '7 days'
    ORDER BY r.begins_at, r.id
""")
_SHOWN = sa.text("SELECT number FROM line WHERE kind = 'emergency' AND active ORDER BY number LIMIT 1")


@dataclass
class Watcher:
    """Looks, and remembers what it saw."""

    engine: AsyncEngine
    asterisk: AriRequests
    node: str
    outgoing_number: str
    look: Look
    others: Mapping[str, AriRequests] = field(default_factory=dict)
    """The centre's further nodes by their names."""
    duty: Duty | None = None
    """What the database said last; None before it said anything."""
    living: frozenset[str] | None = None
    """ARI applications of the instances that live; None while the database does not answer."""
    breaches: tuple[Breach, ...] = ()
    """Alarms of the board about which no duty phone has rung yet."""
    _newest: str = ""
    _problem: dict[str, str] = field(default_factory=dict)

    async def see(self) -> Look:
        """Look at everything once, at the same time; never longer than the deadline."""
        lines = {self.node: self.asterisk, **self.others}
        await asyncio.gather(self._database(), *(self._asterisk(name, line) for name, line in lines.items()))
        return self.look

    async def _database(self) -> None:
        try:
            async with asyncio.timeout(DEADLINE), self.engine.connect() as connection:
                ladders = list(await connection.execute(_LADDERS))
                instances = list(await connection.execute(_INSTANCES, {"nodes": [self.node, *self.others]}))
                phones = list(await connection.execute(_DUTY))
                roster = tuple((row.number, row.begins, row.ends) for row in await connection.execute(_ROSTER))
                breaches = tuple(Breach(*row) for row in await connection.execute(UNPAGED))
                line = await connection.scalar(_SHOWN)
        except Exception as error:  # noqa: BLE001 - whatever it is: we could not see, and must go on looking
            self._tell("database", error if is_lost(error) else repr(error)[:200])
            self.living = None
            self.breaches = ()
            return
        self._problem.pop("database", None)
        now = monotonic()
        beats = {row.name: now - row.age for row in instances if row.age is not None}
        beat_at = max(beats.values(), default=NEVER)
        if beat_at > self.look.beat_at:
            self._newest = max(beats, key=lambda name: beats[name])
        back = now - self.look.database_at > AWAY_SECONDS
        self.look = replace(
            self.look,
            database_at=now,
            database_since=now if back else self.look.database_since,
            beat_at=max(beat_at, self.look.beat_at),
            beats=tuple((name, at) for name, at in beats.items() if now - at < FORGOTTEN_SECONDS),
            left=any(row.name == self._newest and row.age is None for row in instances),
            ladders=tuple(OpenLadder(row.number, None if row.late is None else now - row.late) for row in ladders),
        )
        self.living = frozenset(row.app for row in instances if row.age is not None and row.age < AWAY_SECONDS)
        self.duty = Duty(tuple(DutyPhone(row.name, row.number) for row in phones), self.outgoing_number or line or "", roster)
        self.breaches = breaches

    async def _asterisk(self, name: str, line: AriRequests) -> None:
        part = f"asterisk {name}"
        try:
            answer = await line.request("GET", "asterisk/ping", timeout=DEADLINE)
        except TelephonyError as error:
            self._tell(part, error.reason)
            return
        if answer.ok:
            self._problem.pop(part, None)
            now = monotonic()
            known = dict.fromkeys((self.node, *self.others), NEVER) | dict(self.look.nodes_at) | {name: now}
            self.look = replace(self.look, asterisk_at=now, nodes_at=tuple(known.items()) if self.others else ())
        else:
            self._tell(part, f"{answer.status} {answer.message}")

    def _tell(self, part: str, error: object) -> None:
        """Once, not at every look."""
        said = str(error) if isinstance(error, str) else type(error).__name__
        if self._problem.get(part) != said:
            self._problem[part] = said
            log.warning("watchdog_cannot_see", part=part, error=said)
