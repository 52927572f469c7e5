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

from callcenter.db import ladder_rows, papers, rows
from callcenter.db.calendar import calendar_of, hours_of
from callcenter.db.ladder_rows import duty_from
from callcenter.db.link import Link
from callcenter.db.situation_sql import ARRIVAL, LOCK, NEW_NUMBER, SITUATION, STATE, WAITING_AND_READY
from callcenter.domain.arrival import case_of_arrival
from callcenter.domain.call_backs import Owed
from callcenter.domain.case import Kind
from callcenter.domain.decision import Arrival, Figures, Situation


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
        self, link: Link, *, leg_id: str, line: str, account: str | None, number: str | None, again: bool = False
    ) -> tuple[Situation, datetime]:
        """The situation of a call that arrives: who it may be, and the case it joins, if any. ``again``: it was found at its
        node."""
        found = await link.row(
            ARRIVAL, account=account, line=line, number=number, zone=self.zone, leg=leg_id,
            taken=list(self.taken),
        )  # fmt: skip
        members = tuple(UUID(member) for member in found["members"])
        wanted = found["wanted"]
        calendar = calendar_of(self.zone, found["exceptions"])
        arrival = Arrival(
            uuid4(), found["number"], found["kind"], found["terminal"], members, familiar=rows.uuid(wanted["familiar"]),
            opens_at=calendar.opens(hours_of(found["hours"]), found["now"]),
        )  # fmt: skip
        existing = case_of_arrival(found["told_before"], found["joins"], given_up=bool(found["given_up"]), found=again)
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
        found = await link.row(NEW_NUMBER, zone=self.zone)
        arrival = Arrival(case_id, found["number"], kind, None, (member_id,) if member_id else ())
        return replace(situation, arrival=arrival), now

    async def of_registered(self, link: Link, case_id: UUID, earlier: UUID | None) -> tuple[Situation, datetime]:
        """The situation of a case that comes to a desk, and how it stands with the one that is said to have come back."""
        situation, now = await self.of_new(link, case_id, None, "life_help")
        if situation.arrival is not None and earlier is not None:
            found = await link.row(STATE, case=earlier)
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
        found = await link.row(SITUATION, **values)
        if link.firm and found["the_case"]:
            await link.begin()
            await link.row(LOCK, case=found["the_case"]["id"])
            found = await link.row(SITUATION, **values)
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
    found = await link.row(WAITING_AND_READY, taken=[])
    return {
        "now": found["now"],
        "waiting": [rows.waiting_from(row) for row in found["waiting"]],
        "seats": [rows.seat_from(row) for row in found["seats"]],
        "owed": [Owed(rows.task_from(row["task"]), row["kind"], row["red"], row["seat"]) for row in found["tasks"]],
    }
