"""From the journal to messages: what happened is read from the lines that every decision writes anyway; a press pays nothing.

The trap is that transactions end in another order than they begin in: a reader that remembers the last line it has seen skips what
commits late. Here each line carries the number of its transaction, and a subscription reads up to the lowest number that is still
running (``pg_snapshot_xmin``): below it nothing new can appear, so nothing is skipped and nothing is read twice. A transaction that
stays open long holds messages up; it loses none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.connections.webhooks import HORIZON
from callcenter.db.access import note_access
from callcenter.db.webhook_tables import webhook, webhook_delivery
from callcenter.domain.announced import events_of, wants
from callcenter.domain.clock import iso

log = structlog.get_logger()
PAGE = 500  # lines in one go; more, when one transaction wrote more

_COLUMNS = """
    SELECT j.case_id, j.seq, j.at, j.kind, j.data, j.xid, j.written_at, c.number, c.kind AS case_kind, c.source, c.state, c.red,
        c.member_id, p.noun, p.state AS paper_state
    FROM journal j JOIN help_case c ON c.id = j.case_id
    LEFT JOIN paper p ON p.case_id = j.case_id AND CAST(p.id AS text) = j.data ->> 'paper'
    WHERE c.source <> 'probe' AND j.written_at > :since
"""
# WITH TIES: a page ends with a whole transaction, or a whole moment, never in the middle of one.
_LINES = sa.text(
    _COLUMNS + "AND j.xid >= :begin AND j.xid < :horizon ORDER BY j.xid FETCH FIRST CAST(:page AS integer) ROWS WITH TIES"
)
_LINES_ELSEWHERE = sa.text(
    _COLUMNS + "AND (j.xid >= :begin OR j.written_at > :read_at) ORDER BY j.written_at "
    "FETCH FIRST CAST(:page AS integer) ROWS WITH TIES"
)
_PERSON = sa.text("""
    SELECT m.name, m.address, coalesce((SELECT json_agg(n.number) FROM member_number n WHERE n.member_id = m.id), '[]') AS numbers
    FROM member m WHERE m.id = :member
""")


@dataclass(frozen=True)
class Relay:
    """Makes messages. Several instances may run it: a subscription is read by one at a time."""

    engine: AsyncEngine

    async def read(self, webhook_id: UUID) -> int:
        """Read the journal on for one subscription, in one transaction with its messages; how many lines were read."""
        async with self.engine.begin() as connection:
            query = sa.select(webhook).where(webhook.c.id == webhook_id, webhook.c.active)
            row = (await connection.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()
            if row is None:
                return 0
            horizon = int(await connection.scalar(HORIZON) or 0)
            if horizon < row["horizon"]:
                return await self._elsewhere(connection, row, horizon)
            values = {"begin": row["horizon"], "horizon": horizon, "since": row["since"], "page": PAGE}
            lines: Sequence[Any] = (await connection.execute(_LINES, values)).mappings().all()
            if len(lines) >= PAGE:  # there may be more: go on after the last transaction of these
                horizon = lines[-1]["xid"] + 1
            await self._announce(connection, row, lines)
            changed = {"horizon": horizon, "read_at": sa.func.clock_timestamp()}
            await connection.execute(sa.update(webhook).where(webhook.c.id == webhook_id).values(**changed))
        return len(lines)

    async def _elsewhere(self, connection: AsyncConnection, row: Any, horizon: int) -> int:
        """The database was restored into another server, which counts transactions anew.

        What the old one had written and nobody had read, and what the new one has written, is read once by time. Who is writing at
        this moment comes above ``horizon``, asked for before, and after ``read_at``; what comes twice is known by its key.
        """
        log.warning("transactions_counted_anew", webhook=str(row["id"]))
        values = {"begin": row["horizon"], "read_at": row["read_at"], "since": row["since"], "page": PAGE}
        count, more = 0, True
        while more:
            lines = (await connection.execute(_LINES_ELSEWHERE, values)).mappings().all()
            await self._announce(connection, row, lines)
            count, more = count + len(lines), len(lines) >= PAGE
            if lines:
                values["since"] = lines[-1]["written_at"]
        since = max(row["since"], row["read_at"])
        changed = {"horizon": horizon, "since": since, "read_at": sa.func.clock_timestamp()}
        await connection.execute(sa.update(webhook).where(webhook.c.id == row["id"]).values(**changed))
        return count

    async def _announce(self, connection: AsyncConnection, row: Any, lines: Sequence[Any]) -> None:
        messages: list[dict[str, Any]] = []
        # Within a case by its own order: two transactions of one case may have begun the other way round.
        for line in sorted(lines, key=lambda line: (str(line["case_id"]), line["seq"])):
            for event in events_of(line["kind"], line["seq"], line["data"]):
                if wants(row["events"], event):
                    messages.append(await self._message(connection, row, line, event))
        if messages:
            await connection.execute(insert(webhook_delivery).on_conflict_do_nothing(), messages)  # any number of them

    async def _message(self, connection: AsyncConnection, row: Any, line: Mapping[str, Any], event: str) -> dict[str, Any]:
        name = f"{row['id']} {line['case_id']} {line['seq']} {event}"
        case = {"id": str(line["case_id"]), "number": line["number"], "kind": line["case_kind"], "source": line["source"]}
        data: dict[str, Any] = {
            "case": {**case, "state": line["state"], "red": line["red"]},
            "member_id": str(line["member_id"]) if line["member_id"] else None,
            "line": {"seq": line["seq"], "kind": line["kind"]},
        }
        if line["noun"] is not None:
            data["paper"] = {"id": line["data"]["paper"], "noun": line["noun"], "state": line["paper_state"]}
        if "rung" in line["data"]:
            data["rung"] = line["data"]["rung"]
        if row["persons"] and line["member_id"]:
            person = (await connection.execute(_PERSON, {"member": line["member_id"]})).mappings().one_or_none()
            data["member"] = dict(person) if person else None
            await note_access(connection, row["created_by"], "webhook_person", str(line["member_id"]), {"webhook": str(row["id"])})
        body = orjson.dumps({"type": event, "timestamp": iso(line["at"]), "data": data}, default=str).decode()
        return {
            "id": "msg_" + hashlib.sha256(name.encode()).hexdigest()[:32], "webhook_id": row["id"], "case_id": line["case_id"],
            "seq": line["seq"], "event": event, "body": body,
        }  # fmt: skip
