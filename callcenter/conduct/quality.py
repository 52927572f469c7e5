"""Quality reviews (W-3, W-4): the rubric in its versions, the week's sample of recordings, score sheets, trends, answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import tables
from callcenter.db.agents import Session
from callcenter.db.conduct_tables import quality_review, quality_rubric
from callcenter.db.papers import overrides_from
from callcenter.domain import quality
from callcenter.domain.clock import iso
from callcenter.domain.errors import Refused
from callcenter.domain.inspection import Item, points
from callcenter.domain.period import last_days, week_of
from callcenter.domain.regulations import limits
from callcenter.domain.sampling import sample
from callcenter.today import today_in

Json = dict[str, Any]
READERS = frozenset({"supervisor", "department_head", "auditor"})
"""They see everybody's; a seat sees its own."""
SAMPLED_DAYS = 7
SHORTEST_SECONDS = 5.0  # a recording in which hardly a word is said is not one to learn from

# Who spoke: who answered or phoned at the recorded seat last before the recording began; else the case's owner.
_SPEAKER = """
    coalesce((SELECT j.agent_id FROM journal j WHERE j.case_id = r.case_id AND j.agent_id IS NOT NULL
        AND j.kind IN ('answered', 'call_out', 'taken', 'wrapped_up') AND coalesce(j.data->>'seat', r.seat) = r.seat
        ORDER BY abs(extract(epoch FROM j.at - r.started_at)) LIMIT 1), c.agent_id)
"""
_RECORDED = sa.text(f"""
    SELECT r.id, r.case_id, r.started_at, r.seconds, c.number, c.kind, {_SPEAKER} AS agent_id
    FROM recording r JOIN help_case c ON c.id = r.case_id
    WHERE r.state = 'stored' AND c.source NOT IN ('drill', 'probe') AND r.seconds >= :shortest
        AND r.started_at >= CAST(:since AS timestamptz) AND r.started_at < CAST(:until AS timestamptz)
""")  # noqa: S608 - the piece above
_SPOKE = sa.text(f"""
    SELECT {_SPEAKER} AS agent_id, r.state FROM recording r JOIN help_case c ON c.id = r.case_id WHERE r.id = :id
""")  # noqa: S608 - the piece above
_REVIEWS = sa.text("""
    SELECT q.*, a.name AS agent, b.name AS reviewer, r.started_at, r.seconds, r.case_id, c.number AS case_number
    FROM quality_review q JOIN agent a ON a.id = q.agent_id JOIN agent b ON b.id = q.reviewed_by
        JOIN recording r ON r.id = q.recording_id JOIN help_case c ON c.id = r.case_id
    WHERE q.reviewed_at > now() - make_interval(days => :days) AND (CAST(:agent AS uuid) IS NULL OR q.agent_id = :agent)
    ORDER BY q.reviewed_at DESC LIMIT 500
""")


@dataclass(frozen=True)
class Quality:
    """Reads and adds. ``zone``: IANA name, for which day it is."""

    engine: AsyncEngine
    zone: str

    async def page(self, who: Session, days: int) -> Json:
        """``{rubric, reviews, trend, people, to_review}``: of everybody for those who lead, else of oneself."""
        own = None if who.role in READERS else who.agent_id
        async with self.engine.connect() as connection:
            rubric = await _latest(connection)
            rows = list((await connection.execute(_REVIEWS, {"days": days, "agent": own})).mappings())
            to_review = await self._sample(connection) if who.role == "supervisor" else []
            agents = tables.agent
            people = await connection.execute(sa.select(agents.c.id, agents.c.name).order_by(agents.c.name))
            names = {row.id: row.name for row in people}
        found = [quality.Reviewed(row["agent_id"], self._day(row["reviewed_at"]), row["total"], row["most"]) for row in rows]
        return {
            "rubric": rubric,
            "reviews": [_review(row) for row in rows],
            "trend": [
                {"agent_id": str(one.agent_id), "agent": names.get(one.agent_id, ""), "week": one.week, "share": one.share,
                 "count": one.count}
                for one in quality.trend(found)
            ],
            "to_review": [
                {
                    "recording_id": str(row["id"]), "case_id": str(row["case_id"]), "case_number": row["number"],
                    "kind": row["kind"], "agent_id": str(row["agent_id"]), "agent": names.get(row["agent_id"], ""),
                    "started_at": iso(row["started_at"]), "seconds": row["seconds"],
                }
                for row in to_review
            ],
        }  # fmt: skip

    async def save_rubric(self, who: Session, items: Iterable[Item], note: str) -> None:
        """A new version; reviews keep theirs. Raises Refused."""
        checked = quality.rubric(items)
        async with self.engine.begin() as connection:
            version = (await _latest(connection))["version"] + 1
            await _keep(connection, version, checked, note, who.agent_id)

    async def review(self, who: Session, recording_id: UUID, version: int, scores: dict[str, int], comment: str) -> None:
        """One score sheet by the rubric of today. Raises Refused: another version, an unknown recording, one's own voice."""
        async with self.engine.begin() as connection:
            rubric = await _latest(connection)
            if rubric["version"] != version:
                raise Refused("rubric_changed", "评分表已更新。没有保存。", "The rubric has changed; nothing was saved.",
                              remedy_zh="请按新评分表重新评分。", remedy_en="Score by the new one.", rule="W-4")  # fmt: skip
            spoke = (await connection.execute(_SPOKE, {"id": recording_id})).one_or_none()
            if spoke is None or spoke.agent_id is None or spoke.state != "stored":
                raise Refused("not_found", "没有这段录音。没有保存。", "There is no such recording; nothing was saved.",
                              rule="W-4", status=404)  # fmt: skip
            if spoke.agent_id == who.agent_id:
                raise Refused("own_voice", "不能评自己的录音。", "Nobody reviews their own calls.",
                              remedy_zh="请由其他主任评分。", remedy_en="Leave it to another supervisor.", rule="W-4")  # fmt: skip
            total, most = points([Item(**item) for item in rubric["items"]], scores, "W-4")
            if rubric["saved_at"] is None:  # the one we come with becomes a row when it is first used
                await _keep(connection, version, quality.DEFAULT, "", None)
            values = {
                "id": uuid4(), "recording_id": recording_id, "agent_id": spoke.agent_id, "rubric_version": version,
                "scores": scores, "total": total, "most": most, "comment": comment.strip(), "reviewed_by": who.agent_id,
            }  # fmt: skip
            try:
                await connection.execute(sa.insert(quality_review).values(values))
            except IntegrityError:
                raise Refused("reviewed_already", "这段录音已经评过。", "This recording is reviewed already.",
                              remedy_zh="请选另一段。", remedy_en="Choose another.", rule="W-4") from None  # fmt: skip

    async def answer(self, who: Session, review_id: UUID, text: str) -> None:
        """What the one who was reviewed says to it: once. Raises Refused."""
        async with self.engine.begin() as connection:
            own = (quality_review.c.id == review_id, quality_review.c.agent_id == who.agent_id)
            values = {"answer": text, "answered_at": sa.func.clock_timestamp()}
            query = sa.update(quality_review).where(*own, quality_review.c.answer == "").values(values)
            if not (await connection.execute(query)).rowcount:
                raise Refused("not_found", "没有待您回复的评分。", "There is no review of yours that waits for a word.",
                              rule="W-4", status=404)  # fmt: skip

    async def _sample(self, connection: AsyncConnection) -> list[Json]:
        """Of each person, the week's recordings that were drawn and are not reviewed yet; the same all day long."""
        today = today_in(self.zone)
        over = last_days(today, SAMPLED_DAYS, self.zone)
        values = {"since": over.begins, "until": over.ends, "shortest": SHORTEST_SECONDS}
        rows = [dict(row) for row in (await connection.execute(_RECORDED, values)).mappings() if row["agent_id"]]
        count = round(await _limit(connection, today))
        done = set(await connection.scalars(sa.select(quality_review.c.recording_id)))
        by_person: dict[UUID, list[Json]] = {}
        for row in rows:
            by_person.setdefault(row["agent_id"], []).append(row)
        chosen = {
            one for person, theirs in by_person.items()
            for one in sample([row["id"] for row in theirs], count, f"{week_of(today)} {person}")
        }  # fmt: skip
        left = [row for row in rows if row["id"] in chosen and row["id"] not in done]
        return sorted(left, key=lambda row: (str(row["agent_id"]), row["started_at"]))

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


async def _latest(connection: AsyncConnection) -> Json:
    query = sa.select(quality_rubric).order_by(quality_rubric.c.version.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return {"version": 1, "items": [asdict(item) for item in quality.DEFAULT], "note": "", "saved_at": None}
    return {"version": row["version"], "items": row["items"], "note": row["note"], "saved_at": iso(row["saved_at"])}


async def _keep(connection: AsyncConnection, version: int, items: Iterable[Item], note: str, by: UUID | None) -> None:
    values = {"version": version, "items": [asdict(item) for item in items], "note": note, "saved_by": by}
    try:
        await connection.execute(sa.insert(quality_rubric).values(values))
    except IntegrityError:
        raise Refused(
            "rubric_changed", "评分表刚被别人更新。没有保存。", "Somebody has just changed the rubric.", rule="W-4"
        ) from None


async def _limit(connection: AsyncConnection, today: date) -> float:
    table = tables.rule_limit
    rows = (
        await connection.execute(sa.select(table).where(table.c.rule == "W-4").order_by(table.c.valid_from, table.c.id))
    ).mappings()
    return limits.value(overrides_from([dict(row) for row in rows]), "W-4", "weekly_reviews", today)


def _review(row: sa.RowMapping) -> Json:
    return {
        "id": str(row["id"]), "recording_id": str(row["recording_id"]), "case_id": str(row["case_id"]),
        "case_number": row["case_number"], "agent_id": str(row["agent_id"]), "agent": row["agent"],
        "rubric_version": row["rubric_version"], "scores": row["scores"], "total": row["total"], "most": row["most"],
        "comment": row["comment"], "reviewer": row["reviewer"], "reviewed_at": iso(row["reviewed_at"]),
        "answer": row["answer"], "answered_at": iso(row["answered_at"]), "started_at": iso(row["started_at"]),
        "seconds": row["seconds"],
    }  # fmt: skip
