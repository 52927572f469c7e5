"""Two weeks of invented history for the demo centre, so that reports, charts and the weekly meeting have something to show.

Everything lies before today: the day's own figures stay the visitor's. Loaded once, where ``demo_history``
says so.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.agents import Session
from callcenter.db.catalogue_tables import provider, provider_incident
from callcenter.db.engine import to_json
from callcenter.db.papers import paper_to
from callcenter.db.report_tables import call_seen, weekly_remark
from callcenter.db.tables import agent, case, journal, leg, member, task
from callcenter.domain.papers.archive import TypicalCase
from callcenter.domain.papers.follow_up import LEAST_SATISFIED, FollowUp
from callcenter.domain.papers.need import UnmetNeed
from callcenter.domain.papers.paper import Paper
from callcenter.domain.papers.promise import Promise
from callcenter.domain.papers.work_order import Receipt, WorkOrder
from callcenter.domain.period import week_of
from callcenter.reports.demo_words import CONSULTATIONS, LIFE_HELP, REMARKS, RESCUES, STUDIES, offers_of
from callcenter.reports.weeks import Weeks
from callcenter.settings import Settings
from callcenter.today import today_in

log = structlog.get_logger()
_PAPERS = sa.text("INSERT INTO paper SELECT (jsonb_populate_recordset(NULL::paper, CAST(:rows AS jsonb))).*")
LOCK = 7_220_260_119
DAYS = 14
SEED = 20261129


@dataclass
class _Rows:
    cases: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)


async def load_demo_weeks(engine: AsyncEngine, settings: Settings) -> bool:
    """Load it into a demo centre that has not noted any call yet. True when it was loaded now."""
    zone = ZoneInfo(settings.time_zone)
    today = today_in(settings.time_zone)
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        is_demo = await connection.scalar(sa.select(member.c.id).where(member.c.external_ref.like("DEMO-%")).limit(1)) is not None
        if not is_demo or await connection.scalar(sa.select(call_seen.c.id).limit(1)) is not None:
            return False
        await _History(random.Random(SEED), zone).write(connection, today)
    await _sign(engine, settings.time_zone, week_of(today - timedelta(days=14)))
    log.info("demo history loaded")
    return True


@dataclass
class _History:
    rng: random.Random
    zone: ZoneInfo
    rows: _Rows = field(default_factory=_Rows)

    async def write(self, connection: AsyncConnection, today: date) -> None:
        people = list(
            await connection.execute(sa.select(agent.c.id, agent.c.name, agent.c.seat, agent.c.role).order_by(agent.c.user))
        )
        seats = [one for one in people if one.role == "seat"]
        dispatcher = next(one.id for one in people if one.role == "dispatcher")
        elders = list(await connection.scalars(sa.select(member.c.id).order_by(member.c.external_ref).limit(60)))
        offers = await offers_of(connection)
        for back in range(DAYS, 0, -1):
            day = today - timedelta(days=back)
            for _ in range(self.rng.randint(14, 24)):
                number = f"{day:%Y%m%d}-{await connection.scalar(sa.text('SELECT nextval($$case_number$$)')):06}"
                self._call(day, number, self.rng.choice(seats), self.rng.choice(elders), dispatcher, offers)
        self._studies(today)
        for table, rows in (
            (case, self.rows.cases), (leg, self.rows.legs), (call_seen, self.rows.seen), (task, self.rows.tasks),
            (journal, self.rows.lines),
        ):  # fmt: skip
            await connection.execute(sa.insert(table), rows)
        await connection.execute(_PAPERS, {"rows": to_json([paper_to(one) for one in self.rows.papers])})
        partners = list(
            await connection.scalars(sa.select(provider.c.id).where(provider.c.kind == "partner").order_by(provider.c.ref))
        )
        for partner, severity, text in (
            (partners[1], "minor", "上门迟到一小时"),
            (partners[2], "serious", "擦玻璃时打碎窗户,已赔偿"),
        ):
            values = {"id": uuid4(), "provider_id": partner, "day": today - timedelta(days=5), "severity": severity, "text": text}
            await connection.execute(sa.insert(provider_incident).values(**values, agent_id=dispatcher))
        for one, text in zip(seats, REMARKS, strict=False):
            week = week_of(today - timedelta(days=7))
            await connection.execute(sa.insert(weekly_remark).values(week=week, agent_id=one.id, text=text))

    def _call(self, day: date, number: str, seat: Any, elder: UUID, dispatcher: UUID, offers: Mapping[str, list[Any]]) -> None:
        """One call with all that came of it."""
        rng, case_id = self.rng, uuid4()
        red = rng.random() < 0.12
        hour = rng.choice((8, 9, 9, 10, 10, 10, 11, 14, 14, 15, 15, 16, 17, 18, 19)) if not red else rng.randrange(24)
        at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), self.zone)
        given_up = not red and rng.random() < 0.05
        wait = rng.uniform(2, 9) if red else rng.choice((*([rng.uniform(3, 14)] * 18), rng.uniform(16, 55)))
        answered = at + (timedelta(minutes=25) if given_up else timedelta(seconds=wait))
        ended = answered + timedelta(seconds=rng.randint(40, 400))
        category, subcategory, summary, disposition = self._about(red)
        closed = ended + timedelta(hours=rng.uniform(0.1, 40)) if rng.random() < 0.85 or category == "consultation" else None
        if closed is not None and closed > datetime.now(self.zone):
            closed = None
        call = f"demo-{number}"
        self.rows.cases.append(
            {
                "id": case_id, "number": number, "kind": "emergency" if red else "life_help",
                "source": "terminal" if red else "hotline",
                "line": "079796601" if red else "079796602", "member_id": elder, "state": "closed" if closed else "open",
                "opened_at": at, "pressed_at": at, "answered_at": answered, "ended_at": ended, "settled_at": ended if red else None,
                "closed_at": closed, "seat": seat.seat, "agent_id": seat.id, "category": category, "subcategory": subcategory,
                "disposition": disposition, "summary": summary,
                "unreasonable": "harassment" if disposition == "explained" else None,
            }
        )  # fmt: skip
        caller = {
            "id": call,
            "case_id": case_id,
            "party": "caller",
            "seat": None,
            "node": "main",
            "state": "down",
            "started_at": at,
        }
        other = {**caller, "id": f"{call}-seat", "party": "seat", "seat": seat.seat}
        self.rows.legs += [
            {**caller, "answered_at": answered, "ended_at": ended},
            {**other, "answered_at": answered, "ended_at": ended},
        ]
        seen = {"line": "079796601" if red else "079796602", "terminal": "t10001" if red else ""}
        self.rows.seen.append({"id": call, "node": "main", "arrived_at": at, "ended_at": ended, **seen})
        if given_up:
            back = {
                "id": uuid4(),
                "case_id": case_id,
                "kind": "call_back",
                "created_at": at + timedelta(seconds=30),
                "due_at": answered,
            }
            self.rows.tasks.append({**back, "state": "done", "done_at": answered, "outcome": "reached", "owner_id": seat.id})
        story = [
            ("arrived", at, {"line": "", "source": "hotline"}),
            ("answered", answered, {"seat": seat.seat, "waited_seconds": round(wait, 1)}),
        ]
        story += [("caller_hung_up", ended, {}), ("wrapped_up", ended, {"category": category, "disposition": disposition})]
        story[3][2].update({"explanation": "已说明热线用途,请勿占线"} if disposition == "explained" else {})
        story += [("closed", closed, {"rule": "R-17"})] if closed else []
        self.rows.lines += [
            {"case_id": case_id, "seq": place, "at": when, "written_at": when, "kind": kind, "data": data,
             "agent_id": seat.id, "hash": b""}
            for place, (kind, when, data) in enumerate(story, 1)
        ]  # fmt: skip
        if disposition != "explained":
            self._afterwards(case_id, subcategory, category, ended, closed, seat.id, dispatcher, offers)

    def _about(self, red: bool) -> tuple[str, str, str, str]:
        rng = self.rng
        if red:
            kind = rng.choice(list(RESCUES))
            return "rescue", kind, *RESCUES[kind]
        if rng.random() < 0.03:
            return "consultation", "other", "反复来电闲聊占线", "explained"
        if rng.random() < 0.35:
            kind = rng.choice(list(CONSULTATIONS))
            return "consultation", kind, CONSULTATIONS[kind], "pending_answer" if kind == "service" else "answered"
        kind = rng.choice(list(LIFE_HELP))
        return "life_help", kind, LIFE_HELP[kind], "service_needed"

    def _afterwards(
        self, case_id: UUID, kind: str, category: str, ended: datetime, closed: datetime | None, by: UUID, dispatcher: UUID,
        offers: Mapping[str, list[Any]],
    ) -> None:  # fmt: skip
        rng = self.rng
        if category == "life_help" and rng.random() < 0.06:
            text = f"{LIFE_HELP[kind]}，暂无单位能做"
            self.rows.papers.append(
                UnmetNeed(id=uuid4(), case_id=case_id, state="open", opened_at=ended, opened_by=by, owner_id=by, service=kind,
                          text=text,
                          referral="象湖社区居委会", due_at=ended + timedelta(days=7))
            )  # fmt: skip
            return
        if category == "life_help" and offers.get(kind):
            self._served(case_id, kind, ended, closed, dispatcher, offers)
        elif category == "rescue" and closed:
            self._asked(case_id, None, "before_closure", closed, by)
        if category == "life_help" and rng.random() < 0.4:
            due, late = ended + timedelta(hours=rng.choice((2, 4, 24))), rng.random() < 0.12
            kept = due + timedelta(minutes=20 if late else -15)
            over = closed is not None
            self.rows.papers.append(
                Promise(id=uuid4(), case_id=case_id, state="kept" if over else "open", opened_at=ended, opened_by=by, owner_id=by,
                        due_at=due, done_at=kept if over else None, done_by=by if over else None,
                        overdue=late and not over, late=late,
                        manner="by_time", text="师傅按约定时间上门")
            )  # fmt: skip

    def _served(
        self, case_id: UUID, kind: str, ended: datetime, closed: datetime | None, dispatcher: UUID, offers: Mapping[str, list[Any]]
    ) -> None:
        rng, offer, order = self.rng, self.rng.choice(offers[kind]), uuid4()
        start = ended + timedelta(hours=rng.choice((2, 4, 20)))
        done = start + timedelta(hours=1.5) if closed else None
        paid, fee = rng.random() < 0.8, round(float(offer.price or 50) * 100)
        receipt = f"YS{ended:%Y}-{len(self.rows.papers):05}" if paid and done else ""
        self.rows.papers.append(
            WorkOrder(
                id=order, case_id=case_id, state=("settled" if paid else "completed") if done else "assigned", opened_at=ended,
                opened_by=dispatcher, owner_id=dispatcher, done_at=done if paid else None,
                year=ended.year, service_id=offer.service_id,
                service=offer.name, service_version=offer.version, unit=offer.unit, text=f"请安排{offer.name}", scheduled_for=start,
                provider_id=offer.provider_id if offer.kind == "partner" else None,
                provider=offer.who if offer.kind == "partner" else "",
                worker_id=offer.provider_id if offer.kind == "worker" else None, worker=offer.who if offer.kind == "worker" else "",
                assigned_by=dispatcher, assigned_at=ended, dispatched_at=ended, place=1, why_zh="按轮次", why_en="by turn",
                arrived_at=start if done else None, late_arrive=rng.random() < 0.08, completed_at=done,
                completed_by=dispatcher if done else None, result="老人已验收签字" if done else "",
                price=fee, fee=fee if done else None,
                fee_state=("paid" if paid else "posted") if done else "", receipt_number=receipt,
                receipts=(Receipt(receipt, fee, "cash", done, dispatcher),) if receipt and done else (),
            )
        )  # fmt: skip
        if done:
            self._asked(case_id, order, "service", done, dispatcher)

    def _asked(self, case_id: UUID, order: UUID | None, kind: Any, done: datetime, by: UUID) -> None:
        """Most are followed up the next day, and most are content; some were never reached."""
        asked, said = done + timedelta(hours=self.rng.uniform(1, 20)), self.rng.choice((5, 5, 5, 4, 4, 4, 3, 2))
        head: dict[str, Any] = {
            "id": uuid4(),
            "case_id": case_id,
            "opened_at": done,
            "due_at": done + timedelta(hours=24),
            "kind": kind,
            "order_id": order,
        }
        if self.rng.random() < 0.06 or asked > datetime.now(self.zone):
            missed: dict[str, Any] = {"state": "missed", "outcome": "missed", "done_at": done + timedelta(hours=48)}
            self.rows.papers.append(FollowUp(**head, **missed))
            return
        content: dict[str, Any] = {"state": "done", "outcome": "satisfied"}
        if said < LEAST_SATISFIED:
            content = {
                "state": "resolved",
                "outcome": "dissatisfied",
                "resolution": "put_right",
                "resolution_text": "已重新上门处理",
            }
        self.rows.papers.append(
            FollowUp(**head, **content, done_at=asked, done_by=by, asked_at=asked, asked_by=by, content="服务情况",
                     satisfaction=said,
                     quality="good" if said >= 4 else "fair" if said == 3 else "poor", other_need=False)
        )  # fmt: skip

    def _studies(self, today: date) -> None:
        """The week before last has its chosen cases; last week's wait for the choice."""
        closed = [one for one in self.rows.cases if one["state"] == "closed" and one["disposition"] != "explained"]
        for place, (of, (title, text)) in enumerate(zip(self.rng.sample(closed, len(STUDIES)), STUDIES, strict=True)):
            back = 7 if place else 14
            at = datetime.combine(today - timedelta(days=back), time(17), self.zone)
            state = "nominated" if place else "selected"
            self.rows.papers.append(
                TypicalCase(id=uuid4(), case_id=of["id"], state=state, opened_at=at, opened_by=of["agent_id"],
                            title=title, text=text,
                            week=week_of(at.date()), comment="" if place else "先止损再派工,值得推广",
                            done_at=None if place else at + timedelta(days=1))
            )  # fmt: skip


async def _sign(engine: AsyncEngine, zone: str, week: str) -> None:
    """The week before last was read and signed."""
    async with engine.connect() as connection:
        head = (await connection.execute(sa.select(agent).where(agent.c.role == "department_head").limit(1))).one()
    who = Session(head.id, head.user, head.name, "department_head", None)
    await Weeks(engine, engine, zone).sign(who, week, head.name, "水电师傅不足,请业务发展部尽快寻源。")
