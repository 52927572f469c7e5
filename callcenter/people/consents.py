"""Consents: recorded, shown with all that was before, and the scans of signed papers. Nothing is changed or deleted."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.access import note_access, note_access_once
from callcenter.db.agents import Session
from callcenter.db.consent_tables import consent
from callcenter.db.tables import agent, member
from callcenter.domain import consent as rules
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.facts import ProfileChanged
from callcenter.domain.press import SIGNATURES, type_of
from callcenter.engine.by_itself import ask_by_itself
from callcenter.engine.processor import Processor

FOLDER = "consents"
_SCAN = re.compile(r"[0-9a-f]{64}\.(pdf|png|jpg)")
_MEDIA = {ending: media for media, ending in SIGNATURES.values()}


@dataclass(frozen=True)
class Consents:
    """``data_dir``: scans lie in its folder ``consents``, named by their content."""

    engine: AsyncEngine
    data_dir: Path

    async def of(self, who: Session, member_id: UUID) -> dict[str, Any]:
        """``{kinds, ways, history}``, the latest of each kind first; the reading is journalled."""
        async with self.engine.begin() as connection:
            await note_access_once(connection, who.agent_id, "consents_read", str(member_id))
            return await self._of(connection, member_id)

    async def record(
        self, who: Session, member_id: UUID, *, kind: rules.Kind, given: bool, at: datetime | None, by_whom: str, how: rules.How,
        note: str, scan: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        """One more version. ``scan``: the name that ``keep_scan`` gave. Raises Refused."""
        if scan is not None and not await asyncio.to_thread(self._is_kept, scan):
            raise Refused("no_scan", "没有这份扫描件,没有登记。", "There is no such scan; nothing was recorded.", status=422)
        async with self.engine.begin() as connection:
            # Two who record at one instant come one after the other.
            locked = await connection.scalar(sa.select(member.c.id).where(member.c.id == member_id).with_for_update())
            if locked is None:
                raise Refused("not_found", "没有找到这个老人。", "There is no such member.", status=404)
            now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            rules.check(at or now, now, how, scan=scan is not None)
            last = sa.select(sa.func.max(consent.c.version)).where(consent.c.member_id == member_id, consent.c.kind == kind)
            version = int(await connection.scalar(last) or 0) + 1
            values = {
                "member_id": member_id, "kind": kind, "version": version, "given": given, "at": at or now, "by_whom": by_whom,
                "how": how, "note": note, "scan": scan, "agent_id": who.agent_id,
            }  # fmt: skip
            await connection.execute(sa.insert(consent).values(**values))
            trace = {"kind": kind, "given": given, "version": version}
            await note_access(connection, who.agent_id, "consent_recorded", str(member_id), trace)
            return await self._of(connection, member_id)

    async def keep_scan(self, path: Path) -> str:
        """Keep an uploaded scan; its name. Kept twice it is one file. Raises Refused."""
        return await asyncio.to_thread(_keep, path, self._folder())

    async def scan(self, who: Session, member_id: UUID, name: str) -> tuple[Path, str]:
        """``(file, media type)`` of a scan of this member's; the reading is journalled. Raises Refused."""
        async with self.engine.begin() as connection:
            query = sa.select(consent.c.id).where(consent.c.member_id == member_id, consent.c.scan == name).limit(1)
            if await connection.scalar(query) is None:
                raise Refused("not_found", "没有这份扫描件。", "There is no such scan.", status=404)
            await note_access(connection, who.agent_id, "consent_read", str(member_id))
        return self._folder() / name, _MEDIA[name.rpartition(".")[2]]

    def _is_kept(self, scan: str) -> bool:
        return _SCAN.fullmatch(scan) is not None and (self._folder() / scan).is_file()

    def _folder(self) -> Path:
        return self.data_dir.absolute() / FOLDER

    async def _of(self, connection: AsyncConnection, member_id: UUID) -> dict[str, Any]:
        query = sa.select(consent, agent.c.name.label("recorder")).join(agent, agent.c.id == consent.c.agent_id)
        rows = (await connection.execute(query.where(consent.c.member_id == member_id).order_by(consent.c.id.desc()))).mappings()
        history = [
            {
                "id": row["id"], "kind": row["kind"], "version": row["version"], "given": row["given"], "at": iso(row["at"]),
                "by_whom": row["by_whom"], "how": row["how"], "note": row["note"], "scan": row["scan"],
                "recorded_by": row["recorder"], "recorded_at": iso(row["recorded_at"]),
            }
            for row in rows
        ]  # fmt: skip
        return {
            "kinds": [{"id": kind, "zh": zh, "en": en} for kind, (zh, en) in rules.KINDS.items()],
            "ways": [{"id": way, "zh": zh, "en": en} for way, (zh, en) in rules.WAYS.items()],
            "history": history,
        }


# Who refuses to be recorded, and a live case of theirs with a recording that is not thrown away.
_STILL_RECORDED = sa.text("""
    SELECT c.id AS case_id, c.member_id, k.agent_id FROM help_case c JOIN LATERAL (
        SELECT given, agent_id FROM consent WHERE member_id = c.member_id AND kind = 'recording' ORDER BY version DESC LIMIT 1
    ) k ON NOT k.given
    WHERE c.state IN ('waiting', 'talking', 'wrap_up', 'callback') AND EXISTS (
        SELECT 1 FROM recording r WHERE r.case_id = c.id AND r.state IN ('recording', 'finished', 'stored'))
""")


async def refusals_came(engine: AsyncEngine, processor: Processor) -> None:
    """A file was taken over: conversations that run learn of what it says (domain/recording.py)."""
    async with engine.connect() as connection:
        found = (await connection.execute(_STILL_RECORDED)).all()
    for row in found:
        fact = ProfileChanged(row.agent_id, "system", None, row.case_id, member_id=row.member_id, fields=("consents",))
        await ask_by_itself(processor, fact)


def _keep(path: Path, folder: Path) -> str:
    content = path.read_bytes()
    _, ending = type_of(content[:16], rule=None)
    name = f"{hashlib.sha256(content).hexdigest()}.{ending}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.chmod(0o600)
    os.replace(path, folder / name)
    return name
