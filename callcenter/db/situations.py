"""Load what a decision may look at: the case, its legs, the seats that matter, who else waits. One statement, one round trip.

Nothing is locked: what is saved says on which version of the case it was decided, and is refused if that is not the present
one (save.py). Who was refused twice reads through a firm link, under the case's lock, and cannot lose again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db import ladder_rows, papers, rows
from callcenter.db.around import PEOPLE, TELEPHONES
from callcenter.db.calendar import calendar_of, hours_of
from callcenter.db.duty_order import DUTY_IN_TURN, KEEPERS
from callcenter.db.ladder_rows import duty_from
from callcenter.db.link import Link, statement
from callcenter.db.queues import BUSY, FITTING, SEAT, WANTED_BY, WEIGHT
from callcenter.domain.ahead import AHEAD, MARK
from callcenter.domain.call_backs import Owed
from callcenter.domain.case import Kind
from callcenter.domain.decision import Arrival, Figures, Situation

# Enough to serve whoever is next; the matching pass after the commit serves the rest.
SEATS_READ, WAITING_READ = 8, 32
# The matching pass must see everybody: the one seat with a rare dialect may be the one that was idle for the shortest time.
ALL_SEATS, ALL_WAITING = 1000, 500

_NONE = "CAST('{}' AS text[])"
_READY = "presence = 'ready' AND registered AND console_until > clock_timestamp() AND extension <> ALL(CAST(:taken AS text[]))"


def _seats(named: str) -> str:
    """Free seats, those of them that suit the call in ``wanted`` best, and those that ``named`` names."""
    return f"""
    SELECT coalesce(json_agg({SEAT}), '[]') FROM (
        (SELECT * FROM seat WHERE {_READY} ORDER BY idle_since LIMIT {SEATS_READ})
        UNION
        (SELECT * FROM seat x WHERE {_READY} AND ({FITTING}) ORDER BY idle_since LIMIT {SEATS_READ})
        UNION
        (SELECT * FROM seat WHERE extension = ANY({named}))
    ) s
"""  # noqa: S608 - pieces of ours


_EVERY_SEAT = f"""
    SELECT coalesce(json_agg({SEAT}), '[]') FROM (SELECT * FROM seat WHERE {_READY} ORDER BY idle_since LIMIT {ALL_SEATS}) s
"""  # noqa: S608 - pieces of ours


def _waiting(but: str, most: int = WAITING_READ) -> str:
    """Who waits without an offer, without this case."""
    busy = BUSY.format(agent="c.familiar")
    return f"""
    SELECT coalesce(json_agg(w), '[]') FROM (
        SELECT c.id, c.kind, c.level, coalesce(c.waiting_since, c.opened_at) AS waiting_since, c.passed_seats, c.seat,
            c.parked_at, c.familiar, c.familiar IS NOT NULL AND {busy} AS familiar_busy, to_jsonb(q) AS queue,
            m.dialect, d.name AS district
        FROM help_case c LEFT JOIN queue q ON q.id = c.queue_id
        LEFT JOIN member m ON m.id = c.member_id LEFT JOIN district d ON d.id = m.district_id
        WHERE c.state = 'waiting' AND c.offer_seat IS NULL AND c.source <> 'safe_mode' AND c.opens_at IS NULL
            AND c.id IS DISTINCT FROM {but}
        ORDER BY c.kind, c.parked_at, CASE WHEN c.kind = 'emergency' THEN 0 ELSE {WEIGHT} END DESC, waiting_since LIMIT {most}
    ) w
"""  # noqa: S608 - pieces of ours


_TASKS = """
    SELECT coalesce(json_agg(json_build_object('task', to_jsonb(t), 'kind', c.kind, 'red', c.red, 'seat', c.seat)), '[]')
    FROM (SELECT * FROM task WHERE state = 'open' AND offer_from <= clock_timestamp() ORDER BY due_at LIMIT 100) t
    JOIN help_case c ON c.id = t.case_id WHERE c.state NOT IN ('waiting', 'talking')
"""


def _ladder(case: str) -> str:
    """Read only for a case whose ladder runs, and in the same round trip: whom it may phone, and what it may say of the elder."""
    return f"""
    SELECT json_build_object(
        'escalation', to_jsonb(e),
        'attempts', (SELECT coalesce(json_agg(to_jsonb(a) ORDER BY a.created_at, a.id), '[]') FROM attempt a
            WHERE a.case_id = e.case_id),
        'policy', CASE WHEN e.policy IS NULL
            THEN (SELECT p.data FROM escalation_policy p ORDER BY p.version DESC LIMIT 1) END,
        {PEOPLE}, {TELEPHONES},
        'person', (SELECT json_build_object('name', m.name, 'gender', m.gender, 'address', m.address, 'door_code', m.door_code,
            'illnesses', m.illnesses, 'allergies', m.allergies, 'age', extract(year FROM age(m.birth_date))::int)
            FROM member m WHERE m.id = c.member_id),
        'report', (SELECT to_jsonb(r) FROM emergency_report r WHERE r.case_id = e.case_id)
    ) FROM escalation e JOIN help_case c ON c.id = e.case_id WHERE e.case_id = {case}
"""  # noqa: S608 - an expression of ours


def _unrecorded(members: str) -> str:
    """Of these, who has refused to be recorded, or taken their word back: the latest counts."""
    return f"""
        (SELECT coalesce(json_agg(said.member_id), '[]') FROM (
            SELECT DISTINCT ON (k.member_id) k.member_id, k.given FROM consent k
            WHERE k.kind = 'recording' AND k.member_id = ANY({members}) ORDER BY k.member_id, k.version DESC
        ) said WHERE NOT said.given)
    """  # noqa: S608 - an expression of ours


LADDER = _ladder("CAST(:case AS uuid)")
# The case, found by its id, by one of its legs or attempts, or by its recording: whatever the fact names.
_FIND = """
    SELECT * FROM help_case WHERE id = coalesce(CAST(:case AS uuid),
        (SELECT case_id FROM call_leg WHERE id = CAST(:leg AS text)), (SELECT case_id FROM attempt WHERE id = CAST(:leg AS text)),
        (SELECT case_id FROM recording WHERE name = CAST(:recording AS text)))
"""
# The seats that it names, whatever their state.
_NAMED = """
    SELECT unnest(ARRAY[h.seat, h.offer_seat, h.transfer ->> 'seat']) FROM h UNION ALL
    SELECT ring ->> 'seat' FROM h, jsonb_array_elements(h.alarms || h.listeners) ring
"""
DUE = f"""t.due_at <= clock_timestamp()
    + CASE WHEN t.data ? '{MARK}' THEN make_interval(secs => {AHEAD.total_seconds()}) ELSE interval '0' END"""
_NAMES = f"CAST(:named AS text[]) || ARRAY({_NAMED})"
# Some facts ring nobody anew: their decisions need no other seat and nobody else who waits, unless a ladder may go on with them.
_EVERYBODY = "NOT CAST(:alone AS boolean) OR EXISTS (SELECT 1 FROM escalation WHERE case_id = (SELECT id FROM h))"
_OWN_SEATS = f"SELECT coalesce(json_agg({SEAT}), '[]') FROM seat s WHERE extension = ANY({_NAMES})"  # noqa: S608 - pieces of ours
_SITUATION = statement(f"""
    WITH h AS MATERIALIZED ({_FIND}), wanted AS ({WANTED_BY})
    SELECT clock_timestamp() AS now,
        CASE WHEN {_EVERYBODY} THEN ({_seats(_NAMES)}) ELSE ({_OWN_SEATS}) END AS seats,
        CASE WHEN {_EVERYBODY} THEN ({_waiting("(SELECT id FROM h)")}) ELSE '[]' END AS waiting,
        ({_ladder("(SELECT id FROM h)")}) AS ladder,
        (SELECT coalesce(json_agg(to_jsonb(l)), '[]') FROM call_leg l WHERE case_id = (SELECT id FROM h)) AS legs,
        (SELECT to_jsonb(t) FROM task t WHERE case_id = (SELECT id FROM h) AND state <> 'done' LIMIT 1) AS task,
        (SELECT coalesce(json_agg(t.kind), '[]') FROM timer t
            WHERE t.case_id = (SELECT id FROM h) AND {DUE}) AS due,
        (SELECT to_jsonb(h) FROM h) AS the_case,
        (SELECT coalesce(json_agg(to_jsonb(p) ORDER BY p.opened_at, p.id), '[]') FROM paper p
            WHERE p.case_id = (SELECT id FROM h)) AS papers,
        (SELECT to_jsonb(q) FROM queue q, wanted WHERE q.id = wanted.queue) AS queue,
        (SELECT to_jsonb(wanted) FROM wanted) AS wanted,
        (SELECT {BUSY.format(agent="wanted.familiar")} FROM wanted WHERE wanted.familiar IS NOT NULL) AS familiar_busy,
        {DUTY_IN_TURN} AS duty,
        CASE WHEN (SELECT overflow IS NOT NULL FROM h) THEN {KEEPERS} END AS keepers,
        (SELECT coalesce(json_agg(offer_seat), '[]') FROM task WHERE offer_seat IS NOT NULL) AS carded,
        (SELECT coalesce(json_agg(e), '[]') FROM day_exception e WHERE e.day BETWEEN current_date - 2 AND current_date + 400
            AND EXISTS (SELECT 1 FROM h WHERE h.opens_at IS NOT NULL)) AS exceptions,
        (SELECT coalesce(json_object_agg(r.name, r.state), '{{}}') FROM recording r
            WHERE r.case_id = (SELECT id FROM h)) AS recordings,
        {_unrecorded("ARRAY[(SELECT member_id FROM h), CAST(:chosen AS uuid)]")} AS unrecorded
""")  # noqa: S608 - the parts above
_LOCK = statement("SELECT 1 FROM help_case WHERE id = :case FOR UPDATE")

_ARRIVAL = statement(f"""
    WITH called AS (
        SELECT CASE WHEN CAST(:account AS text) IS NOT NULL THEN 'emergency'
                    ELSE coalesce((SELECT kind FROM line WHERE number = CAST(:line AS text)), 'emergency') END AS kind
    ), pressed AS (
        SELECT serial, member_id FROM (
            SELECT serial, member_id, count(*) OVER () AS sharing FROM terminal, called
            WHERE called.kind = 'emergency' AND (account = CAST(:account AS text)
                OR (CAST(:account AS text) IS NULL AND number = CAST(:number AS text)))
        ) t WHERE sharing = 1  -- two terminals on one number: which one pressed is not known, so all their members are shown
    ), known AS (
        SELECT member_id FROM pressed WHERE member_id IS NOT NULL
        UNION SELECT member_id FROM member_number
              WHERE number = CAST(:number AS text) AND NOT EXISTS (SELECT 1 FROM pressed WHERE member_id IS NOT NULL)
        UNION SELECT member_id FROM terminal WHERE number = CAST(:number AS text) AND member_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM pressed WHERE member_id IS NOT NULL)
    ), one AS (
        SELECT (array_agg(member_id))[1] AS id FROM known HAVING count(*) = 1
    ), queued AS (
        SELECT q.* FROM queue q, called WHERE q.kind = called.kind
            AND (q.lines = '[]' OR q.lines @> to_jsonb(ARRAY[CAST(:line AS text)])) ORDER BY q.lines = '[]', q.name_zh LIMIT 1
    ), wanted AS (
        SELECT (SELECT id FROM queued) AS queue, (SELECT service FROM queued) AS service, m.dialect, d.name AS district,
            (SELECT h.agent_id FROM help_case h WHERE h.member_id = m.id AND h.agent_id IS NOT NULL AND h.answered_at IS NOT NULL
                AND h.source NOT IN ('drill', 'probe') ORDER BY h.opened_at DESC LIMIT 1) AS familiar
        FROM (SELECT 1) always LEFT JOIN one ON true LEFT JOIN member m ON m.id = one.id
        LEFT JOIN district d ON d.id = m.district_id
    )
    SELECT clock_timestamp() AS now, called.kind AS kind,
        (SELECT serial FROM pressed) AS terminal,
        (SELECT coalesce(json_agg(member_id ORDER BY member_id), '[]') FROM known) AS members,
        -- A test press uses up no number: the day's numbers have no gaps because of it.
        CASE WHEN CAST(:account AS text) = 'probe' THEN 'probe-' || gen_random_uuid()
            ELSE to_char(now() AT TIME ZONE CAST(:zone AS text), 'YYYYMMDD') || '-' || lpad(nextval('case_number')::text, 6, '0')
        END AS number,
        (SELECT case_id FROM call_leg WHERE id = CAST(:leg AS text)) AS told_before,
        (SELECT c.id FROM help_case c, pressed
          WHERE c.terminal = pressed.serial AND c.kind = 'emergency'  -- domain: Case.takes_presses
            AND c.state <> 'closed' AND (c.red OR c.state IN ('waiting', 'talking'))
          ORDER BY c.opened_at DESC LIMIT 1) AS joins,
        ({_seats(_NONE)}) AS seats, ({_waiting("CAST(NULL AS uuid)")}) AS waiting,
        (SELECT to_jsonb(queued) FROM queued) AS queue, (SELECT to_jsonb(wanted) FROM wanted) AS wanted,
        (SELECT {BUSY.format(agent="wanted.familiar")} FROM wanted WHERE wanted.familiar IS NOT NULL) AS familiar_busy,
        (SELECT coalesce(json_agg(h), '[]') FROM line_hours h WHERE h.line = CAST(:line AS text) AND called.kind = 'life_help')
            AS hours,
        (SELECT coalesce(json_agg(e), '[]') FROM day_exception e WHERE e.day BETWEEN current_date - 2 AND current_date + 400
            AND EXISTS (SELECT 1 FROM line_hours h WHERE h.line = CAST(:line AS text))) AS exceptions,
        {_unrecorded("ARRAY(SELECT member_id FROM known)")} AS unrecorded
    FROM called
""")  # noqa: S608 - the two parts above


# The seats are read only if somebody waits: this is asked after every change, and most of the time nobody does.
_WAITING_AND_READY = statement(f"""
    SELECT clock_timestamp() AS now, ({_waiting("CAST(NULL AS uuid)", ALL_WAITING)}) AS waiting, ({_TASKS}) AS tasks,
        CASE WHEN EXISTS (
        SELECT 1 FROM help_case WHERE state = 'waiting' AND offer_seat IS NULL)
        OR EXISTS (SELECT 1 FROM task WHERE state = 'open' AND offer_from <= clock_timestamp())
        THEN ({_EVERY_SEAT}) ELSE '[]' END AS seats
""")  # noqa: S608 - the two parts above
_NUMBER = "to_char(now() AT TIME ZONE CAST(:zone AS text), 'YYYYMMDD') || '-' || lpad(nextval('case_number')::text, 6, '0')"
_NEW_NUMBER = statement(f"SELECT {_NUMBER} AS number")
_STATE = statement("SELECT state FROM help_case WHERE id = CAST(:case AS uuid)")


@dataclass(frozen=True)
class Reader:
    """Loads situations for one instance. ``zone``: IANA name, for the day in case numbers."""

    figures: Figures
    instance: str
    zone: str
    place: Callable[[], tuple[str, frozenset[str]]] = lambda: ("", frozenset())
    """Where calls that belong nowhere yet are made, and the nodes that are given up."""
    centre: str = ""
    """How the centre calls itself on the telephone."""
    callers: frozenset[str] = frozenset({"seat", "dispatcher"})
    """Roles that make follow-ups."""
    taken: set[str] = field(default_factory=set)
    """Seats that a transaction of this instance is giving away at this moment: not looked at by the others, or two calls that
    arrive together would both choose the longest idle one, and one would have to decide again."""

    async def of_arrival(
        self, link: Link, *, leg_id: str, line: str, account: str | None, number: str | None
    ) -> tuple[Situation, datetime]:
        """The situation of a call that arrives: who it may be, and the case it joins, if any."""
        found = await link.row(
            _ARRIVAL, account=account, line=line, number=number, zone=self.zone, leg=leg_id,
            taken=list(self.taken),
        )  # fmt: skip
        members = tuple(UUID(member) for member in found["members"])
        wanted = found["wanted"]
        calendar = calendar_of(self.zone, found["exceptions"])
        arrival = Arrival(
            uuid4(), found["number"], found["kind"], found["terminal"], members, familiar=rows.uuid(wanted["familiar"]),
            opens_at=calendar.opens(hours_of(found["hours"]), found["now"]),
        )  # fmt: skip
        existing = found["told_before"] or found["joins"]
        if existing is not None:
            situation, now = await self.of_case(link, existing)
            return replace(situation, arrival=arrival), now
        node, lost = self.place()
        situation = Situation(
            self.figures, self.instance, arrival=arrival, node=node, lost=lost,
            seats={row["extension"]: rows.seat_from(row) for row in found["seats"]},
            waiting=tuple(rows.waiting_from(row) for row in found["waiting"]),
            queue=rows.queue_from(found["queue"]) if found["queue"] else None, skills=rows.caller_skills(wanted),
            familiar_busy=bool(found["familiar_busy"]), calendar=calendar, unrecorded=_ids(found["unrecorded"]),
        )  # fmt: skip
        return situation, found["now"]

    async def of_new(
        self, link: Link, case_id: UUID, member_id: UUID | None, kind: Kind, *names: str
    ) -> tuple[Situation, datetime]:
        """The situation of a case that we begin: a drill, a call out. Told twice it has begun already."""
        situation, now = await self.of_case(link, case_id, *names)
        if situation.case is not None:
            return situation, now
        found = await link.row(_NEW_NUMBER, zone=self.zone)
        arrival = Arrival(case_id, found["number"], kind, None, (member_id,) if member_id else ())
        return replace(situation, arrival=arrival), now

    async def of_registered(self, link: Link, case_id: UUID, earlier: UUID | None) -> tuple[Situation, datetime]:
        """The situation of a case that comes to a desk, and how it stands with the one that is said to have come back."""
        situation, now = await self.of_new(link, case_id, None, "life_help")
        if situation.arrival is not None and earlier is not None:
            found = await link.row(_STATE, case=earlier)
            situation = replace(situation, arrival=replace(situation.arrival, earlier_state=found["state"] if found else None))
        return situation, now

    async def of_leg(self, link: Link, leg_id: str, *, alone: bool = False) -> tuple[Situation, datetime]:
        """The situation of the case that this leg belongs to; an unknown leg has none. ``alone``: without the seats that are free
        and the cases that wait. Should the decision leave the case waiting, the matching pass that it wakes sees everybody."""
        return await self._read(link, leg=leg_id, alone=alone)

    async def of_recording(self, link: Link, name: str) -> tuple[Situation, datetime]:
        """The situation of the case that was recorded under ``name``."""
        return await self._read(link, recording=name, alone=True)

    async def of_case(
        self, link: Link, case_id: UUID | None, *names: str, chosen: UUID | None = None
    ) -> tuple[Situation, datetime]:
        """The situation of a case. ``names``: further seats that matter; ``chosen``: a member whom it will be about."""
        return await self._read(link, case=case_id, names=names, chosen=chosen)

    async def _read(
        self,
        link: Link,
        case: UUID | None = None,
        leg: str | None = None,
        recording: str | None = None,
        names: Sequence[str] = (),
        chosen: UUID | None = None,
        *,
        alone: bool = False,
    ) -> tuple[Situation, datetime]:
        values = {"case": case, "leg": leg, "recording": recording, "named": list(names), "taken": list(self.taken),
                  "chosen": chosen, "alone": alone}  # fmt: skip
        found = await link.row(_SITUATION, **values)
        if link.firm and found["the_case"]:
            await link.begin()
            await link.row(_LOCK, case=found["the_case"]["id"])
            found = await link.row(_SITUATION, **values)
        node, lost = self.place()
        situation = Situation(
            self.figures, self.instance,
            case=rows.case_from(found["the_case"]) if found["the_case"] else None,
            legs=tuple(rows.leg_from(row) for row in found["legs"]),
            seats={row["extension"]: rows.seat_from(row) for row in found["seats"]},
            waiting=tuple(rows.waiting_from(row) for row in found["waiting"]),
            task=rows.task_from(found["task"]) if found["task"] else None,
            node=node, lost=lost, papers=tuple(papers.paper_from(row) for row in found["papers"]), due=frozenset(found["due"]),
            queue=rows.queue_from(found["queue"]) if found["queue"] else None,
            skills=rows.caller_skills(found["wanted"]) if found["wanted"] else frozenset(),
            familiar_busy=bool(found["familiar_busy"]), duty=duty_from(found["duty"]),
            keepers=rows.keepers(found["keepers"]), carded=frozenset(found["carded"]),
            recordings=found["recordings"], unrecorded=_ids(found["unrecorded"]),
            calendar=calendar_of(self.zone, found["exceptions"]),
        )  # fmt: skip
        return self._with_ladder(situation, found["ladder"]), found["now"]

    async def with_office(self, link: Link, loaded: tuple[Situation, datetime]) -> tuple[Situation, datetime]:
        """The same with what decisions about paperwork look at."""
        situation, now = loaded
        return replace(situation, office=await papers.load_office(link, self.zone, self.callers)), now

    def _with_ladder(self, situation: Situation, ladder: Mapping[str, Any] | None) -> Situation:
        if not ladder:
            return situation
        around = ladder_rows.around_from(ladder)
        return replace(
            situation,
            escalation=ladder_rows.escalation_from(ladder["escalation"]),
            attempts=tuple(ladder_rows.attempt_from(row) for row in ladder["attempts"]),
            around=replace(around, centre=self.centre),
            report=ladder_rows.report_from(ladder["report"]) if ladder["report"] else None,
        )


def _ids(found: Sequence[str]) -> frozenset[UUID]:
    return frozenset(UUID(one) for one in found)


async def waiting_and_ready(link: Link) -> dict[str, Any]:
    """What routing pairs: ``{"now", "waiting", "seats", "owed"}`` as domain objects. Read without locks; offers check again."""
    found = await link.row(_WAITING_AND_READY, taken=[])
    return {
        "now": found["now"],
        "waiting": [rows.waiting_from(row) for row in found["waiting"]],
        "seats": [rows.seat_from(row) for row in found["seats"]],
        "owed": [Owed(rows.task_from(row["task"]), row["kind"], row["red"], row["seat"]) for row in found["tasks"]],
    }


@dataclass(frozen=True)
class Timer:
    """A timer of the due table. ``wait``: seconds until it is due, negative when it is late."""

    case_id: UUID
    kind: str
    data: dict[str, Any]
    due_at: datetime
    wait: float


async def due_timers(connection: AsyncConnection, ahead: float, lane: str) -> list[Timer]:
    """Timers of a lane that are due within ``ahead`` seconds, earliest first."""
    query = sa.text("""
        SELECT case_id, kind, data, due_at, extract(epoch FROM due_at - clock_timestamp())::float AS wait FROM timer
        WHERE lane = :lane AND due_at <= clock_timestamp() + make_interval(secs => :ahead) ORDER BY due_at LIMIT 200
    """)
    return [Timer(*row) for row in await connection.execute(query, {"ahead": ahead, "lane": lane})]


async def live_attempts(connection: AsyncConnection, node: str) -> list[str]:
    """Calls of the ladder that we believe to be under way on ``node`` for some seconds already."""
    query = sa.text("""
        SELECT id FROM attempt WHERE state IN ('claimed', 'ringing', 'answered') AND node = :node
            AND created_at < clock_timestamp() - interval '3 seconds'
    """)
    return list(await connection.scalars(query, {"node": node}))


async def open_attempts(connection: AsyncConnection, node: str) -> dict[str, UUID]:
    """Every call of the ladder that is not over on ``node``, with its case."""
    query = sa.text("SELECT id, case_id FROM attempt WHERE state NOT IN ('done', 'void') AND node = :node")
    return {row.id: row.case_id for row in await connection.execute(query, {"node": node})}


async def closed_attempts(connection: AsyncConnection, node: str) -> dict[str, bool]:
    """Calls of the ladder on ``node`` that were over within the last hours, by id: whether it was given up under them."""
    query = sa.text("""
        SELECT id, coalesce(cause, '') = 'node_lost' AS lost FROM attempt WHERE state IN ('done', 'void') AND node = :node
            AND ended_at BETWEEN clock_timestamp() - interval '3 hours' AND clock_timestamp() - interval '3 seconds'
    """)
    return {row.id: row.lost for row in await connection.execute(query, {"node": node})}


async def live_legs(connection: AsyncConnection, node: str) -> list[dict[str, Any]]:
    """Legs we believe to be up on ``node``: ``{id, case_id, party, state, age, source, case_state}``, age in seconds.

    Callers served by safe mode are left out: the dialplan holds them and its journal tells their end.
    """
    query = sa.text("""
        SELECT l.id, l.case_id, l.party, l.state, c.source, c.state AS case_state,
            extract(epoch FROM clock_timestamp() - l.started_at)::float AS age
        FROM call_leg l JOIN help_case c ON c.id = l.case_id
        WHERE l.state <> 'down' AND l.node = :node AND NOT (c.source = 'safe_mode' AND l.party = 'caller')
    """)
    return [dict(row) for row in (await connection.execute(query, {"node": node})).mappings()]
