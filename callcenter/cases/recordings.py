"""Keep every recording: fetched from Asterisk when it is closed, checked, and tried again until it is ours or proven lost. What an
elder refuses is deleted instead, and tried again until it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import tables
from callcenter.engine.ports import Changed, Feed
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.telephony.ports import Calls, ChannelGone, TelephonyError

log = structlog.get_logger()
KEPT = Counter("callcenter_recordings_total", "Recordings by what became of them", ["state"])

LOOK_SECONDS = 2.0
# Tries with growing pauses: about half an hour while Asterisk is there but does not give it; a file that Asterisk says it does
# not have is given up after a quarter of a minute. Then it is lost, and said to be.
TRIES, TRIES_WHEN_GONE, LONGEST_PAUSE = 36, 5, 60.0
# A recording whose end nobody told (we were away, Asterisk died): so long after the last leg it is taken as it is.
FORGOTTEN_SECONDS = 3.0


@dataclass
class RecordingKeeper:
    """Moves recordings from Asterisk's folder to ours. One row each; another instance never fetches the same at once."""

    engine: AsyncEngine
    calls: Calls
    feed: Feed
    folder: Path
    node: str
    warn: Callable[[str], Awaitable[None]]
    """Tells the supervisor; ``recording_lost``."""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Fetch for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.close_forgotten()
                while await self.discard_one() or await self.fetch_one():
                    pass
            except DATABASE_ERRORS as error:
                log.warning("recordings_not_fetched", error=type(error).__name__)

    async def close_forgotten(self) -> None:
        """Recordings whose end nobody told (a crash, a safe-mode call): over, if their case has no live leg."""
        query = sa.text("""
            UPDATE recording r SET state = 'finished' WHERE state = 'recording' AND node = :node
              AND NOT EXISTS (SELECT 1 FROM call_leg l WHERE l.case_id = r.case_id AND l.state <> 'down')
              AND (SELECT max(l.ended_at) FROM call_leg l WHERE l.case_id = r.case_id)
                  < clock_timestamp() - make_interval(secs => :age)
        """)
        async with self.engine.begin() as connection:
            await connection.execute(query, {"node": self.node, "age": FORGOTTEN_SECONDS})

    async def discard_one(self) -> bool:
        """Delete the next one that its elder refuses, until neither Asterisk nor we have it; False when there is none."""
        if not self.calls.connected:
            return False
        recording = tables.recording
        wanted = sa.select(recording).where(
            recording.c.state == "refused", recording.c.node == self.node,
            sa.or_(recording.c.try_at.is_(None), recording.c.try_at <= sa.func.clock_timestamp()),
        )  # fmt: skip
        async with self.engine.begin() as connection:
            query = wanted.order_by(recording.c.started_at).limit(1).with_for_update(skip_locked=True)
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return False
            values: dict[str, Any] = {"state": "discarded", "tries": row["tries"] + 1}
            try:
                await self.calls.delete_recording(row["name"])
                await asyncio.to_thread(self.path_of(row["id"]).unlink, missing_ok=True)
            except (TelephonyError, OSError) as error:
                log.warning("recording_not_discarded", recording=str(row["id"]), error=type(error).__name__)
                values = _again(row["tries"] + 1)
            await connection.execute(sa.update(recording).where(recording.c.id == row["id"]).values(**values))
            if values.get("state") == "discarded":
                KEPT.labels("discarded").inc()
                await _tell(connection, row["case_id"], "recording_discarded", {})
        if values.get("state") == "discarded":
            await self.feed.publish(Changed((row["case_id"],)))
        return True

    async def fetch_one(self) -> bool:
        """Fetch the next one due; False when there is none or Asterisk is away."""
        if not self.calls.connected:
            return False
        recording = tables.recording
        async with self.engine.begin() as connection:
            row = (
                (
                    await connection.execute(
                        sa.text("""
                            SELECT * FROM recording WHERE state = 'finished' AND node = :node
                              AND (try_at IS NULL OR try_at <= clock_timestamp())
                            ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED
                        """),
                        {"node": self.node},
                    )
                )
                .mappings()
                .one_or_none()
            )
            if row is None:
                return False
            values = await self._fetched(dict(row))
            await connection.execute(sa.update(recording).where(recording.c.id == row["id"]).values(**values))
            if values.get("state") in ("stored", "lost"):
                KEPT.labels(values["state"]).inc()
                seconds = {"seconds": values.get("seconds", row["seconds"])}
                await _tell(connection, row["case_id"], f"recording_{values['state']}", seconds)
        if values.get("state") in ("stored", "lost"):
            await self.feed.publish(Changed((row["case_id"],)))
            if values["state"] == "lost":
                await self.warn("recording_lost")
            else:
                with contextlib.suppress(TelephonyError):  # a copy left on the PBX is untidy, no harm
                    await self.calls.delete_recording(row["name"])
        return True

    async def _fetched(self, row: dict[str, Any]) -> dict[str, Any]:
        """The new values of the row after one try."""
        path = self.path_of(row["id"])
        try:
            size, digest = await _store(self.calls.fetch_recording(row["name"]), path)
        except (TelephonyError, OSError) as error:
            tries = row["tries"] + 1
            gone = isinstance(error, ChannelGone)
            log.warning("recording_not_fetched", recording=str(row["id"]), tries=tries, gone=gone, error=type(error).__name__)
            if tries >= TRIES or (gone and tries >= TRIES_WHEN_GONE):
                return {"tries": tries, "state": "lost"}
            return _again(tries)
        seconds = row["seconds"] or max(0.0, (size - WAV_HEADER) / WAV_BYTES_PER_SECOND)
        return {"state": "stored", "bytes": size, "sha256": digest, "seconds": seconds, "tries": row["tries"] + 1}

    async def find(self, recording_id: UUID) -> tuple[UUID, Path] | None:
        """The case and the file; None while it is still made or fetched, and when it is lost."""
        query = sa.select(tables.recording.c.case_id).where(
            tables.recording.c.id == recording_id, tables.recording.c.state == "stored"
        )
        async with self.engine.connect() as connection:
            case_id = await connection.scalar(query)
        return None if case_id is None else (case_id, self.path_of(recording_id))

    def path_of(self, recording_id: UUID) -> Path:
        """Where a recording is kept: by the first two letters of its id, so that no folder grows without end."""
        name = str(recording_id)
        return self.folder / name[:2] / f"{name}.wav"


def _again(tries: int) -> dict[str, Any]:
    """The row's values after so many tries: each pause twice the last, up to the longest."""
    pause = timedelta(seconds=min(LONGEST_PAUSE, 0.5 * 2 ** min(tries, 10)))
    return {"tries": tries, "try_at": sa.func.clock_timestamp() + pause}


async def _tell(connection: AsyncConnection, case_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """A line in the case's journal, and a new version of the case."""
    # The case's lock first: the next place in its journal is read after it, or two writers take the same one.
    await connection.execute(sa.text("SELECT 1 FROM help_case WHERE id = :case FOR UPDATE"), {"case": case_id})
    query = sa.text("""
        WITH bumped AS (UPDATE help_case SET version = version + 1 WHERE id = :case RETURNING id)
        INSERT INTO journal (case_id, seq, at, kind, data)
        SELECT id, (SELECT coalesce(max(seq), 0) + 1 FROM journal WHERE case_id = :case), clock_timestamp(), :kind, :data
        FROM bumped
    """).bindparams(sa.bindparam("data", type_=JSONB))
    await connection.execute(query, {"case": case_id, "kind": kind, "data": data})


WAV_HEADER = 44
WAV_BYTES_PER_SECOND = 16000  # 8 kHz, 16 bit, mono


async def _store(pieces: AsyncIterator[bytes], path: Path) -> tuple[int, str]:
    """Write beside and rename: nobody ever plays half a file. Gives size in bytes and SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as file:
        async for piece in pieces:
            digest.update(piece)
            size += len(piece)
            await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(os.fsync, file.fileno())
    part.replace(path)
    return size, digest.hexdigest()
