"""From committed changes to what each audience sees of them. The pop is on its way before this returns."""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases import render
from callcenter.cases.queries import CaseQueries, names_of, positions
from callcenter.db import rows, tables
from callcenter.db.ladders import live_ladders
from callcenter.db.papers import paper_from
from callcenter.db.profiles import profiles
from callcenter.db.queues import load_queues
from callcenter.domain.case import Case, Task
from callcenter.domain.clock import iso
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import RingSeat
from callcenter.domain.offers import as_waiting
from callcenter.domain.routing import position
from callcenter.domain.seat import Seat
from callcenter.engine.ports import Changed
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.escalation.render import Picture, case_part
from callcenter.supervision.board import Board
from callcenter.today import today_in
from callcenter.websockets.feed import ADMINISTRATORS, AUDIENCE, PROBES, SEATS, SUPERVISORS, Entity, Hub, seat_audience
from callcenter.websockets.ladders import LadderScreen
from callcenter.websockets.recent import Recent, lines_of

log = structlog.get_logger()
READ_AHEAD_KEPT, READ_AHEAD_SECONDS = 256, 1.0
POP_FLUSH_SECONDS = 0.05


@dataclass
class Screen:
    """The engine's ``Feed``: renders what changed and publishes it through the hub."""

    engine: AsyncEngine
    hub: Hub
    cases: CaseQueries
    board: Board
    zone: str
    _names: dict[UUID, str] = field(default_factory=dict)
    _holders: dict[UUID, frozenset[str]] = field(default_factory=dict)
    _reading: OrderedDict[UUID, tuple[float, asyncio.Task[dict[str, Any] | None]]] = field(default_factory=OrderedDict)
    _derived: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _positions: dict[UUID, int] = field(default_factory=dict)
    _recent: Recent = field(default_factory=Recent)

    def __post_init__(self) -> None:
        self.ladders = LadderScreen(self._names)

    # --- engine's Feed ----------------------------------------------------------------------------------------------

    def about_to_show(self, members: Sequence[UUID]) -> None:
        """Read these profiles now, while the case is still being committed."""
        for member in members:
            known = self._reading.get(member)
            # One that was read for a call which another instance then took must not be shown hours later.
            if known is None or monotonic() - known[0] > READ_AHEAD_SECONDS:
                task = asyncio.create_task(self._read(member), name=f"profile {member}")
                self._reading[member] = (monotonic(), task)
        while len(self._reading) > READ_AHEAD_KEPT:
            self._reading.popitem(last=False)[1][1].cancel()

    async def _read(self, member: UUID) -> dict[str, Any] | None:
        async with self.engine.connect() as connection:
            found = await profiles(connection, [member], today_in(self.zone))
        return found.get(member)

    async def publish(self, changed: Changed) -> None:
        try:
            for case_id in changed.case_ids:
                picture = await self._ladder(changed, case_id)
                if changed.opened and changed.decision is not None:
                    await self._opened(changed)
                elif changed.decision is not None and changed.decision.case is None and picture is not None:
                    await self._ladder_moved(changed, picture)
                elif changed.decision is not None and self._unheld(changed.decision):
                    await self._on_board_only(changed.decision)
                else:
                    await self._case(case_id, picture, changed)
            await self._papers(changed)
            if changed.situation is not None and changed.decision is not None:
                await self._moved(changed.situation, changed.decision)
            elif changed.seats:
                await self._seats(changed.seats)
            if changed.decision is not None and any(isinstance(effect, RingSeat) for effect in changed.decision.effects):
                await self._popped(changed.decision)
        except DATABASE_ERRORS as error:
            # What consoles show is now behind; the tick notices and shows the whole board anew.
            self.board.stale = True
            log.warning("change_not_shown", error=type(error).__name__)

    async def _papers(self, changed: Changed) -> None:
        """Tell desks which papers are new or changed, and nothing about the person: whoever shows them reads them anew."""
        if changed.decision is not None:
            papers = [replace(paper, version=paper.version + 1) for paper in changed.decision.papers.values()]
        elif changed.case_ids:
            query = sa.select(tables.paper).where(tables.paper.c.case_id.in_(changed.case_ids))
            async with self.engine.connect() as connection:
                papers = [paper_from(dict(row)) for row in (await connection.execute(query)).mappings()]
        else:
            return
        for paper in papers:
            told = {
                "id": str(paper.id), "noun": paper.noun, "case_id": str(paper.case_id), "state": paper.state,
                "unfinished": paper.unfinished, "overdue": paper.overdue, "due_at": iso(paper.due_at), "urgent": paper.urgent,
                "owner_id": str(paper.owner_id) if paper.owner_id else None,
            }  # fmt: skip
            everybody = dict.fromkeys((who for role, who in AUDIENCE.items() if role != "administrator"), told)
            self.hub.publish(Entity("paper", str(paper.id), paper.version, everybody))

    async def _people(self, cases: Sequence[Case], *, fresh: bool = False) -> dict[UUID, dict[str, Any]]:
        """Profiles of everybody these cases name. ``fresh``: somebody may have changed one."""
        members = render.members_of(cases)
        people = {} if fresh else self._recent.profiles(members)
        unknown = [member for member in members if member not in people]
        if unknown:
            async with self.engine.connect() as connection:
                found = await profiles(connection, unknown, today_in(self.zone))
            self._recent.learn(found)
            people |= found
        return people

    async def _ladder(self, changed: Changed, case_id: UUID) -> Picture | None:
        """Show a case's ladder, if this change concerns it. It goes out before the case's own row, which names its rung."""
        situation, decision = changed.situation, changed.decision
        if changed.opened or (situation is not None and situation.escalation is None):
            return None  # its first step follows in a moment
        if situation is not None and decision is not None:
            case = decision.case or situation.case
            people = await self._people([case], fresh=by_hand(decision)) if case else {}
            picture = await self.ladders.of_decision(self.engine, situation, decision, people)
            version = case.version + 1 if case else 0
            now = decision.now
        else:
            picture = await self.ladders.stored(self.engine, case_id)
            if picture is not None:
                people = await self._people([picture.case], fresh=True)
                picture = replace(picture, profile=people.get(picture.case.member_id or UUID(int=0)))
            version, now = (picture.case.version if picture else 0), datetime.now(UTC)
        if picture is not None:
            for entity in self.ladders.entities(picture, version, now):
                self.hub.publish(entity)
        return picture

    async def _ladder_moved(self, changed: Changed, picture: Picture) -> None:
        """Only the ladder changed: who has the case in full gets it with its new lines, the board its rung."""
        if picture.case.id in self._holders:
            await self._case(picture.case.id, picture, changed)
            return
        case = replace(picture.case, version=picture.case.version + 1)
        people = {case.member_id: dict(picture.profile)} if case.member_id and picture.profile else {}
        agent = self._names.get(case.agent_id) if case.agent_id else None
        self.hub.publish(self._row(case, people, self._positions.get(case.id), agent))

    async def _popped(self, decision: Decision) -> None:
        """The profile is on the screen before the phone rings: wait for the frame to leave, but never for a dead console."""
        for effect in decision.effects:
            if isinstance(effect, RingSeat):
                await self.hub.flush(seat_audience(effect.seat), POP_FLUSH_SECONDS)

    async def _opened(self, changed: Changed) -> None:
        """A case that this very transaction opened: everything is at hand, nothing has to be read again."""
        assert changed.decision is not None
        decision = changed.decision
        case = decision.case
        assert case is not None
        case = replace(case, version=case.version + 1)  # saving made it so
        people: dict[UUID, dict[str, Any]] = {}
        for member in render.members_of([case]):
            ahead = self._reading.pop(member, None)
            profile = await (ahead[1] if ahead is not None else self._read(member))
            if profile is not None:
                people[member] = profile
        self._recent.learn(people)
        story = render.Story(
            case,
            list(decision.legs.values()),
            lines_of(decision),
            tasks=list(decision.tasks.values()),
            line_name=self.board.line_name(case.line),
        )
        place = self._place(changed, case)
        if place is not None:  # what is told of it before the next count must not take its place away again
            self._positions[case.id] = place
        self._show(story, people, place)

    @staticmethod
    def _place(changed: Changed, case: Case) -> int | None:
        situation, decision = changed.situation, changed.decision
        if situation is None or decision is None or case.opens_at is not None:
            return None
        return position(case.id, [*situation.waiting, as_waiting(situation, case)], decision.now)

    def _unheld(self, decision: Decision) -> bool:
        """No seat sees this case in full, neither before nor now: its story need not be read."""
        case = decision.case
        return case is not None and case.id not in self._holders and not render.holders(case)

    async def _on_board_only(self, decision: Decision) -> None:
        assert decision.case is not None
        case = replace(decision.case, version=decision.case.version + 1)  # saving made it so
        tasks = list(decision.tasks.values())
        unknown = {agent for agent in (case.agent_id, *(task.owner_id for task in tasks)) if agent} - self._names.keys()
        people = await self._people([case], fresh=by_hand(decision))
        if unknown:
            async with self.engine.connect() as connection:
                self._names |= await names_of(connection, list(unknown))
        agent = self._names.get(case.agent_id) if case.agent_id else None
        self._show(render.Story(case, (), (), tasks=tasks, agent=agent, owners=self._names), people, self._positions.get(case.id))

    async def _case(self, case_id: UUID, picture: Picture | None, changed: Changed) -> None:
        story = None
        if changed.situation is not None and changed.decision is not None:
            story = self._recent.continued(changed.situation, changed.decision)
        if story is None:
            async with self.engine.connect() as connection:
                story = await self.cases.story(connection, case_id)
        if story is None:
            return
        if picture is not None:
            story = replace(story, ladder=case_part(picture, datetime.now(UTC)))
        people = await self._people([story.case], fresh=changed.decision is None or by_hand(changed.decision))
        self._show(story, people, self._positions.get(case_id))

    def _show(self, story: render.Story, people: dict[UUID, dict[str, Any]], place: int | None) -> None:
        case = story.case
        if case.source == "probe":  # nobody's eyes but the probe's
            self.hub.publish(Entity("case", str(case.id), case.version, {PROBES: render.case_detail(story, people)}))
            return
        before, now = self._holders.get(case.id, frozenset()), render.holders(case)
        variants: dict[str, Any] = {seat_audience(seat): None for seat in before - now}
        if now:
            detail = render.case_detail(story, people)
            variants |= {seat_audience(seat): detail for seat in now}
            self._holders[case.id] = now
            self._recent.told(story)
        else:
            self._holders.pop(case.id, None)
            self._recent.forget(case.id)
        if variants:
            self.hub.publish(Entity("case", str(case.id), case.version, variants))
        self.hub.publish(self._row(case, people, place, story.agent))
        for task in story.tasks:
            self.hub.publish(task_entity(task, case, people, story.owners or {}))
        self.board.touch()

    def _row(self, case: Case, people: dict[UUID, dict[str, Any]], place: int | None, agent: str | None) -> Entity:
        profile = people.get(case.member_id) if case.member_id else None
        full = (
            render.call_row(case, profile, place, agent, masked=False, ladder=self.ladders.row(case.id, masked=False))
            if render.on_board(case) else None
        )  # fmt: skip
        # Seats see what waits and what is red, without the person; not each other's conversations.
        shown = case.red or case.state == "waiting"
        masked = (
            render.call_row(case, profile, place, agent, masked=True, ladder=self.ladders.row(case.id, masked=True))
            if shown else None
        )  # fmt: skip
        return Entity("call", str(case.id), case.version, {SUPERVISORS: full, SEATS: masked})

    async def _moved(self, situation: Situation, decision: Decision) -> None:
        """Seats that this decision moved: all but the agent's name is at hand."""
        unknown = [seat.agent_id for seat in decision.seats.values() if seat.agent_id and seat.agent_id not in self._names]
        if unknown:
            async with self.engine.connect() as connection:
                self._names |= await names_of(connection, unknown)
        for extension, seat in decision.seats.items():
            agent = self._names.get(seat.agent_id) if seat.agent_id else None
            self.hub.publish(seat_entity(replace(seat, version=situation.seats[extension].version + 1), agent))
        if decision.seats:
            self.board.touch()

    async def _seats(self, extensions: Sequence[str]) -> None:
        async with self.engine.connect() as connection:
            for entity in await seat_entities(connection, extensions):
                self.hub.publish(entity)
        self.board.touch()

    async def show_seats(self) -> None:
        """Every seat as it is now: one was made, named anew, or taken out of use."""
        async with self.engine.connect() as connection:
            for entity in await seat_entities(connection, None):
                self.hub.publish(entity)
        self.board.touch()

    async def close(self) -> None:
        """End what was read ahead and never shown."""
        tasks = [task for _, task in self._reading.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- the derived things: positions, figures, health -------------------------------------------------------------

    async def tick(self) -> None:
        """Positions of those who wait, the day's figures, terminals, warnings, health: what no single change carries."""
        async with self.engine.connect() as connection:
            if self.board.stale:
                for entity in await self.everything(connection):
                    self.hub.publish(entity)
                self.board.stale = False
            if self.board.take_touched():
                waiting = await self.cases.waiting(connection)
                places = positions(waiting, await load_queues(connection), datetime.now(UTC))
                moved = [case for case in waiting if places.get(case.id) != self._positions.get(case.id)]
                people = await self.cases.on_rows(connection, moved)
                agents = await names_of(connection, [case.agent_id for case in moved if case.agent_id])
                for case in moved:
                    self.hub.publish(self._row(case, people, places.get(case.id), agents.get(case.agent_id or UUID(int=0))))
                self._positions = places
            for shown in await self.board.changed(connection):
                self.hub.publish(self._board_entity(*shown))

    def _board_entity(self, noun: str, entity_id: str, data: Any) -> Entity:
        who = {
            "warning": (SUPERVISORS, ADMINISTRATORS), "terminal": (SUPERVISORS,),
            "alarms": (SUPERVISORS,), "trend": (SUPERVISORS,), "probe": (SUPERVISORS,), "duty": (SUPERVISORS,),
            "figures": (SUPERVISORS, SEATS), "health": tuple(AUDIENCE.values()),
        }[noun]  # fmt: skip
        return Entity(noun, entity_id, next(self._derived), dict.fromkeys(who, data))

    # --- snapshot ---------------------------------------------------------------------------------------------------

    async def everything(self, connection: AsyncConnection) -> list[Entity]:
        """All entities as they are now, for a snapshot."""
        cases, people, agents = await self.cases.board(connection)
        places = positions(cases, await load_queues(connection), datetime.now(UTC))
        found: list[Entity] = []
        pictures: dict[UUID, Picture] = {}
        for case_id in await live_ladders(connection):
            picture = await self.ladders.read(connection, case_id, people)
            if picture is not None:
                pictures[case_id] = picture
                found += self.ladders.entities(picture, picture.case.version, datetime.now(UTC))
        found += [self._row(case, people, places.get(case.id), agents.get(case.agent_id or UUID(int=0))) for case in cases]
        for case in cases:
            held_by = render.holders(case)
            if held_by:
                story = await self.cases.story(connection, case.id)
                if story is not None:
                    self._holders[case.id] = held_by
                    if case.id in pictures:
                        story = replace(story, ladder=case_part(pictures[case.id], datetime.now(UTC)))
                    detail = render.case_detail(story, people)
                    variants = {seat_audience(seat): detail for seat in held_by}
                    found.append(Entity("case", str(case.id), story.case.version, variants))
        found += await seat_entities(connection, None)
        tasks = await self.cases.open_tasks(connection)
        owners = await names_of(connection, [task.owner_id for task, _ in tasks if task.owner_id])
        of_tasks = await self.cases.people(connection, [case for _, case in tasks])
        found += [task_entity(task, case, of_tasks, owners) for task, case in tasks]
        found += [self._board_entity(*entry) for entry in await self.board.everything(connection)]
        return found


def by_hand(decision: Decision) -> bool:
    """Whether a person did this: then it may be that a profile was changed."""
    return any(entry.agent_id for entry in decision.entries)


def task_entity(task: Task, case: Case, people: dict[UUID, dict[str, Any]], owners: Mapping[UUID, str]) -> Entity:
    """Open call-backs for all who may make them; the person is masked until a seat has taken it."""
    if task.state == "done":
        return Entity("task", str(task.id), task.version, {SUPERVISORS: None, SEATS: None})
    return Entity(
        "task", str(task.id), task.version,
        {
            SUPERVISORS: render.task_json(task, case, people, owners),
            SEATS: render.task_json(task, case, people, owners, masked=True),
        },
    )  # fmt: skip


async def seat_entities(connection: AsyncConnection, extensions: Iterable[str] | None) -> list[Entity]:
    """The seats, or these of them."""
    query = sa.text("""
        SELECT s.*, a.name AS agent,
            (SELECT coalesce(jsonb_agg(b.queue_id), '[]') FROM queue_seat b WHERE b.extension = s.extension) AS queues,
            (SELECT coalesce(jsonb_agg(jsonb_build_array(k.kind, k.value)), '[]') FROM agent_skill k WHERE k.agent_id = s.agent_id)
                AS skills
        FROM seat s LEFT JOIN agent a ON a.id = s.agent_id
        WHERE CAST(:some AS text[]) IS NULL OR s.extension = ANY(CAST(:some AS text[])) ORDER BY s.extension
    """)
    found = await connection.execute(query, {"some": list(extensions) if extensions is not None else None})
    return [
        seat_entity(rows.seat_from(dict(row)), row["agent"]) if row["active"] else _gone(row["extension"], row["version"])
        for row in found.mappings()
    ]


def _gone(extension: str, version: int) -> Entity:
    """A seat that is out of use is on no board."""
    return Entity("seat", extension, version, {SUPERVISORS: None, seat_audience(extension): None, ADMINISTRATORS: None})


def seat_entity(seat: Seat, agent: str | None) -> Entity:
    """A seat as its own console and the board see it. Which case it handles is told to the supervisor only."""
    data = {
        "extension": seat.extension, "name": seat.name, "agent": agent, "presence": seat.presence,
        "pause_reason": seat.pause_reason, "since": iso(seat.since), "case_id": str(seat.case_id) if seat.case_id else None,
        "phone": {"registered": seat.registered, "reachable": seat.reachable}, "emergency_only": seat.emergency_only,
        "device": seat.device, "microphone": seat.microphone,
        "queues": [str(each) for each in seat.queues], "pause_until": iso(seat.pause_until), "pause_long": seat.pause_long,
    }  # fmt: skip
    others = {**data, "case_id": None}
    # A seat sees its own state only: what others do is the supervisor's to watch.
    variants = {SUPERVISORS: data, seat_audience(seat.extension): others, ADMINISTRATORS: others}
    return Entity("seat", seat.extension, seat.version, variants)
