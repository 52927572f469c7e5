"""Which Asterisk nodes live, and what becomes of the calls of one that is given up.

A node is given up only while another one lives, and only when no instance hears it: at once when its machine says that nothing
listens there any more, later when it says nothing at all, for then its calls may well be alive. What it carried is told as lost,
through the same facts as everything else: who waited is owed a call, whose phone rang is not rung again before it can have
stopped, and the ladder goes on at a living node. What a node says of such calls after it is back changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.alive import live_legs, open_attempts
from callcenter.domain.facts import NODE_LOST, AttemptSeen, LegEnded
from callcenter.engine.looks import look_again
from callcenter.engine.processor import Processor
from callcenter.telephony.nodes import Node, Nodes
from callcenter.telephony.ports import TelephonyError

log = structlog.get_logger()
HEARD = Gauge("callcenter_node_up", "Whether an Asterisk node answers this instance", ["node"])
LOST = Counter("callcenter_nodes_lost_total", "Times that an Asterisk node was given up", ["node"])

LOOK_SECONDS = 0.5
DEAD_SECONDS = 1.2  # nobody listens at its port: its calls are over
SILENT_SECONDS = 6.0  # it says nothing: the machine, the network, or a moment of weakness
SLEPT_SECONDS = 2.5  # a look waits for an answer for a second at most (telephony/nodes.py)
FRESH_SECONDS = 3.0  # that nothing listened there is old news after this: it may have been back, and be silent for another reason
FAILED_LOOKS = 2  # of our own, in a row and written down: neither whoever slept, nor whoever first finds the database again, must
# judge by the age of what was heard last

_TELL = sa.text("""
    INSERT INTO node (name, heard_at, refused_at)
    SELECT n.name, CASE WHEN n.heard THEN clock_timestamp() ELSE '-infinity' END,
        CASE WHEN n.refused THEN coalesce(CAST(:asked AS timestamptz), '-infinity') ELSE '-infinity' END
    FROM unnest(CAST(:names AS text[]), CAST(:heard AS boolean[]), CAST(:refused AS boolean[])) AS n(name, heard, refused)
    ORDER BY n.name
    ON CONFLICT (name) DO UPDATE SET heard_at = greatest(node.heard_at, excluded.heard_at),
        refused_at = greatest(node.refused_at, excluded.refused_at)
    RETURNING name, CASE WHEN isfinite(heard_at) THEN extract(epoch FROM clock_timestamp() - heard_at)::float ELSE 'infinity' END
        AS silent, refused_at >= greatest(heard_at, clock_timestamp() - make_interval(secs => :fresh)) AS refused,
        clock_timestamp() AS told_at
""")


@dataclass
class NodeCare:
    """Looks at every node, says in the database what was heard, and gives up what nobody hears."""

    engine: AsyncEngine
    processor: Processor
    nodes: Nodes
    on_change: Callable[[], Awaitable[None]]
    """A node was given up, or is back: which phones are there is another question now."""
    clock: Callable[[], float] = time.monotonic
    _failed: dict[str, int] = field(default_factory=dict)
    _heard: dict[str, float] = field(default_factory=dict)
    """When we heard each ourselves: while the database was away, nobody could write it down."""
    _told_at: datetime | None = None
    """The database's time when we last wrote. What is asked now is asked later: whoever sleeps over an answer dates it by this, so
    that "nothing listens there" from before the node's return is not taken for news when it falls silent."""

    async def run(self) -> None:
        """Look, for ever. A centre of one node has nothing to give it up for."""
        await look_again("nodes", self.look, LOOK_SECONDS)

    async def look(self) -> None:
        """One look at all of them, and what follows from it."""
        every, began = list(self.nodes.all.values()), self.clock()
        answers = dict(zip([node.name for node in every], await asyncio.gather(*map(_ask, every)), strict=True))
        now = self.clock()
        if now - began > SLEPT_SECONDS:
            return  # we were frozen over it: what we heard then says nothing about now
        for name, answer in answers.items():
            HEARD.labels(name).set(answer == "heard")
            if answer == "heard":
                self._failed[name], self._heard[name] = 0, now
        if len(every) < 2:
            return
        async with self.engine.begin() as connection:
            told = await connection.execute(
                _TELL,
                {
                    "names": list(answers),
                    "heard": [answer == "heard" for answer in answers.values()],
                    "refused": [answer == "refused" for answer in answers.values()],
                    "fresh": FRESH_SECONDS,
                    "asked": self._told_at,
                },
            )
            rows = list(told)
        self._told_at = max(row.told_at for row in rows)
        limits = {row.name: (row.silent, DEAD_SECONDS if row.refused else SILENT_SECONDS) for row in rows}
        for name, answer in answers.items():  # looks that were told alone: then the others have had time to tell theirs
            if answer != "heard":
                self._failed[name] = self._failed.get(name, 0) + 1
        # What is given up is taken back when it is heard, not because it says nothing now where it refused before.
        late = {
            name for name, (silent, limit) in limits.items()
            if min(silent, now - self._heard.get(name, float("-inf"))) > (DEAD_SECONDS if name in self.nodes.lost else limit)
        }  # fmt: skip
        gone = frozenset(name for name in late if self._failed.get(name, 0) >= FAILED_LOOKS)
        if len(late) == len(every):
            gone = self.nodes.lost & gone  # with nobody to go on with, nothing is given up that was not before
        before, self.nodes.lost = self.nodes.lost, gone
        for name in gone - before:
            LOST.labels(name).inc()
            log.critical("node_given_up", node=name)
        for name in before - gone:
            log.warning("node_is_back", node=name)
        for name in gone:
            await self._tell_its_calls(name)
        if gone != before:
            await self.on_change()

    async def _tell_its_calls(self, name: str) -> None:
        """Told again at each look while anything of it is believed: whoever is told twice changes nothing."""
        async with self.engine.connect() as connection:
            legs = await live_legs(connection, name)
            attempts = await open_attempts(connection, name)
        for row in legs:
            self.processor.belongs(row["id"], row["case_id"])
        for attempt_id, case_id in attempts.items():
            self.processor.belongs(attempt_id, case_id)
        # Callers first: when both sides are gone the conversation is over, and no seat is rung for an empty line.
        callers = [row for row in legs if row["party"] == "caller"]
        others = [row for row in legs if row["party"] != "caller"]
        for row in callers:
            self.processor.tell(LegEnded(row["id"], NODE_LOST))
        for attempt_id in attempts:
            self.processor.tell(AttemptSeen(attempt_id, "node_lost", cause=NODE_LOST, begun=True))
        for row in others:
            if row["party"] == "consult" and row["state"] != "up":
                self.processor.tell(AttemptSeen(row["id"], "node_lost", cause=NODE_LOST, begun=True))
            else:
                self.processor.tell(LegEnded(row["id"], NODE_LOST))


async def _ask(node: Node) -> str:
    """``heard``, ``refused`` when nothing listens there, ``silent`` otherwise."""
    try:
        await node.pulse.ping()
    except TelephonyError as error:
        refused = isinstance(getattr(error.__cause__, "os_error", None), ConnectionRefusedError)
        return "refused" if refused else "silent"
    return "heard"
